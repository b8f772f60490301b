import type { KnownBlock } from '@slack/types';
import { describe, expect, test } from 'vitest';
import { actionIds, readTarget } from '../../../approvals/ids.ts';
import { MOST_TARGETS } from '../../../approvals/interaction.ts';
import type { ListFacts, MessageFacts } from '../../../approvals/messages/facts.ts';
import { listMessage } from '../../../approvals/messages/list.ts';
import { renderBlocks } from '../../../src/demo/slack/render.ts';
import type { Plan } from '../../../src/plan/plan.ts';
import type { StateName } from '../../../src/workflow/finding.ts';
import { factsOf, manner, plan } from './facts.ts';
import { brokenRules } from './slack-rules.ts';

const page = { color: false, width: 100 };
const about: ListFacts['about'] = { kind: 'control', control: 48, title: 'Bucket keeps every version of its objects' };

const hash = (index: number): string => index.toString(16).padStart(64, '0');

/** One bucket among many. */
function item(index: number, state: StateName = 'waiting', change: Partial<Plan> = {}): MessageFacts {
  const finding = `f-${hash(index).slice(-12)}`;
  return factsOf({
    state,
    plan: {
      ...plan,
      id: `p-${hash(index).slice(-12)}`,
      digest: `sha256:${hash(index)}`,
      resource: { ...plan.resource, id: `acme-logs-${index}` },
      impact: 'storage grows; a bucket can never return to unversioned',
      before: { status: 'Suspended' },
      after: { status: 'Enabled' },
      ...change,
    },
    evaluation: { control: 48, finding, because: 'versioning is Suspended', title: about.kind },
    context: state === 'resolved' ? { fixedByUs: true } : {},
    undoable: state === 'resolved',
  });
}

const many = (count: number): MessageFacts[] => Array.from({ length: count }, (_, index) => item(index));

const lists: Readonly<Record<string, ListFacts>> = {
  'four of one control': { about, items: many(4) },
  'some are decided': {
    about,
    items: [
      item(0, 'resolved'),
      item(1),
      item(2, 'denied'),
      { ...item(3), current: false },
      item(4, 'applying'),
      item(5),
    ],
  },
  'nothing waits': { about, items: [item(0, 'resolved'), item(1, 'denied')] },
  'of one actor, one cannot be undone': {
    about: { kind: 'actor', by: 'arn:aws:sts::123456789012:assumed-role/deploy/build-982' },
    items: [item(0), item(1, 'waiting', { undo: { class: 'none', steps: [] }, impact: 'clients on HTTP are refused' })],
  },
  'as many as there may be': { about, items: many(MOST_TARGETS) },
};

test.each(Object.entries(lists))('%s', async (name, list) => {
  const { text, blocks } = listMessage(list, manner);
  expect(brokenRules(blocks)).toEqual([]);
  const shown = [text, '', ...renderBlocks(blocks, page), '', JSON.stringify({ blocks }, null, 1), ''].join('\n');
  await expect(shown).toMatchFileSnapshot(`snapshots/list/${name.replace(/[^a-z]+/g, '-')}.txt`);
});

/** What the boxes of a message stand for. */
const offered = (blocks: readonly KnownBlock[]): string[] =>
  blocks.flatMap((block) =>
    block.type !== 'actions'
      ? []
      : block.elements.flatMap((one) =>
          one.type === 'checkboxes' ? one.options.flatMap(({ value }) => readTarget(value)?.finding ?? []) : [],
        ),
  );

describe('the boxes', () => {
  test.each([1, 10, 11, MOST_TARGETS])('%i findings: each has its box', (count) => {
    const items = many(count);
    expect(offered(listMessage({ about, items }, manner).blocks)).toEqual(items.map(({ findings: [{ id }] }) => id));
  });

  test('what is decided or has moved on has none', () => {
    const items = [item(0, 'denied'), item(1), { ...item(2), current: false }];
    expect(offered(listMessage({ about, items }, manner).blocks)).toEqual([item(1).findings[0].id]);
  });

  test('nobody is asked twice before a choice that can be undone', () => {
    const [undoable, forever] = [
      { about, items: many(3) },
      { about, items: [item(0, 'waiting', { undo: { class: 'none', steps: [] } })] },
    ];
    const asks = (list: ListFacts) =>
      listMessage(list, manner).blocks.some(
        (block) =>
          block.type === 'actions' &&
          block.elements.some(
            (one) => one.type === 'button' && one.action_id === actionIds.approveChosen && one.confirm,
          ),
      );
    expect([asks(undoable), asks(forever)]).toEqual([false, true]);
  });
});
