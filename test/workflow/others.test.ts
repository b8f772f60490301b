import { describe, expect, test } from 'vitest';
import { createBench } from './bench.ts';
import { approve, auto, because, eventBy, hour, resolved, seen, state, waiting } from './stories.ts';

describe('others', () => {
  test('a finding that somebody sets right is closed, and names them', async () => {
    const bench = await waiting();
    bench.world.change('b', { versioning: 'on' });
    await seen(bench, 'b', [1], eventBy('arn:aws:iam::1:user/bob', 'APN/1.0 HashiCorp/1.0 Terraform/1.9'));
    expect([await state(bench), await because(bench)]).toEqual([
      'resolved',
      'set right by arn:aws:iam::1:user/bob through Terraform',
    ]);
    expect(await approve(bench, 'f-1-b')).toMatchObject({ outcome: 'refused' });
  });

  test('a fight is stopped, and names who keeps changing it', async () => {
    const bench = createBench();
    bench.policy = { ...auto, mostRecurrences: 2 };
    const terraform = eventBy('arn:aws:sts::1:assumed-role/ci/run', 'APN/1.0 HashiCorp/1.0 Terraform/1.9');
    for (let round = 0; round < 4; round += 1) {
      bench.world.change('b', { versioning: 'off' });
      await seen(bench, 'b', [1], terraform);
      await bench.idle();
    }
    expect([await state(bench), bench.world.sent.length]).toEqual(['needsPerson', 3]);
    expect(await because(bench)).toMatch(
      /came back 3 times: arn:aws:sts::1:assumed-role\/ci\/run through Terraform keeps changing it/,
    );
    bench.world.change('b', { note: 'again' });
    await seen(bench, 'b', [1], terraform);
    await bench.idle();
    expect([await state(bench), bench.world.sent.length]).toEqual(['needsPerson', 3]);
  });

  test('a finding that comes back now and then is no fight', async () => {
    const bench = createBench();
    bench.policy = { ...auto, mostRecurrences: 2 };
    for (let round = 0; round < 6; round += 1) {
      bench.world.change('b', { versioning: 'off' });
      await bench.scan('b', [1]);
      await bench.idle();
      expect(await state(bench)).toBe('resolved');
      bench.clock.pass(4 * 24 * hour);
    }
    expect((await bench.record('f-1-b')).machine.context.round).toBe(6);
  });

  test('events of our own calls are known, those of others are not', async () => {
    const bench = await resolved();
    expect(await bench.workflow.isOwnEvent(eventBy('x', 'y', 'r-1'))).toBe(true);
    expect(await bench.workflow.isOwnEvent(eventBy('x', 'y', 'r-2'))).toBe(false);
    expect(await bench.workflow.isOwnEvent({ ...eventBy('x'), requestID: undefined })).toBe(false);
  });

  test('a second finding on the same document is merged into what waits', async () => {
    const bench = await waiting([1]);
    await bench.scan('b', [2]);
    const [one, two] = [await bench.record('f-1-b'), await bench.record('f-2-b')];
    expect(one.plan).toBe(two.plan);
    await approve(bench, 'f-2-b');
    await bench.idle();
    expect([await state(bench), await state(bench, 'f-2-b'), bench.world.sent.length]).toEqual([
      'resolved',
      'resolved',
      1,
    ]);
  });

  test('a verdict that could not be reached closes nothing', async () => {
    const bench = await waiting();
    const { evaluation } = await bench.record('f-1-b');
    await bench.workflow.observed({
      assessment: { evaluations: [{ ...evaluation, verdict: 'unknown', because: 'denied' }], plans: [] },
    });
    expect(await state(bench)).toBe('waiting');
    expect((await bench.record('f-1-b')).evaluation.verdict).toBe('unknown');
  });

  test('judging again goes on until a verdict is reached', async () => {
    const bench = createBench();
    bench.world.change('b', { note: '' });
    await bench.scan('b', [4]);
    await bench.idle();
    expect(await state(bench, 'f-4-b')).toBe('guided');
    bench.world.change('b', { note: 'reviewed' });
    bench.world.unread = [4];
    let reads = 0;
    bench.world.onRead = (what) => {
      if (what === 'assess') reads += 1;
      if (reads > 2) bench.world.unread = [];
    };
    await bench.workflow.decide({ finding: 'f-4-b', decision: 'done', by: 'alice' });
    await bench.idle();
    expect([await state(bench, 'f-4-b'), await bench.workflow.pending()]).toEqual(['resolved', []]);
  });

  test('a resource that is gone closes its finding', async () => {
    const bench = await waiting();
    const { evaluation } = await bench.record('f-1-b');
    await bench.workflow.observed({
      assessment: { evaluations: [{ ...evaluation, verdict: 'skip', because: 'b does not exist' }], plans: [] },
    });
    expect([await state(bench), await because(bench)]).toEqual(['resolved', expect.stringContaining('does not exist')]);
  });
});
