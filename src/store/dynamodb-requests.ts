import { setTimeout as sleep } from 'node:timers/promises';
import type { AttributeValue, DynamoDB, QueryCommandInput, TransactWriteItem, Update } from '@aws-sdk/client-dynamodb';
import pMap from 'p-map';
import { isNamed, type Refusal, refusals, storeError } from './dynamodb-errors.ts';
import { type Item, type Key, keyAttributes, keyOf, nameOf, text } from './dynamodb-items.ts';
import { partsOf, unpack } from './dynamodb-packing.ts';
import { StoreError } from './port.ts';

/** What BatchGetItem and BatchWriteItem take at once. */
const mostRead = 100;
const mostWritten = 25;
/** Requests of one method under way at the same time. */
const concurrency = 4;
/** So often is tried again what others were in the way of: some twenty seconds. */
export const mostTries = 100;

/** One write. Actions of transactions are such, except conditions alone. */
export type Write = Pick<TransactWriteItem, 'Put' | 'Update' | 'Delete'>;

/** A query of the table or of an index, without its name. */
export type Query = Omit<QueryCommandInput, 'TableName' | 'ExclusiveStartKey'>;

/** The requests that the store makes, on one table. Every method throws StoreError. */
export interface Requests {
  readonly get: (key: Key) => Promise<Item | undefined>;
  /** Those of the items that are there, in no order. */
  readonly getAll: (keys: readonly Key[]) => Promise<readonly Item[]>;
  /** Pages of a query. Of the table itself they are consistent, of an index they lag by some milliseconds. */
  readonly pages: (query: Query) => AsyncGenerator<readonly Item[]>;
  /** A packed attribute. Undefined when the item is gone meanwhile. */
  readonly unpacked: <T>(item: Item, name: string) => Promise<T | undefined>;
  /** The packed attribute `record` of an item. */
  readonly record: <T>(key: Key) => Promise<T | undefined>;
  readonly records: <T>(keys: readonly Key[]) => Promise<readonly T[]>;
  /** Writes where a condition holds. */
  readonly updateIf: (update: Omit<Update, 'TableName'>) => Promise<boolean>;
  /** The same for a write that was made for a transaction and turned out to be all of it: half the price. */
  readonly writeIf: (write: Write) => Promise<boolean>;
  /** Writes items that nobody contends for. */
  readonly putAll: (items: readonly Item[]) => Promise<void>;
  /** All or nothing. What was in the way when it did not happen. */
  readonly transact: (actions: readonly TransactWriteItem[], token: string) => Promise<readonly Refusal[] | undefined>;
}

