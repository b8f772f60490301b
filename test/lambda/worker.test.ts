import { beforeEach, expect, it } from 'vitest';
import { createJudge, UndecidedError } from '../../src/bot/judge.ts';
import { PRESS_KIT } from '../../src/demo/beginning.ts';
import { createSampleAccount } from '../../src/demo/sample-account.ts';
import { createEngine } from '../../src/engine.ts';
import type { Gathered } from '../../src/intake/coalesce.ts';
import { takeIn } from '../../src/intake/intake.ts';
import { createRouter } from '../../src/intake/route.ts';
import { groupOf, messageFor } from '../../src/lambda/messages.ts';
import { createSubjectReader } from '../../src/lambda/subjects.ts';
import { judgeBatch } from '../../src/lambda/worker.ts';
import { catalogue } from '../../src/redress.ts';
import { openLibsqlStore } from '../../src/store/libsql.ts';
import { createWorkflow } from '../../src/workflow/driver.ts';
import { silent } from '../../src/workflow/notifier.ts';
import { recordOf } from '../intake/records.ts';
import { createClock, policy, quiet } from '../workflow/bench.ts';
import { createFuse, type Fuse, Killed } from '../workflow/fuse.ts';
import { eventsDead, fakeQueues, sqsEvent } from './queue.ts';

const router = createRouter(catalogue);
const reader = createSubjectReader(catalogue, router);
const place = { account: '123456789012', region: 'eu-west-1' };
const going = new AbortController().signal;

function message(id: string, bucketName: string, eventID: string, more: object = {}) {
  const record = recordOf({ eventName: 'PutBucketPolicy', eventID, requestParameters: { bucketName }, ...more });
  const [arrival] = takeIn(JSON.stringify(record), router).arrivals;
  if (arrival === undefined) throw new Error('nobody listens');
  const { body, group } = messageFor(arrival);
  return { id, body, group };
}

let queues: ReturnType<typeof fakeQueues>;
let judged: Gathered[];
const parts = (judge: (gathered: Gathered) => Promise<void> = async (one) => void judged.push(one)) => ({
  ...{ reader, judge, workflow: { run: async () => {} }, home: queues.home, place, log: quiet },
  deadLetterUrl: eventsDead,
});
const failures = (...ids: string[]) => ({ batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })) });

beforeEach(() => {
  queues = fakeQueues();
  judged = [];
});

it('judges each resource once, for all its events in the order in which they happened', async () => {
  const batch = sqsEvent([
    message('m-1', 'a', 'e-2', { eventTime: '2026-11-23T10:00:02Z' }),
    message('m-2', 'a', 'e-1', { eventTime: '2026-11-23T10:00:01Z' }),
    message('m-3', 'b', 'e-3'),
    message('m-4', 'a', 'e-2', { eventTime: '2026-11-23T10:00:02Z' }),
  ]);
  expect(await judgeBatch(parts(), batch, going)).toEqual(failures());
  expect(judged.map(({ causes }) => causes.map(({ eventID }) => eventID))).toEqual([['e-1', 'e-2'], ['e-3']]);
});

it('leaves a resource that is undecided, and what follows in its group, and nothing else', async () => {
  const a1 = message('m-1', 'a', 'e-1');
  const batch = sqsEvent([a1, message('m-2', 'b', 'e-2'), { id: 'm-3', body: 'not JSON', group: a1.group }]);
  const judge = async ({ subject }: Gathered) => {
    if (subject.key.endsWith('/a')) throw new UndecidedError('throttled');
  };
  expect(await judgeBatch(parts(judge), batch, going)).toEqual(failures('m-1', 'm-3'));
});

it('puts aside what cannot be read, with its reason', async () => {
  expect(await judgeBatch(parts(), sqsEvent([{ id: 'm-1', body: '{}' }]), going)).toEqual(failures());
  expect(queues.dead).toEqual([{ body: '{}', reason: expect.stringContaining('neither a record nor a resource') }]);
});

it('leaves what there was no time for', async () => {
  const batch = sqsEvent([message('m-1', 'a', 'e-1')]);
  expect(await judgeBatch(parts(), batch, AbortSignal.abort())).toEqual(failures('m-1'));
  expect(judged).toEqual([]);
});

it('judges everything that an event is about where the key is of another version', async () => {
  const { body } = message('m-1', 'a', 'e-1');
  const old = JSON.stringify({ ...JSON.parse(body), key: 'of old' });
  expect(await judgeBatch(parts(), sqsEvent([{ id: 'm-1', body: old, group: groupOf('of old') }]), going)).toEqual(
    failures(),
  );
  expect(judged).toHaveLength(1);
});

