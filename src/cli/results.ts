import { styleText } from 'node:util';
import type { Store } from '../store/port.ts';
import type { CallRecord, FindingRecord, Purpose } from '../store/records.ts';
import type { StateName } from '../workflow/finding.ts';
import { hasColor, printJson } from './output.ts';

/** What became of one plan: the contract's `results` entry. */
export interface Result {
  readonly plan: string;
  readonly controls: readonly number[];
  readonly outcome: 'resolved' | 'nothing-to-do' | 'refused' | 'failed' | 'rolled-back';
  readonly because: string;
  /** The writes that were really made. */
  readonly calls: readonly { readonly service: string; readonly operation: string; readonly requestId: string }[];
  readonly verified: boolean;
}

export const refusedResult = (plan: { id: string; controls: readonly number[] }, because: string): Result => ({
  plan: plan.id,
  controls: plan.controls,
  outcome: 'refused',
  because,
  calls: [],
  verified: false,
});

/** The calls of a plan's last application, as the journal has them. */
export async function madeCalls(store: Store, plan: string, purpose: Purpose): Promise<Result['calls']> {
  const calls = await store.calls(plan);
  const last = Math.max(0, ...calls.map(({ application }) => application));
  return calls.filter((call) => call.purpose === purpose && call.application === last).flatMap(made);
}

function made({ service, operation, outcome }: CallRecord) {
  return outcome.status === 'done' ? [{ service, operation, requestId: outcome.requestId ?? '' }] : [];
}

const OUTCOMES: Readonly<Partial<Record<StateName, Result['outcome']>>> = {
  resolved: 'resolved',
  rolledBack: 'rolled-back',
  superseded: 'refused',
  waiting: 'refused',
  denied: 'refused',
  exempted: 'refused',
};

/** The outcome that a finding's state stands for after its plan was to be applied. */
export const outcomeOf = (record: FindingRecord): Result['outcome'] => OUTCOMES[record.state] ?? 'failed';

/**
 * Prints results. Anything that is not as it was asked for makes the exit
 * status 1, with a line on standard error for each.
 */
export function presentResults(
  results: readonly Result[],
  format: string,
  wanted: Result['outcome'] = 'resolved',
): void {
  if (format === 'json') printJson({ results });
  else for (const result of results) process.stdout.write(`${line(result)}\n`);
  for (const { plan, outcome, because } of results) {
    if (outcome === wanted || outcome === 'nothing-to-do') continue;
    process.stderr.write(`redress: plan ${plan} ${outcome}: ${because}\n`);
    process.exitCode = 1;
  }
}

const COLORS = {
  resolved: 'green',
  'nothing-to-do': 'dim',
  refused: 'yellow',
  failed: 'red',
  'rolled-back': 'yellow',
} as const;

function line({ plan, controls, outcome, because, calls }: Result): string {
  const word = hasColor(process.stdout) ? styleText(COLORS[outcome], outcome) : outcome;
  const made = calls.map(
    ({ service, operation, requestId }) => `\n  ${service} ${operation}${requestId ? ` (request ${requestId})` : ''}`,
  );
  return `${word}  ${plan}  control ${controls.join(', ')}: ${because}${made.join('')}`;
}
