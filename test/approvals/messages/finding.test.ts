import { expect, test } from 'vitest';
import { findingMessage } from '../../../approvals/messages/finding.ts';
import { limits } from '../../../approvals/messages/limits.ts';
import { renderBlocks } from '../../../src/demo/slack/render.ts';
import { stateNames } from '../../../src/workflow/finding.ts';
import { manner } from './facts.ts';
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
