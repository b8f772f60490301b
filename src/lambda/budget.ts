import { AsyncLocalStorage } from 'node:async_hooks';
import { setMaxListeners } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import type { Context } from 'aws-lambda';

/** How much of an invocation's time has to be left for putting back what was begun, in milliseconds. */
export const MARGIN = 10_000;

const signals = new AsyncLocalStorage<AbortSignal>();

/** What asks the invocation that this runs in to end; none outside of one. */
export const endOfTime = (): AbortSignal | undefined => signals.getStore();

/**
 * Runs an invocation with a signal that fires before Lambda would cut it off,
 * while there is still time to put things back. A function with little time
 * keeps half of it.
 *
 * @param margin milliseconds to keep
 */
export async function withinTime<T>(
  context: Pick<Context, 'getRemainingTimeInMillis'>,
  work: (signal: AbortSignal) => Promise<T>,
  margin = MARGIN,
): Promise<T> {
  const left = context.getRemainingTimeInMillis();
  const controller = new AbortController();
  // Everything that waits in this invocation listens to it.
  setMaxListeners(0, controller.signal);
  const timer = setTimeout(() => controller.abort(), left - Math.min(margin, left / 2));
  try {
    return await signals.run(controller.signal, () => work(controller.signal));
  } finally {
    // Nothing may be left running: Lambda freezes the process, and a timer would fire in the middle of the next event.
    clearTimeout(timer);
  }
}

/** Sleeps, but never beyond the time of the invocation. */
export async function sleepWithinTime(milliseconds: number): Promise<void> {
  const signal = endOfTime();
  try {
    await wait(milliseconds, undefined, signal ? { signal } : {});
  } catch (error) {
    if (!signal?.aborted) throw error;
  }
}
