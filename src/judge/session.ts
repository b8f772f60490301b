import { isDeepStrictEqual } from 'node:util';
import pMap from 'p-map';
import stringify from 'safe-stable-stringify';
import type { Reader } from '../aws/door.ts';
import { explain, hasCode, isPassing, troubleOf } from '../aws/errors.ts';
import { permissionsFor } from '../aws/permissions.ts';
import { type CallRead, missing, type Read } from '../control/read.ts';
import type { At } from '../control/resource.ts';

/** Thrown when a read says that the resource does not exist (any more). */
export class GoneError extends Error {
  override readonly name = 'GoneError';
}

/** Thrown when something could not be read: nothing may be concluded, and nothing written. */
export class UnreadableError extends Error {
  override readonly name = 'UnreadableError';
  /** Whether it stays so until a person changes something: then asking again is of no use. */
  readonly lasting: boolean;
  /** Whether it passes by itself: then asking again is all there is to do. Of some errors neither is known. */
  readonly passing: boolean;

  constructor(message: string, { lasting = false, passing = false } = {}) {
    super(message);
    this.lasting = lasting;
    this.passing = passing;
  }
}

/** The state of AWS as seen by one evaluation: every distinct call is made once. */
export interface Session {
  /**
   * The value of a read for a resource.
   *
   * @param gone error codes that say the resource does not exist
   * @throws GoneError, UnreadableError
   */
  value<T>(read: Read<T>, at: At, gone: readonly string[]): Promise<T>;
}

/** Calls of one fan-out that are under way at once. */
const FAN_OUT = 4;

/** What a person has to mend: asking again is of no use before. */
const isLasting = (error: unknown): boolean => ['denied', 'obstacle'].includes(troubleOf(error));

/** Starts an evaluation. Sessions are short: what one has read, another reads again. */
export function createSession(reader: Reader): Session {
  const answers = new Map<string, Promise<Readonly<Record<string, unknown>>>>();
  const values = new Map<Read<unknown>, Map<string, Promise<unknown>>>();

  function ask(at: At, { service, operation }: CallRead<unknown>, input: object) {
    const key = stringify([at.account, at.region, service, operation, input]);
    const known = answers.get(key);
    if (known !== undefined) return known;
    const answer = reader.read({ account: at.account, region: at.region }, service, operation, input);
    answers.set(key, answer);
    return answer;
  }

  async function answerOf(read: CallRead<unknown>, at: At, input: object, gone: readonly string[]) {
    try {
      return await ask(at, read, input);
    } catch (error) {
      if (hasCode(error, read.absent)) return {};
      if (hasCode(error, gone)) throw new GoneError(`${at.id} does not exist (any more)`);
      const [permission] = troubleOf(error) === 'denied' ? permissionsFor(read.service, read.operation, input) : [];
      throw new UnreadableError(explain(error, read, permission), {
        lasting: isLasting(error),
        passing: isPassing(error),
      });
    }
  }

  async function callValue(read: CallRead<unknown>, context: At & Record<string, unknown>, gone: readonly string[]) {
    const made = read.input(context);
    const inputs: readonly object[] = Array.isArray(made) ? made : [made];
    const parts = await pMap(
      inputs,
      async (first) => {
        const picked: unknown[] = [];
        for (let input: object | undefined = first; input !== undefined; ) {
          const output = await answerOf(read, context, input, gone);
          picked.push(pick(read, output, context));
          const more: object | undefined = read.more?.(output);
          const next: object | undefined = more === undefined ? undefined : { ...first, ...more };
          // A page that leads to itself would never end.
          if (next !== undefined && isDeepStrictEqual(next, input))
            throw new UnreadableError(`${read.service}:${read.operation} gave the same page twice`);
          input = next;
        }
        return picked;
      },
      { concurrency: FAN_OUT },
    );
    const all = parts.flat();
    if (read.shape === 'one') return all[0];
    return read.shape === 'pages' ? all.flat() : all;
  }

  async function compute(read: Read<unknown>, at: At, gone: readonly string[]): Promise<unknown> {
    const names = Object.keys(read.needs);
    const needed = await allOf(Object.values(read.needs).map((need) => session.value(need, at, gone)));
    const context = { ...at, ...Object.fromEntries(names.map((name, index) => [name, needed[index]])) };
    if (read.kind === 'call') return callValue(read, context, gone);
    const value = read.pick(context);
    if (value === missing) throw new GoneError(`${at.id} does not exist (any more)`);
    return value;
  }

  const session: Session = {
    async value<T>(read: Read<T>, at: At, gone: readonly string[]): Promise<T> {
      const ofRead = values.get(read) ?? new Map<string, Promise<unknown>>();
      values.set(read, ofRead);
      const key = `${at.account}/${at.region}/${at.id}`;
      const value = ofRead.get(key) ?? compute(read, at, gone);
      ofRead.set(key, value);
      // The value was made by this very read, whose type says what it makes.
      return (await value) as T;
    },
  };
  return session;
}

/**
 * The values of several reads. If some fail, the same one speaks for all
 * whichever is quickest: a resource that is gone before one that cannot be
 * read, and then the first.
 */
export async function allOf(values: readonly Promise<unknown>[]): Promise<unknown[]> {
  const settled = await Promise.allSettled(values);
  const failed = settled.filter((one) => one.status === 'rejected').map(({ reason }): unknown => reason);
  if (failed.length > 0) throw failed.find((reason) => reason instanceof GoneError) ?? failed[0];
  return settled.map((one) => (one.status === 'fulfilled' ? one.value : undefined));
}

function pick(read: CallRead<unknown>, output: object, context: At & Record<string, unknown>): unknown {
  const value = tryPick(read, output, context);
  if (value === missing) throw new GoneError(`${context.id} does not exist (any more)`);
  return value;
}

/** An answer that cannot be understood (a policy that is no JSON) is as good as none. */
function tryPick(read: CallRead<unknown>, output: object, context: At & Record<string, unknown>): unknown {
  try {
    return read.pick(output, context);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UnreadableError(`the answer of ${read.service}:${read.operation} could not be understood: ${why}`, {
      lasting: true,
    });
  }
}
