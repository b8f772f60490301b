import { beforeEach, describe, expect, test } from 'vitest';
import { verifyAudit } from '../../src/audit.ts';
import type { Evaluation, Plan } from '../../src/plan/plan.ts';
import type { Change, NewEffect, Store } from '../../src/store/port.ts';
import type {
  CallRecord,
  FindingRecord,
  MessageRecord,
  ObstacleRecord,
  PlanRecord,
  Worker,
} from '../../src/store/records.ts';
import { save } from '../../src/workflow/snapshot.ts';
import { start } from '../../src/workflow/step.ts';

const t = (minutes: number): string => new Date(Date.UTC(2026, 10, 23, 10, minutes)).toISOString();

const resource = {
  ...{ type: 'AWS::Test::Thing', id: 'b', arn: 'arn:aws:test:::b', partition: 'aws' },
  ...{ account: '123456789012', region: 'us-east-1', scope: 'resource' as const },
};

export function aFinding(id: string, change: Partial<FindingRecord> = {}): FindingRecord {
  const evaluation: Evaluation = {
    ...{ control: 48, finding: id, verdict: 'fail', because: 'it is off', title: 'It is on', criticality: 'HIGH' },
    resource,
  };
  const first = start({ finding: id, control: 48, resource });
  return {
    ...{ id, revision: 1, evaluation, judgedAt: t(0), machine: save(first), state: first.value, plan: null },
    ...{ cause: null, causers: [], createdAt: t(0), updatedAt: t(0), history: [] },
    ...change,
  };
}

export function aPlan(id: string, change: Partial<Plan> = {}): PlanRecord {
  const plan: Plan = {
    ...{
      id,
      digest: `sha256:${id}`,
      controls: [48],
      findings: ['f-1'],
      resource,
      criticality: 'HIGH',
      titles: ['It is on'],
    },
    ...{ kind: 'edit', mode: 'approve', impact: '', steps: [], cli: [], before: { on: false }, after: { on: true } },
    ...{ undo: { class: 'exact', steps: [] }, permissions: [], missing: [], guide: [], locks: ['doc b'] },
    ...change,
  };
  return { id, revision: 1, plan, createdAt: t(0), applications: 0, applied: null };
}

function aMessage(id: string, findings: readonly string[], change: Partial<MessageRecord> = {}): MessageRecord {
  return {
    ...{ id, revision: 1, channel: 'C1', ts: null, list: null, shown: null, told: [], closed: false, createdAt: t(0) },
    items: findings.map((finding) => ({ finding, plan: 'p-1', occasion: id, at: t(0) })),
    ...change,
  };
}

const message = (record: MessageRecord, expected: number): Change => ({ kind: 'message', record, expected });

const anEffect = (key: string, change: Partial<NewEffect> = {}): NewEffect => ({
  ...{ key, lane: 'work', kind: 'apply', finding: 'f-1', plan: 'p-1', due: t(0), createdAt: t(0) },
  ...change,
});

const aCall = (step: number, change: Partial<CallRecord> = {}): CallRecord => ({
  ...{ plan: 'p-1', application: 1, purpose: 'apply', step, name: `step ${step}`, service: 's3', operation: 'PutIt' },
  ...{
    account: '123456789012',
    region: 'us-east-1',
    at: t(0),
    attempts: 1,
    seen: { on: false },
    outcome: { status: 'intent' },
  },
  ...change,
});

const worker = (id: string, pid = 1): Worker => ({ id, host: 'here', pid });
const conflict = (kind: Change['kind'], key: string) => ({ ok: false, conflict: { kind, key } });
const ok = { ok: true };

