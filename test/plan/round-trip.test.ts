import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSampleAccount, type SampleAccount, sampleIds, type World } from '../../src/demo/sample-account.ts';
import { createEngine, type Engine } from '../../src/engine.ts';
import { atOf, refOf } from '../../src/judge/judge.ts';
import type { Plan, PlannedCall } from '../../src/plan/plan.ts';
import { asDefined } from '../../src/plan/settings.ts';
import { ACCOUNT, catalogue, controlOf } from '../controls.ts';

/**
 * For every document, from any state: the plan leads to the state that it
 * says, its controls pass then, nothing more is planned, and the undo brings
 * the old state back, exactly, with everything around it.
 */
const parameters: Readonly<Record<number, Record<string, string>>> = {
  47: { logBucket: 'acme-access-logs' },
  339: { volumeKeyArn: `arn:aws:kms:us-east-1:${ACCOUNT}:key/${sampleIds.volumeKey}` },
};
const settings = { ...asDefined, mode: () => undefined, parameters: (control: number) => parameters[control] ?? {} };

function engineOf({ port, world }: SampleAccount): Engine {
  return createEngine({ port, catalogue, mode: 'apply', settings, now: world.now });
}

function refOfControl(account: SampleAccount, number: number, id: string) {
  const { resource } = controlOf(number).detector;
  const { partition, region, now } = account.world;
  return refOf(resource, atOf(resource, { partition, account: ACCOUNT, region, id }, now()));
}

async function send(engine: Engine, plan: Plan, purpose: 'apply' | 'undo', calls: readonly PlannedCall[]) {
  const permit = engine.permit(plan, purpose);
  const outputs: Record<string, unknown> = {};
  for (const call of calls) outputs[call.name] = (await engine.send(permit, plan, call, outputs)).output;
}

/** What the account holds, but for who changed a setting last and when, and in which order shares are kept. */
const stateOf = ({ world: { now: _, ...world } }: SampleAccount) =>
  JSON.parse(
    JSON.stringify(world, (key, value: unknown) => {
      if (['changed', 'by', 'State'].includes(key)) return undefined;
      return Array.isArray(value) && SHARED.includes(key) ? sorted(value) : value;
    }),
  );
const SHARED: readonly string[] = [sampleIds.goldenImage, sampleIds.ordersSnapshot];

const sorted = <T>(list: readonly T[]): T[] =>
  [...list].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

/** Makes the world as told, fixes what fails of these controls, and takes it back. */
async function roundTrip(numbers: readonly number[], id: string, arrange: (world: World) => void): Promise<number> {
  const account = createSampleAccount();
  arrange(account.world);
  const engine = engineOf(account);
  const [first = 0] = numbers;
  const ref = refOfControl(account, first, id);
  const before = stateOf(account);
  const { evaluations, plans } = await engine.assess(ref, numbers);
  expect(evaluations.filter(({ verdict }) => verdict === 'unknown')).toEqual([]);
  expect((await engine.assess(ref, [...numbers].reverse())).plans).toEqual(plans);
  const applicable = plans.filter(({ steps }) => steps.length > 0);
  for (const plan of applicable) {
    expect(await engine.observe(plan)).toEqual(plan.before);
    await send(engine, plan, 'apply', plan.steps);
    expect(await engine.observe(plan)).toEqual(plan.after);
  }
  const fixed = applicable.flatMap(({ controls }) => controls);
  const again = await engine.assess(ref, numbers);
  const failing = again.evaluations.filter(({ verdict }) => verdict !== 'pass' && verdict !== 'skip');
  expect(failing.filter(({ control }) => fixed.includes(control))).toEqual([]);
  expect(again.plans.filter(({ controls }) => controls.some((control) => fixed.includes(control)))).toEqual([]);
  for (const plan of [...applicable].reverse()) {
    await send(engine, plan, 'undo', plan.undo.steps);
    if (plan.undo.class === 'exact') expect(await engine.observe(plan)).toEqual(plan.before);
  }
  if (applicable.every(({ undo }) => undo.class === 'exact')) expect(stateOf(account)).toEqual(before);
  return applicable.length;
}

