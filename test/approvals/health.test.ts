import { afterEach, expect, it } from 'vitest';
import { type ExamineOptions, examineSlack, type SlackParts, slackParts } from '../../approvals/health.ts';
import { configSchema } from '../../src/config/schema.ts';
import { ALL_SCOPES, type Slack, type SlackOptions, startSlack } from './slack/stand-in.ts';

let slack: Slack | undefined;
afterEach(() => slack?.stop());

const world: SlackOptions = {
  users: [
    { id: 'U0ADA', name: 'ada' },
    { id: 'U0GONE', name: 'gone', deleted: true },
    { id: 'U0BOT', name: 'bot', bot: true },
  ],
  groups: { S0TEAM: ['U0ADA'], S0EMPTY: [] },
  channels: [
    { id: 'C0SECURITY', name: 'security' },
    { id: 'C0OUTSIDE', name: 'outside', member: false },
    { id: 'C0OLD', name: 'old', archived: true },
  ],
};
const parts: SlackParts = { transport: 'socket', channels: ['C0SECURITY'], groups: ['S0TEAM'], users: ['U0ADA'] };

async function examine(more: Partial<SlackParts>, options: Partial<ExamineOptions> = {}, given: SlackOptions = {}) {
  slack = await startSlack({ ...world, ...given });
  const { tokens, apiUrl } = slack;
  const tokensAndUrl = { botToken: tokens.bot, appToken: tokens.app, slackApiUrl: apiUrl };
  return examineSlack({ parts: { ...parts, ...more }, ...tokensAndUrl, ...options });
}

it('finds that all is well', async () => {
  const found = await examine({});
  expect(found).toEqual([
    { check: 'slack token', status: 'works', detail: '@redress in Home (T0HOME)' },
    { check: 'slack scopes', status: 'works', detail: 'all 9 are there' },
    { check: 'slack socket mode', status: 'works', detail: 'Slack would connect' },
    { check: 'slack channel C0SECURITY', status: 'works', detail: '#security' },
    { check: 'slack user group S0TEAM', status: 'works', detail: '1 member may decide' },
    { check: 'slack user U0ADA', status: 'works', detail: '@ada may decide' },
  ]);
});

it.each<[string, Partial<SlackParts>, Partial<ExamineOptions>, SlackOptions, string, RegExp, RegExp]>([
  [
    'a wrong token',
    {},
    { botToken: 'xoxb-other' },
    {},
    'slack token',
    /invalid_auth .*does not know/,
    /SLACK_BOT_TOKEN/,
  ],
  ['no way to Slack', {}, { slackApiUrl: 'http://127.0.0.1:1/api/' }, {}, 'slack token', /./, /reaches Slack/],
  [
    'a missing scope',
    {},
    {},
    { scopes: ALL_SCOPES.filter((one) => one !== 'files:write') },
    'slack scopes',
    /files:write .puts long plans/,
    /add files:write .* install the app again/,
  ],
  ['no app token', {}, { appToken: undefined }, {}, 'slack socket mode', /no app-level token/, /connections:write/],
  [
    'a bot token as the app token',
    {},
    { appToken: 'xoxb-stand-in' },
    {},
    'slack socket mode',
    /not_allowed_token_type/,
    /xapp-/,
  ],
  ['no signing secret', { transport: 'http' }, {}, {}, 'slack requests', /no signing secret/, /SLACK_SIGNING_SECRET/],
  [
    'a token for a secret',
    { transport: 'http' },
    { signingSecret: 'xoxb-1' },
    {},
    'slack requests',
    /32 hexadecimal/,
    /Basic Information/,
  ],
  [
    'a channel that is not there',
    { channels: ['C0NONE'] },
    {},
    {},
    'slack channel C0NONE',
    /channel_not_found/,
    /check the id/,
  ],
  [
    'a channel without the bot',
    { channels: ['C0OUTSIDE'] },
    {},
    {},
    'slack channel C0OUTSIDE',
    /not in #outside/,
    /\/invite @redress/,
  ],
  ['an archived channel', { channels: ['C0OLD'] }, {}, {}, 'slack channel C0OLD', /#old is archived/, /unarchive/],
  [
    'a group that is not there',
    { groups: ['S0NONE'] },
    {},
    {},
    'slack user group S0NONE',
    /no_such_subteam/,
    /approvers/,
  ],
  [
    'a group that may not be read',
    {},
    {},
    { scopes: ['chat:write'] },
    'slack user group S0TEAM',
    /lacks usergroups:read/,
    /add usergroups:read/,
  ],
  ['an approver who is not there', { users: ['U0NOBODY'] }, {}, {}, 'slack user U0NOBODY', /user_not_found/, /people/],
  ['an approver who has left', { users: ['U0GONE'] }, {}, {}, 'slack user U0GONE', /deactivated/, /somebody else/],
  ['an approver that is a bot', { users: ['U0BOT'] }, {}, {}, 'slack user U0BOT', /a bot/, /somebody else/],
])('names %s, and how to mend it', async (_, more, options, given, check, detail, mend) => {
  const found = (await examine(more, options, given)).find((one) => one.check === check);
  expect(found).toMatchObject({
    status: 'broken',
    detail: expect.stringMatching(detail),
    mend: expect.stringMatching(mend),
  });
});

it('notices a group without members', async () => {
  expect(await examine({ groups: ['S0EMPTY'] })).toContainEqual(expect.objectContaining({ status: 'in part' }));
});

it('looks no further with a token that does not work', async () => {
  const found = await examine({}, { botToken: 'xoxb-other' });
  expect(found.map(({ check }) => check)).toEqual(['slack token', 'slack socket mode']);
});

it('changes nothing in Slack', async () => {
  await examine({});
  const methods = new Set(slack?.calls.map(({ method }) => method));
  expect([...methods].sort()).toEqual([
    ...['apps.connections.open', 'auth.test', 'conversations.info', 'usergroups.users.list', 'users.info'],
  ]);
});

it('reads off the configuration what Slack must have', () => {
  const config = configSchema.parse({
    slack: {
      ...{ channel: 'C0SECURITY', transport: 'http' },
      routes: [{ channel: 'C0PCI', criticalities: ['HIGH'] }, { channel: 'C0SECURITY' }],
    },
    people: [{ name: 'ada', slack: 'U0ADA' }],
    approvers: [
      { users: ['ada', 'bob'], controls: 'all' },
      { users: ['U0EVE', 'U0ADA'], groups: ['S0TEAM'], controls: [48] },
      { groups: ['S0TEAM'], controls: 'all' },
    ],
  });
  const { slack } = config;
  if (slack === undefined) throw new Error('It is configured.');
  expect(slackParts({ ...config, slack })).toEqual({
    ...{ transport: 'http', channels: ['C0SECURITY', 'C0PCI'], groups: ['S0TEAM'], users: ['U0ADA', 'U0EVE'] },
  });
});
