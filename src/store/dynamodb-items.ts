import { createHash } from 'node:crypto';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { StateName } from '../workflow/finding.ts';
import type { CallKey, Lane } from './records.ts';

/** An item as DynamoDB takes and gives it. */
export type Item = Record<string, AttributeValue>;

/** The key of an item. */
export interface Key {
  readonly pk: string;
  readonly sk: string;
}

export const text = (value: string): AttributeValue => ({ S: value });
export const number = (value: number): AttributeValue => ({ N: String(value) });
export const flag = (value: boolean): AttributeValue => ({ BOOL: value });

/** A text attribute; empty where there is none. */
export const textOf = (item: Item | undefined, name: string): string => item?.[name]?.S ?? '';
/** A number attribute; 0 where there is none. */
export const numberOf = (item: Item | undefined, name: string): number => Number(item?.[name]?.N ?? 0);

export const keyAttributes = ({ pk, sk }: Key): Item => ({ pk: text(pk), sk: text(sk) });
export const keyOf = (item: Item): Key => ({ pk: textOf(item, 'pk'), sk: textOf(item, 'sk') });
export const nameOf = ({ pk, sk }: Key): string => `${pk}\n${sk}`;

/** Sort keys end at 1,024 bytes; what is longer than this is known by its hash. */
const longestPart = 700;

const part = (value: string): string =>
  Buffer.byteLength(value) <= longestPart ? value : `sha256:${createHash('sha256').update(value).digest('hex')}`;

const only = 'record';
const padded = (value: number, digits: number): string => String(value).padStart(digits, '0');

/**
 * Where everything is. What is read and written together shares a partition: a
 * plan with its calls, a finding with its timer and its messages.
 */
export const keys = {
  finding: (id: string): Key => ({ pk: `finding#${part(id)}`, sk: only }),
  timer: (finding: string): Key => ({ pk: `finding#${part(finding)}`, sk: 'timer' }),
  /** Leads from a finding to a message that shows it. */
  shown: (finding: string, at: string, message: string): Key => ({
    pk: `finding#${part(finding)}`,
    sk: `message#${at}#${part(message)}`,
  }),
  /** The ids of all findings of a resource: read before plans are merged, so it is no index, which would lag. */
  resource: (arn: string): Key => ({ pk: `resource#${part(arn)}`, sk: only }),
  plan: (id: string): Key => ({ pk: `plan#${part(id)}`, sk: only }),
  call: ({ plan, application, purpose, step }: CallKey): Key => ({
    pk: `plan#${part(plan)}`,
    sk: `call#${padded(application, 6)}#${purpose}#${padded(step, 6)}`,
  }),
  /** Says that a request was ours: written with its outcome, so that it cannot lag behind it. */
  request: (id: string): Key => ({ pk: `request#${part(id)}`, sk: only }),
  effect: (key: string): Key => ({ pk: `effect#${part(key)}`, sk: only }),
  lock: (name: string): Key => ({ pk: `lock#${part(name)}`, sk: only }),
  count: (counter: string, window: string): Key => ({ pk: `count#${part(counter)}`, sk: part(window) }),
  seen: (event: string): Key => ({ pk: `seen#${part(event)}`, sk: only }),
  stop: { pk: 'stop', sk: only },
  exemption: (control: number, resource: string): Key => ({
    pk: 'exemptions',
    sk: `${padded(control, 6)}#${part(resource)}`,
  }),
  message: (id: string): Key => ({ pk: `message#${part(id)}`, sk: only }),
  /** Leads from a channel to its messages. */
  posted: (channel: string, at: string, message: string): Key => ({
    pk: `channel#${part(channel)}`,
    sk: `${at}#${part(message)}`,
  }),
  obstacle: (id: string): Key => ({ pk: 'obstacles', sk: part(id) }),
  mark: (name: string): Key => ({ pk: `mark#${part(name)}`, sk: only }),
  auditHead: { pk: 'audit-head', sk: only },
  /** Entries of one commit, under the number of the last: everything after a number is `sk >` that number. */
  audit: (last: number): Key => ({ pk: 'audit', sk: padded(last, 12) }),
};

/** The partitions of `by-time`. */
export const lists = {
  lane: (lane: Lane): string => `lane#${lane}`,
  timers: 'timers',
  state: (state: StateName): string => `state#${state}`,
};

/** Where something stands in `by-time`: after its moment, those of one moment by id. */
export const moment = (at: string, id: string): string => `${at}#${part(id)}`;
/** Where a finding stands in `by-account`. */
export const standing = (state: StateName, place: string): string => `${state}#${place}`;
/** Sorts after everything of this moment, and before the next: `$` follows `#`. */
export const endOfMoment = (at: string): string => `${at}$`;
/** The moment of a place in an index. */
export const momentOf = (item: Item): string => textOf(item, 'at').split('#', 1)[0] ?? '';

/** Seconds since 1970, as DynamoDB's time to live takes them. NaN for text that is no time. */
export const seconds = (time: string): number => Math.floor(new Date(time).getTime() / 1000);
/** How many bytes an item has, near enough. */
export function sizeOf(item: Item | undefined): number {
  return Object.entries(item ?? {}).reduce((sum, [name, value]) => sum + name.length + attributeSize(value), 0);
}

function attributeSize({ S: text, N: number, B: bytes, SS: set, M: map }: AttributeValue): number {
  return (
    Buffer.byteLength(text ?? '') +
    (number?.length ?? 0) +
    (bytes?.length ?? 1) +
    (set ?? []).reduce((sum, one) => sum + Buffer.byteLength(one), 0) +
    (map === undefined ? 0 : sizeOf(map))
  );
}
