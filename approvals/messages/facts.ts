import type { KnownBlock, View as SlackView } from '@slack/types';
import type { Plan } from '../../src/plan/plan.ts';
import type { CallRecord, FindingRecord, StopSwitch } from '../../src/store/records.ts';

/** What a message about one plan is made from. Everything comes from the store. */
export interface MessageFacts {
  readonly plan: Plan;
  /** The findings that the plan closes, as they are stored now; the first is the one that was asked about. */
  readonly findings: readonly [FindingRecord, ...FindingRecord[]];
  /** The calls that were made for the plan, by application, purpose and step. */
  readonly calls: readonly CallRecord[];
  /** False once the finding has moved on to another plan or was asked about again: nothing here can be decided any more. */
  readonly current: boolean;
  /** Until when the offer stands. */
  readonly expires: string | null;
  /** Whether Redress can put back what was there. */
  readonly undoable: boolean;
}

/** How messages name people and times. */
export interface Manner {
  /** A person or an ARN, as mrkdwn: `<@U0123>` for somebody of the workspace, else the escaped name. */
  readonly mention: (by: string) => string;
}

/** A message: what notifications and screen readers get, and what is shown. */
export interface Message {
  readonly text: string;
  readonly blocks: readonly KnownBlock[];
}

/** Several plans in one message, each of which can be chosen. */
export interface ListFacts {
  /** What they have in common. */
  readonly about:
    | { readonly kind: 'control'; readonly control: number; readonly title: string }
    | { readonly kind: 'actor'; readonly by: string };
  /** At most MOST_TARGETS. */
  readonly items: readonly MessageFacts[];
}

/** What App Home and the slash commands show. */
export interface Overview {
  readonly writes: 'dry-run' | 'on';
  readonly stop: StopSwitch;
  /** What this person may decide, the most critical and oldest first. */
  readonly waiting: readonly FindingRecord[];
  /** What ended within the last day. */
  readonly lastDay: readonly FindingRecord[];
}

export type { KnownBlock, SlackView };
