import type { Mode } from '../control/remediation.ts';
import type { Plan, ResourceRef } from '../plan/plan.ts';

/** Every state of a finding. `planned` is passed through, never rested in. */
export const stateNames = [
  'judged',
  'planned',
  'proposed',
  'waiting',
  'approved',
  'applying',
  'verifying',
  'resolved',
  'denied',
  'expired',
  'snoozed',
  'exempted',
  'superseded',
  'rollingBack',
  'rolledBack',
  'guided',
  'needsPerson',
] as const;
export type StateName = (typeof stateNames)[number];

/** What the machine knows of a plan. The plan itself lies in the store. */
export interface PlanRef {
  readonly id: string;
  readonly digest: string;
  readonly kind: Plan['kind'];
  /** Parameters that an operator has to set first. */
  readonly missing: readonly string[];
}

/** What the configuration says of a plan. Plain data: it is kept with the finding. */
export interface Policy {
  /** Whether anything may be written. False is dry-run. */
  readonly apply: boolean;
  readonly mode: Mode;
  /** How many different people must say yes in mode `approve`. Never counted as less than one. */
  readonly approvalsNeeded: number;
  /** Writes in one clock hour. */
  readonly limits: { readonly perControl: number; readonly perAccount: number };
  /** How often a finding may return within the window before a person is called. */
  readonly mostRecurrences: number;
}

/** Who made the call that led to a finding. */
export interface Cause {
  readonly by: string;
  /** The tool that made the call, where the record shows one. */
  readonly tool: 'Terraform' | 'CloudFormation' | 'Pulumi' | null;
  readonly event: string;
  readonly eventId: string;
  readonly at: string;
}

export interface Approval {
  readonly by: string;
  readonly at: string;
}

/** The finding had been set right and broke again. */
export interface Recurrence {
  readonly at: string;
  readonly by: string | null;
  readonly tool: Cause['tool'];
}

/** All that a finding's machine remembers. Plain JSON. */
export interface FindingContext {
  readonly finding: string;
  readonly control: number;
  readonly resource: ResourceRef;
  readonly plan: PlanRef | null;
  readonly policy: Policy | null;
  readonly approvals: readonly Approval[];
  /** Counts from 1; a finding that fails again after it was closed starts the next. */
  readonly round: number;
  readonly recurrences: readonly Recurrence[];
  /** Why the finding is in its state, in plain words. */
  readonly because: string;
  /** Who led it there: a person, an ARN, or `redress`. */
  readonly by: string;
  /** End of a snooze or an exemption. */
  readonly until: string | null;
  /** Why a fix was taken back or got stuck. As long as it is set, no fix happens without a person's yes. */
  readonly handsOff: string | null;
  /** Why a person is needed, for what a new plan may change. */
  readonly stuck: 'fight' | 'missing' | 'failed' | null;
  /** How often in this round the plan was outdated when it should have been applied. */
  readonly replans: number;
  /** Why the fix is being taken back. */
  readonly takingBack: 'unverified' | 'undo' | null;
  /** Which application of the plan is under way or was the last. */
  readonly application: number;
  /** Whether Redress itself set it right: only then can it be undone. */
  readonly fixedByUs: boolean;
  /** A person says that the runbook is done; the detector has the last word. */
  readonly markedDone: boolean;
}

interface Common {
  /** When it happened. The machine has no clock. */
  readonly at: string;
}

interface Said extends Common {
  readonly because: string;
}

/** What can happen to a finding. */
export type FindingEvent =
  /** Judged as failing, and nothing could be planned. */
  | (Said & { readonly type: 'failing'; readonly cause: Cause | null; readonly windowStart: string })
  /** Judged as failing, with a plan. `reopen`: a person asked for it now. */
  | (Said & {
      readonly type: 'plan';
      readonly plan: PlanRef;
      readonly policy: Policy;
      readonly cause: Cause | null;
      readonly windowStart: string;
      readonly reopen: boolean;
    })
  /** Judged as passing, or as not applying any more. */
  | (Said & { readonly type: 'passed'; readonly by: string })
  | (Common & { readonly type: 'approve'; readonly by: string; readonly digest: string })
  | (Said & { readonly type: 'deny'; readonly by: string; readonly digest: string })
  | (Said & { readonly type: 'snooze'; readonly by: string; readonly until: string })
  | (Said & { readonly type: 'exempt'; readonly by: string; readonly until: string })
  | (Said & { readonly type: 'exemptionEnded' })
  | (Common & { readonly type: 'undo'; readonly by: string; readonly digest: string })
  | (Common & { readonly type: 'done'; readonly by: string })
  /** The fix has to wait: stop switch, limit, lock, unreadable state. */
  | (Said & { readonly type: 'held' })
  | (Common & { readonly type: 'started'; readonly plan: string; readonly application: number })
  /** Before the first call it turned out that the plan no longer holds. */
  | (Said & { readonly type: 'outdated'; readonly plan: string })
  /** Before the first call it turned out that the control passes. */
  | (Said & { readonly type: 'nothingToDo'; readonly plan: string; readonly by: string })
  /** Every call was made. */
  | (Common & { readonly type: 'applied'; readonly plan: string })
  /** A call was refused. `undo`: earlier ones were made and have to be taken back. */
  | (Said & { readonly type: 'failed'; readonly plan: string; readonly undo: boolean })
  /** What was done cannot be told by reading. */
  | (Said & { readonly type: 'unclear'; readonly plan: string })
  | (Said & { readonly type: 'verified'; readonly plan: string })
  | (Said & { readonly type: 'unverified'; readonly plan: string; readonly readable: boolean })
  | (Said & { readonly type: 'undone'; readonly plan: string })
  /** Nothing was taken back, because somebody changed the resource since, or it cannot be. */
  | (Said & { readonly type: 'undoRefused'; readonly plan: string })
  | (Common & { readonly type: 'timeout'; readonly of: StateName });

/** What the machine wants done, as data. The driver does it after the state is stored. */
export type Effect =
  | { readonly type: 'ask' | 'apply' | 'verify' | 'rollBack' | 'undo'; readonly plan: string }
  | { readonly type: 'notify' }
  | { readonly type: 'rejudge' }
  | { readonly type: 'setTimer'; readonly of: StateName; readonly until: string | null }
  | { readonly type: 'clearTimer' };
