import type { Evaluation, Plan, PlannedCall, ResourceRef } from '../plan/plan.ts';

/** Fresh verdicts on one resource, and the plans for those that fail. */
export interface Assessment {
  readonly evaluations: readonly Evaluation[];
  readonly plans: readonly Plan[];
}

/** What could not be judged for now. What only a person can mend, such as a missing permission, is not among it. */
export const undecided = ({ evaluations }: Assessment): readonly Evaluation[] =>
  evaluations.filter(({ verdict, lasting }) => verdict === 'unknown' && !lasting);

/** Proof that a plan may be written. Made by the workflow, checked by the door, worthless elsewhere. */
export interface Permit {
  readonly planId: string;
}

/** What the workflow can ask of the engine. Everything that touches AWS is behind these calls. */
export interface Remediator {
  /** Judges a resource by these controls on fresh reads, and plans for what fails. */
  assess(resource: ResourceRef, controls: readonly number[]): Promise<Assessment>;
  /** The present value of what the plan's `before` and `after` describe. */
  observe(plan: Plan): Promise<unknown>;
  /**
   * A permit for exactly the calls of this plan (or of its undo).
   *
   * @throws DryRunError when nothing may be written
   */
  permit(plan: Plan, purpose: 'apply' | 'undo'): Permit;
  /**
   * Makes sure that a call could be sent now, before it is written down that it
   * is about to be. Nothing is sent.
   *
   * @throws when it could not: the role is missing, AWS has to be left alone for a while
   */
  ready?(permit: Permit, call: PlannedCall): Promise<void>;
  /** Makes one call under a permit, its refs filled in from the outputs of earlier steps by name. */
  send(permit: Permit, plan: Plan, call: PlannedCall, outputs: Readonly<Record<string, unknown>>): Promise<CallResult>;
  /** Whether the condition that a step waits for holds now. True for steps that wait for nothing. */
  settled(plan: Plan, call: PlannedCall): Promise<boolean>;
  /** Which part of what `observe` returns a call writes as a whole, where the plan makes other calls too. */
  documentOf?(plan: Plan, call: PlannedCall): Promise<string | undefined>;
}

export interface CallResult {
  readonly requestId: string | undefined;
  readonly output: Readonly<Record<string, unknown>>;
}
