import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import stringify from 'safe-stable-stringify';
import type { Ignored } from '../../intake/ignored.ts';
import type { Evaluation, Plan } from '../plan.ts';

/** Many or few, at once or as they come. */
type Source<T> = Iterable<T> | AsyncIterable<T>;

/**
 * Writes the JSON document of `plan` and `scan` as a stream: evaluations as
 * they are judged, then the plans, then what was ignored. The plans are asked
 * for only when the evaluations have ended. Equal input gives equal bytes.
 *
 * @param out is written to as fast as it takes it, and left open
 * @throws whatever the sources or `out` fail with; the document then stays incomplete
 */
export async function writePlanJson(
  out: Writable,
  evaluations: Source<Evaluation>,
  plans: Source<Plan>,
  ignored: Source<Ignored>,
): Promise<void> {
  await pipeline(inLargePieces(document(evaluations, plans, ignored)), out, { end: false });
}

async function* document(
  evaluations: Source<Evaluation>,
  plans: Source<Plan>,
  ignored: Source<Ignored>,
): AsyncGenerator<string> {
  yield '{"evaluations":[';
  yield* elements(evaluations, EVALUATION_FIRST);
  yield '],\n"plans":[';
  yield* elements(plans, PLAN_FIRST);
  yield '],\n"ignored":[';
  yield* elements(ignored, IGNORED_FIRST);
  yield ']}\n';
}

/** The members that a reader looks for come first; the others follow by name. */
const EVALUATION_FIRST = ['control', 'finding', 'verdict', 'because', 'resource'];
const PLAN_FIRST = ['id', 'digest', 'controls', 'findings', 'resource', 'kind', 'mode', 'impact', 'steps', 'cli'];
const IGNORED_FIRST = ['event', 'because'];

async function* elements(source: Source<object>, first: readonly string[]): AsyncGenerator<string> {
  let separator = '\n';
  for await (const one of source) {
    yield separator + ordered(one, first);
    separator = ',\n';
  }
  if (separator !== '\n') yield '\n';
}

function ordered(value: object, first: readonly string[]): string {
  const members = new Map(Object.entries(value));
  const rest = [...members.keys()].filter((name) => !first.includes(name)).sort();
  const written = [...first, ...rest].flatMap((name) => {
    const json = stringify(members.get(name));
    return json === undefined ? [] : `${JSON.stringify(name)}:${json}`;
  });
  return `{${written.join(',')}}`;
}

const PIECE = 64 * 1024;

async function* inLargePieces(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let piece = '';
  for await (const one of pieces) {
    piece += one;
    if (piece.length < PIECE) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}
