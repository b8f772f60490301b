import { describe, expect, test } from 'vitest';
import { brokenRules } from './slack-rules.ts';

const plain = (length: number) => ({ type: 'plain_text', text: 'x'.repeat(length) });
const section = (length = 1) => ({ type: 'section', text: { type: 'mrkdwn', text: 'x'.repeat(length) } });
const button = (change: object = {}) => ({ type: 'button', text: plain(1), action_id: 'a', ...change });
const actions = (...elements: object[]) => ({ type: 'actions', elements });
const option = (value: string) => ({ text: plain(1), value });
const options = (count: number) => Array.from({ length: count }, (_, index) => option(String(index)));
const boxes = (change: object) => actions({ type: 'checkboxes', action_id: 'a', options: options(1), ...change });
const input = { type: 'input', label: plain(1), element: { type: 'plain_text_input', action_id: 'a' } };
const modal = (change: object) => ({ type: 'modal', title: plain(24), blocks: [section()], ...change });

describe('what Slack takes', () => {
  test.each([
    ['a section', [section(3000)]],
    ['fifty blocks', Array.from({ length: 50 }, () => ({ type: 'divider' }))],
    ['a button', [actions(button({ value: 'x'.repeat(2000), style: 'primary' }))]],
    ['ten boxes', [boxes({ options: options(10) })]],
    ['the same action in two blocks', [actions(button()), actions(button())]],
    ['a modal', modal({ blocks: [input], submit: plain(24), private_metadata: 'x'.repeat(3000) })],
    ['App Home', { type: 'home', blocks: Array.from({ length: 100 }, () => section()) }],
  ])('%s', (_, shown) => {
    expect(brokenRules(shown)).toEqual([]);
  });
});

describe('what Slack refuses', () => {
  test.each([
    ['no blocks', []],
    ['a block that is none', [{ type: 'banner' }]],
    ['a field that is none', [{ ...section(), colour: 'red' }]],
    ['an empty text', [section(0)]],
    ['a section that is too long', [section(3001)]],
    ['a section without anything', [{ type: 'section' }]],
    ['a header that is too long', [{ type: 'header', text: plain(151) }]],
    ['a header in mrkdwn', [{ type: 'header', text: { type: 'mrkdwn', text: 'x' } }]],
    ['eleven pieces of small print', [{ type: 'context', elements: Array.from({ length: 11 }, () => plain(1)) }]],
    ['no elements', [actions()]],
    ['twenty-six elements', [actions(...Array.from({ length: 26 }, (_, at) => button({ action_id: `a${at}` })))]],
    ['the same action twice in a block', [actions(button(), button())]],
    [
      'the same block id twice',
      [
        { ...section(), block_id: 'b' },
        { ...section(), block_id: 'b' },
      ],
    ],
    ['a button with much to say', [actions(button({ text: plain(76) }))]],
    ['a button with too long a value', [actions(button({ value: 'x'.repeat(2001) }))]],
    ['a button with an empty value', [actions(button({ value: '' }))]],
    ['eleven boxes', [boxes({ options: options(11) })]],
    ['two boxes of one value', [boxes({ options: [option('1'), option('1')] })]],
    ['a box with too long a value', [boxes({ options: [option('x'.repeat(151))] })]],
    ['a box that is ticked and not there', [boxes({ initial_options: [option('9')] })]],
    ['fifty-one blocks', Array.from({ length: 51 }, () => ({ type: 'divider' }))],
    ['too much in all', Array.from({ length: 5 }, () => section(2900))],
    ['a modal with a long title', modal({ title: plain(25) })],
    ['a modal with an input and no way to submit', modal({ blocks: [input] })],
    ['a modal with much metadata', modal({ private_metadata: 'x'.repeat(3001) })],
    ['App Home with much in it', { type: 'home', blocks: Array.from({ length: 101 }, () => section()) }],
    ['App Home with a title', { type: 'home', title: plain(1), blocks: [section()] }],
    ['a view of more than 250 kB', { type: 'home', blocks: Array.from({ length: 90 }, () => section(2999)) }],
    ['nothing', undefined],
  ])('%s', (_, shown) => {
    expect(brokenRules(shown)).not.toEqual([]);
  });
});
