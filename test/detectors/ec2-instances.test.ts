import { describe, expect, it } from 'vitest';
import { type Answer, type Answers, awsError, controlOf, judge, NOW, placeOf, sessionOn } from '../controls.ts';

const ID = 'i-1';
const instances = (...Instances: object[]): Answers => ({
  'ec2:DescribeInstances': { Reservations: [{ Instances: Instances.map((one) => ({ InstanceId: ID, ...one })) }] },
});
const running = { State: { Name: 'running' } };
const ended: [string, object, string][] = ['terminated', 'shutting-down'].map((Name) => [
  Name,
  { State: { Name } },
  `skip: the instance is ${Name}`,
]);
const gone = 'skip: i-1 does not exist (any more)';

async function ledTo(control: number, event: string, id: string, answers: Answers): Promise<unknown> {
  const trigger = new Map(Object.entries(controlOf(control).detector.on)).get(event);
  if (trigger?.kind !== 'through') throw new Error(`${event} is not led through a read.`);
  return sessionOn(answers).value(trigger.read, placeOf(control, id), []);
}

describe('350: detailed monitoring', () => {
  it.each<[string, object, string]>([
    ['on', { ...running, Monitoring: { State: 'enabled' } }, 'pass'],
    ['being switched on', { ...running, Monitoring: { State: 'pending' } }, 'pass'],
    ['off', { ...running, Monitoring: { State: 'disabled' } }, 'fail: detailed monitoring is disabled'],
    [
      'being switched off',
      { ...running, Monitoring: { State: 'disabling' } },
      'fail: detailed monitoring is disabling',
    ],
    ...ended,
  ])('%s', async (_, one, expected) => {
    expect(await judge(350, ID, instances(one))).toBe(expected);
  });
});

describe('357: EBS optimisation', () => {
  const state = (one: object, EbsOptimizedSupport: string): Answers => ({
    ...instances({ ...running, InstanceType: 'm4.large', ...one }),
    'ec2:DescribeInstanceTypes': { InstanceTypes: [{ EbsInfo: { EbsOptimizedSupport } }] },
  });
  it.each<[string, Answers, string]>([
    ['on', state({ EbsOptimized: true }, 'supported'), 'pass'],
    ['off', state({ EbsOptimized: false }, 'supported'), 'fail: EBS optimisation is off'],
    ['always on, whatever it reports', state({ EbsOptimized: false }, 'default'), 'pass'],
    ['not possible', state({}, 'unsupported'), 'fail: the type m4.large cannot be EBS-optimized'],
    ...ended.map(([name, one, because]): [string, Answers, string] => [name, state(one, 'supported'), because]),
    [
      'a type that cannot be read',
      { ...state({}, 'default'), 'ec2:DescribeInstanceTypes': awsError('UnauthorizedOperation') },
      'unknown: ec2:DescribeInstanceTypes was denied; allow ec2:DescribeInstanceTypes',
    ],
  ])('%s', async (_, answers, expected) => {
    expect(await judge(357, ID, answers)).toBe(expected);
  });
});

describe('433: roles', () => {
  const profile = { Arn: 'arn:aws:iam::123456789012:instance-profile/some/path/web' };
  const state = (one: object, answer: Answer = awsError('IAM must not be asked')): Answers => ({
    ...instances({ ...running, ...one }),
    'iam:GetInstanceProfile': answer,
  });
  const none = 'fail: the instance has no instance profile, and so no role';
  it.each<[string, Answers, string]>([
    ['a role', state({ IamInstanceProfile: profile }, { InstanceProfile: { Roles: [{}] } }), 'pass'],
    ['no profile', state({}), none],
    [
      'a profile without a role',
      state({ IamInstanceProfile: profile }, { InstanceProfile: { Roles: [] } }),
      'fail: its instance profile web holds no role (any more)',
    ],
    [
      'a profile that is gone',
      state({ IamInstanceProfile: profile }, awsError('NoSuchEntityException')),
      'fail: its instance profile web holds no role (any more)',
    ],
    [
      'denied',
      state({ IamInstanceProfile: profile }, awsError('AccessDenied')),
      'unknown: iam:GetInstanceProfile was denied; allow iam:GetInstanceProfile',
    ],
    ...ended.map(([name, one, because]): [string, Answers, string] => [name, state(one), because]),
  ])('%s', async (_, answers, expected) => {
    expect(await judge(433, ID, answers)).toBe(expected);
  });

  it('asks for the profile by its name', async () => {
    const answer: Answer = ({ InstanceProfileName }) => {
      expect(InstanceProfileName).toBe('web');
      return { InstanceProfile: { Roles: [{}] } };
    };
    expect(await judge(433, ID, state({ IamInstanceProfile: profile }, answer))).toBe('pass');
  });
});

