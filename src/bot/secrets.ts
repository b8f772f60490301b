import type { AwsPort, Target } from '../aws/port.ts';
import type { SlackConfig } from '../config.ts';
import { SetupError } from './error.ts';

/** The environment variable of each secret. */
const VARIABLES = {
  botToken: 'SLACK_BOT_TOKEN',
  appToken: 'SLACK_APP_TOKEN',
  signingSecret: 'SLACK_SIGNING_SECRET',
} as const;
type Secret = keyof typeof VARIABLES;

/** What a transport needs besides the bot's token. */
const SECRET_OF: Readonly<Record<SlackConfig['transport'], Secret>> = { socket: 'appToken', http: 'signingSecret' };

export type Secrets = Readonly<Partial<Record<Secret, string>>> & { readonly botToken: string };

/**
 * A secret: from the environment, else from the SSM parameter that the
 * configuration names.
 *
 * @throws SetupError naming what is missing and where it belongs
 */
export async function slackSecret(
  name: Secret,
  { parameters }: SlackConfig,
  port: Pick<AwsPort, 'send'>,
  target: Target,
): Promise<string> {
  const given = process.env[VARIABLES[name]];
  if (given) return given;
  const parameter = parameters[name];
  if (parameter === undefined) {
    throw new SetupError(
      `Slack needs ${VARIABLES[name]} in the environment, or slack.parameters.${name} with the name of an SSM parameter.`,
    );
  }
  const input = { Name: parameter, WithDecryption: true };
  const { output } = await port.send({ target, service: 'ssm', operation: 'GetParameter', input });
  const value: unknown = output.Parameter;
  const text = typeof value === 'object' && value !== null && 'Value' in value ? value.Value : undefined;
  if (typeof text !== 'string' || text === '') throw new SetupError(`The SSM parameter ${parameter} is empty.`);
  return text;
}

/**
 * All secrets of the transport that is configured.
 *
 * @throws SetupError naming what is missing and where it belongs
 */
export async function slackSecrets(slack: SlackConfig, port: Pick<AwsPort, 'send'>, target: Target): Promise<Secrets> {
  const other = SECRET_OF[slack.transport];
  return {
    botToken: await slackSecret('botToken', slack, port, target),
    [other]: await slackSecret(other, slack, port, target),
  };
}
