import { createDoor } from '../../src/aws/door.ts';
import type { AwsPort, Request } from '../../src/aws/port.ts';
import { createJudge } from '../../src/bot/judge.ts';
import type { Catalogue } from '../../src/catalogue.ts';
import { type Config, defaultConfig } from '../../src/config.ts';
import type { Place } from '../../src/control/resource.ts';
import { createEngine } from '../../src/engine.ts';
import { gather } from '../../src/intake/coalesce.ts';
import { takeIn } from '../../src/intake/intake.ts';
import { createRouter } from '../../src/intake/route.ts';
import { openLibsqlStore } from '../../src/store/libsql.ts';
import type { Store } from '../../src/store/port.ts';
import type { MissedEvents } from '../../src/sweep/missed.ts';
import { sweepPerformer } from '../../src/sweep/perform.ts';
import { sweptPlaces } from '../../src/sweep/places.ts';
import { planSweeps } from '../../src/sweep/plan.ts';
import { createWorkflow, type Workflow } from '../../src/workflow/driver.ts';
import { silent } from '../../src/workflow/notifier.ts';
import { ACCOUNT, awsError, catalogue as whole } from '../controls.ts';
import type { Fuse } from '../workflow/fuse.ts';

export const HOUR = 3_600_000;
export const START = Date.parse('2026-11-23T10:00:00.000Z');
export const own: Place = { partition: 'aws', account: ACCOUNT, region: 'eu-west-1' };

/** The catalogue with these controls only. */
export const catalogueOf = (...numbers: readonly number[]): Catalogue =>
  new Map([...whole].filter(([number]) => numbers.includes(number)));

export type SweepConfig = Config['sweep'];
export const sweepOf = (over: Partial<SweepConfig> = {}): Pick<Config, 'sweep'> => ({
  sweep: { ...defaultConfig.sweep, missed: false, ...over },
});

/** What AWS answers to a request, by service and operation; whatever is missing fails. */
export type Sky = Readonly<Record<string, (request: Request) => object>>;

/** Buckets by account and region, in pages of a thousand, and whether each keeps versions. */
export function bucketSky(
  buckets: Readonly<Record<string, readonly string[]>>,
  isGood: (name: string) => boolean = () => true,
) {
  return {
    's3:ListBuckets': ({ target, input }) => {
      const all = buckets[`${target.account}/${target.region}`] ?? [];
      const start = 'ContinuationToken' in input ? Number(input.ContinuationToken) : 0;
      const next = start + 1000 < all.length ? { ContinuationToken: String(start + 1000) } : {};
      return { Buckets: all.slice(start, start + 1000).map((Name) => ({ Name })), ...next };
    },
    's3:GetBucketVersioning': ({ input, target }) => {
      const name = 'Bucket' in input ? String(input.Bucket) : '';
      if (!buckets[`${target.account}/${target.region}`]?.includes(name)) throw awsError('NoSuchBucket');
      return isGood(name) ? { Status: 'Enabled' } : {};
    },
  } satisfies Sky;
}

/** A line of the log. */
export interface Line {
  readonly level: 'info' | 'warn' | 'error';
  readonly details: Readonly<Record<string, unknown>>;
  readonly message: string;
}

/** A bot that sweeps in time of its own: sleeping is how time passes. */
export interface World {
  readonly store: Store;
  readonly asked: Request[];
  /** Keys of the subjects that were judged, with the moment, in order. */
  readonly judged: { readonly key: string; readonly at: number }[];
  readonly told: MissedEvents[];
  readonly missed: () => number;
  readonly lines: Line[];
  readonly now: () => number;
  readonly pass: (milliseconds: number) => void;
  /** Changes what is swept, as a new configuration would. */
  configure: (over: Partial<SweepConfig>) => void;
  /** A process. The fuse kills it. */
  process: (fuse?: Fuse) => { readonly plan: () => Promise<number>; readonly workflow: Workflow };
  /** Plans and performs every five minutes for a time. */
  live: (milliseconds: number) => Promise<void>;
  /** What may go wrong before a resource is judged. */
  onJudge: (key: string) => void;
}