describe('513: IMDSv1', () => {
  const open = 'fail: instance metadata answers requests without a session token (IMDSv1)';
  it.each<[string, object, string]>([
    ['tokens required', { ...running, MetadataOptions: { HttpTokens: 'required' } }, 'pass'],
    ['no metadata', { ...running, MetadataOptions: { HttpTokens: 'optional', HttpEndpoint: 'disabled' } }, 'pass'],
    ['tokens optional', { ...running, MetadataOptions: { HttpTokens: 'optional', HttpEndpoint: 'enabled' } }, open],
    ...ended,
  ])('%s', async (_, one, expected) => {
    expect(await judge(513, ID, instances(one))).toBe(expected);
  });
});

describe('328: public addresses', () => {
  const eni = (...associations: object[]) => ({
    NetworkInterfaceId: 'eni-1',
    Attachment: { DeviceIndex: 0 },
    Association: associations[0],
    PrivateIpAddresses: associations.map((Association) => ({ Association })),
  });
  const given = { PublicIp: '203.0.113.5', IpOwnerId: 'amazon' };
  const elastic = { PublicIp: '198.51.100.7', IpOwnerId: '123456789012' };
  it.each<[string, object, string]>([
    ['none', { ...running, NetworkInterfaces: [eni()] }, 'pass'],
    [
      'given by EC2',
      { ...running, PublicIpAddress: '203.0.113.5', NetworkInterfaces: [eni(given)] },
      'fail: the instance has the public address 203.0.113.5',
    ],
    [
      'Elastic IP on a second private address',
      { ...running, NetworkInterfaces: [eni(given, elastic)] },
      'fail: the instance has the public address 203.0.113.5, 198.51.100.7 (Elastic IP)',
    ],
    ['only a carrier address', { ...running, NetworkInterfaces: [eni({ CarrierIp: '10.1.1.1' })] }, 'pass'],
    [
      'stopped, Elastic IP',
      { State: { Name: 'stopped' }, NetworkInterfaces: [eni(elastic)] },
      'fail: the instance has the public address 198.51.100.7 (Elastic IP)',
    ],
    ...ended,
  ])('%s', async (_, one, expected) => {
    expect(await judge(328, ID, instances(one))).toBe(expected);
  });

  it.each([
    ['eni-1', 'network-interface.network-interface-id'],
    ['i-1', 'instance-id'],
  ])('is led from %s by %s', async (id, Name) => {
    const answers: Answers = {
      'ec2:DescribeInstances': ({ Filters }) => {
        expect(Filters).toEqual([{ Name, Values: [id] }]);
        return { Reservations: [{ Instances: [{ InstanceId: 'i-1' }] }] };
      },
    };
    expect(await ledTo(328, 'ec2:AssociateAddress', id, answers)).toEqual(['i-1']);
  });
});

describe('434: public subnets', () => {
  const main = (...Routes: object[]) => ({ Associations: [{ Main: true }], Routes });
  const own = (...Routes: object[]) => ({ Associations: [{ SubnetId: 'subnet-1' }], Routes });
  const toInternet = { DestinationCidrBlock: '0.0.0.0/0', GatewayId: 'igw-1', State: 'active' };
  const state = (...RouteTables: object[]): Answers => ({
    ...instances({ ...running, VpcId: 'vpc-1', SubnetId: 'subnet-1' }),
    'ec2:DescribeRouteTables': { RouteTables },
  });
  const exposed = 'fail: the instance is in subnet-1, which an internet gateway leads to';
  it.each<[string, Answers, string]>([
    ['the main table is public', state(main(toInternet)), exposed],
    ['its own table is private, the main one is not', state(main(toInternet), own()), 'pass'],
    ['its own table is public', state(main(), own(toInternet)), exposed],
    ['IPv6', state(main({ DestinationIpv6CidrBlock: '::/0', GatewayId: 'igw-1', State: 'active' })), exposed],
    ['egress only', state(main({ DestinationIpv6CidrBlock: '::/0', EgressOnlyInternetGatewayId: 'eigw-1' })), 'pass'],
    ['NAT', state(main({ DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: 'nat-1' })), 'pass'],
    ['VPN', state(main({ DestinationCidrBlock: '0.0.0.0/0', GatewayId: 'vgw-1' })), 'pass'],
    ['part of the internet', state(main({ DestinationCidrBlock: '8.8.8.8/32', GatewayId: 'igw-1' })), 'pass'],
    ['the gateway is gone', state(main({ ...toInternet, State: 'blackhole' })), 'pass'],
    [
      'a second interface',
      {
        ...state(main(), { Associations: [{ SubnetId: 'subnet-2' }], Routes: [toInternet] }),
        ...instances({
          ...running,
          ...{ VpcId: 'vpc-1', SubnetId: 'subnet-1' },
          NetworkInterfaces: [{ SubnetId: 'subnet-1' }, { SubnetId: 'subnet-2' }],
        }),
      },
      'fail: the instance is in subnet-2, which an internet gateway leads to',
    ],
    ['no VPC', { ...state(), ...instances(running) }, 'skip: the instance is in no VPC'],
    ['gone', { ...state(), 'ec2:DescribeInstances': awsError('InvalidInstanceID.NotFound') }, gone],
  ])('%s', async (_, answers, expected) => {
    expect(await judge(434, ID, answers)).toBe(expected);
  });

  it('a change of a route table is one for every instance of its VPC', async () => {
    const answers: Answers = {
      'ec2:DescribeRouteTables': { RouteTables: [{ VpcId: 'vpc-1' }] },
      'ec2:DescribeInstances': ({ Filters }) => {
        expect(Filters).toEqual([{ Name: 'vpc-id', Values: ['vpc-1'] }]);
        return { Reservations: [{ Instances: [{ InstanceId: 'i-1' }, { InstanceId: 'i-2' }] }] };
      },
    };
    expect(await ledTo(434, 'ec2:CreateRoute', 'rtb-1', answers)).toEqual(['i-1', 'i-2']);
  });

  it('a route table that is gone leads to none', async () => {
    expect(await ledTo(434, 'ec2:DeleteRoute', 'rtb-1', { 'ec2:DescribeRouteTables': {} })).toEqual([]);
  });
});

