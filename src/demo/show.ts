import { documentDiff } from '../plan/diff.ts';
import type { Evaluation, Plan } from '../plan/plan.ts';
import { INDENT, LABEL_WIDTH, labelled, type Page, paint, wrapped } from '../plan/render/page.ts';
import { diffText, section } from '../plan/render/text.ts';
import { MODE_WORDS, UNDO_WORDS } from '../plan/words.ts';
import type { CallRecord, FindingRecord } from '../store/records.ts';
import type { Decided } from '../workflow/decide.ts';
import type { Caught } from './scene.ts';

/** The demo's short forms of what the renderers show at length. Every function gives lines. */

/** Who did it: from the record, as the store keeps it. */
export function causeLines(page: Page, { cause }: FindingRecord): string[] {
  if (cause === null) return [];
  const through = cause.tool === null ? '' : ` through ${cause.tool}`;
  return labelled(page, 'event', `${cause.event} by ${nameIn(cause.by)}${through}, ${cause.at}`);
}

/** The end of an ARN, which says who it is. */
const nameIn = (arn: string): string => arn.split(':').at(-1) ?? arn;

const COLORS = { HIGH: 'red', MEDIUM: 'yellow', LOW: 'cyan' } as const;

/** The findings that a plan closes, and what else the event has led to. */
export function findingLines(page: Page, { evaluations, others }: Caught): string[] {
  const isShort = evaluations.length > 2;
  return [
    ...evaluations.flatMap(({ criticality, control, title, because }) => {
      const head = `  ${paint(page, [COLORS[criticality], 'bold'], criticality.padEnd(LABEL_WIDTH))}`;
      if (!isShort) return [`${head}${paint(page, 'bold', `${control}  ${title}`)}`, ...labelled(page, '', because)];
      const [line = '', ...more] = wrapped(`${control}  ${title}: ${because}`, page.width - INDENT - LABEL_WIDTH);
      return [`${head}${line}`, ...more.flatMap((text) => labelled(page, '', text))];
    }),
    ...(others.length === 0 ? [] : labelled(page, '', `and ${alsoFound(others)}`, 'dim')),
  ];
}

const MOST_OTHERS = 3;

function alsoFound(others: readonly Evaluation[]): string {
  const named = others.slice(0, MOST_OTHERS).map(({ control, resource }) => `${control} on ${resource.id}`);
  const more = others.length - named.length;
  return [...named, ...(more > 0 ? [`${more} more`] : [])].join(', ');
}

/** The comparison of two documents, in colour. */
export function changeLines(page: Page, before: unknown, after: unknown): string[] {
  const diff = documentDiff(before, after).map((line) => diffText(line, page));
  return section(page, 'change', diff).slice(1);
}

/** Only the lines in which two documents differ. */
export function differenceLines(page: Page, before: unknown, after: unknown): string[] {
  const diff = documentDiff(before, after).filter(({ sign }) => sign !== ' ');
  const lines = diff.map((line) => diffText(line, page));
  return section(page, 'change', lines).slice(1);
}

/** What a document says afterwards that it did not say before, in a few words. */
export function additionLines(page: Page, before: unknown, after: unknown): string[] {
  const added = documentDiff(before, after).filter(({ sign }) => sign === '+');
  return labelled(page, 'change', added.map(({ text }) => text.trim()).join(', '), 'green');
}

/** The commands of a plan, each over as many lines as it needs: pasted, they are the same commands. */
export function commandLines(page: Page, { cli }: Plan): string[] {
  const lines = cli.flatMap((command) => folded(command, page.width - INDENT - LABEL_WIDTH));
  return section(page, 'calls', lines).slice(1);
}

/**
 * A command on several lines, for people to read. It breaks before options,
 * where a backslash joins the lines again, and inside quoted JSON after a
 * comma between values, where a line break means nothing.
 */
