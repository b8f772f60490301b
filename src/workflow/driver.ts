import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { CloudTrailEvent } from '../control/event.ts';
import type { Store } from '../store/port.ts';
import type { FindingRecord, OutboxEffect, StopSwitch } from '../store/records.ts';
import { createBell } from './bell.ts';
import { type Decided, decide, type Question } from './decide.ts';
import { handOver } from './inbox.ts';
import { at, type Kit, type Log } from './kit.ts';
import type { Notifier } from './notifier.ts';
import { type Observation, observe } from './observe.ts';
import type { Remediator } from './remediator.ts';
import { type RunOptions, run } from './run.ts';
import { defaultTimes, type WorkflowSettings } from './settings.ts';

export interface WorkflowParts {
  readonly store: Store;
  readonly remediator: Remediator;
  readonly settings: WorkflowSettings;
  readonly notifier: Notifier;
  readonly log: Log;
  readonly now: () => Date;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Names this worker in leases. Two workers must never share one. */
  readonly workerId?: string;
  readonly host?: string;
  readonly pid?: number;
  readonly isAlive?: (pid: number) => boolean;
  readonly heartbeat?: Kit['heartbeat'];
  /** Takes what a person said in a chat, after it was handed over. Without it nothing can be said. */
  readonly interact?: Kit['interact'];
  /** Performs parts of sweeps. Without it they wait for a worker that can. */
  readonly sweep?: Kit['sweep'];
  /** Put around the work of each effect. */
  readonly around?: Kit['around'];
}

/** The workflow: takes verdicts and decisions, and does what follows from them. */
export interface Workflow {
  /**
   * Records verdicts and plans. Repeating it changes nothing.
   *
   * @throws StoreError when they could not be stored: the event has to be delivered again
   */
  observed(observation: Omit<Observation, 'widen'>): Promise<readonly FindingRecord[]>;
  /** Takes a person's decision. A second click changes nothing. */
  decide(question: Question): Promise<Decided>;
  /**
   * Writes down what a person did in a chat; `run` takes it up at once. When it
   * resolves, nothing of it can be lost.
   *
   * @param interaction plain JSON
   * @throws StoreError when it could not be stored: the person has to be told
   */
  handOver(interaction: unknown): Promise<void>;
  /** Performs what is due. */
  run(options: RunOptions): Promise<void>;
  /** What waits to be performed. */
  pending(): Promise<readonly OutboxEffect[]>;
  /** Whether an event tells of a call that this workflow made: such events start nothing. */
  isOwnEvent(event: CloudTrailEvent): Promise<boolean>;
  /**
   * Holds every write, from this moment on.
   *
   * @param askedAt when it was said; without it, now
   */
  stop(by: string, because: string, askedAt?: string): Promise<StopSwitch>;
  /**
   * Lets writes go again, unless they were stopped after it was asked for.
   *
   * @param askedAt when it was said; without it, now
   * @returns the switch as it is now
   */
  resume(by: string, because: string, askedAt?: string): Promise<StopSwitch>;
}

/** Builds a workflow on a store and an engine. Several may work on one store at the same time. */
export function createWorkflow(parts: WorkflowParts): Workflow {
  const host = parts.host ?? hostname();
  const pid = parts.pid ?? process.pid;
  const times = { ...defaultTimes, ...parts.settings.times };
  const kit: Kit = {
    ...parts,
    times,
    worker: { id: parts.workerId ?? `${host}:${pid}:${randomUUID()}`, host, pid },
    isAlive: parts.isAlive ?? isAlive,
    heartbeat: parts.heartbeat ?? heartbeatEvery(times.lease / 4),
    signal: undefined,
    bell: createBell(),
    interact: parts.interact ?? deaf,
    sweep: parts.sweep,
    around: parts.around ?? ((_effect, work) => work()),
  };
  const ringing = async <T>(work: Promise<T>): Promise<T> => {
    const result = await work;
    kit.bell.ring();
    return result;
  };
  return {
    observed: (observation) => ringing(observe(kit, observation)),
    decide: (question) => ringing(decide(kit, question)),
    handOver: (interaction) => ringing(handOver(kit, interaction)),
    run: ({ signal, ...options }) => run({ ...kit, signal }, options),
    pending: () => kit.store.effects(),
    isOwnEvent: async ({ requestID }) => requestID !== undefined && (await kit.store.isOurRequest(requestID)),
    stop: (by, because, askedAt = at(kit)) => throwSwitch(kit, { on: true, by, because, at: askedAt }),
    resume: (by, because, askedAt = at(kit)) => throwSwitch(kit, { on: false, by, because, at: askedAt }),
  };
}

/** Whoever is not there to listen must not throw away what was said. */
const deaf: Kit['interact'] = () => Promise.reject(new Error('no chat is set up in this process'));

/** Words that come late, or twice, must not undo a newer stop: neither by letting go nor by making it look older. */
async function throwSwitch(kit: Kit, stop: StopSwitch): Promise<StopSwitch> {
  const { by, because } = stop;
  const thrown = await kit.store.commit([
    { kind: 'notStopped', after: stop.at },
    { kind: 'stop', stop },
    { kind: 'audit', subject: { at: at(kit), by, what: stop.on ? 'stopped' : 'resumed', detail: { because } } },
  ]);
  return thrown.ok ? stop : kit.store.stopSwitch();
}

/** Whether a process of this host runs. One that may not be signalled runs, too. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Beats by the clock. A beat that fails is not an error: then the lease runs out, and another worker takes over. */
function heartbeatEvery(milliseconds: number): Kit['heartbeat'] {
  return (beat) => {
    const timer = setInterval(() => void beat().catch(() => {}), milliseconds);
    timer.unref();
    return () => clearInterval(timer);
  };
}
