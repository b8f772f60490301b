import { expect, test } from 'vitest';
import { createBench, policy } from './bench.ts';

test('a run for some findings leaves other findings, and every notice, to the bot', async () => {
  const bench = createBench();
  bench.policy = { ...policy, mode: 'auto' };
  for (const id of ['a', 'b']) {
    bench.world.change(id, { versioning: 'off' });
    await bench.scan(id, [1]);
  }

  await bench.workflow.run({ untilIdle: true, findings: ['f-1-a'] });
  expect([(await bench.record('f-1-a')).state, (await bench.record('f-1-b')).state]).toEqual(['resolved', 'approved']);
  expect(bench.world.docs.get('b')?.versioning).toBe('off');
  expect(bench.notifier.changes).toEqual([]);
  expect(await bench.pending('changed')).not.toEqual([]);

  await bench.idle();
  expect((await bench.record('f-1-b')).state).toBe('resolved');
  expect(new Set(bench.notifier.changes.map(({ finding }) => finding.id))).toEqual(new Set(['f-1-a', 'f-1-b']));
});
