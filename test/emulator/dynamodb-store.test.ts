import { randomUUID } from 'node:crypto';
import { Agent } from 'node:http';
import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { NodeHttpHandler } from '@smithy/node-http-handler';
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

// The emulator answers several requests at the same time, and does not keep one transaction apart from another: of
// twelve that count up to a limit of seven, eleven went through. So requests of all stores share one connection here,
// and take turns; which store's request comes next is still anybody's guess. Transactions that really meet are for
// test/store/dynamodb.test.ts.
crowdContract('dynamodb on the emulator', async (count) => {
  const table = await aTable();
  const httpAgent = new Agent({ keepAlive: true, maxSockets: 1 });
  return Array.from({ length: count }, () => {
    const client = new DynamoDB({ requestHandler: new NodeHttpHandler({ httpAgent }) });
    return openDynamoDbStore({ table, client });
  });
});
