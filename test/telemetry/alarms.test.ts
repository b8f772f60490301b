import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { operationsMarkdown } from '../../src/docs/operations.ts';
import { alarms } from '../../src/telemetry/alarms.ts';
import { type Metric, metrics } from '../../src/telemetry/metrics.ts';

const runbooks = await readFile(new URL('../../docs/alarms.md', import.meta.url), 'utf8');
const headings = [...runbooks.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);

describe('alarms', () => {
  it('have a runbook each, in their order, and no runbook is without its alarm', () => {
    expect(headings).toEqual(alarms.map(({ name }) => name));
  });

  it.each(alarms.map((alarm) => [alarm.name, alarm] as const))(
    '%s: the runbook says how soon, what to look at, when to escalate',
    (name, { urgency }) => {
      const [, runbook = ''] = new RegExp(`^## ${name}\n([^]*?)(?=^## |(?![^]))`, 'm').exec(runbooks) ?? [];
      expect(runbook).toContain(urgency === 'page' ? '**Page.**' : '**Ticket.**');
      expect(runbook).toMatch(/^1\. /m);
      expect(runbook).toContain('**Escalate**');
    },
  );

  it('are named by runbooks only where there are any', () => {
    const linked = [...runbooks.matchAll(/\]\(#([\w-]+)\)/g)].map(([, anchor]) => anchor);
    expect(linked.filter((anchor) => !headings.includes(anchor))).toEqual([]);
  });

  it('are about metrics that are measured, by dimensions that they have', () => {
    for (const { source } of alarms) {
      if (source.from !== 'redress') continue;
      const { dimensions }: Metric = metrics[source.metric];
      expect(dimensions.map((set) => [...set].sort())).toContainEqual(Object.keys(source.dimensions).sort());
    }
  });

  it('need no more time than CloudWatch looks back', () => {
    // A day for periods below an hour, a week for longer ones (CloudWatch User Guide, "Evaluating an alarm").
    for (const { periodSeconds, periods, datapoints } of alarms) {
      expect(periodSeconds * periods).toBeLessThanOrEqual(periodSeconds < 3600 ? 86_400 : 7 * 86_400);
      expect(datapoints).toBeLessThanOrEqual(periods);
    }
  });

  it('and metrics are all on the page about operations', () => {
    const page = operationsMarkdown();
    for (const name of [...Object.keys(metrics), ...alarms.map((alarm) => alarm.name)])
      expect(page).toContain(`\`${name}\``);
  });
});
