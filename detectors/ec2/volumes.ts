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
  tagsFrom,
  through,
} from '../../src/control.ts';
import { encryptionKey, isCustomerManaged } from '../customer-key.ts';
import { inOrder } from '../in-order.ts';
import { tags } from './tags.ts';

export const volume = read(
  'ec2',
  'DescribeVolumes',
  ({ id }) => ({ VolumeIds: [id] }),
  (out) => only(out.Volumes),
);

const volumesOfInstance = readPages(
  'ec2',
  'DescribeVolumes',
  ({ id }) => ({ Filters: [{ Name: 'attachment.instance-id', Values: [id] }] }),
  (out) => (out.Volumes ?? []).flatMap(({ VolumeId }) => VolumeId ?? []),
  nextToken,
);

/** Volumes that no instance uses and that are not encrypted: what an instance may leave behind. */
const leftBehind = readPages(
  'ec2',
  'DescribeVolumes',
  () => ({
    Filters: [
      { Name: 'status', Values: ['available'] },
      { Name: 'encrypted', Values: ['false'] },
    ],
  }),
  (out) => (out.Volumes ?? []).flatMap(({ VolumeId }) => VolumeId ?? []),
  nextToken,
);

const everyVolume = readPages(
  'ec2',
  'DescribeVolumes',
  () => ({}),
  (out) => (out.Volumes ?? []).flatMap(({ VolumeId }) => VolumeId ?? []),
  nextToken,
);

const volumesWithSnapshot = readPages(
  'ec2',
  'DescribeSnapshots',
  () => ({ OwnerIds: ['self'] }),
  (out) =>
    (out.Snapshots ?? []).flatMap(({ VolumeId, State }) => (VolumeId && State === 'completed' ? [VolumeId] : [])),
  nextToken,
);

/** A snapshot that is deleted no longer tells whose it was: asked is for all volumes that have none. */
const withoutSnapshot = derive({ everyVolume, volumesWithSnapshot }, ({ everyVolume, volumesWithSnapshot }) => {
  const backedUp = new Set(volumesWithSnapshot);
  return everyVolume.filter((id) => !backedUp.has(id));
});

const taken = readPages(
  'ec2',
  'DescribeSnapshots',
  ({ id }) => ({ OwnerIds: ['self'], Filters: [{ Name: 'volume-id', Values: [id] }] }),
  (out) => (out.Snapshots ?? []).map(({ State, Tags }) => ({ state: State, tags: tagsFrom(Tags) })),
  nextToken,
);

/** Snapshots taken of the volume. Copies of them name another volume and do not count. */
export const ownSnapshots = derive({ taken }, ({ taken }) => inOrder(taken));

const key = encryptionKey(derive({ volume }, ({ volume }) => (volume.Encrypted ? volume.KmsKeyId : undefined)));

const volumeId = ids('requestParameters.volumeId');

// Instances and Auto Scaling make volumes without an event of the volume's own.
const made = {
  'ec2:RunInstances': through(volumesOfInstance, ids('responseElements.instancesSet.items[].instanceId')),
  'ec2:CreateReplaceRootVolumeTask': through(
    volumesOfInstance,
    ids('requestParameters.instanceId', 'requestParameters.CreateReplaceRootVolumeTaskRequest.InstanceId'),
  ),
  'ec2:CreateVolume': ids('responseElements.volumeId'),
  'ec2:CopyVolumes': ids(
    'responseElements.volumeSet.items[].volumeId',
    'responseElements.CopyVolumesResponse.volumeSet.items[].volumeId',
    'responseElements.CopyVolumesResponse.volumeSet.item[].volumeId',
    'responseElements.CopyVolumesResponse.volumeSet.item.volumeId',
  ),
};

/** States in which a volume cannot be judged any more, or not yet. */
const NOT_THERE = ['creating', 'deleting', 'deleted', 'error'];

