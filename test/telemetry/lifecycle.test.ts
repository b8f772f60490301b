import { describe, expect, it } from 'vitest';
import { countingNotifier } from '../../src/telemetry/measured.ts';
import { noTelemetry } from '../../src/telemetry/port.ts';
import { createBench } from '../workflow/bench.ts';

/** What is counted while something happens to one finding. */
async function counted(story: (bench: ReturnType<typeof createBench>) => Promise<void>): Promise<readonly string[]> {
  const metrics: string[] = [];
  const bench = createBench();
  await story(bench);
  const notifier = countingNotifier({ ...noTelemetry, measure: (metric) => void metrics.push(metric) });
  for (const { finding, events } of bench.notifier.changes) await notifier.changed(finding, events);
  await bench.store.close();
  return metrics;
}

async function approved(bench: ReturnType<typeof createBench>, control: number): Promise<string> {
  bench.world.change('a', { versioning: 'off', active: 'original' });
  const [record] = await bench.scan('a', [control]);
  const { id = '', plan } = record ?? {};
  const { digest } = (await bench.store.plan(plan ?? ''))?.plan ?? { digest: '' };
  await bench.workflow.decide({ decision: 'approve', finding: id, digest, by: 'alice' });
  await bench.idle();
  return id;
}

describe('what becomes of a finding is counted', () => {
  it('asked and applied', async () => {
    expect(await counted((bench) => approved(bench, 1).then(() => {}))).toEqual(['Asked', 'Applied']);
  });

  it('refused before anything was written: failed, and nothing is stuck', async () => {
    const metrics = await counted(async (bench) => {
      bench.world.onSend = () => {
        throw Object.assign(new Error('no'), {
          name: 'AccessDenied',
          $metadata: { httpStatusCode: 403 },
          $fault: 'client',
        });
      };
      await approved(bench, 1);
    });
    expect(metrics).toEqual(['Asked', 'Failed']);
  });

  it('made without effect: failed, and taken back', async () => {
    const metrics = await counted(async (bench) => {
      bench.world.onSend = (call) => (call.name.startsWith('undo') ? 'done' : 'ignored');
      await approved(bench, 1);
    });
    expect(metrics).toEqual(['Asked', 'Failed', 'Undone']);
  });

  it('changed by somebody before it could be taken back: stuck', async () => {
    const metrics = await counted(async (bench) => {
      bench.world.onSend = () => {
        bench.world.change('a', { note: 'somebody was here' });
        return 'ignored';
      };
      await approved(bench, 1);
    });
    expect(metrics).toEqual(['Asked', 'Failed', 'Failed', 'Stuck']);
  });
});
