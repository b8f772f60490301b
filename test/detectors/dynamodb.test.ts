import { describe, expect, it } from 'vitest';
import { stringsAt } from '../../src/control/event.ts';
import { type Answer, type Answers, awsError, controlOf, judge, placeOf, sessionOn } from '../controls.ts';

const provisioned = { ReadCapacityUnits: 5, WriteCapacityUnits: 5 };
const table = (more: object = {}) => ({
  Table: { TableStatus: 'ACTIVE', ProvisionedThroughput: provisioned, ...more },
});
const onDemand = { BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' } };

const dimension = (resource: string, what: string) =>
  `dynamodb:${resource.includes('/index/') ? 'index' : 'table'}:${what}CapacityUnits`;
const target = (resource: string, what: string, more: object = {}) => ({
  ...{ ResourceId: resource, ScalableDimension: dimension(resource, what), MinCapacity: 1, MaxCapacity: 9, ...more },
});
const policy = (resource: string, what: string, more: object = {}) => ({
  ...{ PolicyName: `${what} of ${resource}`, ResourceId: resource, ScalableDimension: dimension(resource, what) },
  ...{ PolicyType: 'TargetTrackingScaling', TargetTrackingScalingPolicyConfiguration: { TargetValue: 70 }, ...more },
});
const TABLE = 'table/orders';
const INDEX = 'table/orders/index/by-date';
const both = [target(TABLE, 'Read'), target(TABLE, 'Write')];
const policies = [policy(TABLE, 'Read'), policy(TABLE, 'Write')];

function answers(described: Answer, ScalableTargets: object[], ScalingPolicies: object[]): Answers {
  return {
    'dynamodb:DescribeTable': described,
    'application-autoscaling:DescribeScalableTargets': { ScalableTargets },
    // AWS filters; whatever it answered besides would not count either.
    'application-autoscaling:DescribeScalingPolicies': { ScalingPolicies },
  };
}

const reads = 'reads of the table';
const writes = 'writes of the table';
const withIndex = table({ GlobalSecondaryIndexes: [{ IndexName: 'by-date', ProvisionedThroughput: provisioned }] });

describe('396', () => {
  it.each<[string, Answer, object[], object[], string]>([
    ['both scale', table(), both, policies, 'pass'],
    ['nothing scales', table(), [], [], `fail: no auto scaling of ${reads}, ${writes}`],
    ['reads only', table(), [both[0] ?? {}], [policies[0] ?? {}], `fail: no auto scaling of ${writes}`],
    ['a range without a policy', table(), both, [policies[0] ?? {}], `fail: no auto scaling of ${writes}`],
    [
      'a policy of another kind',
      table(),
      both,
      [policies[0] ?? {}, policy(TABLE, 'Write', { TargetTrackingScalingPolicyConfiguration: undefined })],
      `fail: no auto scaling of ${writes}`,
    ],
    [
      'suspended',
      table(),
      [target(TABLE, 'Read', { SuspendedState: { DynamicScalingOutSuspended: true } }), target(TABLE, 'Write')],
      policies,
      `fail: no auto scaling of ${reads}`,
    ],
    [
      'schedules alone suspended',
      table(),
      [target(TABLE, 'Read', { SuspendedState: { ScheduledScalingSuspended: true } }), target(TABLE, 'Write')],
      policies,
      'pass',
    ],
    [
      'an index that does not scale',
      withIndex,
      both,
      policies,
      'fail: no auto scaling of reads of index by-date, writes of index by-date',
    ],
    [
      'an index that scales, too',
      withIndex,
      [...both, target(INDEX, 'Read'), target(INDEX, 'Write')],
      [...policies, policy(INDEX, 'Read'), policy(INDEX, 'Write')],
      'pass',
    ],
    ['was on demand once', table({ BillingModeSummary: { BillingMode: 'PROVISIONED' } }), both, policies, 'pass'],
    ['on demand', table(onDemand), [], [], 'skip: it is paid by request, and has no capacity that could scale'],
    ['being made', table({ TableStatus: 'CREATING' }), [], [], 'skip: the table is creating'],
    ['changing', table({ TableStatus: 'UPDATING' }), [], [], 'skip: the table is updating'],
    [
      'without its key',
      table({ TableStatus: 'INACCESSIBLE_ENCRYPTION_CREDENTIALS' }),
      [],
      [],
      'skip: the table is inaccessible encryption credentials',
    ],
    ['gone', awsError('ResourceNotFoundException'), [], [], 'skip: orders does not exist (any more)'],
    [
      'denied',
      awsError('AccessDeniedException'),
      [],
      [],
      'unknown: dynamodb:DescribeTable was denied; allow dynamodb:DescribeTable',
    ],
  ])('%s', async (_, described, targets, found, expected) => {
    expect(await judge(396, 'orders', answers(described, targets, found))).toBe(expected);
  });

  it('says so when scaling cannot be read', async () => {
    const read = 'application-autoscaling:DescribeScalingPolicies';
    expect(
      await judge(396, 'orders', { ...answers(table(), both, policies), [read]: awsError('AccessDeniedException') }),
    ).toBe(`unknown: ${read} was denied; allow ${read}`);
  });

  it('asks nothing more of a table on demand', async () => {
    expect(await judge(396, 'orders', { 'dynamodb:DescribeTable': table(onDemand) })).toMatch(/^skip/);
  });
});

it('lists every page, and knows tags', async () => {
  const { list, tags } = controlOf(396).detector.resource;
  const session = sessionOn({
    'dynamodb:ListTables': ({ ExclusiveStartTableName: from }) =>
      from === undefined ? { TableNames: ['a'], LastEvaluatedTableName: 'a' } : { TableNames: ['b'] },
    'dynamodb:ListTagsOfResource': { Tags: [{ Key: 'team', Value: 'shop' }] },
  });
  expect(list && (await session.value(list, placeOf(396), []))).toEqual(['a', 'b']);
  expect(tags && (await session.value(tags, placeOf(396, 'a'), []))).toEqual({ team: 'shop' });
});

describe('the table that an event is about', () => {
  const { on } = controlOf(396).detector;
  it.each<[keyof typeof on, object, string[]]>([
    ['dynamodb:CreateTable', { tableName: 'orders' }, ['orders']],
    ['dynamodb:UpdateTable', { tableName: 'arn:aws-cn:dynamodb:cn-north-1:123456789012:table/orders' }, ['orders']],
    ['dynamodb:ImportTable', { tableCreationParameters: { tableName: 'orders' } }, ['orders']],
    ['dynamodb:RestoreTableFromBackup', { targetTableName: 'orders', backupArn: 'arn' }, ['orders']],
    ['autoscaling:RegisterScalableTarget', { resourceId: 'table/orders' }, ['orders']],
    ['autoscaling:PutScalingPolicy', { resourceId: 'table/orders/index/by-date' }, ['orders']],
    ['autoscaling:DeleteScalingPolicy', { resourceId: 'service/cluster/web' }, []],
    ['autoscaling:DeregisterScalableTarget', { resourceId: 'keyspace/shop/table/orders' }, []],
    ['autoscaling:PutScalingPolicy', { autoScalingGroupName: 'web', policyName: 'cpu' }, []],
  ])('%s %j', (trigger, requestParameters, expected) => {
    const ids = on[trigger];
    if (ids?.kind !== 'paths') throw new Error(`${trigger} has no paths.`);
    const found = ids.paths.flatMap((path) => stringsAt({ requestParameters }, path)).map(ids.normalise);
    expect(found.filter(Boolean)).toEqual(expected);
  });
});
