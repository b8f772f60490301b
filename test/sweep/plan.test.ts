import { describe, expect, it } from 'vitest';
import type { Config } from '../../src/config.ts';
import { openLibsqlStore } from '../../src/store/libsql.ts';
import type { Store } from '../../src/store/port.ts';
import { sweptPlaces } from '../../src/sweep/places.ts';
import { planAccount, planSweeps } from '../../src/sweep/plan.ts';
import type { SweepTask } from '../../src/sweep/task.ts';
import { createFuse } from '../workflow/fuse.ts';
import { catalogueOf, counts, HOUR, own, START, type SweepConfig, sweepOf } from './world.ts';

// Buckets and topics are of a region, users of an account.
const catalogue = catalogueOf(48, 182, 3, 239);
const minute = 60_000;
const two: SweepConfig['places'] = [
  { account: '111111111111', regions: ['eu-west-1', 'us-east-1'] },
  { account: '222222222222', regions: ['eu-west-1'] },
];
const worker = { id: 'w', host: 'h', pid: 1 };

function planner(options: { store?: Store; sweep?: Partial<SweepConfig> } = {}) {
  const store = options.store ?? openLibsqlStore(':memory:');
  let config: Pick<Config, 'sweep'> = sweepOf({ places: two, ...options.sweep });
  const planned: { task: SweepTask; due: string; at: number }[] = [];
  const parts = (at: number) => ({ store, catalogue, config, places: sweptPlaces(config, own), now: new Date(at) });
  /** Takes everything out of the outbox, as if it were performed. */
  const perform = async (at: number): Promise<void> => {
    for (const effect of await store.dueEffects('sweep', '9999', 1000)) {
      if (effect.sweep !== undefined) planned.push({ task: effect.sweep, due: effect.due, at });
      await store.leaseEffect(effect, { worker, until: '9999' });
      await store.commit([{ kind: 'effectDone', key: effect.key, worker: worker.id }]);
    }
  };
  return {
    store,
    planned,
    names: () => planned.map(({ task }) => nameOf(task)),
    configure: (over: Partial<SweepConfig>) => {
      config = sweepOf({ ...config.sweep, ...over });
    },
    plan: (at: number) => planSweeps(parts(at)),
    planAccount: (at: number, account: string) => planAccount(parts(at), account),
    perform,
    /** Plans every five minutes; all of it is done before the next time. */
    async run(from: number, to: number) {
      for (let at = from; at < to; at += 5 * minute) {
        await planSweeps(parts(at));
        await perform(at);
      }
    },
  };
}

const nameOf = (task: SweepTask): string =>
  `${task.place.account}/${task.place.region}/${task.kind === 'judge' ? task.type : task.kind}`;

const everything = [
  ...['AWS::S3::Bucket', 'AWS::SNS::Topic', 'AWS::CertificateManager::Certificate', 'findings'].flatMap((what) => [
    `111111111111/eu-west-1/${what}`,
    `111111111111/us-east-1/${what}`,
    `222222222222/eu-west-1/${what}`,
  ]),
  '111111111111/us-east-1/AWS::IAM::AccessKey',
  '222222222222/us-east-1/AWS::IAM::AccessKey',
  '222222222222/us-east-1/findings',
].sort();

