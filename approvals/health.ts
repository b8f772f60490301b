import { type Logger, LogLevel, WebClient } from '@slack/web-api';
import type { Config, SlackConfig } from '../src/config.ts';
import { messageOf } from '../src/one-line.ts';
import { plural } from './messages/words.ts';
import { slackIdOf } from './people.ts';
import { type BotScope, botScopes, missingScopes } from './scopes.ts';
import { slackError } from './slack.ts';

/** One thing that was looked at. `mend` says what to do where it does not work. */
export interface Check {
  readonly check: string;
  readonly status: 'works' | 'in part' | 'broken' | 'not configured';
  readonly detail: string;
  readonly mend?: string;
  /** Slack did not answer, or not now: it may work later without anybody mending anything. */
  readonly away?: true;
}

/** What the configuration wants of Slack. */
export interface SlackParts {
  readonly transport: SlackConfig['transport'];
  readonly channels: readonly string[];
  /** User groups whose members may decide. */
  readonly groups: readonly string[];
  /** Slack ids of the people who may decide. */
  readonly users: readonly string[];
}

/** Reads off a configuration what Slack must have. */
export function slackParts(config: Config & { readonly slack: SlackConfig }): SlackParts {
  const { transport, channel, routes } = config.slack;
  return {
    transport,
    channels: unique([channel, ...routes.map((route) => route.channel)]),
    groups: unique(config.approvers.flatMap(({ groups }) => groups)),
    users: unique(config.approvers.flatMap(({ users }) => users.flatMap((user) => slackIdOf(config, user) ?? []))),
  };
}

const unique = (names: readonly string[]): string[] => [...new Set(names)];

export interface ExamineOptions {
  readonly parts: SlackParts;
  readonly botToken: string;
  readonly appToken?: string;
  readonly signingSecret?: string;
  readonly slackApiUrl?: string;
}

/** Mends that need the settings of the app. */
const reinstall = 'then install the app again ("Install App" in its settings)';
const mends = {
  token: `set SLACK_BOT_TOKEN to the bot token (xoxb-…) under "OAuth & Permissions" of the app`,
  network: 'check that this machine reaches Slack (a proxy, a firewall), and try again',
  appToken:
    'make an app-level token (xapp-…) with the scope connections:write under "Basic Information" and set SLACK_APP_TOKEN; turn Socket Mode on',
  secret: 'set SLACK_SIGNING_SECRET to the signing secret under "Basic Information" of the app',
} as const;

/** Looks at everything that Redress needs of Slack, and changes nothing there. */
export async function examineSlack(options: ExamineOptions): Promise<Check[]> {
  const { parts, botToken } = options;
  const bot = clientOf(botToken, options);
  const { checks, name, granted } = await examineToken(bot);
  const found = [...checks, await examineTransport(options)];
  if (granted === undefined) return found;
  for (const channel of parts.channels) found.push(await examineChannel(bot, channel, name));
  for (const group of parts.groups) found.push(await examineGroup(bot, group));
  for (const user of parts.users) found.push(await examineUser(bot, user));
  return found;
}

function clientOf(token: string, { slackApiUrl }: ExamineOptions): WebClient {
  return new WebClient(token, {
    ...(slackApiUrl === undefined ? {} : { slackApiUrl }),
    ...{ retryConfig: { retries: 0 }, rejectRateLimitedCalls: true, timeout: 10_000, logger: silent },
  });
}

async function examineToken(bot: WebClient) {
  const check = 'slack token';
  try {
    const { user = 'redress', team, team_id, response_metadata } = await bot.auth.test();
    const granted = response_metadata?.scopes ?? [];
    const works: Check = { check, status: 'works', detail: `@${user} in ${team} (${team_id})` };
    return { checks: [works, examineScopes(granted)], name: user, granted };
  } catch (error) {
    return { checks: [broken(check, error, mends.token)], name: 'redress', granted: undefined };
  }
}

function examineScopes(granted: readonly string[]): Check {
  const check = 'slack scopes';
  const missing = missingScopes(granted);
  if (missing.length === 0) return { check, status: 'works', detail: `all ${Object.keys(botScopes).length} are there` };
  return {
    ...{ check, status: 'broken', detail: `missing: ${missing.map(withWhy).join('; ')}` },
    mend: `add ${missing.join(', ')} under "OAuth & Permissions", ${reinstall}`,
  };
}

const withWhy = (scope: BotScope): string => `${scope} (${botScopes[scope]})`;

