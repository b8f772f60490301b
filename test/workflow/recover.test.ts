import { describe, expect, test } from 'vitest';
import type { Change, Store } from '../../src/store/port.ts';
import { type Bench, createBench, policy } from './bench.ts';

const lost = new Error('socket hang up');

/** A world in which control `control` fails, and in which fixes apply themselves. */
function failing(control: number): Bench {
  const bench = createBench();
  bench.policy = { ...policy, mode: 'auto' };
  bench.world.change('b', control === 1 ? { versioning: 'off' } : {});
  return bench;
}

async function fix(bench: Bench, control: number) {
  await bench.scan('b', [control]);
  await bench.idle();
  const record = await bench.record(`f-${control}-b`);
  const calls = await bench.store.calls(record.history.findLast(({ to }) => to === 'applying')?.plan ?? '');
  return { record, calls, because: record.machine.context.because };
}

/** Loses the answer of a call, after (or before) it was done, `times` times. */
function lose(bench: Bench, name: string, times: number, done: () => void = () => {}): void {
  let left = times;
  bench.world.onSend = (call) => {
    if (call.name !== name || left === 0) return 'done';
    left -= 1;
    done();
    throw lost;
  };
}

test('a write that did not happen is made again', async () => {
  const bench = failing(1);
  lose(bench, 'write', 1);
  const { record, calls } = await fix(bench, 1);
  expect([record.state, bench.world.sent.length]).toEqual(['resolved', 1]);
  expect(calls).toMatchObject([{ attempts: 2, outcome: { status: 'done', inferred: false } }]);
});

test('a write that happened is not made again', async () => {
  const bench = failing(1);
  lose(bench, 'write', 1, () => bench.world.change('b', { versioning: 'on' }));
  const { record, calls } = await fix(bench, 1);
  expect([record.state, bench.world.sent.length]).toEqual(['resolved', 0]);
  expect(calls).toMatchObject([{ attempts: 1, outcome: { status: 'done', inferred: true, requestId: null } }]);
  expect(record.machine.context.fixedByUs).toBe(true);
});

test('a document that somebody else changed meanwhile is not written over: it is planned again', async () => {
  const bench = failing(1);
  lose(bench, 'write', 1, () => bench.world.change('b', { note: 'precious' }));
  const { record } = await fix(bench, 1);
  expect(record.history.map(({ to }) => to)).toContain('superseded');
  expect(record.state).toBe('resolved');
  expect(bench.world.docs.get('b')).toMatchObject({ versioning: 'on', note: 'precious' });
});

describe('a whole document among several steps, in doubt', () => {
  const swapping = (done: (bench: Bench) => void): Bench => {
    const bench = failing(3);
    bench.world.documents = { swap: 'active' };
    lose(bench, 'swap', 1, () => done(bench));
    return bench;
  };

  test('is not written over what somebody else made of it', async () => {
    const bench = swapping(({ world }) => world.change('b', { active: 'theirs' }));
    const { record, because } = await fix(bench, 3);
    expect(bench.world.docs.get('b')?.active).toBe('theirs');
    expect(because).toContain('it was not written over');
    expect(record.machine.context.stuck).toBe('failed');
  });

  test('is written again where it is as it was seen', async () => {
    const bench = swapping(() => {});
    expect((await fix(bench, 3)).record.state).toBe('resolved');
    expect(bench.world.docs.get('b')?.active).toBe('copy');
  });
});

test('a write in doubt is judged when the resource can be judged again, not before', async () => {
  const bench = failing(1);
  lose(bench, 'write', 1, () => {
    bench.world.change('b', { versioning: 'on' });
    bench.world.unread = [1];
  });
  await bench.scan('b', [1]);
  let rounds = 0;
  bench.world.onRead = (what) => {
    if (what !== 'assess') return;
    rounds += 1;
    if (rounds > 2) bench.world.unread = [];
  };
  await bench.idle();
  const { state, machine } = await bench.record('f-1-b');
  expect([state, machine.context.fixedByUs, bench.world.sent.length]).toEqual(['resolved', true, 0]);
});

test('a call that must not be repeated is made again only when reading proves that it did not happen', async () => {
  const bench = failing(5);
  lose(bench, 'copy', 1);
  const start = bench.clock.now().getTime();
  const { record } = await fix(bench, 5);
  expect([record.state, bench.world.docs.get('b')?.copies]).toEqual(['resolved', 1]);
  // Reads lag behind writes: it was not judged at once.
  expect(bench.clock.now().getTime() - start).toBeGreaterThanOrEqual(15_000);
});

test.each([
  ['happened', (bench: Bench) => bench.world.change('b', { copies: 1 })],
  ['did not happen', () => {}],
])('one whose effect need not show goes to a person, whether it %s', async (_, done) => {
  const bench = failing(3);
  lose(bench, 'copy', 1, () => done(bench));
  const { record, because } = await fix(bench, 3);
  expect(record.state).toBe('needsPerson');
  expect(because).toMatch(/interrupted while it made test CreateCopy \(copy\).*must not be made twice/);
  expect(bench.world.sent).toEqual([]);
});

test('a later call that may be repeated is repeated, with what the earlier one answered', async () => {
  const bench = failing(3);
  lose(bench, 'swap', 2);
  const { record } = await fix(bench, 3);
  expect([record.state, bench.world.sent.map(({ name }) => name)]).toEqual(['resolved', ['copy', 'swap']]);
});

