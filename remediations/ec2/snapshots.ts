import type { CreateVolumePermission, Snapshot } from '@aws-sdk/client-ec2';
import { createVolumePermissions, snapshot, snapshots } from '../../detectors/ec2/snapshots.ts';
import { inOrder } from '../../detectors/in-order.ts';
import {
  byHand,
  call,
  concrete,
  derive,
  document,
  edit,
  guide,
  nextToken,
  optional,
  read,
  readPages,
  remediations,
  steps,
  tagsFrom,
  until,
} from '../../src/control.ts';
import { difference } from '../difference.ts';
import { REPLACES } from './encrypted-copy.ts';
import { ownTags } from './tags.ts';

const change = (id: string, OperationType: 'add' | 'remove', permissions: readonly CreateVolumePermission[]) => {
  const GroupNames = permissions.flatMap(({ Group }) => Group ?? []);
  const UserIds = permissions.flatMap(({ UserId }) => UserId ?? []);
  if (permissions.length === 0) return undefined;
  return {
    SnapshotId: id,
    Attribute: 'createVolumePermission' as const,
    OperationType,
    ...(GroupNames.length > 0 ? { GroupNames } : {}),
    ...(UserIds.length > 0 ? { UserIds } : {}),
  };
};

const createVolumePermissionDocument = document(createVolumePermissions, {
  write: [
    call('ec2', 'ModifySnapshotAttribute', ({ id }, wanted, current) =>
      change(id, 'remove', difference(current, wanted).removed),
    ),
    call('ec2', 'ModifySnapshotAttribute', ({ id }, wanted, current) =>
      change(id, 'add', difference(current, wanted).added),
    ),
  ],
});

const found = readPages(
  'ec2',
  'DescribeSnapshots',
  ({ id }) => ({ OwnerIds: ['self'], Filters: [{ Name: 'snapshot-id', Values: [id] }] }),
  (out) => out.Snapshots ?? [],
  nextToken,
);

/** The snapshot, or nothing once it is deleted. Progress and tiers change by themselves and are left out. */
const original = derive({ found }, ({ found: [one] }) =>
  one === undefined ? undefined : { description: one.Description, tags: ownTags(one.Tags), kept: whyKept(one) },
);

/** Who has it shared; a snapshot that is gone is shared with nobody. */
const shares = read(
  'ec2',
  'DescribeSnapshotAttribute',
  ({ id }) => ({ SnapshotId: id, Attribute: 'createVolumePermission' as const }),
  (out) => inOrder(out.CreateVolumePermissions ?? []),
  { absent: ['InvalidSnapshot.NotFound'] },
);

const imagesOf = readPages(
  'ec2',
  'DescribeImages',
  ({ id }) => ({
    Owners: ['self'],
    IncludeDisabled: true,
    Filters: [{ Name: 'block-device-mapping.snapshot-id', Values: [id] }],
  }),
  (out) => (out.Images ?? []).flatMap(({ ImageId }) => ImageId ?? []),
  nextToken,
);

const tagged = readPages(
  'ec2',
  'DescribeSnapshots',
  ({ id }) => ({ OwnerIds: ['self'], Filters: [{ Name: `tag:${REPLACES}`, Values: [id] }] }),
  (out) => (out.Snapshots ?? []).map(({ State, Encrypted }) => ({ state: State, encrypted: Encrypted })),
  nextToken,
);
const copies = derive({ tagged }, ({ tagged }) => inOrder(tagged));

/** The plan that made a snapshot and will delete it, or nothing. */
function planOf({ Tags, OwnerAlias }: Snapshot): string | undefined {
  const tags = tagsFrom(Tags);
  if (OwnerAlias === 'aws-backup-vault' || Object.keys(tags).some((key) => key.startsWith('aws:backup:')))
    return 'AWS Backup';
  return tags['aws:dlm:lifecycle-policy-id'] === undefined ? undefined : 'Data Lifecycle Manager';
}

/** Why a snapshot must stay under its id, or nothing. */
function whyKept(one: Snapshot): string | undefined {
  const plan = planOf(one);
  if (plan !== undefined)
    return `the snapshot belongs to ${plan}, which keeps count of it: encrypt the volumes it is made from, and let it end with its retention`;
  if (one.StorageTier === 'archive')
    return 'the snapshot is archived: restore it to the standard tier first, then plan again';
  if (one.OutpostArn) return 'the snapshot is on an Outpost: copy it by hand';
  return undefined;
}

