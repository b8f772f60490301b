import type { AuditHead, AuditRow, AuditSubject } from '../audit.ts';
import type { StateName } from '../workflow/finding.ts';
import type {
  CallKey,
  CallOutcome,
  CallRecord,
  Exemption,
  FindingRecord,
  Lane,
  Lease,
  MessageRecord,
  ObstacleRecord,
  OutboxEffect,
  PlanRecord,
  StopSwitch,
  TimerRecord,
  Worker,
} from './records.ts';

/** An effect without what the outbox keeps of its delivery. */
export type NewEffect = Omit<OutboxEffect, 'attempts' | 'note' | 'lease'>;

/**
 * One change of the store, or a condition that must hold for the others. All
 * changes of a commit happen or none does.
 */
export type Change =
  /** Stores a finding. `expected` is the revision that was read, 0 for a new one. */
  | { readonly kind: 'finding'; readonly record: FindingRecord; readonly expected: number }
  /** The finding is still at this revision. */
  | { readonly kind: 'findingIs'; readonly id: string; readonly revision: number }
  | { readonly kind: 'plan'; readonly record: PlanRecord; readonly expected: number }
  /** Puts an effect into the outbox. One of the same key that still waits there is left alone. */
  | { readonly kind: 'effect'; readonly effect: NewEffect }
  /** Takes an effect out. The worker must still hold it. */
  | { readonly kind: 'effectDone'; readonly key: string; readonly worker: string }
  /** Puts it back for later. The worker must still hold it. */
  | {
      readonly kind: 'effectLater';
      readonly key: string;
      readonly worker: string;
      readonly due: string;
      readonly note: string;
      /** Whether it counts as a failed attempt; waiting does not. */
      readonly failed: boolean;
    }
  /** The worker still holds the effect. */
  | { readonly kind: 'effectHeld'; readonly key: string; readonly worker: string }
  | { readonly kind: 'setTimer'; readonly timer: TimerRecord }
  | { readonly kind: 'clearTimer'; readonly finding: string }
  /** Takes a timer that has come due. It must still be the same. */
  | { readonly kind: 'timerFired'; readonly timer: TimerRecord }
  /** Writes the intent of a call that the journal does not have. */
  | { readonly kind: 'intent'; readonly call: CallRecord }
  /** Writes it once more for a call that may be repeated. The journal must have the same unfinished intent. */
  | { readonly kind: 'intentAgain'; readonly call: CallRecord; readonly expected: number }
  /** Writes what came of a call. Its intent must be unfinished. */
  | { readonly kind: 'outcome'; readonly call: CallKey; readonly outcome: CallOutcome }
  /** The owner still holds the lock. */
  | { readonly kind: 'lockHeld'; readonly lock: string; readonly owner: string }
  /** Gives a lock back, if it is still the owner's. */
  | { readonly kind: 'unlock'; readonly lock: string; readonly owner: string }
  /** The stop switch is off; with `after`, it was not turned on after that moment. */
  | { readonly kind: 'notStopped'; readonly after?: string }
  | { readonly kind: 'stop'; readonly stop: StopSwitch }
  /** Counts in a window of time (its start, as text), forgotten a day later; with `most`, refuses what is beyond. */
  | {
      readonly kind: 'count';
      readonly counter: string;
      readonly window: string;
      readonly add: number;
      readonly most: number | null;
    }
  /** Adds or replaces the exemption of a control and a resource. */
  | { readonly kind: 'exemption'; readonly exemption: Exemption }
  /** Stores a chat message. `expected` is the revision that was read, 0 for a new one. */
  | { readonly kind: 'message'; readonly record: MessageRecord; readonly expected: number }
  /** Stores what keeps Redress out of an account. `expected` is the revision that was read, 0 for a new one. */
  | { readonly kind: 'obstacle'; readonly record: ObstacleRecord; readonly expected: number }
  /** Writes down how far something has come, for good. `expected` is what was read, null for nothing yet. */
  | { readonly kind: 'mark'; readonly name: string; readonly value: string; readonly expected: string | null }
  /** Appends to the audit trail, in the order given. */
  | { readonly kind: 'audit'; readonly subject: AuditSubject };

