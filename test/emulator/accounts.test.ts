import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import {
  CreateBucketCommand,
  GetBucketVersioningCommand,
  PutBucketVersioningCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSdkPort } from '../../src/aws/sdk-port.ts';
import { watchedAccounts } from '../../src/bot/accounts.ts';
import { createJudge } from '../../src/bot/judge.ts';
import { defaultConfig } from '../../src/config.ts';
import { createEngine } from '../../src/engine.ts';
import { gather } from '../../src/intake/coalesce.ts';
import { takeIn } from '../../src/intake/intake.ts';
import { createRouter } from '../../src/intake/route.ts';
import { catalogue } from '../../src/redress.ts';
import { openLibsqlStore } from '../../src/store/libsql.ts';
import { createWorkflow } from '../../src/workflow/driver.ts';
import { silent } from '../../src/workflow/notifier.ts';
import { recordOf } from '../intake/records.ts';
import { createClock, policy, quiet } from '../workflow/bench.ts';
import { ACCOUNT, REGION } from './clients.ts';
import { resetMoto } from './moto.ts';

const MEMBER = '222233334444';
const LOCKED = '333344445555';
const emulator = process.env.AWS_ENDPOINT_URL ?? '';
const environment = { ...process.env };
const control = catalogue.get(48);
const own = new Map(control === undefined ? [] : [[48, control]]);
const router = createRouter(own);
const clock = createClock();
const store = openLibsqlStore(':memory:');
const swept: string[] = [];

/** STS, which refuses the roles of one account: the emulator itself gives every role to everybody. */
let sts: Server;
let locked = true;
const taken: URLSearchParams[] = [];

beforeAll(async () => {
  await resetMoto(emulator);
  sts = createServer(async (request, response) => {
    const body = await buffer(request);
    const asked = new URLSearchParams(body.toString());
    if (asked.get('Action') === 'AssumeRole') taken.push(asked);
    if (locked && asked.get('RoleArn')?.includes(LOCKED)) {
      response.writeHead(403, { 'content-type': 'text/xml' }).end(denied);
      return;
    }
    const { host: _host, ...headers } = request.headers;
    const given = Object.entries(headers).flatMap(([name, value]): [string, string][] => [[name, String(value)]]);
    const answer = await fetch(new URL(request.url ?? '/', emulator), { method: 'POST', headers: given, body });
    response.writeHead(answer.status, { 'content-type': 'text/xml' }).end(await answer.text());
  });
  await new Promise<void>((resolve) => sts.listen(0, '127.0.0.1', resolve));
  const { port } = sts.address() as AddressInfo;
  process.env.AWS_ENDPOINT_URL_STS = `http://127.0.0.1:${port}`;
});
afterAll(async () => {
  process.env = { ...environment };
  await store.close();
  await new Promise((resolve) => sts.close(resolve));
});

/** Somebody at work in an account. */
async function s3Of(account: string): Promise<S3Client> {
  const client = new STSClient({ endpoint: emulator, region: REGION });
  const RoleArn = `arn:aws:iam::${account}:role/admin`;
  const { Credentials } = await client.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'test' }));
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
  const credentials = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
  return new S3Client({ endpoint: emulator, region: REGION, forcePathStyle: true, credentials });
}

const accounts = watchedAccounts({
  ...{ config: defaultConfig, store, log: quiet, now: clock.now, sleep: clock.sleep },
  place: { account: ACCOUNT, region: REGION, partition: 'aws' },
  port: createSdkPort({ userAgent: 'redress/test', assume: 'always', externalId: 'e-1' }),
  onGone: async (account) => void swept.push(account),
});
const engine = createEngine({ port: accounts, catalogue: own, mode: 'apply' });
const workflow = createWorkflow({
  ...{ store, remediator: engine, notifier: silent, log: quiet, now: clock.now, sleep: clock.sleep },
  settings: { policyFor: () => ({ ...policy, mode: 'auto' }) },
});
const judge = createJudge(engine, workflow);

/** Everything that an event leads to. */
async function arrives(recipientAccountId: string, bucketName: string): Promise<void> {
  const record = recordOf({
    ...{ eventName: 'PutBucketVersioning', requestParameters: { bucketName } },
    ...{ recipientAccountId, awsRegion: REGION, eventID: `${recipientAccountId}-${bucketName}` },
  });
  for (const gathered of gather(takeIn(JSON.stringify(record), router).arrivals)) await judge(gathered);
}

describe('many accounts', () => {
  it('a bucket of another account is judged and fixed through its roles, each no wider than it needs', async () => {
    const s3 = await s3Of(MEMBER);
    await s3.send(new CreateBucketCommand({ Bucket: 'theirs' }));
    const VersioningConfiguration = { Status: 'Suspended' } as const;
    await s3.send(new PutBucketVersioningCommand({ Bucket: 'theirs', VersioningConfiguration }));

    await arrives(MEMBER, 'theirs');
    await workflow.run({ untilIdle: true });

    expect(await store.findings()).toMatchObject([{ state: 'resolved' }]);
    expect(await s3.send(new GetBucketVersioningCommand({ Bucket: 'theirs' }))).toMatchObject({ Status: 'Enabled' });
    const roles = taken.map((one) => one.get('RoleArn'));
    expect(roles).toEqual([`arn:aws:iam::${MEMBER}:role/RedressRead`, `arn:aws:iam::${MEMBER}:role/RedressRemediate`]);
    expect(taken.every((one) => one.get('ExternalId') === 'e-1')).toBe(true);
    const [finding] = await store.findings();
    expect(taken[1]?.get('RoleSessionName')).toBe(`redress-${finding?.plan}`);
    expect(JSON.parse(taken[1]?.get('Policy') ?? '').Statement).toEqual([
      { Effect: 'Allow', Action: ['s3:PutBucketVersioning'], Resource: '*' },
    ]);
  });

  it('an account whose role is missing is one obstacle, and its events are done with', async () => {
    taken.length = 0;
    const names = Array.from({ length: 50 }, (_, index) => `locked-${index}`);
    for (const name of names) await arrives(LOCKED, name);
    expect(taken).toHaveLength(1);
    expect(await store.obstacles()).toMatchObject([{ account: LOCKED, goneAt: null }]);
    const notices = (await store.effects()).filter(({ kind }) => kind === 'obstacle');
    expect(notices).toHaveLength(1);
  });

  it('when the role is there, the obstacle is closed and the account is swept', async () => {
    locked = false;
    clock.pass(11 * 60_000);
    await accounts.recheck();
    expect(await store.obstacles()).toEqual([]);
    expect(swept).toEqual([LOCKED]);
    await (await s3Of(LOCKED)).send(new CreateBucketCommand({ Bucket: 'locked-0' }));
    await arrives(LOCKED, 'locked-0');
    await workflow.run({ untilIdle: true });
    expect(
      (await store.findings({ states: ['resolved'] })).map(({ evaluation }) => evaluation.resource.account),
    ).toContain(LOCKED);
  });
});

const denied =
  '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>AccessDenied</Code>' +
  '<Message>User is not authorized to perform: sts:AssumeRole</Message></Error><RequestId>r</RequestId></ErrorResponse>';
