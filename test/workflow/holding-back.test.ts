import { describe, expect, test } from 'vitest';
import { createBench } from './bench.ts';
import { approve, auto, because, hour, minute, resolved, state, waiting } from './stories.ts';

describe('holding back', () => {
  test('the stop switch holds every write, and says so; then it goes on', async () => {
    const bench = await waiting();
    await approve(bench, 'f-1-b');
    await bench.workflow.stop('carol', 'incident 7');
    await bench.idle();
    expect([await state(bench), await because(bench)]).toEqual(['approved', 'every write is held: incident 7 (carol)']);
    expect(bench.world.sent).toEqual([]);
    await bench.workflow.resume('carol', 'over');
    bench.clock.pass(2 * minute);
    await bench.idle();
    expect(await state(bench)).toBe('resolved');
  });

  test('thrown in the middle, it holds the next call; the plan is finished afterwards', async () => {
    const bench = createBench();
    bench.policy = auto;
    bench.world.change('b', {});
    const { workflow } = bench;
    bench.world.onRead = (what) => {
      if (what === 'settled' && bench.world.sent.length === 1) void workflow.stop('carol', 'incident');
    };
    await bench.scan('b', [3]);
    await bench.idle();
    expect([await state(bench, 'f-3-b'), bench.world.sent.length]).toEqual(['applying', 1]);
    bench.world.onRead = () => {};
    await bench.workflow.resume('carol', 'over');
    bench.clock.pass(2 * minute);
    await bench.idle();
    expect([await state(bench, 'f-3-b'), bench.world.sent.map(({ name }) => name)]).toEqual([
      'resolved',
      ['copy', 'swap'],
    ]);
  });

  test('the stop switch holds undo and rollback, too', async () => {
    const bench = await resolved();
    await bench.workflow.stop('carol', 'incident');
    await bench.workflow.decide({ finding: 'f-1-b', decision: 'undo', by: 'alice' });
    await bench.idle();
    expect([await state(bench), bench.world.docs.get('b')?.versioning]).toEqual(['rollingBack', 'on']);
  });

  test('held for too long, an approval lapses', async () => {
    const bench = await waiting();
    await approve(bench, 'f-1-b');
    await bench.workflow.stop('carol', 'incident');
    await bench.idle();
    bench.clock.pass(25 * hour);
    await bench.idle();
    await bench.workflow.resume('carol', 'over');
    bench.clock.pass(hour);
    await bench.idle();
    expect([await state(bench), bench.world.sent]).toEqual(['expired', []]);
  });

  test.each([
    ['control', { perControl: 2, perAccount: 100 }, 'for control 1'],
    ['account', { perControl: 100, perAccount: 2 }, 'for account 123456789012'],
  ])('the limit per %s and hour holds the third write until the next hour', async (_, limits, text) => {
    const bench = createBench();
    bench.policy = { ...auto, limits };
    for (const id of ['a', 'b', 'c']) {
      bench.world.change(id, { versioning: 'off' });
      await bench.scan(id, [1]);
    }
    await bench.idle();
    const fixed = () => ['a', 'b', 'c'].filter((id) => bench.world.docs.get(id)?.versioning === 'on');
    expect(fixed()).toHaveLength(2);
    const [held] = await bench.store.findings({ states: ['approved'] });
    expect(held?.machine.context.because).toContain(text);
    bench.clock.pass(hour);
    await bench.idle();
    expect(fixed()).toHaveLength(3);
  });

  test('a document that another plan writes to is waited for', async () => {
    const bench = createBench();
    bench.policy = auto;
    bench.world.change('b', { versioning: 'off', encryption: 'none' });
    await bench.store.lock(['doc b'], 'somebody', bench.clock.now().toISOString(), '2026-11-23T10:00:10.000Z');
    await bench.scan('b', [1]);
    await bench.idle();
    expect(bench.world.docs.get('b')?.versioning).toBe('on');
    expect(bench.clock.now().getTime()).toBeGreaterThanOrEqual(new Date('2026-11-23T10:00:10.000Z').getTime());
  });

  test.each(['stopSwitch', 'exemptions', 'lock', 'plan', 'finding', 'calls'] as const)(
    'when %s cannot be read nothing is written',
    async (what) => {
      const bench = await waiting();
      await approve(bench, 'f-1-b');
      const broken = new Proxy(bench.store, {
        get: (target, name) =>
          name === what ? () => Promise.reject(new Error(`${what} is out of reach`)) : Reflect.get(target, name),
      });
      await bench.another({ store: broken }).run({ untilIdle: true });
      expect(bench.world.sent).toEqual([]);
      bench.clock.pass(hour);
      await bench.idle();
      expect(await state(bench)).toBe('resolved');
    },
  );

  test('a resource that cannot be read is not written', async () => {
    const bench = await waiting();
    await approve(bench, 'f-1-b');
    bench.world.onRead = () => {
      throw new Error('throttled');
    };
    await bench.idle();
    expect([await state(bench), bench.world.sent]).toEqual(['approved', []]);
    bench.world.onRead = () => {};
    bench.clock.pass(hour);
    await bench.idle();
    expect(await state(bench)).toBe('resolved');
  });
});