/** Which condition did not hold: its kind, and the id, key or name that it was about. */
export interface Conflict {
  readonly kind: Change['kind'];
  readonly key: string;
}

export type CommitResult = { readonly ok: true } | { readonly ok: false; readonly conflict: Conflict };

/** What to look findings up by. Everything given must fit. */
export interface FindingFilter {
  readonly states?: readonly StateName[];
  readonly control?: number;
  readonly arn?: string;
  readonly account?: string;
  /** Changed since this moment. */
  readonly since?: string;
  /** No more than so many. */
  readonly most?: number;
}

/**
 * Where findings, plans, the outbox, timers, the journal of calls, locks and
 * the audit trail are kept. Implemented on SQLite and, with conditional writes
 * and transactions of items, on DynamoDB; `test/store/contract.ts` is what
 * both must do. Times are ISO 8601 in UTC and compare as text.
 *
 * Every method throws StoreError when the store cannot be reached or read.
 */
export interface Store {
  /** All changes or none. A conflict means that the caller has to read again. */
  commit(changes: readonly Change[]): Promise<CommitResult>;

  finding(id: string): Promise<FindingRecord | undefined>;
  /** Findings for people and for merging, by last change, newest first. Work never scans. */
  findings(filter?: FindingFilter): Promise<readonly FindingRecord[]>;
  plan(id: string): Promise<PlanRecord | undefined>;

  /** Effects of a lane that are due and held by nobody (or no longer), oldest first. */
  dueEffects(lane: Lane, now: string, limit: number): Promise<readonly OutboxEffect[]>;
  /** Everything that waits in the outbox, held or not. */
  effects(): Promise<readonly OutboxEffect[]>;
  /** When the next effect of a lane that nobody holds comes due. */
  nextEffect(lane: Lane): Promise<string | undefined>;
  /** Takes an effect, if it still stands as it was read. */
  leaseEffect(effect: OutboxEffect, lease: Lease): Promise<boolean>;
  /** Prolongs a lease. False when the worker does not hold it any more. */
  renewEffect(key: string, worker: string, until: string): Promise<boolean>;
  /** Frees effects held by a worker that is known to be dead. */
  releaseEffect(key: string, worker: Worker): Promise<boolean>;

  dueTimers(now: string, limit: number): Promise<readonly TimerRecord[]>;
  nextTimer(): Promise<string | undefined>;
  timer(finding: string): Promise<TimerRecord | undefined>;

  /** The calls of a plan, by application, purpose and step. */
  calls(plan: string): Promise<readonly CallRecord[]>;
  /** Whether a call of the journal was answered with this request id. */
  isOurRequest(requestId: string): Promise<boolean>;

  /** Takes all the locks or none. The owner's own count as free and are prolonged. */
  lock(locks: readonly string[], owner: string, now: string, until: string): Promise<boolean>;

  /** What was counted so far in a window. */
  count(counter: string, window: string): Promise<number>;
  stopSwitch(): Promise<StopSwitch>;
  exemptions(): Promise<readonly Exemption[]>;

  /** Chat messages that show a finding, the newest first. */
  messagesOf(finding: string): Promise<readonly MessageRecord[]>;
  /** Chat messages of a channel since a moment, the newest first. */
  messagesIn(channel: string, since: string): Promise<readonly MessageRecord[]>;

  obstacle(id: string): Promise<ObstacleRecord | undefined>;
  /** Those that are not gone, by id. */
  obstacles(): Promise<readonly ObstacleRecord[]>;

  /** Remembers the ids of events that came, until a moment. */
  markSeen(events: readonly string[], until: string): Promise<void>;
  /** Those events that were not remembered, or not any more, in the order given. */
  unseen(events: readonly string[], now: string): Promise<readonly string[]>;
  /** How far something has come, as it was marked last. */
  mark(name: string): Promise<string | undefined>;
  /** Throws away what is only kept for a time. For stores that do not do so by themselves. */
  tidy(now: string): Promise<void>;

  auditHead(): Promise<AuditHead>;
  /** Rows after a sequence number, in order. */
  auditRows(after: number, limit: number): Promise<readonly AuditRow[]>;

  close(): Promise<void>;
}

/** Thrown when the store cannot be opened, reached or read. Nothing may be written to AWS then. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
}
