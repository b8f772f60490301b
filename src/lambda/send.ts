import { z } from 'zod';
import type { AwsPort, Target } from '../aws/port.ts';
import { messageOf, oneLine } from '../one-line.ts';
import type { ResourceMessage } from './messages.ts';

/** SQS takes so many messages at once, and so many bytes in all of them together. */
const MOST_ENTRIES = 10;
const MOST_BYTES = 1_048_576;
/** What a message takes besides its body: its attribute, by name, type and value. */
const BESIDES = 128;
/** The message attribute in which a trace goes on. */
export const traceAttribute = 'traceparent';

/** A message that was not taken, and why. */
export interface NotSent<T> {
  readonly message: T;
  readonly because: string;
}

const answer = z.object({
  Failed: z.array(z.object({ Id: z.string(), Code: z.string().optional(), Message: z.string().optional() })).optional(),
});

/**
 * Puts messages into a FIFO queue, as many at once as SQS takes.
 *
 * @returns those that were not taken: SQS may take some of a batch and not others. Never throws
 */
export async function sendMessages<T extends ResourceMessage>(
  port: Pick<AwsPort, 'send'>,
  target: Target,
  queueUrl: string,
  messages: readonly T[],
): Promise<readonly NotSent<T>[]> {
  const notSent: NotSent<T>[] = [];
  // One batch after the other: messages of a group have to stay in their order.
  for (const batch of batches(messages)) notSent.push(...(await sendBatch(port, target, queueUrl, batch)));
  return notSent;
}

async function sendBatch<T extends ResourceMessage>(
  port: Pick<AwsPort, 'send'>,
  target: Target,
  QueueUrl: string,
  batch: readonly T[],
): Promise<readonly NotSent<T>[]> {
  const Entries = batch.map(({ body, group, deduplication, trace }, index) => ({
    ...{ Id: String(index), MessageBody: body, MessageGroupId: group, MessageDeduplicationId: deduplication },
    ...(trace && { MessageAttributes: { [traceAttribute]: { DataType: 'String', StringValue: trace } } }),
  }));
  try {
    const input = { QueueUrl, Entries };
    const { output } = await port.send({ target, service: 'sqs', operation: 'SendMessageBatch', input });
    const { Failed = [] } = answer.parse(output);
    return Failed.flatMap(({ Id, Code = 'no reason given', Message = '' }) => {
      const message = batch[Number(Id)];
      return message === undefined ? [] : [{ message, because: oneLine(`${Code} ${Message}`.trim()) }];
    });
  } catch (error) {
    return batch.map((message) => ({ message, because: messageOf(error) }));
  }
}

function* batches<T extends ResourceMessage>(messages: readonly T[]): Generator<readonly T[]> {
  let batch: T[] = [];
  let size = 0;
  for (const message of messages) {
    const bytes = Buffer.byteLength(message.body) + BESIDES;
    if (batch.length > 0 && (batch.length === MOST_ENTRIES || size + bytes > MOST_BYTES)) {
      yield batch;
      batch = [];
      size = 0;
    }
    batch.push(message);
    size += bytes;
  }
  if (batch.length > 0) yield batch;
}
