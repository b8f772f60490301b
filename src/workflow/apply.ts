import type { Plan } from '../plan/plan.ts';
import type { Change } from '../store/port.ts';
import type { FindingRecord } from '../store/records.ts';
import { type CallsEnd, keyOf, makeCalls } from './calls.ts';
import { readExemptions } from './exemptions.ts';
import type { FindingEvent, Policy } from './finding.ts';
import { yesesNeeded } from './guards.ts';
import {
  conclude,
  dismiss,
  type Held,
  hold,
  later,
  lockOwner,
  lost,
  type PlanNow,
  readPlan,
  soon,
  unchanged,
  unlock,
} from './held.ts';
import { at, inFuture, reason } from './kit.ts';
import { countWrites, limitInWords, nextHour } from './limits.ts';
import { moveFinding } from './move.ts';
import type { Permit } from './remediator.ts';
import { transact } from './transact.ts';

const before = ['approved', 'applying'] as const;

/**
 * Applies a plan, or goes on where a worker that died has stopped.
 *
 * Nothing is written before all of this was read and allows it: stop switch,
 * exemptions, policy and approvals, limits, locks, and the resource itself,
 * judged and planned anew. An error on the way leaves the effect in the outbox.
 *
 * @throws LeaseLostError when another worker has taken over
 */
export async function performApply(held: Held): Promise<void> {
  const now = await readPlan(held, before);
  if (now.mine.length === 0) return dismiss(held, before, releaseIdle);
  const begun = now.mine.find(({ state }) => state === 'applying');
  const application = begun?.machine.context.application ?? now.stored.applications + 1;
  const calls = await held.kit.store.calls(held.planId);
  const underWay =
    begun !== undefined && calls.some((call) => call.application === application && call.purpose === 'apply');
  const permit = underWay
    ? await resume(held, now, application)
    : await begin(held, now, application, begun !== undefined);
  if (permit === undefined) return;
  const { plan } = now.stored;
  const end = await makeCalls(held, {
    plan,
    application,
    purpose: 'apply' as const,
    steps: plan.steps,
    permit,
    outputs: {},
    state: 'applying' as const,
  });
  await concludeCalls(held, plan, application, end);
}

/** Nothing follows this plan any more. Locks are given back unless its verification or undo goes on. */
function releaseIdle({ stored, all }: PlanNow): readonly Change[] {
  const busy = all.some(({ plan, state }) => plan === stored.id && (state === 'verifying' || state === 'rollingBack'));
  return busy ? [] : unlock(stored, lockOwner(stored.id, stored.applications));
}

/** Some calls were made already: they are brought to an end, under the same locks. */
async function resume(held: Held, { stored: { plan } }: PlanNow, application: number): Promise<Permit | undefined> {
  const { kit } = held;
  if (await stopped(held)) return undefined;
  const owner = lockOwner(plan.id, application);
  if (!(await kit.store.lock(plan.locks, owner, at(kit), inFuture(kit, kit.times.lock)))) {
    await hold(held, { states: before, because: busyBecause(plan), until: soon(kit, 'busy') });
    return undefined;
  }
  return kit.remediator.permit(plan, 'apply');
}

const busyBecause = ({ resource }: Plan): string => `another change of ${resource.id} is under way`;

async function stopped(held: Held): Promise<boolean> {
  const stop = await held.kit.store.stopSwitch();
  if (!stop.on) return false;
  const because = `every write is held: ${stop.because} (${stop.by})`;
  await hold(held, { states: before, because, until: soon(held.kit, 'held') });
  return true;
}

/**
 * All checks, then the start. Without a permit in the end, the outcome has
 * been stored already.
 */
