/**
 * Makes a start that happens once in the life of an environment. One that
 * failed is tried again by whoever asks next: a table that did not answer at
 * the first invocation must not spoil all that follow.
 */
export function once<In, Out>(start: (given: In) => Promise<Out>): (given: In) => Promise<Out> {
  let started: Promise<Out> | undefined;
  return (given) => {
    if (started !== undefined) return started;
    const attempt = start(given);
    started = attempt;
    attempt.catch(() => {
      if (started === attempt) started = undefined;
    });
    return attempt;
  };
}
