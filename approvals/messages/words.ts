import type { FindingRecord } from '../../src/store/records.ts';
import type { StateName } from '../../src/workflow/finding.ts';

/** A state as messages show it: one sign, and a few words. */
export interface StateWords {
  readonly sign: string;
  readonly words: string;
}

/** Nothing in the message holds any more. */
export const OVERTAKEN: StateWords = { sign: '🔄', words: 'Superseded' };

const STATES: Readonly<Record<Exclude<StateName, 'resolved' | 'rollingBack' | 'rolledBack'>, StateWords>> = {
  judged: { sign: '🔎', words: 'Being looked at again' },
  planned: { sign: '🔎', words: 'Being planned' },
  proposed: { sign: '📝', words: 'Proposed' },
  waiting: { sign: '⏳', words: 'Waiting for approval' },
  approved: { sign: '👍', words: 'Approved' },
  applying: { sign: '🔧', words: 'Being applied' },
  verifying: { sign: '🔧', words: 'Applied, being verified' },
  denied: { sign: '🚫', words: 'Denied' },
  expired: { sign: '⌛', words: 'Expired' },
  snoozed: { sign: '💤', words: 'Snoozed' },
  exempted: { sign: '📌', words: 'Accepted for a time' },
  superseded: OVERTAKEN,
  guided: { sign: '📖', words: 'A runbook for a person' },
  needsPerson: { sign: '⚠️', words: 'Needs a person' },
};

/** What a finding's state is called. */
export function wordsFor(record: FindingRecord): StateWords {
  const { state } = record;
  switch (state) {
    case 'resolved':
      return record.machine.context.fixedByUs
        ? { sign: '✅', words: 'Fixed and verified' }
        : { sign: '✅', words: 'Fixed by somebody else meanwhile' };
    case 'rollingBack':
      return askedForUndo(record)
        ? { sign: '↩️', words: 'Being undone' }
        : { sign: '⚠️', words: 'Failed, being taken back' };
    case 'rolledBack':
      return askedForUndo(record) ? { sign: '↩️', words: 'Undone' } : { sign: '⚠️', words: 'Failed and taken back' };
    default:
      return STATES[state];
  }
}

/** Whether the fix was taken back, or is being so, because a person asked for it. */
export function askedForUndo({ history }: FindingRecord): boolean {
  return history.findLast(({ to }) => to === 'rollingBack')?.event === 'undo';
}

/** `1 call`, `2 calls`. */
export const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
