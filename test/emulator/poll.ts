import { setTimeout as pause } from 'node:timers/promises';

/**
 * Asks again and again until there is an answer.
 *
 * @throws Error naming what was waited for, when the time is up
 */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined>,
  { within = 60_000, every = 200 }: { within?: number; every?: number } = {},
): Promise<T> {
  const deadline = Date.now() + within;
  while (Date.now() < deadline) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await pause(every);
  }
  throw new Error(`Waited ${within / 1000} s for ${what}.`);
}
