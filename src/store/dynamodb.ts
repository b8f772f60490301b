import { randomUUID } from 'node:crypto';
import type { DynamoDB } from '@aws-sdk/client-dynamodb';
import type { AuditRow } from '../audit.ts';
import { stateNames } from '../workflow/finding.ts';
import { createCommit, readHead } from './dynamodb-commit.ts';
import { findings } from './dynamodb-findings.ts';
import {
  endOfMoment,
  type Item,
  keyAttributes,
  keyOf,
  keys,
  lists,
  momentOf,
  nameOf,
  number,
  numberOf,
  seconds,
  text,
  textOf,
} from './dynamodb-items.ts';
import { createOutbox } from './dynamodb-outbox.ts';
import { createRequests, everyItem, firstPage, type Requests, waitAfter, within } from './dynamodb-requests.ts';
import { table as layout } from './dynamodb-table.ts';
import { type Store, StoreError } from './port.ts';
import type {
  CallOutcome,
  CallRecord,
  Exemption,
  MessageRecord,
  ObstacleRecord,
  StopSwitch,
  TimerRecord,
} from './records.ts';

const day = 86_400;
const [byTime] = layout.indexes;
const neverStopped: StopSwitch = { on: false, by: 'redress', at: '', because: 'it was never used' };

/**
 * The store in a DynamoDB table, for many workers.
 *
 * What the workflow decides on is read from the table itself, consistently:
 * findings, those of a resource, plans, calls, requests, locks, counts, the stop
 * switch, exemptions, obstacles, messages. Indexes, which lag, only lead to
 * what is due and to lists for people. Nothing is ever scanned.
 *
 * @param client made by `createDynamoDbClient`; closing the store closes it
 * @throws StoreError never by itself: a missing table or permission shows at the first request
 */
export function openDynamoDbStore({ table, client }: { readonly table: string; readonly client: DynamoDB }): Store {
  const requests = createRequests(client, table);
  const commit = createCommit(requests, table);
  const { committed, ...outbox } = createOutbox(requests);
  return {
    commit: async (changes) => {
      const result = await commit(changes);
      if (result.ok) committed(changes);
      return result;
    },

    finding: (id) => requests.record(keys.finding(id)),
    findings: (filter = {}) => findings(requests, filter),
    plan: (id) => requests.record(keys.plan(id)),

    ...outbox,

    // Eventual is right: `timerFired` has the timer as its condition, and one that is not seen yet is seen next time.
    dueTimers: async (now, limit) => {
      const query = { IndexName: byTime.name, ...within(byTime, lists.timers, ' ', endOfMoment(now)), Limit: limit };
      const items = await requests.getAll((await firstPage(requests, query)).map(keyOf));
      return items
        .flatMap(toTimer)
        .filter(({ due }) => due <= now)
        .sort((one, other) => compare(one.due, other.due) || compare(one.finding, other.finding));
    },
    nextTimer: async () => {
      const query = { IndexName: byTime.name, ...within(byTime, lists.timers), Limit: 1 };
      return (await firstPage(requests, query)).map(momentOf)[0];
    },
    timer: async (finding) => [(await requests.get(keys.timer(finding))) ?? []].flat().flatMap(toTimer)[0],

    calls: (plan) => calls(requests, plan),
    isOurRequest: async (id) => (await requests.get(keys.request(id))) !== undefined,

    lock: (locks, owner, now, until) => lock(requests, table, { locks: [...new Set(locks)], owner, now, until }),

    count: async (counter, window) => numberOf(await requests.get(keys.count(counter, window)), 'n'),
    stopSwitch: async () => (await requests.record<StopSwitch>(keys.stop)) ?? neverStopped,
    exemptions: async () => {
      const all = await collection<Exemption>(requests, 'exemptions');
      return [...all].sort((one, other) => one.control - other.control || compare(one.resource, other.resource));
    },

    messagesOf: (finding) => messages(requests, keys.timer(finding).pk, 'message#', 'message#~'),
    messagesIn: (channel, since) => messages(requests, keys.posted(channel, since, '').pk, since),

    obstacle: (id) => requests.record(keys.obstacle(id)),
    obstacles: async () => {
      const all = await collection<ObstacleRecord>(requests, 'obstacles');
      return all.filter(({ goneAt }) => goneAt === null).sort((one, other) => compare(one.id, other.id));
    },

    markSeen: (events, until) =>
      requests.putAll(
        events.map((event) => ({
          ...keyAttributes(keys.seen(event)),
          ...{ entity: text('seen'), until: text(until), expires: number(seconds(until)) },
        })),
      ),
    unseen: async (events, now) => {
      const items = await requests.getAll(events.map(keys.seen));
      // What has run out may stay in the table for days.
      const seen = new Set(items.filter((item) => textOf(item, 'until') > now).map((item) => nameOf(keyOf(item))));
      return events.filter((event) => !seen.has(nameOf(keys.seen(event))));
    },
    mark: async (name) => textOf(await requests.get(keys.mark(name)), 'value') || undefined,
    // DynamoDB throws away by itself what has run out.
    tidy: async () => {},

    auditHead: () => readHead(requests),
    auditRows: (after, limit) => auditRows(requests, after, limit),

    close: async () => client.destroy(),
  };
}

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

