import type { Plan } from '../plan/plan.ts';
import type { FindingRecord, ObstacleRecord } from '../store/records.ts';
import type { StateName } from './finding.ts';

/** Something happened to a finding; for other programs. */
export interface LifecycleEvent {
  /** The same for every delivery of the same event. */
  readonly id: string;
  readonly type: StateName;
  /** What led to it, as in the history: `verified`, `undone`, `failed` … Notices that waited for an update of Redress have none. */
  readonly after?: string;
  /** The state before. */
  readonly from?: StateName | null;
  readonly at: string;
  readonly finding: string;
  readonly control: number;
  readonly arn: string;
  readonly account: string;
  readonly region: string;
  readonly plan: string | null;
  readonly by: string;
  readonly because: string;
}

/**
 * Tells people and programs. Everything is delivered at least once, so every
 * method must bear repetition; one that throws is called again later. What is
 * handed over is the state at the time of delivery, not of the event.
 */
export interface Notifier {
  /**
   * Asks for a decision on a plan, or hands over its runbook. Once per plan,
   * whatever number of findings it closes. The occasion is the same for every
   * delivery of one question, and another for each time it is asked.
   */
  ask(finding: FindingRecord, plan: Plan, occasion: string): Promise<void>;
  /**
   * The finding changed: messages about it are out of date.
   *
   * @param events the steps that it took then, in order; none when only what is known about it changed
   */
  changed(finding: FindingRecord, events: readonly LifecycleEvent[]): Promise<void>;
  /** An account cannot be entered, or can be again. Who has no place for it is not asked. */
  obstacle?(obstacle: ObstacleRecord): Promise<void>;
}

/**
 * Several notifiers as one. All are tried; if any failed, those are called
 * again that did, as long as this process lives. One that is away for a day
 * must not have the others say the same thing a hundred times.
 */
export function notifyAll(notifiers: readonly Notifier[]): Notifier {
  const delivered = new Map<string, ReadonlySet<Notifier>>();
  const each = async (what: string, tell: (notifier: Notifier) => Promise<void>): Promise<void> => {
    const before = delivered.get(what);
    const left = notifiers.filter((one) => !before?.has(one));
    const results = await Promise.allSettled(left.map(tell));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed === undefined) {
      delivered.delete(what);
      return;
    }
    const done = left.filter((_, index) => results[index]?.status === 'fulfilled');
    delivered.set(what, new Set([...(before ?? []), ...done]));
    throw failed.reason;
  };
  return {
    ask: (finding, plan, occasion) => each(`ask ${occasion}`, (one) => one.ask(finding, plan, occasion)),
    changed: (finding, events) =>
      each(`changed ${finding.id} ${events[0]?.id ?? finding.revision}`, (one) => one.changed(finding, events)),
    obstacle: (record) => each(`obstacle ${record.id} ${record.revision}`, async (one) => one.obstacle?.(record)),
  };
}

/** Tells nobody. */
export const silent: Notifier = {
  ask: async () => {},
  changed: async () => {},
};
