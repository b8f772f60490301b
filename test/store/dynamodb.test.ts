import { afterAll, beforeAll } from 'vitest';
import { openDynamoDbStore } from '../../src/store/dynamodb.ts';
import { tableDefinition } from '../../src/store/dynamodb-table.ts';
import { storeContract } from './contract.ts';
import { crowdContract } from './contract-crowd.ts';
import { type LocalDynamo, startDynalite } from './dynalite.ts';

let local: LocalDynamo;
beforeAll(async () => {
  local = await startDynalite();
});
afterAll(() => local.stop());

let tables = 0;
async function aTable(): Promise<string> {
  tables += 1;
  const client = local.client();
  await client.createTable(tableDefinition(`redress-${tables}`));
  client.destroy();
  return `redress-${tables}`;
}

storeContract('dynamodb', async () => openDynamoDbStore({ table: await aTable(), client: local.client() }));

crowdContract('dynamodb', async (count) => {
  const table = await aTable();
  return Array.from({ length: count }, () => openDynamoDbStore({ table, client: local.client() }));
});