test('one that never gets an answer ends, and says that nothing was done', async () => {
  const bench = failing(1);
  lose(bench, 'write', 99);
  const { record, calls, because } = await fix(bench, 1);
  expect([record.state, because]).toEqual(['needsPerson', 'test PutDoc (write) failed: socket hang up']);
  expect(calls).toMatchObject([{ attempts: 4, outcome: { status: 'failed' } }]);
});

test('when it cannot be read, nothing is decided until it can', async () => {
  const bench = failing(1);
  lose(bench, 'write', 1, () => {
    bench.world.onRead = () => {
      throw new Error('no network');
    };
  });
  const { record } = await fix(bench, 1);
  expect([record.state, bench.world.sent]).toEqual(['applying', []]);
  bench.world.onRead = () => {};
  bench.clock.pass(3_600_000);
  await bench.idle();
  expect([(await bench.record('f-1-b')).state, bench.world.sent.length]).toEqual(['resolved', 1]);
});

test('a worker that lost its lease makes no further call', async () => {
  const bench = failing(3);
  const { world, store, clock } = bench;
  bench.world.onSend = ({ name }) => {
    if (name !== 'copy') return 'done';
    // Another worker takes the effect over while the call is on its way.
    clock.pass(600_000);
    void store.effects().then(async (effects) => {
      const effect = effects.find(({ kind }) => kind === 'apply');
      const worker = { id: 'w9', host: 'there', pid: 9 };
      if (effect) await store.leaseEffect(effect, { worker, until: '2027-01-01T00:00:00.000Z' });
    });
    return 'done';
  };
  await bench.scan('b', [3]);
  await bench.idle();
  expect(world.sent.map(({ name }) => name)).toEqual(['copy']);
  expect((await bench.pending('apply'))[0]?.lease?.worker.id).toBe('w9');
});

test('a finding that time has led out of applying gets no further call', async () => {
  const bench = failing(3);
  bench.world.onRead = (what) => {
    bench.world.settled = what !== 'settled';
  };
  bench.settings = { times: { settle: { every: 60_000, most: 48 * 3_600_000 }, idle: 3_600_000 } };
  bench.clock.pass(0);
  await bench.scan('b', [3]);
  await bench.idle();
  expect((await bench.record('f-3-b')).state).toBe('needsPerson');
  expect(bench.world.sent.map(({ name }) => name)).toEqual(['copy']);
  expect(await bench.store.effects()).toEqual([]);
});

/** A store in which something happens right before a commit of a certain kind. */
function before(
  store: Store,
  kind: Change['kind'],
  fits: (change: Change) => boolean,
  happen: () => Promise<unknown>,
): Store {
  let happened = false;
  return {
    ...store,
    commit: async (changes) => {
      if (!happened && changes.some((change) => change.kind === kind && fits(change))) {
        happened = true;
        await happen();
      }
      return store.commit(changes);
    },
  };
}

test('nor does one that loses it at the very last moment', async () => {
  const bench = failing(3);
  const isSecond = (change: Change) => change.kind === 'intent' && change.call.step === 1;
  const store = before(bench.store, 'intent', isSecond, async () => {
    const effect = (await bench.store.effects()).find(({ kind }) => kind === 'apply');
    const worker = { id: 'w9', host: 'there', pid: 9 };
    if (effect) await bench.store.leaseEffect(effect, { worker, until: '2027-01-01T00:00:00.000Z' });
  });
  await bench.scan('b', [3]);
  await bench.another({ store }).run({ untilIdle: true });
  expect(bench.world.sent.map(({ name }) => name)).toEqual(['copy']);
});

test('an approval that comes while the last one is being dismissed is not lost', async () => {
  const bench = createBench();
  bench.world.change('b', { versioning: 'off' });
  await bench.scan('b', [1]);
  const decide = (decision: 'approve' | 'deny') => bench.workflow.decide({ finding: 'f-1-b', decision, by: 'alice' });
  await decide('approve');
  await decide('deny');
  const isApply = (change: Change) => change.kind === 'effectDone' && change.key.startsWith('apply:');
  const store = before(bench.store, 'effectDone', isApply, async () => {
    const assessment = await bench.world.remediator.assess(bench.world.resource('b'), [1]);
    await bench.workflow.observed({ assessment, reopen: true });
    await decide('approve');
  });
  await bench.another({ store }).run({ untilIdle: true });
  expect((await bench.record('f-1-b')).state).toBe('resolved');
});

test('nor one whose time is up right before the call', async () => {
  const bench = failing(3);
  bench.settings = { times: { states: { applying: 60_000, needsPerson: 3_600_000 } } };
  const isSecond = (change: Change) => change.kind === 'intent' && change.call.step === 1;
  const store = before(bench.store, 'intent', isSecond, async () => {
    bench.clock.pass(61_000);
    await bench.another({ workerId: 'w2', isAlive: () => true }).run({ untilIdle: true });
  });
  await bench.scan('b', [3]);
  await bench.another({ store }).run({ untilIdle: true });
  expect((await bench.record('f-3-b')).state).toBe('needsPerson');
  expect(bench.world.sent.map(({ name }) => name)).toEqual(['copy']);
});
