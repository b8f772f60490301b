import type { TransactWriteItem, Update } from '@aws-sdk/client-dynamodb';
import { type Item, keyOf, nameOf, sizeOf } from '../../../src/store/dynamodb-items.ts';
import { table } from '../../../src/store/dynamodb-table.ts';

const KILOBYTE = 1024;

/** Follows what requests leave in the table, as far as prices depend on it. */
export interface Ledger {
  /**
   * Units that a write uses: one for each kilobyte of the larger of the item
   * before and after, and those of every index whose entry it changes.
   *
   * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.ThroughputConsiderations.Writes
   *
   * @param happened whether it was carried out; what was refused costs nearly the same and changes nothing
   * @param times 2 in a transaction; indexes are written outside of it
   */
  readonly write: (action: TransactWriteItem, happened: boolean, times: 1 | 2) => number;
  /** Bytes of the items that are there now and stay for good. */
  readonly kept: () => number;
}

export function createLedger(): Ledger {
  const items = new Map<string, Item>();
  return {
    write: (action, happened, times) => {
      const name = nameOf(
        keyOf(action.Put?.Item ?? (action.Update ?? action.Delete ?? action.ConditionCheck)?.Key ?? {}),
      );
      const before = items.get(name);
      const after = resultOf(action, before);
      if (happened && after !== before) {
        if (after === undefined) items.delete(name);
        else items.set(name, after);
      }
      return kilobytes(Math.max(sizeOf(before), sizeOf(after))) * times + (happened ? indexUnits(before, after) : 0);
    },
    kept: () =>
      [...items.values()].filter((item) => !(table.timeToLive in item)).reduce((sum, item) => sum + sizeOf(item), 0),
  };
}

const kilobytes = (bytes: number): number => Math.max(1, Math.ceil(bytes / KILOBYTE));

function resultOf({ Put, Update, Delete }: TransactWriteItem, before: Item | undefined): Item | undefined {
  if (Put?.Item) return Put.Item;
  if (Delete) return undefined;
  return Update ? updated(Update, before) : before;
}

/** What an update of the store makes of an item: `SET a = b, c = if_not_exists(c, d) ADD … REMOVE …`. */
function updated(update: Update, before: Item | undefined): Item {
  const { Key, UpdateExpression = '', ExpressionAttributeNames: names, ExpressionAttributeValues: values } = update;
  const item: Item = { ...Key, ...before };
  const [, sets = ''] = /SET (.*?)(?= ADD | REMOVE |$)/.exec(UpdateExpression) ?? [];
  const [, adds = ''] = /ADD (.*?)(?= REMOVE |$)/.exec(UpdateExpression) ?? [];
  const [, removes = ''] = /REMOVE (.*)$/.exec(UpdateExpression) ?? [];
  const put = (word: string, value: string): void => {
    const to = values?.[value];
    if (to !== undefined) item[names?.[word] ?? word] = to;
  };
  for (const [, word = '', given, value = ''] of sets.matchAll(/(#\w+) = (if_not_exists\(#\w+, )?(:\w+)/g)) {
    if (given === undefined || item[names?.[word] ?? word] === undefined) put(word, value);
  }
  for (const [, word = '', value = ''] of adds.matchAll(/(#\w+) (:\w+)/g)) put(word, value);
  for (const [word] of removes.matchAll(/#\w+/g)) delete item[names?.[word] ?? word];
  return item;
}

/** An entry that moves is one taken out and one put in; one that changes in what it shows is written once. */
function indexUnits(before: Item | undefined, after: Item | undefined): number {
  return table.indexes.reduce((sum, { partition, sort, projected }) => {
    const place = (item: Item | undefined) => (item?.[partition] ? JSON.stringify([item[partition], item[sort]]) : '');
    const shown = (item: Item | undefined) => JSON.stringify(projected.map((name) => item?.[name]));
    const [was, is] = [place(before), place(after)];
    if (was !== is) return sum + (was === '' ? 0 : 1) + (is === '' ? 0 : 1);
    return sum + (is !== '' && shown(before) !== shown(after) ? 1 : 0);
  }, 0);
}
