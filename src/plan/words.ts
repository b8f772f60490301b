import type { Mode, UndoClass } from '../control/remediation.ts';
import type { Plan } from './plan.ts';

/** What happens to a plan, by its mode, in the words of all renderings. */
export const MODE_WORDS: Readonly<Record<Mode, string>> = {
  auto: 'applies itself where `apply: true` is configured',
  approve: 'asks first: nothing happens without an approval of this plan',
  guided: 'runbook: a person does this, Redress judges the result',
  off: 'switched off: Redress only reports it',
};

export const UNDO_WORDS: Readonly<Record<UndoClass, string>> = {
  exact: 'puts back exactly what was there',
  'best-effort': 'brings back what can be brought back',
  none: 'cannot be undone',
};

/** Whether `redress apply` would take a plan. */
export function isApplicable({ mode, missing, steps }: Plan): boolean {
  return (mode === 'auto' || mode === 'approve') && missing.length === 0 && steps.length > 0;
}

/** The command that applies a plan, once the plans have been saved. */
export function applyCommand({ controls }: Plan): string {
  return `redress apply plan.json --control ${controls.join(',')}`;
}

/** What to write into redress.yaml so that a plan's missing parameters are there. */
export function missingAsYaml({ controls, missing }: Plan): string[] {
  const parameters = missing.map((name) => `${name}: ${placeholder(name)}`).join(', ');
  return ['controls:', ...controls.map((control) => `  "${control}": { parameters: { ${parameters} } }`)];
}

/** A parameter's name ends in what it holds. */
function placeholder(name: string): string {
  const [, hint] = PLACEHOLDERS.find(([ending]) => name.toLowerCase().endsWith(ending)) ?? [];
  return hint ?? '"<value>"';
}

const PLACEHOLDERS: readonly (readonly [ending: string, hint: string])[] = [
  ['keyarn', '"<KMS key ARN>"'],
  ['loggrouparn', '"<log group ARN>"'],
  ['topicarn', '"<topic ARN>"'],
  ['rolearn', '"<role ARN>"'],
  ['arn', '"<ARN>"'],
  ['bucket', '"<bucket name>"'],
  ['loggroup', '"<log group name>"'],
  ['group', '"<group name>"'],
  ['days', '30'],
];
