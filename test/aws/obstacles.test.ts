import { afterEach, beforeEach, expect, it } from 'vitest';
import { ObstacleError } from '../../src/aws/errors.ts';
import { guarded } from '../../src/aws/obstacles.ts';
import type { AwsPort, Request } from '../../src/aws/port.ts';
import { openLibsqlStore } from '../../src/store/libsql.ts';
import type { Store } from '../../src/store/port.ts';
import { fakeClock } from './fake-clock.ts';

const account = '111122223333';
const MINUTE = 60_000;
const read: Request = {
  ...{ target: { account, region: 'eu-west-1' }, service: 's3', operation: 'GetBucketPolicy', input: {} },
};
const log = { info: () => {}, warn: () => {} };

let store: Store;
let clock: ReturnType<typeof fakeClock>;
let asked: number;
let missing: boolean;
let swept: string[];
const aws: AwsPort = {
  identity: async () => ({ account, partition: 'aws', arn: '' }),
  send: async () => {
    asked += 1;
    if (missing) throw new ObstacleError({ account, role: 'RedressRead', because: 'no role', mend: 'make one' });
    return { output: {}, requestId: undefined };
  },
};
const worker = () =>
  guarded(aws, {
    ...{ store, log, now: clock.now, region: 'eu-west-1' },
    onGone: async (one) => void swept.push(one),
  });
const notices = async () => (await store.effects()).map(({ kind, obstacle }) => [kind, obstacle?.goneAt !== null]);

beforeEach(() => {
  store = openLibsqlStore(':memory:');
  clock = fakeClock();
  asked = 0;
  missing = true;
  swept = [];
});
afterEach(() => store.close());

it('a thousand events that meet a missing role are one obstacle, told once', async () => {
  const workers = [worker(), worker()];
  const calls = workers.flatMap((one) => Array.from({ length: 500 }, () => one.send(read)));
  const results = await Promise.allSettled(calls);
  expect(results.every((one) => one.status === 'rejected' && one.reason instanceof ObstacleError)).toBe(true);
  expect(await store.obstacles()).toMatchObject([{ account, because: 'no role', mend: 'make one', goneAt: null }]);
  expect(await notices()).toEqual([['obstacle', false]]);
});

it('asks nobody again for ten minutes, in no process', async () => {
  await expect(worker().send(read)).rejects.toThrow(ObstacleError);
  expect(asked).toBe(1);
  clock.advance(9 * MINUTE);
  await expect(worker().send(read)).rejects.toThrow(ObstacleError);
  expect(asked).toBe(1);
  clock.advance(2 * MINUTE);
  await expect(worker().send(read)).rejects.toThrow(ObstacleError);
  expect(asked).toBe(2);
  expect(await notices()).toHaveLength(1);
});

it('closes the obstacle when the role is there again: told, and the account is swept', async () => {
  const one = worker();
  await expect(one.send(read)).rejects.toThrow(ObstacleError);
  missing = false;
  clock.advance(11 * MINUTE);
  await Promise.all([one.recheck(), one.send(read), worker().recheck()]);
  expect(await store.obstacles()).toEqual([]);
  expect(swept).toContain(account);
  expect(await notices()).toEqual(expect.arrayContaining([['obstacle', true]]));
  expect(await notices()).toHaveLength(2);
  missing = true;
  clock.advance(11 * MINUTE);
  await expect(one.send(read)).rejects.toThrow(ObstacleError);
  expect(await store.obstacles()).toHaveLength(1);
  expect(await notices()).toHaveLength(3);
});

it('tells the role for reading from the one for writing', async () => {
  const one = worker();
  await expect(one.send(read)).rejects.toThrow(ObstacleError);
  missing = false;
  await one.send({ ...read, session: { planId: 'p-1', permissions: [] } });
  expect(await store.obstacles()).toHaveLength(1);
});

it('lets every other error through, and writes nothing', async () => {
  const denied = guarded(
    { ...aws, send: () => Promise.reject(Object.assign(new Error('no'), { name: 'AccessDenied' })) },
    { store, log, now: clock.now, region: 'eu-west-1' },
  );
  await expect(denied.send(read)).rejects.toThrow('no');
  expect(await store.obstacles()).toEqual([]);
});
