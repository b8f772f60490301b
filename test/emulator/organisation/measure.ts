import { z } from 'zod';
import type { Measured } from '../../../src/docs/costs/model.ts';
import { table } from '../../../src/store/dynamodb-table.ts';
import { ACCOUNT } from '../clients.ts';
import type { Passing } from './proxy.ts';

const KILOBYTE = 1024;

/** What a run has used, from the requests that passed: the numbers behind docs/costs.md. */
export function measure(
  passed: readonly Passing[],
  run: Pick<Measured, 'events' | 'seconds' | 'invocations' | 'queueRequests' | 'fifoRequests' | 'findings'>,
): Measured {
  const own = passed.filter(({ account }) => account === ACCOUNT);
  const tables = own.filter(({ service }) => service === 'dynamodb');
  const others = passed.filter(({ account }) => account !== ACCOUNT);
  const units = tables.map(unitsOf);
  const sum = (values: readonly number[]): number => Math.round(values.reduce((all, one) => all + one, 0));
  const isRead = ({ operation }: Passing) => /^(Get|List|Describe|GET|HEAD)/.test(operation);
  return {
    ...run,
    writeUnits: sum(units.map(({ write }) => write)),
    readUnits: sum(units.map(({ read }) => read)),
    lifecycleEvents: own.filter(({ operation }) => operation === 'PutEvents').length,
    storedBytes: sum(units.map(({ stored }) => stored)),
    reads: others.filter(isRead).length,
    writes: others.filter((one) => !isRead(one)).length,
  };
}

interface Units {
  readonly write: number;
  readonly read: number;
  /** Bytes of items that are kept for good. */
  readonly stored: number;
}

const none: Units = { write: 0, read: 0, stored: 0 };
const attributes = z.record(z.string(), z.unknown());
const transaction = z.object({
  TransactItems: z.array(z.record(z.string(), z.looseObject({ Item: attributes.optional() }))),
});
const single = z.looseObject({ Item: attributes.optional() });

/** Request units of one request, by AWS's rules: a kilobyte a write, four a read, twice for transactions, and once more for each index. */
function unitsOf({ operation, body }: Passing): Units {
  switch (operation) {
    case 'TransactWriteItems': {
      const parsed = transaction.safeParse(JSON.parse(body));
      if (!parsed.success) return none;
      const items = parsed.data.TransactItems.flatMap((one) => Object.values(one).map(({ Item }) => Item));
      return items.map((item) => ofItem(item, 2)).reduce(plus, none);
    }
    case 'PutItem':
    case 'UpdateItem':
    case 'DeleteItem': {
      const parsed = single.safeParse(JSON.parse(body));
      return ofItem(parsed.success ? parsed.data.Item : undefined, 1);
    }
    case 'BatchWriteItem':
      return { ...none, write: body.split('PutRequest').length - 1 };
    case 'GetItem':
      return { ...none, read: 1 };
    case 'BatchGetItem':
      return { ...none, read: Math.max(1, body.split('"pk"').length - 1) };
    case 'Query':
      return { ...none, read: 1 };
    default:
      return none;
  }
}

/** Conditions and deletions have no item; they count as one kilobyte. */
function ofItem(item: Readonly<Record<string, unknown>> | undefined, times: number): Units {
  const bytes = item === undefined ? 0 : JSON.stringify(item).length;
  const size = Math.max(1, Math.ceil(bytes / KILOBYTE));
  const indexes = item === undefined ? 0 : table.indexes.filter(({ partition }) => partition in item).length;
  const passes = item !== undefined && table.timeToLive in item;
  return { write: size * times + indexes, read: 0, stored: passes ? 0 : bytes };
}

const plus = (a: Units, b: Units): Units => ({
  write: a.write + b.write,
  read: a.read + b.read,
  stored: a.stored + b.stored,
});
