import type { Read } from './read.ts';

/** A CloudTrail record, as far as Redress looks at it. Everything else stays in `raw`. */
export interface CloudTrailEvent {
  readonly eventID: string;
  readonly eventSource: string;
  /** Without the date that some services append. */
  readonly eventName: string;
  readonly eventTime: string;
  readonly awsRegion: string;
  readonly account: string;
  readonly requestID: string | undefined;
  readonly userIdentity: Readonly<Record<string, unknown>>;
  readonly userAgent: string | undefined;
  readonly requestParameters: unknown;
  readonly responseElements: unknown;
}

/** How a trigger finds the ids of the resources that an event is about. */
export type EventIds =
  | { readonly kind: 'paths'; readonly paths: readonly string[]; readonly normalise: (id: string) => string }
  | {
      readonly kind: 'parts';
      readonly whole: string;
      readonly part: string;
      readonly join: (whole: string, part: string) => string;
    }
  | { readonly kind: 'through'; readonly from: EventIds; readonly read: Read<readonly string[]> }
  | { readonly kind: 'place'; readonly regionAt: string | undefined };

/** Triggers of a control: `'s3:PutBucketPolicy'` (source and event name) to where the ids are. */
export type Triggers = Readonly<Record<`${string}:${string}`, EventIds>>;

/**
 * Ids at a path of the record: `ids('requestParameters.bucketName')`. `[]`
 * steps into every element of a list. Of several paths the first that holds
 * anything counts, because services put the same id in different places.
 */
export function ids(...paths: readonly string[]): EventIds {
  return { kind: 'paths', paths, normalise: (id) => id };
}

/** Like {@link ids}, for services that name the resource by ARN in one event and by id in another. */
export function idsAs(normalise: (id: string) => string, ...paths: readonly string[]): EventIds {
  return { kind: 'paths', paths, normalise };
}

/**
 * Parts of something, which an event names one by one next to the whole: the
 * records of a zone. `join` makes an id of the two.
 */
export function idsOfParts(whole: string, part: string, join: (whole: string, part: string) => string): EventIds {
  return { kind: 'parts', whole, part, join };
}

/** Resources next to the one that the event names: the read is asked with that one's id and lists them. */
export function through(read: Read<readonly string[]>, from: EventIds): EventIds {
  return { kind: 'through', from, read };
}

/** The account (and region) that the event happened in, for account and region settings. */
export const place: EventIds = { kind: 'place', regionAt: undefined };

/** Like {@link place}, where the event names another region than the one it happened in. */
export const placeIn = (regionAt: string): EventIds => ({ kind: 'place', regionAt });

/** Every string at a path of a JSON value; `[]` steps into lists. */
export function stringsAt(value: unknown, path: string): string[] {
  const found: string[] = [];
  collect(value, path.split('.'), 0, found);
  return found;
}

/** Asked for every trigger of every watched event, so it makes no lists on its way. */
function collect(value: unknown, parts: readonly string[], depth: number, found: string[]): void {
  const part = parts[depth];
  if (part === undefined) {
    if (typeof value === 'string' && value !== '') found.push(value);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const list = part.endsWith('[]');
  const next: unknown = Reflect.get(value, list ? part.slice(0, -2) : part);
  if (!list) collect(next, parts, depth + 1, found);
  else if (Array.isArray(next)) for (const one of next) collect(one, parts, depth + 1, found);
}