/** What every store must do. `open` gives an empty one. */
export function storeContract(name: string, open: () => Promise<Store>): void {
  describe(name, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
      return () => store.close();
    });
    const put = (...changes: readonly Change[]) => store.commit(changes);
    const key = { plan: 'p-1', application: 1, purpose: 'apply' as const };

    test('a finding comes back as it was stored, and is found by state, control and resource', async () => {
      const one = aFinding('f-1');
      const two = aFinding('f-2', { state: 'waiting', updatedAt: t(5) });
      await put({ kind: 'finding', record: one, expected: 0 }, { kind: 'finding', record: two, expected: 0 });
      expect(await store.finding('f-1')).toEqual(one);
      expect(await store.finding('f-3')).toBeUndefined();
      expect((await store.findings()).map(({ id }) => id)).toEqual(['f-2', 'f-1']);
      expect((await store.findings({ states: ['waiting', 'denied'] })).map(({ id }) => id)).toEqual(['f-2']);
      expect(await store.findings({ control: 47 })).toEqual([]);
      expect(await store.findings({ arn: resource.arn, control: 48, states: ['judged'] })).toEqual([one]);
      expect((await store.findings({ since: t(1) })).map(({ id }) => id)).toEqual(['f-2']);
      expect((await store.findings({ most: 1 })).map(({ id }) => id)).toEqual(['f-2']);
      expect(await store.findings({ since: t(500) })).toEqual([]);
      expect(await store.findings({ account: resource.account, states: ['judged'] })).toEqual([one]);
      expect(await store.findings({ account: '210987654321' })).toEqual([]);
    });

    test('of two writers that read the same revision, one is told', async () => {
      await put({ kind: 'finding', record: aFinding('f-1'), expected: 0 });
      const next = aFinding('f-1', { revision: 2 });
      expect(await put({ kind: 'finding', record: next, expected: 1 })).toEqual(ok);
      expect(await put({ kind: 'finding', record: next, expected: 1 })).toEqual(conflict('finding', 'f-1'));
      expect(await put({ kind: 'finding', record: next, expected: 0 })).toEqual(conflict('finding', 'f-1'));
      expect(await put({ kind: 'findingIs', id: 'f-1', revision: 2 })).toEqual(ok);
      expect(await put({ kind: 'findingIs', id: 'f-1', revision: 1 })).toEqual(conflict('findingIs', 'f-1'));
    });

    test('a commit happens whole or not at all', async () => {
      const changes: readonly Change[] = [
        { kind: 'finding', record: aFinding('f-1'), expected: 0 },
        { kind: 'plan', record: aPlan('p-1'), expected: 0 },
        { kind: 'effect', effect: anEffect('e') },
        { kind: 'setTimer', timer: { finding: 'f-1', of: 'judged', due: t(1) } },
        { kind: 'intent', call: aCall(0) },
        { kind: 'count', counter: 'c', window: 'h', add: 1, most: null },
        {
          kind: 'exemption',
          exemption: { control: 1, resource: '*', owner: 'o', reason: 'r', until: '2027-01-01', by: 'a' },
        },
        { kind: 'audit', subject: { at: t(0), by: 'a', what: 'x' } },
        { kind: 'findingIs', id: 'nobody', revision: 1 },
      ];
      expect(await put(...changes)).toEqual(conflict('findingIs', 'nobody'));
      expect(await store.findings()).toEqual([]);
      expect(await store.plan('p-1')).toBeUndefined();
      expect(await store.effects()).toEqual([]);
      expect(await store.nextTimer()).toBeUndefined();
      expect(await store.calls('p-1')).toEqual([]);
      expect(await store.count('c', 'h')).toBe(0);
      expect(await store.exemptions()).toEqual([]);
      expect(await store.auditHead()).toMatchObject({ count: 0 });
    });

    test('a plan is stored once and updated by revision', async () => {
      const plan = aPlan('p-1');
      await put({ kind: 'plan', record: plan, expected: 0 });
      expect(await put({ kind: 'plan', record: plan, expected: 0 })).toEqual(conflict('plan', 'p-1'));
      const next: PlanRecord = {
        ...plan,
        revision: 2,
        applications: 1,
        applied: { application: 1, state: { on: true }, at: t(1) },
      };
      expect(await put({ kind: 'plan', record: next, expected: 1 })).toEqual(ok);
      expect(await store.plan('p-1')).toEqual(next);
    });

    test('an effect waits once, is due in its lane at its time, and is gone when done', async () => {
      await put({ kind: 'effect', effect: anEffect('a', { due: t(5) }) });
      await put({ kind: 'effect', effect: anEffect('a', { due: t(0) }) });
      await put({ kind: 'effect', effect: anEffect('n', { lane: 'notice', kind: 'ask' }) });
      expect(await store.dueEffects('work', t(4), 10)).toEqual([]);
      expect(await store.nextEffect('work')).toBe(t(5));
      const [effect] = await store.dueEffects('work', t(5), 10);
      expect(effect).toEqual({ ...anEffect('a', { due: t(5) }), attempts: 0, note: null, lease: null });
      expect((await store.dueEffects('notice', t(5), 10)).map((one) => one.key)).toEqual(['n']);
      if (effect === undefined) throw new Error('no effect');
      expect(await store.leaseEffect(effect, { worker: worker('w1'), until: t(10) })).toBe(true);
      expect(await put({ kind: 'effectDone', key: 'a', worker: 'w2' })).toEqual(conflict('effectDone', 'a'));
      expect(await put({ kind: 'effectDone', key: 'a', worker: 'w1' })).toEqual(ok);
      expect(await store.dueEffects('work', t(60), 10)).toEqual([]);
    });

    test('an effect is held by one worker, until its lease runs out', async () => {
      await put({ kind: 'effect', effect: anEffect('a') });
      const [effect] = await store.dueEffects('work', t(0), 10);
      if (effect === undefined) throw new Error('no effect');
      expect(await store.leaseEffect(effect, { worker: worker('w1'), until: t(10) })).toBe(true);
      expect(await store.leaseEffect(effect, { worker: worker('w2'), until: t(10) })).toBe(false);
      expect(await store.dueEffects('work', t(9), 10)).toEqual([]);
      expect(await store.nextEffect('work')).toBeUndefined();
      expect(await store.renewEffect('a', 'w1', t(20))).toBe(true);
      expect(await store.renewEffect('a', 'w2', t(20))).toBe(false);
      expect(await put({ kind: 'effectHeld', key: 'a', worker: 'w1' })).toEqual(ok);
      const [late] = await store.dueEffects('work', t(20), 10);
      expect(late?.lease).toEqual({ worker: worker('w1'), until: t(20) });
      if (late === undefined) throw new Error('no effect');
      expect(await store.leaseEffect(late, { worker: worker('w2'), until: t(30) })).toBe(true);
      expect(await put({ kind: 'effectHeld', key: 'a', worker: 'w1' })).toEqual(conflict('effectHeld', 'a'));
      expect(await put({ kind: 'effectDone', key: 'a', worker: 'w1' })).toEqual(conflict('effectDone', 'a'));
    });

    test('what a dead worker held is freed, what a living one took meanwhile is not', async () => {
      await put({ kind: 'effect', effect: anEffect('a') });
      const [effect] = await store.effects();
      if (effect === undefined) throw new Error('no effect');
      await store.leaseEffect(effect, { worker: worker('w1', 7), until: t(10) });
      expect(await store.releaseEffect('a', worker('w1', 8))).toBe(false);
      expect(await store.releaseEffect('a', worker('w1', 7))).toBe(true);
      expect((await store.dueEffects('work', t(0), 10)).map((one) => one.key)).toEqual(['a']);
    });

    test('an effect that is put back counts failures, not waiting, and comes due again', async () => {
      await put({ kind: 'effect', effect: anEffect('a') });
      for (const failed of [true, false]) {
        const [effect] = await store.effects();
        if (effect === undefined) throw new Error('no effect');
        await store.leaseEffect(effect, { worker: worker('w1'), until: t(10) });
        await put({ kind: 'effectLater', key: 'a', worker: 'w1', due: t(3), note: 'why', failed });
      }
      expect(await store.dueEffects('work', t(2), 10)).toEqual([]);
      expect(await store.dueEffects('work', t(3), 10)).toMatchObject([
        { attempts: 1, note: 'why', lease: null, due: t(3) },
      ]);
    });

    test('a finding has one timer; the newest counts, and a late one is refused', async () => {
      const old = { finding: 'f-1', of: 'waiting' as const, due: t(1) };
      const young = { finding: 'f-1', of: 'approved' as const, due: t(2) };
      await put({ kind: 'setTimer', timer: old });
      await put({ kind: 'setTimer', timer: young });
      expect(await store.dueTimers(t(1), 10)).toEqual([]);
      expect(await store.nextTimer()).toBe(t(2));
      expect(await store.dueTimers(t(2), 10)).toEqual([young]);
      expect(await put({ kind: 'timerFired', timer: old })).toEqual(conflict('timerFired', 'f-1'));
      expect(await put({ kind: 'timerFired', timer: young })).toEqual(ok);
      expect(await put({ kind: 'timerFired', timer: young })).toEqual(conflict('timerFired', 'f-1'));
      await put({ kind: 'setTimer', timer: young }, { kind: 'clearTimer', finding: 'f-1' });
      expect(await store.timer('f-1')).toBeUndefined();
    });

    test('an intent is written once and gets one outcome', async () => {
      expect(await put({ kind: 'intent', call: aCall(0) })).toEqual(ok);
      expect(await put({ kind: 'intent', call: aCall(0) })).toEqual(conflict('intent', 'p-1#1 apply 0'));
      const done = { status: 'done' as const, at: t(1), requestId: 'r-1', output: { Id: 'x' }, inferred: false };
      expect(await store.isOurRequest('r-1')).toBe(false);
      expect(await put({ kind: 'outcome', call: { ...key, step: 0 }, outcome: done })).toEqual(ok);
      expect(await put({ kind: 'outcome', call: { ...key, step: 0 }, outcome: done })).toEqual(
        conflict('outcome', 'p-1#1 apply 0'),
      );
      expect(await put({ kind: 'outcome', call: { ...key, step: 1 }, outcome: done })).toEqual(
        conflict('outcome', 'p-1#1 apply 1'),
      );
      expect(await store.calls('p-1')).toEqual([aCall(0, { outcome: done })]);
      expect(await store.isOurRequest('r-1')).toBe(true);
      expect(await store.isOurRequest('r-2')).toBe(false);
    });

    test('an unfinished intent is taken up again by one worker only', async () => {
      await put({ kind: 'intent', call: aCall(0) });
      const again = aCall(0, { attempts: 2, at: t(2) });
      expect(await put({ kind: 'intentAgain', call: again, expected: 1 })).toEqual(ok);
      expect(await put({ kind: 'intentAgain', call: again, expected: 1 })).toEqual(
        conflict('intentAgain', 'p-1#1 apply 0'),
      );
      expect(await store.calls('p-1')).toEqual([again]);
    });

    test('locks are taken all or none, by their owner again, and by others when they run out', async () => {
      expect(await store.lock(['a', 'b'], 'one', t(0), t(5))).toBe(true);
      expect(await store.lock(['b', 'c'], 'two', t(1), t(6))).toBe(false);
      expect(await store.lock(['c'], 'three', t(1), t(6))).toBe(true);
      expect(await store.lock(['a', 'b'], 'one', t(1), t(7))).toBe(true);
      expect(await put({ kind: 'lockHeld', lock: 'a', owner: 'one' })).toEqual(ok);
      expect(await put({ kind: 'lockHeld', lock: 'a', owner: 'two' })).toEqual(conflict('lockHeld', 'a'));
      expect(await store.lock(['a'], 'two', t(8), t(9))).toBe(true);
      await put({ kind: 'unlock', lock: 'a', owner: 'one' });
      expect(await store.lock(['a'], 'one', t(8), t(9))).toBe(false);
      await put({ kind: 'unlock', lock: 'a', owner: 'two' });
      expect(await store.lock(['a'], 'one', t(8), t(9))).toBe(true);
    });

    test('counters refuse what is beyond the limit, by the hour', async () => {
      const count = (add: number, most: number | null, window = 'h') =>
        put({ kind: 'count', counter: 'c', window, add, most });
      expect(await count(2, 3)).toEqual(ok);
      expect(await count(2, 3)).toEqual(conflict('count', 'c'));
      expect(await count(1, 3)).toEqual(ok);
      expect(await count(5, null)).toEqual(ok);
      expect(await store.count('c', 'h')).toBe(8);
      expect(await count(3, 3, 'next')).toEqual(ok);
    });

    test('the stop switch refuses commits that it must hold', async () => {
      expect(await store.stopSwitch()).toMatchObject({ on: false });
      expect(await put({ kind: 'notStopped' })).toEqual(ok);
      const stop = { on: true, by: 'alice', at: t(0), because: 'incident' };
      await put({ kind: 'stop', stop });
      expect(await store.stopSwitch()).toEqual(stop);
      expect(await put({ kind: 'notStopped' })).toEqual(conflict('notStopped', 'stop'));
      expect(await put({ kind: 'notStopped', after: t(0) })).toEqual(ok);
      await put({ kind: 'stop', stop: { ...stop, at: t(2) } });
      const resumed = { kind: 'stop', stop: { ...stop, at: t(3), on: false } } as const;
      const late = { kind: 'notStopped', after: t(1) } as const;
      expect(await put(late, resumed)).toEqual(conflict('notStopped', 'stop'));
      expect(await store.stopSwitch()).toMatchObject({ on: true, at: t(2) });
      expect(await put({ kind: 'notStopped', after: t(2) }, resumed)).toEqual(ok);
      expect(await put({ kind: 'notStopped' })).toEqual(ok);
      expect(await put(late)).toEqual(ok);
    });

    test('an exemption of the same control and resource replaces the earlier one', async () => {
      const exemption = { control: 48, resource: 'arn:*', owner: 'o', reason: 'r', until: '2027-01-01', by: 'a' };
      await put({ kind: 'exemption', exemption });
      await put({ kind: 'exemption', exemption: { ...exemption, until: '2027-02-01' } });
      expect(await store.exemptions()).toEqual([{ ...exemption, until: '2027-02-01' }]);
    });

    test('a chat message is found by what it shows and by where it is, and updated by revision', async () => {
      const at = (minutes: number) => ({ createdAt: t(minutes) });
      const one = aMessage('m-1', ['f-1', 'f-2'], at(0));
      const two = aMessage('m-2', ['f-1'], at(5));
      await put(message(one, 0), message(two, 0), message(aMessage('m-3', ['f-1'], { channel: 'C2', ...at(6) }), 0));
      expect((await store.messagesOf('f-1')).map(({ id }) => id)).toEqual(['m-3', 'm-2', 'm-1']);
      expect((await store.messagesOf('f-2')).map(({ id }) => id)).toEqual(['m-1']);
      expect(await store.messagesOf('f-3')).toEqual([]);
      expect((await store.messagesIn('C1', t(1))).map(({ id }) => id)).toEqual(['m-2']);

      const more = aMessage('m-2', ['f-1', 'f-3'], { revision: 2, ts: '1.2', ...at(5) });
      await put(message(more, 1));
      expect(await store.messagesOf('f-3')).toEqual([more]);
      expect(await store.commit([message(more, 1)])).toEqual({ ok: false, conflict: { kind: 'message', key: 'm-2' } });
      expect(await store.commit([message(one, 0)])).toEqual({ ok: false, conflict: { kind: 'message', key: 'm-1' } });
    });

    test('what a person said waits in a lane of its own, word for word', async () => {
      const interaction = { kind: 'home', actor: { user: 'U1', team: 'T1', home: 'T1' } };
      const said = { lane: 'inbox', kind: 'interaction', finding: '', plan: null, interaction } as const;
      await put({ kind: 'effect', effect: anEffect('interaction:1', said) });
      expect(await store.dueEffects('work', t(1), 10)).toEqual([]);
      expect(await store.dueEffects('inbox', t(1), 10)).toMatchObject([{ key: 'interaction:1', interaction }]);
    });

    test('what keeps out of an account is kept until it is gone, and written by revision', async () => {
      const obstacle: ObstacleRecord = {
        ...{ id: 'role 123456789012', revision: 1, account: '123456789012', because: 'no role', mend: 'deploy it' },
        ...{ since: t(0), seenAt: t(0), goneAt: null },
      };
      const write = (record: ObstacleRecord, expected: number) => put({ kind: 'obstacle', record, expected });
      expect(await write(obstacle, 0)).toEqual(ok);
      expect(await write(obstacle, 0)).toEqual(conflict('obstacle', obstacle.id));
      expect(await store.obstacles()).toEqual([obstacle]);
      const gone = { ...obstacle, revision: 2, goneAt: t(5) };
      expect(await write(gone, 1)).toEqual(ok);
      expect(await write(gone, 1)).toEqual(conflict('obstacle', obstacle.id));
      expect(await store.obstacles()).toEqual([]);
      expect(await store.obstacle(obstacle.id)).toEqual(gone);
      expect(await store.obstacle('another')).toBeUndefined();
    });

    test('events that came are remembered for a time', async () => {
      expect(await store.unseen(['a', 'b'], t(0))).toEqual(['a', 'b']);
      await store.markSeen(['a', 'c', 'a'], t(5));
      await store.markSeen([], t(5));
      expect(await store.unseen(['c', 'b', 'a'], t(4))).toEqual(['b']);
      expect(await store.unseen(['c', 'b', 'a'], t(5))).toEqual(['c', 'b', 'a']);
      await store.markSeen(['a'], t(9));
      await store.tidy(t(6));
      expect(await store.unseen(['a', 'c'], t(6))).toEqual(['c']);
      const many = Array.from({ length: 250 }, (_, index) => `e-${index}`);
      await store.markSeen(many, t(9));
      expect(await store.unseen([...many, 'x'], t(6))).toEqual(['x']);
    });

    test('how far something has come is kept for good, and moved on by whoever knows where it was', async () => {
      const move = (value: string, expected: string | null) => put({ kind: 'mark', name: 'n', value, expected });
      expect(await store.mark('n')).toBeUndefined();
      expect(await move('2', '1')).toEqual(conflict('mark', 'n'));
      expect(await move('1', null)).toEqual(ok);
      expect(await move('2', null)).toEqual(conflict('mark', 'n'));
      expect(await move('2', '1')).toEqual(ok);
      expect(await move('3', '1')).toEqual(conflict('mark', 'n'));
      await store.tidy('2099-01-01T00:00:00.000Z');
      expect(await store.mark('n')).toBe('2');
      expect(await store.mark('another')).toBeUndefined();
      // With it, what it stands for: both or neither.
      const effect: Change = { kind: 'effect', effect: anEffect('e-1') };
      expect(await put(effect, { kind: 'mark', name: 'n', value: '9', expected: '1' })).toEqual(conflict('mark', 'n'));
      expect(await store.effects()).toEqual([]);
    });

    test('a part of a sweep waits in a lane of its own', async () => {
      const place = { account: '123456789012', region: 'us-east-1', partition: 'aws' };
      const sweep = { kind: 'judge', place, type: 'AWS::S3::Bucket', after: 'b' } as const;
      const effect = anEffect('sweep 1', { lane: 'sweep', kind: 'sweep', finding: '', plan: null, sweep });
      await put({ kind: 'effect', effect });
      expect(await store.dueEffects('work', t(1), 10)).toEqual([]);
      expect(await store.dueEffects('sweep', t(1), 10)).toMatchObject([{ key: 'sweep 1', sweep }]);
    });

    test('the audit trail grows in order, several entries in one commit, and checks out', async () => {
      const audit = (what: string): Change => ({
        kind: 'audit',
        subject: { at: t(0), by: 'a', what, detail: { b: 1, a: [2] } },
      });
      await put(audit('one'), audit('two'));
      await put(audit('three'));
      expect((await store.auditRows(1, 1)).map(({ seq }) => seq)).toEqual([2]);
      expect((await store.auditRows(0, 9)).map(({ entry }) => JSON.parse(entry).what)).toEqual(['one', 'two', 'three']);
      expect(await verifyAudit(store)).toMatchObject({ ok: true, count: 3 });
    });

    test('writers at the same time lose nothing', async () => {
      await put({ kind: 'finding', record: aFinding('f-1'), expected: 0 });
      const bump = async (): Promise<void> => {
        for (;;) {
          const record = await store.finding('f-1');
          if (record === undefined) throw new Error('lost');
          const next = { ...record, revision: record.revision + 1 };
          const audit: Change = { kind: 'audit', subject: { at: t(0), by: 'a', what: `revision ${next.revision}` } };
          if ((await put({ kind: 'finding', record: next, expected: record.revision }, audit)).ok) return;
        }
      };
      await Promise.all(Array.from({ length: 20 }, bump));
      expect((await store.finding('f-1'))?.revision).toBe(21);
      expect(await verifyAudit(store)).toMatchObject({ ok: true, count: 20 });
    });
  });
}
