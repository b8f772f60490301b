import { derive, fail, pass, type Read, readEach, type Verdict } from '../src/control.ts';

/** The KMS key that a resource is encrypted with, and who manages it. */
export interface EncryptionKey {
  readonly id: string;
  /** `missing`: KMS does not know the key (any more). */
  readonly manager: 'AWS' | 'customer' | 'missing';
}

/** Whether a key is named by an alias that AWS keeps for itself. Such a key need not exist yet. */
export const isAwsAlias = (id: string): boolean => /(^|:)alias\/aws\//.test(id);

/** Keys of other accounts can only be theirs: AWS's own are not shared, and we may not ask. */
const isForeign = (id: string, account: string): boolean => id.startsWith('arn:') && id.split(':')[4] !== account;

/**
 * Looks up who manages a key, by its id, ARN or alias. Asks KMS only where the
 * name does not tell.
 */
export function encryptionKey(keyId: Read<string | undefined>): Read<EncryptionKey | undefined> {
  const keys = encryptionKeys(derive({ keyId }, ({ keyId: id }) => (id ? [id] : [])));
  return derive({ keys }, ({ keys: [key] }) => key);
}

/** The same for several keys, in their order. */
export function encryptionKeys(keyIds: Read<readonly string[]>): Read<readonly EncryptionKey[]> {
  const isAsked = (id: string, account: string) => !isAwsAlias(id) && !isForeign(id, account);
  const asked = readEach(
    'kms',
    'DescribeKey',
    ({ keyIds, account }) => keyIds.filter((id) => isAsked(id, account)).map((KeyId) => ({ KeyId })),
    (out) => out.KeyMetadata?.KeyManager,
    { needs: { keyIds }, absent: ['NotFoundException'] },
  );
  return derive({ keyIds, asked }, ({ keyIds: ids, asked, account }) => {
    const found = ids.filter((id) => isAsked(id, account));
    return ids.map((id): EncryptionKey => {
      if (isAwsAlias(id)) return { id, manager: 'AWS' };
      if (isForeign(id, account)) return { id, manager: 'customer' };
      const manager = asked[found.indexOf(id)];
      if (manager === undefined) return { id, manager: 'missing' };
      return { id, manager: manager === 'AWS' ? 'AWS' : 'customer' };
    });
  });
}

/** Passes a key that a customer manages. `without` says what it means that there is no key. */
export function isCustomerManaged(key: EncryptionKey | undefined, without: string): Verdict {
  switch (key?.manager) {
    case undefined:
      return fail(without);
    case 'AWS':
      return fail(`its key ${key?.id} is managed by AWS`);
    case 'missing':
      return fail(`its key ${key?.id} does not exist (any more)`);
    case 'customer':
      return pass;
  }
}
