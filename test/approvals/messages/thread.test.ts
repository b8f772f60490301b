import { describe, expect, test } from 'vitest';
import type { MessageFacts } from '../../../approvals/messages/facts.ts';
import { threadReply } from '../../../approvals/messages/thread.ts';
import { renderBlocks } from '../../../src/demo/slack/render.ts';
import type { StateName } from '../../../src/workflow/finding.ts';
import type { LifecycleEvent } from '../../../src/workflow/notifier.ts';
import { at, factsOf, manner } from './facts.ts';
import { moments } from './moments.ts';
import { brokenRules } from './slack-rules.ts';

const page = { color: false, width: 100 };

/** The event behind the latest entry of a finding's history that led to a state. */
function eventOf({ findings: [record], plan }: MessageFacts, type: StateName, index = 0): LifecycleEvent {
  const { by, because } = record.machine.context;
  const entry = record.history.findLast(({ to }) => to === type) ?? { at: at('08:40'), by, because };
  const { id, evaluation } = record;
  const { arn, account, region } = evaluation.resource;
  const own = { finding: id, control: evaluation.control, arn, account, region, plan: plan.id };
  return { id: `${id}:${index}`, type, at: entry.at, by: entry.by, because: entry.because, ...own };
}

const factsFor = (moment: string): MessageFacts => {
  const facts = moments[moment];
  if (facts === undefined) throw new Error(`There is no moment '${moment}'.`);
  return facts;
};

const replies: readonly (readonly [moment: string, type: StateName])[] = [
  ['approved', 'approved'],
  ['fixed by itself', 'approved'],
  ['fixed and verified', 'resolved'],
  ['fixed, undo refused', 'resolved'],
  ['fixed by somebody else', 'resolved'],
  ['being undone', 'rollingBack'],
  ['failed, being taken back', 'rollingBack'],
  ['undone', 'rolledBack'],
  ['failed and taken back', 'rolledBack'],
  ['needs a person, a call failed', 'needsPerson'],
  ['denied', 'denied'],
  ['snoozed', 'snoozed'],
  ['exempted', 'exempted'],
  ['expired', 'expired'],
  ['no longer current', 'superseded'],
];

test.each(replies)('%s: %s', async (moment, type) => {
  const facts = factsFor(moment);
  const reply = threadReply(eventOf(facts, type), facts, manner);
  expect(brokenRules(reply?.blocks)).toEqual([]);
  const shown = [reply?.text, '', ...renderBlocks(reply?.blocks ?? [], page), ''].join('\n');
  await expect(shown).toMatchFileSnapshot(`snapshots/thread/${type}-${moment.replace(/[^a-z]+/g, '-')}.txt`);
});

test.each(['judged', 'planned', 'proposed', 'waiting', 'applying', 'verifying', 'guided'] as const)(
  '%s: the message itself shows it',
  (type) => {
    const facts = factsOf();
    expect(threadReply(eventOf(facts, type), facts, manner)).toBeUndefined();
  },
);

describe('one plan for several findings', () => {
  const facts = factsFor('waiting, one plan for several controls');
  const [first, second] = facts.findings;
  const denial = {
    at: at('08:40'),
    event: 'deny',
    from: 'waiting',
    to: 'denied',
    by: 'sam',
    because: 'denied by sam: no',
    plan: null,
  } as const;
  const event = { ...eventOf(facts, 'denied'), at: denial.at, by: 'sam', because: denial.because };
  const other = { ...event, finding: second?.id ?? '' };

  test('what happens to all of them is told once', () => {
    const denied = {
      ...facts,
      findings: [{ ...first, history: [...first.history, denial] }, ...facts.findings.slice(1)],
    } as const;
    expect(threadReply(event, denied, manner)).toBeDefined();
    expect(threadReply(other, denied, manner)).toBeUndefined();
  });

  test('what happens to one of them is told', () => {
    expect(threadReply(other, facts, manner)?.text).toContain('Denied');
  });
});

test('a reply tells of its own moment, whatever came later', () => {
  const facts = factsFor('fixed and verified');
  const [record] = facts.findings;
  const later = { by: 'casey', at: at('09:00') };
  const { context } = record.machine;
  const machine = { ...record.machine, context: { ...context, approvals: [...context.approvals, later] } };
  const reply = threadReply(eventOf(facts, 'approved'), { ...facts, findings: [{ ...record, machine }] }, manner);
  expect(reply?.text).toContain('<@U0SAM>');
  expect(reply?.text).not.toContain('U0CASEY');
});
