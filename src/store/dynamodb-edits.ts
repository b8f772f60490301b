import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { createWords, expression, holds, type Test, type Update, updateExpression } from './dynamodb-expressions.ts';
import { type Item, type Key, keyAttributes, keyOf, nameOf, numberOf } from './dynamodb-items.ts';
import type { Conflict } from './port.ts';

/** A test, and what is said when it does not hold. */
interface Guard {
  readonly test: Test;
  /** Where in the commit: the first one that does not hold is named. */
  readonly index: number;
  readonly conflict: Conflict;
}

type Write =
  | { readonly how: 'put'; readonly item: Item }
  | { readonly how: 'delete' }
  | ({ readonly how: 'update' } & Required<Update>);

interface Edit {
  readonly key: Key;
  readonly guards: Guard[];
  write: Write | undefined;
}

/**
 * The changes of a commit, item by item. An item may appear only once in a
 * transaction, so changes of one item become one action: a condition on what is
 * stored, and the last word on what is written. A condition on what an earlier
 * change of the same commit has written is decided here.
 */
export interface Edits {
  readonly guard: (key: Key, test: Test, index: number, conflict: Conflict) => void;
  readonly put: (item: Item) => void;
  readonly remove: (key: Key) => void;
  readonly update: (key: Key, update: Update) => void;
  readonly actions: (table: string) => readonly Action[];
}

/** An action of a transaction, and which conflict it means when it was in the way. */
export interface Action {
  readonly send: TransactWriteItem;
  /** @param stored the item as it was, where there was one */
  readonly failed: (stored: Item | undefined) => Guard | undefined;
}

export function createEdits(): Edits {
  const edits = new Map<string, Edit>();
  const editOf = (key: Key): Edit => {
    const known = edits.get(nameOf(key));
    if (known !== undefined) return known;
    const made: Edit = { key, guards: [], write: undefined };
    edits.set(nameOf(key), made);
    return made;
  };
  return {
    guard: (key, test, index, conflict) => {
      const edit = editOf(key);
      const now = decided(test, edit.write);
      if (now !== true) edit.guards.push({ test: now, index, conflict });
    },
    put: (item) => {
      editOf(keyOf(item)).write = { how: 'put', item };
    },
    remove: (key) => {
      editOf(key).write = { how: 'delete' };
    },
    update: (key, update) => {
      const edit = editOf(key);
      edit.write = updated(edit.write, key, update);
    },
    actions: (table) =>
      [...edits.values()].filter(({ guards, write }) => guards.length > 0 || write !== undefined).map(action(table)),
  };
}

/** What is left to test of what is stored, after an earlier write: true when it holds for sure. */
function decided(test: Test, write: Write | undefined): Test | true {
  if (write === undefined || test.is === 'never') return test;
  if (write.how === 'put') return holds(test, write.item) || { is: 'never' };
  if (write.how === 'delete') return holds(test, undefined) || { is: 'never' };
  if (test.is === 'absent') return { is: 'never' };
  const { attribute } = test;
  if (test.is === 'atMost') return { ...test, value: test.value - (write.add[attribute] ?? 0) };
  if (test.is === 'without' && write.union[attribute]?.includes(test.value)) return { is: 'never' };
  const isKnown = Object.hasOwn(write.set, attribute) || write.remove.includes(attribute);
  return isKnown ? holds(test, write.set) || { is: 'never' } : test;
}

function updated(write: Write | undefined, key: Key, update: Update): Write {
  const { set = {}, seed = {}, add = {}, union = {}, remove = [] } = update;
  if (write === undefined) return { how: 'update', set, seed, add, union, remove };
  if (write.how !== 'update')
    return { how: 'put', item: applied(write.how === 'put' ? write.item : undefined, key, update) };
  // A later word on an attribute takes the place of an earlier one: a path may be named once.
  const isNew = (name: string): boolean => !Object.hasOwn(set, name) && !remove.includes(name);
  const known = { ...write.set, ...write.seed };
  const isUnknown = (name: string): boolean => !Object.hasOwn(known, name);
  return {
    how: 'update',
    set: { ...pick(write.set, (name) => !remove.includes(name)), ...set },
    seed: { ...pick(seed, isUnknown), ...pick(write.seed, isNew) },
    add: sums(write.add, add),
    union: unions(write.union, union),
    remove: [...new Set([...write.remove.filter((name) => !Object.hasOwn(set, name)), ...remove])],
  };
}

/** An item as it is after an update. */
function applied(item: Item | undefined, key: Key, { set, seed, add = {}, union = {}, remove = [] }: Update): Item {
  const next: Item = { ...keyAttributes(key), ...seed, ...item, ...set };
  for (const [name, value] of Object.entries(add)) next[name] = { N: String(numberOf(next, name) + value) };
  for (const [name, values] of Object.entries(union)) {
    next[name] = { SS: [...new Set([...(next[name]?.SS ?? []), ...values])] };
  }
  return pick(next, (name) => !remove.includes(name));
}

function pick(item: Item, wanted: (name: string) => boolean): Item {
  return Object.fromEntries(Object.entries(item).filter(([name]) => wanted(name)));
}

function sums(one: Required<Update>['add'], other: Required<Update>['add']): Required<Update>['add'] {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries([...names].map((name) => [name, (one[name] ?? 0) + (other[name] ?? 0)]));
}

function unions(one: Required<Update>['union'], other: Required<Update>['union']): Required<Update>['union'] {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries(
    [...names].map((name) => [name, [...new Set([...(one[name] ?? []), ...(other[name] ?? [])])]]),
  );
}

const action =
  (table: string) =>
  (edit: Edit): Action => {
    const { guards, write } = edit;
    const words = createWords();
    const condition = guards.map(({ test }) => `(${expression(test, words)})`).join(' AND ');
    const change = write?.how === 'update' ? updateExpression(write, words) : undefined;
    const common = {
      TableName: table,
      ...(condition === '' ? {} : { ConditionExpression: condition }),
      ...words.attributes(),
      // With several conditions on one item, the item tells which one it was.
      ...(guards.length > 1 ? { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const } : {}),
    };
    const key = keyAttributes(edit.key);
    return {
      send: sending(write, key, common, condition, change ?? ''),
      failed: (stored) => guards.find(({ test }) => guards.length === 1 || !holds(test, stored)) ?? guards[0],
    };
  };

function sending(
  write: Write | undefined,
  Key: Item,
  common: { readonly TableName: string },
  condition: string,
  change: string,
): TransactWriteItem {
  switch (write?.how) {
    case undefined:
      return { ConditionCheck: { ...common, Key, ConditionExpression: condition } };
    case 'put':
      return { Put: { ...common, Item: write.item } };
    case 'delete':
      return { Delete: { ...common, Key } };
    case 'update':
      return { Update: { ...common, Key, UpdateExpression: change } };
  }
}
