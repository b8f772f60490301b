import { volume, volumes } from '../../detectors/ec2/volumes.ts';
import { concrete, guide, optional, read, remediations } from '../../src/control.ts';

const instances = read(
  'ec2',
  'DescribeInstances',
  ({ volume }) => ({ InstanceIds: (volume.Attachments ?? []).flatMap(({ InstanceId }) => InstanceId ?? []) }),
  (out) => (out.Reservations ?? []).flatMap(({ Instances }) => Instances ?? []),
  { needs: { volume }, absent: ['InvalidInstanceID.NotFound'] },
);

export const volumeRemediations = remediations(volumes, {
  115: guide(
    {
      impact:
        'the instance is stopped and started: data on instance store and a public address that is not an Elastic IP are lost',
      reads: { volume, instances },
      parameters: { volumeKeyArn: optional('KMS key for the encrypted copy; empty means the default key of EBS.', '') },
      note: 'Encryption cannot be switched on for a volume that exists: it is replaced by an encrypted copy.',
    },
    ({ id, region, volume, instances, parameters }) => {
      if (volume.Operator?.Managed === true) {
        const operator = volume.Operator.Principal ?? 'another AWS service';
        return [{ text: `${id} is managed by ${operator}, which alone can replace it: set encryption there.` }];
      }
      const attachment = volume.Attachments?.[0];
      const instance = instances.find(({ InstanceId }) => InstanceId === attachment?.InstanceId);
      const instanceId = attachment?.InstanceId ?? '<instance-id>';
      const device = attachment?.Device ?? '<device>';
      const group = instance?.Tags?.find(({ Key }) => Key === 'aws:autoscaling:groupName')?.Value;
      const isRoot = instance?.RootDeviceName === device;
      const instanceStore =
        instance?.BlockDeviceMappings?.length === 0 || instance?.RootDeviceType === 'instance-store';
      return [
        {
          text: `Agree on a window: ${instanceId} must be stopped. ${id} holds ${volume.Size} GiB (${volume.VolumeType}) at ${device}${isRoot ? ', the root device' : ''} in ${volume.AvailabilityZone}.`,
        },
        ...(group
          ? [
              {
                text: `The instance belongs to the Auto Scaling group ${group}, which would replace it when it stops: do not repair it. Put an encrypted volume into the launch template instead, and refresh the group.`,
              },
            ]
          : []),
        ...(instanceStore
          ? [{ text: 'The instance has instance store: save what lies there, stopping erases it.' }]
          : []),
        ...(instance?.PublicIpAddress
          ? [{ text: `Its public address ${instance.PublicIpAddress} changes unless it is an Elastic IP.` }]
          : []),
        ...(volume.Attachments && volume.Attachments.length > 1
          ? [{ text: 'The volume is attached to several instances (Multi-Attach): stop them all.' }]
          : []),
        {
          text: 'Stop the instance, so that the snapshot is complete.',
          call: concrete('ec2', 'StopInstances', { InstanceIds: [instanceId] }),
        },
        {
          text: 'Snapshot the volume, and wait until the snapshot is completed.',
          call: concrete('ec2', 'CreateSnapshot', { VolumeId: id, Description: `Before encrypting ${id}` }),
        },
        {
          text: 'Make the encrypted copy: same zone, type, size and speed, same tags.',
          call: concrete('ec2', 'CreateVolume', {
            SnapshotId: '<snapshot-id>',
            AvailabilityZone: volume.AvailabilityZone,
            VolumeType: volume.VolumeType,
            Size: volume.Size,
            ...(volume.VolumeType !== 'gp2' && volume.Iops ? { Iops: volume.Iops } : {}),
            ...(volume.Throughput ? { Throughput: volume.Throughput } : {}),
            ...(volume.MultiAttachEnabled ? { MultiAttachEnabled: true } : {}),
            Encrypted: true,
            ...(parameters.volumeKeyArn ? { KmsKeyId: parameters.volumeKeyArn } : {}),
            ...(ownTags(volume.Tags).length > 0
              ? { TagSpecifications: [{ ResourceType: 'volume', Tags: ownTags(volume.Tags) }] }
              : {}),
          }),
        },
        {
          text: 'Swap the volumes. Keep the old one.',
          call: concrete('ec2', 'DetachVolume', { VolumeId: id, InstanceId: instanceId, Device: device }),
        },
        {
          text: 'Attach the copy under the same device name.',
          call: concrete('ec2', 'AttachVolume', {
            VolumeId: '<new-volume-id>',
            InstanceId: instanceId,
            Device: device,
          }),
        },
        ...(attachment?.DeleteOnTermination
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
        {
          text: 'When the copy has proven itself, and not before, delete the old volume and the unencrypted snapshot.',
          call: concrete('ec2', 'DeleteVolume', { VolumeId: id }),
        },
        {
          text: `So that it does not happen again in ${region}, encrypt new volumes by default (control 339).`,
          call: concrete('ec2', 'EnableEbsEncryptionByDefault', {}),
        },
      ];
    },
  ),
});

/** Tags that a customer may set: `aws:` belongs to AWS. */
const ownTags = (tags: readonly { Key?: string; Value?: string }[] | undefined) =>
  (tags ?? []).filter(({ Key }) => !Key?.startsWith('aws:')).map(({ Key, Value }) => ({ Key, Value }));
