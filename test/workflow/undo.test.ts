import { describe, expect, test } from 'vitest';
import type { Bench } from './bench.ts';
import { because, resolved, state, waiting } from './stories.ts';

describe('undo', () => {
  const undo = (bench: Bench) => bench.workflow.decide({ finding: 'f-1-b', decision: 'undo', by: 'alice' });

  test('it brings the old state back, exactly, and the fix does not come back by itself', async () => {
    const bench = await resolved();
    expect(await undo(bench)).toMatchObject({ outcome: 'accepted' });
    await bench.idle();
    expect(bench.world.docs.get('b')).toMatchObject({ versioning: 'off' });
    expect(await state(bench)).toBe('rolledBack');
    expect(await undo(bench)).toMatchObject({ outcome: 'refused' });
    await bench.scan('b', [1]);
    await bench.idle();
    expect([await state(bench), bench.world.docs.get('b')?.versioning]).toEqual(['rolledBack', 'off']);
  });

  test('it is refused when somebody changed the resource since', async () => {
    const bench = await resolved();
    bench.world.change('b', { note: 'precious' });
    expect(await undo(bench)).toMatchObject({
      outcome: 'refused',
      because: expect.stringContaining('Somebody changed b'),
    });
    await bench.idle();
    expect(bench.world.docs.get('b')).toMatchObject({ versioning: 'on', note: 'precious' });
  });

  test('also when the change comes between the word and the write', async () => {
    const bench = await resolved();
    await undo(bench);
    bench.world.change('b', { note: 'precious' });
    await bench.idle();
    expect([await state(bench), await because(bench)]).toEqual([
      'resolved',
      expect.stringContaining('Somebody changed b'),
    ]);
    expect(bench.world.docs.get('b')).toMatchObject({ versioning: 'on', note: 'precious' });
  });

  test('an undo in doubt is not made again over a change of somebody else', async () => {
    const bench = await resolved();
    const before = bench.world.sent.length;
    let isFirst = true;
    bench.world.onSend = () => {
      if (!isFirst) return 'done';
      isFirst = false;
      bench.world.change('b', { note: 'precious' });
      throw new Error('socket hang up');
    };
    await undo(bench);
    await bench.idle();
    expect(bench.world.docs.get('b')).toMatchObject({ note: 'precious' });
    expect(bench.world.sent.length).toBe(before);
    expect([await state(bench), await because(bench)]).toEqual([
      'needsPerson',
      expect.stringContaining('changed by somebody else'),
    ]);
  });

  test('a finding that is not resolved has nothing to undo', async () => {
    expect(await undo(await waiting())).toMatchObject({
      outcome: 'refused',
      because: expect.stringContaining('nothing to undo'),
    });
  });

  test('an undo that does not lead back calls a person', async () => {
    const bench = await resolved();
    bench.world.onSend = () => 'ignored';
    await undo(bench);
    await bench.idle();
    expect([await state(bench), await because(bench)]).toEqual([
      'needsPerson',
      expect.stringContaining('not what it was before'),
    ]);
  });
});
