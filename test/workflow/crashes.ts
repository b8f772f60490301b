import { expect, test } from 'vitest';
import { verifyAudit } from '../../src/audit.ts';
import type { Store } from '../../src/store/port.ts';
import type { StateName } from '../../src/workflow/finding.ts';
import { restingStates } from '../../src/workflow/step.ts';
import { type Bench, createBench, policy } from './bench.ts';
import { createFuse, type Fuse, Killed } from './fuse.ts';

/** One life of a process: what it is told, and what it does. Told again, as queues do, when it died. */
export interface Story {
  readonly name: string;
  readonly controls: readonly number[];
  readonly prepare: (bench: Bench) => void;
  /** What a person says, again and again, while the finding is in this state. */
  readonly says?: Partial<Record<StateName, 'approve' | 'undo' | 'deny'>>;
  /** How it ends when nobody dies, and how else it may end if somebody does. */
  readonly ends: StateName;
  readonly mayEnd?: readonly StateName[];
  readonly doc: object;
}

export const stories: readonly Story[] = [
  {
    name: 'an automatic fix',
    controls: [1],
    prepare: (bench) => {
      bench.policy = { ...policy, mode: 'auto' };
      bench.world.change('b', { versioning: 'off', note: 'mine' });
    },
    ends: 'resolved',
    doc: { versioning: 'on', note: 'mine' },
  },
  {
    name: 'an approved fix of two controls',
    controls: [1, 2],
    prepare: (bench) => bench.world.change('b', { versioning: 'off', encryption: 'none' }),
    says: { waiting: 'approve' },
    ends: 'resolved',
    doc: { versioning: 'on', encryption: 'kms' },
  },
  {
    name: 'one call that must not be repeated',
    controls: [5],
    prepare: (bench) => {
      bench.policy = { ...policy, mode: 'auto' };
      bench.world.change('b', {});
    },
    ends: 'resolved',
    doc: { copies: 1 },
  },
  {
    name: 'several calls, one of which must not be repeated',
    controls: [3],
    prepare: (bench) => {
      bench.policy = { ...policy, mode: 'auto' };
      bench.world.change('b', {});
    },
    ends: 'resolved',
    // Between the intent of the copy and its answer nobody can tell; then a person looks.
    mayEnd: ['needsPerson'],
    doc: { copies: 1, active: 'copy' },
  },
  {
    name: 'a fix that does not work and is taken back',
    controls: [1],
    prepare: (bench) => {
      bench.policy = { ...policy, mode: 'auto' };
      bench.world.change('b', { versioning: 'off' });
      // AWS takes the call and turns something else on.
      bench.world.onSend = (call) => {
        if (call.name !== 'write') return 'done';
        bench.world.change('b', { note: 'half' });
        return 'ignored';
      };
    },
    ends: 'rolledBack',
    doc: { versioning: 'off' },
  },
  {
    name: 'a fix that a person takes back',
    controls: [1, 2],
    prepare: (bench) => {
      bench.policy = { ...policy, mode: 'auto' };
      bench.world.change('b', { versioning: 'off', encryption: 'none' });
    },
    says: { resolved: 'undo' },
    ends: 'rolledBack',
    doc: { versioning: 'off', encryption: 'none' },
  },
];

async function live(bench: Bench, story: Story, pid: number, fuse: Fuse): Promise<void> {
  const remediator = fuse.wire(bench.world.remediator);
  const workflow = bench.another({
    ...{ store: fuse.wire(bench.store), remediator, notifier: fuse.wire(bench.notifier) },
    ...{ workerId: `w${pid}`, pid, isAlive: (one: number) => one === pid },
  });
  const id = `f-${story.controls[0]}-b`;
  try {
    const first = await bench.store.finding(id);
    if (first === undefined || !['resolved', 'rolledBack'].includes(first.state)) {
      await workflow.observed({ assessment: await remediator.assess(bench.world.resource('b'), story.controls) });
    }
    for (let turn = 0; turn < 4; turn += 1) {
      await workflow.run({ untilIdle: true });
      const state = (await bench.store.finding(id))?.state;
      const decision = state === undefined ? undefined : story.says?.[state];
      if (decision === undefined) break;
      await workflow.decide({ finding: id, decision, by: 'alice' });
    }
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
  }
}

const fine: readonly StateName[] = [...restingStates, 'waiting', 'guided', 'needsPerson'];

/**
 * Runs a story with the process killed at every moment, and taken up again by another.
 *
 * @param open gives an empty store
 * @param every how many moments to go on by
 */
export function crashes(story: Story, open: () => Promise<Store>, every = 1): void {
  test(`${story.name}: killed at every moment, nothing is lost, done twice or stuck`, async () => {
    const whole = createFuse(undefined);
    const undisturbed = createBench(await open());
    story.prepare(undisturbed);
    await live(undisturbed, story, 1, whole);
    expect((await undisturbed.record(`f-${story.controls[0]}-b`)).state).toBe(story.ends);
    expect(undisturbed.world.docs.get('b')).toMatchObject(story.doc);
    expect(whole.moments()).toBeGreaterThan(40);

    const ends = new Map<string, number>();
    for (let moment = 0; moment < whole.moments(); moment += every) {
      const bench = createBench(await open());
      story.prepare(bench);
      const fuse = createFuse(moment);
      await live(bench, story, 1, fuse);
      expect(fuse.blown()).toBe(true);
      await live(bench, story, 2, createFuse(undefined));

      const about = `killed at ${moment}`;
      for (const control of story.controls) {
        const { state } = await bench.record(`f-${control}-b`);
        ends.set(state, (ends.get(state) ?? 0) + 1);
        expect([story.ends, ...(story.mayEnd ?? [])], about).toContain(state);
        expect(fine, about).toContain(state);
        if (state === story.ends) expect(bench.world.docs.get('b'), about).toMatchObject(story.doc);
      }
      for (const name of ['copy', 'undo-copy']) {
        const times = bench.world.sent.filter((call) => call.name === name).length;
        expect(times, `${name}, ${about}`).toBeLessThanOrEqual(1);
      }
      expect(bench.world.docs.get('b')?.copies, about).toBeLessThanOrEqual(1);
      expect(await verifyAudit(bench.store), about).toMatchObject({ ok: true });
      expect(
        (await bench.store.effects()).filter(({ lane }) => lane === 'work'),
        about,
      ).toEqual([]);
      await bench.store.close();
    }
    expect(ends.get(story.ends) ?? 0).toBeGreaterThan(whole.moments() / every / 2);
  }, 120_000);
}
