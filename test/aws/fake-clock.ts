/** A clock that only moves when somebody sleeps, for all who share it. */
export function fakeClock(start = '2026-11-23T12:00:00.000Z') {
  let time = Date.parse(start);
  return {
    now: () => new Date(time),
    advance: (milliseconds: number) => {
      time += milliseconds;
    },
    /** Those who sleep at the same time wake at the same time, or later. */
    sleep: async (milliseconds: number) => {
      const until = time + milliseconds;
      await new Promise<void>((resolve) => setImmediate(resolve));
      time = Math.max(time, until);
    },
  };
}
