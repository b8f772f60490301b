import { describe, expect, test } from 'vitest';
import { verifyAudit } from '../../src/audit.ts';
import type { CloudTrailEvent } from '../../src/control/event.ts';
import { type Bench, createBench, policy } from './bench.ts';

const minute = 60_000;
const hour = 60 * minute;
const auto = { ...policy, mode: 'auto' as const };

const eventBy = (arn: string, userAgent = 'aws-cli', requestID = 'r-else'): CloudTrailEvent => ({
  ...{ eventID: 'e-1', eventSource: 'test.amazonaws.com', eventName: 'PutDoc', eventTime: '2026-11-23T10:00:00Z' },
  ...{
    awsRegion: 'us-east-1',
    account: '123456789012',
    requestID,
    userIdentity: { type: 'AssumedRole', arn },
    userAgent,
  },
  ...{ requestParameters: {}, responseElements: {} },
});

const seen = async (bench: Bench, id: string, controls: readonly number[], cause: CloudTrailEvent) =>
  bench.workflow.observed({
    assessment: await bench.world.remediator.assess(bench.world.resource(id), controls),
    cause,
  });

const approve = (bench: Bench, finding: string, by = 'alice', digest?: string) =>
  bench.workflow.decide({ finding, decision: 'approve', by, ...(digest === undefined ? {} : { digest }) });

/** A bench with a finding of control 1 that waits for approval. */
async function waiting(controls: readonly number[] = [1]): Promise<Bench> {
  const bench = createBench();
  bench.world.change('b', { versioning: 'off', encryption: 'none' });
  await bench.scan('b', controls);
  await bench.idle();
  expect((await bench.record('f-1-b')).state).toBe('waiting');
  return bench;
}

/** A bench whose fix of control 1 is resolved. */
async function resolved(): Promise<Bench> {
  const bench = createBench();
  bench.policy = auto;
  bench.world.change('b', { versioning: 'off' });
  await bench.scan('b', [1]);
  await bench.idle();
  expect((await bench.record('f-1-b')).state).toBe('resolved');
  return bench;
}

const because = async (bench: Bench, id = 'f-1-b'): Promise<string> => (await bench.record(id)).machine.context.because;
const state = async (bench: Bench, id = 'f-1-b'): Promise<string> => (await bench.record(id)).state;

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

describe('exemptions', () => {
  const exemption = {
    control: 1,
    resource: 'arn:aws:test:::b*',
    owner: 'data',
    reason: 'scratch',
    until: '2026-11-30',
    by: 'config',
  };

  test('an exempted finding is accepted until its day is over, and then asked about', async () => {
    const bench = createBench();
    bench.settings = { exemptions: [exemption] };
    bench.world.change('b', { versioning: 'off' });
    await bench.scan('b', [1]);
    expect([await state(bench), await because(bench)]).toEqual([
      'exempted',
      'accepted for data until 2026-11-30: scratch',
    ]);
    bench.clock.pass(7 * 24 * hour);
    await bench.idle();
    expect(await state(bench)).toBe('exempted');
    bench.clock.pass(14 * hour);
    await bench.idle();
    expect(await state(bench)).toBe('waiting');
  });

  test('one that is over has no effect, one for another resource neither', async () => {
    const bench = createBench();
    bench.settings = {
      exemptions: [
        { ...exemption, until: '2026-11-22' },
        { ...exemption, resource: 'arn:aws:test:::c' },
        { ...exemption, control: 2 },
      ],
    };
    bench.world.change('b', { versioning: 'off' });
    await bench.scan('b', [1]);
    expect(await state(bench)).toBe('waiting');
  });

  test('one that ends on no date stops everything rather than nothing', async () => {
    const bench = createBench();
    bench.settings = { exemptions: [{ ...exemption, until: 'soon' }] };
    bench.world.change('b', { versioning: 'off' });
    await expect(bench.scan('b', [1])).rejects.toThrow(/'soon', which is no date/);
  });

  test('a merged plan is made again without the exempted control', async () => {
    const bench = createBench();
    bench.settings = { exemptions: [exemption] };
    bench.policy = auto;
    bench.world.change('b', { versioning: 'off', encryption: 'none' });
    await bench.scan('b', [1, 2]);
    await bench.idle();
    expect(bench.world.docs.get('b')).toMatchObject({ versioning: 'off', encryption: 'kms' });
    expect([await state(bench), await state(bench, 'f-2-b')]).toEqual(['exempted', 'resolved']);
  });

  test('exempted after the yes, it is not fixed; the rest of the plan is asked about anew', async () => {
    const bench = await waiting([1, 2]);
    await approve(bench, 'f-1-b');
    await bench.workflow.decide({
      finding: 'f-1-b',
      decision: 'exempt',
      by: 'alice',
      owner: 'data',
      reason: 'r',
      until: '2026-12-31',
    });
    await bench.idle();
    expect([await state(bench), await state(bench, 'f-2-b'), bench.world.sent]).toEqual(['exempted', 'waiting', []]);
    await approve(bench, 'f-2-b');
    await bench.idle();
    expect(bench.world.docs.get('b')).toMatchObject({ versioning: 'off', encryption: 'kms' });
  });

  test('an exemption that the configuration gets after the yes holds, too', async () => {
    const bench = await waiting();
    await approve(bench, 'f-1-b');
    bench.settings = { exemptions: [exemption] };
    await bench.idle();
    expect([await state(bench), bench.world.sent]).toEqual(['exempted', []]);
  });

  test('taken out of the configuration, the finding is asked about at the next scan', async () => {
    const bench = createBench();
    bench.settings = { exemptions: [exemption] };
    bench.world.change('b', { versioning: 'off' });
    await bench.scan('b', [1]);
    bench.settings = {};
    await bench.scan('b', [1]);
    expect(await state(bench)).toBe('waiting');
  });
});

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

  test('a resource that is gone closes its finding', async () => {
    const bench = await waiting();
    const { evaluation } = await bench.record('f-1-b');
    await bench.workflow.observed({
      assessment: { evaluations: [{ ...evaluation, verdict: 'skip', because: 'b does not exist' }], plans: [] },
    });
    expect([await state(bench), await because(bench)]).toEqual(['resolved', expect.stringContaining('does not exist')]);
  });
});

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
