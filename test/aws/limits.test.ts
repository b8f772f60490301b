import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RateLimitError } from '../../src/aws/errors.ts';
import { limited } from '../../src/aws/limits.ts';
import type { AwsPort, Request } from '../../src/aws/port.ts';
import { openLibsqlStore } from '../../src/store/libsql.ts';
import { type Store, StoreError } from '../../src/store/port.ts';
import { fakeClock } from './fake-clock.ts';

const rates = { callsPerSecond: 10, burst: 20 };
const WINDOW = 2_000;
const log = { warn: () => {} };
const read = (service = 's3', account = '111122223333'): Request => ({
  ...{ target: { account, region: 'eu-west-1' }, service, operation: 'GetBucketPolicy', input: {} },
});
const write: Request = { ...read(), session: { planId: 'p-1', permissions: [] } };

let store: Store;
let clock: ReturnType<typeof fakeClock>;
let sent: number[];
let throttles: boolean;
const aws: AwsPort = {
  identity: async () => ({ account: '111122223333', partition: 'aws', arn: '' }),
  send: async () => {
    sent.push(clock.now().getTime());
    if (throttles) throw Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' });
    return { output: {}, requestId: undefined };
  },
};
const worker = (options: Partial<Parameters<typeof limited>[1]> = {}) =>
  limited(aws, { store, rates, log, now: clock.now, sleep: clock.sleep, mostWait: 3_600_000, ...options });

/** Calls in each window, the first one first. */
function perWindow(): number[] {
  const counts = new Map<number, number>();
  for (const time of sent) counts.set(Math.floor(time / WINDOW), (counts.get(Math.floor(time / WINDOW)) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => a - b).map(([, count]) => count);
}

beforeEach(() => {
  store = openLibsqlStore(':memory:');
  clock = fakeClock();
  sent = [];
  throttles = false;
});
afterEach(() => store.close());

describe('many workers on one store', () => {
  it('make no more calls in a window than one may', async () => {
    const workers = [worker(), worker(), worker()];
    await Promise.all(workers.flatMap((one) => Array.from({ length: 50 }, () => one.send(read()))));
    expect(sent).toHaveLength(150);
    expect(Math.max(...perWindow())).toBeLessThanOrEqual(rates.burst);
  });

  it('take turns in lumps, so that not every call is a write', async () => {
    let commits = 0;
    const counted: Store = {
      ...store,
      commit: (changes) => {
        commits += 1;
        return store.commit(changes);
      },
    };
    const one = worker({ store: counted });
    await Promise.all(Array.from({ length: 20 }, () => one.send(read())));
    expect(commits).toBe(4);
  });

  it('are limited apart in each account, region and service', async () => {
    const one = worker();
    const calls = [read(), read('ec2'), read('s3', '444455556666')];
    await Promise.all(calls.flatMap((call) => Array.from({ length: 20 }, () => one.send(call))));
    expect(perWindow()).toEqual([60]);
  });

  it('all slow down when AWS throttles one of them, and recover', async () => {
    const [first, second] = [worker(), worker()];
    throttles = true;
    await expect(first.send(read())).rejects.toThrow('Rate exceeded');
    throttles = false;
    clock.advance(WINDOW);
    sent = [];
    await Promise.all(Array.from({ length: 30 }, () => second.send(read())));
    expect(Math.max(...perWindow())).toBeLessThanOrEqual(rates.burst / 2);
    clock.advance(120_000);
    sent = [];
    await Promise.all(Array.from({ length: 20 }, () => second.send(read())));
    expect(perWindow()).toEqual([20]);
  });
});

describe('a call whose turn does not come', () => {
  it('fails as something that has to come again, and was not sent', async () => {
    const one = worker({ mostWait: 1_000 });
    const results = await Promise.allSettled(Array.from({ length: 25 }, () => one.send(read())));
    const failed = results.filter((result) => result.status === 'rejected');
    expect(failed).toHaveLength(5);
    expect(failed[0]?.reason).toBeInstanceOf(RateLimitError);
    expect(sent).toHaveLength(20);
  });

  it('gives up when it is asked to', async () => {
    const one = worker({ signal: () => AbortSignal.abort() });
    await Promise.all(Array.from({ length: 20 }, () => one.send(read())));
    await expect(one.send(read())).rejects.toThrow(RateLimitError);
  });
});

it('makes no call while the store is away', async () => {
  const away = {
    commit: () => Promise.reject(new StoreError('away')),
    count: () => Promise.reject(new StoreError('away')),
  };
  await expect(worker({ store: away }).send(read())).rejects.toThrow(StoreError);
  await expect(worker({ store: away }).prepare?.(write)).rejects.toThrow(StoreError);
  expect(sent).toEqual([]);
});

it('a write that was prepared does not wait again', async () => {
  const one = worker({ mostWait: 0 });
  await one.prepare?.(write);
  await Promise.all(Array.from({ length: 19 }, () => one.send(read())));
  await expect(one.send(read())).rejects.toThrow(RateLimitError);
  await one.send(write);
  expect(sent).toHaveLength(20);
});
