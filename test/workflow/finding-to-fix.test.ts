import { describe, expect, test } from 'vitest';
import { verifyAudit } from '../../src/audit.ts';
import { createBench, policy } from './bench.ts';
import { approve, auto, because, state, waiting } from './stories.ts';

describe('from finding to fix', () => {
  test('an approved plan is applied, verified and only then resolved', async () => {
    const bench = await waiting([1, 2]);
    bench.world.change('b', {});
    const first = await bench.record('f-1-b');
    expect((await bench.record('f-2-b')).plan).toBe(first.plan);
    expect(bench.notifier.asked).toEqual([first.plan]);
    expect(bench.world.sent).toEqual([]);
    const digest = first.machine.context.plan?.digest;
    expect(await approve(bench, 'f-1-b', 'alice', digest)).toMatchObject({ outcome: 'accepted' });
    await bench.idle();
    expect(bench.world.docs.get('b')).toMatchObject({ versioning: 'on', encryption: 'kms' });
    expect(bench.world.sent).toHaveLength(1);
    for (const id of ['f-1-b', 'f-2-b']) {
      const { history } = await bench.record(id);
      expect(history.map(({ to }) => to)).toEqual([
        'judged',
        'waiting',
        'approved',
        'applying',
        'verifying',
        'resolved',
      ]);
    }
    expect(
      bench.notifier.changes
        .flatMap(({ events }) => events)
        .filter(({ finding }) => finding === 'f-1-b')
        .map(({ type }) => type),
    ).toEqual([...['judged', 'waiting', 'approved', 'applying', 'verifying', 'resolved']]);
    expect(await bench.store.effects()).toEqual([]);
    expect(await bench.store.calls(first.plan ?? '')).toMatchObject([
      { name: 'write', attempts: 1, outcome: { status: 'done', requestId: 'r-1', inferred: false } },
    ]);
    expect(await verifyAudit(bench.store)).toMatchObject({ ok: true });
  });

  test('in dry-run a finding stops as proposed, and starts when a configuration applies', async () => {
    const bench = createBench();
    bench.policy = { ...auto, apply: false };
    bench.world.change('b', { versioning: 'off' });
    await bench.scan('b', [1]);
    await bench.idle();
    expect(await state(bench)).toBe('proposed');
    expect(await approve(bench, 'f-1-b')).toMatchObject({ outcome: 'refused' });
    expect(bench.world.sent).toEqual([]);
    bench.policy = auto;
    await bench.scan('b', [1]);
    await bench.idle();
    expect(await state(bench)).toBe('resolved');
  });

  test('a configuration that is taken back before the start applies nothing', async () => {
    const bench = await waiting();
    await approve(bench, 'f-1-b');
    bench.policy = { ...policy, apply: false };
    await bench.idle();
    expect(await state(bench)).toBe('proposed');
    expect(bench.world.sent).toEqual([]);
  });

  test('a door that refuses leaves the finding with a person, and nothing written', async () => {
    const bench = await waiting();
    bench.world.dryRun = true;
    await approve(bench, 'f-1-b');
    await bench.idle();
    expect([await state(bench), await because(bench)]).toEqual([
      'needsPerson',
      expect.stringMatching(/nothing was written: dry-run/),
    ]);
    expect(bench.world.sent).toEqual([]);
  });

  test('a plan without its parameters calls a person, and goes on when they are set', async () => {
    const bench = createBench();
    bench.policy = auto;
    bench.world.missing = ['logBucket'];
    bench.world.change('b', { versioning: 'off' });
    await bench.scan('b', [1]);
    expect([await state(bench), await because(bench)]).toEqual(['needsPerson', expect.stringContaining('logBucket')]);
    bench.world.missing = [];
    await bench.scan('b', [1]);
    await bench.idle();
    expect(await state(bench)).toBe('resolved');
  });

  test('a runbook is offered, marked done, and judged by the detector', async () => {
    const bench = createBench();
    bench.world.change('b', {});
    await bench.scan('b', [4]);
    await bench.idle();
    expect(bench.notifier.asked).toHaveLength(1);
    expect(await approve(bench, 'f-4-b')).toMatchObject({ outcome: 'refused' });
    await bench.workflow.decide({ finding: 'f-4-b', decision: 'done', by: 'alice' });
    await bench.idle();
    expect([await state(bench, 'f-4-b'), bench.notifier.asked.length]).toEqual(['guided', 2]);
    bench.world.change('b', { note: 'reviewed' });
    await bench.workflow.decide({ finding: 'f-4-b', decision: 'done', by: 'alice' });
    await bench.idle();
    expect(await state(bench, 'f-4-b')).toBe('resolved');
    expect(bench.world.sent).toEqual([]);
  });

  test('findings that only pass leave nothing behind', async () => {
    const bench = createBench();
    expect(await bench.scan('b', [1, 2])).toEqual([]);
    expect(await bench.store.findings()).toEqual([]);
  });
});
