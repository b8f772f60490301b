import type { Evaluation, Plan } from '../plan/plan.ts';
import type { SweepTask } from '../sweep/task.ts';
import type { Cause, StateName } from '../workflow/finding.ts';
import type { LifecycleEvent } from '../workflow/notifier.ts';
import type { SavedMachine } from '../workflow/snapshot.ts';

/** One step in the life of a finding, for people. */
export interface HistoryEntry {
  readonly at: string;
  readonly event: string;
  readonly from: StateName | null;
  readonly to: StateName;
  readonly by: string;
  readonly because: string;
  readonly plan: string | null;
}

/** A finding as it is stored: what was judged last, where it stands, how it came there. */
export interface FindingRecord {
  readonly id: string;
  /** Counts up with every change; a writer names the one that it has seen. */
  readonly revision: number;
  readonly evaluation: Evaluation;
  readonly judgedAt: string;
  readonly machine: SavedMachine;
  /** Copies of what the machine says, to look findings up by. */
  readonly state: StateName;
  readonly plan: string | null;
  /** Who made the call that the finding was last judged after. */
  readonly cause: Cause | null;
  /** Everybody whose calls it was judged after since it was last set right: none of them may approve alone under four eyes. */
  readonly causers: readonly string[];
  readonly createdAt: string;
  readonly updatedAt: string;
  /** The latest entries; the audit trail has all of them. */
  readonly history: readonly HistoryEntry[];
}

/** A plan and what became of it. The id is made from the digest, so the plan itself never changes. */
export interface PlanRecord {
  readonly id: string;
  readonly revision: number;
  readonly plan: Plan;
  readonly createdAt: string;
  /** How often its application was started. */
  readonly applications: number;
  /** The state that was read after the last application was verified: an undo starts from it. */
  readonly applied: { readonly application: number; readonly state: unknown; readonly at: string } | null;
}

/** A process that performs effects. */
export interface Worker {
  readonly id: string;
  readonly host: string;
  readonly pid: number;
}

export interface Lease {
  readonly worker: Worker;
  readonly until: string;
}

export type EffectKind =
  | 'apply'
  | 'verify'
  | 'rollBack'
  | 'undo'
  | 'rejudge'
  | 'ask'
  | 'changed'
  | 'interaction'
  | 'obstacle'
  | 'sweep';

/**
 * `work` changes or judges resources; `notice` tells people and must never hold
 * up work; `inbox` is what people have said and must wait for neither; `sweep`
 * looks at everything that exists, and can wait for all the others.
 */
export type Lane = 'work' | 'notice' | 'inbox' | 'sweep';

/** Something to perform after the state that asks for it was stored. The key makes it happen once. */
export interface OutboxEffect {
  readonly key: string;
  readonly lane: Lane;
  readonly kind: EffectKind;
  readonly finding: string;
  readonly plan: string | null;
  /** The steps of the finding that a notice tells of. */
  readonly events?: readonly LifecycleEvent[];
  /** What a person did in a chat, as its listener handed it over. */
  readonly interaction?: unknown;
  /** What is told of what keeps Redress out of an account, or did. */
  readonly obstacle?: ObstacleRecord;
  /** Which part of a sweep. */
  readonly sweep?: SweepTask;
  readonly due: string;
  readonly createdAt: string;
  readonly attempts: number;
  /** Why it waits or failed the last time. */
  readonly note: string | null;
  readonly lease: Lease | null;
}

/** One timer per finding, because a state has at most one. */
export interface TimerRecord {
  readonly finding: string;
  readonly of: StateName;
  readonly due: string;
}

export type Purpose = 'apply' | 'undo';

/** Which call of which application. */
export interface CallKey {
  readonly plan: string;
  readonly application: number;
  readonly purpose: Purpose;
  readonly step: number;
}

/** What came of a call. `intent` is written before it is made: found later, nobody knows. */
export type CallOutcome =
  | { readonly status: 'intent' }
  | {
      readonly status: 'done';
      readonly at: string;
      readonly requestId: string | null;
      readonly output: Readonly<Record<string, unknown>>;
      /** The answer was lost, and reading showed that the call had been made. */
      readonly inferred: boolean;
    }
  | { readonly status: 'failed'; readonly at: string; readonly error: string; readonly requestId: string | null };

/** A row of the journal of calls. */
export interface CallRecord extends CallKey {
  readonly name: string;
  readonly service: string;
  readonly operation: string;
  readonly account: string;
  readonly region: string;
  /** When the (last) intent was written. */
  readonly at: string;
  readonly attempts: number;
  /** The state that was read right before the call, to tell afterwards whether it was made. */
  readonly seen: unknown;
  readonly outcome: CallOutcome;
}

/** Holds every write while it is on. */
export interface StopSwitch {
  readonly on: boolean;
  readonly by: string;
  readonly at: string;
  readonly because: string;
}

/** Findings that are accepted for a time. */
export interface Exemption {
  readonly control: number;
  /** An ARN; `*` and `?` stand for any characters and any one. */
  readonly resource: string;
  readonly owner: string;
  readonly reason: string;
  /** A moment, or a day whose end (UTC) is meant. */
  readonly until: string;
  /** Who entered it. */
  readonly by: string;
}

/** What a chat message shows: a finding, the plan that was asked about, and the occasion of asking. */
export interface MessageItem {
  readonly finding: string;
  readonly plan: string;
  /** The same for every delivery of one question, another for each time it is asked. */
  readonly occasion: string;
  /** When it was put into the message. */
  readonly at: string;
}

/** A message in a chat, kept so that it can be updated in place. */
export interface MessageRecord {
  readonly id: string;
  readonly revision: number;
  readonly channel: string;
  /** Slack's name for the message in its channel. Null: about to be posted, or posted and the answer was lost. */
  readonly ts: string | null;
  /** What the items of a list have in common; null for a message about one plan. */
  readonly list: { readonly control: number } | { readonly by: string } | null;
  readonly items: readonly MessageItem[];
  /** Fingerprint of what it shows now. */
  readonly shown: string | null;
  /** Lifecycle events that its thread tells of. */
  readonly told: readonly string[];
  /** Nothing in it can change any more. */
  readonly closed: boolean;
  readonly createdAt: string;
}

/** What keeps Redress out of an account, told once however many events meet it: a role that is not there. */
export interface ObstacleRecord {
  readonly id: string;
  readonly revision: number;
  readonly account: string;
  readonly because: string;
  /** What to do about it. */
  readonly mend: string;
  readonly since: string;
  /** When it was met last, give or take a few minutes. */
  readonly seenAt: string;
  /** When it was found to be gone. */
  readonly goneAt: string | null;
}
