import { isDeepStrictEqual } from 'node:util';
import { permissionsFor } from '../aws/permissions.ts';
import { validateInput } from '../aws/validate.ts';
import type { Control } from '../catalogue.ts';
import type { ConcreteCall } from '../control/call.ts';
import { fill } from '../control/call.ts';
import { callsBetween } from '../control/document.ts';
import { callsOf, type Read } from '../control/read.ts';
import {
  type CallStep,
  type Edit,
  type EditStep,
  isByHand,
  type Mode,
  type Remediation,
  type Steps,
  type UndoClass,
} from '../control/remediation.ts';
import type { At } from '../control/resource.ts';
import { atOf, refOf, valuesOf } from '../judge/judge.ts';
import { GoneError, type Session, UnreadableError } from '../judge/session.ts';
import { awsCli, awsCliScript } from './aws-cli.ts';
import { asJson, findingId, sealed } from './digest.ts';
import type { GuideEntry, Plan, PlannedCall } from './plan.ts';
import type { PlanSettings } from './settings.ts';

type ContextOf = Parameters<Edit['change']>[1];

/** What a plan consists of before it is described and sealed. */
interface Draft {
  readonly controls: readonly Control[];
  readonly kind: Plan['kind'];
  readonly mode: Mode;
  readonly steps: readonly PlannedCall[];
  readonly undo: { readonly class: UndoClass; readonly steps: readonly PlannedCall[] };
  readonly before: unknown;
  readonly after: unknown;
  readonly missing: readonly string[];
  readonly guide: readonly GuideEntry[];
  readonly locks: readonly string[];
}

/**
 * Plans the fixes of one resource: edits of one document become one plan, every
 * other remediation a plan of its own. The same state gives the same plans.
 *
 * @param failing the controls that failed on the resource, judged in the same session
 */
export async function planFixes(
  session: Session,
  failing: readonly Control[],
  at: At,
  settings: PlanSettings,
): Promise<Plan[]> {
  const drafts: Draft[] = [];
  for (const group of groupByDocument(failing, at, settings)) {
    drafts.push(...(await draftsOf(session, group, at, settings)));
  }
  return Promise.all(drafts.map((draft) => describe(draft, at)));
}

/** Controls that are written together: edits of one document that may be applied. */
function groupByDocument(failing: readonly Control[], at: At, settings: PlanSettings): Control[][] {
  const groups = new Map<unknown, Control[]>();
  for (const control of [...failing].sort((a, b) => a.number - b.number)) {
    const { remediation } = control;
    const mergeable =
      remediation.kind === 'edit' &&
      isApplicable(modeOf(control, at, settings)) &&
      missingParameters(control, at, settings).length === 0;
    const key = mergeable ? remediation.document : control;
    groups.set(key, [...(groups.get(key) ?? []), control]);
  }
  return [...groups.values()];
}

async function draftsOf(session: Session, group: readonly Control[], at: At, settings: PlanSettings): Promise<Draft[]> {
  const [first] = group;
  if (first === undefined) return [];
  const missing = missingParameters(first, at, settings);
  if (missing.length > 0 && first.remediation.kind !== 'guide') return [{ ...nothing(group, at, settings), missing }];
  try {
    switch (first.remediation.kind) {
      case 'edit':
        return await draftEdits(session, group, at, settings);
      case 'steps':
        return [await draftSteps(session, first, first.remediation, at, settings)];
      case 'guide': {
        const context = await contextOf(session, first, at, settings);
        const guide = first.remediation.lines(context).map(({ text, call }) => entry(text, call, at));
        return [{ ...nothing(group, at, settings), kind: 'guide', guide }];
      }
    }
  } catch (error) {
    if (!(error instanceof UnreadableError || error instanceof GoneError)) throw error;
    return [byPerson(group, at, settings, `No plan could be made: ${error.message}.`)];
  }
}