async function examineTransport(options: ExamineOptions): Promise<Check> {
  const { parts, appToken = '', signingSecret = '' } = options;
  if (parts.transport === 'http') {
    const check = 'slack requests';
    if (/^[\da-f]{32}$/.test(signingSecret)) {
      return { check, status: 'works', detail: 'over HTTP; whether Slack reaches this address, only Slack can say' };
    }
    const detail =
      signingSecret === '' ? 'there is no signing secret' : 'this is no signing secret: it has 32 hexadecimal digits';
    return { check, status: 'broken', detail, mend: mends.secret };
  }
  const check = 'slack socket mode';
  if (appToken === '') return { check, status: 'broken', detail: 'there is no app-level token', mend: mends.appToken };
  try {
    await clientOf(appToken, options).apps.connections.open();
    return { check, status: 'works', detail: 'Slack would connect' };
  } catch (error) {
    return broken(check, error, mends.appToken);
  }
}

async function examineChannel(bot: WebClient, id: string, name: string): Promise<Check> {
  const check = `slack channel ${id}`;
  const invite = `invite the bot: write "/invite @${name}" in the channel`;
  try {
    const { channel } = await bot.conversations.info({ channel: id });
    const called = `#${channel?.name ?? id}`;
    if (channel?.is_archived) {
      return {
        check,
        status: 'broken',
        detail: `${called} is archived`,
        mend: 'unarchive it, or name another channel in redress.yaml',
      };
    }
    if (!channel?.is_member) return { check, status: 'broken', detail: `the bot is not in ${called}`, mend: invite };
    return { check, status: 'works', detail: called };
  } catch (error) {
    return broken(check, error, `check the id under slack: in redress.yaml; if the channel is private, ${invite}`);
  }
}

async function examineGroup(bot: WebClient, id: string): Promise<Check> {
  const check = `slack user group ${id}`;
  try {
    const { users = [] } = await bot.usergroups.users.list({ usergroup: id });
    if (users.length > 0) return { check, status: 'works', detail: `${plural(users.length, 'member')} may decide` };
    return {
      check,
      status: 'in part',
      detail: 'has no members, so nobody may decide by it',
      mend: 'add members to it in Slack',
    };
  } catch (error) {
    return broken(check, error, 'check the id of the user group under approvers: in redress.yaml');
  }
}

async function examineUser(bot: WebClient, id: string): Promise<Check> {
  const check = `slack user ${id}`;
  const mend = 'name somebody else under approvers: in redress.yaml';
  try {
    const { user } = await bot.users.info({ user: id });
    if (user?.deleted) return { check, status: 'broken', detail: 'is deactivated', mend };
    if (user?.is_bot) return { check, status: 'broken', detail: 'is a bot; bots decide nothing', mend };
    return { check, status: 'works', detail: `@${user?.name ?? id} may decide` };
  } catch (error) {
    return broken(check, error, 'check the id of the user under approvers: and people: in redress.yaml');
  }
}

/** What Slack means by its commonest errors. */
const meanings: Readonly<Record<string, string>> = {
  invalid_auth: 'Slack does not know this token',
  not_authed: 'there is no token',
  token_revoked: 'the token was revoked',
  account_inactive: 'the app was removed from the workspace',
  not_allowed_token_type: 'this is another kind of token',
  channel_not_found: 'Slack does not show the bot such a channel',
  no_such_subteam: 'there is no such user group',
  user_not_found: 'there is no such user',
};

function broken(check: string, error: unknown, mend: string): Check {
  const code = slackError(error);
  if (code === undefined || isPassing(code)) {
    return { check, status: 'broken', detail: messageOf(error), mend: mends.network, away: true };
  }
  if (code === 'missing_scope') return lacking(check, error);
  const meaning = Object.hasOwn(meanings, code) ? ` (${meanings[code]})` : '';
  return { check, status: 'broken', detail: `Slack says ${code}${meaning}`, mend };
}

/** Errors of Slack's own that go away by themselves. */
const isPassing = (code: string): boolean =>
  ['internal_error', 'fatal_error', 'service_unavailable', 'request_timeout', 'team_added_to_org'].includes(code);

function lacking(check: string, error: unknown): Check {
  const data: unknown = error instanceof Error && 'data' in error ? error.data : undefined;
  const needed = typeof data === 'object' && data !== null && 'needed' in data ? String(data.needed) : 'a scope';
  return {
    ...{ check, status: 'broken', detail: `the token lacks ${needed}` },
    mend: `add ${needed} under "OAuth & Permissions", ${reinstall}`,
  };
}

/** What went wrong is in the checks already. */
const nothing = () => {};
const silent: Logger = {
  ...{ debug: nothing, info: nothing, warn: nothing, error: nothing, setLevel: nothing, setName: nothing },
  getLevel: () => LogLevel.ERROR,
};
