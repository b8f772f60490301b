import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateEventBusCommand } from '@aws-sdk/client-eventbridge';
import { CreateBucketCommand, GetBucketVersioningCommand } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { actionIds } from '../../approvals/ids.ts';
import { type Post, SIGNING_SECRET, type Slack, startSlack } from '../approvals/slack/stand-in.ts';
import { happens, queueOn } from './bus.ts';
import { connect } from './clients.ts';
import { event } from './event.ts';
import { REDRESS, runRedress } from './loop-driver.ts';
import { resetMoto } from './moto.ts';
import { eventually } from './poll.ts';

const BUCKET = 'acme-press-kit';
const CHANNEL = 'C0SECURITY';
const endpoint = process.env.AWS_ENDPOINT_URL ?? '';
const aws = connect(endpoint);

let folder: string;
let slack: Slack;
let bot: ChildProcess | undefined;
let said = '';

beforeEach(async () => {
  await resetMoto(endpoint);
  folder = await mkdtemp(join(tmpdir(), 'redress-slack-'));
  slack = await startSlack({ users: [{ id: 'U0ALICE', name: 'alice' }], groups: { S0SECOPS: ['U0ALICE'] } });
  said = '';
});
afterEach(async () => {
  await ended(bot, 'SIGTERM');
  bot = undefined;
  await slack.stop();
  await rm(folder, { recursive: true, force: true });
});

const environment = () => ({
  REDRESS_STATE: join(folder, 'state'),
  REDRESS_SLACK_API_URL: slack.apiUrl,
  SLACK_BOT_TOKEN: slack.tokens.bot,
  SLACK_APP_TOKEN: slack.tokens.app,
  SLACK_SIGNING_SECRET: SIGNING_SECRET,
});

async function configure(more: object): Promise<void> {
  await aws.events.send(new CreateEventBusCommand({ Name: 'trail' }));
  const pattern = { 'detail-type': ['AWS API Call via CloudTrail'] };
  const url = await queueOn(aws, 'trail', 'redress-events', pattern);
  await aws.s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  const config = {
    ...{ apply: true, queue: { url }, timing: { settleSeconds: 0 } },
    approvers: [{ groups: ['S0SECOPS'], controls: 'all' }],
    slack: { channel: CHANNEL, ...more },
  };
  await writeFile(join(folder, 'redress.yaml'), JSON.stringify(config));
}

function serve(): void {
  const child = spawn(process.execPath, [REDRESS, 'serve', '--config', join(folder, 'redress.yaml')], {
    env: { ...process.env, ...environment() },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  }
  bot = child;
}

async function ended(child: ChildProcess | undefined, signal: NodeJS.Signals): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await gone;
}

/** Somebody suspends versioning; resolves when Slack shows the question. */
async function asked(): Promise<Post> {
  const parameters = { bucketName: BUCKET, VersioningConfiguration: { Status: 'Suspended' } };
  await happens(aws, 'trail', event('s3:PutBucketVersioning', parameters));
  return shows('the question', ({ blocks }) => JSON.stringify(blocks).includes(actionIds.approve));
}

const shows = (what: string, holds: (post: Post) => boolean): Promise<Post> =>
  eventually(what, async () => {
    if (bot?.exitCode !== null) throw new Error(`redress serve ended with status ${bot?.exitCode}: ${said}`);
    return slack.posts.find((post) => post.threadTs === undefined && holds(post));
  });

const undoable = ({ blocks }: Post): boolean => JSON.stringify(blocks).includes(actionIds.undo);
const versioning = async () => (await aws.s3.send(new GetBucketVersioningCommand({ Bucket: BUCKET }))).Status;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

describe('redress serve with Slack', () => {
  it('asks over Socket Mode, fixes after a yes, shows it, and takes it back', async () => {
    await configure({});
    serve();
    const question = await asked();
    expect(await versioning()).toBeUndefined();
    await slack.click(question, actionIds.approve, { user: 'U0ALICE' });
    const fixed = await shows('the fix', undoable);
    expect(fixed.ts).toBe(question.ts);
    expect(await versioning()).toBe('Enabled');
    await slack.click(fixed, actionIds.undo, { user: 'U0ALICE' });
    await eventually('the undo', async () => ((await versioning()) === 'Suspended' ? true : undefined));
    await shows('that it was undone', (post) => !undoable(post));
  });

  it('does the same over HTTP, and survives being killed right after a click', async () => {
    const port = await freePort();
    await configure({ transport: 'http', port });
    slack.deliverTo(`http://127.0.0.1:${port}/slack/events`);
    serve();
    const question = await asked();
    const { status } = await slack.click(question, actionIds.approve, { user: 'U0ALICE' });
    expect(status).toBe(200);
    await ended(bot, 'SIGKILL');
    serve();
    await shows('the fix', undoable);
    expect(await versioning()).toBe('Enabled');
    // The sweep at the start tells of other resources, too.
    const ofBucket = slack.posts.filter(({ threadTs, text }) => threadTs === undefined && text.includes(BUCKET));
    expect(ofBucket).toHaveLength(1);
  });

  it('does not start without a scope that it needs, and names it', async () => {
    await slack.stop();
    slack = await startSlack({ scopes: ['chat:write', 'commands'] });
    await configure({});
    const { status, errors } = await runRedress(['serve', '--config', join(folder, 'redress.yaml')], environment());
    expect(status).toBe(1);
    expect(errors).toMatch(/^redress: Slack is not set up: .*users:read/);
    expect(errors.trim().split('\n')).toHaveLength(1);
  });
});