function toTimer(item: Item): readonly TimerRecord[] {
  const of = stateNames.find((name) => name === textOf(item, 'of'));
  return of === undefined ? [] : [{ finding: textOf(item, 'finding'), of, due: textOf(item, 'due') }];
}

/** Every record of a partition that holds nothing else. */
async function collection<T>(requests: Requests, pk: string): Promise<readonly T[]> {
  const items = await everyItem(requests, within(layout.keys, pk));
  const records = await Promise.all(items.map((item) => requests.unpacked<T>(item, 'record')));
  return records.flatMap((record) => record ?? []);
}

async function calls(requests: Requests, plan: string): Promise<readonly CallRecord[]> {
  const items = await everyItem(requests, within(layout.keys, keys.plan(plan).pk, 'call#', 'call#~'));
  const records = await Promise.all(
    items.map(async (item) => {
      const call = await requests.unpacked<CallRecord>(item, 'record');
      if (call === undefined || item.outcome === undefined) return call;
      const outcome = await requests.unpacked<CallOutcome>(item, 'outcome');
      return outcome === undefined ? undefined : { ...call, outcome };
    }),
  );
  return records.flatMap((record) => record ?? []);
}

/** Messages that links of a partition lead to, the newest first. */
async function messages(requests: Requests, pk: string, from: string, to?: string): Promise<readonly MessageRecord[]> {
  const query = { ...within(layout.keys, pk, from, to), ScanIndexForward: false };
  const ids = (await everyItem(requests, query)).map((link) => textOf(link, 'message'));
  const found = await requests.records<MessageRecord>(ids.map(keys.message));
  return [...found].sort((one, other) => ids.indexOf(one.id) - ids.indexOf(other.id));
}

async function auditRows(requests: Requests, after: number, limit: number): Promise<readonly AuditRow[]> {
  const rows: AuditRow[] = [];
  const { pk, sk } = keys.audit(after + 1);
  const query = { ...within(layout.keys, pk, sk, '9'.repeat(sk.length)), Limit: Math.min(Math.max(limit, 1), 500) };
  for await (const page of requests.pages(query)) {
    const batches = await Promise.all(page.map((item) => requests.unpacked<readonly AuditRow[]>(item, 'record')));
    rows.push(...batches.flatMap((batch) => batch ?? []).filter(({ seq }) => seq > after));
    if (rows.length >= limit) break;
  }
  return rows.slice(0, limit);
}

/** All locks or none: a lock is free when nobody has it, its owner has released it, or its time is over. */
async function lock(
  requests: Requests,
  table: string,
  { locks, owner, now, until }: { locks: readonly string[]; owner: string; now: string; until: string },
): Promise<boolean> {
  if (locks.length === 0) return true;
  const actions = locks.map((name) => ({
    Put: {
      TableName: table,
      Item: {
        ...keyAttributes(keys.lock(name)),
        ...{ entity: text('lock'), owner: text(owner), until: text(until) },
        expires: number((seconds(until) || Math.floor(Date.now() / 1000)) + day),
      },
      ConditionExpression:
        'attribute_not_exists(#owner) OR #owner = :owner OR #until <= :now OR contains(#released, #owner)',
      ExpressionAttributeNames: { '#owner': 'owner', '#until': 'until', '#released': 'released' },
      ExpressionAttributeValues: { ':owner': text(owner), ':now': text(now) },
    },
  }));
  const [only, ...others] = actions;
  if (only !== undefined && others.length === 0) return requests.writeIf(only);
  for (let tries = 1; ; tries += 1) {
    const why = await requests.transact(actions, randomUUID());
    if (why === undefined) return true;
    if (why.some(({ code }) => code === 'ConditionalCheckFailed')) return false;
    const wrong = why.find(({ code }) => code === 'ValidationError' || code === 'ItemCollectionSizeLimitExceeded');
    if (wrong !== undefined) throw new StoreError(`The table ${table} did not take the locks: ${wrong.message}`);
    await waitAfter(tries, table);
  }
}
