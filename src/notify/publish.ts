import type { Answer, AwsPort, Target } from '../aws/port.ts';
import { oneLine } from '../one-line.ts';
import type { ObstacleRecord } from '../store/records.ts';
import type { LifecycleEvent } from '../workflow/notifier.ts';

/** A message for people. */
export interface Notice {
  readonly subject: string;
  readonly text: string;
}

/** Thrown when a notice or a lifecycle event was not taken. The outbox tries again. */
export class NotPublishedError extends Error {
  override readonly name = 'NotPublishedError';
}

const SUBJECT_CHARACTERS = 100;
/** SNS takes 256 KiB; no notice needs so much, and four bytes a character are the most there can be. */
const TEXT_CHARACTERS = 60_000;

/** PutEvents takes no more at once. */
const MOST_ENTRIES = 10;

/**
 * Makes the function that sends lifecycle events to an EventBridge bus, in their
 * order: source `redress`, the state in the detail type, the event itself as the detail.
 *
 * @param bus its name, or its ARN, which then says where it is
 * @param home account and region of a bus that is given by name
 */
export function lifecyclePublisher(port: Pick<AwsPort, 'send'>, bus: string, home: Target) {
  const put = publisher(port, bus, home);
  /** @throws NotPublishedError when EventBridge did not take one, else AWS's own errors */
  return async (events: readonly LifecycleEvent[]): Promise<void> => {
    const entries = events.map(toEntry);
    for (let start = 0; start < entries.length; start += MOST_ENTRIES) {
      await put(entries.slice(start, start + MOST_ENTRIES));
    }
  };
}

/** Two deliveries of one event have the same id in their detail; EventBridge itself does not tell them apart. */
const toEntry = (event: LifecycleEvent): Entry => ({
  id: event.id,
  DetailType: detailType(event.type),
  Time: new Date(event.at),
  Resources: [event.arn],
  Detail: JSON.stringify({ ...event, because: oneLine(event.because, 1000) }),
});

/** Makes the function that tells the bus of an account that cannot be entered, or can be again. */
export function obstaclePublisher(port: Pick<AwsPort, 'send'>, bus: string, home: Target) {
  const put = publisher(port, bus, home);
  /** @throws NotPublishedError when EventBridge did not take it, else AWS's own errors */
  return ({ id, revision, account, because, mend, since, seenAt, goneAt }: ObstacleRecord): Promise<void> =>
    put([
      {
        id,
        DetailType: goneAt === null ? 'Redress Account Obstacle' : 'Redress Account Obstacle Gone',
        Time: new Date(goneAt ?? seenAt),
        Resources: [],
        Detail: JSON.stringify({ id: `${id}:${revision}`, account, because, mend, since, goneAt }),
      },
    ]);
}

interface Entry {
  /** Names it in an error. */
  readonly id: string;
  readonly DetailType: string;
  readonly Time: Date;
  readonly Resources: readonly string[];
  readonly Detail: string;
}

function publisher(port: Pick<AwsPort, 'send'>, bus: string, home: Target) {
  const target = targetOf(bus) ?? home;
  return async (entries: readonly Entry[]): Promise<void> => {
    const input = { Entries: entries.map(({ id, ...entry }) => ({ EventBusName: bus, Source: 'redress', ...entry })) };
    const { output } = await port.send({ target, service: 'events', operation: 'PutEvents', input });
    const refusal = refusalIn(output);
    if (refusal === undefined) return;
    const { id = 'an event' } = entries[refusal.index] ?? {};
    throw new NotPublishedError(`Bus ${bus} did not take ${id}: ${refusal.because}`);
  };
}

/** `rolledBack` is `Redress Finding Rolled Back`. */
export function detailType(state: LifecycleEvent['type']): string {
  const words = state.replace(/([a-z])([A-Z])/g, '$1 $2');
  return `Redress Finding ${words.replace(/\b[a-z]/g, (letter) => letter.toUpperCase())}`;
}

/** PutEvents answers 200 even when it took nothing. The first entry that it did not take, and why. */
function refusalIn(output: Answer['output']): { readonly index: number; readonly because: string } | undefined {
  if (output.FailedEntryCount === undefined || output.FailedEntryCount === 0) return undefined;
  const entries: unknown[] = Array.isArray(output.Entries) ? output.Entries : [];
  for (const [index, entry] of entries.entries()) {
    if (typeof entry !== 'object' || entry === null || !('ErrorCode' in entry)) continue;
    const code = String(entry.ErrorCode);
    return { index, because: 'ErrorMessage' in entry ? oneLine(`${code}: ${entry.ErrorMessage}`) : code };
  }
  return { index: 0, because: 'no reason given' };
}

/** Makes the function that sends notices to an SNS topic. */
export function noticePublisher(port: Pick<AwsPort, 'send'>, topicArn: string, home: Target) {
  const target = targetOf(topicArn) ?? home;
  /** @throws AWS's own errors */
  return async function publishNotice({ subject, text }: Notice): Promise<void> {
    const Message = text.length > TEXT_CHARACTERS ? `${text.slice(0, TEXT_CHARACTERS)}\n[cut]` : text;
    const input = { TopicArn: topicArn, Subject: subjectLine(subject), Message: Message || subjectLine(subject) };
    await port.send({ target, service: 'sns', operation: 'Publish', input });
  };
}

/** A subject that SNS takes: printable ASCII on one line, at most 100 characters. */
export function subjectLine(text: string): string {
  const ascii = oneLine(text.normalize('NFKD').replace(/\p{M}/gu, ''), 1000)
    .replace(/…/g, '...')
    .replace(/[^\x20-\x7e]/gu, '?')
    .trim();
  if (ascii === '') return 'Redress';
  return ascii.length > SUBJECT_CHARACTERS ? `${ascii.slice(0, SUBJECT_CHARACTERS - 3)}...` : ascii;
}

/** Account and region of an ARN. */
function targetOf(arn: string): Target | undefined {
  const [prefix, , , region, account] = arn.split(':');
  return prefix === 'arn' && region && account ? { account, region } : undefined;
}
