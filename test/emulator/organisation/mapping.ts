import { setTimeout as pause } from 'node:timers/promises';
import {
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import { z } from 'zod';
import type { Aws } from '../clients.ts';
import { ACCOUNT, REGION } from '../clients.ts';
import type { DeployedFunction, Outcome } from './runtime.ts';

/** What the mapping of a queue to a function has seen. */
export interface Mapping {
  readonly batches: () => number;
  readonly errors: readonly string[];
  stop(): Promise<void>;
}

const batchResponse = z.object({ batchItemFailures: z.array(z.object({ itemIdentifier: z.string() })) });

/**
 * Does what Lambda's event source mapping for SQS does with partial batch
 * responses: takes a batch, invokes, deletes what was not reported as failed,
 * and leaves everything of an invocation that ended badly to come again.
 */
export function mapQueue(aws: Aws, queueUrl: string, to: DeployedFunction, pollers: number): Mapping {
  let running = true;
  let batches = 0;
  const errors: string[] = [];

  async function poll(): Promise<void> {
    while (running) {
      const { Messages = [] } = await aws.sqs.send(
        new ReceiveMessageCommand({
          ...{ QueueUrl: queueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 0 },
          ...{ MessageAttributeNames: ['All'], AttributeNames: ['All'] },
        }),
      );
      if (Messages.length === 0) {
        // The emulator's long polling keeps its processor busy.
        await pause(300);
        continue;
      }
      batches += 1;
      const outcome = await to.invoke({ Records: Messages.map((message) => recordOf(message, queueUrl)) });
      if (outcome.kind === 'error') errors.push(outcome.message);
      const failed = failedOf(outcome, Messages);
      const done = Messages.filter(({ MessageId = '' }) => !failed.has(MessageId));
      if (done.length === 0) continue;
      const Entries = done.map(({ MessageId, ReceiptHandle }) => ({ Id: MessageId, ReceiptHandle }));
      await aws.sqs.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
    }
  }

  const polling = Promise.all(Array.from({ length: pollers }, poll));
  return {
    batches: () => batches,
    errors,
    stop: async () => {
      running = false;
      await polling;
    },
  };
}

/** Takes everything out of a queue as it comes, so that it never grows long. */
export function collect(aws: Aws, QueueUrl: string): { readonly bodies: readonly string[]; stop(): Promise<void> } {
  let running = true;
  const bodies: string[] = [];

  async function poll(): Promise<void> {
    while (running) {
      const { Messages = [] } = await aws.sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 0 }),
      );
      if (Messages.length === 0) {
        await pause(500);
        continue;
      }
      bodies.push(...Messages.map(({ Body = '' }) => Body));
      const Entries = Messages.map(({ MessageId, ReceiptHandle }) => ({ Id: MessageId, ReceiptHandle }));
      await aws.sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
    }
  }

  const polling = poll();
  return {
    bodies,
    stop: async () => {
      running = false;
      await polling;
    },
  };
}

/** Messages of a batch that stay in the queue. */
function failedOf(outcome: Outcome, messages: readonly Message[]): ReadonlySet<string> {
  const all = new Set(messages.map(({ MessageId = '' }) => MessageId));
  if (outcome.kind !== 'answer') return all;
  const response = batchResponse.safeParse(outcome.answer);
  return response.success ? new Set(response.data.batchItemFailures.map((one) => one.itemIdentifier)) : new Set();
}

function recordOf({ MessageId, ReceiptHandle, Body, Attributes, MessageAttributes }: Message, url: string): object {
  const name = url.split('/').at(-1);
  return {
    ...{ messageId: MessageId, receiptHandle: ReceiptHandle, body: Body, attributes: Attributes },
    messageAttributes: Object.fromEntries(
      Object.entries(MessageAttributes ?? {}).map(([key, { StringValue, DataType }]) => [
        key,
        { stringValue: StringValue, dataType: DataType },
      ]),
    ),
    ...{ eventSource: 'aws:sqs', eventSourceARN: `arn:aws:sqs:${REGION}:${ACCOUNT}:${name}`, awsRegion: REGION },
  };
}

/** How many messages are in a queue, seen or not. */
export async function depthOf(aws: Aws, QueueUrl: string): Promise<number> {
  const { Attributes = {} } = await aws.sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
  const counts = [
    Attributes.ApproximateNumberOfMessages,
    Attributes.ApproximateNumberOfMessagesNotVisible,
    Attributes.ApproximateNumberOfMessagesDelayed,
  ];
  return counts.reduce((sum, count) => sum + Number(count ?? 0), 0);
}