/** Runs round trips over many states, and makes sure that some of them had something to fix. */
async function always<T>(states: fc.Arbitrary<T>, trip: (state: T) => Promise<number>): Promise<void> {
  let fixes = 0;
  await fc.assert(
    fc.asyncProperty(states, async (state) => {
      fixes += await trip(state);
    }),
    { numRuns: 25 },
  );
  expect(fixes).toBeGreaterThan(0);
}

const yesNo = fc.boolean();
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

/** Statements in any form that a policy may have, each with a Sid of its own or none. */
function statements(arn: string, actions: readonly (string | string[])[]) {
  const principal = fc.constantFrom<string | Record<string, string | string[]>>(
    '*',
    { AWS: '*' },
    { AWS: ['111122223333', '*'] },
    { AWS: 'arn:aws:iam::111122223333:root' },
    { Service: 's3.amazonaws.com' },
    { AWS: '*', Service: ['s3.amazonaws.com'] },
  );
  const condition = fc.constantFrom(
    undefined,
    { Bool: { 'aws:SecureTransport': 'false' } },
    { StringEquals: { 'aws:SourceAccount': ACCOUNT } },
    { StringLike: { 'aws:PrincipalAccount': '*' } },
  );
  const statement = fc.record(
    {
      Sid: fc.stringMatching(/^[A-C]{1,2}$/),
      Effect: fc.constantFrom('Allow', 'Allow', 'Deny'),
      Principal: principal,
      Action: fc.constantFrom(...actions),
      Resource: fc.constantFrom<string | string[]>(arn, `${arn}/*`, [arn, `${arn}/*`], '*'),
      Condition: condition,
    },
    { requiredKeys: ['Effect', 'Principal', 'Action', 'Resource'] },
  );
  return fc.uniqueArray(statement, {
    minLength: 1,
    maxLength: 5,
    comparator: (a, b) => a !== undefined && a === b,
    selector: ({ Sid }) => Sid,
  });
}

function bucketIn(world: World, name = 'acme-press-kit') {
  const bucket = world.s3.buckets[name];
  if (bucket === undefined) throw new Error(`The sample account has no bucket ${name}.`);
  return bucket;
}

