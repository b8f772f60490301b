import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildLambda, functions } from '../../build-lambda.mjs';

const run = promisify(execFile);
/** The compressed code of a function: small enough to start fast, far below Lambda's 50 MB. */
const MOST_ZIPPED = 10_000_000;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'redress-lambda-'));
  await buildLambda(folder);
}, 300_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Invokes a function in a process of its own, in a folder with nothing else in it, as Lambda does. */
async function invoke(name: string, event: unknown, env: Readonly<Record<string, string>> = {}): Promise<unknown> {
  const script = join(folder, name, 'invoke.mjs');
  await writeFile(
    script,
    `import { handler } from './index.mjs';
     const context = {
       functionName: '${name}',
       invokedFunctionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:${name}',
       getRemainingTimeInMillis: () => 30_000,
     };
     const answer = await handler(${JSON.stringify(event)}, context);
     console.log('ANSWER ' + JSON.stringify(answer));`,
  );
  const { stdout } = await run(process.execPath, [script], {
    cwd: join(folder, name),
    env: {
      ...{ PATH: process.env.PATH, AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
      // Nobody listens there: what is asked of AWS fails.
      ...{ AWS_ENDPOINT_URL: 'http://127.0.0.1:9', REDRESS_TABLE: 'redress' },
      REDRESS_RESOURCES_QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/123456789012/resources.fifo',
      REDRESS_EVENTS_DEAD_LETTER_URL: 'https://sqs.eu-west-1.amazonaws.com/123456789012/dead',
      ...env,
    },
  });
  const line = stdout.split('\n').find((one) => one.startsWith('ANSWER '));
  return JSON.parse(line?.slice('ANSWER '.length) ?? 'null');
}

const sqs = (body: unknown) => ({
  Records: [
    { messageId: 'm-1', eventSource: 'aws:sqs', body: JSON.stringify(body), attributes: {}, messageAttributes: {} },
  ],
});

it('intake answers an event of SQS', async () => {
  const failedCall = { eventName: 'PutBucketPolicy', eventSource: 's3.amazonaws.com', errorCode: 'AccessDenied' };
  expect(await invoke('intake', sqs({ Records: [failedCall] }))).toEqual({ batchItemFailures: [] });
});

it('worker answers an event of SQS', async () => {
  const place = { partition: 'aws', account: '123456789012', region: 'eu-west-1' };
  const unknown = sqs({ subject: { place, type: 'AWS::No::Such', id: 'x' } });
  expect(await invoke('worker', unknown)).toEqual({ batchItemFailures: [] });
});

it('slack refuses who is not Slack', async () => {
  const config = join(folder, 'redress.yaml');
  await writeFile(config, 'slack: { channel: C0123456789, transport: http }\n');
  const answer = await invoke(
    'slack',
    { headers: {}, body: '{}' },
    { REDRESS_CONFIG: config, SLACK_SIGNING_SECRET: 'x' },
  );
  expect(answer).toMatchObject({ statusCode: 401 });
});

it.each(['decisions', 'sweep'])('%s loads where there is nothing else', async (name) => {
  const script = join(folder, name, 'load.mjs');
  await writeFile(script, `import { handler } from './index.mjs'; console.log(typeof handler);`);
  const { stdout } = await run(process.execPath, [script], { env: { PATH: process.env.PATH } });
  expect(stdout.trim()).toBe('function');
});

it.each(functions)('%s is small, and without native code', async (name) => {
  const files = await readdir(join(folder, name));
  expect(files.every((file) => file.endsWith('.mjs'))).toBe(true);
  const contents = await Promise.all(files.map((file) => readFile(join(folder, name, file))));
  const zipped = contents.reduce((sum, content) => sum + gzipSync(content).length, 0);
  expect(zipped).toBeLessThan(MOST_ZIPPED);
});
