import { structuredPatch } from 'diff';
import { stringify } from 'yaml';
import { visible } from './shell.ts';

/** One line of a comparison: taken away, added, or there before and after. */
export interface DiffLine {
  readonly sign: '+' | '-' | ' ';
  readonly text: string;
}

const CONTEXT = 3;

/**
 * Compares two plain JSON documents for a person to read. Both are written as
 * YAML with sorted keys, policies inside strings opened up; long stretches
 * without a change are folded. A document that is not there reads "(none)".
 *
 * @returns the lines, or none when there is nothing to tell
 */
export function documentDiff(before: unknown, after: unknown): DiffLine[] {
  const opened = compare(written(before, openPolicy), written(after, openPolicy));
  // Policies may differ in nothing but spaces: then show the strings themselves.
  return opened.length > 0 ? opened : compare(written(before, asIs), written(after, asIs));
}

function compare(before: string, after: string): DiffLine[] {
  const { hunks } = structuredPatch('', '', before, after, '', '', { context: CONTEXT });
  const total = before.split('\n').length - 1;
  let seen = 0;
  const lines: DiffLine[] = [];
  for (const { oldStart, oldLines, lines: hunk } of hunks) {
    // A hunk that only adds starts, by convention, at the line before it.
    const start = oldLines === 0 ? oldStart : oldStart - 1;
    lines.push(...folded(start - seen), ...hunk.flatMap(diffLine));
    seen = start + oldLines;
  }
  return hunks.length === 0 ? [] : [...lines, ...folded(total - seen)];
}

function folded(count: number): DiffLine[] {
  return count > 0 ? [{ sign: ' ', text: `… ${count} ${count === 1 ? 'line' : 'lines'} unchanged` }] : [];
}

function diffLine(line: string): DiffLine[] {
  const sign = line[0];
  if (sign !== '+' && sign !== '-' && sign !== ' ') return [];
  return [{ sign, text: visible(line.slice(1)) }];
}

function written(document: unknown, string: (text: string) => unknown): string {
  if (document === undefined || document === null) return '(none)\n';
  return stringify(mapStrings(document, string), { sortMapEntries: true, lineWidth: 0, aliasDuplicateObjects: false });
}

const asIs = (text: string): string => text;

/** A string that holds a JSON document, as policies do, is shown as that document. */
function openPolicy(text: string): unknown {
  if (!/^\s*[{[]/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function mapStrings(value: unknown, change: (text: string) => unknown): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((one) => mapStrings(one, change));
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, mapStrings(one, change)]));
}
