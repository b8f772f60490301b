import { expect, test } from 'vitest';
import { findingsMessage, helpMessage, planMessage, statusMessage } from '../../../approvals/messages/commands.ts';
import type { Message, Overview } from '../../../approvals/messages/facts.ts';
import { homeView } from '../../../approvals/messages/home.ts';
import { renderBlocks, renderView } from '../../../src/demo/slack/render.ts';
import { at, evaluation, manner, plan, record } from './facts.ts';
import { moments } from './moments.ts';
import { brokenRules } from './slack-rules.ts';

const page = { color: false, width: 100 };
const going = { on: false, by: 'redress', at: at('08:00'), because: '' };
const stopped = { on: true, by: 'casey', at: at('08:10'), because: 'a release is under way' };

const one = (name: string) => moments[name]?.findings ?? [];
const quiet: Overview = { writes: 'on', stop: going, waiting: [], lastDay: [] };
const busy: Overview = {
  writes: 'on',
  stop: going,
  waiting: [...one('waiting'), ...one('waiting, one plan for several controls'), ...one('guided')],
  lastDay: [...one('fixed and verified'), ...one('fixed by somebody else'), ...one('denied'), ...one('undone')],
};
const full: Overview = {
  ...busy,
  waiting: Array.from({ length: 200 }, () => record()),
  lastDay: Array.from({ length: 200 }, () => one('fixed and verified')).flat(),
};

const overviews: Readonly<Record<string, Overview>> = {
  quiet,
  busy,
  full,
  stopped: { ...busy, stop: stopped },
  'dry-run': { ...quiet, writes: 'dry-run' },
};

test.each(Object.entries(overviews))('App Home: %s', async (name, overview) => {
  const view = homeView(overview, manner);
  expect(brokenRules(view)).toEqual([]);
  const shown = [...renderView(view, page), '', JSON.stringify(view, null, 1), ''].join('\n');
  await expect(shown).toMatchFileSnapshot(`snapshots/home/${name}.txt`);
});

const passing = { ...evaluation, verdict: 'pass' as const, because: '' };
const answers: Readonly<Record<string, Message>> = {
  status: statusMessage(busy, manner),
  'status when stopped': statusMessage({ ...quiet, stop: stopped }, manner),
  findings: findingsMessage(busy),
  'findings, none': findingsMessage(quiet),
  'findings, more than anybody reads': findingsMessage(full),
  plan: planMessage([plan], [evaluation, passing, { ...passing, verdict: 'unknown', because: 'AccessDenied' }]),
  'plan, nothing to do': planMessage([], [passing]),
  'plan, not known': planMessage([], []),
  'plan, a runbook': planMessage(moments.guided === undefined ? [] : [moments.guided.plan], [evaluation]),
  help: helpMessage(),
};

test.each(Object.entries(answers))('/redress %s', async (name, { text, blocks }) => {
  expect(brokenRules(blocks)).toEqual([]);
  const shown = [text, '', ...renderBlocks(blocks, page), '', JSON.stringify({ blocks }, null, 1), ''].join('\n');
  await expect(shown).toMatchFileSnapshot(`snapshots/commands/${name.replace(/[^a-z]+/g, '-')}.txt`);
});
