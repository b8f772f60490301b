import type { Plan, PlannedCall } from '../plan/plan.ts';
import type { CallRecord } from '../store/records.ts';
import { type CallsEnd, makeCalls } from './calls.ts';
import { changedBySomebody } from './decide.ts';
import type { FindingEvent } from './finding.ts';
import { conclude, dismiss, type Held, hold, later, lockOwner, type PlanNow, readPlan, soon, unlock } from './held.ts';
import { at, inFuture, type Kit, reason } from './kit.ts';
import type { Permit } from './remediator.ts';
import { sameState } from './same.ts';

const states = ['rollingBack'] as const;

/**
 * Takes a fix back: because it did not work (`rollBack`), or because a person
 * asked for it (`undo`). If anybody changed the resource since, nothing is
 * written, because that change would be lost.
 *
 * @throws LeaseLostError when another worker has taken over
 */
export async function performUndo(held: Held): Promise<void> {
  const { kit } = held;
  const now = await readPlan(held, states);
  const { stored, mine } = now;
  const { plan, applications: application } = stored;
  const owner = lockOwner(plan.id, application);
  if (mine.length === 0) return dismiss(held, states, () => unlock(stored, owner));

  const stop = await kit.store.stopSwitch();
  if (stop.on) {
    const because = `every write is held: ${stop.because} (${stop.by})`;
    return hold(held, { states, because, until: soon(kit, 'held') });
  }
  if (!(await kit.store.lock(plan.locks, owner, at(kit), inFuture(kit, kit.times.lock)))) {
    const because = `another change of ${plan.resource.id} is under way`;
    return hold(held, { states, because, until: soon(kit, 'busy') });
  }

  const rows = (await kit.store.calls(plan.id)).filter((row) => row.application === application);
  const made = rows.filter((row) => row.purpose === 'apply' && row.outcome.status === 'done');
  const steps = undoSteps(plan, made);
  const begun = rows.some(({ purpose }) => purpose === 'undo');
  if (!begun) {
    const early = await beforeUndo(held, now, rows, steps);
    if (early !== undefined) return end(held, early, owner);
  }
  const permit = permitOrReason(kit, plan);
  if (typeof permit === 'string') return end(held, { type: 'undoRefused', ...said(held, permit) }, owner);
  const outputs = Object.fromEntries(
    made.map(({ name, outcome }) => [name, outcome.status === 'done' ? outcome.output : {}]),
  );
  const result = await makeCalls(held, {
    plan,
    application,
    purpose: 'undo' as const,
    steps,
    permit,
    outputs,
    state: 'rollingBack' as const,
  });
  await concludeUndo(held, plan, owner, result);
}

/**
 * Undo steps of the calls that were made. An edit is taken back whole: its
 * undo writes the old document. Of `steps`, `undo-<step>` belongs to `<step>`,
 * or to `<step>-1`, `<step>-2` where a step makes several calls.
 */
export function undoSteps(plan: Plan, made: readonly Pick<CallRecord, 'name'>[]): readonly PlannedCall[] {
  if (plan.kind === 'edit') return made.length === 0 ? [] : plan.undo.steps;
  const names = new Set(made.flatMap(({ name }) => [name, baseOf(name)]));
  return plan.undo.steps.filter((step) => {
    const name = step.name.replace(/^undo[- ]/, '');
    return names.has(name) || names.has(baseOf(name));
  });
}

const baseOf = (name: string): string => name.replace(/-\d+$/, '');

const said = ({ kit, planId }: Held, because: string) => ({ at: at(kit), plan: planId, because });

function permitOrReason(kit: Kit, plan: Plan): Permit | string {
  try {
    return kit.remediator.permit(plan, 'undo');
  } catch (error) {
    return `nothing was written: ${reason(error)}`;
  }
}

/** What ends an undo before anything is written, or nothing. */
async function beforeUndo(
  held: Held,
  { stored, mine }: PlanNow,
  rows: readonly CallRecord[],
  steps: readonly PlannedCall[],
): Promise<FindingEvent | undefined> {
  const { plan, applied } = stored;
  const state = await held.kit.remediator.observe(plan);
  const why = mine[0]?.machine.context.because ?? '';
  if (plan.kind === 'edit' && sameState(state, plan.before)) {
    return { type: 'undone', ...said(held, `${why}; ${plan.resource.id} is as it was before`) };
  }
  if (plan.undo.class === 'none') {
    return { type: 'undoRefused', ...said(held, `${why}; AWS offers no way to take it back`) };
  }
  if (steps.length === 0) {
    return { type: 'undoRefused', ...said(held, `${why}; there is no undo for the calls that were made`) };
  }
  const isUndoOfPerson = held.effect.kind === 'undo';
  const known = isUndoOfPerson
    ? [applied?.state]
    : [applied?.state, plan.after, ...rows.map(({ seen }) => seen).slice(-1)];
  if (known.some((one) => one !== undefined && sameState(one, state))) return undefined;
  const because = isUndoOfPerson ? changedBySomebody(plan) : `${why}. ${changedBySomebody(plan)}`;
  return { type: 'undoRefused', ...said(held, because) };
}

/** Tells the findings, and gives the locks back. */
async function end(held: Held, event: FindingEvent, owner: string): Promise<void> {
  await conclude(held, { states, event: () => event, also: ({ stored }) => unlock(stored, owner) });
}

async function concludeUndo(held: Held, plan: Plan, owner: string, result: CallsEnd): Promise<void> {
  switch (result.end) {
    case 'done': {
      const event = await afterUndo(held, plan);
      if (event === undefined) return later(held, held.kit.times.settle.every, 'reading again');
      return end(held, event, owner);
    }
    case 'waiting':
      return later(held, held.kit.times.settle.every, result.because);
    case 'refused': {
      const because = `taking it back failed: ${result.because}. Look at ${plan.resource.id}`;
      return end(held, { type: 'failed', ...said(held, because), undo: false }, owner);
    }
    case 'unclear':
    case 'changed':
      return end(held, { type: 'unclear', ...said(held, `taking it back: ${result.because}`) }, owner);
    case 'stopped':
      return hold(held, { states, because: result.because, until: soon(held.kit, 'held') });
    case 'moved':
      return dismiss(held, [], ({ stored }) => unlock(stored, owner));
  }
}

/**
 * Reads whether the resource is as it was before; nothing, if that may still
 * come. Where AWS cannot bring everything back, the calls are all there is.
 */
async function afterUndo(held: Held, plan: Plan): Promise<FindingEvent | undefined> {
  const { kit, effect } = held;
  const record = (await readPlan(held, states)).mine[0];
  const why = record?.machine.context.because ?? '';
  if (plan.undo.class !== 'exact') {
    return { type: 'undone', ...said(held, `${why}; taken back as far as AWS allows`) };
  }
  const state = await kit.remediator.observe(plan);
  if (sameState(state, plan.before)) return { type: 'undone', ...said(held, `${why}; taken back, exactly`) };
  if (kit.now().getTime() - new Date(effect.createdAt).getTime() < kit.times.verify.most) return undefined;
  const because = `the undo was made, but ${plan.resource.id} is not what it was before. Compare it with the plan`;
  return { type: 'unclear', ...said(held, because) };
}
