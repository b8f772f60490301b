import type { AuditSubject } from '../audit.ts';
import type { Evaluation } from '../plan/plan.ts';
import type { Change, NewEffect } from '../store/port.ts';
import type { FindingRecord, HistoryEntry } from '../store/records.ts';
import type { Cause, Effect, FindingEvent, StateName } from './finding.ts';
import { at, inFuture, type Kit } from './kit.ts';
import type { LifecycleEvent } from './notifier.ts';
import { restore, save } from './snapshot.ts';
import { type MachineState, start, step } from './step.ts';

/** The audit trail has everything; the record keeps what a person wants to see at once. */
const keptHistory = 100;

/** What was judged anew, to be stored with a move. */
export interface Judged {
  readonly evaluation: Evaluation;
  readonly cause: Cause | null;
}

/** A finding after its events, and all that has to be stored for it. */
export interface Moved {
  readonly record: FindingRecord;
  readonly changes: readonly Change[];
  readonly moved: boolean;
}

/** A finding that nobody has seen before. */
export function startFinding(kit: Kit, { evaluation, cause }: Judged, events: readonly FindingEvent[]): Moved {
  const now = at(kit);
  const first = start({ finding: evaluation.finding, control: evaluation.control, resource: evaluation.resource });
  const record: FindingRecord = {
    id: evaluation.finding,
    revision: 0,
    evaluation,
    judgedAt: now,
    machine: save(first),
    state: first.value,
    plan: null,
    cause,
    causers: causersAfter([], cause),
    createdAt: now,
    updatedAt: now,
    history: [],
  };
  const walk = follow(first, events);
  const opening: Passed = { event: 'judged', from: null, state: first };
  return store(kit, record, {
    state: walk.state,
    passed: [opening, ...walk.passed],
    effects: [...first.effects, ...walk.effects],
  });
}

/**
 * Puts events to a finding.
 *
 * Where they change nothing, the only change is the condition that the finding
 * is still what was looked at, so that a decision made on it holds.
 *
 * @throws UnknownMachineError when the stored state is not understood
 */
export function moveFinding(kit: Kit, record: FindingRecord, events: readonly FindingEvent[], judged?: Judged): Moved {
  const walk = follow(restore(record.machine), events);
  if (judged !== undefined) {
    const { evaluation, cause } = judged;
    const causers = causersAfter(record.state === 'resolved' ? [] : record.causers, cause);
    return store(kit, { ...record, evaluation, judgedAt: at(kit), cause: cause ?? record.cause, causers }, walk);
  }
  if (walk.passed.length > 0) return store(kit, record, walk);
  return { record, moved: false, changes: [{ kind: 'findingIs', id: record.id, revision: record.revision }] };
}

/** More than so many are not told apart from each other any more; the latest count. */
const mostCausers = 50;

function causersAfter(causers: readonly string[], cause: Cause | null): readonly string[] {
  if (cause === null || causers.includes(cause.by)) return causers;
  return [...causers, cause.by].slice(-mostCausers);
}

interface Passed {
  readonly event: string;
  readonly from: StateName | null;
  readonly state: MachineState;
}

interface Walk {
  readonly state: MachineState;
  readonly passed: readonly Passed[];
  readonly effects: readonly Effect[];
}

function follow(from: MachineState, events: readonly FindingEvent[]): Walk {
  let state = from;
  const passed: Passed[] = [];
  const effects: Effect[] = [];
  for (const event of events) {
    const next = step(state, event);
    let before = state.value;
    for (const one of next.through) {
      // `planned` is a junction; nobody needs to read of it.
      if (one.value === 'planned') continue;
      passed.push({ event: event.type, from: before, state: one });
      before = one.value;
    }
    effects.push(...next.effects);
    state = next;
  }
  return { state, passed, effects };
}

function store(kit: Kit, record: FindingRecord, { state, passed, effects }: Walk): Moved {
  const now = at(kit);
  const entries = passed.map(
    ({ event, from, state: { value, context } }): HistoryEntry => ({
      at: now,
      event,
      from,
      to: value,
      by: context.by,
      because: context.because,
      plan: context.plan?.id ?? null,
    }),
  );
  const next: FindingRecord = {
    ...record,
    revision: record.revision + 1,
    machine: save(state),
    state: state.value,
    plan: state.context.plan?.id ?? null,
    updatedAt: passed.length > 0 ? now : record.updatedAt,
    history: [...record.history, ...entries].slice(-keptHistory),
  };
  const events = entries.flatMap((entry, index) => (entry.from === entry.to ? [] : lifecycleEvent(next, entry, index)));
  const changes: readonly Change[] = [
    { kind: 'finding', record: next, expected: record.revision },
    ...effects.map((effect) => toChange(kit, next, effect, events)),
    ...entries.map((entry): Change => ({ kind: 'audit', subject: audited(next, entry) })),
  ];
  return { record: next, moved: passed.length > 0, changes };
}

/** @param events the steps of this change: one notice tells of all of them */
function toChange(kit: Kit, record: FindingRecord, effect: Effect, events: readonly LifecycleEvent[]): Change {
  const now = at(kit);
  const outbox = (
    key: string,
    lane: NewEffect['lane'],
    kind: NewEffect['kind'],
    more?: Pick<NewEffect, 'events'>,
  ): Change => {
    const plan = 'plan' in effect ? effect.plan : null;
    return { kind: 'effect', effect: { key, lane, kind, finding: record.id, plan, ...more, due: now, createdAt: now } };
  };
  const { application } = record.machine.context;
  switch (effect.type) {
    case 'setTimer':
      return {
        kind: 'setTimer',
        timer: {
          finding: record.id,
          of: effect.of,
          due: effect.until ?? inFuture(kit, kit.times.states[effect.of] ?? kit.times.longestState),
        },
      };
    case 'clearTimer':
      return { kind: 'clearTimer', finding: record.id };
    // One key for all findings of a plan: what is done to a plan is done once.
    case 'ask':
      return outbox(`ask:${effect.plan}`, 'notice', 'ask');
    case 'apply':
      return outbox(`apply:${effect.plan}`, 'work', 'apply');
    case 'verify':
      return outbox(`verify:${effect.plan}#${application}`, 'work', 'verify');
    case 'rollBack':
      return outbox(`rollBack:${effect.plan}#${application}`, 'work', 'rollBack');
    case 'undo':
      return outbox(`undo:${effect.plan}#${application}`, 'work', 'undo');
    case 'rejudge':
      return outbox(`rejudge:${record.id}:${record.revision}`, 'work', 'rejudge');
    case 'notify':
      return outbox(`changed:${record.id}:${record.revision}`, 'notice', 'changed', { events });
  }
}

/** What the audit trail keeps of an entry of the history. */
function audited(record: FindingRecord, { at, by, event, from, to, because, plan }: HistoryEntry): AuditSubject {
  const { control, resource } = record.evaluation;
  return {
    ...{ at, by, what: `finding ${to}`, finding: record.id, ...(plan === null ? {} : { plan }) },
    detail: { event, from, because, control, arn: resource.arn },
  };
}

/** What other programs are told of it. */
function lifecycleEvent(
  record: FindingRecord,
  { at, by, event, from, to, because, plan }: HistoryEntry,
  index: number,
): LifecycleEvent {
  const { control, resource } = record.evaluation;
  const { arn, account, region } = resource;
  return {
    ...{ id: `${record.id}:${record.revision}:${index}`, type: to, after: event, from, at },
    ...{ finding: record.id, control, arn, account, region, plan, by, because },
  };
}
