import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifyAudit } from '../../src/audit.ts';
import type { Change, Store } from '../../src/store/port.ts';
import type { Worker } from '../../src/store/records.ts';
import { aFinding, aPlan } from './contract.ts';

const now = '2026-11-23T10:00:00.000Z';
const later = '2026-11-23T10:10:00.000Z';
const workers = 6;

const audit = (what: string): Change => ({ kind: 'audit', subject: { at: now, by: 'a', what } });
const anEffect = (key: string): Change => ({
  kind: 'effect',
  effect: { key, lane: 'work', kind: 'apply', finding: 'f', plan: 'p', due: now, createdAt: now },
});
const workerOf = (index: number): Worker => ({ id: `w${index}`, host: `h${index}`, pid: 1 });

/** Text that does not compress to much less than its half. */
function noise(bytes: number): string {
  const parts: string[] = [];
  for (let n = 0; n * 64 < bytes; n += 1) parts.push(createHash('sha256').update(String(n)).digest('hex'));
  return parts.join('').slice(0, bytes);
}

/**
 * What every store must do for several processes at once, and for much.
 *
 * @param open gives stores that have nothing in common but what they store
 */
export function crowdContract(name: string, open: (count: number) => Promise<readonly Store[]>): void {
  describe(`${name}, with several at once`, () => {
    let stores: readonly Store[] = [];
    let store: Store;
    beforeAll(async () => {
      stores = await open(workers);
      const [first] = stores;
      if (first === undefined) throw new Error('no store');
      store = first;
      return () => Promise.all(stores.map((one) => one.close()));
    });
    afterAll(async () => {
      expect(await verifyAudit(store)).toMatchObject({ ok: true });
    });

    test('all of them change one finding, and nothing is lost', async () => {
      await store.commit([{ kind: 'finding', record: aFinding('f-many'), expected: 0 }]);
      const before = await store.auditHead();
      await Promise.all(
        stores.map(async (mine) => {
          for (let done = 0; done < 3; ) {
            const record = await mine.finding('f-many');
            if (record === undefined) throw new Error('lost');
            const next = { ...record, revision: record.revision + 1 };
            const changes: readonly Change[] = [
              { kind: 'finding', record: next, expected: record.revision },
              audit(`revision ${next.revision}`),
              audit('told'),
            ];
            const result = await mine.commit(changes);
            if (result.ok) done += 1;
            else expect(result.conflict).toEqual({ kind: 'finding', key: 'f-many' });
          }
        }),
      );
      expect((await store.finding('f-many'))?.revision).toBe(1 + workers * 3);
      const rows = (await store.auditRows(before.count, 1_000)).map(({ entry }) => JSON.parse(entry).what);
      expect(rows.filter((what) => what !== 'told')).toEqual(
        Array.from({ length: workers * 3 }, (_, index) => `revision ${index + 2}`),
      );
      expect(rows).toHaveLength(workers * 3 * 2);
    });

    test('what only the audit trail has in common never conflicts', async () => {
      const results = await Promise.all(
        stores.map((mine, index) =>
          mine.commit([{ kind: 'plan', record: aPlan(`p-own-${index}`), expected: 0 }, audit(`plan ${index}`)]),
        ),
      );
      expect(results).toEqual(stores.map(() => ({ ok: true })));
    });

    test('an effect goes to exactly one of them', async () => {
      await store.commit([anEffect('wanted')]);
      const effect = (await store.effects()).find(({ key }) => key === 'wanted');
      if (effect === undefined) throw new Error('no effect');
      const taken = await Promise.all(
        stores.map((mine, index) => mine.leaseEffect(effect, { worker: workerOf(index), until: later })),
      );
      expect(taken.filter(Boolean)).toHaveLength(1);
      const holder = workerOf(taken.indexOf(true)).id;
      const ends = await Promise.all(
        stores.map((mine, index) => mine.commit([{ kind: 'effectDone', key: 'wanted', worker: workerOf(index).id }])),
      );
      expect(ends.map(({ ok }) => ok)).toEqual(stores.map((_, index) => workerOf(index).id === holder));
    });

    test('locks that overlap go to one of them, all or none', async () => {
      const names = (index: number): readonly string[] => [`own ${index}`, 'shared', `last ${index}`];
      const taken = await Promise.all(stores.map((mine, index) => mine.lock(names(index), `o${index}`, now, later)));
      expect(taken.filter(Boolean)).toHaveLength(1);
      for (const [index, mine] of stores.entries()) {
        // Whoever was refused has locked nothing at all.
        expect(await mine.lock([`own ${index}`, `last ${index}`], 'somebody', now, later)).toBe(!taken[index]);
      }
    });

    test('a limit is never gone beyond, and is used up', async () => {
      const count = (mine: Store) =>
        mine.commit([{ kind: 'count', counter: 'writes', window: now, add: 1, most: 7 }, audit('write')]);
      const results = await Promise.all(stores.flatMap((mine) => [count(mine), count(mine)]));
      expect(results.filter(({ ok }) => ok)).toHaveLength(7);
      expect(results.filter(({ ok }) => !ok)).toEqual(
        Array.from({ length: workers * 2 - 7 }, () => ({ ok: false, conflict: { kind: 'count', key: 'writes' } })),
      );
      expect(await store.count('writes', now)).toBe(7);
    });

    test('a plan of 2 MB comes back whole, to everybody, also after it has changed its size', async () => {
      const big = aPlan('p-big', { before: { policy: noise(2_000_000) } });
      await store.commit([{ kind: 'plan', record: big, expected: 0 }, audit('big')]);
      for (const mine of stores) expect(await mine.plan('p-big')).toEqual(big);
      const sizes = [1_000_000, 10, 1_500_000];
      for (const [index, size] of sizes.entries()) {
        const next = { ...big, revision: index + 2, plan: { ...big.plan, before: { policy: noise(size) } } };
        expect(await store.commit([{ kind: 'plan', record: next, expected: index + 1 }])).toEqual({ ok: true });
        expect(await stores.at(-1)?.plan('p-big')).toEqual(next);
      }
    });

    test('whoever reads while a large plan is written gets one version or the other', async () => {
      const version = (revision: number) => ({
        ...aPlan('p-moving', { before: { revision, text: noise(900_000 + revision) } }),
        revision,
      });
      await store.commit([{ kind: 'plan', record: version(1), expected: 0 }]);
      const write = async (): Promise<void> => {
        for (const revision of [2, 3, 4]) {
          await store.commit([{ kind: 'plan', record: version(revision), expected: revision - 1 }]);
        }
      };
      const read = async (mine: Store): Promise<void> => {
        for (let times = 0; times < 4; times += 1) {
          const record = await mine.plan('p-moving');
          expect(record?.plan.before).toMatchObject({ revision: record?.revision });
        }
      };
      await Promise.all([write(), ...stores.slice(1).map(read)]);
      expect(await store.plan('p-moving')).toEqual(version(4));
    });

    test('many findings are found by every filter, newest first, and no more than wanted', async () => {
      const at = (index: number): string =>
        new Date(Date.UTC(2026, 10, 23, 12, 0, Math.floor(index / 3))).toISOString();
      const arn = (index: number): string => `arn:aws:test:::many-${index % 2}`;
      const records = Array.from({ length: 130 }, (_, index) => {
        const record = aFinding(`m-${String(index).padStart(3, '0')}`, {
          ...{ state: index % 5 === 0 ? ('waiting' as const) : ('denied' as const), updatedAt: at(index) },
        });
        const resource = { ...record.evaluation.resource, arn: arn(index), account: '999999999999' };
        return { ...record, evaluation: { ...record.evaluation, control: 70 + (index % 3), resource } };
      });
      for (let from = 0; from < records.length; from += 20) {
        const some = records.slice(from, from + 20);
        await store.commit(some.map((record) => ({ kind: 'finding', record, expected: 0 }) as const));
      }
      const expected = [...records]
        .sort((one, other) => (one.id < other.id ? -1 : 1))
        .sort((one, other) => (one.updatedAt < other.updatedAt ? 1 : one.updatedAt > other.updatedAt ? -1 : 0));
      const ids = async (filter: Parameters<Store['findings']>[0]) =>
        (await store.findings({ since: at(0), ...filter })).map(({ id }) => id);
      const those = (fits: (record: (typeof records)[number]) => boolean) => expected.filter(fits).map(({ id }) => id);
      expect(await ids({})).toEqual(those(() => true));
      expect(await ids({ most: 100 })).toEqual(those(() => true).slice(0, 100));
      expect(await ids({ most: 5 })).toEqual(those(() => true).slice(0, 5));
      expect(await ids({ states: ['waiting'] })).toEqual(those(({ state }) => state === 'waiting'));
      expect(await ids({ states: ['waiting', 'denied'], most: 7 })).toEqual(those(() => true).slice(0, 7));
      expect(await ids({ control: 71 })).toEqual(those(({ evaluation }) => evaluation.control === 71));
      expect(await ids({ control: 71, states: ['waiting'], most: 3 })).toEqual(
        those(({ evaluation, state }) => evaluation.control === 71 && state === 'waiting').slice(0, 3),
      );
      expect(await ids({ arn: arn(1), states: ['waiting'] })).toEqual(
        those(({ evaluation, state }) => evaluation.resource.arn === arn(1) && state === 'waiting'),
      );
      expect(await ids({ account: '999999999999', states: ['waiting', 'denied'], most: 50 })).toEqual(
        those(() => true).slice(0, 50),
      );
      expect(await ids({ since: at(120) })).toEqual(those(({ updatedAt }) => updatedAt >= at(120)));
      expect(await store.findings({ most: 0 })).toEqual([]);
    });

    test('of several changes of one record in one commit, each has the last word on what comes after it', async () => {
      const one = aFinding('f-twice');
      const two = { ...one, revision: 2, updatedAt: later };
      const timer = { finding: 'f-twice', of: 'judged' as const, due: now };
      const commit = (...changes: readonly Change[]) => store.commit(changes);
      expect(
        await commit(
          ...[
            { kind: 'finding', record: one, expected: 0 } as const,
            { kind: 'findingIs', id: 'f-twice', revision: 1 } as const,
          ],
          ...[
            { kind: 'finding', record: two, expected: 1 } as const,
            { kind: 'findingIs', id: 'f-twice', revision: 2 } as const,
          ],
          ...[{ kind: 'setTimer', timer } as const, { kind: 'timerFired', timer } as const],
          ...[anEffect('twice'), anEffect('twice'), audit('one'), audit('two')],
          ...[1, 2].map((add) => ({ kind: 'count', counter: 'twice', window: now, add, most: 3 }) as const),
        ),
      ).toEqual({ ok: true });
      expect(await store.finding('f-twice')).toEqual(two);
      expect(await store.timer('f-twice')).toBeUndefined();
      expect(await store.count('twice', now)).toBe(3);

      const effect = (await store.effects()).find(({ key }) => key === 'twice');
      if (effect === undefined) throw new Error('no effect');
      await store.leaseEffect(effect, { worker: workerOf(1), until: later });
      const held: Change = { kind: 'effectHeld', key: 'twice', worker: 'w1' };
      const done: Change = { kind: 'effectDone', key: 'twice', worker: 'w1' };
      const back: Change = { kind: 'effectLater', key: 'twice', worker: 'w1', due: later, note: 'n', failed: true };
      const refused = (kind: Change['kind'], key: string) => ({ ok: false, conflict: { kind, key } });
      expect(await commit(done, held)).toEqual(refused('effectHeld', 'twice'));
      expect(await commit(back, done)).toEqual(refused('effectDone', 'twice'));
      expect(
        await commit(
          { kind: 'findingIs', id: 'f-twice', revision: 2 },
          { kind: 'findingIs', id: 'f-twice', revision: 1 },
        ),
      ).toEqual(refused('findingIs', 'f-twice'));
      // The first that does not hold is named, wherever the others are.
      expect(
        await commit(
          ...[held, { kind: 'count', counter: 'twice', window: now, add: 1, most: 3 } as const],
          ...[{ kind: 'findingIs', id: 'nobody', revision: 1 } as const, back, done],
        ),
      ).toEqual(refused('count', 'twice'));
      // Taken out and asked for again: it waits as a new one.
      expect(await commit(held, done, anEffect('twice'))).toEqual({ ok: true });
      expect((await store.effects()).find(({ key }) => key === 'twice')).toMatchObject({ attempts: 0, lease: null });

      const lock = { lock: 'twice', owner: 'o' };
      await store.lock(['twice'], 'o', now, later);
      expect(await commit({ kind: 'lockHeld', ...lock }, { kind: 'unlock', ...lock })).toEqual({ ok: true });
      expect(await commit({ kind: 'lockHeld', ...lock })).toEqual(refused('lockHeld', 'twice'));
      expect(await commit({ kind: 'unlock', ...lock }, { kind: 'unlock', lock: 'never taken', owner: 'o' })).toEqual({
        ok: true,
      });
      expect(await store.lock(['twice', 'never taken'], 'p', now, later)).toBe(true);
    });
  });
}
