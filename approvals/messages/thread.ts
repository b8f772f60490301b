import type { LifecycleEvent } from '../../src/workflow/notifier.ts';
import { firstThatFits, sections } from './blocks.ts';
import type { Manner, Message, MessageFacts } from './facts.ts';
import { reasonIn } from './finding.ts';
import { AT_LENGTH, because, callLines, IN_SHORT, type Length, latestCalls, mention, nameOf } from './parts.ts';
import { code, moment, prose } from './text.ts';

/**
 * What the thread says of one step in the life of a finding; nothing for steps
 * that the message itself shows. It says what happened, not what is now: later
 * steps come with replies of their own.
 */
export function threadReply(event: LifecycleEvent, facts: MessageFacts, manner: Manner): Message | undefined {
  if (isToldByAnother(event, facts)) return undefined;
  const lines = linesFor(event, facts, manner, AT_LENGTH);
  if (lines === undefined) return undefined;
  // The thread of a list tells of several resources.
  const name = code(nameOf(facts.plan.resource), 200);
  const said = ([first = '', ...more]: readonly string[]): string[] => [`${name}  ${first}`, ...more];
  const [text = ''] = said(lines);
  const short = () => sections(said(linesFor(event, facts, manner, IN_SHORT) ?? []));
  return { text, blocks: firstThatFits([() => sections(said(lines)), short]) };
}

/** The findings of one plan go the same way together: that is told once. */
function isToldByAnother({ finding, type, at }: LifecycleEvent, { findings: [first] }: MessageFacts): boolean {
  return finding !== first.id && first.history.some((entry) => entry.to === type && entry.at === at);
}

function linesFor(event: LifecycleEvent, facts: MessageFacts, manner: Manner, how: Length): string[] | undefined {
  const who = mention(event.by, manner);
  const why = because(event.because, event.by, manner, 1500);
  const reason = prose(reasonIn(event), 1500) || 'no reason given';
  const until = untilOf(event, facts);
  switch (event.type) {
    case 'approved':
      return approvedLines(event, facts, manner);
    case 'resolved':
      return resolvedLines(event, facts, why, how);
    case 'rollingBack':
      return eventBehind(event, facts) === 'undo'
        ? [`*Undo asked for* by ${who}.`]
        : [`*It did not work*, and is being taken back: ${why}`];
    case 'rolledBack':
      return [`*Taken back:* ${why}`, ...callLines(latestCalls(facts, 'undo'), how)];
    case 'needsPerson': {
      const calls = [...latestCalls(facts, 'apply'), ...latestCalls(facts, 'undo')];
      return [`*A person is needed:* ${why}`, ...callLines(calls, how)];
    }
    case 'denied':
      return [`*Denied* by ${who}: ${reason}`];
    case 'snoozed':
      return [`*Snoozed* by ${who}${until}: ${reason}`];
    case 'exempted':
      return [`*Accepted for a time* by ${who}${until}: ${why}`];
    case 'expired':
      return [`*Expired:* ${why}`];
    case 'superseded':
      return [`*Superseded:* ${why}`];
    case 'judged':
    case 'planned':
    case 'proposed':
    case 'waiting':
    case 'applying':
    case 'verifying':
    case 'guided':
      return undefined;
  }
}

/** The end of a snooze or an exemption, if it still is the one that the event is about. */
function untilOf(event: LifecycleEvent, { findings }: MessageFacts): string {
  const until = findings.find(({ id, state }) => id === event.finding && state === event.type)?.machine.context.until;
  return until == null ? '' : ` until ${moment(until)}`;
}

/** What happened to the finding, by its machine's name for it. */
function eventBehind({ finding, type, at }: LifecycleEvent, { findings }: MessageFacts): string | undefined {
  const record = findings.find(({ id }) => id === finding) ?? findings[0];
  return record.history.findLast((entry) => entry.to === type && entry.at === at)?.event;
}

/** Only those that had approved when this happened. Whoever led to the finding is none of them. */
function approvedLines(event: LifecycleEvent, facts: MessageFacts, manner: Manner): string[] {
  const given = facts.findings[0].machine.context.approvals.filter(({ at }) => at <= event.at).map(({ by }) => by);
  const last = eventBehind(event, facts) === 'approve' ? [event.by] : [];
  const names = [...new Set([...given, ...last])].slice(0, 10).map((by) => mention(by, manner));
  return names.length === 0 ? ['*Applies itself:* nobody has to be asked.'] : [`*Approved* by ${names.join(', ')}.`];
}

function resolvedLines(event: LifecycleEvent, facts: MessageFacts, why: string, how: Length): string[] {
  switch (eventBehind(event, facts)) {
    case 'verified':
      return [
        '*Fixed and verified:* read again after the last call, it passes.',
        ...callLines(latestCalls(facts, 'apply'), how),
      ];
    case 'undoRefused':
      return [`*Not undone:* ${why}`];
    default:
      return [`*Nothing to do any more:* ${why}`];
  }
}
