import type { DynamoDB } from '@aws-sdk/client-dynamodb';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { clients } from './sdk.ts';

/** An answer takes milliseconds; a transaction of large items, some hundred. What takes longer is lost, and asked again. */
const patience = { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true };

/**
 * A client for the table of the store. It goes where AWS_ENDPOINT_URL says.
 *
 * It tries six times: everything that Redress does waits for its store, and
 * giving up costs more than half a minute. Repeating is safe, because the
 * SDK sends the same bytes again: a transaction with the token that makes a
 * second one do nothing, a conditional write with the condition that the first
 * one has made false.
 */
export async function createDynamoDbClient(region?: string): Promise<DynamoDB> {
  const { DynamoDB: Client } = await clients.dynamodb();
  return new Client({ maxAttempts: 6, requestHandler: new NodeHttpHandler(patience), ...(region ? { region } : {}) });
}
