import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateEventBusCommand } from '@aws-sdk/client-eventbridge';
import { CreateBucketCommand, GetBucketVersioningCommand } from '@aws-sdk/client-s3';
import { DeleteMessageCommand, GetQueueAttributesCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { happens, queueOn } from './bus.ts';
import { connect } from './clients.ts';
import { event } from './event.ts';
import { REDRESS, runRedress } from './loop-driver.ts';
import { resetMoto } from './moto.ts';
import { eventually } from './poll.ts';

const BUCKET = 'acme-press-kit';
const endpoint = process.env.AWS_ENDPOINT_URL ?? '';
const aws = connect(endpoint);

let folder: string;
let config: string;
let bot: ChildProcess | undefined;
let said = '';

beforeEach(async () => {
  await resetMoto(endpoint);
  folder = await mkdtemp(join(tmpdir(), 'redress-bus-'));
  config = join(folder, 'redress.yaml');
  said = '';
});
afterEach(async () => {
  await stopped(bot);
  bot = undefined;
  await rm(folder, { recursive: true, force: true });
});

const environment = () => ({ REDRESS_STATE: join(folder, 'state') });

function serve(): ChildProcess {
  const child = spawn(process.execPath, [REDRESS, 'serve', '--config', config], {
    env: { ...process.env, ...environment() },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  }
  return child;
}

async function stopped(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await gone;
}

/** What a command prints as JSON; nothing while it cannot do its work (the store may be busy). */
async function redress<T>(...args: string[]): Promise<T | undefined> {
  const { status, output } = await runRedress([...args, '--config', config, '--format', 'json'], environment());
  return status === 0 ? JSON.parse(output) : undefined;
}

/** Takes the messages that wait in a queue. */
async function receive(QueueUrl: string): Promise<Record<string, unknown>[]> {
  const { Messages = [] } = await aws.sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
  for (const { ReceiptHandle } of Messages) {
    await aws.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  }
  return Messages.map(({ Body = '{}' }) => JSON.parse(Body));
}

interface Known {
  readonly finding: string;
  readonly control: number;
  readonly state: string;
}

describe('the whole path through the bus', () => {
  it('an event becomes a finding, waits for a yes, is fixed, verified and told of', async () => {
    await aws.events.send(new CreateEventBusCommand({ Name: 'trail' }));
    await aws.events.send(new CreateEventBusCommand({ Name: 'redress' }));
    const pattern = { 'detail-type': ['AWS API Call via CloudTrail'], detail: { eventSource: ['s3.amazonaws.com'] } };
    const url = await queueOn(aws, 'trail', 'redress-events', pattern);
    const told = await queueOn(aws, 'redress', 'redress-told', { source: [{ prefix: 'redress' }] });
    await aws.s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
    await writeFile(
      config,
      JSON.stringify({
        apply: true,
        bus: 'redress',
        queue: { url },
        timing: { settleSeconds: 0 },
        approvers: [{ users: ['alice'], controls: 'all' }],
      }),
    );
    bot = serve();

    const parameters = { bucketName: BUCKET, VersioningConfiguration: { Status: 'Suspended' } };
    await happens(aws, 'trail', event('s3:PutBucketVersioning', parameters));
    const { finding } = await eventually('a finding that waits for approval', async () => {
      stillServing();
      const findings = await redress<Known[]>('findings', '--control', '48');
      return findings?.find(({ state }) => /wait/i.test(state));
    });
    expect(await versioning()).toBeUndefined();

    await eventually('the approval to be taken', () =>
      redress('approve', finding, '--as', 'alice', '--reason', 'agreed'),
    );
    await eventually('the fix', async () => {
      stillServing();
      return (await versioning()) === 'Enabled' ? true : undefined;
    });
    await eventually('the finding to be resolved', async () => {
      const findings = await redress<Known[]>('findings', '--control', '48');
      return findings?.find(({ state }) => state === 'resolved');
    });
    const seen: string[] = [];
    await eventually('the lifecycle event of the fix', async () => {
      seen.push(...(await receive(told)).map((one) => JSON.stringify(one)));
      return seen.find((one) => one.includes(finding) && /resolved/i.test(one));
    });

    const left = await aws.sqs.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }));
    expect(left.Attributes).toMatchObject({
      ApproximateNumberOfMessages: '0',
      ApproximateNumberOfMessagesNotVisible: '0',
    });
  });
});

async function versioning(): Promise<string | undefined> {
  return (await aws.s3.send(new GetBucketVersioningCommand({ Bucket: BUCKET }))).Status;
}

function stillServing(): void {
  if (bot?.exitCode === null) return;
  throw new Error(`redress serve ended with status ${bot?.exitCode}: ${said}`);
}
