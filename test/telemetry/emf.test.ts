import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { emfExporter } from '../../src/telemetry/emf.ts';
import { type MetricName, metrics } from '../../src/telemetry/metrics.ts';
import { telemetryWith } from '../../src/telemetry/opentelemetry.ts';

/**
 * "Specification: Embedded metric format" of the CloudWatch User Guide: at most 100 metrics in a directive and 30 keys in
 * a set of dimensions; values are numbers, or lists of at most 100 numbers; dimensions are texts of at most 1024
 * characters in the root.
 */
const document = z
  .object({
    _aws: z.strictObject({
      Timestamp: z.int().positive(),
      CloudWatchMetrics: z
        .array(
          z.strictObject({
            Namespace: z.string().min(1).max(1024),
            Dimensions: z.array(z.array(z.string().min(1).max(250)).max(30)).min(1),
            Metrics: z
              .array(z.strictObject({ Name: z.string().min(1).max(1024), Unit: z.enum(['Count', 'Seconds']) }))
              .min(1)
              .max(100),
          }),
        )
        .length(1),
    }),
  })
  .catchall(z.union([z.string().min(1).max(1024), z.number(), z.array(z.number()).min(1).max(100)]));

async function written(measure: (telemetry: ReturnType<typeof telemetryWith>) => void, times = 1) {
  const lines: string[] = [];
  const telemetry = telemetryWith({ metrics: emfExporter((line) => void lines.push(line)), spans: undefined });
  for (let time = 0; time < times; time += 1) {
    measure(telemetry);
    await telemetry.flush();
  }
  await telemetry.stop();
  return lines.map((line) => {
    expect(line).toMatch(/^[^\n]*\n$/);
    return document.parse(JSON.parse(line));
  });
}

describe('the embedded metric format', () => {
  it('holds for every metric, and every dimension that it names is there', async () => {
    const names = Object.keys(metrics).filter((name): name is MetricName => name in metrics);
    const documents = await written((telemetry) => {
      for (const name of names) {
        telemetry.measure(name, 3, Object.fromEntries(metrics[name].attributes.map((key) => [key, 'x'])));
      }
    });
    expect(documents.map(({ _aws }) => _aws.CloudWatchMetrics[0]?.Metrics[0]?.Name).sort()).toEqual(names.sort());
    for (const one of documents) {
      const named = one._aws.CloudWatchMetrics.flatMap(({ Dimensions }) => Dimensions.flat());
      expect(named.filter((key) => typeof one[key] !== 'string')).toEqual([]);
    }
  });

  it('says what came since the last time, so that functions can be added up', async () => {
    const documents = await written((telemetry) => {
      telemetry.measure('EventsIn', 2);
      telemetry.measure('EventsIn', 5);
    }, 3);
    expect(documents.map(({ EventsIn }) => EventsIn)).toEqual([7, 7, 7]);
  });

  it('keeps dimensions apart, and counts without them too', async () => {
    const documents = await written((telemetry) => {
      telemetry.measure('Throttles', 1, { Service: 's3', Account: '123456789012' });
      telemetry.measure('Throttles', 2, { Service: 'ec2', Account: '123456789012' });
    });
    expect(documents.map(({ Service, Throttles }) => ({ Service, Throttles }))).toEqual([
      { Service: 's3', Throttles: 1 },
      { Service: 'ec2', Throttles: 2 },
    ]);
    expect(documents[0]?._aws.CloudWatchMetrics[0]?.Dimensions).toEqual([[], ['Service']]);
  });

  it('writes the reads of each event as single values, a hundred to a line', async () => {
    const documents = await written((telemetry) => {
      for (let event = 0; event < 150; event += 1) telemetry.measure('ReadsPerEvent', event % 5);
      telemetry.measure('ReadsPerEvent', 17);
    });
    const values = documents.flatMap(({ ReadsPerEvent }) => (Array.isArray(ReadsPerEvent) ? ReadsPerEvent : []));
    expect(documents).toHaveLength(2);
    expect(values).toHaveLength(151);
    expect(values.reduce((total, one) => total + one, 0)).toBe(150 * 2 + 17);
  });

  it('writes nothing where nothing was measured', async () => {
    expect(await written(() => {})).toEqual([]);
  });
});
