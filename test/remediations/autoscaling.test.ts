import { describe, expect, it } from 'vitest';
import { type Answers, callsOf, planFor } from '../controls.ts';

const NAME = 'web';
const byPerson = async (number: number, answers: Answers, parameters: Record<string, string> = {}) => {
  const plan = await planFor(number, NAME, answers, { parameters });
  expect(plan).toMatchObject({ kind: 'guide', mode: 'guided', steps: [], undo: { class: 'none' } });
  return plan.guide.map(({ text, cli }) => `${text}\n${cli ?? ''}`).join('\n');
};

const settings = {
  ...{ ImageId: 'ami-1', InstanceType: 't3.micro', KeyName: 'deploy', SecurityGroups: ['sg-1'], UserData: 'IyEvYmlu' },
  ...{ IamInstanceProfile: 'web', SpotPrice: '0.1', EbsOptimized: true, AssociatePublicIpAddress: false },
  ...{ PlacementTenancy: 'dedicated', MetadataOptions: { HttpTokens: 'required' } },
  BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { VolumeSize: 50, VolumeType: 'gp3', Encrypted: true } }],
};
const described = {
  ...settings,
  ...{ LaunchConfigurationName: NAME, LaunchConfigurationARN: 'arn:lc', CreatedTime: new Date(0) },
  ...{ KernelId: '', RamdiskId: '', ClassicLinkVPCSecurityGroups: [], InstanceMonitoring: { Enabled: false } },
};
const groups = (...AutoScalingGroups: object[]) => ({
  'autoscaling:DescribeAutoScalingGroups': { AutoScalingGroups },
});
const using = (AutoScalingGroupName: string, more: object = {}) => ({
  ...{ AutoScalingGroupName, LaunchConfigurationName: NAME },
  ...more,
});

describe('529', () => {
  const state = (...all: object[]): Answers => ({
    'autoscaling:DescribeLaunchConfigurations': ({ LaunchConfigurationNames }) => ({
      LaunchConfigurations: [described].filter(
        (one) => JSON.stringify(LaunchConfigurationNames) === `["${one.LaunchConfigurationName}"]`,
      ),
    }),
    ...groups(...all),
  });
  const other = { AutoScalingGroupName: 'other', LaunchConfigurationName: 'another' };
  const copy = 'web-monitored';
  const move = (AutoScalingGroupName: string, LaunchConfigurationName: string) => [
    'autoscaling:UpdateAutoScalingGroup',
    { AutoScalingGroupName, LaunchConfigurationName },
  ];
  const create = (LaunchConfigurationName: string, Enabled: boolean) => [
    'autoscaling:CreateLaunchConfiguration',
    { ...settings, LaunchConfigurationName, InstanceMonitoring: { Enabled } },
  ];
  const remove = (LaunchConfigurationName: string) => [
    'autoscaling:DeleteLaunchConfiguration',
    { LaunchConfigurationName },
  ];

  it('copies every setting, moves its groups and no other, and goes back the same way', async () => {
    const plan = await planFor(529, NAME, state(using('a'), using('b'), other));
    expect(callsOf(plan)).toEqual({
      steps: [create(copy, true), move('a', copy), move('b', copy), remove(NAME)],
      undo: [create(NAME, false), move('b', NAME), move('a', NAME), remove(copy)],
    });
    expect(plan).toMatchObject({ mode: 'approve', undo: { class: 'exact' } });
  });

  const ofStack = using('a', { Tags: [{ Key: 'aws:cloudformation:stack-name', Value: 'shop' }] });
  it.each<[string, Answers, string]>([
    ['nobody uses it', state(other), 'no group uses'],
    ['a template made its group', state(ofStack), 'stack shop'],
    [
      'a copy is there',
      { ...state(using('a')), 'autoscaling:DescribeLaunchConfigurations': { LaunchConfigurations: [described] } },
      'web-monitored already',
    ],
  ])('leaves to a person: %s', async (_, answers, because) => {
    expect(await byPerson(529, answers)).toContain(because);
  });
});

describe('286', () => {
  const state = (...all: object[]): Answers => ({
    'autoscaling:DescribeLaunchConfigurations': { LaunchConfigurations: [described] },
    'ec2:DescribeImages': {
      Images: [{ BlockDeviceMappings: [{ DeviceName: '/dev/sdf', Ebs: { Encrypted: false } }] }],
    },
    'ec2:DescribeSnapshots': {},
    ...groups(...all),
  });

  it('makes a template with every disk encrypted, and deletes last', async () => {
    const text = await byPerson(286, state(using('a')), { volumeKeyArn: 'arn:aws:kms:eu-west-1:1:key/k' });
    for (const part of ['not encrypted: /dev/sdf', 'Groups that use it: a.', 'key/k', '/dev/xvda', 'user data'])
      expect(text).toContain(part);
    const verbs = ['create-launch-template', 'update-auto-scaling-group', 'start-instance-refresh'];
    const places = [...verbs, 'delete-launch-configuration'].map((verb) => text.indexOf(` ${verb} `));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places).not.toContain(-1);
  });

  it('says where it belongs to a template', async () => {
    const tagged = using('a', { Tags: [{ Key: 'aws:cloudformation:stack-name', Value: 'shop' }] });
    expect(await byPerson(286, state(tagged))).toContain('template of shop');
  });
});

