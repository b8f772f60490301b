import { permissionsFor } from '../aws/permissions.ts';
import { validateInput } from '../aws/validate.ts';
import type { Control } from '../catalogue.ts';
import type { ConcreteCall } from '../control/call.ts';
import type { Guide } from '../control/remediation.ts';
import type { At } from '../control/resource.ts';
import { refOf } from '../judge/judge.ts';
import type { Session } from '../judge/session.ts';
import { messageOf } from '../one-line.ts';
import { awsCli, awsCliScript } from './aws-cli.ts';
import { contextOf, isApplicable, missingParameters, modeOf } from './context.ts';
import { asJson, findingId, sealed } from './digest.ts';
import { byPerson, type Draft, noPlan, nothing } from './draft.ts';
import { draftEdits } from './edits.ts';
import type { GuideEntry, Plan } from './plan.ts';
import type { PlanSettings } from './settings.ts';
import { draftSteps, observeSteps } from './steps.ts';

/** Plans, and what could not be planned for now. */
export interface PlannedFixes {
  readonly plans: readonly Plan[];
  readonly undecided: readonly Undecided[];
}

/** Controls whose fix needs a read that AWS had no answer for at this moment. */
export interface Undecided {
  readonly controls: readonly Control[];
  readonly because: string;
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
): Promise<PlannedFixes> {
  const drafts: Draft[] = [];
  const undecided: Undecided[] = [];
  for (const group of groupByDocument(failing, at, settings)) {
    try {
      drafts.push(...(await draftsOf(session, group, at, settings)));
    } catch (error) {
      // Only what passes by itself comes here; others of the resource go on.
      undecided.push({ controls: group, because: messageOf(error) });
    }
  }
  return { plans: await Promise.all(drafts.map((draft) => describe(draft, at, settings))), undecided };
}

/**
 * Controls that are written together: edits of one document that may be
 * applied. A control that the configuration keeps in dry-run shares no write
 * with one that may be written.
 */
function groupByDocument(failing: readonly Control[], at: At, settings: PlanSettings): Control[][] {
  const groups = { applied: new Map<unknown, Control[]>(), dry: new Map<unknown, Control[]>() };
  for (const control of [...failing].sort((a, b) => a.number - b.number)) {
    const { remediation } = control;
    const mergeable =
      remediation.kind === 'edit' &&
      isApplicable(modeOf(control, at, settings)) &&
      missingParameters(control, at, settings).length === 0;
    const key = mergeable ? remediation.document : control;
    const group = settings.applies(control.number, at) ? groups.applied : groups.dry;
    group.set(key, [...(group.get(key) ?? []), control]);
  }
  return [...groups.applied.values(), ...groups.dry.values()];
}

/** @throws UnreadableError that passes by itself; any other trouble becomes a plan that says so */
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
      case 'guide':
        return [await draftGuide(session, first, first.remediation, at, settings)];
    }
  } catch (error) {
    return [byPerson(group, at, settings, noPlan(error).byHand)];
  }
}

async function draftGuide(
  session: Session,
  control: Control,
  remediation: Guide,
  at: At,
  settings: PlanSettings,
): Promise<Draft> {
  const lines = remediation.lines(await contextOf(session, control, at, settings));
  const guide = lines.map(({ text, call }) => entry(text, call, at));
  return { ...nothing([control], at, settings), guide };
}

function entry(text: string, call: ConcreteCall | undefined, at: At): GuideEntry {
  return call === undefined ? { text } : { text, cli: awsCli({ ...call, region: at.region }) };
}

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

/** Which part of the observed state a call of several steps writes as a whole, if it does. */
export function documentOf({ remediation }: Control, call: string): string | undefined {
  if (remediation.kind !== 'steps') return undefined;
  // Where an edit takes several calls, none of them writes the whole.
  const step = remediation.steps.find(({ name }) => name === call || `undo-${name}` === call);
  return step?.kind === 'edit' ? step.name : undefined;
}

/**
 * Checks a draft against the SDK's own schemas and seals it. One that AWS could
 * not take becomes a plan that says so.
 */
async function describe(draft: Draft, at: At, settings: PlanSettings): Promise<Plan> {
  const { controls, ...rest } = draft;
  const calls = [...draft.steps, ...draft.undo.steps];
  const problems = (
    await Promise.all(calls.map((call) => validateInput(call.service, call.operation, call.input)))
  ).flat();
  if (problems.length > 0) {
    const text = `No plan could be made: AWS would not take the calls (${problems.join('; ')}). Please report this.`;
    return describe(byPerson(controls, at, settings, text), at, settings);
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