/** Merges the edits of one document into one write. An edit that needs a person stands alone. */
async function draftEdits(
  session: Session,
  group: readonly Control[],
  at: At,
  settings: PlanSettings,
): Promise<Draft[]> {
  const edits = group.flatMap((control) =>
    control.remediation.kind === 'edit' ? { control, edit: control.remediation } : [],
  );
  const document = edits[0]?.edit.document;
  const gone = edits[0]?.control.detector.resource.gone ?? [];
  if (document === undefined) return [];
  const current = await session.value(document.read, at, gone);
  const apart: Draft[] = [];
  const merged: Control[] = [];
  let wanted = current;
  for (const { control, edit } of edits) {
    const changed = edit.change(wanted, await contextOf(session, control, at, settings));
    if (isByHand(changed)) apart.push(byPerson([control], at, settings, changed.byHand));
    else {
      wanted = changed;
      merged.push(control);
    }
  }
  if (merged.length === 0) return apart;
  wanted = document.settle(wanted);
  const calls = isDeepStrictEqual(asJson(wanted), asJson(current)) ? [] : callsBetween(document, at, current, wanted);
  if (calls.length === 0) {
    return [
      ...apart,
      byPerson(merged, at, settings, 'The documented change would alter nothing here; look at the resource itself.'),
    ];
  }
  const undoable = current !== undefined || document.remove !== undefined;
  const undo = worstUndo(merged.map(({ remediation }) => remediation));
  const undoClass = undoable ? undo : 'none';
  const draft: Draft = {
    ...nothing(merged, at, settings),
    steps: planned('write', calls, at),
    undo: {
      class: undoClass,
      steps: undoClass === 'none' ? [] : planned('undo-write', callsBetween(document, at, wanted, current), at),
    },
    before: asJson(current),
    after: asJson(wanted),
    locks: [lockOf(document.read, at.arn)],
  };
  return [draft, ...apart];
}

async function draftSteps(
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
  return {
    ...base,
    steps: parts.flatMap(({ steps }) => steps),
    undo: {
      class: remediation.undo,
      steps: remediation.undo === 'none' ? [] : parts.flatMap(({ undo }) => undo).reverse(),
    },
    before,
    after: asJson({ ...after, ...Object.assign({}, ...parts.map((part) => part.after)) }),
    locks: [...new Set([at.arn, ...parts.flatMap(({ locks }) => locks)])],
  };
}

interface StepParts {
  readonly steps: readonly PlannedCall[];
  readonly undo: readonly PlannedCall[];
  readonly after: object;
  readonly locks: readonly string[];
}

function callStep(step: CallStep, context: ContextOf, at: At): StepParts {
  const made = planned(step.name, fill(step.call, context), at, step);
  const undo = step.undo === undefined ? [] : planned(`undo-${step.name}`, fill(step.undo, context), at);
  return { steps: made, undo, after: {}, locks: [] };
}

async function editStep(session: Session, step: EditStep, context: ContextOf, at: At): Promise<StepParts> {
  const other = otherOf(step, context, at);
  const current = await session.value(step.document.read, other, step.resource.gone);
  const wanted = step.document.settle(step.change(current, { ...context, other }));
  const calls = isDeepStrictEqual(asJson(current), asJson(wanted))
    ? []
    : callsBetween(step.document, other, current, wanted);
  return {
    steps: planned(step.name, calls, other),
    undo:
      calls.length === 0
        ? []
        : planned(`undo-${step.name}`, callsBetween(step.document, other, wanted, current), other),
    after: { [step.name]: wanted ?? null },
    locks: calls.length === 0 ? [] : [lockOf(step.document.read, other.arn)],
  };
}

const otherOf = (step: EditStep, context: ContextOf, at: At): At =>
  atOf(step.resource, { ...at, id: step.id(context) }, at.now);

/**
 * The present value of what a plan's `before` and `after` describe.
 *
 * @throws GoneError, UnreadableError
 */
export async function observeFix(session: Session, control: Control, at: At, settings: PlanSettings): Promise<unknown> {
  const { remediation, detector } = control;
  switch (remediation.kind) {
    case 'edit':
      return asJson(await session.value(remediation.document.read, at, detector.resource.gone));
    case 'steps':
      return observeSteps(session, control, remediation, at, settings);
    case 'guide':
      return null;
  }
}

async function observeSteps(session: Session, control: Control, remediation: Steps, at: At, settings: PlanSettings) {
  const context = await contextOf(session, control, at, settings);
  const state: Record<string, unknown> = await valuesOf(session, remediation.reads, at, control.detector.resource.gone);
  for (const step of remediation.steps) {
    if (step.kind !== 'edit') continue;
    state[step.name] =
      (await session.value(step.document.read, otherOf(step, context, at), step.resource.gone)) ?? null;
  }
  return asJson(state);
}

/** Whether the condition that a step waits for holds; true for steps that wait for nothing. */
export async function isSettled(session: Session, control: Control, name: string, at: At): Promise<boolean> {
  const { remediation } = control;
  if (remediation.kind !== 'steps') return true;
  // Calls of a step that makes several carry a number behind the step's name.
  const named = (wanted: string) => remediation.steps.find((one) => one.name === wanted);
  const step = named(name) ?? named(name.replace(/-\d+$/, ''));
  if (step?.kind !== 'call' || step.until === undefined) return true;
  return step.until.holds(await session.value(step.until.read, at, control.detector.resource.gone));
}

async function contextOf(session: Session, control: Control, at: At, settings: PlanSettings): Promise<ContextOf> {
  const { remediation, detector } = control;
  const values = await valuesOf(session, remediation.reads, at, detector.resource.gone);
  return { ...values, ...at, parameters: parametersOf(control, at, settings) };
}

