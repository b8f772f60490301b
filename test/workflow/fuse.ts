/** Thrown where the process is killed. Everything that the dead process tries afterwards throws it, too. */
export class Killed extends Error {
  override readonly name = 'Killed';
}

/** Counts every call through the ports of one process, and kills the process at one of them. */
export interface Fuse {
  /** How many moments there were at which it could have been killed: before every call, which is after the last one. */
  readonly moments: () => number;
  readonly blown: () => boolean;
  /** A port whose calls are counted. */
  readonly wire: <T extends object>(port: T) => T;
}

/** @param at the moment of death; none: it lives */
export function createFuse(at: number | undefined): Fuse {
  let count = 0;
  let blown = false;
  const moment = (): void => {
    if (blown || count === at) {
      blown = true;
      throw new Killed(`killed at ${count}`);
    }
    count += 1;
  };
  const wire = <T extends object>(port: T): T =>
    new Proxy(port, {
      get: (target, name, receiver) => {
        const value: unknown = Reflect.get(target, name, receiver);
        if (typeof value !== 'function') return value;
        return (...args: readonly unknown[]) => {
          const call = (): unknown => {
            moment();
            return Reflect.apply(value, target, args);
          };
          return name === 'permit' ? call() : new Promise((resolve) => resolve(call()));
        };
      },
    });
  return { moments: () => count, blown: () => blown, wire };
}
