import type { SQSClient } from '@aws-sdk/client-sqs';
import { clients } from './sdk.ts';

/**
 * A client for a queue, in the queue's own region. It goes where
 * AWS_ENDPOINT_URL says, not to the host of the queue's URL, as the SDK would
 * otherwise do.
 */
export async function createQueueClient(queueUrl: string): Promise<SQSClient> {
  const { SQSClient: Client } = await clients.sqs();
  const region = /^https:\/\/sqs[.]([a-z0-9-]+)[.]/.exec(queueUrl)?.[1];
  return new Client({ useQueueUrlAsEndpoint: false, ...(region ? { region } : {}) });
}
