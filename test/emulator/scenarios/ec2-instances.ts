import {
  type _InstanceType,
  AttachInternetGatewayCommand,
  AttachVolumeCommand,
  CreateInternetGatewayCommand,
  CreateKeyPairCommand,
  CreateLaunchTemplateCommand,
  CreateRouteCommand,
  CreateVolumeCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeKeyPairsCommand,
  DescribeRouteTablesCommand,
  DescribeVolumesCommand,
  ModifyInstanceMetadataOptionsCommand,
  ModifyNetworkInterfaceAttributeCommand,
  MonitorInstancesCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import { AddRoleToInstanceProfileCommand, CreateInstanceProfileCommand, CreateRoleCommand } from '@aws-sdk/client-iam';
import type { Aws } from '../clients.ts';
import { event, terraform } from '../event.ts';
import { scenario } from '../scenario.ts';

const Tags = [{ Key: 'Name', Value: 'web-1' }];

/** Starts an instance with a name and returns its id. */
export async function runInstance({ ec2 }: Aws, InstanceType: _InstanceType = 't3.micro'): Promise<string> {
  const { Images: [image] = [] } = await ec2.send(new DescribeImagesCommand({ Owners: ['amazon'] }));
  const { Instances: [instance] = [] } = await ec2.send(
    new RunInstancesCommand({
      ImageId: image?.ImageId,
      MinCount: 1,
      MaxCount: 1,
      InstanceType,
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
    address: instance?.PublicIpAddress,
    ebsOptimized: instance?.EbsOptimized,
    monitoring: instance?.Monitoring?.State,
    profile: instance?.IamInstanceProfile?.Arn?.split('/').at(-1),
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

type State = Awaited<ReturnType<typeof instanceState>>;

/** The record of an instance that was started. */
function ran(instanceId: string) {
  const items = [{ instanceId }];
  return event('ec2:RunInstances', { instanceType: 't3.micro' }, { responseElements: { instancesSet: { items } } });
}

async function openMetadata(aws: Aws) {
  const InstanceId = await runInstance(aws);
  const options = { HttpTokens: 'optional', HttpEndpoint: 'enabled', HttpPutResponseHopLimit: 2 } as const;
  await aws.ec2.send(new ModifyInstanceMetadataOptionsCommand({ InstanceId, ...options }));
  const parameters = { ModifyInstanceMetadataOptionsRequest: { InstanceId, ...options } };
  return { id: InstanceId, event: event('ec2:ModifyInstanceMetadataOptions', parameters) };
}

const tokensRequired = (before: State): State => ({
  ...before,
  metadata: { ...before.metadata, HttpTokens: 'required' },
});

/** The emulator takes the call and changes nothing: said as an error of ours. */
async function keepsItsAddress(aws: Aws): Promise<void> {
  const id = await runInstance(aws);
  const read = async () => {
    const { Reservations } = await aws.ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
    return Reservations?.[0]?.Instances?.[0];
  };
  const NetworkInterfaceId = (await read())?.NetworkInterfaces?.[0]?.NetworkInterfaceId;
  await aws.ec2.send(
    new ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId, AssociatePublicIpAddress: false }),
  );
  if ((await read())?.PublicIpAddress)
    throw Object.assign(new Error('the public address is still there'), { name: 'KeepsItsAddress' });
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
    variant: 'together with 513',
    also: [513],
    arrange: openMetadata,
    state: instanceState,
    expected: tokensRequired,
  }),
  scenario({
    control: 328,
    lacks: {
      operation: 'ec2:ModifyNetworkInterfaceAttribute of public addresses',
      refusal: 'KeepsItsAddress',
      ask: keepsItsAddress,
    },
    arrange: async (aws) => {
      const id = await runInstance(aws);
      return { id, event: ran(id) };
    },
    state: instanceState,
    expected: (before) => ({ ...before, address: undefined }),
  }),
  scenario({
    control: 350,
    lacks: {
      operation: 'ec2:MonitorInstances',
      ask: async (aws) => aws.ec2.send(new MonitorInstancesCommand({ InstanceIds: [await runInstance(aws)] })),
    },
    arrange: async (aws) => {
      const id = await runInstance(aws);
      return { id, event: ran(id) };
    },
    state: instanceState,
    expected: (before) => ({ ...before, monitoring: 'enabled' as const }),
  }),
  scenario({
    control: 357,
    arrange: async (aws) => {
      await runInstance(aws);
      const id = await runInstance(aws, 'm2.4xlarge');
      return { id, event: ran(id), parameters: { eraseInstanceStore: 'yes' } };
    },
    // Whoever starts again gets another public address.
    state: async (aws, id) => ({ ...(await instanceState(aws, id)), address: undefined }),
    expected: (before) => ({ ...before, ebsOptimized: true }),
    undone: (before) => ({ ...before, ebsOptimized: true }),
  }),
  scenario({
    control: 433,
    arrange: async (aws) => {
      const InstanceProfileName = 'ssm-only';
      const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [] });
      await aws.iam.send(new CreateRoleCommand({ RoleName: 'machines', AssumeRolePolicyDocument }));
      await aws.iam.send(new CreateInstanceProfileCommand({ InstanceProfileName, Path: '/machines/' }));
      await aws.iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName, RoleName: 'machines' }));
      await runInstance(aws);
      const id = await runInstance(aws);
      return { id, event: ran(id), parameters: { instanceProfileName: InstanceProfileName } };
    },
    state: instanceState,
    expected: (before) => ({ ...before, profile: 'ssm-only' }),
  }),
  scenario({
    control: 434,
    kind: 'guide',
    arrange: async (aws) => {
      const id = await runInstance(aws);
      const { Reservations } = await aws.ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
      const VpcId = Reservations?.[0]?.Instances?.[0]?.VpcId ?? '';
      const { InternetGateway } = await aws.ec2.send(new CreateInternetGatewayCommand({}));
      const GatewayId = InternetGateway?.InternetGatewayId ?? '';
      await aws.ec2.send(new AttachInternetGatewayCommand({ InternetGatewayId: GatewayId, VpcId }));
      const Filters = [
        { Name: 'vpc-id', Values: [VpcId] },
        { Name: 'association.main', Values: ['true'] },
      ];
      const { RouteTables } = await aws.ec2.send(new DescribeRouteTablesCommand({ Filters }));
      const RouteTableId = RouteTables?.[0]?.RouteTableId ?? '';
      const DestinationCidrBlock = '0.0.0.0/0';
      await aws.ec2.send(new CreateRouteCommand({ RouteTableId, DestinationCidrBlock, GatewayId }));
      const parameters = {
        routeTableId: RouteTableId,
        destinationCidrBlock: DestinationCidrBlock,
        gatewayId: GatewayId,
      };
      return { id, event: event('ec2:CreateRoute', parameters, { by: terraform }) };
    },
    state: instanceState,
    expected: (before) => before,
  }),
  scenario({
    control: 437,
    removes: true,
    arrange: async ({ ec2 }) => {
      for (const KeyName of ['of-a-template', 'deploy']) await ec2.send(new CreateKeyPairCommand({ KeyName }));
      const LaunchTemplateData = { KeyName: 'of-a-template' };
      await ec2.send(new CreateLaunchTemplateCommand({ LaunchTemplateName: 'web', LaunchTemplateData }));
      return { id: 'deploy', event: event('ec2:CreateKeyPair', { keyName: 'deploy' }), daysLater: 2 };
    },
    state: async ({ ec2 }: Aws) => {
      const { KeyPairs = [] } = await ec2.send(new DescribeKeyPairsCommand({}));
      return KeyPairs.map(({ KeyName }) => KeyName).sort();
    },
    expected: (before) => before.filter((name) => name !== 'deploy'),
    undone: (before) => before.filter((name) => name !== 'deploy'),
  }),
  scenario({
    control: 513,
    off: [322],
    arrange: openMetadata,
    state: instanceState,
    expected: tokensRequired,
  }),
];
