import { afterAll, expect } from 'vitest';
import { storeContract } from './contract.ts';
import { crowdContract } from './contract-crowd.ts';
import { useTables } from './dynamodb-table.ts';

const tables = useTables();

storeContract('dynamodb', async () => tables.store(await tables.create()));

crowdContract('dynamodb', async (count) => {
  const table = await tables.create();
  return Array.from({ length: count }, () => tables.store(table));
});

/** Neither a scan nor anything else that somebody would have to be allowed besides. */
afterAll(() => {
  expect([...new Set(tables.local().asked)].sort()).toEqual([
    ...['BatchGetItem', 'BatchWriteItem', 'CreateTable', 'DeleteItem', 'GetItem', 'PutItem', 'Query'],
    ...['TransactWriteItems', 'UpdateItem'],
  ]);
});
