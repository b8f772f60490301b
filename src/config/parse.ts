import { type Document, isMap, isPair, isScalar, isSeq, LineCounter, type ParsedNode, parseDocument } from 'yaml';
import { z } from 'zod';
import type { Catalogue } from '../catalogue.ts';
import { messageOf, oneLine } from '../one-line.ts';
import { checkAgainst, findSecrets, unknownKey } from './check.ts';
import { ConfigError, type Problem } from './error.ts';
import { type Config, configSchema, shown } from './schema.ts';

/**
 * Reads the text of a configuration file (YAML, and so JSON too).
 *
 * @param file its name, for messages
 * @throws ConfigError with every mistake in it, in the order of the lines
 */
export function parseConfig(text: string, file: string, catalogue: Catalogue): Config {
  const lines = new LineCounter();
  const doc = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (doc.errors.length > 0) {
    const broken = doc.errors.map(({ pos, message }) => ({ line: lines.linePos(pos[0]).line, message }));
    throw new ConfigError(spell(file, broken));
  }
  const data = toData(doc, file);
  const parsed = configSchema.safeParse(data, { error: inOurWords });
  const secrets = findSecrets(data);
  const isSecret = (path: Problem['path']): boolean => secrets.some((secret) => samePath(secret.path, path));
  const shape = parsed.success ? [] : parsed.error.issues.flatMap(toProblems);
  const problems = [...secrets, ...[...shape, ...checkAgainst(catalogue, data)].filter(({ path }) => !isSecret(path))];
  if (parsed.success && problems.length === 0) return parsed.data;
  const mistakes = problems.map(({ path, message }) => ({
    line: lines.linePos(offsetOf(doc, path)).line,
    message: path.length === 0 ? message : `${spellPath(path)}: ${message}`,
  }));
  throw new ConfigError(spell(file, mistakes));
}

interface Mistake {
  readonly line: number;
  readonly message: string;
}

function spell(file: string, mistakes: readonly Mistake[]): string {
  const sorted = [...mistakes].sort((a, b) => a.line - b.line);
  return [...new Set(sorted.map(({ line, message }) => `${file}:${line}: ${oneLine(message, 400)}`))].join('\n');
}

function toData(doc: Document.Parsed, file: string): unknown {
  try {
    return doc.toJS() ?? {};
  } catch (error) {
    // Aliases that multiply without end.
    throw new ConfigError(`${file}:1: ${messageOf(error)}`);
  }
}

/** Messages for what the schema itself has no words for. */
function inOurWords(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type': {
      const wanted = wantedBy[issue.expected] ?? issue.expected;
      if (issue.input === null) return `is left empty; it has to be ${wanted}, or take the line out`;
      return issue.input === undefined
        ? `is missing; it has to be ${wanted}`
        : `${shown(issue.input)} does not belong here; it has to be ${wanted}`;
    }
    case 'too_small':
      return 'is empty; name at least one, or leave it out';
    case 'too_big':
      return `is more than ${issue.maximum}`;
    default:
      return undefined;
  }
}

const wantedBy: Readonly<Record<string, string>> = {
  object: 'a group of settings, one "key: value" a line',
  record: 'a group of settings, one "key: value" a line',
  array: 'a list, one "- …" a line',
  string: 'text',
};

function toProblems(issue: z.core.$ZodIssue): readonly Problem[] {
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(configSchema, issue.path);
    return issue.keys.map((key) => ({ path: [...issue.path, key], message: unknownKey(key, known) }));
  }
  if (issue.code === 'invalid_key') {
    return [{ path: issue.path, message: issue.issues[0]?.message ?? issue.message }];
  }
  return [{ path: issue.path, message: issue.message }];
}

/** The keys that the schema knows at a path. */
function keysAt(schema: unknown, path: readonly PropertyKey[]): readonly string[] {
  const inner = unwrapped(schema);
  const [key, ...rest] = path;
  if (inner instanceof z.ZodObject) {
    return key === undefined ? Object.keys(inner.shape) : keysAt(inner.shape[String(key)], rest);
  }
  if (inner instanceof z.ZodRecord) return keysAt(inner.valueType, rest);
  if (inner instanceof z.ZodArray) return keysAt(inner.element, rest);
  return [];
}

function unwrapped(schema: unknown): unknown {
  const wraps = schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault;
  return wraps ? unwrapped(schema.unwrap()) : schema;
}

/** Where a path stands in the text: its key, or the nearest thing around it that is there. */
function offsetOf(doc: Document.Parsed, path: readonly PropertyKey[]): number {
  let node: ParsedNode | null = doc.contents;
  let offset = node?.range[0] ?? 0;
  for (const part of path) {
    if (isMap(node)) {
      const pair = node.items.find((one) => isPair(one) && isScalar(one.key) && String(one.key.value) === String(part));
      if (pair === undefined) return offset;
      offset = pair.key.range[0];
      node = pair.value;
    } else if (isSeq(node)) {
      const item: ParsedNode | undefined = node.items[Number(part)];
      if (item === undefined) return offset;
      offset = item.range[0];
      node = item;
    } else {
      return offset;
    }
  }
  return offset;
}

/** `exemptions[0].until` */
function spellPath(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');
}

function samePath(a: readonly PropertyKey[], b: readonly PropertyKey[]): boolean {
  return a.length === b.length && a.every((part, index) => String(part) === String(b[index]));
}
