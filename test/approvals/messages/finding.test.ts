import type { Button } from '@slack/types';
import { describe, expect, test } from 'vitest';
import { readTarget } from '../../../approvals/ids.ts';
import type { MessageFacts } from '../../../approvals/messages/facts.ts';
import { findingMessage } from '../../../approvals/messages/finding.ts';
import { limits } from '../../../approvals/messages/limits.ts';
import type { UndoClass } from '../../../src/control/remediation.ts';
import { renderBlocks } from '../../../src/demo/slack/render.ts';
import { stateNames } from '../../../src/workflow/finding.ts';
import { evaluation, factsOf, manner, plan } from './facts.ts';
import { moments } from './moments.ts';
import { brokenRules } from './slack-rules.ts';

const page = { color: false, width: 100 };

test.each(Object.entries(moments))('%s', async (name, facts) => {
  const { text, blocks } = findingMessage(facts, manner);
  expect(brokenRules(blocks)).toEqual([]);
  expect(text.length).toBeLessThanOrEqual(limits.message.text);
  const shown = [text, '', ...renderBlocks(blocks, page), '', JSON.stringify({ blocks }, null, 1), ''].join('\n');
  await expect(shown).toMatchFileSnapshot(`snapshots/finding/${name.replace(/[^a-z]+/g, '-')}.txt`);
});

test('every state has its moment', () => {
  const shown = new Set(Object.values(moments).map(({ findings: [{ state }] }) => state));
  // Passed through at once, never stored.
  expect([...shown, 'planned'].sort()).toEqual([...stateNames].sort());
});

test('a name is mentioned where it stands by itself', () => {
  const facts = factsOf({ state: 'expired', context: { because: 'the same thing again, says sam', by: 'sam' } });
  expect(JSON.stringify(findingMessage(facts, manner))).toContain('the same thing again, says <@U0SAM>');
});

describe('buttons', () => {
  const actionsIn = (facts: MessageFacts): Button[] =>
    findingMessage(facts, manner).blocks.flatMap((block) =>
      block.type === 'actions' ? block.elements.filter((one) => one.type === 'button') : [],
    );
  const labels = (facts: MessageFacts): string[] => actionsIn(facts).map(({ text }) => text.text);

  test('each carries the finding and the digest of the plan that is shown', () => {
    for (const { value } of actionsIn(factsOf())) {
      expect(readTarget(value)).toEqual({ finding: evaluation.finding, digest: plan.digest });
    }
  });

  test.each([
    ['waiting', ['Approve', 'Deny', 'Snooze', 'Exempt', 'Details']],
    ['approved', ['Deny', 'Details']],
    ['guided', ['Done', 'Snooze', 'Exempt', 'Details']],
    ['needsPerson', ['Done', 'Snooze', 'Exempt', 'Details']],
    ['denied', ['Exempt', 'Details']],
    ['applying', []],
    ['verifying', []],
    ['rollingBack', []],
    ['resolved', ['Details']],
  ] as const)('%s: %o', (state, expected) => {
    expect(labels(factsOf({ state }))).toEqual(expected);
    expect(labels(factsOf({ state, current: false }))).toEqual([]);
  });

  test('Undo as long as it is possible', () => {
    expect(labels(factsOf({ state: 'resolved', undoable: true }))).toEqual(['Undo', 'Details']);
  });

  test('Slack asks again only before what nobody can take back', () => {
    const asks = (undo: UndoClass) =>
      actionsIn(factsOf({ plan: { ...plan, undo: { class: undo, steps: [] } } })).some(({ confirm }) => confirm);
    expect([asks('exact'), asks('best-effort'), asks('none')]).toEqual([false, false, true]);
  });
});
