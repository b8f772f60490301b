import type { CloudTrailEvent } from '../control/event.ts';
import type { Arrival } from './intake.ts';
import { type Subject, unionOf } from './subject.ts';

/** A resource to judge once, and every event that asked for it, the latest last. Never without an event. */
export interface Gathered {
  readonly subject: Subject;
  readonly causes: readonly CloudTrailEvent[];
}

/** Everything that arrived, each resource once. */
export function gather(arrivals: readonly Arrival[]): readonly Gathered[] {
  const found = new Map<string, Gathered>();
  for (const arrival of arrivals) {
    const { key } = arrival.subject;
    found.set(key, join(found.get(key), arrival));
  }
  return [...found.values()];
}

/** Who did it last: the event that happened last, in whatever order the events arrived. */
export function lastCause({ causes }: Gathered): CloudTrailEvent | undefined {
  return causes.at(-1);
}

function join(known: Gathered | undefined, { subject, event }: Arrival): Gathered {
  if (known === undefined) return { subject, causes: [event] };
  const controls = unionOf(known.subject.controls, subject.controls);
  // At-least-once delivery: the same event may come again.
  const repeated = known.causes.some(({ eventID }) => eventID === event.eventID);
  const causes = repeated ? known.causes : [...known.causes, event].sort(byTime);
  return { subject: { ...known.subject, controls }, causes };
}

const byTime = (a: CloudTrailEvent, b: CloudTrailEvent): number =>
  a.eventTime < b.eventTime ? -1 : a.eventTime > b.eventTime ? 1 : 0;

/** One resource that is still settling. */
interface Settling {
  readonly gathered: Gathered;
  readonly first: number;
  readonly due: number;
}

/** Resources that are settling, by key. */
export type Waiting = ReadonlyMap<string, Settling>;

export const nothingWaiting: Waiting = new Map();

export interface SettleTimes {
  /** How long a resource must be left alone before it is judged: AWS reads lag AWS writes. */
  readonly settleSeconds: number;
  /** A resource that is never left alone is judged after this long all the same. */
  readonly longestSeconds: number;
}

/** Adds an arrival: its resource settles anew, but never past the longest wait. */
export function settle(waiting: Waiting, arrival: Arrival, times: SettleTimes, now: Date): Waiting {
  const { key } = arrival.subject;
  const known = waiting.get(key);
  const first = known?.first ?? now.getTime();
  const due = Math.min(now.getTime() + times.settleSeconds * 1000, first + times.longestSeconds * 1000);
  return new Map(waiting).set(key, { gathered: join(known?.gathered, arrival), first, due });
}

/** What has settled by now, the longest waiting first, and what has not. */
export function takeSettled(waiting: Waiting, now: Date): { settled: readonly Gathered[]; waiting: Waiting } {
  const isDue = ({ due }: Settling): boolean => due <= now.getTime();
  const settled = [...waiting.values()].filter(isDue).sort((a, b) => a.due - b.due);
  return {
    settled: settled.map(({ gathered }) => gathered),
    waiting: new Map([...waiting].filter(([, one]) => !isDue(one))),
  };
}

/** When the next resource will have settled. */
export function nextDue(waiting: Waiting): Date | undefined {
  let next = Number.POSITIVE_INFINITY;
  for (const { due } of waiting.values()) next = Math.min(next, due);
  return waiting.size === 0 ? undefined : new Date(next);
}

/** Calls back once at a moment; the answer cancels it. */
export type SetTimer = (at: Date, wake: () => void) => () => void;

export interface Coalescer {
  /** Resolves when the resource has been judged for this event, and rejects as the judging did. */
  readonly push: (arrival: Arrival) => Promise<void>;
  /** Judges at once what is still settling, and resolves when all of it is done. For a graceful stop. */
  readonly flush: () => Promise<void>;
}

/**
 * Judges each resource once for all events that come close together. One
 * resource is never judged twice at the same time: what arrives meanwhile
 * settles again and waits its turn.
 *
 * @param judge called with one settled resource
 * @param clock the time and its timers, so that tests need not wait
 */
export function createCoalescer(
  judge: (gathered: Gathered) => Promise<void>,
  times: SettleTimes,
  clock: { readonly now: () => Date; readonly setTimer: SetTimer },
): Coalescer {
  let waiting = nothingWaiting;
  let cancelTimer = (): void => {};
  const outcomes = new Map<string, Outcome>();
  const running = new Map<string, Promise<void>>();

  const start = (gathered: Gathered): void => {
    const { key } = gathered.subject;
    const outcome = outcomes.get(key);
    outcomes.delete(key);
    const before = running.get(key) ?? Promise.resolve();
    const run = before.then(() => judge(gathered)).then(outcome?.resolve, outcome?.reject);
    running.set(key, run);
    run.finally(() => {
      if (running.get(key) === run) running.delete(key);
    });
  };
  const wake = (at: Date): void => {
    const taken = takeSettled(waiting, at);
    waiting = taken.waiting;
    for (const gathered of taken.settled) start(gathered);
    schedule();
  };
  const schedule = (): void => {
    cancelTimer();
    const due = nextDue(waiting);
    cancelTimer = due === undefined ? () => {} : clock.setTimer(due, () => wake(clock.now()));
  };

  return {
    push: (arrival) => {
      const { key } = arrival.subject;
      waiting = settle(waiting, arrival, times, clock.now());
      const outcome = outcomes.get(key) ?? newOutcome();
      outcomes.set(key, outcome);
      schedule();
      return outcome.promise;
    },
    flush: async () => {
      wake(new Date(8.64e15));
      await Promise.all(running.values());
    },
  };
}

interface Outcome {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

function newOutcome(): Outcome {
  let resolve = (): void => {};
  let reject = (_error: unknown): void => {};
  const promise = new Promise<void>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

/** Timers of the real clock. */
export const setRealTimer: SetTimer = (at, wake) => {
  const timer = setTimeout(wake, Math.max(0, at.getTime() - Date.now()));
  return () => clearTimeout(timer);
};