export function folded(command: string, width: number): string[] {
  const room = width - ' \\'.length;
  const [first = '', ...options] = optionsOf(command);
  const lines = [first];
  for (const option of options) {
    const last = lines.at(-1) ?? '';
    if (last.length + 1 + option.length <= room) {
      lines[lines.length - 1] = `${last} ${option}`;
      continue;
    }
    lines[lines.length - 1] = `${last} \\`;
    for (const [at, piece] of piecesOf(option).entries()) {
      const line = lines.at(-1) ?? '';
      if (at > 0 && line.length + piece.length <= room) lines[lines.length - 1] = line + piece;
      else lines.push(`  ${piece}`);
    }
  }
  return lines;
}

/** Words of a shell: what stands in quotes belongs together. */
const WORD = /(?:\\.|'[^']*'|[^\s'\\])+/g;
/** JSON up to a comma between values: one inside a string is part of the string. */
const VALUE = /(?:"(?:[^"\\]|\\.)*"|[^",])+,?/g;

/** A command before its first option, and each option with its values. */
function optionsOf(command: string): string[] {
  const options: string[] = [];
  for (const word of command.match(WORD) ?? []) {
    const last = options.at(-1);
    if (last === undefined || word.startsWith('--')) options.push(word);
    else options[options.length - 1] = `${last} ${word}`;
  }
  return options;
}

/** Where an option may break: in its JSON, if it has any. */
function piecesOf(option: string): string[] {
  const pieces = / '[{[]/.test(option) ? (option.match(VALUE) ?? []) : [];
  return pieces.join('') === option ? pieces : [option];
}

/** What may break, and how it is taken back. */
export function impactLines(page: Page, { impact, undo }: Plan): string[] {
  return [...labelled(page, 'impact', impact), ...labelled(page, 'undo', UNDO_WORDS[undo.class])];
}

/** What happens to a plan by its mode. */
export const modeLines = (page: Page, { mode }: Plan): string[] => labelled(page, 'mode', MODE_WORDS[mode]);

/** Entries of a history that a person has made. */
const BY_PERSONS = ['approve', 'deny', 'undo', 'exempt'];

/** The life of a finding after a number of entries, and how it ended. */
export function pathLines(page: Page, { history, evaluation }: FindingRecord, after = 0): string[] {
  const entries = history.slice(after);
  const last = entries.at(-1);
  if (last === undefined) return [];
  const steps = entries.map(({ to, by, event }) => (BY_PERSONS.includes(event) ? `${to} by ${by}` : to));
  const color = last.to === 'resolved' ? 'green' : 'yellow';
  return [
    ...labelled(page, 'finding', steps.join(' → '), color),
    // Why it fails has been said with the finding.
    ...(last.because === evaluation.because ? [] : labelled(page, '', last.because, color)),
  ];
}

/** Whose decision a finding stands by. */
export function deciderOf({ history, state }: FindingRecord): string {
  const last = history.findLast(({ event }) => BY_PERSONS.includes(event));
  if (last !== undefined) return last.by;
  return state === 'resolved' ? 'itself' : 'nobody yet';
}

/** How a decision was answered that must not be taken. */
export function refusalLines(page: Page, label: string, what: string, decided: Decided): string[] {
  return [
    ...labelled(page, label, `${what}: ${decided.outcome}`),
    ...labelled(page, '', decided.because, decided.outcome === 'refused' ? 'yellow' : 'red'),
  ];
}

export function madeLines(page: Page, calls: readonly CallRecord[]): string[] {
  return calls.flatMap(({ service, operation, outcome }) => {
    if (outcome.status !== 'done') return [];
    return labelled(page, 'made', `${service} ${operation}, request ${outcome.requestId ?? 'unknown'}`);
  });
}

/** A table in plain text: columns as wide as their contents. Texts that are too long for the page are cut. */
export function tableLines(page: Page, head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cut(`  ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(), page.width);
  return [paint(page, 'bold', line(head)), ...rows.map(line)];
}

const cut = (text: string, width: number): string => (text.length <= width ? text : `${text.slice(0, width - 1)}…`);
