import type { Plan } from '../plan/plan.ts';
import type { Exemption, FindingRecord } from '../store/records.ts';
import type { Policy, StateName } from './finding.ts';

export type Decision = 'approve' | 'deny' | 'snooze' | 'exempt' | 'undo' | 'done';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** How long things may take, in milliseconds. */
export interface Times {
  /** How long a finding stays in a state before time leads it out. Resting states have none. */
  readonly states: Readonly<Partial<Record<StateName, number>>>;
  /** For a state that is not listed. */
  readonly longestState: number;
  /** Waiting for a step's condition. */
  readonly settle: { readonly every: number; readonly most: number };
  /** Reading again after a change: at first after `first`, then in growing steps, until `most` is over. */
  readonly verify: { readonly first: number; readonly longest: number; readonly most: number };
  /** How long AWS may take until a read shows a write. Waited before a `once` call is judged not to have happened. */
  readonly lag: number;
  /** A worker that has not been heard of for so long is taken for dead. */
  readonly lease: number;
  readonly lock: number;
  /** How often a held effect is looked at again. */
  readonly held: number;
  /** A document that another plan is being written to. */
  readonly busy: number;
  /** First pause after a failure; doubles up to `longestRetry`. */
  readonly retry: number;
  readonly longestRetry: number;
  /** A notice that could not be delivered for so long is given up. */
  readonly notice: number;
  /** Recurrences older than this are forgotten. */
  readonly window: number;
  /** How often the outbox is looked at. */
  readonly poll: number;
  /** `run({ untilIdle })` waits for work that comes due within this. */
  readonly idle: number;
}

export const defaultTimes: Times = {
  states: {
    judged: day,
    waiting: 7 * day,
    superseded: day,
    approved: day,
    applying: 6 * hour,
    verifying: 2 * hour,
    rollingBack: 6 * hour,
    snoozed: day,
    exempted: 30 * day,
    guided: 14 * day,
    needsPerson: 14 * day,
  },
  longestState: 7 * day,
  settle: { every: 5 * second, most: 30 * minute },
  verify: { first: second, longest: 30 * second, most: 5 * minute },
  lag: 15 * second,
  lease: 5 * minute,
  lock: 15 * minute,
  held: minute,
  busy: 2 * second,
  retry: 5 * second,
  longestRetry: 15 * minute,
  notice: 3 * day,
  window: 7 * day,
  poll: second,
  idle: 45 * second,
};

/** What the configuration decides for the workflow. */
export interface WorkflowSettings {
  /** Whether and how a plan may be applied. */
  readonly policyFor: (plan: Plan) => Policy;
  /** Exemptions of the configuration; those that people enter are in the store. */
  readonly exemptions?: readonly Exemption[];
  /**
   * Why this person may not decide this, or nothing if they may. Without it
   * everybody may. One that throws means that nobody may now.
   */
  readonly mayDecide?: (
    by: string,
    decision: Decision,
    finding: FindingRecord,
    plan: Plan | undefined,
  ) => string | undefined | Promise<string | undefined>;
  readonly times?: Partial<Times>;
}
