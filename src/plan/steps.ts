import { isDeepStrictEqual } from 'node:util';
import type { Control } from '../catalogue.ts';
import { fill } from '../control/call.ts';
import { callsBetween } from '../control/document.ts';
import { type CallStep, type EditStep, isByHand, type Steps, type UndoClass } from '../control/remediation.ts';
import type { At } from '../control/resource.ts';
import { atOf, valuesOf } from '../judge/judge.ts';
import type { Session } from '../judge/session.ts';
import { type ContextOf, contextOf } from './context.ts';
import { asJson } from './digest.ts';
import { byPerson, type Draft, lockOf, nothing, planned, worstUndo } from './draft.ts';
import type { PlannedCall } from './plan.ts';
import type { PlanSettings } from './settings.ts';

/** Plans an ordered list of calls, edits of other resources' documents among them. */
export async function draftSteps(
  session: Session,
  control: Control,
  remediation: Steps,
  at: At,
  settings: PlanSettings,
): Promise<Draft> {
  const base = nothing([control], at, settings);
  const context = await contextOf(session, control, at, settings);
  const after = remediation.after(context);
  if (isByHand(after)) return byPerson([control], at, settings, after.byHand);
  const before = await observeSteps(session, control, remediation, at, settings);
  const parts = await Promise.all(
    remediation.steps.map((step) =>
      step.kind === 'call' ? callStep(step, context, at) : editStep(session, step, context, at),
    ),
  );
  const undoClass = worstUndo([remediation.undo, ...parts.map(({ undoClass }) => undoClass)]);
  return {
    ...base,
    steps: parts.flatMap(({ steps }) => steps),
    undo: { class: undoClass, steps: undoClass === 'none' ? [] : parts.flatMap(({ undo }) => undo).reverse() },
    before,
    after: asJson({ ...after, ...Object.assign({}, ...parts.map((part) => part.after)) }),
    locks: [...new Set([at.arn, ...parts.flatMap(({ locks }) => locks)])],
  };
}

interface StepParts {
  readonly steps: readonly PlannedCall[];
  readonly undo: readonly PlannedCall[];
  /** `best-effort` where this part cannot be taken back. */
  readonly undoClass: UndoClass;
  readonly after: object;
  readonly locks: readonly string[];
}

function callStep(step: CallStep, context: ContextOf, at: At): StepParts {
  const made = planned(step.name, fill(step.call, context), at, step);
  const undo = step.undo === undefined ? [] : planned(`undo-${step.name}`, fill(step.undo, context), at);
  return { steps: made, undo, undoClass: 'exact', after: {}, locks: [] };
}

async function editStep(session: Session, step: EditStep, context: ContextOf, at: At): Promise<StepParts> {
  const other = otherOf(step, context, at);
  const current = await session.value(step.document.read, other, step.resource.gone);
  const wanted = step.document.settle(step.change(current, { ...context, other }));
  const calls = isDeepStrictEqual(asJson(current), asJson(wanted))
    ? []
    : callsBetween(step.document, other, current, wanted);
  const after = { [step.name]: wanted ?? null };
  if (calls.length === 0) return { steps: [], undo: [], undoClass: 'exact', after, locks: [] };
  // Where there was no document, undoing means to remove it: not every one can be.
  const undoable = current !== undefined || step.document.remove !== undefined;
  return {
    steps: planned(step.name, calls, other),
    undo: undoable ? planned(`undo-${step.name}`, callsBetween(step.document, other, wanted, current), other) : [],
    undoClass: undoable ? 'exact' : 'best-effort',
    after,
    locks: [lockOf(step.document.read, other.arn)],
  };
}

const otherOf = (step: EditStep, context: ContextOf, at: At): At =>
  atOf(step.resource, { ...at, id: step.id(context) }, at.now);

/** The present state of what the steps read and of the documents that they edit. */
export async function observeSteps(
  session: Session,
  control: Control,
  remediation: Steps,
  at: At,
  settings: PlanSettings,
) {
  const context = await contextOf(session, control, at, settings);
  const state: Record<string, unknown> = await valuesOf(session, remediation.reads, at, control.detector.resource.gone);
  for (const step of remediation.steps) {
    if (step.kind !== 'edit') continue;
    state[step.name] =
      (await session.value(step.document.read, otherOf(step, context, at), step.resource.gone)) ?? null;
  }
  return asJson(state);
}