describe('a plan of sweeps', () => {
  it('has everything once in each period, global types once for an account, though it is made every five minutes', async () => {
    const { run, planned, names } = planner();
    // The first sweep is made up for within hours.
    await run(START, START + 3 * HOUR);
    expect([...new Set(names())].sort()).toEqual(everything);
    for (const day of [0, 1, 2]) {
      planned.length = 0;
      const from = START + (3 + day * 24) * HOUR;
      await run(from, from + 24 * HOUR);
      expect(names().sort()).toEqual(everything);
    }
  });

  it('is due in time, at most a quarter of an hour ahead', async () => {
    const { run, planned } = planner();
    await run(START, START + 24 * HOUR);
    planned.length = 0;
    await run(START + 24 * HOUR, START + 48 * HOUR);
    for (const { due, at } of planned) {
      expect(Date.parse(due)).toBeGreaterThan(at);
      expect(Date.parse(due)).toBeLessThanOrEqual(at + 15 * minute);
    }
  });

  it('is not made twice by two planners at the same moment, or by one that is called again', async () => {
    const { store, plan, perform, planned, names } = planner();
    for (let at = START; at < START + 3 * HOUR; at += 5 * minute) {
      await Promise.all([plan(at), plan(at), planner({ store }).plan(at)]);
      await perform(at);
    }
    planned.length = 0;
    for (let at = START + 3 * HOUR; at < START + 27 * HOUR; at += 5 * minute) {
      await Promise.all([plan(at), plan(at), planner({ store }).plan(at)]);
      await perform(at);
      expect(await plan(at)).toBe(0);
    }
    expect(names().sort()).toEqual(everything);
  });

  it('is whole and without repetition though planners are killed at any moment', async () => {
    const { store, perform, names } = planner({ sweep: { everyHours: 1 } });
    for (let death = 0; ; death += 1) {
      const fuse = createFuse(death);
      const dying = planner({ store: fuse.wire(store), sweep: { everyHours: 1 } });
      await dying.plan(START).catch(() => {});
      await perform(START);
      if (!fuse.blown()) break;
    }
    // Every hour of the schedule up to now.
    expect(names().sort()).toEqual(everything);
  });

  it('makes up for a time in which nobody planned, bit by bit, and at most for one period', async () => {
    const { run, planned, names, plan, perform } = planner();
    await run(START, START + 24 * HOUR);
    planned.length = 0;
    const back = START + 24 * HOUR + 60 * HOUR;
    await plan(back);
    await perform(back);
    expect(planned.length).toBeLessThan(everything.length / 2);
    await run(back, back + 3 * HOUR);
    expect(counts(names()).size).toBe(everything.length);
    expect(planned.length).toBeLessThanOrEqual(1.5 * everything.length);
  });

  it('follows the places: one more is swept within a period, one less no longer', async () => {
    const { run, planned, names, configure } = planner();
    await run(START, START + 24 * HOUR);
    planned.length = 0;
    configure({ places: [...two, { account: '333333333333', regions: ['eu-west-1'] }] });
    await run(START + 24 * HOUR, START + 48 * HOUR);
    const added = names().filter((name) => name.startsWith('333333333333/'));
    expect(added).toHaveLength(6);
    expect(
      names()
        .filter((name) => !added.includes(name))
        .sort(),
    ).toEqual(everything);
    planned.length = 0;
    configure({ places: [{ account: '333333333333', regions: ['eu-west-1'] }] });
    await run(START + 48 * HOUR, START + 72 * HOUR);
    expect(names().sort()).toEqual(added.sort());
  });

  it.each([
    [24, 6],
    [6, 24],
    [24, 168],
    [5, 24],
  ])(
    'leaves nothing out for longer than both periods together when that changes: %i to %i hours',
    async (before, after) => {
      const { run, planned, configure } = planner({ sweep: { everyHours: before } });
      const change = START + 30 * HOUR;
      await run(START, change);
      configure({ everyHours: after });
      await run(change, change + 2 * after * HOUR);
      for (const name of everything) {
        const times = planned.filter(({ task }) => nameOf(task) === name).map(({ at }) => at);
        const gaps = times.map((time, index) => time - (times[index - 1] ?? START));
        expect(Math.max(...gaps)).toBeLessThanOrEqual((before + after) * HOUR);
      }
    },
  );

  it('is empty when sweeps are off', async () => {
    const { run, planned, planAccount } = planner({ sweep: { everyHours: 0 } });
    await run(START, START + HOUR);
    await planAccount(START, '111111111111');
    expect(planned).toEqual([]);
  });

  it('is not shared by bots that run in different places and share a store', async () => {
    const store = openLibsqlStore(':memory:');
    const config = sweepOf();
    for (const region of ['eu-west-1', 'eu-north-1']) {
      const places = sweptPlaces(config, { ...own, region });
      for (let at = START; at < START + 3 * HOUR; at += 5 * minute) {
        await planSweeps({ store, catalogue, config, places, now: new Date(at) });
      }
    }
    const names = (await store.effects()).flatMap(({ sweep }) => (sweep === undefined ? [] : [nameOf(sweep)]));
    const regions = [...new Set(names)].map((name) => name.split('/')[1] ?? '');
    expect(Object.fromEntries(counts(regions))).toEqual({ 'eu-west-1': 4, 'eu-north-1': 4, 'us-east-1': 2 });
  });
});

describe('one account at once', () => {
  it('is swept within half an hour, and nothing of it twice', async () => {
    const { planAccount, perform, planned, names, store } = planner();
    await planAccount(START, '222222222222');
    await planAccount(START, '222222222222');
    expect((await store.effects()).every(({ due }) => Date.parse(due) <= START + 30 * minute)).toBe(true);
    await perform(START);
    expect(names().sort()).toEqual(everything.filter((name) => name.startsWith('222222222222/')));
    expect(planned.length).toBe(6);
  });
});
