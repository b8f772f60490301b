import type { ActionsBlock, InputBlock, KnownBlock, Option, SectionBlock, View } from '@slack/types';
import { INDENT, type Page, paint, wrapped } from '../../plan/render/page.ts';

/**
 * Blocks as lines for a terminal, roughly as Slack shows them. For people who
 * look at the demo and at snapshots; it knows the blocks that Redress uses.
 */
export function renderBlocks(blocks: readonly KnownBlock[], page: Page, people: People = {}): string[] {
  const inside = { ...page, width: page.width - INDENT - 2 };
  const lines = blocks.flatMap((block) => [...blockLines(block, inside).map((line) => nameAll(line, people)), '']);
  const rule = paint(page, 'dim', '│');
  return lines.slice(0, -1).map((line) => `${' '.repeat(INDENT)}${rule} ${line}`.trimEnd());
}

/** Names by Slack id: Slack shows who somebody is. */
type People = Readonly<Record<string, string>>;

const nameAll = (line: string, people: People): string =>
  line.replace(/@([UW][A-Z0-9]+)/g, (whole, id: string) => (people[id] === undefined ? whole : `@${people[id]}`));

/** A window: its title, what it shows, its buttons. */
export function renderView(view: View, page: Page): string[] {
  const blocks = view.blocks.filter(isKnown);
  if (view.type !== 'modal') return renderBlocks(blocks, page);
  const buttons = [view.close?.text, view.submit?.text].flatMap((label) => (label === undefined ? [] : `[ ${label} ]`));
  const indent = ' '.repeat(INDENT);
  return [
    `${indent}${paint(page, 'bold', view.title.text)}`,
    ...renderBlocks(blocks, page),
    `${indent}${buttons.join('  ')}`,
  ];
}

const KNOWN = ['header', 'section', 'context', 'divider', 'actions', 'input'];
const isKnown = (block: { readonly type: string }): block is KnownBlock => KNOWN.includes(block.type);

function blockLines(block: KnownBlock, page: Page): string[] {
  switch (block.type) {
    case 'header':
      return wrapped(block.text.text, page.width).map((line) => paint(page, 'bold', line));
    case 'divider':
      return [paint(page, 'dim', '─'.repeat(page.width))];
    case 'section': {
      const lines = block.text === undefined ? [] : textLines(block.text, page);
      const fields = (block.fields ?? []).flatMap((field) => textLines(field, page));
      const beside = block.accessory === undefined ? [] : elementLines(block.accessory, page);
      return [...lines, ...fields, ...beside];
    }
    case 'context':
      return block.elements
        .flatMap((one) => (one.type === 'image' ? [] : textLines(one, page)))
        .map((line) => paint(page, 'dim', line));
    case 'actions': {
      const boxes = block.elements.filter(({ type }) => type !== 'button').flatMap((one) => elementLines(one, page));
      const buttons = block.elements.filter(({ type }) => type === 'button').flatMap((one) => elementLines(one, page));
      return [...boxes, ...(buttons.length === 0 ? [] : wrapped(buttons.join('  '), page.width))];
    }
    case 'input':
      return [paint(page, 'bold', block.label.text), ...elementLines(block.element, page), ...hintLines(block, page)];
    default:
      return [`(${block.type})`];
  }
}

const hintLines = ({ hint }: { hint?: { text: string } }, page: Page): string[] =>
  hint === undefined ? [] : wrapped(hint.text, page.width).map((line) => paint(page, 'dim', line));

type Element = NonNullable<SectionBlock['accessory']> | ActionsBlock['elements'][number] | InputBlock['element'];

function elementLines(element: Element, page: Page): string[] {
  switch (element.type) {
    case 'button': {
      const asks = element.confirm === undefined ? '' : ' (asks again)';
      const label = `[ ${element.text.text}${asks} ]`;
      return [element.style === undefined ? paint(page, 'bold', label) : paint(page, ['bold', 'inverse'], label)];
    }
    case 'checkboxes':
      return element.options.flatMap((option) => optionLines('☐', option, page));
    case 'radio_buttons':
      return element.options.flatMap((option) => optionLines('○', option, page));
    case 'static_select':
      return [`[ ${element.initial_option?.text.text ?? element.placeholder?.text ?? ''} ▾ ]`];
    case 'datepicker':
      return [`[ ${element.initial_date ?? element.placeholder?.text ?? ''} ▾ ]`];
    case 'plain_text_input':
      return [`[ ${element.initial_value ?? element.placeholder?.text ?? ''} ]`];
    default:
      return [`(${element.type})`];
  }
}

const optionLines = (sign: string, { text, description }: Option, page: Page): string[] => [
  `${sign} ${text.text}`,
  ...(description === undefined ? [] : [paint(page, 'dim', `  ${description.text}`)]),
];

function textLines({ type, text }: { readonly type: string; readonly text: string }, page: Page): string[] {
  if (type === 'plain_text') return wrapped(text, page.width);
  return text.split(/```\n?/).flatMap((part, at) => {
    if (at % 2 === 1) return fenceLines(part, page);
    const shown = part.replace(/^\n|\n$/g, '');
    return shown === '' ? [] : shown.split('\n').flatMap((line) => wrapped(inline(line, page), page.width));
  });
}

const fenceLines = (text: string, page: Page): string[] =>
  text
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => {
      const color = line.startsWith('+ ') ? 'green' : line.startsWith('- ') ? 'red' : 'dim';
      return `  ${paint(page, color, entities(line))}`;
    });

/** Bold, code, mentions and times within a line. */
function inline(line: string, page: Page): string {
  return line
    .split(/(`[^`]*`)/)
    .map((part, at) => (at % 2 === 1 ? paint(page, 'cyan', entities(part.slice(1, -1))) : prose(part, page)))
    .join('');
}

const prose = (text: string, page: Page): string =>
  entities(
    text
      .replace(/<!date\^\d+\^[^|>]*\|([^>]*)>/g, (_, iso: string) => iso.replace(/^(.{10})T(.{5}).*$/, '$1 $2 UTC'))
      .replace(/<@([^>|]+)>/g, '@$1')
      .replace(/\*([^*\n]+)\*/g, (_, bold: string) => paint(page, 'bold', bold)),
  );

const entities = (text: string): string =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
