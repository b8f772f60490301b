import { type App, CfnOutput, Stack } from 'aws-cdk-lib';
import type { Catalogue } from '../src/catalogue.ts';
import type { Config } from '../src/config.ts';
import { makeAlarms } from './alarms.ts';
import { buses } from './bus.ts';
import { dashboard } from './dashboard.ts';
import type { Things } from './function-roles.ts';
import { type Bundles, functions } from './functions.ts';
import { encryptionKey } from './key.ts';
import { chosenControls, type HubOptions, OptionsError } from './options.ts';
import { queues } from './queues.ts';
import { schedules } from './schedules.ts';
import { slackEndpoint } from './slack-endpoint.ts';
import { eventSources } from './sources.ts';
import { stateTable } from './table.ts';
import { topics } from './topics.ts';

/** What a hub is made from. */
export interface HubProps {
  readonly options: HubOptions;
  readonly catalogue: Catalogue;
  /** The configuration that the functions run with. */
  readonly config: Config;
  readonly bundles: Bundles;
}

/**
 * The stack of the hub account: everything of Redress but the roles and rules
 * of member accounts.
 *
 * @throws OptionsError when options and configuration contradict each other
 */
export function hubStack(app: App, { options, catalogue, config, bundles }: HubProps): Stack {
  const stack = new Stack(app, 'RedressHub', {
    env: { account: options.account, region: options.region },
    description: 'Redress: takes events of the organization, judges, asks, sets right',
    // Somebody deleting the stack by a slip would end the watch over a whole organization.
    terminationProtection: true,
  });
  const key = encryptionKey(stack);
  const hubQueues = queues(stack, key, {
    intakeSeconds: options.functions.intake.timeoutSeconds,
    workerSeconds: options.functions.worker.timeoutSeconds,
    settleSeconds: config.timing.settleSeconds,
  });
  const hubBuses = buses(stack, key, hubQueues, options, chosenControls(options, catalogue));
  const table = stateTable(stack, key);
  const hubTopics = topics(stack, key);
  const things: Things = {
    ...{ key, table, queues: hubQueues, buses: hubBuses, topics: hubTopics },
    slackParameters: slackParameters(options, config),
    securityHub: config.export.securityHub,
    // X-Ray does not work with Lambda in China.
    tracing: !options.region.startsWith('cn-'),
  };
  const made = functions(stack, things, bundles, options);
  eventSources(stack, made, hubQueues, table, options);
  schedules(stack, made, hubQueues.undelivered);
  const slack = made.get('slack');
  const slackApi = slack && slackEndpoint(stack, slack, key, options.retentionDays);

  const slackApiId = slackApi?.apiId;
  const watched = { queues: hubQueues, functions: made, table, buses: hubBuses, slackApiId };
  makeAlarms(stack, watched, hubTopics.alarms);
  dashboard(stack, watched);
  new CfnOutput(stack, 'EventsBusArn', {
    description: 'HubBusArn of the member stacks',
    value: hubBuses.events.eventBusArn,
  });
  return stack;
}

/** SSM parameters with Slack's secrets. None when Slack is off or not configured. */
function slackParameters({ slack: wanted }: HubOptions, { slack }: Config): Things['slackParameters'] {
  if (wanted === false || (wanted === undefined && slack === undefined)) return undefined;
  if (slack === undefined) {
    throw new OptionsError('slack: is true, and the configuration has no slack; add it, or leave the option out.');
  }
  if (slack.transport !== 'http') {
    throw new OptionsError('slack: functions hold no connection open; write "transport: http" in the configuration.');
  }
  const { botToken, signingSecret } = slack.parameters;
  if (botToken === undefined || signingSecret === undefined) {
    throw new OptionsError(
      'slack: functions take secrets from SSM parameters; name slack.parameters.botToken and .signingSecret in the configuration.',
    );
  }
  return { botToken, signingSecret };
}
