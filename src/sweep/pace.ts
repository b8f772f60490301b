/** Waits for one's turn. */
export type Pace = () => Promise<void>;

/** Lets one through at most every so many milliseconds, however many wait. */
export function createPace(every: number, now: () => Date, sleep: (milliseconds: number) => Promise<void>): Pace {
  let free = 0;
  return async () => {
    const at = now().getTime();
    const turn = Math.max(at, free);
    free = turn + every;
    if (turn > at) await sleep(turn - at);
  };
}
