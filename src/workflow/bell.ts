/** Wakes whoever waits for work in this process, so that a click does not wait for the next look at the outbox. */
export interface Bell {
  ring(): void;
  /** Listens from now on: a ring between listening and waiting is not missed. `stop` has to be called. */
  listen(): { readonly rung: Promise<void>; readonly stop: () => void };
}

export function createBell(): Bell {
  const listeners = new Set<() => void>();
  return {
    ring() {
      for (const wake of listeners) wake();
    },
    listen() {
      let wake = () => {};
      const rung = new Promise<void>((resolve) => {
        wake = resolve;
      });
      listeners.add(wake);
      return { rung, stop: () => listeners.delete(wake) };
    },
  };
}
