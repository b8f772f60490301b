import {
  AttachVolumeCommand,
  CreateVolumeCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeVolumesCommand,
  ModifyInstanceMetadataOptionsCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import type { Aws } from '../clients.ts';
import { event, terraform } from '../event.ts';
import { scenario } from '../scenario.ts';

const Tags = [{ Key: 'Name', Value: 'web-1' }];

/** Starts an instance with a name and returns its id. */
export async function runInstance({ ec2 }: Aws): Promise<string> {
  const { Images: [image] = [] } = await ec2.send(new DescribeImagesCommand({ Owners: ['amazon'] }));
  const { Instances: [instance] = [] } = await ec2.send(
    new RunInstancesCommand({
      ImageId: image?.ImageId,
      MinCount: 1,
      MaxCount: 1,
      InstanceType: 't3.micro',
      TagSpecifications: [{ ResourceType: 'instance', Tags }],
    }),
  );
  return instance?.InstanceId ?? '';
}

async function instanceState({ ec2 }: Aws, InstanceId: string) {
  const answer = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [InstanceId] }));
  const [instance] = answer.Reservations?.[0]?.Instances ?? [];
  return {
    state: instance?.State?.Name,
    tags: instance?.Tags,
    securityGroups: instance?.SecurityGroups,
    metadata: instance?.MetadataOptions,
  };
}

async function volumeState({ ec2 }: Aws, VolumeId: string) {
  const { Volumes: [volume] = [] } = await ec2.send(new DescribeVolumesCommand({ VolumeIds: [VolumeId] }));
  const { Volumes = [] } = await ec2.send(new DescribeVolumesCommand({}));
  return {
    encrypted: volume?.Encrypted,
    state: volume?.State,
    attachedTo: volume?.Attachments?.map(({ InstanceId, Device }) => `${InstanceId} ${Device}`),
    volumes: Volumes.length,
  };
}

export const ec2Instances = [
  scenario({
    control: 115,
    kind: 'guide',
    arrange: async (aws) => {
      const InstanceId = await runInstance(aws);
      const volume = { AvailabilityZone: 'us-east-1a', Size: 20, Encrypted: false };
      const { VolumeId = '' } = await aws.ec2.send(new CreateVolumeCommand(volume));
      await aws.ec2.send(new AttachVolumeCommand({ VolumeId, InstanceId, Device: '/dev/sdf' }));
      const parameters = {
        volumeId: VolumeId,
        instanceId: InstanceId,
        device: '/dev/sdf',
        deleteOnTermination: false,
      };
      return { id: VolumeId, event: event('ec2:AttachVolume', parameters, { by: terraform }) };
    },
    state: volumeState,
    expected: (before) => before,
  }),
  scenario({
    control: 322,
    arrange: async (aws) => {
      const InstanceId = await runInstance(aws);
      const options = { HttpTokens: 'optional', HttpEndpoint: 'enabled', HttpPutResponseHopLimit: 2 } as const;
      await aws.ec2.send(new ModifyInstanceMetadataOptionsCommand({ InstanceId, ...options }));
      const parameters = { ModifyInstanceMetadataOptionsRequest: { InstanceId, ...options } };
      return { id: InstanceId, event: event('ec2:ModifyInstanceMetadataOptions', parameters) };
    },
    state: instanceState,
    expected: (before) => ({ ...before, metadata: { ...before.metadata, HttpTokens: 'required' as const } }),
  }),
];
