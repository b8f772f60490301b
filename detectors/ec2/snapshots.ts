import { detectors, fail, ids, nextToken, only, pass, read, readPages, resource, skip } from '../../src/control.ts';
import { inOrder } from '../in-order.ts';
import { tags } from './tags.ts';

const snapshot = read(
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

const snapshotId = ids('requestParameters.snapshotId');

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
  },
);
