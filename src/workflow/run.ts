import pMap from 'p-map';
import type { Lane, OutboxEffect } from '../store/records.ts';
import { performApply } from './apply.ts';
import { performInteraction } from './inbox.ts';
import { at, inFuture, type Kit, LeaseLostError, named, pause, reason, StoppedError } from './kit.ts';
import { moveFinding } from './move.ts';
import { performNotice } from './notices.ts';
import { observe } from './observe.ts';
import { undecided } from './remediator.ts';
import { performSweep } from './sweep.ts';
import { transact } from './transact.ts';
import { performUndo } from './undo.ts';
import { performVerify } from './verify.ts';

/** Effects performed at the same time. One write at a time per document is what locks are for. */
const concurrency = 4;
const batch = 50;
/** A finding that cannot be judged again so often is left to its timer and to the next scan. */
const mostRejudgements = 10;
/** What a process performs that was not told otherwise. */
const lanesOf = ({ sweep }: Kit): readonly Lane[] => [
  'work',
  'notice',
  'inbox',
  ...(sweep ? (['sweep'] as const) : []),
];

export interface RunOptions {
  /** Ends the run; what is under way is put back and taken up again later. */
  readonly signal?: AbortSignal;
  /** Ends it when nothing is due, nor soon. */
  readonly untilIdle: boolean;
  /** Which lanes; without it all that the process can perform. Timers come with `work`. */
  readonly lanes?: readonly Lane[];
  /** Only work on these findings: no other's effects, no timers, no notices. Without it, all. */
  readonly findings?: readonly string[];
  /** Whether to look first for what dead workers of this host have left. Of no use where hosts have no names. */
  readonly recover?: boolean;
}

/**
 * Performs what is due: recovers what dead workers have left, then effects and
 * timers. Notices have a lane of their own, so that a chat that does not
 * answer holds up no fix; what people say has one, so that neither holds it up.
 */
export async function run(
  kit: Kit,
  { untilIdle, findings, lanes = lanesOf(kit), recover: recovers = true }: Omit<RunOptions, 'signal'>,
): Promise<void> {
  if (recovers) await recover(kit);
  if (findings !== undefined) return runFindings(kit, findings);
  if (untilIdle) return runUntilIdle(kit, lanes);
  await Promise.all(lanes.map((lane) => runOn(kit, () => once(kit, lane))));
}

async function runUntilIdle(kit: Kit, lanes: readonly Lane[]): Promise<void> {
  while (!kit.signal?.aborted) {
    const done = await allEnded(lanes.map((lane) => once(kit, lane)));
    if (done.some((count) => count > 0)) continue;
    if (!lanes.includes('work')) return;
    const next = await kit.store.nextEffect('work');
    if (next === undefined || next > inFuture(kit, kit.times.idle)) return;
    const wait = new Date(next).getTime() - kit.now().getTime();
    if (wait > 0) await stoppable(() => pause(kit, wait));
  }
}

/** Until nothing of these findings is due, nor soon. */
async function runFindings(kit: Kit, findings: readonly string[]): Promise<void> {
  while (!kit.signal?.aborted) {
    const open = (await kit.store.effects()).filter(
      ({ lane, finding }) => lane === 'work' && findings.includes(finding),
    );
    if (
      (await takeAll(
        kit,
        open.filter(({ due }) => due <= at(kit)),
        concurrency,
      )) > 0
    )
      continue;
    const [next] = open.map(({ due }) => due).sort();
    if (next === undefined || next > inFuture(kit, kit.times.idle)) return;
    await stoppable(() => pause(kit, Math.max(new Date(next).getTime() - kit.now().getTime(), kit.times.retry)));
  }
}

/** Waits for all, and throws the first error only when nothing is under way any more. */
async function allEnded<T>(works: readonly Promise<T>[]): Promise<readonly T[]> {
  await Promise.allSettled(works);
  return Promise.all(works);
}

/** Errors of the store must not end the bot: it writes nothing and tries again. */
async function runOn(kit: Kit, work: () => Promise<number>): Promise<void> {
  let failures = 0;
  while (!kit.signal?.aborted) {
    const { rung, stop } = kit.bell.listen();
    try {
      const done = await work();
      failures = 0;
      if (done === 0) await stoppable(() => Promise.race([pause(kit, kit.times.poll), rung]));
    } catch (error) {
      failures += 1;
      kit.log.error({ error: reason(error) }, 'the outbox could not be worked on; nothing is written until it can');
      await stoppable(() => pause(kit, backoff(kit, failures)));
    } finally {
      stop();
    }
  }
}

async function stoppable(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof StoppedError)) throw error;
  }
}

/** Frees effects whose worker ran on this host and is dead. Those of other hosts come free with their lease. */
export async function recover(kit: Kit): Promise<void> {
  for (const effect of await kit.store.effects()) {
    const { key, lease } = effect;
    if (lease === null || lease.worker.host !== kit.worker.host || lease.worker.id === kit.worker.id) continue;
    if (kit.isAlive(lease.worker.pid)) continue;
    kit.log.warn({ ...named(effect), worker: lease.worker.id }, 'taken up again: its worker is dead');
    await kit.store.releaseEffect(key, lease.worker);
  }
}

async function once(kit: Kit, lane: Lane): Promise<number> {
  const fired = lane === 'work' ? await fireTimers(kit) : 0;
  return fired + (await laneOnce(kit, lane));
}

