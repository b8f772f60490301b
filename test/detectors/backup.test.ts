import { expect, it } from 'vitest';
import { ACCOUNT, type Answer, type Answers, awsError, judge } from '../controls.ts';

const KEY = `arn:aws:kms:eu-west-1:${ACCOUNT}:key/k`;
const FOREIGN = 'arn:aws:kms:eu-west-1:999988887777:key/k';
const state = (vault: object, key: Answer = awsError('KMS must not be asked')): Answers => ({
  'backup:DescribeBackupVault': { BackupVaultName: 'daily', ...vault },
  'kms:DescribeKey': key,
});
const managedBy = (KeyManager: string): Answer => ({ KeyMetadata: { KeyManager } });
const customer = { EncryptionKeyArn: KEY, EncryptionKeyType: 'CUSTOMER_MANAGED_KMS_KEY' };

it.each<[string, Answers, string]>([
  ['a key of our own', state(customer, managedBy('CUSTOMER')), 'pass'],
  [
    'the key of AWS, whatever the vault says of it',
    state(customer, managedBy('AWS')),
    `fail: its key ${KEY} is managed by AWS`,
  ],
  ['a key of another account', state({ EncryptionKeyArn: FOREIGN }), 'pass'],
  ['no key', state({}), 'fail: the vault names no key of yours'],
  [
    'air-gapped with a key that AWS owns',
    state({ VaultType: 'LOGICALLY_AIR_GAPPED_BACKUP_VAULT', EncryptionKeyType: 'AWS_OWNED_KMS_KEY' }),
    'fail: the vault is encrypted with a key that AWS owns',
  ],
  [
    'access to a vault of another account',
    state({ VaultType: 'RESTORE_ACCESS_BACKUP_VAULT' }),
    'skip: the vault only gives access to one of another account',
  ],
  [
    'a key that cannot be read',
    state(customer, awsError('AccessDeniedException')),
    'unknown: kms:DescribeKey was denied; allow kms:DescribeKey',
  ],
  [
    'gone',
    { 'backup:DescribeBackupVault': awsError('ResourceNotFoundException') },
    'skip: daily does not exist (any more)',
  ],
])('380: %s', async (_, answers, expected) => {
  expect(await judge(380, 'daily', answers)).toBe(expected);
});
