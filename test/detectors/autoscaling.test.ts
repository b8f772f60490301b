import { describe, expect, it } from 'vitest';
import { type Answer, type Answers, awsError, judge } from '../controls.ts';

const NAME = 'web';
const gone = 'skip: web does not exist (any more)';
const configuration = (more: object): Answers => ({
  'autoscaling:DescribeLaunchConfigurations': {
    LaunchConfigurations: [{ LaunchConfigurationName: NAME, ImageId: 'ami-1', ...more }],
  },
});
const noConfiguration: Answers = { 'autoscaling:DescribeLaunchConfigurations': { LaunchConfigurations: [] } };

describe('286: volumes of launch configurations', () => {
  const disk = (DeviceName: string, Ebs: object) => ({ DeviceName, Ebs });
  const root = (Encrypted: boolean) => disk('/dev/xvda', { Encrypted, SnapshotId: 'snap-root' });
  const state = (own: object[], image: Answer, more: Answers = {}): Answers => ({
    ...configuration({ BlockDeviceMappings: own }),
    'ec2:DescribeImages': image,
    'ec2:GetEbsEncryptionByDefault': { EbsEncryptionByDefault: false },
    'ec2:DescribeSnapshots': { Snapshots: [{ SnapshotId: 'snap-1', Encrypted: true }] },
    ...more,
  });
  const image = (...BlockDeviceMappings: object[]) => ({ Images: [{ BlockDeviceMappings }] });
  const byDefault = { 'ec2:GetEbsEncryptionByDefault': { EbsEncryptionByDefault: true } };
  it.each<[string, Answers, string]>([
    ['every disk', state([disk('/dev/xvda', { Encrypted: true })], image(root(false))), 'pass'],
    [
      'an extra disk only',
      state([disk('/dev/sdf', { Encrypted: true })], image(root(false))),
      'fail: volumes without encryption: /dev/xvda',
    ],
    ['nothing said, the image is encrypted', state([], image(root(true))), 'pass'],
    ['nothing said, the image is not', state([], image(root(false))), 'fail: volumes without encryption: /dev/xvda'],
    ['nothing said, but everything by default', state([], image(root(false)), byDefault), 'pass'],
    [
      'nothing said, no image to see',
      state([], awsError('InvalidAMIID.NotFound')),
      'fail: it says nothing of volumes, and its image cannot be seen',
    ],
    ['a snapshot that is encrypted', state([disk('/dev/sdf', { SnapshotId: 'snap-1' })], image(root(true))), 'pass'],
    [
      'a snapshot that is not',
      state([disk('/dev/sdf', { SnapshotId: 'snap-2' })], image(root(true))),
      'fail: volumes without encryption: /dev/sdf',
    ],
    ['size only: encrypted as in the image', state([disk('/dev/xvda', { VolumeSize: 50 })], image(root(true))), 'pass'],
    [
      'one disk of several',
      state([disk('/dev/xvda', { Encrypted: true }), disk('/dev/sdf', { Encrypted: false })], image(root(true))),
      'fail: volumes without encryption: /dev/sdf',
    ],
    [
      'a disk of the image that is left out',
      state([{ DeviceName: '/dev/xvda', NoDevice: true }, disk('/dev/sdf', { Encrypted: true })], image(root(false))),
      'pass',
    ],
    [
      'instance store only',
      state([{ DeviceName: '/dev/sdb', VirtualName: 'ephemeral0' }], image()),
      'skip: its instances have no EBS volumes',
    ],
    ['gone', { ...state([], image()), ...noConfiguration }, gone],
    [
      'images that cannot be read',
      state([], awsError('UnauthorizedOperation')),
      'unknown: ec2:DescribeImages was denied; allow ec2:DescribeImages',
    ],
  ])('%s', async (_, answers, expected) => {
    expect(await judge(286, NAME, answers)).toBe(expected);
  });
});

describe('529: monitoring in launch configurations', () => {
  it.each<[string, Answers, string]>([
    ['on', configuration({ InstanceMonitoring: { Enabled: true } }), 'pass'],
    ['off', configuration({ InstanceMonitoring: { Enabled: false } }), 'fail: detailed monitoring of instances is off'],
    ['gone', noConfiguration, gone],
  ])('%s', async (_, answers, expected) => {
    expect(await judge(529, NAME, answers)).toBe(expected);
  });
});

const group = (more: object): Answers => ({
  'autoscaling:DescribeAutoScalingGroups': { AutoScalingGroups: [{ AutoScalingGroupName: NAME, ...more }] },
});
const noGroup: Answers = { 'autoscaling:DescribeAutoScalingGroups': { AutoScalingGroups: [] } };

describe('370: tags of groups', () => {
  const tag = (Key: string, PropagateAtLaunch: boolean) => ({ Key, Value: 'x', PropagateAtLaunch });
  it.each<[string, Answers, string]>([
    ['all passed on', group({ Tags: [tag('team', true), tag('aws:cloudformation:stack-id', false)] }), 'pass'],
    [
      'some kept',
      group({ Tags: [tag('team', true), tag('stage', false), tag('cost', false)] }),
      'fail: instances do not get the tags cost, stage',
    ],
    ['none', group({ Tags: [] }), 'fail: the group has no tags that instances could get'],
    ["only AWS's own", group({ Tags: [tag('aws:x', true)] }), 'fail: the group has no tags that instances could get'],
    ['going', group({ Status: 'Delete in progress' }), 'skip: the group is being deleted (Delete in progress)'],
    ['gone', noGroup, gone],
  ])('%s', async (_, answers, expected) => {
    expect(await judge(370, NAME, answers)).toBe(expected);
  });
});

describe('395: health checks of groups', () => {
  const behind = { TargetGroupARNs: ['arn:tg'] };
  const stays = (types: string) => `fail: instances that the load balancer finds unhealthy stay (checks: ${types})`;
  it.each<[string, object, string]>([
    ['ELB', { ...behind, HealthCheckType: 'ELB' }, 'pass'],
    ['a list with ELB', { ...behind, HealthCheckType: 'EC2,EBS,ELB' }, 'pass'],
    ['EC2', { ...behind, HealthCheckType: 'EC2' }, stays('EC2')],
    ['a classic load balancer', { LoadBalancerNames: ['old'], HealthCheckType: 'EC2,EBS' }, stays('EC2, EBS')],
    ['a traffic source', { TrafficSources: [{ Type: 'elbv2', Identifier: 'arn' }] }, stays('EC2')],
    ['none', { HealthCheckType: 'EC2' }, 'skip: the group stands behind no load balancer'],
    [
      'VPC Lattice only',
      { TrafficSources: [{ Type: 'vpc-lattice', Identifier: 'arn' }] },
      'skip: the group stands behind no load balancer',
    ],
    ['going', { ...behind, Status: 'Delete in progress' }, 'skip: the group is being deleted (Delete in progress)'],
  ])('%s', async (_, more, expected) => {
    expect(await judge(395, NAME, group(more))).toBe(expected);
  });

  it('gone', async () => {
    expect(await judge(395, NAME, noGroup)).toBe(gone);
  });
});
