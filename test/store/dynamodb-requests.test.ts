import { beforeAll, expect, test } from 'vitest';
import type { Change, NewEffect, Store } from '../../src/store/port.ts';
import type { Lease, MessageRecord, OutboxEffect } from '../../src/store/records.ts';
import { aFinding, aPlan } from './contract.ts';
import { useTables } from './dynamodb-table.ts';

const tables = useTables();
const now = '2026-11-23T10:00:00.000Z';
const later = '2026-11-23T10:10:00.000Z';

const audit = (what: string): Change => ({ kind: 'audit', subject: { at: now, by: 'a', what } });
const anEffect = (key: string): NewEffect => ({
  ...{ key, lane: 'work', kind: 'apply', finding: 'f-1', plan: 'p-1', due: now, createdAt: now },
});
const message = (finding: string): MessageRecord => ({
  ...{ id: 'm-1', revision: 1, channel: 'C1', ts: null, list: null, shown: null, told: [], closed: false },
  ...{ items: [{ finding, plan: 'p-1', occasion: 'o', at: now }], createdAt: now },
});
const lease: Lease = { worker: { id: 'w', host: 'h', pid: 1 }, until: later };

let writer: Store;
/** Another process: it has written nothing itself. */
let reader: Store;
let effect: OutboxEffect;

beforeAll(async () => {
  const table = await tables.create();
  writer = tables.store(table);
  reader = tables.store(table);
  const call = { plan: 'p-1', application: 1, purpose: 'apply' as const, step: 0 };
  const done = { status: 'done' as const, at: now, requestId: 'r-1', output: {}, inferred: false };
  const intent = {
    ...call,
    name: 's',
    service: 's3',
    operation: 'Put',
    account: '1',
    region: 'r',
    at: now,
    attempts: 1,
  };
  await writer.commit([
    ...[aFinding('f-1'), aFinding('f-2')].map((record): Change => ({ kind: 'finding', record, expected: 0 })),
    { kind: 'plan', record: aPlan('p-1'), expected: 0 },
    { kind: 'setTimer', timer: { finding: 'f-1', of: 'waiting', due: now } },
    { kind: 'intent', call: { ...intent, seen: null, outcome: { status: 'intent' } } },
    ...['e-1', 'e-2', 'e-3'].map((key): Change => ({ kind: 'effect', effect: anEffect(key) })),
    { kind: 'count', counter: 'c', window: now, add: 1, most: null },
    { kind: 'message', record: message('f-1'), expected: 0 },
    { kind: 'outcome', call, outcome: done },
    ...[audit('one'), audit('two')],
  ]);
  const [first] = await writer.dueEffects('work', now, 1);
  if (first === undefined) throw new Error('no effect');
  effect = first;
  return () => Promise.all([writer.close(), reader.close()]);
});

/** Runs a step, and says what it asked of the table. */
async function asked(step: () => Promise<unknown>): Promise<Readonly<Record<string, number>>> {
  const before = tables.local().asked.length;
  await step();
  const counts: Record<string, number> = {};
  for (const operation of tables.local().asked.slice(before)) counts[operation] = (counts[operation] ?? 0) + 1;
  return counts;
}

const reads: readonly (readonly [
  name: string,
  step: () => Promise<unknown>,
  requests: Readonly<Record<string, number>>,
])[] = [
  ['a finding', () => reader.finding('f-1'), { GetItem: 1 }],
  ['a plan', () => reader.plan('p-1'), { GetItem: 1 }],
  ['findings of a resource', () => reader.findings({ arn: 'arn:aws:test:::b' }), { GetItem: 1, BatchGetItem: 1 }],
  ['findings in two states', () => reader.findings({ states: ['judged', 'waiting'] }), { Query: 2, BatchGetItem: 1 }],
  ['findings of a control', () => reader.findings({ control: 48, most: 5 }), { Query: 1, BatchGetItem: 1 }],
  ['findings of an account', () => reader.findings({ account: '123456789012' }), { Query: 1, BatchGetItem: 1 }],
  ['the newest findings', () => reader.findings({ most: 10 }), { Query: 17, BatchGetItem: 1 }],
  ['due effects', () => reader.dueEffects('work', now, 50), { Query: 1, BatchGetItem: 1 }],
  ['due effects of an empty lane', () => reader.dueEffects('inbox', now, 50), { Query: 1 }],
  ['everything in the outbox', () => reader.effects(), { Query: 4, BatchGetItem: 1 }],
  ['the next effect', () => reader.nextEffect('work'), { Query: 1, BatchGetItem: 1 }],
  ['due timers', () => reader.dueTimers(now, 50), { Query: 1, BatchGetItem: 1 }],
  ['the next timer', () => reader.nextTimer(), { Query: 1 }],
  ['a timer', () => reader.timer('f-1'), { GetItem: 1 }],
  ['the calls of a plan', () => reader.calls('p-1'), { Query: 1 }],
  ['whether a request was ours', () => reader.isOurRequest('r-1'), { GetItem: 1 }],
  ['locks', () => reader.lock(['a', 'b'], 'o', now, later), { TransactWriteItems: 1 }],
  ['a count', () => reader.count('c', now), { GetItem: 1 }],
  ['the stop switch', () => reader.stopSwitch(), { GetItem: 1 }],
  ['exemptions', () => reader.exemptions(), { Query: 1 }],
  ['messages of a finding', () => reader.messagesOf('f-1'), { Query: 1, BatchGetItem: 1 }],
  ['messages of a channel', () => reader.messagesIn('C1', now), { Query: 1, BatchGetItem: 1 }],
  ['an obstacle', () => reader.obstacle('o'), { GetItem: 1 }],
  ['obstacles', () => reader.obstacles(), { Query: 1 }],
  ['a mark', () => reader.mark('n'), { GetItem: 1 }],
  [
    '120 events',
    () =>
      reader.unseen(
        Array.from({ length: 120 }, (_, n) => `e-${n}`),
        now,
      ),
    { BatchGetItem: 2 },
  ],
  ['the audit trail', () => reader.auditRows(0, 500), { Query: 1 }],
  ['its head', () => reader.auditHead(), { GetItem: 1 }],
];

