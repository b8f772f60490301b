import type { Context } from 'aws-lambda';
import { createSlackApp } from '../../approvals/app.ts';
import { problemsOf } from '../../approvals/messages/windows.ts';
import { type LambdaAnswer, lambdaReceiver } from '../../approvals/receivers.ts';
import { webSlack } from '../../approvals/slack.ts';
import { SetupError } from '../bot/error.ts';
import { slackSecret } from '../bot/secrets.ts';
import { slackApiUrl } from '../bot/slack.ts';
import type { Store } from '../store/port.ts';
import { handOver } from '../workflow/inbox.ts';
import type { Log } from '../workflow/kit.ts';
import { sleepWithinTime, withinTime } from './budget.ts';
import { openTable, startFoundation } from './foundation.ts';
import { once } from './once.ts';

export interface SlackEndpointParts {
  readonly signingSecret: string;
  readonly store: Pick<Store, 'commit'>;
  readonly log: Log;
  readonly now: () => Date;
}

/**
 * Makes the function that hears Slack: it verifies, writes down and
 * acknowledges. It holds no token: what it answers goes to the address that
 * came with the click.
 */
export async function createSlackEndpoint(
  parts: SlackEndpointParts,
): Promise<(event: unknown) => Promise<LambdaAnswer>> {
  const { signingSecret, store, log, now } = parts;
  const receiver = await lambdaReceiver({ signingSecret, now, log });
  const slack = webSlack({ token: '', now, sleep: sleepWithinTime, ...slackApiUrl() });
  await createSlackApp({
    ...{ receiver, now, log, problemsOf },
    handOver: (interaction) => handOver({ store, now }, interaction),
    answer: (url, text) => slack.respond(url, { text, blocks: [] }),
  });
  return receiver.handler;
}

const start = once(async (context: Context) => {
  const foundation = await startFoundation(context);
  const { config, home, place, log } = foundation;
  if (config.slack === undefined) throw new SetupError('Slack is not configured: set slack.channel in redress.yaml.');
  const signingSecret = await slackSecret('signingSecret', config.slack, home, place);
  return createSlackEndpoint({ signingSecret, store: await openTable(foundation), log, now: () => new Date() });
});

/** The Lambda function `slack`, behind its HTTP API: whoever is not Slack is refused by the signature. */
export async function handler(event: unknown, context: Context): Promise<LambdaAnswer> {
  const endpoint = await start(context);
  return withinTime(context, () => endpoint(event));
}