describe('437: key pairs', () => {
  const NAME = 'deploy';
  const created = (hours: number) => new Date(NOW.getTime() - hours * 60 * 60 * 1000);
  const unused: Answers = {
    'ec2:DescribeKeyPairs': { KeyPairs: [{ KeyName: NAME, CreateTime: created(48) }] },
    'ec2:DescribeInstances': ({ Filters }) => {
      expect(JSON.stringify(Filters)).not.toContain('terminated');
      return { Reservations: [] };
    },
    'ec2:DescribeSpotInstanceRequests': {},
    'ec2:DescribeLaunchTemplateVersions': {},
    'autoscaling:DescribeLaunchConfigurations': {},
    'autoscaling:DescribeAutoScalingGroups': {},
  };
  const template = { LaunchTemplateName: 'web', VersionNumber: 3, LaunchTemplateData: { KeyName: NAME } };
  const pinned = { LaunchTemplateId: 'lt-1', Version: '3' };
  const byNumber: Answer = ({ LaunchTemplateId }) => ({
    LaunchTemplateVersions: LaunchTemplateId === 'lt-1' ? [template] : [],
  });
  const fails = 'fail: no instance, launch template, launch configuration or Spot request names the key pair';
  it.each<[string, Answers, string]>([
    ['nobody', {}, fails],
    ['an instance', { 'ec2:DescribeInstances': { Reservations: [{ Instances: [{ InstanceId: 'i-1' }] }] } }, 'pass'],
    ['a launch template', { 'ec2:DescribeLaunchTemplateVersions': { LaunchTemplateVersions: [template] } }, 'pass'],
    [
      'a version that a group names by number',
      {
        'autoscaling:DescribeAutoScalingGroups': { AutoScalingGroups: [{ LaunchTemplate: pinned }] },
        'ec2:DescribeLaunchTemplateVersions': byNumber,
      },
      'pass',
    ],
    [
      'a version that a mixed group names',
      {
        'autoscaling:DescribeAutoScalingGroups': {
          AutoScalingGroups: [
            { MixedInstancesPolicy: { LaunchTemplate: { Overrides: [{ LaunchTemplateSpecification: pinned }] } } },
          ],
        },
        'ec2:DescribeLaunchTemplateVersions': byNumber,
      },
      'pass',
    ],
    [
      'a launch configuration',
      { 'autoscaling:DescribeLaunchConfigurations': { LaunchConfigurations: [{ KeyName: NAME }] } },
      'pass',
    ],
    [
      'launch configurations with other keys',
      { 'autoscaling:DescribeLaunchConfigurations': { LaunchConfigurations: [{ KeyName: 'x' }, { KeyName: '' }] } },
      fails,
    ],
    ['a Spot request', { 'ec2:DescribeSpotInstanceRequests': { SpotInstanceRequests: [{}] } }, 'pass'],
    [
      'nobody, and new',
      { 'ec2:DescribeKeyPairs': { KeyPairs: [{ KeyName: NAME, CreateTime: created(23) }] } },
      'skip: it was made less than a day ago',
    ],
    ['nobody, and of unknown age', { 'ec2:DescribeKeyPairs': { KeyPairs: [{ KeyName: NAME }] } }, fails],
    ['gone', { 'ec2:DescribeKeyPairs': { KeyPairs: [] } }, 'skip: deploy does not exist (any more)'],
    [
      'templates that cannot be read',
      { 'ec2:DescribeLaunchTemplateVersions': awsError('UnauthorizedOperation') },
      'unknown: ec2:DescribeLaunchTemplateVersions was denied; allow ec2:DescribeLaunchTemplateVersions',
    ],
  ])('named by %s', async (_, more, expected) => {
    expect(await judge(437, NAME, { ...unused, ...more })).toBe(expected);
  });

  it('asks for the key of an instance that ends', async () => {
    const answers = instances({ KeyName: NAME });
    expect(await ledTo(437, 'ec2:TerminateInstances', 'i-1', answers)).toEqual([NAME]);
    const without = { 'ec2:DescribeInstances': awsError('InvalidInstanceID.NotFound') };
    expect(await ledTo(437, 'ec2:TerminateInstances', 'i-1', without)).toEqual([]);
  });
});
