import { AssumeRoleCommand, type AssumeRoleCommandInput, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ObstacleError } from '../../src/aws/errors.ts';
import type { PlanSession, Request } from '../../src/aws/port.ts';
import { createSessions, sessionName } from '../../src/aws/sessions.ts';
import { fakeClock } from './fake-clock.ts';

const sts = mockClient(STSClient);
let clock: ReturnType<typeof fakeClock>;
const sessions = () =>
  createSessions({ region: async () => 'eu-west-1', externalId: 'e-1', now: clock.now, userAgent: 'redress/test' });
const request = (session?: PlanSession, region = 'eu-west-1'): Request => ({
  ...{ target: { account: '111122223333', region }, service: 's3', operation: 'GetBucketPolicy', input: {} },
  ...(session ? { session } : {}),
});
const asked = (): AssumeRoleCommandInput[] => sts.commandCalls(AssumeRoleCommand).map(({ args }) => args[0].input);
const refuse = (name: string) => sts.on(AssumeRoleCommand).rejects(Object.assign(new Error('no'), { name }));

beforeEach(() => {
  clock = fakeClock();
  sts.reset();
  sts.on(AssumeRoleCommand).callsFake(({ DurationSeconds = 0 }: AssumeRoleCommandInput) => ({
    Credentials: {
      ...{ AccessKeyId: 'A', SecretAccessKey: 'S', SessionToken: 'T' },
      Expiration: new Date(clock.now().getTime() + DurationSeconds * 1000),
    },
  }));
});
afterEach(() => sts.reset());

describe('a session', () => {
  it('for reading is taken once for all regions of an account, and again before it ends', async () => {
    const all = sessions();
    await Promise.all([all.credentialsFor(request()), all.credentialsFor(request(undefined, 'us-east-1'))]);
    expect(asked()).toMatchObject([
      { RoleArn: 'arn:aws:iam::111122223333:role/RedressRead', RoleSessionName: 'redress-read', ExternalId: 'e-1' },
    ]);
    clock.advance(53 * 60_000);
    await all.credentialsFor(request());
    expect(asked()).toHaveLength(1);
    clock.advance(2 * 60_000);
    await all.credentialsFor(request());
    expect(asked()).toHaveLength(2);
  });

  it('for writing holds the actions of the plan, and its name the plan', async () => {
    const session = { planId: 'p-1', permissions: ['s3:PutBucketPolicy'], ofCall: ['s3:PutBucketPolicy'] };
    await sessions().credentialsFor(request(session));
    expect(asked()).toMatchObject([{ RoleSessionName: 'redress-p-1', DurationSeconds: 900 }]);
    expect(JSON.parse(asked()[0]?.Policy ?? '').Statement[0].Action).toEqual(['s3:PutBucketPolicy']);
  });

  it('of a plan with more actions than STS takes holds those of the one call, never more', async () => {
    const permissions = Array.from({ length: 80 }, (_, index) => `ec2:SomethingRatherLong${index}`);
    await sessions().credentialsFor(request({ planId: 'p-1', permissions, ofCall: ['ec2:SomethingRatherLong7'] }));
    expect(JSON.parse(asked()[0]?.Policy ?? '').Statement[0].Action).toEqual(['ec2:SomethingRatherLong7']);
    expect(asked()).toHaveLength(1);
  });

  it('whose policy STS cannot pack holds those of the one call', async () => {
    const all = sessions();
    sts.on(AssumeRoleCommand).callsFake(({ Policy = '' }: AssumeRoleCommandInput) => {
      if (Policy.includes('s3:B')) throw Object.assign(new Error('no'), { name: 'PackedPolicyTooLargeException' });
      const Expiration = new Date(clock.now().getTime() + 900_000);
      return { Credentials: { AccessKeyId: 'A', SecretAccessKey: 'S', SessionToken: 'T', Expiration } };
    });
    const session = { planId: 'p-1', permissions: ['s3:A', 's3:B'], ofCall: ['s3:A'] };
    await all.credentialsFor(request(session));
    await all.credentialsFor(request(session));
    const actions = asked().map(({ Policy }) => JSON.parse(Policy ?? '').Statement[0].Action);
    expect(actions).toEqual([['s3:A', 's3:B'], ['s3:A']]);
  });
});

it('a role that cannot be taken is an obstacle that says what to do', async () => {
  refuse('AccessDenied');
  const error = await sessions()
    .credentialsFor(request())
    .catch((one) => one);
  expect(error).toBeInstanceOf(ObstacleError);
  expect(error.message).toMatch(/RedressRead of account 111122223333.*member stack/);
});

it('a busy STS is none, and is asked again the next time', async () => {
  const all = sessions();
  refuse('ThrottlingException');
  await expect(all.credentialsFor(request())).rejects.toMatchObject({ name: 'ThrottlingException' });
  await expect(all.credentialsFor(request())).rejects.toMatchObject({ name: 'ThrottlingException' });
  expect(asked()).toHaveLength(2);
});

it('names sessions as STS takes them', () => {
  expect(sessionName(`redress-${'x/ü '.repeat(40)}`)).toMatch(/^[\w+=,.@-]{64}$/);
});
