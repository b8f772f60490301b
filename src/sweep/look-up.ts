import { z } from 'zod';
import type { Reader } from '../aws/door.ts';
import type { Place } from '../control/resource.ts';
import type { Store } from '../store/port.ts';
import { placeKey } from './places.ts';
import type { SweepTask } from './task.ts';

const minute = 60_000;

/** CloudTrail shows an event within 15 minutes, as its user guide says; some more for the way through the bus. */
export const lookUpLag = 20 * minute;
/** CloudTrail answers two look-ups a second in an account and region ("Quotas in AWS CloudTrail"). */
export const lookUpEvery = 600;

const markName = (place: Place): string => `looked up: ${placeKey(place)}`;

/**
 * How far a place was looked up. One that never was begins now: what happened
 * before Redress listened cannot have been missed.
 */
export async function lookedUpTo(store: Pick<Store, 'mark' | 'commit'>, place: Place, now: Date): Promise<string> {
  const known = await store.mark(markName(place));
  if (known !== undefined) return known;
  const value = now.toISOString();
  const { ok } = await store.commit([{ kind: 'mark', name: markName(place), value, expected: null }]);
  return ok ? value : lookedUpTo(store, place, now);
}

/** Marks that a place was looked up to a moment. Never goes back. */
export async function markLookedUp(store: Pick<Store, 'mark' | 'commit'>, place: Place, to: string): Promise<void> {
  const known = await store.mark(markName(place));
  if (known !== undefined && known >= to) return;
  const mark = { kind: 'mark', name: markName(place), value: to, expected: known ?? null } as const;
  const { ok } = await store.commit([mark]);
  if (!ok) await markLookedUp(store, place, to);
}

const answerSchema = z.object({
  Events: z.array(z.object({ CloudTrailEvent: z.string().optional() })).default([]),
  NextToken: z.string().optional(),
});

/** A page of what CloudTrail knows. */
export interface Page {
  /** Whole records, as JSON. */
  readonly records: readonly string[];
  /** Where the list goes on. */
  readonly next: string | null;
}

/**
 * One page of the events of a time that may have changed something. CloudTrail
 * keeps management events for 90 days, those of global services where their
 * partition keeps them.
 *
 * @throws AWS's own errors; an answer that cannot be understood is an error, too
 */
export async function lookUp(
  reader: Pick<Reader, 'read'>,
  { place, from, to, page }: Extract<SweepTask, { kind: 'missed' }>,
): Promise<Page> {
  const output = await reader.read({ account: place.account, region: place.region }, 'cloudtrail', 'LookupEvents', {
    LookupAttributes: [{ AttributeKey: 'ReadOnly', AttributeValue: 'false' }],
    StartTime: new Date(from),
    EndTime: new Date(to),
    MaxResults: 50,
    ...(page === null ? {} : { NextToken: page }),
  });
  const { Events, NextToken } = answerSchema.parse(output);
  return { records: Events.flatMap(({ CloudTrailEvent }) => CloudTrailEvent ?? []), next: NextToken ?? null };
}
