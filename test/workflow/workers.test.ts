import { describe, expect, test } from 'vitest';
import { createBench } from './bench.ts';
import { approve, auto, hour, state, waiting } from './stories.ts';

describe('notices', () => {
  test('a notifier that fails blocks no fix, and is told again', async () => {
    const bench = await waiting();
    let down = true;
    const flaky = {
      ...bench.notifier,
      changed: async () => {
        if (down) throw new Error('chat is down');
      },
    };
    const workflow = bench.another({ notifier: flaky });
    await approve(bench, 'f-1-b');
    await workflow.run({ untilIdle: true });
    expect(await state(bench)).toBe('resolved');
    expect((await bench.pending('changed')).length).toBeGreaterThan(0);
    down = false;
    bench.clock.pass(hour);
    await workflow.run({ untilIdle: true });
    expect(await bench.store.effects()).toEqual([]);
  });

  test('one that fails for days is given up, and the audit trail says so', async () => {
    const bench = await waiting();
    const broken = { ...bench.notifier, changed: () => Promise.reject(new Error('gone')) };
    await approve(bench, 'f-1-b');
    const workflow = bench.another({ notifier: broken });
    await workflow.run({ untilIdle: true });
    bench.clock.pass(4 * 24 * hour);
    await workflow.run({ untilIdle: true });
    expect(await bench.pending('changed')).toEqual([]);
    expect(JSON.stringify(await bench.store.auditRows(0, 99))).toContain('changed given up');
  });

  test('nobody is asked about a plan that is out of date', async () => {
    const bench = createBench();
    bench.world.change('b', { versioning: 'off' });
    await bench.scan('b', [1]);
    bench.world.change('b', { note: 'x' });
    await bench.scan('b', [1]);
    await bench.idle();
    expect(bench.notifier.asked).toEqual([(await bench.record('f-1-b')).plan]);
  });
});

describe('several workers', () => {
  test('two drivers on one store make each call once', async () => {
    const bench = createBench();
    bench.policy = auto;
    const ids = Array.from({ length: 10 }, (_, n) => `b${n}`);
    for (const id of ids) {
      bench.world.change(id, { versioning: 'off' });
      await bench.scan(id, [1]);
    }
    const both = [1, 2].map((pid) => bench.another({ workerId: `w${pid}`, pid, isAlive: () => true }));
    await Promise.all(both.map((workflow) => workflow.run({ untilIdle: true })));
    expect(bench.world.sent).toHaveLength(ids.length);
    expect((await bench.store.findings({ states: ['resolved'] })).length).toBe(ids.length);
  });

  test('a run that is told to end puts its work back, for the next', async () => {
    const bench = createBench();
    bench.policy = auto;
    bench.world.change('b', {});
    const stop = new AbortController();
    bench.world.onRead = (what) => {
      if (what === 'settled') stop.abort();
    };
    await bench.scan('b', [3]);
    await bench.workflow.run({ untilIdle: false, signal: stop.signal });
    bench.world.onRead = () => {};
    await bench.idle();
    expect([await state(bench, 'f-3-b'), bench.world.sent.map(({ name }) => name)]).toEqual([
      'resolved',
      ['copy', 'swap'],
    ]);
  });
});
