import type { FindingContext, FindingEvent, Recurrence } from './finding.ts';

/** An automatic fix that is outdated this often in one round is not tried again without a person's yes. */
const mostReplans = 5;

type Memory = Partial<FindingContext>;

/** What is remembered of an event, in whatever state it arrives. */
export function remember(context: FindingContext, event: FindingEvent): Memory {
  switch (event.type) {
    case 'failing':
      return { plan: null, approvals: [], because: event.because, by: event.cause?.by ?? 'redress', ...cleared };
    case 'plan':
      return {
        plan: event.plan,
        policy: event.policy,
        approvals: event.plan.digest === context.plan?.digest ? context.approvals : [],
        recurrences: event.reopen ? [] : context.recurrences,
        because: event.because,
        by: event.cause?.by ?? 'redress',
        ...cleared,
      };
    case 'passed':
      return { because: event.because, by: event.by, fixedByUs: false, handsOff: null, ...cleared };
    case 'approve':
      return {
        approvals: [...context.approvals, { by: event.by, at: event.at }],
        because: `approved by ${event.by}`,
        by: event.by,
      };
    case 'deny':
      return { because: `denied by ${event.by}: ${event.because}`, by: event.by };
    case 'snooze':
      return { approvals: [], because: `snoozed by ${event.by}: ${event.because}`, by: event.by, until: event.until };
    // A yes was for now. What is put off, marked done or went wrong is asked about again.
    case 'exempt':
      return {
        approvals: [],
        because: event.because,
        by: event.by,
        until: event.until,
        stuck: null,
        markedDone: false,
      };
    case 'exemptionEnded':
      return { because: event.because, by: 'redress', until: null };
    case 'undo':
      return { because: `${event.by} asked to take the fix back`, by: event.by, takingBack: 'undo' };
    case 'done':
      return {
        approvals: [],
        because: `${event.by} says that it is done; judging again`,
        by: event.by,
        markedDone: true,
        recurrences: [],
      };
    case 'held':
      return { because: event.because };
    case 'started':
      return { because: 'being applied', application: event.application, fixedByUs: false };
    case 'outdated':
      return {
        plan: null,
        approvals: [],
        because: event.because,
        by: 'redress',
        replans: context.replans + 1,
        handsOff:
          context.replans + 1 < mostReplans
            ? context.handsOff
            : 'the resource kept changing between the planning of a fix and its start',
        ...cleared,
      };
    case 'nothingToDo':
      return { because: event.because, by: event.by, fixedByUs: false, handsOff: null, ...cleared };
    case 'applied':
      return { because: 'every call was made; reading again until the control passes' };
    case 'failed':
    case 'unverified':
      return {
        approvals: [],
        because: event.because,
        by: 'redress',
        handsOff: event.because,
        stuck: 'failed',
        takingBack: 'unverified',
      };
    case 'unclear':
      return { approvals: [], because: event.because, by: 'redress', handsOff: event.because, stuck: 'failed' };
    case 'verified':
      return { because: event.because, by: 'redress', fixedByUs: true, handsOff: null, ...cleared };
    case 'undone':
      return {
        because: event.because,
        handsOff: context.takingBack === 'undo' ? `${context.by} took the last fix back` : context.handsOff,
        ...cleared,
        fixedByUs: false,
      };
    case 'undoRefused':
      return { because: event.because };
    case 'timeout':
      return timedOut(context, event);
  }
}

const cleared = { until: null, stuck: null, takingBack: null, markedDone: false } as const;

function timedOut(context: FindingContext, event: Extract<FindingEvent, { type: 'timeout' }>): Memory {
  switch (event.of) {
    case 'waiting':
      return { because: 'nobody decided in time', by: 'redress' };
    case 'approved':
      return { because: `the approval lapsed before the fix could start (${context.because})`, by: 'redress' };
    case 'guided':
      return { because: 'the runbook was not marked done in time', by: 'redress' };
    case 'snoozed':
      return { because: 'the snooze is over', by: 'redress', until: null };
    case 'exempted':
      return { because: 'the exemption is over', by: 'redress', until: null };
    case 'needsPerson':
      return { because: `no person took care of it in time (${context.because})`, by: 'redress' };
    case 'judged':
    case 'superseded':
      return { because: 'no plan could be made in time', by: 'redress' };
    default: {
      const because = `${event.of} did not come to an end in time; look at the resource and at the calls made so far`;
      return { approvals: [], because, by: 'redress', handsOff: because, stuck: 'failed' };
    }
  }
}

/** A finding that was closed fails again: approvals of the past count no more. */
export function newRound(context: FindingContext): Memory {
  return { round: context.round + 1, approvals: [], fixedByUs: false, replans: 0 };
}

/** It had been right and broke again: kept, to notice a fight. Older than the window is forgotten. */
export function recur(context: FindingContext, event: FindingEvent): Memory {
  if (event.type !== 'plan' && event.type !== 'failing') return {};
  const now: Recurrence = { at: event.at, by: event.cause?.by ?? null, tool: event.cause?.tool ?? null };
  const recent = context.recurrences.filter(({ at }) => at >= event.windowStart);
  return { recurrences: [...recent, now] };
}

/** Names who keeps changing the resource. */
export function describeFight({ recurrences }: FindingContext): string {
  const who = new Set(
    recurrences.map(({ by, tool }) => (by === null ? 'somebody unknown' : tool ? `${by} through ${tool}` : by)),
  );
  return (
    `it came back ${recurrences.length} times: ${[...who].join(', ')} keeps changing it. ` +
    'Mend it at the source, then mark this finding done'
  );
}
