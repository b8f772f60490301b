import type { Context } from 'aws-lambda';
import { assembled } from './assembled.ts';
import { withinTime } from './budget.ts';
import { once } from './once.ts';
import type { Wake } from './worker.ts';

const start = once(async (context: Context) => (await assembled(context, 'used')).bot.workflow);

/** The Lambda function `decisions`: takes up what people have said, and tells them what happened. */
export async function handler(_wake: Wake, context: Context): Promise<void> {
  const workflow = await start(context);
  await withinTime(context, (signal) =>
    workflow.run({ untilIdle: true, lanes: ['inbox', 'notice'], signal, recover: false }),
  );
}
