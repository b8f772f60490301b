import type {
  ActionsBlock,
  Button,
  ConfirmationDialog,
  ContextBlock,
  DividerBlock,
  HeaderBlock,
  KnownBlock,
  SectionBlock,
} from '@slack/types';
import { limits } from './limits.ts';
import { mrkdwn, plain } from './text.ts';

/** What the messages are built of. Text that is handed over as mrkdwn is escaped already. */

export const header = (text: string): HeaderBlock => ({ type: 'header', text: plain(text, limits.header) });

/** Lines of mrkdwn. Slack folds long ones unless it is told not to. */
export const section = (lines: readonly string[]): SectionBlock => ({
  type: 'section',
  text: mrkdwn(lines.join('\n')),
  expand: true,
});

/** Small print. */
export const context = (texts: readonly string[]): ContextBlock => ({
  type: 'context',
  elements: texts.slice(0, limits.contextElements).map(mrkdwn),
});

export const divider: DividerBlock = { type: 'divider' };

export const actions = (elements: ActionsBlock['elements']): ActionsBlock => ({ type: 'actions', elements });

interface ButtonOptions {
  readonly value?: string;
  readonly style?: Button['style'];
  readonly confirm?: ConfirmationDialog;
}

export const button = (label: string, action_id: string, options: ButtonOptions = {}): Button => ({
  type: 'button',
  text: plain(label, limits.button.text),
  action_id,
  ...options,
});

/** A question that Slack asks before a click counts. */
export function confirmation(
  title: string,
  text: string,
  confirm: string,
  style: 'primary' | 'danger' = 'primary',
): ConfirmationDialog {
  return {
    title: plain(title, limits.confirm.title),
    text: plain(text, limits.confirm.text),
    confirm: plain(confirm, limits.confirm.button),
    deny: plain('Back', limits.confirm.button),
    style,
  };
}

/** Lines as sections, as many as are needed; each line is at most as long as a section may be. */
export function sections(lines: readonly string[]): SectionBlock[] {
  const groups: string[][] = [];
  let room = 0;
  for (const line of lines) {
    const last = groups.at(-1);
    if (last === undefined || room < line.length + 1) {
      groups.push([line]);
      room = limits.text - line.length;
    } else {
      last.push(line);
      room -= line.length + 1;
    }
  }
  return groups.map(section);
}

/** How much of a message's room blocks take. */
export const sizeOf = (blocks: readonly KnownBlock[]): number => JSON.stringify(blocks).length;

/** The first that Slack takes as a message; the last one is sure to be short enough. */
export function firstThatFits(candidates: readonly (() => readonly KnownBlock[])[]): readonly KnownBlock[] {
  let blocks: readonly KnownBlock[] = [];
  for (const make of candidates) {
    blocks = make();
    if (blocks.length <= limits.message.blocks && sizeOf(blocks) <= limits.message.total) break;
  }
  return blocks;
}