describe('370', () => {
  const state = (...Tags: object[]) => groups({ AutoScalingGroupName: NAME, Tags });
  const tag = (Key: string, Value: string, PropagateAtLaunch: boolean) => ({ Key, Value, PropagateAtLaunch });
  const own = { ResourceId: NAME, ResourceType: 'auto-scaling-group' };

  it('sends the tags that change, with their values, and none of AWS', async () => {
    const plan = await planFor(370, NAME, state(tag('b', '2', false), tag('a', '1', true), tag('aws:x', 'y', false)));
    const put = (propagated: boolean) => [
      'autoscaling:CreateOrUpdateTags',
      { Tags: [{ ...own, Key: 'b', Value: '2', PropagateAtLaunch: propagated }] },
    ];
    expect(callsOf(plan)).toEqual({ steps: [put(true)], undo: [put(false)] });
  });

  it('gives the tags that the operator chose to a group without any', async () => {
    const plan = await planFor(370, NAME, state(), { parameters: { groupTags: 'team=shop, stage=' } });
    const put = (Key: string, Value: string) => ({ ...own, Key, Value, PropagateAtLaunch: true });
    expect(callsOf(plan)).toEqual({
      steps: [['autoscaling:CreateOrUpdateTags', { Tags: [put('team', 'shop'), put('stage', '')] }]],
      undo: [
        [
          'autoscaling:DeleteTags',
          {
            Tags: [
              { ...own, Key: 'team' },
              { ...own, Key: 'stage' },
            ],
          },
        ],
      ],
    });
  });

  it.each([
    ['', 'the group has no tags'],
    ['team', 'write key=value pairs'],
    ['aws:x=y', 'write key=value pairs'],
  ])('asks a person where the tags are %j', async (groupTags, because) => {
    expect(await byPerson(370, state(), { groupTags })).toContain(because);
  });
});

describe('395', () => {
  const state = (more: object, health: string[] = ['healthy']): Answers => ({
    ...groups({
      ...{ AutoScalingGroupName: NAME, TargetGroupARNs: ['arn:tg'], HealthCheckGracePeriod: 120 },
      Instances: [{ InstanceId: 'i-0', LifecycleState: 'InService' }],
      ...more,
    }),
    'elbv2:DescribeTargetHealth': {
      TargetHealthDescriptions: health.map((State, index) => ({
        Target: { Id: `i-${index}` },
        TargetHealth: { State },
      })),
    },
    'elb:DescribeInstanceHealth': { InstanceStates: [{ InstanceId: 'i-0', State: 'OutOfService' }] },
  });
  const update = (HealthCheckType: string, more: object = {}) => [
    'autoscaling:UpdateAutoScalingGroup',
    { AutoScalingGroupName: NAME, HealthCheckType, ...more },
  ];

  it.each<[object, object]>([
    [{ HealthCheckType: 'EC2' }, { steps: [update('ELB')], undo: [update('EC2')] }],
    [{ HealthCheckType: 'EC2,EBS' }, { steps: [update('EBS,ELB')], undo: [update('EC2,EBS')] }],
    [
      { HealthCheckType: 'EC2', HealthCheckGracePeriod: 0 },
      {
        steps: [update('ELB', { HealthCheckGracePeriod: 300 })],
        undo: [update('EC2', { HealthCheckGracePeriod: 0 })],
      },
    ],
  ])('%j', async (more, calls) => {
    expect(callsOf(await planFor(395, NAME, state(more)))).toEqual(calls);
  });

  it.each<[string, Answers]>([
    ['a target is unhealthy', state({}, ['unhealthy'])],
    ['a target is unused', state({}, ['unused'])],
    ['a classic load balancer says so', state({ TargetGroupARNs: [], LoadBalancerNames: ['old'] })],
  ])('would terminate instances where %s: leaves it to a person', async (_, answers) => {
    expect(await byPerson(395, answers)).toContain('i-0 unhealthy now');
  });

  it('does not mind what is unhealthy elsewhere', async () => {
    expect((await planFor(395, NAME, state({}, ['healthy', 'unhealthy']))).steps).toHaveLength(1);
  });
});
