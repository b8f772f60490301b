import type { Evaluation, Plan } from '../plan/plan.ts';
import type { Narrator } from './narrator.ts';
import type { Arrived, Stage } from './stage.ts';

/** One scene: does something on the stage, and tells what came of it. */
export type Scene = (stage: Stage, narrator: Narrator) => Promise<void>;

/** A plan, the findings that it closes, and what else was found. */
export interface Caught {
  readonly plan: Plan;
  readonly evaluations: readonly Evaluation[];
  readonly others: readonly Evaluation[];
}

/**
 * The plan for a control among all that an event has led to.
 *
 * @throws Error when the control did not fail
 */
export function caughtBy(control: number, arrived: Arrived): Caught {
  const plan = arrived.kind === 'judged' ? arrived.plans.find(({ controls }) => controls.includes(control)) : undefined;
  if (arrived.kind === 'own' || plan === undefined) throw new Error(`The event led to no plan for control ${control}.`);
  const failing = arrived.evaluations.filter(({ verdict }) => verdict === 'fail');
  return {
    plan,
    evaluations: failing.filter(({ finding }) => plan.findings.includes(finding)),
    others: failing.filter(({ finding }) => !plan.findings.includes(finding)),
  };
}

/**
 * A person says yes to a plan, and what follows is done.
 *
 * @throws Error when the yes is not taken
 */
export async function approve({ workflow, settle }: Stage, plan: Plan, by: string): Promise<void> {
  const decided = await workflow.decide({
    finding: plan.findings[0] ?? '',
    digest: plan.digest,
    decision: 'approve',
    by,
  });
  if (decided.outcome === 'refused') throw new Error(decided.because);
  await settle();
}

interface Statement {
  readonly Sid?: string;
  readonly Effect?: string;
  readonly Action?: unknown;
  readonly Principal?: unknown;
}

/** The statements of a policy, whether it is given as text or opened up. */
function statementsIn(policy: unknown): readonly Statement[] {
  const document: { Statement?: readonly Statement[] } =
    typeof policy === 'string' ? JSON.parse(policy) : typeof policy === 'object' && policy !== null ? policy : {};
  return document.Statement ?? [];
}

const idOf = ({ Sid }: Statement): string => Sid ?? 'without an id';

/** The statements of a policy, by their ids. */
export const statementIds = (policy: unknown): string[] => statementsIn(policy).map(idOf);

/** What one policy says and another does not, in short. */
export function addedStatements(before: unknown, after: unknown): string[] {
  const known = statementIds(before);
  return statementsIn(after)
    .filter((statement) => !known.includes(idOf(statement)))
    .map((one) => `${idOf(one)}: ${one.Effect} ${one.Action} to ${JSON.stringify(one.Principal)}`);
}