export function createRequests(client: DynamoDB, table: string): Requests {
  const asking = async <T>(operation: string, ask: () => Promise<T>): Promise<T> => {
    try {
      return await ask();
    } catch (error) {
      throw storeError(error, operation, table);
    }
  };

  const get: Requests['get'] = (key) =>
    asking('GetItem', async () => {
      const answer = await client.getItem({ TableName: table, Key: keyAttributes(key), ConsistentRead: true });
      return answer.Item;
    });

  const getSome = (some: readonly Key[]): Promise<readonly Item[]> =>
    asking('BatchGetItem', async () => {
      const found: Item[] = [];
      let open: Item[] = some.map(keyAttributes);
      for (let stuck = 0; open.length > 0; ) {
        if (stuck > 0) await waitAfter(stuck, table);
        const answer = await client.batchGetItem({ RequestItems: { [table]: { Keys: open, ConsistentRead: true } } });
        found.push(...(answer.Responses?.[table] ?? []));
        const left: Item[] = answer.UnprocessedKeys?.[table]?.Keys ?? [];
        // An answer ends at 16 MB: what is left of a full one is no sign of a busy table.
        stuck = left.length < open.length ? 0 : stuck + 1;
        open = left;
      }
      return found;
    });

  const getAll: Requests['getAll'] = async (all) => {
    const different = [...new Map(all.map((key) => [nameOf(key), key])).values()];
    return (await pMap(inBatches(different, mostRead), getSome, { concurrency })).flat();
  };

  async function* pages(query: Query): AsyncGenerator<readonly Item[]> {
    const consistent = query.IndexName === undefined;
    let from: Record<string, AttributeValue> | undefined;
    do {
      const answer = await asking('Query', () =>
        client.query({ ...query, TableName: table, ConsistentRead: consistent, ExclusiveStartKey: from }),
      );
      from = answer.LastEvaluatedKey;
      yield answer.Items ?? [];
    } while (from !== undefined);
  }

  const unpacked = async <T>(first: Item, name: string): Promise<T | undefined> => {
    const key = keyOf(first);
    let item: Item | undefined = first;
    for (let tries = 1; item !== undefined; tries += 1) {
      const wanted = partsOf(key, name, item[name]);
      const found = new Map((await getAll(wanted)).map((part) => [nameOf(keyOf(part)), part]));
      const whole = unpack<T>(
        key,
        item[name],
        wanted.map((part) => found.get(nameOf(part))),
      );
      if (whole !== undefined) return whole.value;
      // Somebody has written the next version in between; more than a few times in a row it is damaged.
      if (tries === 10) throw new StoreError(`${key.pk} in the table ${table} is damaged: its parts do not fit.`);
      item = await get(key);
    }
    return undefined;
  };

  const record = async <T>(key: Key): Promise<T | undefined> => {
    const item = await get(key);
    return item === undefined ? undefined : unpacked<T>(item, 'record');
  };

  const records = async <T>(all: readonly Key[]): Promise<readonly T[]> => {
    const items = await getAll(all);
    const found = await pMap(items, (item) => unpacked<T>(item, 'record'), { concurrency });
    return found.flatMap((one) => one ?? []);
  };

  const writeIf: Requests['writeIf'] = ({ Put, Update, Delete }) =>
    asking(Put ? 'PutItem' : Delete ? 'DeleteItem' : 'UpdateItem', async () => {
      for (let tries = 1; ; tries += 1) {
        try {
          if (Put) await client.putItem(Put);
          if (Update) await client.updateItem(Update);
          if (Delete) await client.deleteItem(Delete);
          return true;
        } catch (error) {
          if (isNamed(error, 'ConditionalCheckFailedException')) return false;
          // A transaction on the same item is under way; it may change what the condition is about.
          if (!isNamed(error, 'TransactionConflictException')) throw error;
          await waitAfter(tries, table);
        }
      }
    });

  const putSome = (some: readonly Item[]): Promise<void> =>
    asking('BatchWriteItem', async () => {
      let open = some.map((item) => ({ PutRequest: { Item: item } }));
      for (let tries = 0; open.length > 0; tries += 1) {
        if (tries > 0) await waitAfter(tries, table);
        const answer = await client.batchWriteItem({ RequestItems: { [table]: open } });
        const left = answer.UnprocessedItems?.[table] ?? [];
        open = left.flatMap(({ PutRequest }) => (PutRequest?.Item ? [{ PutRequest: { Item: PutRequest.Item } }] : []));
      }
    });

  return {
    ...{ get, getAll, pages, unpacked, record, records, writeIf },
    updateIf: (update) => writeIf({ Update: { ...update, TableName: table } }),
    putAll: async (items) => {
      const different = [...new Map(items.map((item) => [nameOf(keyOf(item)), item])).values()];
      await pMap(inBatches(different, mostWritten), putSome, { concurrency });
    },
    transact: (actions, token) =>
      asking('TransactWriteItems', async () => {
        try {
          await client.transactWriteItems({ TransactItems: [...actions], ClientRequestToken: token });
          return undefined;
        } catch (error) {
          const why = refusals(error);
          if (why === undefined) throw error;
          return why;
        }
      }),
  };
}

function inBatches<T>(all: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
    all.slice(index * size, (index + 1) * size),
  );
}

/**
 * Waits before the next try, at random, so that those who met do not meet again.
 *
 * @throws StoreError after too many tries
 */
export async function waitAfter(tries: number, table: string): Promise<void> {
  if (tries >= mostTries) {
    throw new StoreError(
      `The table ${table} was too busy for too long: others were in the way ${tries} times in a row.`,
    );
  }
  await sleep(Math.random() * Math.min(10 * 2 ** Math.min(tries, 6), 400));
}

/** The first page of a query, however many there are. */
export async function firstPage(requests: Requests, query: Query): Promise<readonly Item[]> {
  for await (const page of requests.pages(query)) return page;
  return [];
}

/** Every item of a query. */
export async function everyItem(requests: Requests, query: Query): Promise<readonly Item[]> {
  const items: Item[] = [];
  for await (const page of requests.pages(query)) items.push(...page);
  return items;
}

/**
 * The condition of a query: a partition, and a range of it. Every sort key begins with a letter or a digit.
 *
 * @param from the first sort key
 * @param to the last one
 */
export function within(
  { partition, sort }: { readonly partition: string; readonly sort: string },
  value: string,
  from = ' ',
  to = '~',
): Pick<Query, 'KeyConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'> {
  return {
    KeyConditionExpression: '#partition = :partition AND #sort BETWEEN :from AND :to',
    ExpressionAttributeNames: { '#partition': partition, '#sort': sort },
    ExpressionAttributeValues: { ':partition': text(value), ':from': text(from), ':to': text(to) },
  };
}
