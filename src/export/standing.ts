import { oneLine } from '../one-line.ts';
import type { FindingRecord } from '../store/records.ts';
import type { StateName } from '../workflow/finding.ts';

/** Where a finding stands, in the words that all exports share. */
export interface Standing {
  /** What the control says of the resource now. */
  readonly compliance: 'pass' | 'fail' | 'unknown' | 'not applicable';
  readonly stage: 'new' | 'in progress' | 'accepted' | 'resolved';
}

const stages: Readonly<Record<StateName, Standing['stage']>> = {
  judged: 'new',
  planned: 'new',
  proposed: 'new',
  superseded: 'new',
  expired: 'new',
  waiting: 'in progress',
  approved: 'in progress',
  applying: 'in progress',
  verifying: 'in progress',
  denied: 'in progress',
  snoozed: 'in progress',
  rollingBack: 'in progress',
  rolledBack: 'in progress',
  guided: 'in progress',
  needsPerson: 'in progress',
  exempted: 'accepted',
  resolved: 'resolved',
};

/** Where a finding stands. What was fixed or taken back since it was judged counts more than the verdict of then. */
export function standingOf({ state, evaluation: { verdict } }: FindingRecord): Standing {
  const stage = stages[state];
  if (verdict === 'skip') return { compliance: 'not applicable', stage };
  if (state === 'resolved') return { compliance: 'pass', stage };
  if (state === 'rolledBack') return { compliance: 'fail', stage };
  return { compliance: verdict, stage };
}

/** What a reader elsewhere can do about a finding. */
export function remedyOf({ id, state, plan }: FindingRecord): string {
  const details = `redress show ${id}`;
  switch (state) {
    case 'waiting':
      return `Redress waits for a decision on plan ${plan}: redress approve ${id}, or redress deny ${id}. All about it: ${details}`;
    case 'guided':
      return `Redress has a runbook for a person: ${details}`;
    case 'needsPerson':
      return `Redress could not end this by itself; a person has to look: ${details}`;
    case 'resolved':
      return `Nothing to do. How it was set right: ${details}`;
    case 'exempted':
      return `Accepted for a time. For whom and why: ${details}`;
    default:
      return `What Redress found, plans and did: ${details}`;
  }
}

/** When anything about a finding changed last: judged again, or moved. */
export const changedAt = ({ judgedAt, updatedAt }: FindingRecord): string =>
  judgedAt > updatedAt ? judgedAt : updatedAt;

/** A text as it may stand in an export: on one line, not too long, never empty, without halves of characters. */
export function shortened(text: string, length: number): string {
  const whole = oneLine(text, length).replace(/\p{Surrogate}/gu, '');
  return whole === '' ? '-' : whole;
}
