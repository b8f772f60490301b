import { Duration, type Stack } from 'aws-cdk-lib';
import {
  Dashboard,
  GraphWidget,
  type IMetric,
  type IWidget,
  MathExpression,
  Metric,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { type Metric as MetricData, metrics, namespace, statisticOf } from '../src/telemetry/metrics.ts';
import type { Watched } from './alarms.ts';
import { deadLetterQueues } from './queues.ts';

const PERIOD = Duration.minutes(5);
const WIDTH = 8;

/** One page with all that Redress measures of itself, and what its parts are doing. */
export function dashboard(stack: Stack, watched: Watched): void {
  const own = Object.entries(metrics).flatMap(([name, metric]) => ownWidgets(name, metric));
  new Dashboard(stack, 'Dashboard', {
    dashboardName: 'redress',
    defaultInterval: Duration.hours(24),
    widgets: [
      ...[title('Redress'), ...rows(own)],
      ...[title('Queues'), ...rows(queueWidgets(watched))],
      ...[title('Functions'), ...rows(functionWidgets(watched))],
    ].map((row) => [...row]),
  });
}

const title = (text: string): readonly IWidget[] => [new TextWidget({ markdown: `## ${text}`, width: 24, height: 1 })];

function rows(widgets: readonly IWidget[]): (readonly IWidget[])[] {
  const perRow = 24 / WIDTH;
  return widgets.flatMap((_, index) => (index % perRow === 0 ? [widgets.slice(index, index + perRow)] : []));
}

const graph = (name: string, left: IMetric[]): IWidget =>
  new GraphWidget({ title: name, left, width: WIDTH, height: 6 });

/** A graph for each set of dimensions. Values of a dimension are searched for, because only time knows them. */
function ownWidgets(name: string, metric: MetricData): IWidget[] {
  const statistic = statisticOf(metric);
  return metric.dimensions.map((dimensions) => {
    if (dimensions.length === 0) {
      return graph(`${name}: ${metric.description}`, [
        new Metric({ namespace, metricName: name, statistic, period: PERIOD }),
      ]);
    }
    const expression = `SEARCH('{${[namespace, ...dimensions].join(',')}} MetricName="${name}"', '${statistic}', ${PERIOD.toSeconds()})`;
    return graph(`${name} by ${dimensions.join(', ')}`, [
      new MathExpression({ expression, label: '', period: PERIOD }),
    ]);
  });
}

function queueWidgets({ queues }: Watched): IWidget[] {
  const { events, resources } = queues;
  return [
    graph('Messages that wait', [
      events.metricApproximateNumberOfMessagesVisible({ label: 'events', period: PERIOD }),
      resources.metricApproximateNumberOfMessagesVisible({ label: 'resources', period: PERIOD }),
    ]),
    graph('Age of the oldest message, seconds', [
      events.metricApproximateAgeOfOldestMessage({ label: 'events', period: PERIOD }),
      resources.metricApproximateAgeOfOldestMessage({ label: 'resources', period: PERIOD }),
    ]),
    graph(
      'Dead letters',
      Object.entries({ ...deadLetterQueues(queues), 'wakes-dead': queues.wakesDead }).map(([label, queue]) =>
        queue.metricApproximateNumberOfMessagesVisible({ label, period: PERIOD }),
      ),
    ),
  ];
}

function functionWidgets({ functions }: Watched): IWidget[] {
  const all = [...functions];
  return [
    graph(
      'Errors',
      all.map(([label, made]) => made.metricErrors({ label, period: PERIOD })),
    ),
    graph(
      'Throttles',
      all.map(([label, made]) => made.metricThrottles({ label, period: PERIOD })),
    ),
    graph(
      'Duration, p90',
      all.map(([label, made]) => made.metricDuration({ label, period: PERIOD, statistic: 'p90' })),
    ),
  ];
}
