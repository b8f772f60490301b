import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const ENVIRONMENT = join(import.meta.dirname, 'environment.mjs');

/** How an invocation ended. A killed or silent one has no answer, as with Lambda. */
export type Outcome =
  | { readonly kind: 'answer'; readonly answer: unknown }
  | { readonly kind: 'error'; readonly message: string }
  | { readonly kind: 'killed' };

/** A function as Lambda keeps it: processes that handle one event at a time, made when needed, ended when they fail. */
export interface DeployedFunction {
  readonly name: string;
  invoke(event: unknown): Promise<Outcome>;
  /** Invocations so far, and how long they took together. */
  used(): { readonly invocations: number; readonly seconds: number };
  /** Ends the environment that is at work, in the middle of whatever it does. */
  kill(): void;
  stop(): Promise<void>;
}

/**
 * @param options.concurrency environments at the same time at most; more invocations wait
 * @param options.seconds the time-out: whoever takes longer is killed
 */
export function deploy(options: {
  name: string;
  module: string;
  env: Readonly<Record<string, string>>;
  concurrency: number;
  seconds: number;
}): DeployedFunction {
  const { name, module, env, concurrency, seconds } = options;
  const idle: ChildProcess[] = [];
  const busy = new Set<ChildProcess>();
  const waiting: (() => void)[] = [];
  let invocations = 0;
  let milliseconds = 0;

  async function slot(): Promise<ChildProcess> {
    while (busy.size >= concurrency) await new Promise<void>((resolve) => waiting.push(resolve));
    const one =
      idle.pop() ??
      fork(ENVIRONMENT, [module, String(seconds)], {
        env: { ...process.env, ...env },
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      });
    busy.add(one);
    return one;
  }

  return {
    name,
    used: () => ({ invocations, seconds: milliseconds / 1000 }),
    async invoke(event) {
      const child = await slot();
      const begun = Date.now();
      const timer = setTimeout(() => child.kill('SIGKILL'), seconds * 1000);
      const done = new AbortController();
      const { signal } = done;
      const answered = once(child, 'message', { signal }).then(([message]): Outcome => JSON.parse(String(message)));
      const gone = once(child, 'exit', { signal }).then((): Outcome => ({ kind: 'killed' }));
      answered.catch(() => {});
      gone.catch(() => {});
      child.send(JSON.stringify(event));
      const outcome = await Promise.race([answered, gone]);
      done.abort();
      invocations += 1;
      milliseconds += Date.now() - begun;
      clearTimeout(timer);
      busy.delete(child);
      if (outcome.kind === 'answer') idle.push(child);
      else child.kill('SIGKILL');
      waiting.shift()?.();
      return outcome;
    },
    kill: () => {
      const [one] = busy;
      one?.kill('SIGKILL');
    },
    stop: async () => {
      for (const child of [...idle, ...busy]) {
        const gone = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined;
        child.kill('SIGKILL');
        await gone;
      }
    },
  };
}
