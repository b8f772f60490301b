import type { Context } from 'aws-lambda';
import { flushing } from '../telemetry/port.ts';
import { assembled } from './assembled.ts';
import { withinTime } from './budget.ts';
import { once } from './once.ts';

const start = once((context: Context) => assembled(context, { slack: 'left out', sweeps: true }));

/**
 * The Lambda function `sweep`, woken every few minutes: tries the accounts
 * again that could not be entered, plans the parts of sweeps that come due
 * soon, and performs those that are due. Where its time ends, the next one
 * goes on.
 */
export async function handler(_wake: unknown, context: Context): Promise<void> {
  const { foundation, bot, accounts, sweeper } = await start(context);
  await flushing(foundation.telemetry, () =>
    withinTime(context, async (signal) => {
      await sweeper.plan();
      await accounts.recheck();
      await bot.workflow.run({ untilIdle: true, lanes: ['sweep'], signal, recover: false });
    }),
  );
}
