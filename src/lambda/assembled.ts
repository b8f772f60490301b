import { randomUUID } from 'node:crypto';
import type { Context } from 'aws-lambda';
import { createSdkPort } from '../aws/sdk-port.ts';
import { type Bot, type BotParts, createBot } from '../bot/assemble.ts';
import { sleepWithinTime } from './budget.ts';
import { type Foundation, openTable, startFoundation, userAgent } from './foundation.ts';

/** Work that comes due later than this is left to the next tick: waiting is paid for. */
const IDLE = 5_000;

/**
 * The bot as functions run it: every account is reached through its role, the
 * hub's own too; the worker bears a name of its own, because environments share
 * host names and process ids. It never takes another for dead: what one has
 * left comes free when its lease runs out.
 */
export async function assembled(
  context: Context,
  slack: BotParts['slack'],
  sweep?: BotParts['sweep'],
): Promise<{ readonly foundation: Foundation; readonly bot: Bot }> {
  const foundation = await startFoundation(context);
  const { config, home, place, log, environment } = foundation;
  const name = `lambda:${context.functionName}:${randomUUID()}`;
  const bot = await createBot({
    ...{ config, home, place, log, slack },
    port: createSdkPort({ userAgent, assume: 'always', externalId: environment.externalId }),
    store: await openTable(foundation),
    worker: { workerId: name, host: name, isAlive: () => true },
    ...(sweep === undefined ? {} : { sweep }),
    times: { idle: IDLE },
    sleep: sleepWithinTime,
  });
  return { foundation, bot };
}
