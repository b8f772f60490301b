import pMap from 'p-map';
import type { Subject } from '../intake/subject.ts';
import { messageOf } from '../one-line.ts';
import { type Log, type PerformSweep, StoppedError } from '../workflow/kit.ts';
import { createPace } from './pace.ts';

const concurrency = 8;
/** What could not be judged is tried once more, after this time, before it is left to the next sweep. */
const secondTry = 10_000;

interface JudgeAllParts {
  /** Judges a resource by every control of its type, or has it judged. Throws when it has to be tried again. */
  readonly judge: (subject: Subject) => Promise<void>;
  /** Counts resources that were handed to `judge`. */
  readonly onSwept?: (count: number) => void;
  readonly perMinute: number;
  /** A part most of which could not be judged is tried again so often. */
  readonly mostAttempts: number;
  readonly log: Log;
  readonly now: () => Date;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/** How many of the subjects are done, from the first on. */
export type JudgeAll = (subjects: readonly Subject[], how: Parameters<PerformSweep>[1]) => Promise<number>;

/**
 * Makes what judges resources in order, at the pace that is allowed for all
 * calls of it together. What cannot be judged is tried a second time, and then
 * left to the next sweep. When asked to end, it finishes what it has begun.
 *
 * The function throws what went wrong when most could not be judged, since then
 * it is hardly the resources that are at fault; and StoppedError when it was
 * asked to end before it began.
 */
export function createJudgeAll(parts: JudgeAllParts): JudgeAll {
  const { judge, onSwept, mostAttempts, log, now, sleep } = parts;
  const pace = createPace(60_000 / parts.perMinute, now, sleep);

  const tryOne = async (subject: Subject): Promise<readonly Failure[]> => {
    try {
      await judge(subject);
      onSwept?.(1);
      return [];
    } catch (error) {
      return [{ subject, error }];
    }
  };

  return async (subjects, { attempts, signal }) => {
    const outcomes = await pMap(
      subjects,
      async (subject) => {
        // Those after it are not begun either: they are taken in order.
        if (signal?.aborted) return undefined;
        await pace();
        if (signal?.aborted) return undefined;
        const failures = await tryOne(subject);
        // Its reads may have been cut off by the end of the time.
        return failures.length > 0 && signal?.aborted ? undefined : failures;
      },
      { concurrency },
    );
    const notBegun = outcomes.indexOf(undefined);
    const done = (notBegun < 0 ? outcomes : outcomes.slice(0, notBegun)).flatMap((outcome) =>
      outcome === undefined ? [] : [outcome],
    );
    if (done.length === 0 && subjects.length > 0) throw new StoppedError('stopped');
    const failures = done.flat();
    const [first] = failures;
    if (first === undefined) return done.length;
    if (failures.length > done.length / 2 && attempts < mostAttempts) throw first.error;
    await sleep(secondTry);
    if (signal?.aborted) throw new StoppedError('stopped');
    for (const { subject } of failures) {
      for (const { error } of await tryOne(subject)) {
        log.warn({ resource: subject.key, error: messageOf(error) }, 'could not be judged; the next sweep tries again');
      }
    }
    return done.length;
  };
}

interface Failure {
  readonly subject: Subject;
  readonly error: unknown;
}
