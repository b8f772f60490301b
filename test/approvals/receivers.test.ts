import { createConnection } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { actionIds } from '../../approvals/ids.ts';
import { AppTokenRefusedError, lambdaReceiver, socketReceiver } from '../../approvals/receivers.ts';
import { type AppWorld, posted, startApp } from './slack/app-world.ts';
import { gatewayEvent } from './slack/gateway.ts';
import {
  blockActions,
  encoded,
  homeOpened,
  type Post,
  SIGNING_SECRET,
  sendHttp,
  sendRaw,
  signed,
  startSlack,
} from './slack/stand-in.ts';

const seconds = () => Math.floor(Date.now() / 1000);
const FORM = 'application/x-www-form-urlencoded';

/** A request as an attacker or an accident would have it. */
interface Request {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** An honest click on Approve, as it goes over the wire. */
async function click(world: AppWorld): Promise<string> {
  const { state } = world.slack;
  const message: Post = await posted(world.slack);
  return encoded('interactive', blockActions(state, message, actionIds.approve, { user: 'U1' })).body;
}

const form = (body: string, more: Readonly<Record<string, string>> = signed(body)): Request => ({
  body,
  headers: { 'content-type': FORM, ...more },
});
const payload = (value: unknown) => form(new URLSearchParams({ payload: JSON.stringify(value) }).toString());
const raw = (contentType: string, body: string): Request => ({
  body,
  headers: { 'content-type': contentType, ...signed(body) },
});

const forged: [string, number, (honest: string) => Request][] = [
  ['no signature', 401, (body) => form(body, {})],
  ['a signature with another secret', 401, (body) => form(body, signed(body, { secret: 'guessed' }))],
  ['an empty signature', 401, (body) => form(body, { ...signed(body), 'x-slack-signature': '' })],
  ['a signature of another version', 401, (body) => form(body, { ...signed(body), 'x-slack-signature': 'v1=00' })],
  ['a timestamp that is no number', 401, (body) => form(body, { ...signed(body), 'x-slack-request-timestamp': 'now' })],
  ['an old timestamp', 401, (body) => form(body, signed(body, { at: seconds() - 301 }))],
  ['a timestamp in the future', 401, (body) => form(body, signed(body, { at: seconds() + 302 }))],
  [
    'an old signature under a new timestamp',
    401,
    (body) => form(body, { ...signed(body, { at: seconds() - 400 }), 'x-slack-request-timestamp': String(seconds()) }),
  ],
  ['another user in a signed body', 401, (body) => form(body.replace('U1', 'U2'), signed(body))],
  ['a second payload in a signed body', 401, (body) => form(`${body}&payload=%7B%7D`, signed(body))],
  ['a payload smuggled in beside ssl_check', 200, (body) => form(`ssl_check=1&${body}`, {})],
  ['JSON that is broken', 400, () => form('payload=%7B%22type%22')],
  ['JSON that is nothing', 400, () => payload(null)],
  ['JSON that is a list', 400, () => payload([])],
  ['an interaction without a user', 400, () => payload({ type: 'block_actions', actions: [{ action_id: 'x' }] })],
  ['an interaction without actions', 400, () => payload({ type: 'block_actions', user: { id: 'U1' }, actions: [] })],
  ['an interaction of an unknown type', 400, () => payload({ type: 'interactive_message', user: { id: 'U1' } })],
  ['a window without a view', 400, () => payload({ type: 'view_submission', user: { id: 'U1' } })],
  ['a form with nothing in it', 400, () => form('')],
  ['a body that is no form', 400, () => raw('text/plain', 'hello')],
  ['a body of another type', 400, () => raw('application/json', '<xml/>')],
  ['an event without an event', 400, () => raw('application/json', '{"type":"event_callback","team_id":"T1"}')],
  ['a body of 1 MB and more', 413, () => form(`payload=${'x'.repeat(1_000_001)}`)],
];

describe.each(['HTTP', 'Lambda'] as const)('%s', (transport) => {
  let world: AppWorld;
  beforeEach(async () => {
    world = await startApp(transport);
  });
  afterEach(() => world.stop());

  it.each(forged)('refuses %s', async (_, status, request) => {
    const { body, headers } = request(await click(world));
    const answer = await sendRaw(world.url, body, headers);
    expect(answer).toMatchObject({ status, body: '' });
    expect(world.handed).toEqual([]);
    const logged = status === 200 ? [] : [expect.stringContaining(`"status":${status}`)];
    expect(world.lines).toEqual(logged);
    expect(world.lines.join('')).not.toContain(SIGNING_SECRET);
  });

  it('takes the honest request that the attacks are made from', async () => {
    const { body, headers } = form(await click(world));
    expect(await sendRaw(world.url, body, headers)).toMatchObject({ status: 200, body: '' });
    expect(world.handed).toHaveLength(1);
  });

  it('hands a replay over once more, the same to the letter: who acts on it sees that', async () => {
    const { body, headers } = form(await click(world));
    await sendRaw(world.url, body, headers);
    await sendRaw(world.url, body, headers);
    const [first, second] = world.handed;
    expect(second).toEqual(first);
  });

  it('proves its address to Slack', async () => {
    const { body, headers } = raw('application/json', '{"type":"url_verification","challenge":"abc"}');
    expect(await sendRaw(world.url, body, headers)).toMatchObject({ status: 200, body: { challenge: 'abc' } });
  });

  it('proves its address to nobody else', async () => {
    const body = '{"type":"url_verification","challenge":"abc"}';
    expect(await sendRaw(world.url, body, { 'content-type': 'application/json' })).toMatchObject({ status: 401 });
  });

  it('reads what is not ASCII as it was written', async () => {
    const payload = homeOpened(world.slack.state, { user: 'Ünal' });
    expect(await sendHttp(world.url, 'events_api', payload)).toMatchObject({ status: 200 });
    await expect.poll(() => world.handed).toMatchObject([{ actor: { user: 'Ünal' } }]);
  });

  it('takes an event that Slack sends again', async () => {
    const again = { 'x-slack-retry-num': '1', 'x-slack-retry-reason': 'http_timeout' };
    const payload = homeOpened(world.slack.state, { user: 'U1' });
    expect(await sendHttp(world.url, 'events_api', payload, again)).toMatchObject({ status: 200 });
    await expect.poll(() => world.handed).toHaveLength(1);
  });

  it('acknowledges events that nobody waits for', async () => {
    const payload = { type: 'event_callback', team_id: 'T1', event: { type: 'reaction_added', user: 'U1' } };
    expect(await sendHttp(world.url, 'events_api', payload)).toMatchObject({ status: 200 });
    expect(world.handed).toEqual([]);
  });
});

describe('HTTP', () => {
  let world: AppWorld;
  beforeEach(async () => {
    world = await startApp('HTTP');
  });
  afterEach(() => world.stop());

  it.each([
    ['another path', 'POST', '/elsewhere', 404],
    ['another method', 'GET', '/slack/events', 405],
  ])('refuses %s', async (_, method, path, status) => {
    expect((await fetch(new URL(path, world.url), { method })).status).toBe(status);
  });

  it('reads no further than it must when there is no end in sight', async () => {
    const { port } = new URL(world.url);
    const socket = createConnection({ port: Number(port), host: '127.0.0.1' });
    // The connection may be cut while we still write; that is the point.
    socket.on('error', () => {});
    const answer = new Promise<string>((resolve) => socket.once('data', (data) => resolve(String(data))));
    socket.write(
      `POST /slack/events HTTP/1.1\r\nhost: x\r\ncontent-type: ${FORM}\r\ntransfer-encoding: chunked\r\n\r\n`,
    );
    for (let sent = 0; sent <= 1_000_000; sent += 0x10000) socket.write(`10000\r\n${'x'.repeat(0x10000)}\r\n`);
    expect(await answer).toContain('413');
    socket.destroy();
  });

  it('answers what came in before it stops', async () => {
    let finish = () => {};
    let begun = () => {};
    const hasBegun = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const slow = await startApp('HTTP', {
      handOver: () => {
        begun();
        return new Promise((resolve) => {
          finish = resolve;
        });
      },
    });
    const clicked = slow.slack.click(await posted(slow.slack), actionIds.approve, { user: 'U1' });
    await hasBegun;
    const stopped = slow.stop();
    finish();
    expect(await clicked).toMatchObject({ status: 200 });
    await stopped;
  });
});

describe('Lambda', () => {
  const lines: string[] = [];
  const note = (details: object, message: string) => void lines.push(`${message} ${JSON.stringify(details)}`);
  const options = {
    signingSecret: SIGNING_SECRET,
    now: () => new Date(),
    log: { info: note, warn: note, error: note },
  };

  it.each([[undefined], [{}], ['text'], [{ headers: { a: 1 } }], [{ Records: [] }]])(
    'refuses %j, which no gateway sends',
    async (event) => {
      const { handler } = await lambdaReceiver(options);
      expect(await handler(event)).toMatchObject({
        statusCode: expect.toSatisfy((code) => code === 400 || code === 401),
      });
    },
  );

  it('takes a body that is not in base64', async () => {
    const { handler } = await lambdaReceiver(options);
    const body = '{"type":"url_verification","challenge":"abc"}';
    const event = gatewayEvent(Buffer.from(body), { 'content-type': 'application/json', ...signed(body) });
    expect(await handler({ ...event, body, isBase64Encoded: false })).toEqual({
      ...{ statusCode: 200, headers: { 'content-type': 'application/json' }, body: '{"challenge":"abc"}' },
    });
  });
});

describe('Socket Mode', () => {
  it('connects again when Slack asks for it, and when the line is cut', async () => {
    const world = await startApp('Socket Mode');
    const { sockets } = world.slack;
    const opened = () => world.slack.calls.filter(({ method }) => method === 'apps.connections.open').length;
    sockets.refresh();
    await world.slack.until(() => opened() === 2 && sockets.count() === 1);
    sockets.cut();
    await world.slack.until(() => opened() === 3 && sockets.count() === 1);
    await world.slack.click(await posted(world.slack), actionIds.approve, { user: 'U1' });
    expect(world.handed).toHaveLength(1);
    await world.stop();
  });

  it('keeps trying, ever more slowly, while Slack is not to be had', async () => {
    const slack = await startSlack();
    const lines: string[] = [];
    const note = (details: object, message: string) => void lines.push(`${message} ${JSON.stringify(details)}`);
    const pauses: number[] = [];
    const receiver = await socketReceiver({
      ...{ appToken: slack.tokens.app, slackApiUrl: slack.apiUrl, log: { info: note, warn: note, error: note } },
      pause: async (milliseconds) => void pauses.push(milliseconds),
    });
    slack.fail('apps.connections.open', 9, { status: 503 });
    await receiver.start();
    await slack.until(() => slack.sockets.count() === 1);
    expect(pauses).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
    await expect.poll(() => lines.at(-1)).toContain('connected to Slack again');
    expect(lines.filter((line) => line.includes('no connection'))).toHaveLength(9);
    await receiver.stop();
    await slack.stop();
  });

  it.each(['invalid_auth', 'not_allowed_token_type', 'missing_scope'])(
    'does not start when Slack says %s',
    async (error) => {
      const slack = await startSlack();
      const log = { info: () => {}, warn: () => {}, error: () => {} };
      const receiver = await socketReceiver({ appToken: slack.tokens.app, slackApiUrl: slack.apiUrl, log });
      slack.fail('apps.connections.open', 1, { error });
      await expect(receiver.start()).rejects.toThrow(AppTokenRefusedError);
      await slack.stop();
    },
  );

  it('acknowledges what came in before it stops', async () => {
    let finish = () => {};
    let begun = () => {};
    const hasBegun = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const world = await startApp('Socket Mode', {
      handOver: () => {
        begun();
        return new Promise((resolve) => {
          finish = resolve;
        });
      },
    });
    const clicked = world.slack.click(await posted(world.slack), actionIds.approve, { user: 'U1' });
    await hasBegun;
    const stopped = world.stop();
    finish();
    expect(await clicked).toMatchObject({ status: 200 });
    await stopped;
  });

  it.each([
    '',
    'not JSON',
    '{"type":"interactive","envelope_id":"e","payload":{"type":"block_actions","actions":[]}}',
    '{"type":"interactive","envelope_id":"e","payload":null}',
  ])('is not thrown by %j', async (line) => {
    const world = await startApp('Socket Mode');
    world.slack.sockets.raw(line);
    await world.slack.click(await posted(world.slack), actionIds.approve, { user: 'U1' });
    expect(world.handed).toHaveLength(1);
    await world.stop();
  });
});
