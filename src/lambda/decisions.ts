import type { Context } from 'aws-lambda';
import { flushing } from '../telemetry/port.ts';
import { assembled } from './assembled.ts';
import { withinTime } from './budget.ts';
import { once } from './once.ts';
import type { Wake } from './worker.ts';

const start = once((context: Context) => assembled(context, { slack: 'used' }));

/** The Lambda function `decisions`: takes up what people have said, and tells them what happened. */
export async function handler(_wake: Wake, context: Context): Promise<void> {
  const { bot, foundation } = await start(context);
  await flushing(foundation.telemetry, () =>
    withinTime(context, (signal) =>
      bot.workflow.run({ untilIdle: true, lanes: ['inbox', 'notice'], signal, recover: false }),
    ),
  );
}
