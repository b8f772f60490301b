import { openState } from '../bot/state.ts';
import { loadConfig } from '../config.ts';
import { catalogue } from '../redress.ts';
import type { FindingRecord } from '../store/records.ts';
import { type StateName, stateNames } from '../workflow/finding.ts';
import { describeFinding } from './describe-finding.ts';
import { CommandError } from './errors.ts';
import { printJson, say, table } from './output.ts';

interface ListOptions {
  readonly control?: readonly number[];
  readonly state?: readonly string[];
  readonly format: string;
  readonly config?: string;
}

/** `redress findings`: what is known, by last change. */
export async function findings({ control, state, format, config }: ListOptions): Promise<void> {
  const states = (state ?? []).map(asState);
  const store = await openState(await loadConfig(config, catalogue));
  try {
    const records = (await store.findings(states.length > 0 ? { states } : {})).filter(
      (one) => control === undefined || control.includes(one.evaluation.control),
    );
    // Not among the findings, whose JSON is a contract, but nobody should take silence for health.
    for (const { account, because, mend, since } of await store.obstacles()) {
      say(`Account ${account} cannot be entered since ${since}: ${because}.\n  to mend it: ${mend}`);
    }
    if (format === 'json') return printJson(records.map(summaryOf));
    if (records.length === 0) {
      process.stdout.write('No findings are known. `redress scan` looks for some.\n');
      return;
    }
    process.stdout.write(
      table(
        ['finding', 'control', 'criticality', 'state', 'resource', 'because'],
        records.map(({ id, state, evaluation }) => [
          id,
          String(evaluation.control),
          evaluation.criticality,
          state,
          evaluation.resource.id,
          evaluation.because,
        ]),
      ),
    );
  } finally {
    await store.close();
  }
}

/** `redress show`: the whole history of one finding. */
export async function show(finding: string, { format, config }: { format: string; config?: string }): Promise<void> {
  const store = await openState(await loadConfig(config, catalogue));
  try {
    const record = await store.finding(finding);
    if (record === undefined)
      throw new CommandError(`There is no finding ${finding}; \`redress findings\` lists those there are.`);
    const stored = record.plan === null ? undefined : await store.plan(record.plan);
    const calls = record.plan === null ? [] : await store.calls(record.plan);
    if (format === 'json') {
      return printJson({ ...summaryOf(record), history: record.history, plan: stored?.plan ?? null, calls });
    }
    process.stdout.write(describeFinding(record, stored?.plan, calls));
  } finally {
    await store.close();
  }
}

function summaryOf({ id, state, plan, cause, createdAt, updatedAt, evaluation, machine }: FindingRecord) {
  const { control, title, criticality, verdict, because, resource } = evaluation;
  const { approvals, until, round } = machine.context;
  return {
    finding: id,
    control,
    title,
    criticality,
    state,
    stateBecause: machine.context.because,
    verdict,
    because,
    resource,
    plan,
    cause,
    approvals,
    until,
    round,
    createdAt,
    updatedAt,
  };
}

/**
 * A state by its name.
 *
 * @throws CommandError for a name that is none
 */
export function asState(name: string): StateName {
  const known = stateNames.find((one) => one === name);
  if (known === undefined) throw new CommandError(`"${name}" is no state; there are ${stateNames.join(', ')}.`);
  return known;
}
