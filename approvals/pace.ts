/** What pacing needs to know of time. */
export interface Clock {
  readonly now: () => Date;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/** `chat.postMessage` takes about one message a second in a channel; a little more keeps clear of the edge. */
const BETWEEN_POSTS = 1_100;

/**
 * Makes a function that lets work through one at a time and so far apart, in
 * each channel by itself.
 */
export function createPace({ now, sleep }: Clock, between = BETWEEN_POSTS) {
  const channels = new Map<string, { turn: Promise<void>; free: number }>();
  return async function paced<T>(channel: string, work: () => Promise<T>): Promise<T> {
    const line = channels.get(channel) ?? { turn: Promise.resolve(), free: 0 };
    channels.set(channel, line);
    const result = line.turn.then(async () => {
      const wait = line.free - now().getTime();
      if (wait > 0) await sleep(wait);
      try {
        return await work();
      } finally {
        line.free = now().getTime() + between;
      }
    });
    line.turn = result.then(
      () => {},
      () => {},
    );
    return result;
  };
}
