import { z } from 'zod';
import type { CloudTrailEvent } from '../control/event.ts';
import { oneLine } from '../one-line.ts';
import { type FoundRecord, spellPlace } from './envelope.ts';
import { type Ignored, unparseable } from './ignored.ts';

/** An event that somebody listens to. Triggers may look for ids in every member of it. */
export interface WatchedEvent extends CloudTrailEvent {
  readonly resources: unknown;
  readonly additionalEventData: unknown;
  readonly serviceEventDetails: unknown;
}

export type Reading =
  | { readonly kind: 'event'; readonly event: WatchedEvent; readonly record: object }
  | { readonly kind: 'ignored'; readonly ignored: Ignored };

const text = z.string().nullish();
const region = z.string().regex(/^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/, 'not the name of a region');
const account = z.string().regex(/^\d{12}$/, 'not a 12-digit account id');

/** What Redress relies on in a record. What triggers look into may be anything at all. */
const recordSchema = z.object({
  eventID: text,
  eventTime: text,
  awsRegion: region.nullish(),
  recipientAccountId: account.nullish(),
  requestID: text,
  userAgent: text,
  // Kept as it is: a copy of it would be most of the work of reading an event.
  userIdentity: z.custom<Readonly<Record<string, unknown>>>(isRecord, 'not an object').nullish(),
});

/** A date that some services append to their event names, with a version or without. */
const DATE = /20\d\d_?(?:0[1-9]|1[0-2])_?(?:0[1-9]|[12]\d|3[01])(?:v\d+)?$/;

/** `CreateFunction20150331v2` is `CreateFunction`; `CreateClusterV2` stays what it is. */
export function undated(eventName: string): string {
  const last = eventName.charCodeAt(eventName.length - 1);
  const endsInDigit = last >= 48 && last <= 57;
  return endsInDigit ? eventName.replace(DATE, '') : eventName;
}

/**
 * Reads one record. Whether anybody listens is asked before the record is
 * validated, because most records are nobody's concern.
 */
export function readRecord(found: FoundRecord, watches: (eventSource: string, eventName: string) => boolean): Reading {
  const { record } = found;
  if (!isRecord(record)) {
    return ignore(unparseable(spellPlace(found.place), `it is ${kindOf(record)}, not a CloudTrail record`));
  }
  const { eventSource, eventName } = record;
  if (typeof eventName !== 'string' || eventName === '') {
    return ignore(unparseable(spellPlace(found.place), 'it has no eventName'));
  }
  if (typeof eventSource !== 'string') {
    return ignore(unparseable(eventName, `it has no eventSource (${spellPlace(found.place)})`));
  }

  const name = undated(eventName);
  const reason = whyIgnored(record) ?? (watches(eventSource, name) ? undefined : 'not watched');
  if (reason === undefined) return validate(record, eventSource, name, found);
  const event = oneLine(eventName, 100);
  const source = oneLine(eventSource, 100);
  const { eventID } = record;
  if (typeof eventID !== 'string') return ignore({ event, because: reason, source });
  return ignore({ event, because: reason, source, eventID: oneLine(eventID, 100) });
}

function whyIgnored(record: Readonly<Record<string, unknown>>): string | undefined {
  if (record.errorCode !== undefined && record.errorCode !== null && record.errorCode !== '') return 'failed call';
  if (isTrue(record.readOnly)) return 'read-only';
  switch (record.eventCategory) {
    case 'Data':
      return 'data event';
    case 'Insight':
      return 'insight event';
    case 'NetworkActivity':
      return 'network event';
  }
  return record.managementEvent === false || record.managementEvent === 'false' ? 'data event' : undefined;
}

const isTrue = (value: unknown): boolean => value === true || value === 'true';

function validate(
  record: Readonly<Record<string, unknown>>,
  eventSource: string,
  eventName: string,
  { facts, place }: FoundRecord,
): Reading {
  const refuse = (why: string): Reading => ignore(unparseable(eventName, `${why} (${spellPlace(place)})`));

  const parsed = recordSchema.safeParse(record);
  if (!parsed.success) return refuse(parsed.error.issues.map(spell).join('; '));
  const fields = parsed.data;
  const userIdentity = fields.userIdentity ?? {};

  const owner = fields.recipientAccountId ?? valid(account, facts?.account ?? userIdentity.accountId);
  if (owner === undefined) return refuse('it does not say which account it happened in (recipientAccountId)');
  const awsRegion = fields.awsRegion ?? valid(region, facts?.region);
  if (awsRegion === undefined) return refuse('it does not say which region it happened in (awsRegion)');
  const eventTime = fields.eventTime ?? (typeof facts?.time === 'string' ? facts.time : '');

  // Every real record has an id; one made by hand is known by what it says.
  const eventID = fields.eventID ?? fields.requestID ?? `${eventSource}/${eventName}/${eventTime}`;
  const isWhole = fields.recipientAccountId && fields.awsRegion && fields.eventTime && fields.eventID;
  return {
    kind: 'event',
    record: isWhole ? record : { ...record, recipientAccountId: owner, awsRegion, eventTime, eventID },
    event: {
      eventID,
      eventSource,
      eventName,
      eventTime,
      awsRegion,
      account: owner,
      requestID: fields.requestID ?? undefined,
      userIdentity,
      userAgent: fields.userAgent ?? undefined,
      requestParameters: record.requestParameters,
      responseElements: record.responseElements,
      resources: record.resources,
      additionalEventData: record.additionalEventData,
      serviceEventDetails: record.serviceEventDetails,
    },
  };
}

const valid = (schema: z.ZodString, value: unknown): string | undefined => schema.safeParse(value).data;

function spell(issue: { readonly path: readonly PropertyKey[]; readonly message: string }): string {
  return `${issue.path.join('.')}: ${issue.message}`;
}

const ignore = (ignored: Ignored): Reading => ({ kind: 'ignored', ignored });

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}
