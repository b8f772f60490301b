import {
  endOfMoment,
  type Item,
  type Key,
  keyAttributes,
  keyOf,
  keys,
  lists,
  moment,
  momentOf,
  nameOf,
  number,
  numberOf,
  text,
  textOf,
} from './dynamodb-items.ts';
import { everyItem, type Requests, within } from './dynamodb-requests.ts';
import { table } from './dynamodb-table.ts';
import type { Change, NewEffect, Store } from './port.ts';
import type { Lane, OutboxEffect } from './records.ts';

const [byTime] = table.indexes;
const lanes: readonly Lane[] = ['inbox', 'notice', 'sweep', 'work'];

/** Indexes lag by milliseconds, seldom by a second. */
const lag = 5_000;
/** As many as one request reads. */
const mostRecent = 100;

type Outbox = Pick<Store, 'dueEffects' | 'effects' | 'nextEffect' | 'leaseEffect' | 'renewEffect' | 'releaseEffect'> & {
  /** Tells of changes that were committed by this process. */
  readonly committed: (changes: readonly Change[]) => void;
};

/**
 * The outbox. What is due is found in an index, which lags: eventual is right
 * here, because the index only says where to look. The effect itself is read
 * from the table, is taken by a conditional write that one worker wins, and
 * whatever the index does not show yet is found at the next look. Only a
 * process that works until nothing is left would stop too early, so effects
 * that this process has just put there are looked at whether the index has them
 * or not.
 */
