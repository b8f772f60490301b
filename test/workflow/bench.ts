import { openLibsqlStore } from '../../src/store/libsql.ts';
import type { Store } from '../../src/store/port.ts';
import type { FindingRecord, OutboxEffect } from '../../src/store/records.ts';
import { createWorkflow, type Workflow, type WorkflowParts } from '../../src/workflow/driver.ts';
import type { Policy } from '../../src/workflow/finding.ts';
import type { Log } from '../../src/workflow/kit.ts';
import type { LifecycleEvent, Notifier } from '../../src/workflow/notifier.ts';
import type { WorkflowSettings } from '../../src/workflow/settings.ts';
import { createWorld, type World } from './world.ts';

export const policy: Policy = {
  apply: true,
  mode: 'approve',
  approvalsNeeded: 1,
  limits: { perControl: 100, perAccount: 100 },
  mostRecurrences: 3,
};

export const quiet: Log = { info: () => {}, warn: () => {}, error: () => {} };

/** A clock that only sleeping moves. */
export interface Clock {
  readonly now: () => Date;
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly pass: (milliseconds: number) => void;
}

export function createClock(start = '2026-11-23T10:00:00.000Z'): Clock {
  let time = new Date(start).getTime();
  const pass = (milliseconds: number): void => {
    time += milliseconds;
  };
  return { now: () => new Date(time), sleep: async (milliseconds) => pass(milliseconds), pass };
}

export interface Told {
  readonly asked: string[];
  readonly changes: { readonly finding: FindingRecord; readonly events: readonly LifecycleEvent[] }[];
}

export function createNotifier(): Notifier & Told {
  const told: Told = { asked: [], changes: [] };
  return {
    ...told,
    ask: async (_finding, plan) => void told.asked.push(plan.id),
    changed: async (finding, events) => void told.changes.push({ finding, events }),
  };
}

/** A workflow on an empty store and a made-up world. */
export interface Bench {
  readonly world: World;
  readonly store: Store;
  readonly clock: Clock;
  readonly notifier: Notifier & Told;
  /** May be changed while it runs, as a configuration may. */
  policy: Policy;
  settings: Partial<WorkflowSettings>;
  readonly workflow: Workflow;
  readonly another: (parts: Partial<WorkflowParts>) => Workflow;
  /** Judges a resource by these controls and reports it, as a scan does. */
  readonly scan: (id: string, controls: readonly number[]) => Promise<readonly FindingRecord[]>;
  readonly idle: () => Promise<void>;
  readonly record: (finding: string) => Promise<FindingRecord>;
  readonly pending: (kind: OutboxEffect['kind']) => Promise<readonly OutboxEffect[]>;
}

/** @param store an empty one */
export function createBench(store: Store = openLibsqlStore(':memory:')): Bench {
  const world = createWorld();
  const clock = createClock();
  const notifier = createNotifier();
  const another = (parts: Partial<WorkflowParts>): Workflow =>
    createWorkflow({
      ...{ store, remediator: world.remediator, notifier, log: quiet, now: clock.now, sleep: clock.sleep },
      ...{ workerId: 'w1', host: 'here', pid: 1, isAlive: (pid: number) => pid === 1, heartbeat: () => () => {} },
      settings: {
        policyFor: () => bench.policy,
        get exemptions() {
          return bench.settings.exemptions ?? [];
        },
        mayDecide: (...question) => bench.settings.mayDecide?.(...question),
        ...(bench === undefined ? {} : { times: bench.settings.times }),
      },
      ...parts,
    });
  const bench: Bench = {
    ...{ world, store, clock, notifier, another, policy, settings: {} },
    get workflow() {
      return another({});
    },
    scan: async (id, controls) =>
      bench.workflow.observed({ assessment: await world.remediator.assess(world.resource(id), controls) }),
    idle: () => bench.workflow.run({ untilIdle: true }),
    record: async (finding) => {
      const record = await store.finding(finding);
      if (record === undefined) throw new Error(`no finding ${finding}`);
      return record;
    },
    pending: async (kind) => (await store.effects()).filter((effect) => effect.kind === kind),
  };
  return bench;
}