async function begin(held: Held, now: PlanNow, application: number, started: boolean): Promise<Permit | undefined> {
  const { kit } = held;
  const { plan } = now.stored;
  if (await stopped(held)) return undefined;

  const exemptionOf = await readExemptions(kit);
  const isExempt = ({ evaluation }: FindingRecord) =>
    exemptionOf(evaluation.control, evaluation.resource.arn) !== undefined;
  if (now.mine.length < plan.findings.length || now.mine.some(isExempt)) {
    await outdated(held, application, 'not every finding of the plan is to be set right any more');
    return undefined;
  }

  const policy = kit.settings.policyFor(plan);
  if (!isAllowed(now.mine, policy)) {
    await withdraw(held, application, policy);
    return undefined;
  }

  const owner = lockOwner(plan.id, application);
  if (!(await kit.store.lock(plan.locks, owner, at(kit), inFuture(kit, kit.times.lock)))) {
    await hold(held, { states: before, because: busyBecause(plan), until: soon(kit, 'busy') });
    return undefined;
  }

  const assessment = await kit.remediator.assess(plan.resource, plan.controls);
  const verdicts = plan.findings.map((id) => assessment.evaluations.find(({ finding }) => finding === id));
  const unread = verdicts.find((one) => one === undefined || one.verdict === 'unknown');
  if (unread !== undefined || verdicts.includes(undefined)) {
    const because = `${plan.resource.id} could not be read: ${unread?.because ?? 'no verdict'}`;
    await hold(held, {
      states: before,
      because,
      until: soon(kit, 'held'),
      also: started ? [] : unlock(now.stored, owner),
    });
    return undefined;
  }
  if (verdicts.every((one) => one?.verdict === 'pass' || one?.verdict === 'skip')) {
    const event: FindingEvent = {
      type: 'nothingToDo',
      at: at(kit),
      plan: plan.id,
      by: 'somebody else',
      because: 'set right by somebody else before anything was written',
    };
    await conclude(held, { states: before, event: () => event, also: () => unlock(now.stored, owner) });
    return undefined;
  }
  if (!assessment.plans.some(({ digest }) => digest === plan.digest)) {
    await outdated(held, application, `${plan.resource.id} changed after the plan was made; planning again`);
    return undefined;
  }

  const permit = await permitFor(held, plan, application);
  if (permit === undefined) return undefined;
  return (await start(held, application, policy)) ? permit : undefined;
}

function isAllowed(findings: readonly FindingRecord[], policy: Policy): boolean {
  if (!policy.apply || policy.mode === 'off' || policy.mode === 'guided') return false;
  return findings.every(({ machine: { context } }) => context.approvals.length >= yesesNeeded({ ...context, policy }));
}

/** The configuration allows less than when this was approved: the findings find their new place under it. */
async function withdraw(held: Held, application: number, policy: Policy): Promise<void> {
  const { kit } = held;
  await conclude(held, {
    states: before,
    event: ({ state, evaluation: { because }, machine: { context } }) => {
      const now = at(kit);
      if (state === 'applying' || context.plan === null) {
        return { type: 'outdated', at: now, plan: held.planId, because: 'the configuration changed' };
      }
      const plan = context.plan;
      return { type: 'plan', at: now, because, plan, policy, cause: null, windowStart: '', reopen: false };
    },
    also: ({ stored }) => unlock(stored, lockOwner(stored.id, application)),
  });
}

async function outdated(held: Held, application: number, because: string, more: readonly Change[] = []): Promise<void> {
  const event: FindingEvent = { type: 'outdated', at: at(held.kit), plan: held.planId, because };
  await conclude(held, {
    states: before,
    event: () => event,
    also: ({ stored }) => [...more, ...unlock(stored, lockOwner(stored.id, application))],
  });
}

async function permitFor(held: Held, plan: Plan, application: number): Promise<Permit | undefined> {
  try {
    return held.kit.remediator.permit(plan, 'apply');
  } catch (error) {
    const because = `nothing was written: ${reason(error)}`;
    const event: FindingEvent = { type: 'failed', at: at(held.kit), plan: plan.id, because, undo: false };
    await conclude(held, {
      states: before,
      event: () => event,
      also: ({ stored }) => unlock(stored, lockOwner(stored.id, application)),
    });
    return undefined;
  }
}

