import type { Store } from '../store/port.ts';
import type { OutboxEffect, Worker } from '../store/records.ts';
import type { SweepTask } from '../sweep/task.ts';
import type { Bell } from './bell.ts';
import type { Notifier } from './notifier.ts';
import type { Remediator } from './remediator.ts';
import type { Times, WorkflowSettings } from './settings.ts';

/** Where the workflow writes its log; a pino logger fits. */
export interface Log {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

/** What every part of the driver works with. */
export interface Kit {
  readonly store: Store;
  readonly remediator: Remediator;
  readonly notifier: Notifier;
  readonly settings: WorkflowSettings;
  readonly times: Times;
  readonly log: Log;
  readonly now: () => Date;
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly worker: Worker;
  /** Whether a process of this host still runs. */
  readonly isAlive: (pid: number) => boolean;
  /** Calls `beat` now and then until the returned function is called. */
  readonly heartbeat: (beat: () => Promise<void>) => () => void;
  readonly signal: AbortSignal | undefined;
  readonly bell: Bell;
  /** Takes what a person said in a chat. Throws when it has to be tried again later. */
  readonly interact: (interaction: unknown, at: string) => Promise<void>;
  /** Performs a part of a sweep, and says which comes next. Throws when it has to be tried again later. Not every process sweeps. */
  readonly sweep: PerformSweep | undefined;
  /** Does the work of an effect. Whoever wants to know how long it takes can put something around it. */
  readonly around: (effect: OutboxEffect, work: () => Promise<void>) => Promise<void>;
}

/** How a part of a sweep is performed: how often that failed before, and what asks it to end. */
export type PerformSweep = (
  task: SweepTask,
  how: { readonly attempts: number; readonly signal: AbortSignal | undefined },
) => Promise<SweepTask | undefined>;

/** Thrown to end work because the driver was asked to stop. Whatever was begun is taken up again later. */
export class StoppedError extends Error {
  override readonly name = 'StoppedError';
}

/** Thrown when another worker has taken over the effect that this one was performing. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
}

/** An effect in the log: its key, and the finding and plan that it is about. */
export const named = ({ key, finding, plan }: OutboxEffect) => ({
  effect: key,
  finding,
  ...(plan === null ? {} : { plan }),
});

/** The present time as it is stored. */
export const at = (kit: Kit): string => kit.now().toISOString();

/** A time from now on, as it is stored. */
export const inFuture = (kit: Kit, milliseconds: number): string =>
  new Date(kit.now().getTime() + milliseconds).toISOString();

/**
 * Sleeps.
 *
 * @throws StoppedError when the driver was asked to stop
 */
export async function pause(kit: Kit, milliseconds: number): Promise<void> {
  if (kit.signal?.aborted) throw new StoppedError('stopped');
  await kit.sleep(milliseconds);
  if (kit.signal?.aborted) throw new StoppedError('stopped');
}

/** The message of whatever was thrown, with AWS's error code where there is one. */
export function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.name === 'Error' || error.message.startsWith(error.name)
    ? error.message
    : `${error.name}: ${error.message}`;
}
