import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Arrival } from '../intake/intake.ts';

/** A message of the FIFO queue of resources, not yet sent. */
export interface ResourceMessage {
  readonly body: string;
  /** Messages about one resource come in order, and one after the other. */
  readonly group: string;
  /** The same for an event that comes again: within five minutes SQS takes it once. */
  readonly deduplication: string;
  /** The span that it came from, as a W3C traceparent. */
  readonly trace?: string | undefined;
}

const recordBody = z.object({ record: z.record(z.string(), z.unknown()), key: z.string() });
const subjectBody = z.object({
  subject: z.object({
    place: z.object({ partition: z.string(), account: z.string(), region: z.string() }),
    type: z.string(),
    id: z.string(),
  }),
});
const resourceBody = z.union([recordBody, subjectBody]);

/** What a message asks for: to judge what a record is about, or a resource by itself. */
export type ResourceBody = z.output<typeof resourceBody>;

/** The group of everything about one resource: SQS takes 128 letters and digits, a key may be longer. */
export const groupOf = (key: string): string => digest(key);

/** The message that has a resource judged for an event. */
export function messageFor({ subject, event, record }: Arrival): ResourceMessage {
  return {
    body: JSON.stringify({ record, key: subject.key }),
    group: groupOf(subject.key),
    deduplication: digest(`${event.eventID}\n${subject.key}`),
  };
}

/** Reads a message of the queue, or says why it cannot be read. */
export function readMessage(body: string): { readonly body: ResourceBody } | { readonly unreadable: string } {
  let content: unknown;
  try {
    content = JSON.parse(body);
  } catch {
    return { unreadable: 'the message is not JSON' };
  }
  const read = resourceBody.safeParse(content);
  return read.success ? { body: read.data } : { unreadable: 'the message holds neither a record nor a resource' };
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