function parametersOf({ number, remediation }: Control, at: At, settings: PlanSettings): Record<string, string> {
  const set = settings.parameters(number, at.account, at.region);
  return Object.fromEntries(
    Object.entries(remediation.parameters).map(([name, parameter]) => [name, set[name] ?? parameter.default ?? '']),
  );
}

function missingParameters(control: Control, at: At, settings: PlanSettings): string[] {
  const set = settings.parameters(control.number, at.account, at.region);
  return Object.entries(control.remediation.parameters)
    .filter(([name, parameter]) => parameter.default === undefined && !set[name])
    .map(([name]) => name);
}

const modeOf = (control: Control, at: At, settings: PlanSettings): Mode =>
  control.remediation.kind === 'guide'
    ? 'guided'
    : (settings.mode(control.number, at.account) ?? control.remediation.mode);

const isApplicable = (mode: Mode): boolean => mode === 'auto' || mode === 'approve';

/** Of several controls in one plan the most careful mode counts. */
const CAREFUL_FIRST = ['off', 'guided', 'approve', 'auto'] as const satisfies readonly Mode[];
const UNDO_WORST_FIRST = ['none', 'best-effort', 'exact'] as const satisfies readonly UndoClass[];

const worstUndo = (remediations: readonly Remediation[]): UndoClass =>
  UNDO_WORST_FIRST.find((one) => remediations.some(({ undo }) => undo === one)) ?? 'exact';

function nothing(controls: readonly Control[], at: At, settings: PlanSettings): Draft {
  const modes = controls.map((control) => modeOf(control, at, settings));
  return {
    controls,
    kind: controls[0]?.remediation.kind ?? 'guide',
    mode: CAREFUL_FIRST.find((one) => modes.includes(one)) ?? 'approve',
    steps: [],
    undo: { class: worstUndo(controls.map(({ remediation }) => remediation)), steps: [] },
    before: null,
    after: null,
    missing: [],
    guide: [],
    locks: [],
  };
}

/** A plan that only says why this resource needs a person. */
function byPerson(controls: readonly Control[], at: At, settings: PlanSettings, text: string): Draft {
  return {
    ...nothing(controls, at, settings),
    kind: 'guide',
    mode: 'guided',
    undo: { class: 'none', steps: [] },
    guide: [{ text }],
  };
}

function entry(text: string, call: ConcreteCall | undefined, at: At): GuideEntry {
  return call === undefined ? { text } : { text, cli: awsCli({ ...call, region: at.region }) };
}

function planned(name: string, calls: readonly ConcreteCall[], at: At, step?: CallStep): PlannedCall[] {
  return calls.map(({ service, operation, input, already }, index) => ({
    name: calls.length === 1 ? name : `${name}-${index + 1}`,
    service,
    operation,
    region: at.region,
    // As JSON has it: what was planned, stored and approved is what is sent.
    input: { ...(asJson(input) as object) },
    repeat: step?.repeat ?? 'safe',
    ...(already.length > 0 ? { already } : {}),
    ...(step?.until ? { provable: true as const } : {}),
  }));
}

/** The lock of a document: what is read of which resource. One write at a time. */
const lockOf = (read: Read<unknown>, arn: string): string =>
  `${callsOf([read])
    .map(({ service, operation }) => `${service}:${operation}`)
    .join('+')} ${arn}`;

async function describe(draft: Draft, at: At): Promise<Plan> {
  const { controls, ...rest } = draft;
  const calls = [...draft.steps, ...draft.undo.steps];
  const problems = (
    await Promise.all(calls.map((call) => validateInput(call.service, call.operation, call.input)))
  ).flat();
  if (problems.length > 0) {
    throw new Error(
      `Control ${controls.map(({ number }) => number).join(', ')} planned an invalid call: ${problems.join('; ')}.`,
    );
  }
  const resource = controls[0]?.detector.resource;
  if (resource === undefined) throw new Error('A plan needs at least one control.');
  const impacts = new Set(controls.map(({ remediation }) => remediation.impact));
  const criticalities = controls.map(({ detector }) => detector.criticality);
  return sealed({
    ...rest,
    controls: controls.map(({ number }) => number),
    findings: controls.map(({ number }) => findingId(number, at.arn)),
    resource: refOf(resource, at),
    criticality: (['HIGH', 'MEDIUM', 'LOW'] as const).find((one) => criticalities.includes(one)) ?? 'LOW',
    titles: controls.map(({ detector }) => detector.title),
    impact: [...impacts].join('; '),
    cli: awsCliScript(draft.steps, draft.undo.steps),
    permissions: [
      ...new Set(draft.steps.flatMap((call) => permissionsFor(call.service, call.operation, call.input))),
    ].sort(),
  });
}
