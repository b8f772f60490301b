/** The time of the demo: it stands still unless it is moved, so that every run tells the same. */
export interface Clock {
  readonly now: () => Date;
  /** Moves on to a time of the day, written `08:06`. Never back. */
  readonly moveTo: (time: string) => void;
  /** Takes no time, but moves the clock: whoever sleeps wakes up later. */
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/** Whatever is in the account is older than this, and everything that happens is later. */
const DAY = '2026-11-16';

/** A time of the demo's day. */
export const onTheDay = (time: string): Date => new Date(`${DAY}T${time}:00Z`);

export function createClock(start: string): Clock {
  let now = onTheDay(start).getTime();
  return {
    now: () => new Date(now),
    moveTo: (time) => {
      now = Math.max(now, onTheDay(time).getTime());
    },
    sleep: async (milliseconds) => {
      now += milliseconds;
    },
  };
}
