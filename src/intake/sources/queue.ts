import type { Message, SQSClient } from '@aws-sdk/client-sqs';
import { Consumer } from 'sqs-consumer';
import { messageOf, oneLine } from '../../one-line.ts';
import { UnparseableError } from '../ignored.ts';

export interface QueueOptions {
  readonly url: string;
  /**
   * The client must be made with `useQueueUrlAsEndpoint: false`: otherwise the
   * SDK talks to the host in the queue's URL, whatever endpoint is configured.
   */
  readonly client: SQSClient;
  /** Handles one message. A message whose handler throws stays in the queue and comes again. */
  readonly handle: (body: string) => Promise<void>;
  /** Puts a message that cannot be parsed aside. Without it such a message is left to the queue's own redrive. */
  readonly deadLetter: ((body: string, reason: string) => Promise<void>) | undefined;
  /** Told of everything that went wrong; the source goes on by itself. */
  readonly onError: (message: string) => void;
  /** Batches handled at the same time: a batch waits for its slowest resource to settle. */
  readonly pollers?: number;
  /** A message that is being handled is hidden from others for this long, and again before that has passed. */
  readonly visibilitySeconds?: number;
  readonly waitSeconds?: number;
  /** How long `stop` waits for messages that are being handled. */
  readonly stopSeconds?: number;
}

export interface QueueSource {
  readonly start: () => void;
  /** Takes no more messages, and resolves when those being handled are done or the time for it is up. */
  readonly stop: () => Promise<void>;
}

/**
 * Takes messages from SQS. Only what was handled (or put aside) is deleted;
 * messages of one batch do not affect each other.
 *
 * @throws Error when the client would ignore its endpoint
 */
export function createQueueSource(options: QueueOptions): QueueSource {
  const { url, client, onError, pollers = 4, visibilitySeconds = 60, waitSeconds = 20, stopSeconds = 30 } = options;
  if (client.config.useQueueUrlAsEndpoint !== false) {
    throw new Error('The SQS client must be made with useQueueUrlAsEndpoint: false.');
  }
  const running = Array.from({ length: pollers }, () => {
    let handling = false;
    const consumer = Consumer.create({
      queueUrl: url,
      sqs: client,
      batchSize: 10,
      waitTimeSeconds: waitSeconds,
      visibilityTimeout: visibilitySeconds,
      heartbeatInterval: Math.max(1, Math.floor(visibilitySeconds / 3)),
      pollingCompleteWaitTimeMs: stopSeconds * 1000,
      suppressFifoWarning: true,
      strictReturn: true,
      handleMessageBatch: async (messages) => {
        handling = true;
        const done = await Promise.all(messages.map((message) => handled(message, options)));
        return messages.filter((_, index) => done[index]);
      },
    });
    // Both come after the batch has been deleted, or could not be.
    consumer.on('response_processed', () => {
      handling = false;
    });
    consumer.on('error', (error) => {
      // A stop cuts a long poll short; that is no error.
      if (consumer.status.isRunning || handling) onError(`Queue ${url}: ${messageOf(error)}`);
    });
    return { consumer, isIdle: () => !handling };
  });
  return {
    start: () => {
      for (const { consumer } of running) consumer.start();
    },
    stop: async () => {
      await Promise.all(running.map(({ consumer, isIdle }) => stopped(consumer, isIdle())));
    },
  };
}

/** Whether the message may be deleted. Never throws, so that it cannot take the rest of its batch along. */
async function handled({ Body: body = '', MessageId }: Message, options: QueueOptions): Promise<boolean> {
  const { handle, deadLetter, onError, url } = options;
  try {
    await handle(body);
    return true;
  } catch (error) {
    const reason = messageOf(error);
    const aside = error instanceof UnparseableError ? deadLetter : undefined;
    onError(`Queue ${url}, message ${MessageId}: ${reason}${aside ? '' : '; it stays in the queue'}`);
    return aside === undefined ? false : putAside(aside, body, reason, options);
  }
}

async function putAside(
  aside: (body: string, reason: string) => Promise<void>,
  body: string,
  reason: string,
  { url, onError }: QueueOptions,
): Promise<boolean> {
  try {
    await aside(body, reason);
    return true;
  } catch (error) {
    onError(`Queue ${url}: the dead-letter queue did not take a message, it stays: ${messageOf(error)}`);
    return false;
  }
}

/** @param abort whether a poll that waits for messages may be cut short: not while messages are being handled */
function stopped(consumer: Consumer, abort: boolean): Promise<void> {
  if (!consumer.status.isRunning) return Promise.resolve();
  return new Promise((resolve) => {
    consumer.once('stopped', () => resolve());
    consumer.stop({ abort });
  });
}

/** The call that puts a message into the dead-letter queue, its reason as a message attribute. */
export function deadLetterCall(url: string, body: string, reason: string) {
  return {
    service: 'sqs',
    operation: 'SendMessage',
    input: {
      QueueUrl: url,
      MessageBody: body,
      MessageAttributes: { reason: { DataType: 'String', StringValue: oneLine(reason, 500) || 'unknown' } },
    },
  } as const;
}
