import type { KeyMetadata } from '@aws-sdk/client-kms';
import {
  derive,
  detectors,
  fail,
  idsAs,
  missing,
  pass,
  read,
  readPages,
  resource,
  skip,
  tagsFrom,
  type Verdict,
} from '../../src/control.ts';

const DAY = 24 * 60 * 60 * 1000;

/** Asks for the next page of an API that pages by `NextMarker`, as KMS does. */
export const nextPage = (output: {
  readonly Truncated?: boolean | undefined;
  readonly NextMarker?: string | undefined;
}) => (output.Truncated ? { Marker: output.NextMarker } : undefined);

const tagList = readPages(
  'kms',
  'ListResourceTags',
  ({ id }) => ({ KeyId: id }),
  (out) => (out.Tags ?? []).map(({ TagKey, TagValue }) => ({ Key: TagKey ?? '', Value: TagValue ?? '' })),
  nextPage,
);

export const key = resource('AWS::KMS::Key', {
  service: 'kms',
  arn: ({ partition, region, account, id }) => `arn:${partition}:kms:${region}:${account}:key/${id}`,
  list: readPages(
    'kms',
    'ListKeys',
    () => ({}),
    (out) => (out.Keys ?? []).flatMap(({ KeyId }) => KeyId ?? []),
    nextPage,
  ),
  gone: ['NotFoundException'],
  tags: derive({ tagList }, ({ tagList }) => tagsFrom(tagList)),
});

export const metadata = read(
  'kms',
  'DescribeKey',
  ({ id }) => ({ KeyId: id }),
  (out) => out.KeyMetadata ?? missing,
);

/** The state alone, as a document: what else `DescribeKey` says does not change with it. */
export const keyState = derive({ metadata }, ({ metadata }) => metadata.KeyState);

/** CloudTrail has the id in one event and the ARN in another. */
const bareId = (id: string): string => id.replace(/^arn:[^:]+:kms:[^:]*:[^:]*:key\//, '');
export const keyId = idsAs(bareId, 'requestParameters.keyId', 'responseElements.keyId');
/** KMS announces a replica in its own region as made, too. */
export const newKeyId = idsAs(bareId, 'responseElements.keyMetadata.keyId', 'responseElements.keyMetadata.arn');

/** Why a key is none that a customer could put right. */
export function notApplicable(
  { KeyManager, KeyState }: KeyMetadata,
  ...states: readonly string[]
): Verdict | undefined {
  if (KeyManager === 'AWS') return skip('AWS manages this key');
  if (KeyState !== undefined && states.includes(KeyState)) return skip(`the key is in state ${KeyState}`);
  return undefined;
}

export const beingDeleted = ['PendingDeletion', 'PendingReplicaDeletion'];

export const keys = detectors(key, {
  58: {
    title: 'Imported key material has an expiry date',
    criticality: 'MEDIUM',
    on: { 'kms:ImportKeyMaterial': keyId, 'kms:DeleteImportedKeyMaterial': keyId, 'kms:ScheduleKeyDeletion': keyId },
    reads: { metadata },
    check: ({ metadata }) => {
      if (metadata.Origin !== 'EXTERNAL') return skip('the key material is not imported');
      const skipped = notApplicable(metadata, 'PendingImport', 'Creating', ...beingDeleted);
      if (skipped !== undefined) return skipped;
      return metadata.ExpirationModel === 'KEY_MATERIAL_EXPIRES' && metadata.ValidTo !== undefined
        ? pass
        : fail('the imported key material never expires');
    },
    note: 'The document deletes the key material first, which stops everything that uses the key. KMS takes the same material again, with a date, while the key is in use.',
  },
  120: {
    title: 'No customer managed key is waiting to be deleted',
    criticality: 'MEDIUM',
    on: { 'kms:ScheduleKeyDeletion': keyId, 'kms:CancelKeyDeletion': keyId },
    reads: { metadata },
    check: ({ metadata }, { now }) => {
      const skipped = notApplicable(metadata);
      if (skipped !== undefined) return skipped;
      if (metadata.KeyState === 'PendingReplicaDeletion')
        return fail('the key will be deleted once its replicas in other regions are');
      if (metadata.KeyState !== 'PendingDeletion') return pass;
      const when = metadata.DeletionDate;
      if (when === undefined) return fail('the key will be deleted');
      const days = Math.max(0, Math.ceil((when.getTime() - now.getTime()) / DAY));
      return fail(`the key will be deleted on ${when.toISOString().slice(0, 10)}, in ${days} days`);
    },
    note: 'No API tells which keys are still required, so every deletion is shown to a person. A key whose deletion is cancelled is disabled: enabling it is control 517, with a yes of its own.',
  },
  174: {
    title: 'Symmetric customer managed key has imported key material',
    criticality: 'HIGH',
    on: { 'kms:CreateKey': newKeyId, 'kms:ScheduleKeyDeletion': keyId, 'kms:CancelKeyDeletion': keyId },
    reads: { metadata },
    check: ({ metadata }) => {
      const skipped = notApplicable(metadata, 'Creating', ...beingDeleted);
      if (skipped !== undefined) return skipped;
      const spec = metadata.KeySpec ?? metadata.CustomerMasterKeySpec;
      if (spec !== 'SYMMETRIC_DEFAULT') return skip(`the key is not symmetric (${spec})`);
      switch (metadata.Origin) {
        case 'EXTERNAL':
          return pass;
        case 'AWS_CLOUDHSM':
        case 'EXTERNAL_KEY_STORE':
          return fail(`the key material is not imported but held in a key store of your own (${metadata.Origin})`);
        default:
          return fail('AWS made the key material');
      }
    },
    note: 'The document says to delete the existing key; done before all data is encrypted anew, that loses the data. Imported material cannot rotate by itself, and control 58 wants it to expire.',
  },
  517: {
    title: 'Customer managed key is not disabled',
    criticality: 'HIGH',
    on: {
      'kms:DisableKey': keyId,
      'kms:EnableKey': keyId,
      'kms:CancelKeyDeletion': keyId,
      'kms:ScheduleKeyDeletion': keyId,
    },
    reads: { metadata },
    check: ({ metadata }) => {
      const skipped = notApplicable(
        metadata,
        ...['PendingImport', 'Creating', 'Updating', 'Unavailable'],
        ...beingDeleted,
      );
      if (skipped !== undefined) return skipped;
      return metadata.KeyState === 'Disabled' ? fail('the key is disabled: nothing can be decrypted with it') : pass;
    },
    note: 'A key is often disabled on purpose (an incident, a key being retired), so a person decides.',
  },
});
