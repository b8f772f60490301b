import { randomUUID } from 'node:crypto';
import { createDynamoDbClient } from '../../src/aws/dynamodb-client.ts';
import { openDynamoDbStore } from '../../src/store/dynamodb.ts';
import { tableDefinition } from '../../src/store/dynamodb-table.ts';
import { storeContract } from '../store/contract.ts';

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
