import { describe, expect, test } from 'vitest';
import { createBench } from './bench.ts';
import { approve, auto, because, state, waiting } from './stories.ts';

describe('never called fixed unread', () => {
  test('a call that returned without effect is taken back, and said so', async () => {
    const bench = await waiting();
    bench.world.onSend = ({ name }) => {
      if (name !== 'write') return 'done';
      bench.world.change('b', { note: 'spoilt' });
      return 'ignored';
    };
    await approve(bench, 'f-1-b');
    await bench.idle();
    expect(bench.world.sent.map(({ name }) => name)).toEqual(['write', 'undo-write']);
    expect([await state(bench), await because(bench)]).toEqual([
      'rolledBack',
      expect.stringMatching(/still fails.*taken back, exactly/),
    ]);
    expect(bench.world.docs.get('b')).toMatchObject({ versioning: 'off', note: '' });
  });

  test('after that the same plan is not tried again by itself, in any mode', async () => {
    const bench = createBench();
    bench.policy = auto;
    bench.world.change('b', { versioning: 'off' });
    bench.world.onSend = () => 'ignored';
    await bench.scan('b', [1]);
    await bench.idle();
    expect(await state(bench)).toBe('rolledBack');
    await bench.scan('b', [1]);
    await bench.idle();
    expect([await state(bench), bench.world.sent.length]).toEqual(['rolledBack', 1]);
    bench.world.change('b', { note: 'new' });
    await bench.scan('b', [1]);
    await bench.idle();
    expect([await state(bench), bench.world.sent.length]).toEqual(['waiting', 1]);
  });

  test('reads that lag behind are waited for', async () => {
    const bench = createBench();
    bench.policy = auto;
    bench.world.change('b', { versioning: 'off' });
    const start = bench.clock.now().getTime();
    bench.world.onSend = () => 'ignored';
    bench.world.onRead = () => {
      if (bench.world.sent.length > 0 && bench.clock.now().getTime() - start > 20_000)
        bench.world.change('b', { versioning: 'on' });
    };
    await bench.scan('b', [1]);
    await bench.idle();
    expect([await state(bench), bench.world.sent.length]).toEqual(['resolved', 1]);
  });

  test('what cannot be read again is left to a person, not undone blindly', async () => {
    const bench = await waiting();
    bench.world.onRead = (what) => {
      if (bench.world.sent.length > 0 && what !== 'settled') throw new Error('AccessDenied');
    };
    await approve(bench, 'f-1-b');
    await bench.idle();
    expect([await state(bench), await because(bench)]).toEqual([
      'needsPerson',
      expect.stringContaining('cannot be read to verify'),
    ]);
    expect(bench.world.sent).toHaveLength(1);
  });

  test('nor is it undone when it cannot be read whether a call has taken effect', async () => {
    const bench = await waiting();
    bench.world.onRead = (what) => {
      if (what === 'settled') throw new Error('AccessDenied');
    };
    await approve(bench, 'f-1-b');
    await bench.idle();
    expect([await state(bench), await because(bench), bench.world.sent.length]).toEqual([
      ...['needsPerson', 'write was made, but whether it has taken effect cannot be read', 1],
    ]);
  });

  test('a refused call is a clear end; nothing else is tried', async () => {
    const bench = await waiting();
    bench.world.onSend = () => {
      throw Object.assign(new Error('not allowed'), {
        name: 'AccessDenied',
        $fault: 'client',
        $metadata: { httpStatusCode: 403, requestId: 'r-no' },
      });
    };
    await approve(bench, 'f-1-b');
    await bench.idle();
    expect([await state(bench), await because(bench)]).toEqual([
      'needsPerson',
      'test PutDoc (write) failed: AccessDenied: not allowed',
    ]);
    const [call] = await bench.store.calls((await bench.record('f-1-b')).plan ?? '');
    expect(call?.outcome).toMatchObject({ status: 'failed', requestId: 'r-no' });
    expect(
      await bench.store.lock(['doc b'], 'anybody', bench.clock.now().toISOString(), bench.clock.now().toISOString()),
    ).toBe(true);
  });

  test('a busy AWS is tried again, also for a call that must not be made twice', async () => {
    const bench = createBench();
    bench.policy = auto;
    bench.world.change('b', {});
    let tries = 0;
    bench.world.onSend = () => {
      tries += 1;
      if (tries < 3)
        throw Object.assign(new Error('slow down'), {
          name: tries === 1 ? 'ThrottlingException' : 'ResourceInUseException',
          $metadata: { httpStatusCode: 400 },
        });
      return 'done';
    };
    await bench.scan('b', [5]);
    await bench.idle();
    expect([await state(bench, 'f-5-b'), tries, bench.world.sent.length]).toEqual(['resolved', 3, 1]);
  });

  test('an answer that got lost is looked for by reading: the call is not made twice', async () => {
    const bench = createBench();
    bench.policy = auto;
    bench.world.change('b', {});
    bench.world.onSend = () => {
      bench.world.change('b', { copies: 1 });
      throw new Error('socket hang up');
    };
    await bench.scan('b', [5]);
    await bench.idle();
    expect([await state(bench, 'f-5-b'), bench.world.docs.get('b')?.copies]).toEqual(['resolved', 1]);
    const [call] = await bench.store.calls((await bench.record('f-5-b')).plan ?? '');
    expect(call).toMatchObject({ attempts: 1, outcome: { status: 'done', inferred: true } });
  });

  test('a second call that fails takes the first one back', async () => {
    const bench = createBench();
    bench.policy = auto;
    bench.world.change('b', {});
    bench.world.onSend = ({ name }) => {
      if (name === 'swap')
        throw Object.assign(new Error('no'), { name: 'InvalidState', $metadata: { httpStatusCode: 400 } });
      return 'done';
    };
    await bench.scan('b', [3]);
    await bench.idle();
    expect(bench.world.sent.map(({ name }) => name)).toEqual(['copy', 'undo-copy']);
    expect([await state(bench, 'f-3-b'), bench.world.docs.get('b')?.copies]).toEqual(['rolledBack', 0]);
  });

  test('a condition that does not come about in time takes everything back', async () => {
    const bench = createBench();
    bench.policy = auto;
    bench.world.change('b', {});
    bench.world.onRead = (what) => {
      bench.world.settled = what !== 'settled' || bench.world.sent.some(({ purpose }) => purpose === 'undo');
    };
    await bench.scan('b', [3]);
    await bench.idle();
    expect(bench.world.sent.map(({ name }) => name)).toEqual(['copy', 'undo-copy']);
    expect([await state(bench, 'f-3-b'), await because(bench, 'f-3-b')]).toEqual([
      'rolledBack',
      expect.stringContaining('did not come about in time'),
    ]);
  });

  test('what AWS cannot undo is left to a person', async () => {
    const bench = createBench();
    bench.world.undoClass = 'none';
    bench.policy = auto;
    bench.world.change('b', { versioning: 'off' });
    bench.world.onSend = () => {
      bench.world.change('b', { note: 'half' });
      return 'ignored';
    };
    await bench.scan('b', [1]);
    await bench.idle();
    expect([await state(bench), await because(bench)]).toEqual([
      'needsPerson',
      expect.stringContaining('no way to take it back'),
    ]);
  });

  test('a rollback never erases what somebody changed in between', async () => {
    const bench = await waiting();
    bench.world.onSend = () => {
      bench.world.change('b', { note: 'half' });
      return 'ignored';
    };
    let reads = 0;
    bench.world.onRead = (what) => {
      if (bench.world.sent.length > 0 && what === 'assess') reads += 1;
      if (reads === 3) bench.world.change('b', { note: 'precious' });
    };
    await approve(bench, 'f-1-b');
    await bench.idle();
    expect(await state(bench)).toBe('needsPerson');
    expect(bench.world.docs.get('b')).toMatchObject({ note: 'precious' });
    expect(bench.world.sent).toHaveLength(1);
  });
});
