import { CreateAccessKeyCommand, CreateUserCommand, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { summarise } from '../../src/control-summary.ts';
import { catalogue } from '../../src/redress.ts';
import { type Aws, connect } from './clients.ts';
import { commandLine, type LoopDriver } from './loop-driver.ts';
import { type Moto, startMoto } from './moto.ts';
import { isFix } from './scenario.ts';
import { scenarios } from './scenarios/index.ts';

/**
 * Every fix under nothing but its own permissions: the emulator enforces IAM,
 * and the user who applies may do what the control's definition says and
 * nothing else.
 */
const USER = 'redress';
/**
 * The emulator breaks down when it has to enforce IAM for S3 Control, and for
 * API Gateway it asks for actions by the operation's name, which IAM has none of.
 */
const NOT_ENFORCED: readonly string[] = ['s3control', 'apigateway', 'apigatewayv2'];
let moto: Moto;
let driver: LoopDriver | undefined;

beforeAll(async () => {
  moto = await startMoto();
});
afterEach(async () => {
  await driver?.close();
  driver = undefined;
});
afterAll(() => moto.stop());

/** From now on everything is allowed, or only what policies say. */
async function enforce(what: 'nothing' | 'policies'): Promise<void> {
  const body = what === 'nothing' ? 'inf' : '0';
  const answer = await fetch(new URL('/moto-api/reset-auth', moto.endpoint), { method: 'POST', body });
  if (!answer.ok) throw new Error(`The emulator answered ${answer.status}.`);
}

/** Calls that the emulator's S3 does not tell from others, and for which it asks for the permission of those. */
const EMULATORS_OWN: Readonly<Record<string, string>> = {
  's3:GetBucketOwnershipControls': 's3:ListBucket',
  's3:GetEncryptionConfiguration': 's3:ListBucket',
  's3:PutEncryptionConfiguration': 's3:CreateBucket',
};

/** What the definitions of a control say that reading and fixing needs. */
function actionsOf(number: number): readonly string[] {
  const control = catalogue.get(number);
  if (control === undefined) throw new Error(`There is no control ${number}.`);
  const { read, write } = summarise(control).permissions;
  return [...read, ...write].flatMap((action) => [action, EMULATORS_OWN[action] ?? action]);
}

/** Makes a user who may do nothing. */
async function credentialsOf({ iam }: Aws): Promise<Record<string, string>> {
  await iam.send(new CreateUserCommand({ UserName: USER }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: USER }));
  const { AccessKeyId = '', SecretAccessKey = '' } = AccessKey ?? {};
  return { AWS_ACCESS_KEY_ID: AccessKeyId, AWS_SECRET_ACCESS_KEY: SecretAccessKey, AWS_SESSION_TOKEN: '' };
}

/** Lets the user do these actions, and nothing else. Who one is, AWS tells everybody. */
async function allow({ iam }: Aws, actions: readonly string[]): Promise<void> {
  const Action = [...new Set([...actions, 'sts:GetCallerIdentity'])];
  const document = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] };
  const PolicyDocument = JSON.stringify(document);
  await iam.send(new PutUserPolicyCommand({ UserName: USER, PolicyName: 'own', PolicyDocument }));
}

describe('each fix runs under its own permissions', () => {
  const fixes = scenarios.filter(
    (one) =>
      isFix(one) &&
      one.lacks === undefined &&
      !NOT_ENFORCED.includes(catalogue.get(one.control)?.detector.resource.service ?? ''),
  );
  it.each(fixes.map((one) => [`control ${one.control}${one.variant ? `, ${one.variant}` : ''}`, one] as const))(
    '%s',
    async (_, one) => {
      await enforce('nothing');
      await moto.reset();
      const aws = connect(moto.endpoint);
      const { event, parameters, daysLater } = await one.arrange(aws);
      const asked = [one.control, ...(one.also ?? [])];
      const environment = { AWS_ENDPOINT_URL: moto.endpoint, ...(await credentialsOf(aws)) };
      driver = await commandLine({ control: one.control, parameters, daysLater, off: one.off, environment });

      await allow(aws, []);
      await enforce('policies');
      const { evaluations } = await driver.plan(event);
      const own = evaluations.filter(({ control }) => control === one.control);
      expect(own.map(({ verdict }) => verdict)).toEqual(own.map(() => 'unknown'));

      await enforce('nothing');
      await allow(aws, asked.flatMap(actionsOf));
      await enforce('policies');
      const planned = await driver.plan(event);
      const refusals = planned.evaluations.filter(
        ({ verdict, control }) => verdict === 'unknown' && asked.includes(control),
      );
      expect(refusals.map(({ because }) => because)).toEqual([]);
      const { results } = await driver.apply(planned, asked);
      expect(results).toMatchObject([{ outcome: 'resolved', verified: true }]);
    },
  );
});
