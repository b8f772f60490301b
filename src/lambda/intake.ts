import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { AwsPort, Target } from '../aws/port.ts';
import { SetupError } from '../bot/error.ts';
import { isUnparseable, UnparseableError } from '../intake/ignored.ts';
import { takeIn } from '../intake/intake.ts';
import { createRouter, type Router } from '../intake/route.ts';
import { deadLetterCall } from '../intake/sources/queue.ts';
import { messageOf } from '../one-line.ts';
import { remember } from '../sweep/remember.ts';
import { measuredIntake } from '../telemetry/measured.ts';
import { flushing, noTelemetry, type Telemetry } from '../telemetry/port.ts';
import type { Log } from '../workflow/kit.ts';
import { leaving } from './failures.ts';
import { openTable, startFoundation } from './foundation.ts';
import { messageFor, type ResourceMessage } from './messages.ts';
import { once } from './once.ts';
import { sendMessages } from './send.ts';

export interface IntakeParts {
  readonly router: Router;
  readonly home: Pick<AwsPort, 'send'>;
  readonly place: Target;
  readonly resourcesQueueUrl: string;
  readonly deadLetterUrl: string;
  readonly log: Log;
  /** Told of the events that were handed on, before they are struck off the queue. */
  readonly seen?: (eventIds: readonly string[]) => Promise<void>;
  readonly telemetry?: Telemetry;
}

/** A message for a resource, and the message of the event that it was made from. */
interface Passed extends ResourceMessage {
  readonly from: string;
}

/**
 * Makes the function that takes events in: each becomes one message for every
 * resource that it is about. What cannot be read goes to the dead-letter queue
 * with its reason. A message is struck off only when everything of it was
 * taken; one that comes again makes the same messages, which SQS takes once.
 */
export function createIntake(parts: IntakeParts): (event: SQSEvent) => Promise<SQSBatchResponse> {
  const { router, home, place, resourcesQueueUrl, deadLetterUrl, log, seen, telemetry = noTelemetry } = parts;

  return (event) => flushing(telemetry, () => telemetry.span('take in', {}, () => take(event)));

  async function take({ Records }: SQSEvent): Promise<SQSBatchResponse> {
    const stay = new Set<string>();
    const keep = (messageId: string, because: string): void => {
      stay.add(messageId);
      log.warn({ message: messageId, because }, 'an event stays in the queue');
    };
    const taken = Records.map((record) => ({ record, ...measuredIntake(takeIn(record.body, router), telemetry) }));
    const trace = telemetry.traceparent();

    const messages = taken.flatMap(({ record, arrivals }) =>
      arrivals.map((arrival): Passed => ({ ...messageFor(arrival), trace, from: record.messageId })),
    );
    for (const { message, because } of await sendMessages(home, place, resourcesQueueUrl, messages)) {
      keep(message.from, because);
    }

    for (const { record, ignored } of taken) {
      if (stay.has(record.messageId) || !ignored.some(isUnparseable)) continue;
      await putAside(record, new UnparseableError(ignored).message).catch((error) =>
        keep(record.messageId, messageOf(error)),
      );
    }

    const passed = taken.filter(({ record }) => !stay.has(record.messageId));
    try {
      await seen?.(passed.flatMap(({ arrivals }) => arrivals.map(({ event }) => event.eventID)));
    } catch (error) {
      for (const { record } of passed) keep(record.messageId, messageOf(error));
    }
    log.info({ events: Records.length, messages: messages.length, stay: stay.size }, 'taken in');
    return leaving(Records, stay);
  }

  async function putAside({ body, messageId }: SQSRecord, reason: string): Promise<void> {
    await home.send({ target: place, ...deadLetterCall(deadLetterUrl, body, reason) });
    log.warn({ message: messageId, because: reason }, 'an event cannot be read; it is in the dead-letter queue');
  }
}

const start = once(async (context: Context) => {
  const foundation = await startFoundation(context);
  const { environment, config, watched, home, place, log, telemetry } = foundation;
  const { resourcesQueueUrl, eventsDeadLetterUrl } = environment;
  if (resourcesQueueUrl === undefined || eventsDeadLetterUrl === undefined) {
    throw new SetupError('The intake needs REDRESS_RESOURCES_QUEUE_URL and REDRESS_EVENTS_DEAD_LETTER_URL.');
  }
  const store = await openTable(foundation);
  return createIntake({
    ...{ home, place, log, telemetry, resourcesQueueUrl, router: createRouter(watched) },
    deadLetterUrl: eventsDeadLetterUrl,
    seen: (eventIds) => remember(store, config, eventIds, new Date()),
  });
});

/** The Lambda function `intake`: CloudTrail events in, a message for each resource out. */
export async function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  return (await start(context))(event);
}