describe('there and back again', { timeout: 120_000 }, () => {
  it('password policy', async () => {
    const policy = fc.record({
      MinimumPasswordLength: fc.integer({ min: 6, max: 128 }),
      RequireSymbols: yesNo,
      RequireNumbers: yesNo,
      RequireUppercaseCharacters: yesNo,
      RequireLowercaseCharacters: yesNo,
      AllowUsersToChangePassword: yesNo,
      HardExpiry: yesNo,
      MaxPasswordAge: maybe(fc.integer({ min: 1, max: 1095 })),
      PasswordReusePrevention: maybe(fc.integer({ min: 1, max: 24 })),
    });
    await always(maybe(policy), (state) =>
      roundTrip([6, 7, 8, 13], ACCOUNT, ({ iam }) => {
        iam.passwordPolicy = state && {
          ...{ ...state, ExpirePasswords: state.MaxPasswordAge !== undefined },
        };
      }),
    );
  });

  it('public access block of the account', async () => {
    const block = fc.record({
      BlockPublicAcls: yesNo,
      IgnorePublicAcls: yesNo,
      BlockPublicPolicy: yesNo,
      RestrictPublicBuckets: yesNo,
    });
    await always(maybe(block), (state) =>
      roundTrip([63, 64, 65, 66], ACCOUNT, ({ s3 }) => {
        s3.publicAccessBlock = state;
      }),
    );
  });

  it('bucket policy', async () => {
    const actions = ['s3:GetObject', ['s3:GetObject', 's3:ListBucket'], 's3:*', '*'];
    await always(maybe(statements('arn:aws:s3:::acme-press-kit', actions)), (Statement) =>
      roundTrip([46, 57], 'acme-press-kit', (world) => {
        bucketIn(world).policy = Statement && JSON.stringify({ Version: '2012-10-17', Id: 'x', Statement });
      }),
    );
  });

  it('bucket ACL', async () => {
    const groups = 'http://acs.amazonaws.com/groups';
    const grant = fc.record({
      Grantee: fc.constantFrom(
        { Type: 'CanonicalUser' as const, ID: 'partner' },
        ...['global/AllUsers', 'global/AuthenticatedUsers', 's3/LogDelivery'].map((group) => ({
          Type: 'Group' as const,
          URI: `${groups}/${group}`,
        })),
      ),
      Permission: fc.constantFrom('READ' as const, 'WRITE' as const, 'READ_ACP' as const),
    });
    await always(fc.array(grant, { minLength: 1, maxLength: 5 }), (Grants) =>
      roundTrip([45], 'acme-press-kit', (world) => {
        bucketIn(world).acl.Grants = Grants;
      }),
    );
  });

  it('access logs, with any policy on the log bucket', async () => {
    const arn = 'arn:aws:s3:::acme-access-logs';
    const delivery = fc.constantFrom(
      undefined,
      { ArnLike: { 'aws:SourceArn': 'arn:aws:s3:::other' } },
      { StringEquals: { 'aws:SourceAccount': ACCOUNT } },
    );
    await always(
      fc.tuple(maybe(statements(arn, ['s3:*', 's3:PutObject'])), fc.option(delivery)),
      ([others, Condition]) =>
        roundTrip([47], 'acme-press-kit', (world) => {
          const allowed = {
            ...{ Effect: 'Allow', Principal: { Service: 'logging.s3.amazonaws.com' }, Action: 's3:PutObject' },
            ...{ Resource: `${arn}/*`, Condition },
          };
          const Statement = [...(others ?? []), ...(Condition === null ? [] : [allowed])];
          bucketIn(world, 'acme-access-logs').policy =
            Statement.length === 0 ? undefined : JSON.stringify({ Version: '2012-10-17', Statement });
        }),
    );
  });

  it('bucket versioning and encryption', async () => {
    const status = fc.constantFrom('Enabled' as const, 'Suspended' as const, undefined);
    await always(fc.tuple(status, yesNo), ([Status, encrypted]) =>
      roundTrip([48, 67], 'acme-press-kit', (world) => {
        bucketIn(world).versioning = { Status };
        if (!encrypted) bucketIn(world).encryption = { Rules: [{ BucketKeyEnabled: true }] };
      }),
    );
  });

  it('topic policy', async () => {
    const arn = `arn:aws:sns:us-east-1:${ACCOUNT}:orders`;
    const actions = ['SNS:Publish', ['SNS:Publish', 'SNS:Subscribe'], ['SNS:Subscribe'], 'SNS:*'];
    await always(statements(arn, actions), (Statement) =>
      roundTrip([182, 436], arn, ({ sns }) => {
        const topic = sns.topics[arn];
        if (topic) topic.attributes.Policy = JSON.stringify({ Version: '2008-10-17', Id: 'x', Statement });
      }),
    );
  });

  const share = fc.uniqueArray(fc.constantFrom({ Group: 'all' as const }, { UserId: '1' }, { UserId: '2' }), {
    minLength: 1,
    selector: (one) => JSON.stringify(one),
  });

  it('shares of images', async () => {
    await always(share, (permissions) =>
      roundTrip([114], sampleIds.goldenImage, ({ ec2 }) => {
        ec2.launchPermissions[sampleIds.goldenImage] = permissions;
      }),
    );
  });

  it('shares of snapshots', async () => {
    await always(share, (permissions) =>
      roundTrip([146], sampleIds.ordersSnapshot, ({ ec2 }) => {
        ec2.volumePermissions[sampleIds.ordersSnapshot] = permissions;
      }),
    );
  });

  it('public addresses of subnets', async () => {
    await always(yesNo, (on) =>
      roundTrip([196], sampleIds.publicSubnet, ({ ec2 }) => {
        const subnet = ec2.subnets[sampleIds.publicSubnet];
        if (subnet) subnet.MapPublicIpOnLaunch = on;
      }),
    );
  });

  it('descriptions of security group rules', async () => {
    const rule = fc.record({
      IsEgress: yesNo,
      IpProtocol: fc.constantFrom('tcp', 'udp', '-1'),
      CidrIpv4: fc.nat(255).map((part) => `10.${part}.0.0/16`),
      Description: maybe(fc.stringMatching(/^[a-z]{1,5}$/)),
    });
    const key = ({ IsEgress, IpProtocol, CidrIpv4 }: { IsEgress: boolean; IpProtocol: string; CidrIpv4: string }) =>
      `${IsEgress} ${IpProtocol} ${CidrIpv4}`;
    await always(fc.uniqueArray(rule, { minLength: 1, maxLength: 6, selector: key }), (rules) =>
      roundTrip([289], sampleIds.webGroup, ({ ec2 }) => {
        ec2.rules = rules.map(({ Description, ...one }, index) => ({
          ...{ ...one, SecurityGroupRuleId: `sgr-${index}`, GroupId: sampleIds.webGroup, GroupOwnerId: ACCOUNT },
          ...(one.IpProtocol === '-1' ? {} : { FromPort: 443, ToPort: 443 }),
          ...(Description === undefined ? {} : { Description }),
        }));
      }),
    );
  });

  it('metadata options of instances', async () => {
    const options = fc.record({
      HttpTokens: fc.constantFrom('optional' as const, 'required' as const),
      HttpEndpoint: fc.constantFrom('enabled' as const, 'disabled' as const),
      HttpPutResponseHopLimit: fc.integer({ min: 1, max: 64 }),
      HttpProtocolIpv6: fc.constantFrom('enabled' as const, 'disabled' as const),
      InstanceMetadataTags: fc.constantFrom('enabled' as const, 'disabled' as const),
    });
    await always(options, (MetadataOptions) =>
      roundTrip([322], sampleIds.web1, ({ ec2 }) => {
        const instance = ec2.instances[sampleIds.web1];
        if (instance) instance.MetadataOptions = { State: 'applied', ...MetadataOptions };
      }),
    );
  });

  it('encryption of new volumes', async () => {
    const key = fc.constantFrom('alias/aws/ebs', parameters[339]?.volumeKeyArn ?? '');
    await always(fc.tuple(yesNo, key), ([on, ebsDefaultKmsKeyId]) =>
      roundTrip([339], ACCOUNT, ({ ec2 }) => {
        Object.assign(ec2, { ebsEncryptionByDefault: on, ebsDefaultKmsKeyId });
      }),
    );
  });

  it('sharing of SSM documents', async () => {
    await always(maybe(fc.constantFrom('Enable', 'Disable')), (value) =>
      roundTrip([464], ACCOUNT, ({ ssm, now }) => {
        if (value)
          ssm.settings['/ssm/documents/console/public-sharing-permission'] = { value, changed: now(), by: 'x' };
      }),
    );
  });

  it('access keys', async () => {
    await always(fc.constantFrom('Active' as const, 'Inactive' as const), (status) =>
      roundTrip([3], sampleIds.staleKey, ({ iam }) => {
        for (const key of iam.users['ci-deploy']?.keys ?? []) key.status = status;
      }),
    );
  });

  it('policies of users', async () => {
    const inline = fc.dictionary(
      fc.stringMatching(/^[a-z]{1,6}$/),
      fc.jsonValue().map((one) => JSON.stringify({ one })),
      {
        maxKeys: 4,
      },
    );
    await always(fc.tuple(yesNo, yesNo, inline), ([one, two, documents]) =>
      roundTrip([17], 'ci-deploy', ({ iam }) => {
        const user = iam.users['ci-deploy'];
        const [first = '', second = ''] = Object.keys(iam.policies);
        if (user === undefined) throw new Error('The sample account has no user ci-deploy.');
        user.attached = [...(one ? [first] : []), ...(two ? [second] : [])];
        user.inline = documents;
      }),
    );
  });
});