it('judges a resource that a sweep names, by every control of its type', async () => {
  const subject = { place: { partition: 'aws', ...place }, type: 'AWS::S3::Bucket', id: 'a' };
  await judgeBatch(parts(), sqsEvent([{ id: 'm-1', body: JSON.stringify({ subject }) }]), going);
  expect(judged[0]).toMatchObject({ causes: [], subject: { target: { kind: 'id', id: 'a' } } });
  expect(judged[0]?.subject.controls.length).toBeGreaterThan(5);
});

/** One bucket, one control that is fixed by itself, and functions that die. */
function town() {
  const clock = createClock();
  const account = createSampleAccount({ now: clock.now });
  const store = openLibsqlStore(':memory:');
  const control = catalogue.get(48);
  if (control === undefined) throw new Error('no control 48');
  const own = new Map([[48, control]]);
  const ownRouter = createRouter(own);
  const record = recordOf({
    ...{ eventName: 'PutBucketVersioning', requestParameters: { bucketName: PRESS_KIT } },
    ...{ recipientAccountId: account.world.account, awsRegion: account.world.region },
  });
  const [arrival] = takeIn(JSON.stringify(record), ownRouter).arrivals;
  if (arrival === undefined) throw new Error('nobody listens');
  const { body, group } = messageFor(arrival);

  /** The life of an environment: a batch, then the wake of what follows from it. True: the message is done with. */
  async function live(fuse: Fuse, life: number, signal: AbortSignal = going): Promise<boolean> {
    const wired = fuse.wire(store);
    const engine = createEngine({ port: fuse.wire(account.port), catalogue: own, mode: 'apply', now: clock.now });
    const workflow = createWorkflow({
      ...{ store: wired, remediator: engine, notifier: silent, log: quiet, now: clock.now, sleep: clock.sleep },
      ...{ workerId: `w${life}`, host: `h${life}`, isAlive: () => true, heartbeat: () => () => {} },
      settings: { policyFor: () => ({ ...policy, mode: 'auto' }) },
    });
    const judge = createJudge(engine, workflow);
    const worker = { ...parts(judge), reader: createSubjectReader(own, ownRouter) };
    try {
      const { batchItemFailures } = await judgeBatch(worker, sqsEvent([{ id: 'm-1', body, group }]), signal);
      await workflow.run({ untilIdle: true, lanes: ['work'], signal, recover: false });
      return batchItemFailures.length === 0 && !fuse.blown();
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      return false;
    }
  }
  const writes = () => account.calls.filter(({ operation }) => operation === 'PutBucketVersioning').length;
  const states = async () => (await store.findings()).map(({ state }) => state);
  return { live, clock, store, writes, states };
}

it('killed at every moment, the fix is made once and verified', async () => {
  const undisturbed = town();
  const whole = createFuse(undefined);
  expect(await undisturbed.live(whole, 0)).toBe(true);
  expect(await undisturbed.states()).toEqual(['resolved']);
  expect(undisturbed.writes()).toBe(1);
  await undisturbed.store.close();

  for (let moment = 0; moment < whole.moments(); moment += 1) {
    const one = town();
    let done = await one.live(createFuse(moment), 1);
    for (let life = 2; !done || (await one.store.effects()).some(({ lane }) => lane === 'work'); life += 1) {
      expect(life).toBeLessThan(8);
      // Others know nothing of the death: leases have to run out.
      one.clock.pass(20 * 60_000);
      done = (await one.live(createFuse(undefined), life)) || done;
    }
    expect({ moment, states: await one.states() }).toEqual({ moment, states: ['resolved'] });
    // A versioning that was written may be written again, and is no other for it; never more often.
    expect(one.writes()).toBeLessThanOrEqual(2);
    await one.store.close();
  }
});

it('out of time at every moment, nothing is lost, and the fix is made once', async () => {
  const whole = createFuse(undefined);
  const undisturbed = town();
  await undisturbed.live(whole, 0);
  await undisturbed.store.close();
  for (let moment = 0; moment <= whole.moments(); moment += 1) {
    const one = town();
    const controller = new AbortController();
    let count = 0;
    const timed: Fuse = {
      ...{ moments: () => count, blown: () => false },
      wire: (port) =>
        new Proxy(port, {
          get: (target, name, receiver) => {
            count += 1;
            if (count > moment) controller.abort();
            const value: unknown = Reflect.get(target, name, receiver);
            return typeof value === 'function' ? value.bind(target) : value;
          },
        }),
    };
    await one.live(timed, 1, controller.signal);
    one.clock.pass(20 * 60_000);
    await one.live(createFuse(undefined), 2);
    expect({ moment, states: await one.states(), writes: one.writes() }).toEqual({
      ...{ moment, states: ['resolved'], writes: 1 },
    });
    await one.store.close();
  }
});
