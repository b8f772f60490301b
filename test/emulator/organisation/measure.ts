import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { z } from 'zod';
import type { Measured } from '../../../src/docs/costs/model.ts';
import { ACCOUNT } from '../clients.ts';
import { createLedger, type Ledger } from './ledger.ts';
import type { Passed } from './proxy.ts';

/** What a run has used, from the requests that passed: the numbers behind docs/costs.md. */
export function measure(
  passed: readonly Passed[],
  run: Pick<Measured, 'events' | 'seconds' | 'invocations' | 'queueRequests' | 'fifoRequests' | 'findings'>,
): Measured {
  const own = passed.filter(({ account }) => account === ACCOUNT);
  const tables = own.filter(({ service }) => service === 'dynamodb');
  const others = passed.filter(({ account }) => account !== ACCOUNT);
  const ledger = createLedger();
  const sum = (values: readonly number[]): number => values.reduce((all, one) => all + one, 0);
  const isRead = ({ operation }: Passed) => /^(Get|List|Describe|GET|HEAD)/.test(operation);
  return {
    ...run,
    writeUnits: sum(tables.map((one) => writeUnits(one, ledger))),
    readUnits: sum(tables.map(readUnits)),
    lifecycleEvents: sum(own.map(eventsPut)),
    storedBytes: ledger.kept(),
    reads: others.filter(isRead).length,
    writes: others.filter((one) => !isRead(one)).length,
  };
}

/** Write units of one request, by AWS's rules: twice for transactions. */
function writeUnits({ operation, body, status }: Passed, ledger: Ledger): number {
  const happened = status === 200;
  switch (operation) {
    case 'TransactWriteItems': {
      const actions: readonly TransactWriteItem[] = JSON.parse(body).TransactItems;
      return actions.reduce((sum, action) => sum + ledger.write(action, happened, 2), 0);
    }
    case 'PutItem':
      return ledger.write({ Put: JSON.parse(body) }, happened, 1);
    case 'UpdateItem':
      return ledger.write({ Update: JSON.parse(body) }, happened, 1);
    case 'DeleteItem':
      return ledger.write({ Delete: JSON.parse(body) }, happened, 1);
    case 'BatchWriteItem':
      return body.split('PutRequest').length - 1;
    default:
      return 0;
  }
}

/** Read units of one request: consistent reads of no more than four kilobytes each. */
function readUnits({ operation, body }: Passed): number {
  switch (operation) {
    case 'GetItem':
    case 'Query':
      return 1;
    case 'BatchGetItem':
      return Math.max(1, body.split('"pk"').length - 1);
    default:
      return 0;
  }
}

const entries = z.object({ Entries: z.array(z.unknown()) });

function eventsPut({ operation, body }: Passed): number {
  return operation === 'PutEvents' ? entries.parse(JSON.parse(body)).Entries.length : 0;
}
