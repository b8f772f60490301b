import type { Attribute, MetricName } from './metrics.ts';

/**
 * Every alarm of the hub, as data: `infra/alarms.ts` makes them of this, and
 * `docs/alarms.md` has a heading for each, which a test compares.
 */

/** Kinds of things of the hub. An alarm on a kind is made once for each of that kind. */
export type Kind =
  /** Queues for what could not be handled. */
  | 'deadLetterQueue'
  /** The one of them for wakes, which are only hints. */
  | 'wakeQueue'
  /** Queues that work passes through. */
  | 'workQueue'
  | 'function'
  /** Functions that run every minute, or with every event. */
  | 'busyFunction'
  /** The function that runs a few times in an hour. */
  | 'sweepFunction'
  /** The address that Slack sends to. Not made without Slack. */
  | 'slackEndpoint'
  /** Functions that read the table's stream. */
  | 'streamFunction'
  | 'table'
  /** EventBridge rules of the hub's bus. */
  | 'rule'
  | 'scheduleGroup';

export type Source =
  | {
      readonly from: 'redress';
      readonly metric: MetricName;
      readonly dimensions: Readonly<Partial<Record<Attribute, string>>>;
    }
  | { readonly from: 'aws'; readonly namespace: string; readonly metric: string; readonly each: Kind };

export interface Alarm {
  /** Names the alarm, and is its heading and anchor in `docs/alarms.md`. With `each`, the thing's name follows. */
  readonly name: string;
  readonly source: Source;
  readonly statistic: 'Sum' | 'Maximum' | 'Average';
  readonly comparison: 'above' | 'below';
  readonly threshold: number;
  readonly periodSeconds: number;
  readonly periods: number;
  /** How many of the periods must be beyond the threshold. */
  readonly datapoints: number;
  /** What CloudWatch is to make of periods without data. */
  readonly missing: 'notBreaching' | 'breaching';
  /** `page`: somebody gets up for it. `ticket`: it can wait for the morning. */
  readonly urgency: 'page' | 'ticket';
  /** What has happened, and why this threshold. */
  readonly reason: string;
}

const minute = 60;
const hour = 60 * minute;

/** One bad period of five minutes is enough. */
const atOnce = { periodSeconds: 5 * minute, periods: 1, datapoints: 1, missing: 'notBreaching' } as const;
/** Three of three periods: what mends itself within a quarter of an hour calls nobody. */
const lasting = { periodSeconds: 5 * minute, periods: 3, datapoints: 3, missing: 'notBreaching' } as const;

