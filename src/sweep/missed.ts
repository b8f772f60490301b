import type { Reader } from '../aws/door.ts';
import { explain, hasCode, troubleOf } from '../aws/errors.ts';
import type { Config } from '../config.ts';
import { type Arrival, takeIn } from '../intake/intake.ts';
import type { Router } from '../intake/route.ts';
import { messageOf } from '../one-line.ts';
import type { Store } from '../store/port.ts';
import { type Log, StoppedError } from '../workflow/kit.ts';
import { lookedUpTo, lookUp, lookUpEvery, markLookedUp } from './look-up.ts';
import { createPace, type Pace } from './pace.ts';
import { placeKey, type SweptPlace } from './places.ts';
import { memoryOf, remember } from './remember.ts';
import type { SweepTask } from './task.ts';

const call = { service: 'cloudtrail', operation: 'LookupEvents' } as const;
const hour = 3_600_000;
/** After so many failures in a row the time is left to the next look, which begins where the last one ended. */
const mostAttempts = 12;

/** Events of one account and time that never came, for people. */
export interface MissedEvents {
  readonly account: string;
  readonly region: string;
  readonly from: string;
  readonly to: string;
  readonly count: number;
  /** One line that says it, and what to do. */
  readonly text: string;
}

export interface MissedParts {
  readonly store: Pick<Store, 'mark' | 'commit' | 'unseen' | 'markSeen'>;
  readonly config: Pick<Config, 'sweep'>;
  readonly reader: Pick<Reader, 'read'>;
  readonly router: Router;
  /** Takes a CloudTrail record in as if it had just come. */
  readonly deliver: (record: string) => Promise<void>;
  /** Tells people, once for an account and a time. */
  readonly tell: (missed: MissedEvents) => Promise<void>;
  /** Counts events that never came. */
  readonly onMissed?: (count: number) => void;
  readonly log: Log;
  readonly now: () => Date;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

type MissedTask = Extract<SweepTask, { kind: 'missed' }>;
type Perform = (
  place: SweptPlace,
  task: MissedTask,
  how: { readonly attempts: number; readonly signal: AbortSignal | undefined },
) => Promise<MissedTask | undefined>;

/**
 * Makes what performs one page of a look for events that never came. Only
 * events that some control watches count. Each is logged, remembered, and taken
 * in as if it had come, so that its resource is judged after it.
 */
export function missedPerformer(parts: MissedParts): Perform {
  const { store, config, reader, log, now, sleep } = parts;
  const paces = new Map<string, Pace>();

  return async (place, task, { attempts, signal }) => {
    const key = placeKey(place);
    const begun = task.page === null ? await begin(parts, task) : task;
    if (begun === undefined) return undefined;
    const pace = paces.get(key) ?? createPace(lookUpEvery, now, sleep);
    paces.set(key, pace);
    await pace();
    if (signal?.aborted) throw new StoppedError('stopped');
    try {
      const { records, next } = await lookUp(reader, begun);
      const found = begun.found + (await takeMissed(parts, place, records));
      if (next !== null) return { ...begun, page: next, found };
      await markLookedUp(store, place, begun.to);
      if (found > 0) await report(parts, { ...begun, found });
      return undefined;
    } catch (error) {
      // Tokens grow old; what was taken in already is remembered.
      if (begun.page !== null && hasCode(error, ['InvalidNextTokenException'])) return { ...begun, page: null };
      if (!['denied', 'obstacle'].includes(troubleOf(error)) && attempts < mostAttempts) throw error;
      const why = explain(error, call, 'cloudtrail:LookupEvents');
      log.error(
        { account: place.account, region: place.region, from: begun.from, error: why },
        `events that never came cannot be looked up; the next sweep tries again`,
      );
      return undefined;
    }
  };

  /** What of the time was not looked up yet, and can still be compared. */
  async function begin({ store }: MissedParts, task: MissedTask): Promise<MissedTask | undefined> {
    const done = await lookedUpTo(store, task.place, now());
    const remembered = new Date(now().getTime() - memoryOf(config) + hour).toISOString();
    const from = [task.from, done, remembered].reduce((a, b) => (a > b ? a : b));
    return from < task.to ? { ...task, from } : undefined;
  }
}

/** Takes in what never came of these records, and says how many that were. */
async function takeMissed(parts: MissedParts, place: SweptPlace, records: readonly string[]): Promise<number> {
  const { store, config, router, deliver, onMissed, log, now } = parts;
  const watched = new Map<string, { record: string; arrivals: readonly Arrival[] }>();
  for (const record of records) {
    const all = takeIn(record, router).arrivals;
    // A region that is swept only for global services need not send events of its own.
    const arrivals = place.scope === 'global' ? all.filter(({ subject }) => subject.resource.global) : all;
    const id = arrivals[0]?.event.eventID;
    if (id !== undefined) watched.set(id, { record, arrivals });
  }
  const missed = await store.unseen([...watched.keys()], now().toISOString());
  for (const id of missed) {
    const { record, arrivals = [] } = watched.get(id) ?? {};
    const [event] = arrivals.map((arrival) => arrival.event);
    if (record === undefined || event === undefined) continue;
    const { eventName, eventSource, eventTime } = event;
    log.warn(
      {
        event: id,
        eventName,
        source: eventSource,
        time: eventTime,
        account: place.account,
        region: place.region,
      },
      'this event never came; CloudTrail knows it, and it is judged now',
    );
    await deliver(record);
    await remember(store, config, [id], now());
    onMissed?.(1);
  }
  return missed.length;
}

async function report({ store, tell, log, now }: MissedParts, { place, from, to, found }: MissedTask): Promise<void> {
  const { account, region } = place;
  const text =
    `${found} ${found === 1 ? 'event' : 'events'} of account ${account} in ${region} between ${from} and ${to} never came, ` +
    'and were judged now. Check that a trail logs there, and that the rules which forward its events are in place.';
  const audited = {
    at: now().toISOString(),
    by: 'redress',
    what: 'events missed',
    detail: { account, region, from, to, found },
  };
  await store.commit([{ kind: 'audit', subject: audited }]);
  try {
    await tell({ account, region, from, to, count: found, text });
  } catch (error) {
    log.error({ account, region, text, error: messageOf(error) }, 'nobody could be told of events that never came');
  }
}
