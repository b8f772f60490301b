import type { MrkdwnElement, PlainTextElement } from '@slack/types';
import { visible } from '../../src/plan/shell.ts';
import { limits } from './limits.ts';

/**
 * Text for Slack. Whatever comes from outside (names, reasons, policies) is
 * shown as it is: it can neither format, link, mention, break out of a code
 * block nor make a message longer than Slack takes.
 */

const ELLIPSIS = '…';

interface Fitted {
  readonly text: string;
  readonly whole: boolean;
}

/** Writes character by character until there is no more room: nothing is cut in the middle of an escape. */
function within(text: string, most: number, write: (character: string) => string = (one) => one): Fitted {
  let written = '';
  let untilDots = '';
  // What does not fit in any case is not looked at: texts may be megabytes long.
  for (const character of text.slice(0, most + 1)) {
    const next = write(character);
    if (written.length + next.length > most) return { text: `${untilDots}${ELLIPSIS}`, whole: false };
    written += next;
    if (written.length < most) untilDots = written;
  }
  return { text: written, whole: true };
}

/** On one line, and every character visible. */
function line(text: string, most: number): string {
  const shown = visible(
    text
      .slice(0, most * 2)
      .replace(/\s+/g, ' ')
      .trim(),
  );
  return text.length > most * 2 ? `${shown}${ELLIPSIS}` : shown;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const entity = (character: string): string => ENTITIES[character] ?? character;

/** mrkdwn has no escape for these; each is shown as the sign that looks the same. */
const ALIKE: Readonly<Record<string, string>> = { ...ENTITIES, '*': '∗', '~': '∼', '`': 'ˋ' };

/** Words that Slack would turn into something else: `_slanted_`, `:emoji:`. */
function disarmed(text: string): string {
  return text
    .replace(/(?<![\p{L}\p{N}_])_|_(?![\p{L}\p{N}_])/gu, 'ˍ')
    .replace(/:(?=[\w+'-]+:)/g, '∶')
    .replace(/^>/, '›');
}

const ARN = /(arn:aws[a-z-]*:[^\s,;()'"]*[^\s,;()'".:])/;

/** Prose from outside as mrkdwn on one line, of at most so many characters. ARNs become code. */
export function prose(text: string, most: number = limits.text): string {
  let written = '';
  for (const [at, part] of line(text, most).split(ARN).entries()) {
    if (part === '') continue;
    const room = most - written.length;
    if (room < LEAST_CODE) return room > 0 ? `${written}${ELLIPSIS}` : written;
    if (at % 2 === 1) {
      written += code(part, room);
      continue;
    }
    const fitted = within(disarmed(part), room, (one) => ALIKE[one] ?? one);
    written += fitted.text;
    if (!fitted.whole) return written;
  }
  return written;
}

/** Two backticks and something between them. */
const LEAST_CODE = 4;

/** A name from outside as inline code. */
export function code(text: string, most = 300): string {
  const inside = within(line(text, most) || '–', most - 2, (one) => (one === '`' ? 'ˋ' : entity(one)));
  return `\`${inside.text}\``;
}

/** Lines as a code block. */
export interface Fenced {
  readonly text: string;
  /** How many lines found no room, or not all of it. */
  readonly cut: number;
}

interface Room {
  readonly characters: number;
  readonly lines: number;
  /** Characters of one line. */
  readonly line: number;
}

const FENCE = '```';

/** A code block that nothing inside can end, within the room it is given. */
export function fenced(lines: readonly string[], given: Partial<Room> = {}): Fenced {
  const { characters, lines: mostLines, line: longest } = { ...WIDE, ...given };
  const shown: string[] = [];
  let room = characters - 2 * (FENCE.length + 1);
  let shortened = 0;
  for (const one of lines.slice(0, mostLines)) {
    if (room < 1) break;
    const harmless = visible(one.slice(0, characters + 1)).replaceAll(FENCE, 'ˋˋˋ');
    const { text, whole } = within(harmless, Math.min(room, longest), entity);
    if (!whole) shortened += 1;
    shown.push(text);
    room -= text.length + 1;
  }
  return { text: [FENCE, ...shown, FENCE].join('\n'), cut: lines.length - shown.length + shortened };
}

const WIDE: Room = { characters: limits.text, lines: Number.POSITIVE_INFINITY, line: Number.POSITIVE_INFINITY };

/** As mrkdwn. Addresses and channel names in it do not become links by themselves. */
export const mrkdwn = (text: string): MrkdwnElement => ({ type: 'mrkdwn', text, verbatim: true });

/** Text that Slack does not parse. It still could be told a mention, so even that is made impossible. */
export function plain(text: string, most: number): PlainTextElement {
  const shown = line(text, most).replace(/:(?=[\w+'-]+:)/g, '∶');
  return { type: 'plain_text', text: within(shown, most, (one) => QUOTES[one] ?? one).text || '–' };
}

const QUOTES: Readonly<Record<string, string>> = { '<': '‹', '>': '›' };

/** A moment in the reader's own time zone; where that is not possible, ISO 8601. */
export function moment(iso: string): string {
  const time = ISO.test(iso) ? new Date(iso).getTime() : Number.NaN;
  if (Number.isNaN(time)) return prose(iso, 40);
  return `<!date^${Math.floor(time / 1000)}^{date_short_pretty} {time}|${new Date(time).toISOString()}>`;
}

/** Other texts can be dates too, of a kind: `new Date('x 1')` is one. */
const ISO = /^(19[7-9]|2\d\d)\d-\d{2}-\d{2}T\d{2}:\d{2}/;

/** A person or an ARN that nobody in the workspace is known by. Of an ARN, the end, which says who it is. */
export function named(by: string): string {
  if (by === 'redress') return 'Redress';
  return by.startsWith('arn:') ? code(by.split(':').at(-1) ?? by, 120) : prose(by, 120);
}

/** The last part of an ARN or a name: what people call a resource. */
export const shortName = (id: string): string => (id.startsWith('arn:') ? (id.split(':').at(-1) ?? id) : id);
