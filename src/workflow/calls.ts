import type { Plan, PlannedCall } from '../plan/plan.ts';
import type { Change } from '../store/port.ts';
import type { CallKey, CallOutcome, CallRecord, Purpose } from '../store/records.ts';
import type { StateName } from './finding.ts';
import { type Held, keep, lockOwner, lost, readPlan, unchanged } from './held.ts';
import { at, named, pause, reason } from './kit.ts';
import { countWrites } from './limits.ts';
import { judgeIntent } from './recover.ts';
import { isBusy, requestIdOf, wasRefused } from './refusal.ts';
import type { CallResult, Permit } from './remediator.ts';
import { transact } from './transact.ts';

/** A call whose answer is lost, or that AWS was too busy for, is tried so often in one go. */
const mostAttempts = 4;

/** The calls of one application of a plan, or of its undo. */
export interface Work {
  readonly plan: Plan;
  readonly application: number;
  readonly purpose: Purpose;
  readonly steps: readonly PlannedCall[];
  readonly permit: Permit;
  /** Answers of earlier calls, by name: undoing needs those of applying. */
  readonly outputs: Readonly<Record<string, unknown>>;
  /** Where the findings have to be for a call to be made. */
  readonly state: StateName;
}

/** How a list of calls ended. `made` counts the calls that changed something. */
export type CallsEnd =
  | { readonly end: 'done' }
  | { readonly end: 'refused'; readonly because: string; readonly made: number }
  /** Reading does not tell whether a call was made, and it may not be repeated. */
  | { readonly end: 'unclear'; readonly because: string }
  /** Nothing was written, and somebody changed the resource. */
  | { readonly end: 'changed'; readonly because: string; readonly row: CallRecord }
  /** The last call made is not settled yet; to be looked at again. */
  | { readonly end: 'waiting'; readonly because: string }
  /** The stop switch was thrown. */
  | { readonly end: 'stopped'; readonly because: string }
  /** The findings are not in the state any more in which calls may be made. */
  | { readonly end: 'moved' };

/** What came of one call. */
type CallEnd =
  | { readonly end: 'made'; readonly output: Readonly<Record<string, unknown>> }
  | Exclude<CallsEnd, { end: 'done' }>;

/**
 * Makes calls in order, each under an intent that is written before. Calls of
 * the journal that are done are not made again; one with an unfinished intent
 * is judged by reading.
 *
 * @throws LeaseLostError when another worker has taken over, StoreError or a read's error when something cannot be
 *   read, whatever keeps the next call from being sent at all: the effect is taken up again later
 */
export async function makeCalls(held: Held, work: Work): Promise<CallsEnd> {
  const { kit } = held;
  const { plan, application, purpose, steps } = work;
  const outputs: Record<string, unknown> = { ...work.outputs };
  let made = 0;
  for (const [index, call] of steps.entries()) {
    const journal = (await kit.store.calls(plan.id)).filter(
      (row) => row.application === application && row.purpose === purpose,
    );
    const row = journal.find(({ step }) => step === index);
    const end = await makeCall(held, work, { call, index, row, made, outputs });
    if (end.end !== 'made') return end;
    outputs[call.name] = end.output;
    made += 1;
    // A later row shows that this call was found settled before.
    if (journal.some(({ step }) => step > index)) continue;
    const wait = await settling(held, work, call, index);
    if (wait === 'over')
      return {
        end: 'refused',
        because: `${call.name} was made, but what it waits for did not come about in time`,
        made,
      };
    if (wait === 'unreadable')
      return { end: 'unclear', because: `${call.name} was made, but whether it has taken effect cannot be read` };
    if (wait === 'going on') return { end: 'waiting', because: `waiting for ${call.name}` };
  }
  return { end: 'done' };
}

interface Turn {
  readonly call: PlannedCall;
  readonly index: number;
  readonly row: CallRecord | undefined;
  readonly made: number;
  readonly outputs: Readonly<Record<string, unknown>>;
}

async function makeCall(held: Held, work: Work, turn: Turn): Promise<CallEnd> {
  const { kit } = held;
  const { call, made } = turn;
  if (turn.row?.outcome.status === 'done') return { end: 'made', output: turn.row.outcome.output };
  if (turn.row?.outcome.status === 'failed') {
    return { end: 'refused', because: refusal(call, turn.row.outcome.error), made };
  }
  let row = turn.row;
  let inDoubt = row !== undefined;
  let last: unknown = 'its answer was lost';
  for (let attempt = 1; ; attempt += 1) {
    if (row !== undefined && inDoubt) {
      const judgement = await judgeIntent(kit, work, { row, call, index: turn.index, made });
      if (judgement.judgement === 'made') {
        await write(held, row, { status: 'done', at: at(kit), requestId: null, output: {}, inferred: true });
        return { end: 'made', output: {} };
      }
      if (judgement.judgement === 'unclear') return { end: 'unclear', because: judgement.because };
      if (judgement.judgement === 'changed') return { end: 'changed', because: judgement.because, row };
      if (attempt > mostAttempts) {
        if (judgement.judgement === 'repeat')
          return { end: 'unclear', because: `${refusal(call, reason(last))}; what it changed cannot be told` };
        await write(held, row, { status: 'failed', at: at(kit), error: reason(last), requestId: null });
        return { end: 'refused', because: refusal(call, reason(last)), made };
      }
    }
    // What can be known to fail must not leave an intent, of which nobody could tell later whether it was carried out.
    await kit.remediator.ready?.(work.permit, call);
    const intent = await writeIntent(held, work, turn, row);
    if ('end' in intent) return intent;
    row = intent;
    const sent = await send(held, work, turn);
    if (sent.ok) {
      const { requestId, output } = sent.result;
      await write(held, row, { status: 'done', at: at(kit), requestId: requestId ?? null, output, inferred: false });
      return { end: 'made', output };
    }
    last = sent.error;
    inDoubt = !wasRefused(last);
    if (!inDoubt && !(isBusy(last) && attempt < mostAttempts)) {
      await write(held, row, { status: 'failed', at: at(kit), error: reason(last), requestId: requestIdOf(last) });
      return { end: 'refused', because: refusal(call, reason(last)), made };
    }
    await pause(kit, kit.times.retry * attempt);
  }
}

