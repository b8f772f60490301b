import { createHash, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { verifyAudit } from '../../src/audit.ts';
import type { Change, Store } from '../../src/store/port.ts';
import { StoreError } from '../../src/store/port.ts';
import { aFinding, aPlan } from './contract.ts';
import { cancelled, refused } from './dynalite-transactions.ts';
import { useTables } from './dynamodb-table.ts';

const tables = useTables();
const now = '2026-11-23T10:00:00.000Z';

const audit = (what: string): Change => ({ kind: 'audit', subject: { at: now, by: 'a', what } });
const write = (store: Store, ...changes: readonly Change[]) => store.commit(changes);

/** Answers some requests of one operation with something else. */
function instead(operation: string, answers: readonly (ReturnType<typeof refused> | 'lost')[]): void {
  const left = [...answers];
  tables.local().intercept = (asked) => (asked === operation ? left.shift() : undefined);
}

async function aStore(): Promise<{ readonly table: string; readonly store: Store }> {
  const table = await tables.create();
  return { table, store: tables.store(table) };
}

/** Writes behind the store's back. */
async function spoil(table: string, pk: string, sk: string, change: string, value: string): Promise<void> {
  const client = tables.local().client();
  await client.updateItem({
    ...{ TableName: table, Key: { pk: { S: pk }, sk: { S: sk } }, UpdateExpression: 'SET #a = :a' },
    ...{ ExpressionAttributeNames: { '#a': change }, ExpressionAttributeValues: { ':a': { S: value } } },
  });
  client.destroy();
}

async function item(table: string, pk: string, sk: string) {
  const client = tables.local().client();
  const { Item } = await client.getItem({ TableName: table, Key: { pk: { S: pk }, sk: { S: sk } } });
  client.destroy();
  return Item;
}

test('a commit whose answer is lost happens once', async () => {
  const { store } = await aStore();
  instead('TransactWriteItems', ['lost']);
  const count: Change = { kind: 'count', counter: 'c', window: now, add: 1, most: 1 };
  expect(await write(store, { kind: 'finding', record: aFinding('f-1'), expected: 0 }, count, audit('one'))).toEqual({
    ok: true,
  });
  expect(await store.count('c', now)).toBe(1);
  expect(await verifyAudit(store)).toMatchObject({ ok: true, count: 1 });
});

test('a single write whose answer is lost has happened, whatever is said of it', async () => {
  const { store } = await aStore();
  const effect = {
    ...({ key: 'e', lane: 'notice', kind: 'changed', finding: 'f-1', plan: null } as const),
    ...{ due: now, createdAt: now },
  };
  await write(store, { kind: 'effect', effect });
  const [due] = await store.dueEffects('notice', now, 1);
  if (due === undefined) throw new Error('nothing is due');
  await store.leaseEffect(due, { worker: { id: 'w', host: 'h', pid: 1 }, until: now });
  instead('DeleteItem', ['lost']);
  // Sent again, it meets its own result: the worker holds it no more.
  await write(store, { kind: 'effectDone', key: 'e', worker: 'w' });
  expect(await store.effects()).toEqual([]);

  await write(store, { kind: 'finding', record: aFinding('f-1'), expected: 0 });
  instead('PutItem', ['lost']);
  const second = aFinding('f-1', { revision: 2, updatedAt: now });
  await write(store, { kind: 'finding', record: second, expected: 1 });
  expect(await store.finding('f-1')).toEqual(second);

  const [one, other] = ['w', 'another'];
  instead('PutItem', ['lost']);
  expect(await store.lock(['l'], one, now, '2026-11-23T11:00:00.000Z')).toBe(true);
  expect(await store.lock(['l'], other, now, '2026-11-23T11:00:00.000Z')).toBe(false);
});

test('what is only in the way for a moment is tried again: another transaction, too many requests', async () => {
  const { store } = await aStore();
  const busy = cancelled([{ Code: 'TransactionConflict' }, { Code: 'None' }, { Code: 'None' }]);
  const throttled = cancelled([{ Code: 'None' }, { Code: 'ThrottlingError' }, { Code: 'None' }]);
  instead('TransactWriteItems', [busy, throttled]);
  expect(await write(store, { kind: 'plan', record: aPlan('p-1'), expected: 0 }, audit('one'))).toEqual({ ok: true });
  expect(await verifyAudit(store)).toMatchObject({ ok: true, count: 1 });

  instead('UpdateItem', [refused('TransactionConflictException', 'Transaction is ongoing for the item')]);
  expect(await store.renewEffect('nothing', 'w', now)).toBe(false);
});

test('a process whose head is old links its entries anew, and keeps its conditions', async () => {
  const { table, store } = await aStore();
  const other = tables.store(table);
  await write(store, { kind: 'finding', record: aFinding('f-1'), expected: 0 }, audit('one'));
  await write(other, { kind: 'finding', record: aFinding('f-1', { revision: 2 }), expected: 1 }, audit('two'));
  // Its head is old, and so is what it has read: the second must be told, not tried again.
  const late = aFinding('f-1', { revision: 2, updatedAt: 'late' });
  expect(await write(store, { kind: 'finding', record: late, expected: 1 }, audit('late'))).toEqual({
    ...{ ok: false, conflict: { kind: 'finding', key: 'f-1' } },
  });
  expect(await write(store, audit('three'), audit('four'))).toEqual({ ok: true });
  expect((await other.auditRows(1, 9)).map(({ entry }) => JSON.parse(entry).what)).toEqual(['two', 'three', 'four']);
  expect(await verifyAudit(other)).toMatchObject({ ok: true, count: 4 });
});

test('what a busy table leaves undone of a batch is asked for again', async () => {
  const { table, store } = await aStore();
  const events = Array.from({ length: 30 }, (_, index) => `e-${index}`);
  const left = events.slice(0, 20).map((event) => ({
    PutRequest: { Item: { pk: { S: `seen#${event}` }, sk: { S: 'record' }, until: { S: '2099' } } },
  }));
  instead('BatchWriteItem', [{ status: 200, body: JSON.stringify({ UnprocessedItems: { [table]: left } }) }]);
  await store.markSeen([...events.slice(0, 20), ...events.slice(0, 20)], '2099');
  expect(await store.unseen(events, now)).toEqual(events.slice(20));
  const Keys = events.map((event) => ({ pk: { S: `seen#${event}` }, sk: { S: 'record' } }));
  const nothing = { Responses: {}, UnprocessedKeys: { [table]: { Keys } } };
  instead('BatchGetItem', [{ status: 200, body: JSON.stringify(nothing) }]);
  expect(await store.unseen(events, now)).toEqual(events.slice(20));
});

test.each([
  {
    name: 'no table',
    error: refused('ResourceNotFoundException', 'Requested resource not found'),
    says: /There is no table \S+ .*aws dynamodb create-table --cli-input-json '\{.*by-time.*wait table-exists.*update-time-to-live/,
  },
  {
    name: 'no permission',
    error: refused('AccessDeniedException', 'User: x is not authorized to perform: dynamodb:GetItem on resource: y'),
    says: /may not be used: dynamodb:GetItem is not allowed/,
  },
  {
    name: 'something else',
    error: refused('ValidationException', 'One or more parameter values were invalid'),
    says: /could not be used \(GetItem\): ValidationException: One or more/,
  },
])('$name: the error says what to do', async ({ error, says }) => {
  const { store } = await aStore();
  instead('GetItem', [error]);
  const asked = store.finding('f-1');
  await expect(asked).rejects.toThrow(StoreError);
  await expect(asked).rejects.toThrow(says);
});

test('a table that is not there is told by every method', async () => {
  const store = tables.store('nowhere');
  const all: readonly (() => Promise<unknown>)[] = [
    () => store.commit([audit('one')]),
    () => store.finding('f'),
    () => store.findings(),
    () => store.dueEffects('work', now, 10),
    () => store.dueTimers(now, 10),
    () => store.calls('p'),
    () => store.lock(['a'], 'o', now, now),
    () => store.renewEffect('e', 'w', now),
    () => store.unseen(['a'], now),
    () => store.markSeen(['a'], now),
    () => store.auditRows(0, 1),
  ];
  for (const ask of all) await expect(ask()).rejects.toThrow(/There is no table nowhere/);
});

test('what is too large, or too much, is refused before anything is written', async () => {
  const { store } = await aStore();
  const huge = aPlan('p-1', { before: { policy: randomBytes(3_700_000).toString('base64') } });
  await expect(write(store, { kind: 'plan', record: huge, expected: 0 }, audit('x'))).rejects.toThrow(
    /plan#p-1 is too large to be stored: 4[.]9 MB of JSON, 3[.]7 MB compressed/,
  );
  const two = ['p-2', 'p-3'].map((id): Change => {
    const record = aPlan(id, { before: { policy: randomBytes(2_100_000).toString('base64') } });
    return { kind: 'plan', record, expected: 0 };
  });
  await expect(write(store, ...two)).rejects.toThrow(/too large for one transaction of DynamoDB: 4[.]2 MB/);
  const many = Array.from({ length: 101 }, (_, index): Change => ({ kind: 'clearTimer', finding: `f-${index}` }));
  await expect(write(store, ...many)).rejects.toThrow(/101 items, and it takes 100/);
  expect(await store.auditHead()).toMatchObject({ count: 0 });
});

test('what somebody has spoiled is told, and never written over', async () => {
  const { table, store } = await aStore();
  const big = aPlan('p-1', { before: { policy: randomBytes(600_000).toString('hex') } });
  await write(
    store,
    { kind: 'finding', record: aFinding('f-1'), expected: 0 },
    { kind: 'plan', record: big, expected: 0 },
  );
  await write(store, audit('one'), audit('two'));
  await spoil(table, 'finding#f-1', 'record', 'record', '{"id":');
  await expect(store.finding('f-1')).rejects.toThrow(/finding#f-1 in the table cannot be read/);
  await spoil(table, 'plan#p-1', 'part#record#record#001', 'body', 'x');
  await expect(store.plan('p-1')).rejects.toThrow(/plan#p-1 in the table \S+ is damaged/);

  // An entry beyond the head: nothing hangs on it, and the next commit does not hide it.
  await spoil(table, 'audit', '000000000003', 'record', '[]');
  await expect(write(store, audit('three'))).rejects.toThrow(/entries that were not counted.*Nothing was stored/);
  expect(await store.auditHead()).toMatchObject({ count: 2 });
});

test.each([
  { name: 'a changed entry', says: /content was changed/, seq: 1 },
  { name: 'a deleted commit', says: /entry 1 is missing/, seq: 1 },
  { name: 'a head set back', says: /without being counted/, seq: 3 },
])('the audit trail shows $name', async ({ name, says, seq }) => {
  const { table, store } = await aStore();
  await write(store, audit('one'), audit('two'));
  const early = await store.auditHead();
  await write(store, audit('three'));
  expect(await verifyAudit(store)).toMatchObject({ ok: true, count: 3 });
  const client = tables.local().client();
  const first = { pk: { S: 'audit' }, sk: { S: '000000000002' } };
  if (name === 'a deleted commit') await client.deleteItem({ TableName: table, Key: first });
  if (name === 'a changed entry') {
    const record = (await item(table, 'audit', '000000000002'))?.record?.S ?? '';
    await spoil(table, 'audit', '000000000002', 'record', record.replace('one', 'ONE'));
  }
  if (name === 'a head set back') {
    const head = { pk: { S: 'audit-head' }, sk: { S: 'record' }, count: { N: '2' }, hash: { S: early.hash } };
    await client.putItem({ TableName: table, Item: head });
  }
  client.destroy();
  const verdict = await verifyAudit(store);
  expect(verdict).toMatchObject({ ok: false, seq });
  expect(verdict.ok ? '' : verdict.because).toMatch(says);
});

test('only what may be forgotten has an end', async () => {
  const { table, store } = await aStore();
  const call = { plan: 'p-1', application: 1, purpose: 'apply' as const, step: 0 };
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
  await write(
    store,
    ...[
      { kind: 'finding', record: aFinding('f-1'), expected: 0 } as const,
      { kind: 'plan', record: aPlan('p-1'), expected: 0 } as const,
    ],
    { kind: 'count', counter: 'c', window: '2099-01-01T00:00:00.000Z', add: 1, most: null },
    { kind: 'intent', call: { ...intent, seen: null, outcome: { status: 'intent' } } },
    audit('one'),
  );
  await write(store, {
    ...{ kind: 'outcome', call },
    outcome: { status: 'done', at: now, requestId: 'r-1', output: {}, inferred: false },
  });
  await store.lock(['doc'], 'o', now, '2099-01-01T00:00:00.000Z');
  await store.markSeen(['e-1'], '2099-01-01T00:00:00.000Z');
  const newYear = Date.UTC(2099, 0, 1) / 1000;
  const ends = async (pk: string, sk = 'record') => Number((await item(table, pk, sk))?.expires?.N ?? Number.NaN);
  expect(await ends('count#c', '2099-01-01T00:00:00.000Z')).toBe(newYear + 2 * 86_400);
  expect(await ends('lock#doc')).toBe(newYear + 86_400);
  expect(await ends('seen#e-1')).toBe(newYear);
  expect(await ends('request#r-1')).toBeGreaterThan(Date.now() / 1000 + 89 * 86_400);
  for (const [pk, sk] of [
    ...[['finding#f-1'], ['plan#p-1'], ['resource#arn:aws:test:::b'], ['audit', '000000000001'], ['audit-head']],
    ['plan#p-1', 'call#000001#apply#000000'],
  ]) {
    const stored = await item(table, pk ?? '', sk ?? 'record');
    expect(stored, pk).toBeDefined();
    expect(stored?.expires, pk).toBeUndefined();
  }
});

test('names of any length find their place', async () => {
  const { store } = await aStore();
  const long = `arn:aws:test:::${createHash('sha512').update('x').digest('hex').repeat(15)}`;
  const exemption = { control: 48, resource: long, owner: 'o', reason: 'r', until: '2099-01-01', by: 'a' };
  const record = aFinding('f-1');
  const there = {
    ...record,
    evaluation: { ...record.evaluation, resource: { ...record.evaluation.resource, arn: long } },
  };
  await write(store, { kind: 'exemption', exemption }, { kind: 'finding', record: there, expected: 0 });
  expect(await store.exemptions()).toEqual([exemption]);
  expect(await store.findings({ arn: long })).toEqual([there]);
  expect(await store.lock([long], 'o', now, '2099-01-01T00:00:00.000Z')).toBe(true);
});