export const volumes = detectors(
  resource('AWS::EC2::Volume', {
    service: 'ec2',
    arn: ({ partition, region, account, id }) => `arn:${partition}:ec2:${region}:${account}:volume/${id}`,
    list: everyVolume,
    gone: ['InvalidVolume.NotFound'],
    tags,
  }),
  {
    115: {
      title: 'EBS volume attached to an instance is encrypted',
      criticality: 'MEDIUM',
      on: {
        ...made,
        'ec2:AttachVolume': volumeId,
        'ec2:DetachVolume': volumeId,
      },
      reads: { volume },
      check: ({ volume }) => {
        if (volume.State !== 'in-use') return skip(`the volume is not attached to an instance (${volume.State})`);
        if (volume.Encrypted === true) return pass;
        const where = (volume.Attachments ?? []).map(
          ({ InstanceId, AssociatedResource, Device }) => `${InstanceId ?? AssociatedResource} as ${Device}`,
        );
        return fail(`the volume is not encrypted and attached to ${where.join(', ')}`);
      },
      note: 'The document detaches a volume from a running instance and deletes the only copy at once. The runbook stops first and keeps the old volume until the new one is proven.',
    },
    116: {
      title: 'EBS volume that is attached to nothing is encrypted',
      criticality: 'MEDIUM',
      on: {
        'ec2:CreateVolume': made['ec2:CreateVolume'],
        'ec2:CopyVolumes': made['ec2:CopyVolumes'],
        'ec2:DetachVolume': volumeId,
        'ec2:AttachVolume': volumeId,
        'ec2:DeleteVolume': volumeId,
        'ec2:TerminateInstances': through(leftBehind, ids('requestParameters.instancesSet.items[].instanceId')),
      },
      reads: { volume },
      check: ({ volume }) => {
        if (volume.State !== 'available') return skip(`the volume is ${volume.State}`);
        return volume.Encrypted === true ? pass : fail('the volume is not encrypted and attached to nothing');
      },
      note: 'The document deletes volume and snapshot, saying that an encrypted snapshot exists; none does. Redress keeps the snapshot, and deletes the volume only when the encrypted copy stands.',
    },
    203: {
      title: 'EBS volume is encrypted with a customer managed key',
      criticality: 'HIGH',
      on: { ...made, 'ec2:DeleteVolume': volumeId },
      reads: { volume, key },
      check: ({ volume, key }) => {
        if (NOT_THERE.includes(volume.State ?? '')) return skip(`the volume is ${volume.State}`);
        if (volume.Operator?.Managed === true)
          return skip(`the volume is managed by ${volume.Operator.Principal ?? 'another AWS service'}`);
        return isCustomerManaged(key, 'the volume is not encrypted');
      },
      note: 'The command of the document makes an empty volume and moves no data. A key of another account can only be a customer managed one.',
    },
    508: {
      title: 'EBS volume has a snapshot',
      criticality: 'HIGH',
      on: {
        ...made,
        'ec2:DeleteVolume': volumeId,
        'ec2:CreateSnapshot': volumeId,
        'ec2:CreateSnapshots': through(
          volumesOfInstance,
          ids(
            'requestParameters.CreateSnapshotsRequest.InstanceSpecification.InstanceId',
            'requestParameters.instanceSpecification.instanceId',
          ),
        ),
        'ec2:CreateImage': through(volumesOfInstance, ids('requestParameters.instanceId')),
        'ec2:DeleteSnapshot': through(withoutSnapshot, ids('requestParameters.snapshotId')),
      },
      reads: { volume, ownSnapshots },
      check: ({ volume, ownSnapshots }) => {
        if (NOT_THERE.includes(volume.State ?? '')) return skip(`the volume is ${volume.State}`);
        if (ownSnapshots.some(({ state }) => state === 'completed')) return pass;
        return ownSnapshots.some(({ state }) => state === 'pending')
          ? fail('its first snapshot is not complete yet')
          : fail('the volume has no snapshot');
      },
      note: 'The snapshot that a volume was made from is not one of it, nor is a copy of its snapshots. The document asks for one snapshot of any age; a schedule (Data Lifecycle Manager, AWS Backup) is what protects data.',
    },
  },
);
