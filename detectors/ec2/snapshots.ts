import {
  derive,
  detectors,
  fail,
  ids,
  nextToken,
  only,
  pass,
  read,
  readPages,
  resource,
  skip,
  through,
} from '../../src/control.ts';
import { encryptionKey, isCustomerManaged } from '../customer-key.ts';
import { inOrder } from '../in-order.ts';
import { tags } from './tags.ts';

export const snapshot = read(
  'ec2',
  'DescribeSnapshots',
  ({ id }) => ({ SnapshotIds: [id] }),
  (out) => only(out.Snapshots),
);

/** Who may create volumes from a snapshot: groups and accounts. */
export const createVolumePermissions = read(
  'ec2',
  'DescribeSnapshotAttribute',
  ({ id }) => ({ SnapshotId: id, Attribute: 'createVolumePermission' as const }),
  (out) => inOrder(out.CreateVolumePermissions ?? []),
);

const key = encryptionKey(derive({ snapshot }, ({ snapshot }) => (snapshot.Encrypted ? snapshot.KmsKeyId : undefined)));

const snapshotId = ids('requestParameters.snapshotId');

const snapshotsOfImage = readPages(
  'ec2',
  'DescribeImages',
  ({ id }) => ({ ImageIds: [id] }),
  (out) =>
    (out.Images ?? []).flatMap(({ BlockDeviceMappings }) =>
      (BlockDeviceMappings ?? []).flatMap(({ Ebs }) => Ebs?.SnapshotId ?? []),
    ),
  nextToken,
);

const imported = readPages(
  'ec2',
  'DescribeImportSnapshotTasks',
  ({ id }) => ({ ImportTaskIds: [id] }),
  (out) => (out.ImportSnapshotTasks ?? []).flatMap(({ SnapshotTaskDetail }) => SnapshotTaskDetail?.SnapshotId ?? []),
  nextToken,
);

const encryptionChanges = {
  'ec2:CreateSnapshot': ids('responseElements.snapshotId'),
  'ec2:CreateSnapshots': ids(
    'responseElements.CreateSnapshotsResponse.snapshotSet.item[].snapshotId',
    'responseElements.CreateSnapshotsResponse.snapshotSet.item.snapshotId',
    'responseElements.snapshotSet.items[].snapshotId',
  ),
  'ec2:CopySnapshot': ids('responseElements.snapshotId', 'responseElements.CopySnapshotResponse.snapshotId'),
  'ec2:CreateImage': through(snapshotsOfImage, ids('responseElements.imageId')),
  'ec2:CopyImage': through(snapshotsOfImage, ids('responseElements.imageId')),
  'ec2:ImportSnapshot': through(
    imported,
    ids('responseElements.importTaskId', 'responseElements.ImportSnapshotResponse.importTaskId'),
  ),
  'ec2:RestoreSnapshotFromRecycleBin': ids(
    'requestParameters.RestoreSnapshotFromRecycleBinRequest.SnapshotId',
    'responseElements.RestoreSnapshotFromRecycleBinResponse.snapshotId',
    'requestParameters.snapshotId',
  ),
  'ec2:DeleteSnapshot': snapshotId,
};

/** Why the encryption of a snapshot says nothing, or nothing. One that is being made is judged: it cannot change. */
function notApplicable({ OwnerId, State }: { OwnerId?: string; State?: string }, account: string) {
  if (OwnerId !== undefined && OwnerId !== account) return skip('the snapshot belongs to another account');
  return State === 'pending' || State === 'completed' ? undefined : skip(`the snapshot is ${State}`);
}

export const snapshots = detectors(
  resource('AWS::EC2::Snapshot', {
    service: 'ec2',
    arn: ({ partition, region, id }) => `arn:${partition}:ec2:${region}::snapshot/${id}`,
    list: readPages(
      'ec2',
      'DescribeSnapshots',
      () => ({ OwnerIds: ['self'] }),
      (out) => (out.Snapshots ?? []).flatMap(({ SnapshotId }) => SnapshotId ?? []),
      nextToken,
    ),
    gone: ['InvalidSnapshot.NotFound'],
    tags,
  }),
  {
    146: {
      title: 'EBS snapshot can be used only by accounts it is shared with',
      criticality: 'HIGH',
      on: { 'ec2:ModifySnapshotAttribute': snapshotId, 'ec2:ResetSnapshotAttribute': snapshotId },
      reads: { snapshot, createVolumePermissions },
      check: ({ snapshot, createVolumePermissions }, { account }) => {
        if (snapshot.OwnerId !== undefined && snapshot.OwnerId !== account)
          return skip('the snapshot belongs to another account');
        if (snapshot.Encrypted === true) return skip('an encrypted snapshot cannot be public');
        return createVolumePermissions.some(({ Group }) => Group === 'all')
          ? fail('everyone may copy this snapshot and create volumes from it')
          : pass;
      },
      note: 'Others may have copied it while it was public; closing it does not take their copies back.',
    },
    127: {
      title: 'EBS snapshot is encrypted',
      criticality: 'MEDIUM',
      on: encryptionChanges,
      reads: { snapshot },
      check: ({ snapshot }, { account }) =>
        notApplicable(snapshot, account) ??
        (snapshot.Encrypted === true ? pass : fail('the snapshot is not encrypted')),
      note: 'The document deletes the old snapshot at once. Redress deletes it when the encrypted copy is complete, and not at all where an image, a backup plan or another account needs it. A snapshot that is still being made is judged too, because nothing announces its end.',
    },
    204: {
      title: 'EBS snapshot is encrypted with a customer managed key',
      criticality: 'HIGH',
      on: encryptionChanges,
      reads: { snapshot, key },
      check: ({ snapshot, key }, { account }) =>
        notApplicable(snapshot, account) ?? isCustomerManaged(key, 'the snapshot is not encrypted'),
      note: 'The document makes an empty volume, which changes no snapshot: a copy under another key does.',
    },
  },
);
