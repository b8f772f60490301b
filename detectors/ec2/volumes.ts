import {
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

const volumeId = ids('requestParameters.volumeId');

export const volumes = detectors(
  resource('AWS::EC2::Volume', {
    service: 'ec2',
    arn: ({ partition, region, account, id }) => `arn:${partition}:ec2:${region}:${account}:volume/${id}`,
    list: readPages(
      'ec2',
      'DescribeVolumes',
      () => ({}),
      (out) => (out.Volumes ?? []).flatMap(({ VolumeId }) => VolumeId ?? []),
      nextToken,
    ),
    gone: ['InvalidVolume.NotFound'],
    tags,
  }),
  {
    115: {
      title: 'EBS volume attached to an instance is encrypted',
      criticality: 'MEDIUM',
      on: {
        // Instances and Auto Scaling make volumes without an event of the volume's own.
        'ec2:RunInstances': through(volumesOfInstance, ids('responseElements.instancesSet.items[].instanceId')),
        'ec2:CreateReplaceRootVolumeTask': through(
          volumesOfInstance,
          ids('requestParameters.instanceId', 'requestParameters.CreateReplaceRootVolumeTaskRequest.InstanceId'),
        ),
        'ec2:CreateVolume': ids('responseElements.volumeId'),
        'ec2:CopyVolumes': ids(
          'responseElements.volumeSet.items[].volumeId',
          'responseElements.CopyVolumesResponse.volumeSet.items[].volumeId',
          'responseElements.CopyVolumesResponse.volumeSet.item.volumeId',
        ),
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
  },
);
