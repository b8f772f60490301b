import { keyPolicy } from '../../detectors/kms/key-policies.ts';
import { beingDeleted, keyState, keys, metadata, nextPage } from '../../detectors/kms/keys.ts';
import { call, concrete, document, edit, guide, readPages, remediations } from '../../src/control.ts';

/** The longest time that KMS waits before it deletes a key. */
const LONGEST_WAIT = 30;

const isPending = (state: string | undefined): boolean => state !== undefined && beingDeleted.includes(state);

/** Two documents: a plan of the one never carries a change of the other. */
const deletionDocument = document(keyState, {
  write: [
    call('kms', 'CancelKeyDeletion', ({ id }, wanted) => (isPending(wanted) ? undefined : { KeyId: id })),
    call('kms', 'ScheduleKeyDeletion', ({ id }, wanted) =>
      isPending(wanted) ? { KeyId: id, PendingWindowInDays: LONGEST_WAIT } : undefined,
    ),
  ],
});

const enabledDocument = document(keyState, {
  write: [
    call('kms', 'EnableKey', ({ id }, wanted) => (wanted === 'Enabled' ? { KeyId: id } : undefined)),
    call('kms', 'DisableKey', ({ id }, wanted) => (wanted === 'Disabled' ? { KeyId: id } : undefined)),
  ],
});

const aliases = readPages(
  'kms',
  'ListAliases',
  ({ id }) => ({ KeyId: id }),
  (out) => (out.Aliases ?? []).flatMap(({ AliasName }) => AliasName ?? []),
  nextPage,
);

const grants = readPages(
  'kms',
  'ListGrants',
  ({ id }) => ({ KeyId: id }),
  (out) => out.Grants ?? [],
  nextPage,
);

const tags = readPages(
  'kms',
  'ListResourceTags',
  ({ id }) => ({ KeyId: id }),
  (out) => (out.Tags ?? []).filter(({ TagKey }) => !TagKey?.startsWith('aws:')),
  nextPage,
);

const nameOf = (id: string, aliases: readonly string[]): string =>
  aliases.length === 0 ? id : `${id} (${aliases.join(', ')})`;