/** From here on calls may be made. Says whether it could start. */
async function start(held: Held, application: number, policy: Policy): Promise<boolean> {
  const { kit, effect } = held;
  const outcome = await transact(kit, async () => {
    const { mine, stored } = await readPlan(held, before);
    const { plan } = stored;
    const owner = lockOwner(plan.id, application);
    if (mine.length < plan.findings.length) return { result: false, changes: [] };
    const event: FindingEvent = { type: 'started', at: at(kit), plan: plan.id, application };
    const again = stored.applications === application;
    const conditions: readonly Change[] = [
      { kind: 'effectHeld', key: effect.key, worker: kit.worker.id },
      { kind: 'notStopped' },
      ...plan.locks.map((lock): Change => ({ kind: 'lockHeld', lock, owner })),
    ];
    const changes: readonly Change[] = again
      ? [...conditions, ...unchanged(mine)]
      : [
          ...conditions,
          ...countWrites(plan, kit.now(), plan.steps.length, policy),
          ...mine.flatMap((record) => moveFinding(kit, record, [event]).changes),
          {
            kind: 'plan',
            record: { ...stored, revision: stored.revision + 1, applications: application, applied: null },
            expected: stored.revision,
          },
        ];
    return { result: true, changes };
  });
  if (outcome.ok && outcome.result) return true;
  const { stored } = await readPlan(held, before);
  const also = unlock(stored, lockOwner(stored.id, application));
  if (outcome.ok) {
    await hold(held, { states: before, because: 'its findings changed at the last moment', until: at(kit), also });
    return false;
  }
  const { conflict } = outcome;
  if (conflict.kind === 'count') {
    const because = limitInWords(conflict.key, policy);
    await hold(held, { states: before, because, until: nextHour(kit.now()), also });
    return false;
  }
  if (conflict.kind === 'notStopped') {
    await hold(held, { states: before, because: 'every write is held', until: soon(kit, 'held'), also });
    return false;
  }
  throw lost(held, conflict.key);
}

/** Tells the findings how the calls went. */
async function concludeCalls(held: Held, plan: Plan, application: number, end: CallsEnd): Promise<void> {
  const { kit } = held;
  const owner = lockOwner(plan.id, application);
  const now = at(kit);
  const release = ({ stored }: PlanNow) => unlock(stored, owner);
  const states = ['applying'] as const;
  switch (end.end) {
    case 'done': {
      // What was read here tells an undo later whether somebody changed the resource in between.
      const state = await kit.remediator.observe(plan).catch(() => null);
      await conclude(held, {
        states,
        event: () => ({ type: 'applied', at: now, plan: plan.id }),
        also: ({ stored }) => [applied(stored, application, state, now)],
      });
      return;
    }
    case 'refused': {
      const event: FindingEvent = { type: 'failed', at: now, plan: plan.id, because: end.because, undo: end.made > 0 };
      const state = end.made > 0 ? await kit.remediator.observe(plan).catch(() => null) : null;
      await conclude(held, {
        states,
        event: () => event,
        // The locks stay for taking it back.
        also: (current) => (end.made > 0 ? [applied(current.stored, application, state, now)] : release(current)),
      });
      return;
    }
    case 'unclear':
      await conclude(held, {
        states,
        event: () => ({ type: 'unclear', at: now, plan: plan.id, because: end.because }),
        also: release,
      });
      return;
    case 'changed':
      await outdated(held, application, end.because, [
        {
          kind: 'outcome',
          call: keyOf(end.row),
          outcome: { status: 'failed', at: now, error: end.because, requestId: null },
        },
      ]);
      return;
    case 'waiting':
      await later(held, kit.times.settle.every, end.because);
      return;
    case 'stopped':
      await hold(held, { states, because: end.because, until: soon(kit, 'held') });
      return;
    case 'moved':
      // Time led the findings out of `applying`; nothing more is written.
      await dismiss(held, ['approved'], release);
      return;
  }
}

/** The state after an application, kept with its plan. */
export function applied(stored: PlanNow['stored'], application: number, state: unknown, now: string): Change {
  return {
    kind: 'plan',
    record: { ...stored, revision: stored.revision + 1, applied: { application, state: state ?? null, at: now } },
    expected: stored.revision,
  };
}