export function createWorld(options: {
  readonly sky: Sky;
  readonly catalogue: Catalogue;
  readonly sweep?: Partial<SweepConfig>;
  readonly partSize?: number;
}): World {
  const { sky, catalogue } = options;
  const store = openLibsqlStore(':memory:');
  let time = START;
  let config = sweepOf(options.sweep);
  let missed = 0;
  let processes = 0;
  const asked: Request[] = [];
  const lines: Line[] = [];
  const log = (level: Line['level']) => (details: object, message: string) => {
    lines.push({ level, details: { ...details }, message });
  };
  const port: AwsPort = {
    identity: async () => ({ account: ACCOUNT, partition: 'aws', arn: `arn:aws:iam::${ACCOUNT}:role/redress` }),
    send: async (request) => {
      asked.push(request);
      const answer = sky[`${request.service}:${request.operation}`];
      if (answer === undefined) throw awsError('NotInThisSky');
      return { output: { ...answer(request) }, requestId: undefined };
    },
  };
  const now = () => new Date(time);
  const sleep = async (milliseconds: number): Promise<void> => {
    const until = time + milliseconds;
    await Promise.resolve();
    time = Math.max(time, until);
  };
  const engine = createEngine({ port, catalogue, mode: 'dry-run', now });
  const router = createRouter(catalogue);

  const world: World = {
    store,
    asked,
    lines,
    judged: [],
    told: [],
    missed: () => missed,
    now: () => time,
    pass: (milliseconds) => {
      time += milliseconds;
    },
    configure: (over) => {
      config = sweepOf({ ...config.sweep, ...over });
    },
    onJudge: () => {},
    process: (fuse) => {
      processes += 1;
      const mine = processes;
      const kept = fuse?.wire(store) ?? store;
      const places = sweptPlaces(config, own);
      const workflow: Workflow = createWorkflow({
        ...{ store: kept, remediator: engine, notifier: silent, now, sleep, host: 'h', pid: mine },
        isAlive: () => false,
        heartbeat: () => () => {},
        log: { info: log('info'), warn: log('warn'), error: log('error') },
        settings: {
          policyFor: () => ({
            ...{ apply: false, mode: 'approve', approvalsNeeded: 1, mostRecurrences: 3 },
            limits: { perControl: 10, perAccount: 10 },
          }),
        },
        sweep: (task, how) => perform(task, how),
      });
      const judge = createJudge(engine, workflow);
      const perform = sweepPerformer({
        ...{ store: kept, engine, catalogue, config, places, router, now, sleep, partSize: options.partSize ?? 200 },
        log: { info: log('info'), warn: log('warn'), error: log('error') },
        reader: createDoor({ port, mode: 'dry-run' }).reader,
        judge: async (subject) => {
          world.onJudge(subject.key);
          await judge({ subject, causes: [] });
          world.judged.push({ key: subject.key, at: time });
        },
        deliver: async (record) => {
          for (const gathered of gather(takeIn(record, router).arrivals)) await judge(gathered);
        },
        tell: async (one) => {
          world.told.push(one);
        },
        onMissed: (count) => {
          missed += count;
        },
      });
      return { workflow, plan: () => planSweeps({ store: kept, places, catalogue, config, now: now() }) };
    },
    live: async (milliseconds) => {
      const until = time + milliseconds;
      while (time < until) {
        const { plan, workflow } = world.process();
        await plan();
        await workflow.run({ untilIdle: true, lanes: ['sweep'] });
        time = Math.max(time, Math.min(until, (Math.floor(time / 300_000) + 1) * 300_000));
      }
    },
  };
  return world;
}

/** How often each was judged. */
export function counts(keys: readonly string[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const key of keys) found.set(key, (found.get(key) ?? 0) + 1);
  return found;
}
