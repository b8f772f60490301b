import { performance } from 'node:perf_hooks';

/** What one measurement has found: always against a baseline of the same run. */
export interface Result {
  readonly name: string;
  /** What the ratio says, in a few words. */
  readonly means: string;
  readonly ratio: number;
  /** The ratio must not be above this. None where the number is only for information. */
  readonly aim: number | undefined;
  /** The two numbers behind the ratio, with their unit, and whatever helps to read them. */
  readonly detail: string;
}

/** Two median times in milliseconds, taken side by side. */
export interface Comparison {
  readonly baseline: number;
  readonly measured: number;
  readonly ratio: number;
}

type Work = () => unknown;

/** What time is taken by: milliseconds since whenever. */
type Clock = () => number;

/** Of this process on all processors, so that what else the machine does counts for little. */
export const processorTime: Clock = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** For work that is done elsewhere: the time that a person waits. */
export const waitingTime: Clock = () => performance.now();

/**
 * Runs baseline and measured work in turn, each first as often as the other,
 * so that a busy machine and a warming compiler harm both alike. The first
 * round is not counted. Garbage is not collected in between: that would also
 * throw away what the compiler has learnt of the objects, and only code that
 * does something with them would pay for it.
 *
 * @param rounds how often each is run
 */
export async function compare(
  baseline: Work,
  measured: Work,
  rounds: number,
  clock: Clock = processorTime,
): Promise<Comparison> {
  const times: { readonly baseline: number[]; readonly measured: number[] } = { baseline: [], measured: [] };
  for (let round = 0; round <= rounds; round += 1) {
    const measuredFirst = round % 2 === 1;
    const first = await timeOf(clock, measuredFirst ? measured : baseline);
    const second = await timeOf(clock, measuredFirst ? baseline : measured);
    if (round === 0) continue;
    times.baseline.push(measuredFirst ? second : first);
    times.measured.push(measuredFirst ? first : second);
  }
  const [slow, quick] = [median(times.measured), median(times.baseline)];
  return { baseline: quick, measured: slow, ratio: slow / quick };
}

async function timeOf(clock: Clock, work: Work): Promise<number> {
  const start = clock();
  await work();
  return clock() - start;
}

/** The middle of some numbers; 0 of none. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

/** "312 ms", "4.2 ms". */
export function milliseconds(time: number): string {
  return `${time < 100 ? time.toFixed(1) : time.toFixed(0)} ms`;
}

/** A rate of whole things, with thousands marked. */
export function perSecond(count: number, time: number): string {
  return `${Math.round((count * 1000) / time).toLocaleString('en-US')}/s`;
}

/** "17.5 MB". */
export function bytes(count: number): string {
  return `${(count / 1e6).toFixed(1)} MB`;
}
