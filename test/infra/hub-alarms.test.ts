import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { assumed } from '../../src/docs/costs/markdown.ts';
import { alarms } from '../../src/telemetry/alarms.ts';
import { metrics } from '../../src/telemetry/metrics.ts';
import { finder, listOf, type Part, reader, stacks } from './stacks.ts';

const { hub } = stacks();
const resources = reader(hub);
const only = finder(resources);

describe('alarms', () => {
  const made = resources('AWS::CloudWatch::Alarm').map(({ properties }) => properties);
  const headings = (): readonly string[] =>
    readFileSync(new URL('../../docs/alarms.md', import.meta.url), 'utf8')
      .split('\n')
      .flatMap((line) => /^#{2,3} `?([\w-]+)`?$/.exec(line)?.[1] ?? []);

  it.each(alarms.map(({ name }) => name))('%s is made, tells somebody, and has a runbook', (name) => {
    const own = made.filter(({ AlarmDescription }) => AlarmDescription.endsWith(`docs/alarms.md#${name}`));
    expect(own.length).toBeGreaterThan(0);
    for (const { AlarmActions } of own) expect(AlarmActions).toHaveLength(1);
    expect(headings()).toContain(name);
  });

  it('of the table add up operations that nothing failed in as nothing', () => {
    const sums = made.flatMap(({ Metrics }) => listOf<Part>(Metrics)).flatMap(({ Expression }) => Expression ?? []);
    expect(sums).toHaveLength(2);
    for (const sum of sums) expect(sum).toMatch(/^SUM\(\[FILL\(\w+, 0\)(, FILL\(\w+, 0\))+\]\)$/);
  });

  it('and functions cost no more than the page about costs assumes', () => {
    const metricsOf = ({ Metrics }: Part): number =>
      Metrics === undefined ? 1 : listOf<Part>(Metrics).filter(({ MetricStat }) => MetricStat !== undefined).length;
    expect(made.reduce((sum, alarm) => sum + metricsOf(alarm), 0)).toBeLessThanOrEqual(assumed.alarms);
    for (const { properties } of resources('AWS::Lambda::Function')) {
      expect(properties.MemorySize).toBeLessThanOrEqual(1024 * assumed.memoryGigabytes);
    }
  });

  it('watch every dead-letter queue, function and rule', () => {
    const dimensions = JSON.stringify(made.map(({ Dimensions }) => Dimensions));
    const dead = resources('AWS::SQS::Queue').filter(({ properties }) => !properties.RedrivePolicy);
    for (const { id } of dead) expect(dimensions).toContain(id);
    for (const { properties } of resources('AWS::Lambda::Function'))
      expect(dimensions).toContain(properties.FunctionName);
    for (const { properties } of resources('AWS::Events::Rule')) expect(dimensions).toContain(properties.Name);
  });
});

it('the dashboard shows every metric', () => {
  const body = JSON.stringify(only('AWS::CloudWatch::Dashboard').properties.DashboardBody);
  for (const name of Object.keys(metrics)) expect(body).toContain(name);
});
