import { Duration, type Stack } from 'aws-cdk-lib';
import {
  Alarm as CloudWatchAlarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Metric,
  type MetricOptions,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Operation, type Table } from 'aws-cdk-lib/aws-dynamodb';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { type Alarm, alarms, type Kind } from '../src/telemetry/alarms.ts';
import { namespace } from '../src/telemetry/metrics.ts';
import type { Buses } from './bus.ts';
import type { Functions } from './functions.ts';
import { busNames, type FunctionName, hubName } from './names.ts';
import { deadLetterQueues, type Queues } from './queues.ts';
import { SCHEDULE_GROUP } from './schedules.ts';
import type { Topics } from './topics.ts';

/** What alarms are about. */
export interface Watched {
  readonly queues: Queues;
  readonly functions: Functions;
  readonly table: Table;
  readonly buses: Buses;
  /** The id of the API that Slack sends to. None without Slack. */
  readonly slackApiId: string | undefined;
}

/** Where the runbooks are. An alarm says its own in its description. */
const RUNBOOKS = 'docs/alarms.md';

/** What an alarm is named and found by: `redress-dead-letters-events-dead`. */
export const alarmName = (alarm: string, thing: string | undefined): string =>
  ['redress', alarm, ...(thing === undefined ? [] : [thing])].join('-');

/** Makes every alarm of src/telemetry/alarms.ts, one for each thing that it is about. */
export function makeAlarms(stack: Stack, watched: Watched, topics: Topics['alarms']): void {
  for (const alarm of alarms) {
    for (const { thing, metric } of metricsOf(alarm, watched)) {
      const name = alarmName(alarm.name, thing);
      const made = new CloudWatchAlarm(stack, `Alarm-${name}`, {
        alarmName: name,
        alarmDescription: `${alarm.reason} Runbook: ${RUNBOOKS}#${alarm.name}`,
        metric,
        threshold: alarm.threshold,
        comparisonOperator: comparisons[alarm.comparison],
        evaluationPeriods: alarm.periods,
        datapointsToAlarm: alarm.datapoints,
        treatMissingData: missing[alarm.missing],
      });
      made.addAlarmAction(new SnsAction(topics[alarm.urgency]));
      made.addOkAction(new SnsAction(topics[alarm.urgency]));
    }
  }
}

const comparisons: Readonly<Record<Alarm['comparison'], ComparisonOperator>> = {
  above: ComparisonOperator.GREATER_THAN_THRESHOLD,
  below: ComparisonOperator.LESS_THAN_THRESHOLD,
};
const missing: Readonly<Record<Alarm['missing'], TreatMissingData>> = {
  breaching: TreatMissingData.BREACHING,
  notBreaching: TreatMissingData.NOT_BREACHING,
};

interface Series {
  /** Which of its kind; none for what Redress measures of itself. */
  readonly thing: string | undefined;
  readonly metric: IMetric;
}

function metricsOf({ source, statistic, periodSeconds }: Alarm, watched: Watched): readonly Series[] {
  const options = { statistic, period: Duration.seconds(periodSeconds) };
  if (source.from === 'redress') {
    const { metric: metricName, dimensions } = source;
    const dimensionsMap = Object.fromEntries(Object.entries(dimensions));
    return [{ thing: undefined, metric: new Metric({ namespace, metricName, dimensionsMap, ...options }) }];
  }
  const { namespace: awsNamespace, metric: metricName, each } = source;
  if (each === 'table') return [{ thing: undefined, metric: tableMetric(watched.table, metricName, options) }];
  return dimensionsOf(each, watched).map(({ thing, dimensionsMap }) => ({
    thing,
    metric: new Metric({ namespace: awsNamespace, metricName, dimensionsMap, ...options }),
  }));
}

function dimensionsOf(
  each: Exclude<Kind, 'table'>,
  { queues, functions, buses, slackApiId }: Watched,
): readonly { readonly thing: string | undefined; readonly dimensionsMap: Record<string, string> }[] {
  switch (each) {
    case 'deadLetterQueue':
      return Object.entries(deadLetterQueues(queues)).map(([thing, queue]) => ({ thing, ...queueDimensions(queue) }));
    case 'wakeQueue':
      return [{ thing: undefined, ...queueDimensions(queues.wakesDead) }];
    case 'workQueue':
      return Object.entries({ events: queues.events, resources: queues.resources }).map(([thing, queue]) => ({
        thing,
        ...queueDimensions(queue),
      }));
    case 'function':
      return [...functions.keys()].map(functionDimensions);
    case 'busyFunction':
      return (['intake', 'worker', 'decisions'] as const).map(functionDimensions);
    case 'sweepFunction':
      return [{ ...functionDimensions('sweep'), thing: undefined }];
    case 'slackEndpoint':
      return slackApiId === undefined ? [] : [{ thing: undefined, dimensionsMap: { ApiId: slackApiId } }];
    case 'streamFunction':
      return (['worker', 'decisions'] as const).map(functionDimensions);
    case 'rule':
      // Rules of a bus of one's own are counted under both names.
      return buses.rules.map((thing) => ({
        thing,
        dimensionsMap: { EventBusName: busNames.events, RuleName: thing },
      }));
    case 'scheduleGroup':
      return [{ thing: undefined, dimensionsMap: { ScheduleGroup: SCHEDULE_GROUP } }];
  }
}

const queueDimensions = ({ queueName }: IQueue) => ({ dimensionsMap: { QueueName: queueName } });
const functionDimensions = (name: FunctionName) => ({ thing: name, dimensionsMap: { FunctionName: hubName(name) } });

/** The operations that the store uses. DynamoDB counts each by itself, and the whole table not at all. */
const operations = [
  Operation.BATCH_GET_ITEM,
  Operation.BATCH_WRITE_ITEM,
  Operation.DELETE_ITEM,
  Operation.GET_ITEM,
  Operation.PUT_ITEM,
  Operation.QUERY,
  Operation.TRANSACT_WRITE_ITEMS,
  Operation.UPDATE_ITEM,
];

/**
 * The sum over all operations. One that nothing failed in has no value at all,
 * and CloudWatch adds up only where every part has one: hence FILL.
 */
function tableMetric(table: Table, metricName: string, options: MetricOptions): IMetric {
  const usingMetrics = Object.fromEntries(
    operations.map((operation) => [
      operation.toLowerCase(),
      new Metric({
        ...{ namespace: 'AWS/DynamoDB', metricName, ...options },
        dimensionsMap: { TableName: table.tableName, Operation: operation },
      }),
    ]),
  );
  const filled = Object.keys(usingMetrics).map((id) => `FILL(${id}, 0)`);
  const { period } = options;
  return new MathExpression({ expression: `SUM([${filled.join(', ')}])`, usingMetrics, ...(period && { period }) });
}
