import { describe, expect, test } from 'vitest';
import { createBench, policy } from './bench.ts';
import { approve, because, hour, state, waiting } from './stories.ts';

describe('approval', () => {
  test('a stale digest is refused, and says what to do', async () => {
    const bench = await waiting();
    const old = (await bench.record('f-1-b')).machine.context.plan?.digest;
    bench.world.change('b', { note: 'changed' });
    await bench.scan('b', [1]);
    await bench.idle();
    expect(await approve(bench, 'f-1-b', 'alice', old)).toMatchObject({
      outcome: 'refused',
      because: expect.stringMatching(/has changed since.*decide again/),
    });
    expect(await state(bench)).toBe('waiting');
    expect(bench.notifier.asked).toHaveLength(2);
    expect((await bench.record('f-1-b')).history.map(({ to }) => to)).toEqual([
      'judged',
      'waiting',
      'superseded',
      'waiting',
    ]);
  });

  test('the same plan again changes nothing: nobody is asked twice', async () => {
    const bench = await waiting();
    const before = await bench.record('f-1-b');
    const audit = await bench.store.auditHead();
    await bench.scan('b', [1]);
    await bench.idle();
    expect((await bench.record('f-1-b')).machine).toEqual(before.machine);
    expect(await bench.store.auditHead()).toEqual(audit);
    expect(bench.notifier.asked).toHaveLength(1);
  });

  test('a second click does nothing', async () => {
    const bench = await waiting();
    await approve(bench, 'f-1-b');
    expect(await approve(bench, 'f-1-b')).toMatchObject({
      outcome: 'refused',
      because: expect.stringContaining('already'),
    });
    await bench.idle();
    expect(await approve(bench, 'f-1-b')).toMatchObject({ outcome: 'refused' });
    expect(bench.world.sent).toHaveLength(1);
  });

  test('four eyes: two different people', async () => {
    const bench = createBench();
    bench.policy = { ...policy, approvalsNeeded: 2 };
    bench.world.change('b', { versioning: 'off' });
    await bench.scan('b', [1]);
    await approve(bench, 'f-1-b', 'alice');
    await approve(bench, 'f-1-b', 'alice');
    await bench.idle();
    expect([await state(bench), bench.world.sent.length]).toEqual(['waiting', 0]);
    await approve(bench, 'f-1-b', 'bob');
    await bench.idle();
    expect(await state(bench)).toBe('resolved');
  });

  test('who may not decide is refused in the words of the configuration', async () => {
    const bench = await waiting();
    bench.settings = { mayDecide: (by) => (by === 'mallory' ? 'mallory is no approver of control 1' : undefined) };
    expect(await approve(bench, 'f-1-b', 'mallory')).toEqual({
      outcome: 'refused',
      because: 'mallory is no approver of control 1',
    });
    await bench.idle();
    expect(bench.world.sent).toEqual([]);
    expect(JSON.stringify(await bench.store.auditRows(0, 99))).toContain('approve refused');
  });

  test('a resource that changed between yes and start is not written: it is planned and asked again', async () => {
    const bench = await waiting();
    await approve(bench, 'f-1-b');
    bench.world.change('b', { note: 'just now' });
    await bench.idle();
    expect([await state(bench), bench.world.sent]).toEqual(['waiting', []]);
    await approve(bench, 'f-1-b');
    await bench.idle();
    expect(bench.world.docs.get('b')).toMatchObject({ versioning: 'on', note: 'just now' });
  });

  test('what somebody else set right meanwhile is closed without a write', async () => {
    const bench = await waiting();
    await approve(bench, 'f-1-b');
    bench.world.change('b', { versioning: 'on' });
    await bench.idle();
    expect([await state(bench), bench.world.sent]).toEqual(['resolved', []]);
    expect(await bench.workflow.decide({ finding: 'f-1-b', decision: 'undo', by: 'alice' })).toMatchObject({
      ...{ outcome: 'refused', because: expect.stringContaining('not set right by Redress') },
    });
  });

  test('denied holds for that plan; another plan is asked about', async () => {
    const bench = await waiting();
    await bench.workflow.decide({ finding: 'f-1-b', decision: 'deny', by: 'alice', reason: 'we need it so' });
    await bench.scan('b', [1]);
    await bench.idle();
    expect([await state(bench), await because(bench)]).toEqual(['denied', 'denied by alice: we need it so']);
    bench.world.change('b', { note: 'other' });
    await bench.scan('b', [1]);
    expect(await state(bench)).toBe('waiting');
  });

  test('an explicit wish puts a denied plan up again', async () => {
    const bench = await waiting();
    await bench.workflow.decide({ finding: 'f-1-b', decision: 'deny', by: 'alice' });
    const assessment = await bench.world.remediator.assess(bench.world.resource('b'), [1]);
    await bench.workflow.observed({ assessment, reopen: true });
    expect(await state(bench)).toBe('waiting');
  });

  test('silence expires; the click that comes after is refused; the next scan asks again', async () => {
    const bench = await waiting();
    bench.clock.pass(8 * 24 * hour);
    await bench.idle();
    expect(await state(bench)).toBe('expired');
    expect(await approve(bench, 'f-1-b')).toMatchObject({
      outcome: 'refused',
      because: expect.stringContaining('is expired'),
    });
    await bench.scan('b', [1]);
    expect(await state(bench)).toBe('waiting');
  });

  test('snoozed, it comes back at its time', async () => {
    const bench = await waiting();
    await bench.workflow.decide({
      finding: 'f-1-b',
      decision: 'snooze',
      by: 'alice',
      until: '2026-11-24T10:00:00.000Z',
    });
    bench.clock.pass(23 * hour);
    await bench.scan('b', [1]);
    await bench.idle();
    expect(await state(bench)).toBe('snoozed');
    bench.clock.pass(2 * hour);
    await bench.idle();
    expect([await state(bench), bench.notifier.asked.length]).toEqual(['waiting', 2]);
  });

  test.each([
    ['an end in the past', { until: '2026-01-01', owner: 'o', reason: 'r' }, 'is over already'],
    ['no date', { until: 'tomorrow', owner: 'o', reason: 'r' }, 'is no date'],
    ['no owner', { until: '2027-01-01', reason: 'r' }, 'needs an owner'],
    ['no reason', { until: '2027-01-01', owner: 'o', reason: ' ' }, 'needs an owner'],
  ])('an exemption with %s is refused', async (_, parts, text) => {
    const bench = await waiting();
    const decided = await bench.workflow.decide({ finding: 'f-1-b', decision: 'exempt', by: 'alice', ...parts });
    expect(decided).toMatchObject({ outcome: 'refused', because: expect.stringContaining(text) });
  });

  test('an unknown finding is refused', async () => {
    const bench = createBench();
    expect(await approve(bench, 'f-9-x')).toEqual({ outcome: 'refused', because: 'There is no finding f-9-x.' });
  });
});