export const keyRemediations = remediations(keys, {
  58: guide(
    {
      impact:
        'none while the key material stays; when the date passes, nothing encrypted with the key can be read until the same material is imported again',
      reads: { metadata, aliases },
      note: 'The material is imported again without being deleted first, so that nothing stops.',
    },
    ({ id, region, metadata, aliases }) => [
      {
        text: `${nameOf(id, aliases)} in ${region} holds imported key material without an expiry date. Do not delete the material to change that: everything encrypted with the key would stop at once.`,
      },
      {
        text: 'Find the custodian of the original key material. KMS takes back exactly the same bytes only. If they are lost, stop here and plan a new key instead: what AWS holds cannot be exported.',
      },
      {
        text: 'Agree on a date, at most 365 days ahead, and on who imports the material again before it. Write it into a calendar now: a forgotten date is an outage.',
      },
      {
        text: `Fetch a wrapping key and an import token; both are valid for 24 hours: aws kms get-parameters-for-import --key-id ${id} --wrapping-algorithm RSAES_OAEP_SHA_256 --wrapping-key-spec RSA_4096 --region ${region}. Decode both from base64 into files.`,
      },
      { text: 'Let the custodian wrap the key material with that public key, outside AWS.' },
      {
        text: `Import it again, with the date: aws kms import-key-material --key-id ${id} --encrypted-key-material fileb://wrapped-key-material.bin --import-token fileb://import-token.bin --expiration-model KEY_MATERIAL_EXPIRES --valid-to <date> --region ${region}`,
      },
      ...(metadata.MultiRegion
        ? [
            {
              text: 'The key has relatives in other regions. Each holds its own copy of the material with its own date: repeat this there.',
            },
          ]
        : []),
      { text: `Set an alarm on the metric SecondsUntilKeyMaterialExpiration (AWS/KMS) of ${id}, a month ahead.` },
      {
        text: 'Check that describe-key shows KEY_MATERIAL_EXPIRES with the date, and that an application can still decrypt. To go back, import the same material with KEY_MATERIAL_DOES_NOT_EXPIRE.',
      },
    ],
  ),

  120: edit(
    deletionDocument,
    {
      mode: 'approve',
      impact:
        'the key and all data under it are kept, and it goes on costing; it stays disabled until somebody enables it. Whoever wanted it gone, perhaps to erase data for good, should agree first',
      undo: 'best-effort',
      note: 'Undoing schedules the deletion again with the longest waiting period, 30 days: the old date cannot be brought back.',
    },
    () => 'Disabled' as const,
  ),

  174: guide(
    {
      impact:
        'a new key replaces this one; data that nobody encrypted anew is lost when the old key is deleted, and imported material that is lost or expires makes data unreadable',
      reads: { metadata, keyPolicy, aliases, grants, tags },
      note: 'The origin of a key is fixed when it is made. The runbook deletes nothing before the old key has been disabled for a while.',
    },
    ({ id, region, metadata, keyPolicy, aliases, grants, tags }) => [
      {
        text: `Decide whether you want this at all: you will be the one who keeps the material of ${nameOf(id, aliases)} safe for ever, it will not rotate by itself, and control 58 wants it to expire. If not, exempt the key.`,
      },
      {
        text: `List what uses the key in ${region}: volumes, buckets, databases, secrets, log groups, and the events Decrypt and GenerateDataKey in CloudTrail of the last 90 days. ${grants.length === 0 ? 'It has no grants.' : `Its ${grants.length} grants name: ${[...new Set(grants.map(({ GranteePrincipal }) => GranteePrincipal))].join(', ')}.`}`,
      },
      {
        text: 'Make the new key with the policy, description and tags of the old one.',
        call: concrete('kms', 'CreateKey', {
          Origin: 'EXTERNAL',
          ...(metadata.MultiRegion ? { MultiRegion: true } : {}),
          ...(metadata.Description ? { Description: metadata.Description } : {}),
          Policy: JSON.stringify(keyPolicy),
          ...(tags.length > 0 ? { Tags: [...tags] } : {}),
        }),
      },
      {
        text: `Fetch a wrapping key and an import token (valid for 24 hours): aws kms get-parameters-for-import --key-id <new-key-id> --wrapping-algorithm RSAES_OAEP_SHA_256 --wrapping-key-spec RSA_4096 --region ${region}`,
      },
      {
        text: `Make 256 bits of key material in your own HSM, keep them in two safe places, wrap them, and import them: aws kms import-key-material --key-id <new-key-id> --encrypted-key-material fileb://wrapped-key-material.bin --import-token fileb://import-token.bin --expiration-model KEY_MATERIAL_EXPIRES --valid-to <date> --region ${region}`,
      },
      ...(grants.length > 0
        ? [
            {
              text: 'Grants do not move. AWS services make new ones when their resources are given the new key; make your own again with create-grant.',
            },
          ]
        : []),
      {
        text: 'Give each resource the new key and encrypt its data anew (a volume or database by a copy of its snapshot, objects by copying them in place, secrets by a new version). Keep the old key: it must go on decrypting until the last one is done.',
      },
      ...aliases.map((AliasName) => ({
        text: `Point ${AliasName} to the new key, after its data has moved: applications that use the alias then encrypt with the new key. Decrypting finds the right key by itself.`,
        call: concrete('kms', 'UpdateAlias', { AliasName, TargetKeyId: '<new-key-id>' }),
      })),
      {
        text: 'Disable the old key and leave it so for some weeks, backups included. Anything that still needs it fails now and can be saved by enabling the key again.',
        call: concrete('kms', 'DisableKey', { KeyId: id }),
      },
      {
        text: 'Only when nothing has asked for it all that time, and with the owner of the data agreed, let it be deleted. This can be cancelled for 30 days and never after.',
        call: concrete('kms', 'ScheduleKeyDeletion', { KeyId: id, PendingWindowInDays: LONGEST_WAIT }),
      },
    ],
  ),

  517: edit(
    enabledDocument,
    {
      mode: 'approve',
      impact:
        'data under the key can be decrypted again by everyone whom the key policy lets; ask first whether it was disabled on purpose, such as during an incident',
    },
    () => 'Enabled' as const,
  ),
});
