import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { GetBucketVersioningCommand, S3Client } from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { troubleOf } from '../../src/aws/errors.ts';
import type { AwsPort } from '../../src/aws/port.ts';
import { createSdkPort } from '../../src/aws/sdk-port.ts';

const OWN = '123456789012';
const OTHER = '210987654321';
const environment = { ...process.env };

beforeEach(() => {
  Object.assign(process.env, {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  });
});
afterEach(() => {
  process.env = { ...environment };
});

describe('through the SDK', () => {
  it('gives the output without metadata, and the request id that CloudTrail will show', async () => {
    const s3 = mockClient(S3Client);
    const sts = mockClient(STSClient);
    sts.on(GetCallerIdentityCommand).resolves({ Account: OWN, Arn: `arn:aws-us-gov:iam::${OWN}:user/ci` });
    s3.on(GetBucketVersioningCommand, { Bucket: 'b' }).resolves({ Status: 'Enabled', $metadata: { requestId: 'R-1' } });
    const port = createSdkPort({ userAgent: 'redress/test' });

    const answer = await port.send(read('s3', 'GetBucketVersioning', { Bucket: 'b' }));

    expect(answer).toEqual({ output: { Status: 'Enabled' }, requestId: 'R-1' });
    expect(await port.identity()).toMatchObject({ account: OWN, partition: 'aws-us-gov' });
    expect(sts.commandCalls(GetCallerIdentityCommand)).toHaveLength(1);
    s3.restore();
    sts.restore();
  });

  it('refuses a service or an operation that the SDK does not have', async () => {
    const sts = mockClient(STSClient);
    sts.on(GetCallerIdentityCommand).resolves({ Account: OWN, Arn: `arn:aws:iam::${OWN}:user/ci` });
    const port = createSdkPort({ userAgent: 'redress/test' });
    await expect(port.send(read('nothing', 'GetIt', {}))).rejects.toThrow('no AWS client for "nothing"');
    await expect(port.send(read('s3', 'GetNothing', {}))).rejects.toThrow('no GetNothingCommand');
    sts.restore();
  });
});

describe('on a local endpoint', () => {
  let server: Server;
  let seen: {
    readonly method: string;
    readonly path: string;
    readonly host: string;
    readonly agent: string;
    readonly body: string;
  }[];
  let answer: (request: IncomingMessage, body: string) => { status: number; body: string };
  let port: AwsPort;

  beforeEach(async () => {
    seen = [];
    answer = () => ({ status: 200, body: '' });
    server = createServer(async (request, response) => {
      const body = await text(request);
      const { method = '', url: path = '', headers } = request;
      seen.push({
        method,
        path,
        host: headers.host ?? '',
        agent: String(headers['x-amz-user-agent'] ?? headers['user-agent']),
        body,
      });
      const { status, body: reply } = body.includes('GetCallerIdentity') ? whoAmI : answer(request, body);
      response.writeHead(status, { 'content-type': 'text/xml', 'x-amzn-requestid': 'R-2' }).end(reply);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address() as AddressInfo;
    process.env.AWS_ENDPOINT_URL = `http://127.0.0.1:${address.port}`;
    port = createSdkPort({ userAgent: 'redress/test' });
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  const calls = () => seen.filter(({ body }) => !body.includes('GetCallerIdentity'));

  it('puts the bucket into the path', async () => {
    await port.send(read('s3', 'GetBucketVersioning', { Bucket: 'my-bucket' }));
    expect(calls()[0]?.path).toMatch(/^\/my-bucket\/?\?versioning/);
  });

  it('does not put the account before the host for S3 Control', async () => {
    await port.send(read('s3control', 'GetPublicAccessBlock', { AccountId: OWN }));
    expect(calls()[0]?.host).toMatch(/^127\.0\.0\.1:\d+$/);
  });

  it('does not follow the host of a queue URL', async () => {
    answer = () => ({ status: 200, body: '{}' });
    const QueueUrl = `https://sqs.eu-west-1.amazonaws.com/${OWN}/q`;
    await port.send(read('sqs', 'GetQueueAttributes', { QueueUrl }));
    expect(calls()).toHaveLength(1);
  });

  it('names the plan of a write to CloudTrail', async () => {
    await port.send(write('s3', 'DeleteBucketPolicy', { Bucket: 'b' }, 'safe'));
    expect(calls()[0]?.agent).toContain('redress/test');
    expect(calls()[0]?.agent).toContain('plan/p-1');
  });

  it.each([
    { repeat: 'safe' as const, attempts: 3 },
    { repeat: 'once' as const, attempts: 1 },
  ])('tries a call that is $repeat to repeat $attempts times', async ({ repeat, attempts }) => {
    answer = () => ({ status: 500, body: '' });
    await expect(port.send(write('s3', 'DeleteBucketPolicy', { Bucket: 'b' }, repeat))).rejects.toThrow();
    expect(calls()).toHaveLength(attempts);
  });

  it('takes a role in another account, with the actions of the plan and nothing else', async () => {
    answer = (_request, body) => (body.includes('AssumeRole') ? assumed : { status: 200, body: '' });
    const request = write('s3', 'DeleteBucketPolicy', { Bucket: 'b' }, 'safe');
    await port.send({ ...request, target: { account: OTHER, region: 'eu-west-1' } });

    const taken = new URLSearchParams(calls().find(({ body }) => body.includes('AssumeRole'))?.body);
    expect(taken.get('RoleArn')).toBe(`arn:aws:iam::${OTHER}:role/RedressRemediate`);
    expect(taken.get('RoleSessionName')).toBe('redress-p-1');
    expect(JSON.parse(taken.get('Policy') ?? '{}').Statement).toEqual([
      { Effect: 'Allow', Action: ['s3:DeleteBucketPolicy'], Resource: '*' },
    ]);
  });

  it('reads in another account with the role that can only read', async () => {
    answer = (_request, body) => (body.includes('AssumeRole') ? assumed : { status: 200, body: '' });
    await port.send({
      ...read('s3', 'GetBucketVersioning', { Bucket: 'b' }),
      target: { account: OTHER, region: 'eu-west-1' },
    });
    const taken = new URLSearchParams(calls().find(({ body }) => body.includes('AssumeRole'))?.body);
    expect(taken.get('RoleArn')).toBe(`arn:aws:iam::${OTHER}:role/RedressRead`);
    expect(taken.get('Policy')).toBeNull();
  });

  it('says unreachable when nobody listens', async () => {
    await new Promise((resolve) => server.close(resolve));
    const trouble = await port.identity().then(
      () => 'none',
      (error) => troubleOf(error),
    );
    expect(trouble).toBe('unreachable');
    server.listen(0, '127.0.0.1');
  });
});

const read = (service: string, operation: string, input: object) => ({
  target: { account: OWN, region: 'us-east-1' },
  service,
  operation,
  input,
});

const write = (service: string, operation: string, input: object, repeat: 'safe' | 'once') => ({
  ...read(service, operation, input),
  session: { planId: 'p-1', permissions: ['s3:DeleteBucketPolicy'] },
  repeat,
});

const whoAmI = {
  status: 200,
  body: `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::${OWN}:user/ci</Arn><UserId>U</UserId><Account>${OWN}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`,
};

const assumed = {
  status: 200,
  body: `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials><AccessKeyId>A</AccessKeyId><SecretAccessKey>S</SecretAccessKey><SessionToken>T</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`,
};