export function createOutbox(requests: Requests): Outbox {
  const recent = new Map<string, { readonly key: Key; readonly at: number }>();
  const recentKeys = (): readonly Key[] => {
    for (const [name, { at }] of recent) if (performance.now() - at > lag) recent.delete(name);
    return [...recent.values()].map(({ key }) => key);
  };
  const toEffects = async (items: readonly Item[]): Promise<readonly OutboxEffect[]> => {
    const effects = await Promise.all(items.map((item) => toEffect(requests, item)));
    return effects.flatMap((effect) => effect ?? []);
  };

  return {
    committed: (changes) => {
      for (const change of changes) {
        if (!isAboutEffect(change)) continue;
        const key = keys.effect(change.kind === 'effect' ? change.effect.key : change.key);
        recent.delete(nameOf(key));
        if (change.kind !== 'effectDone') recent.set(nameOf(key), { key, at: performance.now() });
      }
      for (const name of [...recent.keys()].slice(0, -mostRecent)) recent.delete(name);
    },

    dueEffects: async (lane, now, limit) => {
      const due = new Map<string, Item>();
      const look = async (wanted: readonly Key[]): Promise<void> => {
        for (const item of await requests.getAll(wanted.filter((key) => !due.has(nameOf(key))))) {
          if (textOf(item, 'lane') === lane && momentOf(item) <= now) due.set(nameOf(keyOf(item)), item);
        }
      };
      const query = { IndexName: byTime.name, ...within(byTime, lists.lane(lane), ' ', endOfMoment(now)) };
      let first: readonly Key[] = recentKeys();
      for await (const page of requests.pages({ ...query, Limit: limit })) {
        await look([...first, ...page.map(keyOf)]);
        first = [];
        if (due.size >= limit) break;
      }
      const inOrder = [...due.values()].sort(byMoment).slice(0, limit);
      return toEffects(inOrder);
    },

    effects: async () => {
      const found = await Promise.all(
        lanes.map((lane) => everyItem(requests, { IndexName: byTime.name, ...within(byTime, lists.lane(lane)) })),
      );
      const items = await requests.getAll([...recentKeys(), ...found.flat().map(keyOf)]);
      return toEffects(
        [...items].sort((one, other) => compare(textOf(one, 'lane'), textOf(other, 'lane')) || byMoment(one, other)),
      );
    },

    nextEffect: async (lane) => {
      const query = {
        ...{ IndexName: byTime.name, ...within(byTime, lists.lane(lane)), Limit: 25 },
        FilterExpression: 'attribute_not_exists(holder)',
      };
      let recently = recentKeys();
      for await (const page of requests.pages(query)) {
        const items = await requests.getAll([...recently, ...page.map(keyOf)]);
        recently = [];
        const [next] = items
          .filter((item) => textOf(item, 'lane') === lane && item.holder === undefined)
          .sort(byMoment);
        if (next !== undefined) return momentOf(next);
      }
      return undefined;
    },

    // A lease whose answer was lost and which was asked for again looks as if somebody else had it. That is safe: it
    // runs out, and then the effect is taken again.
    leaseEffect: ({ key, lease: previous, attempts, due }, { worker, until }) =>
      requests.updateIf({
        Key: idOf(key),
        ConditionExpression: [
          '#attempts = :attempts AND #due = :due AND',
          previous === null ? 'attribute_not_exists(#holder)' : '#holder = :before AND #until = :previously',
        ].join(' '),
        UpdateExpression: 'SET #holder = :holder, #host = :host, #pid = :pid, #until = :until, #at = :at',
        ExpressionAttributeNames: names('attempts', 'due', 'holder', 'host', 'pid', 'until', 'at'),
        ExpressionAttributeValues: {
          ...{ ':attempts': number(attempts), ':due': text(due) },
          ...(previous === null ? {} : { ':before': text(previous.worker.id), ':previously': text(previous.until) }),
          ...{ ':holder': text(worker.id), ':host': text(worker.host), ':pid': number(worker.pid) },
          ...{ ':until': text(until), ':at': text(placeOf(key, until)) },
        },
      }),

    renewEffect: (key, worker, until) =>
      requests.updateIf({
        Key: idOf(key),
        ConditionExpression: '#holder = :holder',
        UpdateExpression: 'SET #until = :until, #at = :at',
        ExpressionAttributeNames: names('holder', 'until', 'at'),
        ExpressionAttributeValues: {
          ...{ ':holder': text(worker), ':until': text(until), ':at': text(placeOf(key, until)) },
        },
      }),

    releaseEffect: async (key, { id, host, pid }) => {
      const item = await requests.get(keys.effect(key));
      if (item === undefined) return false;
      return requests.updateIf({
        Key: idOf(key),
        ConditionExpression: '#holder = :holder AND #host = :host AND #pid = :pid AND #due = :due',
        UpdateExpression: 'SET #at = :at REMOVE #holder, #host, #pid, #until',
        ExpressionAttributeNames: names('holder', 'host', 'pid', 'until', 'due', 'at'),
        ExpressionAttributeValues: {
          ...{ ':holder': text(id), ':host': text(host), ':pid': number(pid) },
          ...{ ':due': text(textOf(item, 'due')), ':at': text(placeOf(key, textOf(item, 'due'))) },
        },
      });
    },
  };
}

type AboutEffect = Extract<Change, { kind: 'effect' | 'effectLater' | 'effectDone' }>;
const isAboutEffect = (change: Change): change is AboutEffect =>
  ['effect', 'effectLater', 'effectDone'].includes(change.kind);

const idOf = (key: string): Item => keyAttributes(keys.effect(key));
const placeOf = (key: string, free: string): string => moment(free, key);
const names = (...attributes: readonly string[]): Record<string, string> =>
  Object.fromEntries(attributes.map((name) => [`#${name}`, name]));

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
const byMoment = (one: Item, other: Item): number => compare(textOf(one, 'at'), textOf(other, 'at'));

async function toEffect(requests: Requests, item: Item): Promise<OutboxEffect | undefined> {
  const effect = await requests.unpacked<NewEffect>(item, 'record');
  if (effect === undefined) return undefined;
  const worker = { id: textOf(item, 'holder'), host: textOf(item, 'host'), pid: numberOf(item, 'pid') };
  return {
    ...effect,
    due: textOf(item, 'due'),
    attempts: numberOf(item, 'attempts'),
    note: item.note?.S ?? null,
    lease: item.holder === undefined ? null : { worker, until: textOf(item, 'until') },
  };
}