type Sent = { readonly ok: true; readonly result: CallResult } | { readonly ok: false; readonly error: unknown };

async function send({ kit, effect }: Held, { permit, plan }: Work, { call, outputs }: Turn): Promise<Sent> {
  try {
    return { ok: true, result: await kit.remediator.send(permit, plan, call, outputs) };
  } catch (error) {
    const requestId = requestIdOf(error) ?? undefined;
    const { account } = plan.resource;
    kit.log.warn({ ...named(effect), account, call: call.name, requestId, error: reason(error) }, 'a call failed');
    return { ok: false, error };
  }
}

/** Writes that a call is about to be made. Everything that may forbid it is a condition of the same transaction. */
async function writeIntent(
  held: Held,
  work: Work,
  { call, index }: Turn,
  previous: CallRecord | undefined,
): Promise<CallRecord | Exclude<CallsEnd, { end: 'done' }>> {
  const { kit, effect } = held;
  const { plan, application, purpose } = work;
  const owner = lockOwner(plan.id, application);
  await keep(held, plan.locks, owner);
  const isFirst = purpose === 'apply' && index === 0 && previous === undefined;
  const seen = isFirst ? plan.before : await kit.remediator.observe(plan);
  const row: CallRecord = {
    plan: plan.id,
    application,
    purpose,
    step: index,
    name: call.name,
    service: call.service,
    operation: call.operation,
    account: plan.resource.account,
    region: call.region,
    at: at(kit),
    attempts: (previous?.attempts ?? 0) + 1,
    seen: seen ?? null,
    outcome: { status: 'intent' },
  };
  const isCounted = purpose === 'apply' && previous === undefined;
  const outcome = await transact(kit, async () => {
    const { mine } = await readPlan(held, [work.state]);
    if (mine.length < plan.findings.length) return { result: 'moved' as const, changes: [] };
    const intent: Change =
      previous === undefined
        ? { kind: 'intent', call: row }
        : { kind: 'intentAgain', call: row, expected: previous.attempts };
    const changes: readonly Change[] = [
      intent,
      { kind: 'effectHeld', key: effect.key, worker: kit.worker.id },
      { kind: 'notStopped' },
      ...plan.locks.map((lock): Change => ({ kind: 'lockHeld', lock, owner })),
      ...unchanged(mine),
      ...(isCounted ? [] : countWrites(plan, kit.now(), 1, undefined)),
      audit(row, 'call intended', { attempt: row.attempts }),
    ];
    return { result: 'written' as const, changes };
  });
  if (outcome.ok) return outcome.result === 'written' ? row : { end: 'moved' };
  if (outcome.conflict.kind === 'notStopped') return { end: 'stopped', because: 'every write is held' };
  throw lost(held, outcome.conflict.key);
}

/** Writes what came of a call, even when the lease is gone: it is the truth. */
async function write(held: Held, row: CallRecord, outcome: CallOutcome): Promise<void> {
  const detail =
    outcome.status === 'failed'
      ? { error: outcome.error }
      : { inferred: outcome.status === 'done' && outcome.inferred };
  const requestId = outcome.status === 'intent' ? null : outcome.requestId;
  const what = outcome.status === 'failed' ? 'call failed' : 'call made';
  const committed = await held.kit.store.commit([
    { kind: 'outcome', call: keyOf(row), outcome },
    audit({ ...row, at: at(held.kit) }, what, { ...detail, requestId }),
  ]);
  if (!committed.ok) throw lost(held, committed.conflict.key);
}

export const keyOf = ({ plan, application, purpose, step }: CallRecord): CallKey => ({
  plan,
  application,
  purpose,
  step,
});

function audit(row: CallRecord, what: string, detail: Readonly<Record<string, unknown>>): Change {
  const { plan, application, purpose, step, name, service, operation } = row;
  return {
    kind: 'audit',
    subject: {
      at: row.at,
      by: 'redress',
      what,
      plan,
      detail: { application, purpose, step, name, service, operation, ...detail },
    },
  };
}

/**
 * Whether AWS has done what a call asked for. It is looked at from time to
 * time, not waited for: other plans have their turn meanwhile.
 */
async function settling(
  { kit }: Held,
  { plan, application, purpose }: Work,
  call: PlannedCall,
  index: number,
): Promise<'settled' | 'going on' | 'over' | 'unreadable'> {
  const settled = await kit.remediator.settled(plan, call).catch(() => undefined);
  if (settled === true) return 'settled';
  const row = (await kit.store.calls(plan.id)).find(
    (one) => one.application === application && one.purpose === purpose && one.step === index,
  );
  const since = row?.outcome.status === 'done' ? row.outcome.at : at(kit);
  if (kit.now().getTime() - new Date(since).getTime() < kit.times.settle.most) return 'going on';
  return settled === undefined ? 'unreadable' : 'over';
}

const refusal = ({ name, service, operation }: PlannedCall, error: string): string =>
  `${service} ${operation} (${name}) failed: ${error}`;
