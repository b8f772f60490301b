import { describe, expect, it } from 'vitest';
import { type Answers, type Configured, callsOf, planFor } from '../controls.ts';

const TABLE = 'table/orders';
const INDEX = 'table/orders/index/by-date';
const capacity = (ReadCapacityUnits: number, WriteCapacityUnits: number) => ({ ReadCapacityUnits, WriteCapacityUnits });
const state = (more: object, ScalableTargets: object[] = [], ScalingPolicies: object[] = []): Answers => ({
  'dynamodb:DescribeTable': {
    Table: { TableStatus: 'ACTIVE', ItemCount: 7, ProvisionedThroughput: capacity(20, 10), ...more },
  },
  'application-autoscaling:DescribeScalableTargets': { ScalableTargets },
  'application-autoscaling:DescribeScalingPolicies': ({ ResourceId }) => ({
    ScalingPolicies: ScalingPolicies.filter((one) => 'ResourceId' in one && one.ResourceId === ResourceId),
  }),
});
const configured = (more: Record<string, string> = {}): Configured => ({
  parameters: { maxCapacityUnits: '100', ...more },
});

const nameOf = (resource: string, what: 'Read' | 'Write') => ({
  ...{ ServiceNamespace: 'dynamodb', ResourceId: resource },
  ScalableDimension: `dynamodb:${resource.includes('/index/') ? 'index' : 'table'}:${what}CapacityUnits`,
});
const register = (resource: string, what: 'Read' | 'Write', MinCapacity: number, MaxCapacity = 100) => [
  'application-autoscaling:RegisterScalableTarget',
  { ...nameOf(resource, what), MinCapacity, MaxCapacity },
];
const PolicyName = (resource: string, what: 'Read' | 'Write') => `DynamoDB${what}CapacityUtilization:${resource}`;
const put = (resource: string, what: 'Read' | 'Write', TargetValue = 70) => [
  'application-autoscaling:PutScalingPolicy',
  {
    ...{ ...nameOf(resource, what), PolicyName: PolicyName(resource, what), PolicyType: 'TargetTrackingScaling' },
    TargetTrackingScalingPolicyConfiguration: {
      TargetValue,
      PredefinedMetricSpecification: { PredefinedMetricType: `DynamoDB${what}CapacityUtilization` },
    },
  },
];
const drop = (resource: string, what: 'Read' | 'Write') => [
  'application-autoscaling:DeleteScalingPolicy',
  { ...nameOf(resource, what), PolicyName: PolicyName(resource, what) },
];
const deregister = (resource: string, what: 'Read' | 'Write') => [
  'application-autoscaling:DeregisterScalableTarget',
  nameOf(resource, what),
];
const range = (resource: string, what: 'Read' | 'Write', more: object = {}) => ({
  ...{ ...nameOf(resource, what), MinCapacity: 2, MaxCapacity: 40, ...more },
});
const ownPolicy = {
  ...{ ...nameOf(TABLE, 'Read'), PolicyName: 'by-hand', PolicyType: 'TargetTrackingScaling' },
  TargetTrackingScalingPolicyConfiguration: { TargetValue: 50, ScaleInCooldown: 300 },
};

describe('396', () => {
  it('lets the table and its indexes grow from what they have, and takes that back', async () => {
    const index = { IndexName: 'by-date', ProvisionedThroughput: capacity(3, 4) };
    const plan = await planFor(396, 'orders', state({ GlobalSecondaryIndexes: [index] }), configured());
    expect(plan).toMatchObject({ mode: 'approve', undo: { class: 'best-effort' }, missing: [] });
    const all = [...([TABLE, INDEX] as const).flatMap((one) => [[one, 'Read'] as const, [one, 'Write'] as const])];
    expect(callsOf(plan)).toEqual({
      steps: [
        ...[register(TABLE, 'Read', 20), register(TABLE, 'Write', 10)],
        ...[register(INDEX, 'Read', 3), register(INDEX, 'Write', 4)],
        ...all.map(([one, what]) => put(one, what)),
      ],
      undo: [...all.map(([one, what]) => drop(one, what)), ...all.map(([one, what]) => deregister(one, what))],
    });
  });

  it('lets it shrink as far as an operator says, and never raises it at once', async () => {
    const parameters = { minCapacityUnits: '15', targetUtilization: '50' };
    const { steps } = callsOf(await planFor(396, 'orders', state({}), configured(parameters)));
    expect(steps).toEqual([
      ...[register(TABLE, 'Read', 15), register(TABLE, 'Write', 10)],
      ...[put(TABLE, 'Read', 50), put(TABLE, 'Write', 50)],
    ]);
  });

  it('keeps ranges and policies that are there', async () => {
    const answers = state({}, [range(TABLE, 'Read'), range(TABLE, 'Write')], [ownPolicy]);
    expect(callsOf(await planFor(396, 'orders', answers, configured()))).toEqual({
      steps: [put(TABLE, 'Write')],
      undo: [drop(TABLE, 'Write')],
    });
  });

  it('is not in the way of a range that was chosen smaller than today', async () => {
    const small = [range(TABLE, 'Read', { MaxCapacity: 5 })];
    const { steps } = callsOf(await planFor(396, 'orders', state({}, small, [ownPolicy]), configured()));
    expect(steps).toEqual([register(TABLE, 'Write', 10), put(TABLE, 'Write')]);
  });

  it('asks for the maximum', async () => {
    expect(await planFor(396, 'orders', state({}))).toMatchObject({ missing: ['maxCapacityUnits'] });
  });

  const suspended = range(TABLE, 'Read', { SuspendedState: { DynamicScalingInSuspended: true } });
  it.each<[string, Answers, Record<string, string>, string]>([
    ['a maximum that would throttle', state({}), { maxCapacityUnits: '15' }, '20 capacity units are provisioned'],
    ['a maximum that is no number', state({}), { maxCapacityUnits: 'many' }, 'maxCapacityUnits is "many"'],
    ['a minimum of nothing', state({}), { minCapacityUnits: '0' }, 'minCapacityUnits is "0"'],
    ['a target that DynamoDB does not take', state({}), { targetUtilization: '95' }, 'targetUtilization is "95"'],
    ['scaling that somebody has suspended', state({}, [suspended], [ownPolicy]), {}, 'has suspended the scaling'],
    [
      'a table with replicas',
      state({ Replicas: [{ RegionName: 'us-east-1' }] }),
      {},
      'replicated to us-east-1, and its writes must scale alike everywhere',
    ],
  ])('leaves %s to a person', async (_, answers, parameters, because) => {
    const plan = await planFor(396, 'orders', answers, configured(parameters));
    expect(plan).toMatchObject({ mode: 'guided', steps: [] });
    expect(plan.guide[0]?.text).toContain(because);
  });

  it('needs rights on the table and on alarms, and for the role of the service', async () => {
    const { permissions } = await planFor(396, 'orders', state({}), configured());
    expect(permissions).toEqual([
      ...['application-autoscaling:PutScalingPolicy', 'application-autoscaling:RegisterScalableTarget'],
      ...['cloudwatch:DeleteAlarms', 'cloudwatch:DescribeAlarms', 'cloudwatch:PutMetricAlarm'],
      ...['dynamodb:DescribeTable', 'dynamodb:UpdateTable', 'iam:CreateServiceLinkedRole'],
    ]);
  });
});
