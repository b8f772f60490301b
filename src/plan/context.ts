import type { Control } from '../catalogue.ts';
import type { Edit, Mode } from '../control/remediation.ts';
import type { At } from '../control/resource.ts';
import { valuesOf } from '../judge/judge.ts';
import type { Session } from '../judge/session.ts';
import type { PlanSettings } from './settings.ts';

export type ContextOf = Parameters<Edit['change']>[1];

/**
 * What a remediation's functions are given: the resource, its reads, its parameters.
 *
 * @throws GoneError, UnreadableError
 */
export async function contextOf(
  session: Session,
  control: Control,
  at: At,
  settings: PlanSettings,
): Promise<ContextOf> {
  const { remediation, detector } = control;
  const values = await valuesOf(session, remediation.reads, at, detector.resource.gone);
  return { ...values, ...at, parameters: parametersOf(control, at, settings) };
}

function parametersOf({ number, remediation }: Control, at: At, settings: PlanSettings): Record<string, string> {
  const set = settings.parameters(number, at);
  return Object.fromEntries(
    Object.entries(remediation.parameters).map(([name, parameter]) => [name, set[name] ?? parameter.default ?? '']),
  );
}

/** Names of the parameters that an operator has to set first. */
export function missingParameters(control: Control, at: At, settings: PlanSettings): string[] {
  const set = settings.parameters(control.number, at);
  return Object.entries(control.remediation.parameters)
    .filter(([name, parameter]) => parameter.default === undefined && !set[name])
    .map(([name]) => name);
}

/** How a fix may happen: what the operator says, else what the definition says. */
export const modeOf = (control: Control, at: At, settings: PlanSettings): Mode =>
  control.remediation.kind === 'guide' ? 'guided' : (settings.mode(control.number, at) ?? control.remediation.mode);

export const isApplicable = (mode: Mode): boolean => mode === 'auto' || mode === 'approve';
