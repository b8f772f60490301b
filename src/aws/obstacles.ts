import { LRUCache } from 'lru-cache';
import { messageOf } from '../one-line.ts';
import type { Change, Store } from '../store/port.ts';
import type { ObstacleRecord } from '../store/records.ts';
import type { Log } from '../workflow/kit.ts';
import { type Obstacle, ObstacleError } from './errors.ts';
import type { AwsPort, Request } from './port.ts';
import { roles } from './sessions.ts';

export interface GuardOptions {
  readonly store: Pick<Store, 'commit' | 'obstacle' | 'obstacles'>;
  readonly log: Pick<Log, 'info' | 'warn'>;
  readonly now: () => Date;
  /** A region to ask in whether an account can be entered again. */
  readonly region: string;
  /** Called when an account can be entered again, before that is written down: what it missed has to be looked at. */
  readonly onGone?: (account: string) => Promise<void>;
  /** How long it is taken for granted that nothing has changed, in milliseconds. */
  readonly memory?: number;
}

/** A port that knows which accounts cannot be entered. */
export interface GuardedPort extends AwsPort {
  /** Tries again to enter the accounts that could not be entered for a while. */
  readonly recheck: () => Promise<void>;
}

const MEMORY = 10 * 60_000;
const MOST_KNOWN = 5000;

/** What is known of a role, and since when. */
interface Known {
  readonly until: number;
  readonly obstacle: Obstacle | undefined;
}

/**
 * Meets a role that cannot be taken once, not a thousand times: the first who
 * meets it writes it down and has it told; for ten minutes nobody asks STS
 * again, in this process and in all others on the store. When the role can be
 * taken again, that is told too, and what the account has missed is looked at.
 */
export function guarded(port: AwsPort, options: GuardOptions): GuardedPort {
  const { store, log, now, region, onGone, memory = MEMORY } = options;
  const known = new LRUCache<string, Known>({ max: MOST_KNOWN });
  const asking = new Map<string, Promise<ObstacleRecord | undefined>>();
  const writing = new Map<string, Promise<void>>();

  const remember = (id: string, from: number, obstacle: Obstacle | undefined): void => {
    known.set(id, { until: from + memory, obstacle });
  };

  /** @returns an obstacle that was met a while ago, and may be gone */
  async function ask(id: string): Promise<ObstacleRecord | undefined> {
    const record = await store.obstacle(id);
    if (record === undefined || record.goneAt !== null) {
      remember(id, now().getTime(), undefined);
      return undefined;
    }
    const seen = Date.parse(record.seenAt);
    if (seen + memory <= now().getTime()) return record;
    remember(id, seen, obstacleOf(record));
    return undefined;
  }

  /** @throws ObstacleError when it is known that the account cannot be entered */
  async function enter(id: string): Promise<ObstacleRecord | undefined> {
    for (;;) {
      const one = known.get(id);
      if (one !== undefined && one.until > now().getTime()) {
        if (one.obstacle !== undefined) throw new ObstacleError(one.obstacle);
        return undefined;
      }
      const before = await single(asking, id, () => ask(id));
      if (before !== undefined) return before;
    }
  }

  async function met(id: string, obstacle: Obstacle): Promise<void> {
    remember(id, now().getTime(), obstacle);
    const at = now().toISOString();
    const before = await store.obstacle(id);
    const isOpen = before !== undefined && before.goneAt === null;
    const { account, because, mend } = obstacle;
    const expected = before?.revision ?? 0;
    const record: ObstacleRecord = {
      ...{ id, revision: expected + 1, account, because, mend },
      ...{ since: isOpen ? before.since : at, seenAt: at, goneAt: null },
    };
    log.warn({ account, because, mend }, 'an account cannot be entered');
    // Somebody else who met it in the same moment has written the same.
    await store.commit([{ kind: 'obstacle', record, expected }, ...(isOpen ? [] : told(record, at))]);
  }

  async function gone(id: string, before: ObstacleRecord): Promise<void> {
    if (id.endsWith(`/${roles.read}`)) await onGone?.(before.account);
    const at = now().toISOString();
    const record = { ...before, revision: before.revision + 1, seenAt: at, goneAt: at };
    await store.commit([{ kind: 'obstacle', record, expected: before.revision }, ...told(record, at)]);
    remember(id, now().getTime(), undefined);
    log.info({ account: before.account }, 'an account can be entered again');
  }

  async function through<T>(request: Request, work: () => Promise<T>): Promise<T> {
    const id = idOf(request);
    const before = await enter(id);
    let result: T;
    try {
      result = await work();
    } catch (error) {
      if (error instanceof ObstacleError) await single(writing, id, () => met(id, error.obstacle));
      throw error;
    }
    if (before !== undefined) await single(writing, id, () => gone(id, before));
    return result;
  }

  return {
    identity: () => port.identity(),
    prepare: (request) => through(request, async () => port.prepare?.(request)),
    send: (request) => through(request, () => port.send(request)),
    async recheck() {
      for (const { id, account, seenAt } of await store.obstacles()) {
        if (Date.parse(seenAt) + memory > now().getTime()) continue;
        const session = { planId: 'recheck', permissions: ['sts:GetCallerIdentity'] };
        const target = { account, region };
        const call: Request = { target, service: 'sts', operation: 'GetCallerIdentity', input: {} };
        const request = id.endsWith(`/${roles.write}`) ? { ...call, session } : call;
        await through(request, () => port.send(request)).catch((error) => {
          // One account that cannot be tried must not keep the others from it, nor from being swept.
          if (!(error instanceof ObstacleError))
            log.warn({ account, error: messageOf(error) }, 'could not be tried again');
        });
      }
    },
  };
}

const idOf = ({ target, session }: Request): string =>
  `${target.account}/${session === undefined ? roles.read : roles.write}`;

function obstacleOf({ id, account, because, mend }: ObstacleRecord): Obstacle {
  return { account, role: id.slice(account.length + 1), because, mend };
}

function told(record: ObstacleRecord, at: string): readonly Change[] {
  const effect = {
    ...({ lane: 'notice', kind: 'obstacle', finding: '', plan: null } as const),
    ...{ key: `obstacle:${record.id}:${record.revision}`, obstacle: record, due: at, createdAt: at },
  };
  return [{ kind: 'effect', effect }];
}

/** One at a time for each name; who comes meanwhile gets the same. */
function single<T>(running: Map<string, Promise<T>>, name: string, work: () => Promise<T>): Promise<T> {
  const known = running.get(name);
  if (known !== undefined) return known;
  const started = work().finally(() => running.delete(name));
  running.set(name, started);
  return started;
}