export const alarms: readonly Alarm[] = [
  {
    name: 'dead-letters',
    source: {
      from: 'aws',
      namespace: 'AWS/SQS',
      metric: 'ApproximateNumberOfMessagesVisible',
      each: 'deadLetterQueue',
    },
    statistic: 'Maximum',
    comparison: 'above',
    threshold: 0,
    ...atOnce,
    urgency: 'page',
    reason: 'Something could not be handled after every retry. Each message is an event that nobody has judged.',
  },
  {
    name: 'wakes-lost',
    source: { from: 'aws', namespace: 'AWS/SQS', metric: 'ApproximateNumberOfMessagesVisible', each: 'wakeQueue' },
    statistic: 'Maximum',
    comparison: 'above',
    threshold: 0,
    ...atOnce,
    urgency: 'ticket',
    reason: 'A part of the table’s stream woke nobody. The clock wakes them every minute: work was late, and not lost.',
  },
  {
    name: 'queue-age',
    source: { from: 'aws', namespace: 'AWS/SQS', metric: 'ApproximateAgeOfOldestMessage', each: 'workQueue' },
    statistic: 'Maximum',
    comparison: 'above',
    threshold: 65 * minute,
    ...lasting,
    urgency: 'page',
    reason:
      'Events arrive faster than they are judged, or nobody takes them. One message that keeps failing is gone within the hour.',
  },
  {
    name: 'work-overdue',
    source: { from: 'redress', metric: 'OldestSeconds', dimensions: { Lane: 'work' } },
    statistic: 'Maximum',
    comparison: 'above',
    threshold: 15 * minute,
    ...lasting,
    // The clock has it measured every minute. Nothing measured means that nobody works.
    missing: 'breaching',
    urgency: 'page',
    reason: 'A fix, a verification or an undo is due and nobody does it, or it keeps failing, or nobody looks.',
  },
  {
    name: 'decisions-overdue',
    source: { from: 'redress', metric: 'OldestSeconds', dimensions: { Lane: 'inbox' } },
    statistic: 'Maximum',
    comparison: 'above',
    threshold: 5 * minute,
    ...lasting,
    urgency: 'page',
    reason: 'Somebody pressed a button and nothing came of it. They expect an answer within seconds.',
  },
  {
    name: 'notices-overdue',
    source: { from: 'redress', metric: 'OldestSeconds', dimensions: { Lane: 'notice' } },
    statistic: 'Maximum',
    comparison: 'above',
    threshold: hour,
    ...lasting,
    urgency: 'ticket',
    reason:
      'Slack, the topic, the bus or Security Hub does not take what it is told. Fixes go on; after three days a notice is given up.',
  },
  {
    name: 'fixes-stuck',
    source: { from: 'redress', metric: 'Stuck', dimensions: {} },
    statistic: 'Sum',
    comparison: 'above',
    threshold: 0,
    ...atOnce,
    urgency: 'page',
    reason: 'A resource may be half changed: what was done cannot be told, or could not be taken back.',
  },
  {
    name: 'fixes-failed',
    source: { from: 'redress', metric: 'Failed', dimensions: {} },
    statistic: 'Sum',
    comparison: 'above',
    threshold: 0,
    ...atOnce,
    urgency: 'ticket',
    reason: 'A write was refused, or taken back because the control still failed. The resource is as it was before.',
  },
  {
    name: 'many-undone',
    source: { from: 'redress', metric: 'Undone', dimensions: {} },
    statistic: 'Sum',
    comparison: 'above',
    threshold: 5,
    periodSeconds: hour,
    periods: 1,
    datapoints: 1,
    missing: 'notBreaching',
    urgency: 'page',
    reason: 'More than five fixes were taken back within an hour: a control probably does harm here.',
  },
  {
    name: 'account-out-of-reach',
    source: { from: 'redress', metric: 'Obstacles', dimensions: {} },
    statistic: 'Maximum',
    comparison: 'above',
    threshold: 0,
    ...lasting,
    urgency: 'ticket',
    reason: 'The roles of an account are missing or do not let Redress in: nothing is judged there.',
  },
  {
    name: 'events-missed',
    source: { from: 'redress', metric: 'EventsMissed', dimensions: {} },
    statistic: 'Sum',
    comparison: 'above',
    threshold: 0,
    ...atOnce,
    urgency: 'ticket',
    reason:
      'CloudTrail has events that never arrived. The sweep has judged their resources, but forwarding has a hole.',
  },
  {
    name: 'no-events',
    source: { from: 'redress', metric: 'EventsIn', dimensions: {} },
    statistic: 'Sum',
    comparison: 'below',
    threshold: 1,
    periodSeconds: hour,
    periods: 24,
    datapoints: 24,
    missing: 'breaching',
    urgency: 'page',
    reason: 'Not one event in a day. Forwarding is broken, whatever else is green.',
  },
  {
    name: 'aws-throttles',
    source: { from: 'redress', metric: 'Throttles', dimensions: {} },
    statistic: 'Sum',
    comparison: 'above',
    threshold: 100,
    ...lasting,
    urgency: 'ticket',
    reason: 'AWS turns calls away in numbers. Redress may be taking quota that the account needs for its own work.',
  },
  {
    name: 'function-errors',
    source: { from: 'aws', namespace: 'AWS/Lambda', metric: 'Errors', each: 'busyFunction' },
    statistic: 'Sum',
    comparison: 'above',
    threshold: 0,
    ...lasting,
    urgency: 'page',
    reason: 'A function ends in an error again and again: a wrong configuration, a missing permission, or a time-out.',
  },
  {
    name: 'sweep-errors',
    source: { from: 'aws', namespace: 'AWS/Lambda', metric: 'Errors', each: 'sweepFunction' },
    statistic: 'Sum',
    comparison: 'above',
    threshold: 0,
    // Called every five minutes, a few minutes early or late.
    periodSeconds: 15 * minute,
    periods: 3,
    datapoints: 3,
    missing: 'notBreaching',
    urgency: 'ticket',
    reason: 'Sweeps end in an error again and again. Events are still judged; what breaks by itself is not found.',
  },
  {
    name: 'slack-errors',
    source: { from: 'aws', namespace: 'AWS/ApiGateway', metric: '5xx', each: 'slackEndpoint' },
    statistic: 'Sum',
    comparison: 'above',
    threshold: 0,
    ...atOnce,
    urgency: 'page',
    reason: 'Somebody pressed a button in Slack and was told that it did not work. A click comes only once.',
  },
  {
    name: 'function-throttles',
    source: { from: 'aws', namespace: 'AWS/Lambda', metric: 'Throttles', each: 'function' },
    statistic: 'Sum',
    comparison: 'above',
    threshold: 10,
    ...lasting,
    urgency: 'ticket',
    reason:
      'A function may not run as often as it should: its reserved concurrency, or that of the account, is used up.',
  },
  {
    name: 'stream-behind',
    source: { from: 'aws', namespace: 'AWS/Lambda', metric: 'IteratorAge', each: 'streamFunction' },
    statistic: 'Maximum',
    comparison: 'above',
    // Milliseconds.
    threshold: 10 * minute * 1000,
    ...lasting,
    urgency: 'ticket',
    reason:
      'The table wakes its readers late. The clock still wakes them every minute, so that work is slow and not lost.',
  },
  {
    name: 'table-errors',
    source: { from: 'aws', namespace: 'AWS/DynamoDB', metric: 'SystemErrors', each: 'table' },
    statistic: 'Sum',
    comparison: 'above',
    threshold: 0,
    ...lasting,
    urgency: 'page',
    reason: 'DynamoDB itself fails. Nothing is written to any account without its store.',
  },
  {
    name: 'table-throttles',
    source: { from: 'aws', namespace: 'AWS/DynamoDB', metric: 'ThrottledRequests', each: 'table' },
    statistic: 'Sum',
    comparison: 'above',
    threshold: 100,
    ...lasting,
    urgency: 'ticket',
    reason: 'The table turns requests away. Everything is tried again, and late.',
  },
  {
    name: 'rule-failures',
    source: { from: 'aws', namespace: 'AWS/Events', metric: 'FailedInvocations', each: 'rule' },
    statistic: 'Sum',
    comparison: 'above',
    threshold: 0,
    ...atOnce,
    urgency: 'page',
    reason: 'A rule could not hand an event to its queue: the permission or the key of the queue is wrong.',
  },
  {
    name: 'clock-failures',
    source: { from: 'aws', namespace: 'AWS/Scheduler', metric: 'TargetErrorCount', each: 'scheduleGroup' },
    statistic: 'Sum',
    comparison: 'above',
    threshold: 0,
    ...lasting,
    urgency: 'page',
    reason: 'The clock cannot call its functions: timers, retries and sweeps stand still.',
  },
];
