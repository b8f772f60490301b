import type { Change } from '../store/port.ts';
import type { FindingRecord, OutboxEffect, PlanRecord } from '../store/records.ts';
import type { FindingEvent, StateName } from './finding.ts';
import { at, inFuture, type Kit, LeaseLostError, named } from './kit.ts';
import { moveFinding } from './move.ts';
import { transact } from './transact.ts';

/** An effect on a plan that this worker holds. */
export interface Held {
  readonly kit: Kit;
  readonly effect: OutboxEffect;
  readonly planId: string;
}

/** The plan of an effect and its findings, as they stand now. */
export interface PlanNow {
  readonly stored: PlanRecord;
  /** Findings that still follow this plan and are in one of the states asked for. */
  readonly mine: readonly FindingRecord[];
  /** All findings of the plan that the store knows. */
  readonly all: readonly FindingRecord[];
}

/**
 * Reads a plan with its findings.
 *
 * @throws Error when the store does not have the plan
 */
export async function readPlan({ kit, planId }: Held, states: readonly StateName[]): Promise<PlanNow> {
  const stored = await kit.store.plan(planId);
  if (stored === undefined) throw new Error(`The store has no plan ${planId}.`);
  const all: FindingRecord[] = [];
  for (const id of stored.plan.findings) {
    const record = await kit.store.finding(id);
    if (record !== undefined) all.push(record);
  }
  return { stored, all, mine: all.filter(({ plan, state }) => plan === planId && states.includes(state)) };
}

/** Findings are still what was looked at. */
export const unchanged = (records: readonly FindingRecord[]): readonly Change[] =>
  records.map(({ id, revision }) => ({ kind: 'findingIs', id, revision }));

/** Gives back the locks of a plan. */
export const unlock = ({ plan }: PlanRecord, owner: string): readonly Change[] =>
  plan.locks.map((lock) => ({ kind: 'unlock', lock, owner }));

/** Locks belong to an application, not to a worker: whoever takes it up after a crash has them. */
export const lockOwner = (planId: string, application: number): string => `${planId}#${application}`;

/** The effect came to its end: takes it out of the outbox. */
export const finished = ({ kit, effect }: Held): Change => ({
  kind: 'effectDone',
  key: effect.key,
  worker: kit.worker.id,
});

interface Conclusion {
  /** Findings in these states are told. */
  readonly states: readonly StateName[];
  readonly event: (record: FindingRecord) => FindingEvent | readonly FindingEvent[];
  /** What else is stored with it. */
  readonly also?: (now: PlanNow) => readonly Change[];
}

/**
 * Ends an effect: its outcome goes to every finding of the plan, in one
 * transaction with taking the effect out.
 *
 * @throws LeaseLostError when another worker has taken the effect over
 */
export async function conclude(held: Held, { states, event, also }: Conclusion): Promise<void> {
  const outcome = await transact(held.kit, async () => {
    const now = await readPlan(held, states);
    const moves = now.mine.flatMap((record) => moveFinding(held.kit, record, [event(record)].flat()).changes);
    const rest = now.all.filter((record) => !now.mine.includes(record));
    return { result: undefined, changes: [...moves, ...unchanged(rest), ...(also?.(now) ?? []), finished(held)] };
  });
  if (!outcome.ok) throw lost(held, outcome.conflict.key);
}

/**
 * Ends an effect that no finding needs any more. If one came to need it at
 * the last moment, it is put back instead: findings ask for it by its key,
 * and asking for what is there already adds nothing.
 *
 * @throws LeaseLostError when another worker has taken the effect over
 */
export async function dismiss(
  held: Held,
  needed: readonly StateName[],
  also: (now: PlanNow) => readonly Change[] = () => [],
): Promise<void> {
  const { kit, effect } = held;
  const outcome = await transact(kit, async () => {
    const now = await readPlan(held, needed);
    const back: Change = {
      kind: 'effectLater',
      key: effect.key,
      worker: kit.worker.id,
      due: at(kit),
      note: 'asked for again',
      failed: false,
    };
    const changes = now.mine.length > 0 ? [back] : [...also(now), finished(held)];
    return { result: undefined, changes: [...unchanged(now.all), ...changes] };
  });
  if (!outcome.ok) throw lost(held, outcome.conflict.key);
}

/**
 * Puts an effect back for later, and says why to the findings.
 *
 * @throws LeaseLostError when another worker has taken the effect over
 */
export async function hold(
  held: Held,
  {
    states,
    because,
    until,
    also = [],
  }: { states: readonly StateName[]; because: string; until: string; also?: readonly Change[] },
): Promise<void> {
  const { kit, effect } = held;
  kit.log.info({ ...named(effect), because, until }, 'held');
  const outcome = await transact(kit, async () => {
    const { mine } = await readPlan(held, states);
    const moves = mine.flatMap((record) => moveFinding(kit, record, [{ type: 'held', at: at(kit), because }]).changes);
    const later: Change = {
      kind: 'effectLater',
      key: effect.key,
      worker: kit.worker.id,
      due: until,
      note: because,
      failed: false,
    };
    return { result: undefined, changes: [...moves, ...also, later] };
  });
  if (!outcome.ok) throw lost(held, outcome.conflict.key);
}

/**
 * Puts an effect back to be gone on with later.
 *
 * @throws LeaseLostError when another worker has taken the effect over
 */
export async function later(held: Held, milliseconds: number, note: string): Promise<void> {
  const { kit, effect } = held;
  const due = inFuture(kit, milliseconds);
  const change: Change = { kind: 'effectLater', key: effect.key, worker: kit.worker.id, due, note, failed: false };
  const committed = await kit.store.commit([change]);
  if (!committed.ok) throw lost(held, committed.conflict.key);
}

/** When a held effect is looked at again. */
export const soon = (kit: Kit, which: 'held' | 'busy'): string => inFuture(kit, kit.times[which]);

export function lost({ effect }: Held, about: string): LeaseLostError {
  return new LeaseLostError(`${effect.key} is being performed by another worker (${about}).`);
}

/**
 * Prolongs the lease of the effect, and its locks where it has some.
 *
 * @throws LeaseLostError when another worker has taken the effect or a lock over
 */
export async function keep({ kit, effect }: Held, locks: readonly string[] = [], owner = ''): Promise<void> {
  const until = inFuture(kit, kit.times.lease);
  if (!(await kit.store.renewEffect(effect.key, kit.worker.id, until))) {
    throw new LeaseLostError(`${effect.key} is being performed by another worker.`);
  }
  if (locks.length > 0 && !(await kit.store.lock(locks, owner, at(kit), inFuture(kit, kit.times.lock)))) {
    throw new LeaseLostError(`A lock of ${effect.key} was taken over.`);
  }
}
