import { setTimeout as wait } from 'node:timers/promises';
import type { App, Receiver } from '@slack/bolt';
import { type Groups, noGroups } from '../../approvals/approvers.ts';
import type { Check } from '../../approvals/health.ts';
import { REQUEST_PATH } from '../../approvals/manifest.ts';
import { createSlackService, type SlackService } from '../../approvals/service.ts';
import type { AwsPort, Target } from '../aws/port.ts';
import type { Config, SlackConfig } from '../config.ts';
import type { Place } from '../control/resource.ts';
import type { Engine } from '../engine.ts';
import type { Evaluation, Plan } from '../plan/plan.ts';
import type { Store } from '../store/port.ts';
import type { Log } from '../workflow/kit.ts';
import type { Assessment } from '../workflow/remediator.ts';
import { SetupError } from './error.ts';
import { type Secrets, slackSecrets } from './secrets.ts';

/** Another address than Slack's own: a proxy, or a test's stand-in. */
export const slackApiUrl = (): { slackApiUrl?: string; answersTo?: string } => {
  const url = process.env.REDRESS_SLACK_API_URL;
  return url ? { slackApiUrl: url, answersTo: new URL('/', url).href } : {};
};

const clock = {
  now: () => new Date(),
  sleep: async (milliseconds: number) => {
    await wait(milliseconds);
  },
};

/**
 * Looks at everything that Redress needs of Slack.
 *
 * @throws SetupError when a secret is missing
 */
export async function examineConfiguredSlack(
  config: Config & { readonly slack: SlackConfig },
  port: Pick<AwsPort, 'send'>,
  target: Target,
): Promise<readonly Check[]> {
  const { examineSlack, slackParts } = await import('../../approvals/health.ts');
  const secrets = await slackSecrets(config.slack, port, target);
  return examineSlack({ parts: slackParts(config), ...secrets, ...slackApiUrl() });
}

/**
 * Looks before the bot starts. What only a person can mend, such as a missing
 * scope, ends it with every such thing named; a Slack that is away does not.
 *
 * @throws SetupError with what is broken and how to mend it
 */
async function makeSure({ config, port, place, log }: ConnectOptions, slack: SlackConfig): Promise<void> {
  const checks = await examineConfiguredSlack({ ...config, slack }, port, place);
  const broken = checks.filter(({ status }) => status === 'broken');
  const lines = broken.map(({ check, detail, mend }) => `${check}: ${detail}${mend ? `; ${mend}` : ''}`);
  if (broken.some(({ away }) => !away)) throw new SetupError(`Slack is not set up: ${lines.join(' · ')}`);
  if (lines.length > 0) log.warn({ checks: lines }, 'Slack is away; questions wait until it is back');
}

export interface ConnectOptions {
  readonly config: Config;
  readonly port: Pick<AwsPort, 'send'>;
  readonly place: Place;
  readonly engine: Engine;
  readonly store: Store;
  readonly writes: 'dry-run' | 'on';
  readonly log: Log;
  /** Whether to look first at everything that is needed of Slack, so that a person is told what is missing. */
  readonly examine: boolean;
}

/** Slack as the bot uses it. */
export interface ConnectedSlack extends SlackService {
  /** The app on the transport that is configured, ready to be started. */
  readonly listener: (workflow: Parameters<SlackService['app']>[1]) => Promise<App>;
}

/**
 * Puts Slack together as configured; nothing when it is not.
 *
 * @throws SetupError when a secret is missing
 */
export async function connectSlack(options: ConnectOptions): Promise<ConnectedSlack | undefined> {
  const { config, port, place, engine, log } = options;
  const { slack } = config;
  if (slack === undefined) return undefined;
  const secrets = await slackSecrets(slack, port, place);
  if (options.examine) await makeSure(options, slack);
  const { webSlack } = await import('../../approvals/slack.ts');
  const service = createSlackService({
    ...options,
    ...clock,
    config: { ...config, slack },
    slack: webSlack({ token: secrets.botToken, ...clock, ...slackApiUrl() }),
    assess: (arn) => assess(engine, place, arn),
  });
  return {
    ...service,
    listener: async (workflow) => service.app(await receiverFor(slack, secrets, log), workflow),
  };
}

async function receiverFor(
  slack: SlackConfig,
  { appToken = '', signingSecret = '' }: Secrets,
  log: Log,
): Promise<Receiver> {
  const { httpReceiver, socketReceiver } = await import('../../approvals/receivers.ts');
  const common = { now: clock.now, log };
  return slack.transport === 'socket'
    ? socketReceiver({ appToken, ...common, ...slackApiUrl() })
    : httpReceiver({ signingSecret, port: slack.port, path: REQUEST_PATH, ...common });
}

async function assess(engine: Engine, place: Place, resource: string): Promise<Assessment> {
  const evaluations: Evaluation[] = [];
  const plans: Plan[] = [];
  for await (const part of engine.scan(place, { resource })) {
    evaluations.push(...part.evaluations);
    plans.push(...part.plans);
  }
  return { evaluations, plans };
}

/** Slack's user groups, for who decides at the terminal; none where no token is at hand. */
export async function groupsFor(config: Config): Promise<Groups> {
  const token = process.env.SLACK_BOT_TOKEN;
  if (config.slack === undefined || !token) return noGroups;
  const [{ webSlack }, { slackGroups }] = await Promise.all([
    import('../../approvals/slack.ts'),
    import('../../approvals/groups.ts'),
  ]);
  return slackGroups(webSlack({ token, ...clock, ...slackApiUrl() }), clock.now);
}