async function laneOnce(kit: Kit, lane: Lane): Promise<number> {
  const due = await kit.store.dueEffects(lane, at(kit), batch);
  return takeAll(kit, due, lane === 'notice' ? 1 : concurrency);
}

/** Performs effects, and says how many of them this worker did. */
async function takeAll(kit: Kit, due: readonly OutboxEffect[], atOnce: number): Promise<number> {
  const failures: unknown[] = [];
  const takeIfAllWell = async (effect: OutboxEffect): Promise<boolean> => {
    if (failures.length > 0) return false;
    try {
      return await take(kit, effect);
    } catch (error) {
      failures.push(error);
      return false;
    }
  };
  const done = await pMap(due, takeIfAllWell, { concurrency: atOnce });
  // Only now: whoever called must not be told of an end while something is under way. Lambda would freeze it there.
  if (failures.length > 0) throw failures[0];
  return done.filter(Boolean).length;
}

/** Takes an effect and performs it. Says whether it was this worker that did. */
async function take(kit: Kit, effect: OutboxEffect): Promise<boolean> {
  if (kit.signal?.aborted) return false;
  const lease = { worker: kit.worker, until: inFuture(kit, kit.times.lease) };
  if (!(await kit.store.leaseEffect(effect, lease))) return false;
  const stop = kit.heartbeat(async () => {
    await kit.store.renewEffect(effect.key, kit.worker.id, inFuture(kit, kit.times.lease));
  });
  try {
    await kit.around(effect, () => perform(kit, effect));
  } catch (error) {
    await putBack(kit, effect, error);
  } finally {
    stop();
  }
  return true;
}

async function perform(kit: Kit, effect: OutboxEffect): Promise<void> {
  const held = { kit, effect, planId: effect.plan ?? '' };
  switch (effect.kind) {
    case 'apply':
      return performApply(held);
    case 'verify':
      return performVerify(held);
    case 'rollBack':
    case 'undo':
      return performUndo(held);
    case 'rejudge':
      return rejudge(kit, effect);
    case 'interaction':
      return performInteraction(kit, effect);
    case 'sweep':
      return performSweep(kit, effect);
    default:
      return performNotice(kit, effect);
  }
}

/** An effect that could not be performed stays in the outbox, for later. */
async function putBack(kit: Kit, effect: OutboxEffect, error: unknown): Promise<void> {
  if (error instanceof LeaseLostError) {
    kit.log.warn({ ...named(effect), error: error.message }, 'left to another worker');
    return;
  }
  const isStopped = error instanceof StoppedError;
  if (!isStopped) kit.log.warn({ ...named(effect), error: reason(error) }, 'could not be performed; tried again later');
  const { key, lane, createdAt, attempts, kind } = effect;
  const isOld = lane !== 'sweep' && kit.now().getTime() - new Date(createdAt).getTime() > kit.times.notice;
  if ((lane !== 'work' && isOld) || (kind === 'rejudge' && attempts >= mostRejudgements)) {
    kit.log.error({ ...named(effect), error: reason(error) }, 'given up');
    await kit.store.commit([
      { kind: 'effectDone', key, worker: kit.worker.id },
      {
        kind: 'audit',
        subject: {
          at: at(kit),
          by: 'redress',
          what: `${kind} given up`,
          finding: effect.finding,
          detail: { error: reason(error), attempts: attempts + 1 },
        },
      },
    ]);
    return;
  }
  const due = isStopped ? at(kit) : inFuture(kit, backoff(kit, attempts + 1));
  await kit.store.commit([
    { kind: 'effectLater', key, worker: kit.worker.id, due, note: reason(error), failed: !isStopped },
  ]);
}

const backoff = ({ times }: Kit, attempts: number): number =>
  Math.min(times.retry * 2 ** Math.min(attempts - 1, 20), times.longestRetry);

/** Judges the resource of a finding again, with all its controls that have findings. */
async function rejudge(kit: Kit, effect: OutboxEffect): Promise<void> {
  const record = await kit.store.finding(effect.finding);
  if (record !== undefined) {
    const { resource, control } = record.evaluation;
    const assessment = await kit.remediator.assess(resource, [control]);
    await observe(kit, { assessment, widen: 'always' });
    const [unknown] = undecided(assessment);
    if (unknown !== undefined) throw new Error(`${resource.id} could not be judged: ${unknown.because}`);
  }
  await kit.store.commit([{ kind: 'effectDone', key: effect.key, worker: kit.worker.id }]);
}

/** Lets time pass for findings whose timer is due. */
async function fireTimers(kit: Kit): Promise<number> {
  const due = await kit.store.dueTimers(at(kit), batch);
  for (const timer of due) {
    try {
      await transact(kit, async () => {
        const record = await kit.store.finding(timer.finding);
        const moves =
          record === undefined
            ? []
            : moveFinding(kit, record, [{ type: 'timeout', at: at(kit), of: timer.of }]).changes;
        // First taken, then perhaps set anew by the state that it leads to.
        return { result: undefined, changes: [{ kind: 'timerFired', timer }, ...moves] };
      });
    } catch (error) {
      kit.log.error({ finding: timer.finding, error: reason(error) }, 'its time could not be called');
      await kit.store.commit([{ kind: 'setTimer', timer: { ...timer, due: inFuture(kit, kit.times.longestRetry) } }]);
    }
  }
  return due.length;
}
