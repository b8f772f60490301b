import type { Store } from '../store/port.ts';
import type { Log } from '../workflow/kit.ts';
import { RateLimitError, troubleOf } from './errors.ts';
import type { AwsPort, Request } from './port.ts';

export interface LimitOptions {
  /** Where all workers count together. */
  readonly store: Pick<Store, 'commit' | 'count'>;
  readonly rates: { readonly callsPerSecond: number; readonly burst: number };
  readonly log: Pick<Log, 'warn'>;
  readonly now: () => Date;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** What asks those who wait to give up. */
  readonly signal?: () => AbortSignal | undefined;
  /** How long a call waits for its turn at most, in milliseconds. */
  readonly mostWait?: number;
}

/** A window's calls are taken from the store in so many parts: one write for some calls, not for each. */
const PARTS = 4;
const MOST_WAIT = 30_000;
/** Being throttled counts once in this time, over all workers: a hundred calls that meet it together mean one thing. */
const SLOT = 5_000;
/** Being throttled is felt in the period that it happened in, and half as much in the next. */
const PERIOD = 30_000;
/** No slower than a sixteenth. */
const MOST_HALVINGS = 4;

/** The calls to one service in one account and region, as this worker knows them. */
interface Bucket {
  /** The window that `left` belongs to, by its start. */
  window: number;
  left: number;
  /** The window is used up, by all workers together. */
  full: boolean;
  asking: Promise<void> | undefined;
  halvings: number;
  halvingsAt: number;
  /** Turns that were taken for writes before they are made. */
  reserved: number;
}

/**
 * Keeps the calls of all workers on one store, in each account, region and
 * service, below a rate: `burst` calls in windows of time that are as long as
 * `burst` calls may take. Where AWS throttles, the rate is halved, for
 * everybody, up to four times, and recovers within a minute. A call waits for
 * its turn. Where the store cannot be read no call is made, not even a read:
 * too many of them would take AWS's quota away from the account's owner.
 *
 * Calls through the returned port throw RateLimitError when their turn would
 * come too late, and StoreError.
 */
export function limited(port: AwsPort, options: LimitOptions): AwsPort {
  const { store, rates, log, now, sleep, signal, mostWait = MOST_WAIT } = options;
  const length = (rates.burst / rates.callsPerSecond) * 1000;
  const buckets = new Map<string, Bucket>();

  function bucketOf(key: string): Bucket {
    const known = buckets.get(key);
    if (known !== undefined) return known;
    const made: Bucket = {
      ...{ window: 0, left: 0, full: false, asking: undefined, halvings: 0, halvingsAt: Number.NEGATIVE_INFINITY },
      reserved: 0,
    };
    buckets.set(key, made);
    return made;
  }

  const startOf = (time: number, step: number): number => Math.floor(time / step) * step;
  const label = (start: number): string => new Date(start).toISOString();

  async function halvingsOf(key: string, bucket: Bucket): Promise<number> {
    const time = now().getTime();
    if (time - bucket.halvingsAt < SLOT) return bucket.halvings;
    const period = startOf(time, PERIOD);
    const [current, before] = await Promise.all([
      store.count(`throttled:${key}`, label(period)),
      store.count(`throttled:${key}`, label(period - PERIOD)),
    ]);
    bucket.halvings = Math.min(MOST_HALVINGS, current + Math.ceil(before / 2));
    bucket.halvingsAt = time;
    return bucket.halvings;
  }

  /** Takes the next part of the window. */
  async function askFor(key: string, bucket: Bucket): Promise<void> {
    const most = Math.max(1, Math.floor(rates.burst / 2 ** (await halvingsOf(key, bucket))));
    const { window } = bucket;
    const add = Math.max(1, Math.floor(most / PARTS));
    const { ok } = await store.commit([{ kind: 'count', counter: `calls:${key}`, window: label(window), add, most }]);
    // Turns of a window that is over by now are void.
    if (bucket.window !== window) return;
    if (ok) bucket.left += add;
    else bucket.full = true;
  }

  async function turn(key: string): Promise<void> {
    const bucket = bucketOf(key);
    const until = now().getTime() + mostWait;
    for (;;) {
      const time = now().getTime();
      const window = startOf(time, length);
      if (bucket.window !== window) Object.assign(bucket, { window, left: 0, full: false });
      if (bucket.left > 0) {
        bucket.left -= 1;
        return;
      }
      if (!bucket.full) {
        bucket.asking ??= askFor(key, bucket).finally(() => {
          bucket.asking = undefined;
        });
        await bucket.asking;
        continue;
      }
      const next = window + length;
      if (next > until || signal?.()?.aborted) {
        throw new RateLimitError(`the limit of ${rates.callsPerSecond} calls a second to ${key} is used up`);
      }
      await sleep(next - time);
    }
  }

  async function slowDown(key: string): Promise<void> {
    const time = now().getTime();
    const bucket = bucketOf(key);
    Object.assign(bucket, { left: 0, halvingsAt: Number.NEGATIVE_INFINITY });
    try {
      await store.commit([
        { kind: 'count', counter: `throttled once:${key}`, window: label(startOf(time, SLOT)), add: 1, most: 1 },
        { kind: 'count', counter: `throttled:${key}`, window: label(startOf(time, PERIOD)), add: 1, most: null },
      ]);
    } catch (error) {
      // The call's own error matters more. The next turn needs the store, too, and waits for it.
      log.warn({ key, error: String(error) }, 'AWS throttles, and the others could not be told');
    }
  }

  return {
    identity: () => port.identity(),
    async prepare(request) {
      await port.prepare?.(request);
      const key = keyOf(request);
      await turn(key);
      bucketOf(key).reserved += 1;
    },
    async send(request) {
      const key = keyOf(request);
      const bucket = bucketOf(key);
      if (request.session !== undefined && bucket.reserved > 0) bucket.reserved -= 1;
      else await turn(key);
      try {
        return await port.send(request);
      } catch (error) {
        if (troubleOf(error) === 'throttled') await slowDown(key);
        throw error;
      }
    },
  };
}

const keyOf = ({ target, service }: Request): string => `${target.account}/${target.region}/${service}`;
