import { LogLevel, WebClient, type WebClientOptions } from '@slack/web-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Slack, startSlack } from './stand-in.ts';

let slack: Slack;
let client: WebClient;
const clientOf = ({ tokens, apiUrl }: Slack, options: WebClientOptions = {}) =>
  new WebClient(tokens.bot, {
    ...{ slackApiUrl: apiUrl, retryConfig: { retries: 0 }, rejectRateLimitedCalls: true },
    logLevel: LogLevel.ERROR,
    ...options,
  });
const channel = 'C0SECURITY';
const blocks = [
  {
    type: 'actions' as const,
    elements: [
      { type: 'button' as const, action_id: 'a', value: 'v', text: { type: 'plain_text' as const, text: 'A' } },
    ],
  },
];
const modal = {
  type: 'modal' as const,
  callback_id: 'window',
  title: { type: 'plain_text' as const, text: 'Window' },
  submit: { type: 'plain_text' as const, text: 'Go' },
  blocks: [
    {
      type: 'input' as const,
      block_id: 'reason',
      label: { type: 'plain_text' as const, text: 'Why' },
      element: { type: 'plain_text_input' as const, action_id: 'reason' },
    },
  ],
};

beforeEach(async () => {
  slack = await startSlack({
    users: [
      { id: 'U1', name: 'ada' },
      { id: 'U2', name: 'eve', team: 'T0OTHER' },
    ],
    groups: { S1: ['U1'] },
    channels: [
      { id: channel, name: 'security' },
      { id: 'C0OUTSIDE', name: 'outside', member: false },
    ],
  });
  client = clientOf(slack);
});
afterEach(() => slack.stop());

it('keeps a message as a reader sees it, and what it was before', async () => {
  const { ts = '' } = await client.chat.postMessage({ channel, text: 'one', blocks });
  await client.chat.postMessage({ channel, text: 'reply', thread_ts: ts });
  await client.chat.update({ channel, ts, text: 'two' });
  expect(slack.posts.map(({ text, threadTs }) => [text, threadTs])).toEqual([
    ['two', undefined],
    ['reply', ts],
  ]);
  expect(slack.posts[0]?.blocks).toEqual(blocks);
  expect(slack.posts[0]?.versions.map(({ text }) => text)).toEqual(['one', 'two']);
});

it('gives every message a later time', async () => {
  await Promise.all(Array.from({ length: 20 }, () => client.chat.postMessage({ channel, text: 'x' })));
  const times = slack.posts.map(({ ts }) => ts);
  expect(times).toEqual([...new Set(times)].sort());
});

it('finds a message by its metadata, newest first', async () => {
  const metadata = { event_type: 'redress', event_payload: { key: 'k' } };
  await client.chat.postMessage({ channel, text: 'one', metadata });
  await client.chat.postMessage({ channel, text: 'two' });
  const { messages } = await client.conversations.history({ channel, include_all_metadata: true });
  expect(messages?.map(({ text, metadata }) => [text, metadata])).toEqual([
    ['two', undefined],
    ['one', metadata],
  ]);
});

it.each([
  [
    'a token that is not its own',
    () => new WebClient('xoxb-other', { slackApiUrl: slack.apiUrl }).auth.test(),
    'invalid_auth',
  ],
  ['a channel that is not there', () => client.chat.postMessage({ channel: 'C0NONE', text: 'x' }), 'channel_not_found'],
  ['a channel without it', () => client.chat.postMessage({ channel: 'C0OUTSIDE', text: 'x' }), 'not_in_channel'],
  ['a user that is not there', () => client.users.info({ user: 'U9' }), 'user_not_found'],
  ['a group that is not there', () => client.usergroups.users.list({ usergroup: 'S9' }), 'no_such_subteam'],
  [
    'a message that is not there',
    () => client.chat.update({ channel, ts: '1.000001', text: 'x' }),
    'message_not_found',
  ],
  ['a trigger of nobody', () => client.views.open({ trigger_id: 'x', view: modal }), 'expired_trigger_id'],
  [
    'broken blocks',
    () =>
      client.chat.postMessage({
        channel,
        text: 'x',
        blocks: [...blocks, ...blocks].map((one) => ({ ...one, block_id: 'b' })),
      }),
    'invalid_blocks',
  ],
  ['the wrong kind of token', () => client.apps.connections.open(), 'not_allowed_token_type'],
])('refuses %s', async (_, call, error) => {
  await expect(call()).rejects.toMatchObject({ data: { error } });
});

it('names the scope that is missing', async () => {
  const narrow = await startSlack({ scopes: ['chat:write'] });
  const asked = clientOf(narrow).users.info({ user: 'U1' });
  await expect(asked).rejects.toMatchObject({ data: { error: 'missing_scope', needed: 'users:read' } });
  await narrow.stop();
});

it('tells the scopes of a token in a header', async () => {
  const { response_metadata } = await client.auth.test();
  expect(response_metadata?.scopes).toContain('chat:write');
});

it('tells whose workspace somebody belongs to', async () => {
  expect((await client.users.info({ user: 'U2' })).user).toMatchObject({ team_id: 'T0OTHER', is_stranger: true });
});

it('takes a file into a thread', async () => {
  const { ts = '' } = await client.chat.postMessage({ channel, text: 'one' });
  await client.filesUploadV2({ channel_id: channel, thread_ts: ts, filename: 'plan.md', content: '# Plan' });
  expect(slack.uploads).toMatchObject([{ name: 'plan.md', content: '# Plan', channel, threadTs: ts }]);
  expect(slack.posts[1]).toMatchObject({ threadTs: ts, files: ['plan.md'] });
});

describe('misbehaves as told', () => {
  it.each([
    [{ status: 500 }, { statusCode: 500 }],
    [{ error: 'fatal_error' }, { data: { error: 'fatal_error' } }],
    [{ retryAfter: 7 }, { retryAfter: 7 }],
  ])('%j', async (fault, expected) => {
    slack.fail('chat.postMessage', 1, fault);
    await expect(client.chat.postMessage({ channel, text: 'x' })).rejects.toMatchObject(expected);
    expect(slack.posts).toHaveLength(0);
    await client.chat.postMessage({ channel, text: 'x' });
    expect(slack.posts).toHaveLength(1);
  });

  it('does it and loses the answer', async () => {
    slack.fail('chat.postMessage', 1, { closeAfterWork: true });
    await expect(client.chat.postMessage({ channel, text: 'x' })).rejects.toThrow();
    expect(slack.posts).toHaveLength(1);
  });

  it('never answers', async () => {
    slack.fail('chat.postMessage', 1, { hang: true });
    const hasty = clientOf(slack, { timeout: 50 });
    await expect(hasty.chat.postMessage({ channel, text: 'x' })).rejects.toThrow();
    expect(slack.posts).toHaveLength(0);
  });

  it('paces posts to a channel where asked', async () => {
    const paced = await startSlack({ pace: 1000, now: () => 5_000_000 });
    const hasty = clientOf(paced);
    await hasty.chat.postMessage({ channel, text: 'x' });
    await expect(hasty.chat.postMessage({ channel, text: 'x' })).rejects.toMatchObject({ retryAfter: 1 });
    await paced.stop();
  });
});

it('refuses a click on a button that is not there', async () => {
  await client.chat.postMessage({ channel, text: 'one', blocks });
  const [post] = slack.posts;
  if (post === undefined) throw new Error('posted');
  expect(() => slack.click(post, 'b', { user: 'U1' })).toThrow('Nothing here is called b.');
});
