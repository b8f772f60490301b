import type { Instance, Volume } from '@aws-sdk/client-ec2';
import { concrete, type GuideLine } from '../../src/control.ts';
import { ownTags } from './tags.ts';

/** What Redress makes in place of a volume or a snapshot says so in a tag. */
export const REPLACES = 'redress:replaces';

/** One tag for a snapshot that is about to be made. */
export const snapshotTag = (Key: string, Value: string) => [
  { ResourceType: 'snapshot' as const, Tags: [{ Key, Value }] },
];

/** A volume that is to be replaced, and what it hangs on. */
interface Original {
  readonly id: string;
  readonly region: string;
  readonly volume: Volume;
  readonly instances: readonly Instance[];
  /** The key for the copy; empty means the default key of EBS. */
  readonly key: string;
}

/** What a new volume takes over from an old one: all but its contents. */
export function volumeLike(volume: Volume, tags: readonly { Key: string; Value: string }[] = []) {
  const all = [...ownTags(volume.Tags), ...tags];
  return {
    AvailabilityZone: volume.AvailabilityZone,
    VolumeType: volume.VolumeType,
    Size: volume.Size,
    ...(volume.VolumeType !== 'gp2' && volume.Iops ? { Iops: volume.Iops } : {}),
    ...(volume.Throughput ? { Throughput: volume.Throughput } : {}),
    ...(volume.MultiAttachEnabled ? { MultiAttachEnabled: true } : {}),
    ...(all.length > 0 ? { TagSpecifications: [{ ResourceType: 'volume' as const, Tags: all }] } : {}),
  };
}

/** How a volume is replaced by an encrypted copy, with its instance stopped while they are swapped. */
export function encryptedCopy(original: Original): GuideLine[] {
  const { id, region, volume, instances } = original;
  if (volume.Operator?.Managed === true) {
    const operator = volume.Operator.Principal ?? 'another AWS service';
    return [{ text: `${id} is managed by ${operator}, which alone can replace it: set encryption there.` }];
  }
  const attachment = volume.Attachments?.[0];
  const instanceId = attachment?.InstanceId;
  const device = attachment?.Device ?? '<device>';
  const instance = instances.find(({ InstanceId }) => InstanceId === instanceId);
  const lines =
    attachment === undefined
      ? loose(original)
      : attached(original, instance, instanceId ?? '<instance-id>', device, attachment.DeleteOnTermination === true);
  return [
    ...lines,
    {
      text: `When the copy has proven itself, and not before, delete the old volume${volume.Encrypted ? '' : ' and the unencrypted snapshot'}.`,
      call: concrete('ec2', 'DeleteVolume', { VolumeId: id }),
    },
    {
      text: `So that it does not happen again in ${region}, encrypt new volumes by default (control 339).`,
      call: concrete('ec2', 'EnableEbsEncryptionByDefault', {}),
    },
  ];
}

/** A volume that no instance uses: nothing has to be stopped, but something may still name it. */
function loose(original: Original): GuideLine[] {
  const { id, volume } = original;
  return [
    {
      text: `${id} holds ${volume.Size} GiB (${volume.VolumeType}) in ${volume.AvailabilityZone} and is attached to nothing. The copy gets another id: look for what names ${id} (Kubernetes volumes, CloudFormation, scripts).`,
    },
    snapshotOf(id),
    copyOf(original),
    { text: `To go back, use ${id} again: it is still there. Writes made in between stay on the copy.` },
  ];
}

function attached(
  original: Original,
  instance: Instance | undefined,
  instanceId: string,
  device: string,
  goesWithInstance: boolean,
): GuideLine[] {
  const { id, volume } = original;
  const isRoot = instance?.RootDeviceName === device;
  return [
    {
      text: `Agree on a window: ${instanceId} must be stopped. ${id} holds ${volume.Size} GiB (${volume.VolumeType}) at ${device}${isRoot ? ', the root device' : ''} in ${volume.AvailabilityZone}.`,
    },
    ...warnings(volume, instance),
    {
      text: 'Stop the instance, so that the snapshot is complete.',
      call: concrete('ec2', 'StopInstances', { InstanceIds: [instanceId] }),
    },
    snapshotOf(id),
    copyOf(original),
    {
      text: 'Swap the volumes. Keep the old one.',
      call: concrete('ec2', 'DetachVolume', { VolumeId: id, InstanceId: instanceId, Device: device }),
    },
    {
      text: 'Attach the copy under the same device name.',
      call: concrete('ec2', 'AttachVolume', { VolumeId: '<new-volume-id>', InstanceId: instanceId, Device: device }),
    },
    ...(goesWithInstance
      ? [
          {
            text: 'Let the copy go with the instance, as the old one did.',
            call: concrete('ec2', 'ModifyInstanceAttribute', {
              InstanceId: instanceId,
              BlockDeviceMappings: [
                { DeviceName: device, Ebs: { VolumeId: '<new-volume-id>', DeleteOnTermination: true } },
              ],
            }),
          },
        ]
      : []),
    {
      text: 'Start the instance and check the application.',
      call: concrete('ec2', 'StartInstances', { InstanceIds: [instanceId] }),
    },
    {
      text: `To go back: stop, detach the copy, attach ${id} again, start. Writes made in between stay on the copy.`,
    },
  ];
}

/** What is lost when an instance stops. */
function warnings({ Attachments = [] }: Volume, instance: Instance | undefined): GuideLine[] {
  const group = instance?.Tags?.find(({ Key }) => Key === 'aws:autoscaling:groupName')?.Value;
  const instanceStore = instance?.BlockDeviceMappings?.length === 0 || instance?.RootDeviceType === 'instance-store';
  return [
    ...(group
      ? [
          {
            text: `The instance belongs to the Auto Scaling group ${group}, which would replace it when it stops: do not repair it. Put an encrypted volume into the launch template instead, and refresh the group.`,
          },
        ]
      : []),
    ...(instanceStore ? [{ text: 'The instance has instance store: save what lies there, stopping erases it.' }] : []),
    ...(instance?.PublicIpAddress
      ? [{ text: `Its public address ${instance.PublicIpAddress} changes unless it is an Elastic IP.` }]
      : []),
    ...(Attachments.length > 1
      ? [{ text: 'The volume is attached to several instances (Multi-Attach): stop them all.' }]
      : []),
  ];
}

const snapshotOf = (id: string): GuideLine => ({
  text: 'Snapshot the volume, and wait until the snapshot is completed.',
  call: concrete('ec2', 'CreateSnapshot', { VolumeId: id, Description: `Before encrypting ${id}` }),
});

const copyOf = ({ volume, key }: Original): GuideLine => ({
  text: 'Make the encrypted copy: same zone, type, size and speed, same tags.',
  call: concrete('ec2', 'CreateVolume', {
    SnapshotId: '<snapshot-id>',
    ...volumeLike(volume),
    Encrypted: true,
    ...(key ? { KmsKeyId: key } : {}),
  }),
});
