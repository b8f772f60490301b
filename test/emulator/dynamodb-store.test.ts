import { randomUUID } from 'node:crypto';
import { createDynamoDbClient } from '../../src/aws/dynamodb-client.ts';
import { openDynamoDbStore } from '../../src/store/dynamodb.ts';
import { tableDefinition } from '../../src/store/dynamodb-table.ts';
import { storeContract } from '../store/contract.ts';
import { crowdContract } from '../store/contract-crowd.ts';

async function aTable(): Promise<string> {
  const name = `redress-${randomUUID()}`;
  const client = await createDynamoDbClient();
  await client.createTable(tableDefinition(name));
  client.destroy();
  return name;
}

storeContract('dynamodb on the emulator', async () =>
  openDynamoDbStore({ table: await aTable(), client: await createDynamoDbClient() }),
);

crowdContract('dynamodb on the emulator', async (count) => {
  const table = await aTable();
  return Promise.all(
    Array.from({ length: count }, async () => openDynamoDbStore({ table, client: await createDynamoDbClient() })),
  );
});