test.each(reads)('reading %s takes no more requests than it must', async (_, step, requests) => {
  expect(await asked(step)).toEqual(requests);
});

test('a commit is one request, and one more to know the head of the audit trail when it is not this process that moved it', async () => {
  const change = (revision: number): Change => ({
    ...{ kind: 'finding', record: aFinding('f-2', { revision }), expected: revision - 1 },
  });
  expect(await asked(() => reader.commit([{ kind: 'findingIs', id: 'f-1', revision: 1 }]))).toEqual({
    TransactWriteItems: 1,
  });
  expect(await asked(() => reader.commit([change(2), audit('x')]))).toEqual({ GetItem: 1, TransactWriteItems: 1 });
  expect(await asked(() => reader.commit([change(3), audit('x'), audit('y')]))).toEqual({ TransactWriteItems: 1 });
  expect(await asked(() => reader.commit([]))).toEqual({});
  // Alone, these need no transaction, in which the workers that share a counter would be in each other's way.
  const count: Change = { kind: 'count', counter: 'calls', window: now, add: 1, most: 1 };
  expect(await asked(() => reader.commit([count]))).toEqual({ UpdateItem: 1 });
  expect(await reader.commit([count])).toEqual({ ok: false, conflict: { kind: 'count', key: 'calls' } });
  expect(await asked(() => reader.commit([{ kind: 'effect', effect: anEffect('e-4') }]))).toEqual({ UpdateItem: 1 });
});

test('taking, keeping and freeing an effect is one conditional write each', async () => {
  expect(await asked(() => reader.leaseEffect(effect, lease))).toEqual({ UpdateItem: 1 });
  expect(await asked(() => reader.renewEffect(effect.key, 'w', later))).toEqual({ UpdateItem: 1 });
  expect(await asked(() => reader.releaseEffect(effect.key, lease.worker))).toEqual({ GetItem: 1, UpdateItem: 1 });
});

test('a process that works until nothing is left does not wait for the index to show what it has put there itself', async () => {
  const table = await tables.create();
  const store = tables.store(table);
  // An index that lags: it shows nothing.
  tables.local().intercept = (operation) => (operation === 'Query' ? { status: 200, body: '{"Items":[]}' } : undefined);
  await store.commit([{ kind: 'effect', effect: { ...anEffect('mine'), due: later } }]);
  expect(await store.dueEffects('work', now, 50)).toEqual([]);
  expect(await store.nextEffect('work')).toBe(later);
  const [mine] = await store.dueEffects('work', later, 50);
  expect(mine).toMatchObject({ key: 'mine', lease: null });
  expect(await store.dueEffects('notice', later, 50)).toEqual([]);
  if (mine === undefined) throw new Error('no effect');
  await store.leaseEffect(mine, lease);
  await store.commit([{ kind: 'effectDone', key: 'mine', worker: 'w' }]);
  expect(await store.effects()).toEqual([]);
  tables.local().intercept = undefined;
  await store.close();
});

test('what an index still shows and the table has not any more is left out', async () => {
  const table = await tables.create();
  const store = tables.store(table);
  const gone = { pk: { S: 'effect#gone' }, sk: { S: 'record' }, list: { S: 'lane#work' }, at: { S: `${now}#gone` } };
  const body = JSON.stringify({ Items: [gone] });
  tables.local().intercept = (operation) => (operation === 'Query' ? { status: 200, body } : undefined);
  expect(await store.dueEffects('work', later, 50)).toEqual([]);
  expect(await store.nextEffect('work')).toBeUndefined();
  expect(await store.findings({ states: ['waiting'] })).toEqual([]);
  tables.local().intercept = undefined;
  await store.close();
});
