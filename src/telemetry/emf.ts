import type { MetricData, PushMetricExporter } from '@opentelemetry/sdk-metrics';
import { AggregationTemporality, AggregationType, DataPointType } from '@opentelemetry/sdk-metrics';
import { type Metric, type MetricName, metrics, namespace } from './metrics.ts';

type Result = Parameters<Parameters<PushMetricExporter['export']>[1]>[0];
const exported: Result = { code: 0 };

/** CloudWatch takes at most so many values of one metric in a line. */
const mostValues = 100;
/** Single numbers up to twenty, and coarser above. */
const boundaries = [...Array.from({ length: 21 }, (_, index) => index), 25, 30, 40, 50, 75, 100, 150, 200, 300, 500];

/**
 * Writes metrics as lines of CloudWatch's Embedded Metric Format ("Specification:
 * Embedded metric format", CloudWatch User Guide), from which CloudWatch Logs
 * makes metrics. Values are what came since the last export, so that every
 * function and process adds its own.
 *
 * @param write takes one line, which must reach the log as it is, with nothing before it
 */
export function emfExporter(write: (line: string) => void): PushMetricExporter {
  return {
    export(collected, done) {
      for (const data of collected.scopeMetrics.flatMap((scope) => scope.metrics)) {
        for (const line of linesOf(data)) write(`${JSON.stringify(line)}\n`);
      }
      done(exported);
    },
    forceFlush: async () => {},
    shutdown: async () => {},
    selectAggregationTemporality: () => AggregationTemporality.DELTA,
    selectAggregation: (instrument) =>
      instrument === 'HISTOGRAM'
        ? { type: AggregationType.EXPLICIT_BUCKET_HISTOGRAM, options: { recordMinMax: true, boundaries } }
        : { type: AggregationType.DEFAULT },
  };
}

function linesOf(data: MetricData): readonly object[] {
  const { name } = data.descriptor;
  if (!isMetricName(name)) return [];
  switch (data.dataPointType) {
    case DataPointType.SUM:
    case DataPointType.GAUGE:
      return data.dataPoints.map(({ value, ...point }) => line(name, value, point));
    case DataPointType.HISTOGRAM:
      return data.dataPoints.flatMap(({ value: { buckets, max }, ...point }) =>
        chunks(valuesIn(buckets, max)).map((values) => line(name, values, point)),
      );
    case DataPointType.EXPONENTIAL_HISTOGRAM:
      return [];
  }
}

const isMetricName = (name: string): name is MetricName => Object.hasOwn(metrics, name);

interface Point {
  readonly endTime: readonly [seconds: number, nanoseconds: number];
  readonly attributes: Readonly<Record<string, unknown>>;
}

function line(name: MetricName, value: number | readonly number[], { endTime, attributes }: Point): object {
  const { unit, dimensions }: Metric = metrics[name];
  const told = Object.fromEntries(Object.entries(attributes).map(([key, one]) => [key, String(one)]));
  return {
    _aws: {
      Timestamp: endTime[0] * 1000 + Math.floor(endTime[1] / 1e6),
      CloudWatchMetrics: [
        {
          Namespace: namespace,
          // A set whose values are not all there would make the line invalid.
          Dimensions: dimensions.filter((set) => set.every((key) => told[key])),
          Metrics: [{ Name: name, Unit: unit }],
        },
      ],
    },
    ...told,
    [name]: value,
  };
}

/** A histogram as single values again: exact for whole numbers up to twenty, the upper end of their bucket above. */
function valuesIn(
  { boundaries: ends, counts }: { readonly boundaries: readonly number[]; readonly counts: readonly number[] },
  max = Number.POSITIVE_INFINITY,
): readonly number[] {
  return counts.flatMap((count, index) => {
    const value = Math.min(ends[index] ?? max, max);
    return Array.from({ length: count }, () => value);
  });
}

function chunks(values: readonly number[]): readonly (readonly number[])[] {
  return Array.from({ length: Math.ceil(values.length / mostValues) }, (_, index) =>
    values.slice(index * mostValues, (index + 1) * mostValues),
  );
}
