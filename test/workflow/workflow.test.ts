import { expect, test } from 'vitest';
import { verifyAudit } from '../../src/audit.ts';
import { createBench, policy } from './bench.ts';

test('an approved plan is applied, verified and only then resolved', async () => {
  const bench = createBench();
  bench.world.change('b', { versioning: 'off', encryption: 'none', note: 'mine' });
  const [first, second] = await bench.scan('b', [1, 2]);
  expect([first?.state, second?.state]).toEqual(['waiting', 'waiting']);
  expect(first?.plan).toBe(second?.plan);
  await bench.idle();
  expect(bench.notifier.asked).toEqual([first?.plan]);
  expect(bench.world.sent).toEqual([]);

  const digest = first?.machine.context.plan?.digest ?? '';
  const decided = await bench.workflow.decide({ finding: 'f-1-b', digest, decision: 'approve', by: 'alice' });
  expect(decided).toMatchObject({ outcome: 'accepted' });
  await bench.idle();
  expect(bench.world.docs.get('b')).toMatchObject({ versioning: 'on', encryption: 'kms', note: 'mine' });
  expect(bench.world.sent).toHaveLength(1);
  for (const id of ['f-1-b', 'f-2-b']) {
    const record = await bench.record(id);
    expect(record.state).toBe('resolved');
    expect(record.history.map(({ to }) => to)).toEqual([
      'judged',
      'waiting',
      'approved',
      'applying',
      'verifying',
      'resolved',
    ]);
  }
  expect(await bench.store.effects()).toEqual([]);
  expect(await verifyAudit(bench.store)).toMatchObject({ ok: true });
});

test('undo brings the old state back, exactly', async () => {
  const bench = createBench();
  bench.policy = { ...policy, mode: 'auto' };
  bench.world.change('b', { versioning: 'off' });
  const before = bench.world.docs.get('b');
  await bench.scan('b', [1, 2]);
  await bench.idle();
  expect((await bench.record('f-1-b')).state).toBe('resolved');
  expect(await bench.workflow.decide({ finding: 'f-1-b', decision: 'undo', by: 'alice' })).toMatchObject({
    outcome: 'accepted',
  });
  await bench.idle();
  expect(bench.world.docs.get('b')).toEqual(before);
  expect((await bench.record('f-1-b')).state).toBe('rolledBack');
});
