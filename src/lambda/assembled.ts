import { randomUUID } from 'node:crypto';
import type { Context } from 'aws-lambda';
import type { GuardedPort } from '../aws/obstacles.ts';
import { createSdkPort } from '../aws/sdk-port.ts';
import { watchedAccounts } from '../bot/accounts.ts';
import { type Bot, type BotParts, createBot } from '../bot/assemble.ts';
import { createSweeper, type Sweeper } from '../bot/sweep.ts';
import { createRouter, type Router } from '../intake/route.ts';
import type { Store } from '../store/port.ts';
import { endOfTime, sleepWithinTime } from './budget.ts';
import { deliverTo } from './deliver.ts';
import { type Foundation, openTable, startFoundation, userAgent } from './foundation.ts';

/** Work that comes due later than this is left to the next tick: waiting is paid for. */
const IDLE = 5_000;
/** What a killed function has begun is taken up after this; its heartbeat comes four times as often. */
const LEASE = 60_000;

/** A function with a bot in it. */
export interface Assembled {
  readonly foundation: Foundation;
  readonly bot: Bot;
  readonly store: Store;
  readonly router: Router;
  readonly accounts: GuardedPort;
  readonly sweeper: Sweeper;
}

/**
 * The bot as functions run it: every account is reached through its role, the
 * hub's own too; the worker bears a name of its own, because environments share
 * host names and process ids. It never takes another for dead: what one has
 * left comes free when its lease runs out.
 */
export async function assembled(
  context: Context,
  { slack, sweeps = false }: { readonly slack: BotParts['slack']; readonly sweeps?: boolean },
): Promise<Assembled> {
  const foundation = await startFoundation(context);
  const { config, watched, home, place, log, telemetry, environment } = foundation;
  const { externalId } = environment;
  const store = await openTable(foundation);
  const router = createRouter(watched);
  const waiting = { sleep: sleepWithinTime, signal: endOfTime };
  const accounts = watchedAccounts({
    ...{ config, store, place, log, ...waiting },
    port: createSdkPort({ userAgent, assume: 'always', externalId, signal: endOfTime }),
    onGone: (account) => sweeper.planAccount(account),
  });
  const sweeper = createSweeper({
    ...{ config, watched, store, home, place, router, telemetry, log, sleep: sleepWithinTime },
    port: accounts,
    deliver: deliverTo(foundation, router),
  });
  const name = `lambda:${context.functionName}:${randomUUID()}`;
  const bot = await createBot({
    ...{ config, home, place, store, log, telemetry, slack },
    port: accounts,
    worker: { workerId: name, host: name, isAlive: () => true },
    ...(sweeps && {
      sweep: ({ engine, judge }) => sweeper.performer(engine, (subject) => judge({ subject, causes: [] })),
    }),
    times: { idle: IDLE, lease: LEASE },
    sleep: sleepWithinTime,
  });
  return { foundation, bot, store, router, accounts, sweeper };
}