export const snapshotRemediations = remediations(snapshots, {
  146: edit(
    createVolumePermissionDocument,
    {
      mode: 'auto',
      impact: 'outsiders lose the snapshot; own volumes and accounts it is shared with by number notice nothing',
    },
    (current) => current.filter(({ Group }) => Group !== 'all'),
  ),
  127: steps(
    {
      mode: 'approve',
      impact:
        'an encrypted copy under another id takes the place of the snapshot, which is deleted: whatever names the old id no longer finds it. The copy is a full one, billed as such, and no longer counts as a snapshot of its volume (control 508). The volume stays as it is: encrypt it first (115, 116), or its next snapshot fails again',
      undo: 'none',
      reads: { original, shares, imagesOf, copies },
      parameters: { volumeKeyArn: optional('KMS key for the encrypted copy; empty means the default key of EBS.', '') },
      note: 'The snapshot is deleted only when its copy is complete and encrypted. If that takes over half an hour, or a lock forbids it, nothing is deleted.',
    },
    ({ step }) => [
      step(
        'copy',
        call('ec2', 'CopySnapshot', ({ id, region, original, parameters }) => ({
          SourceRegion: region,
          SourceSnapshotId: id,
          Encrypted: true,
          ...(parameters.volumeKeyArn ? { KmsKeyId: parameters.volumeKeyArn } : {}),
          ...(original?.description ? { Description: original.description } : {}),
          TagSpecifications: [
            { ResourceType: 'snapshot' as const, Tags: [...(original?.tags ?? []), { Key: REPLACES, Value: id }] },
          ],
        })),
        {
          repeat: 'once',
          until: until(copies, (made) => made.some(({ state, encrypted }) => state === 'completed' && encrypted)),
        },
      ),
      step(
        'delete-old',
        call('ec2', 'DeleteSnapshot', ({ id }) => ({ SnapshotId: id }), { already: ['InvalidSnapshot.NotFound'] }),
        { repeat: 'once', until: until(original, (one) => one === undefined) },
      ),
    ],
    ({ original, shares, imagesOf, copies }) => {
      if (original?.kept !== undefined) return byHand(original.kept);
      if (imagesOf.length > 0)
        return byHand(
          `${imagesOf.join(', ')} consists of the snapshot: replace the image by an encrypted copy (control 126), and delete the snapshot with it`,
        );
      if (shares.length > 0)
        return byHand(
          'the snapshot is shared with other accounts, which would lose it: copy it under a key of your own that they may use, share the copy, tell them its id, and delete the old one last',
        );
      if (copies.length > 0)
        return byHand(
          `an earlier attempt left a copy (tag ${REPLACES}): use it and delete the snapshot, or delete the copy and plan again`,
        );
      return {
        original: undefined,
        shares: [],
        imagesOf: [],
        copies: [{ state: 'completed' as const, encrypted: true }],
      };
    },
  ),
  204: guide(
    {
      impact:
        'the copy has another id and no shares; once the old snapshot is deleted, whatever names it can no longer restore',
      reads: { snapshot, shares, imagesOf },
      parameters: {
        volumeKeyArn: optional(
          'Customer managed KMS key for the copy, in the region of the snapshot; empty leaves it open in the runbook.',
          '',
        ),
      },
      note: 'The key of a snapshot cannot be changed: it is copied under another one.',
    },
    ({ id, region, snapshot, shares, imagesOf, parameters }) => {
      const plan = planOf(snapshot);
      if (plan !== undefined)
        return [
          {
            text: `${id} belongs to ${plan}. Give the volumes it is made from a customer managed key (control 203)${plan === 'AWS Backup' ? ', and the backup vault too' : ''}; snapshots from then on follow, and this one ends with its retention.`,
          },
        ];
      if (imagesOf.length > 0)
        return [
          {
            text: `${imagesOf.join(', ')} consists of ${id}, which cannot be deleted before it. Copy the image under a customer managed key as control 126 describes, and delete the snapshot together with the old image.`,
          },
        ];
      const accounts = shares.flatMap(({ UserId }) => UserId ?? []);
      return [
        {
          text: `${id} is of ${snapshot.VolumeId}. If that volume exists, see to its key first (control 203): its next snapshot would fail again.`,
        },
        ...(snapshot.StorageTier === 'archive'
          ? [
              {
                text: 'It is archived and must be restored first; that takes up to three days.',
                call: concrete('ec2', 'RestoreSnapshotTier', { SnapshotId: id, TemporaryRestoreDays: 7 }),
              },
            ]
          : []),
        {
          text: 'Copy it under the key. A wrong key is not refused here: the copy ends in error later.',
          call: concrete('ec2', 'CopySnapshot', {
            SourceRegion: region,
            SourceSnapshotId: id,
            Encrypted: true,
            KmsKeyId: parameters.volumeKeyArn || '<key-arn>',
            ...(snapshot.Description ? { Description: snapshot.Description } : {}),
            ...(ownTags(snapshot.Tags).length > 0
              ? { TagSpecifications: [{ ResourceType: 'snapshot', Tags: ownTags(snapshot.Tags) }] }
              : {}),
          }),
        },
        {
          text: 'Wait until the copy is completed, and see that it is encrypted: aws ec2 describe-snapshots --snapshot-ids <new-snapshot-id>',
        },
        ...(accounts.length > 0
          ? [
              {
                text: `It is shared with ${accounts.join(', ')}. Let the key policy allow them kms:Decrypt, kms:CreateGrant and kms:DescribeKey, share the copy, and tell them its id.`,
                call: concrete('ec2', 'ModifySnapshotAttribute', {
                  SnapshotId: '<new-snapshot-id>',
                  Attribute: 'createVolumePermission',
                  OperationType: 'add',
                  UserIds: accounts,
                }),
              },
            ]
          : []),
        {
          text: `Let whatever names ${id} name the copy: launch templates, restore scripts, CloudFormation, documents for emergencies. Make a volume from the copy once, to know that it works.`,
        },
        {
          text: 'Delete the old snapshot last. Without a Recycle Bin rule it cannot be had again; until now going back means to use the old id.',
          call: concrete('ec2', 'DeleteSnapshot', { SnapshotId: id }),
        },
      ];
    },
  ),
});
