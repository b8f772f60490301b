import { describe, expect, it } from 'vitest';
import { createDoor, isRead, type RecordedCall } from '../../src/aws/door.ts';
import { DryRunError, NotPermittedError } from '../../src/aws/errors.ts';
import { summarise } from '../../src/control-summary.ts';
import { createSampleAccount, sampleIds } from '../../src/demo/sample-account.ts';
import { playableIn } from '../../src/demo/stage.ts';
import { createEngine } from '../../src/engine.ts';
import { sealed } from '../../src/plan/digest.ts';
import type { Plan, PlannedCall } from '../../src/plan/plan.ts';
import { asDefined } from '../../src/plan/settings.ts';
import { ACCOUNT, type Answers, awsError, catalogue, planFor, tableAws } from '../controls.ts';

const KEY = `arn:aws:kms:us-east-1:123456789012:key/${sampleIds.volumeKey}`;
const PARAMETERS: Readonly<Record<number, Record<string, string>>> = {
  47: { logBucket: 'acme-access-logs' },
  290: { topicKeyArn: KEY },
  339: { volumeKeyArn: KEY },
  399: { groupName: 'readers' },
  518: { topicKeyArn: KEY },
};
const settings = { ...asDefined, mode: () => undefined, parameters: (control: number) => PARAMETERS[control] ?? {} };

/** Every plan for an account in which every control but those with a runbook has something to set right. */
async function sample(mode: 'dry-run' | 'apply') {
  const account = createSampleAccount();
  const { s3, iam } = account.world;
  iam.passwordPolicy = undefined;
  s3.publicAccessBlock = undefined;
  for (const bucket of Object.values(s3.buckets)) bucket.encryption = undefined;
  openToEveryone(account.world);
  const engine = createEngine({ port: account.port, catalogue, mode, settings, now: account.world.now });
  const plans: Plan[] = [];
  for await (const assessment of engine.scan({ partition: 'aws', account: ACCOUNT, region: 'us-east-1' }, {}))
    plans.push(...assessment.plans);
  return { account, engine, plans };
}

/** A log bucket that everyone writes to, and topics that everyone may subscribe to. */
function openToEveryone({ s3, sns }: ReturnType<typeof createSampleAccount>['world']): void {
  const logs = s3.buckets['acme-access-logs'];
  if (logs !== undefined) {
    logs.ownership = 'ObjectWriter';
    const URI = 'http://acs.amazonaws.com/groups/global/AllUsers';
    logs.acl.Grants = [...logs.acl.Grants, { Grantee: { Type: 'Group', URI }, Permission: 'WRITE' }];
  }
  for (const [Resource, { attributes }] of Object.entries(sns.topics)) {
    const policy = JSON.parse(attributes.Policy ?? '{"Statement":[]}');
    const everyone = { Sid: 'Everyone', Effect: 'Allow', Principal: '*', Action: 'SNS:Subscribe', Resource };
    attributes.Policy = JSON.stringify({ ...policy, Statement: [...policy.Statement, everyone] });
  }
}

function door(mode: 'dry-run' | 'apply', answers: Answers = {}) {
  const port = tableAws(answers);
  const seen: RecordedCall[] = [];
  return { ...createDoor({ port, mode, onCall: (call) => seen.push(call) }), asked: port.asked, seen };
}

const plan48 = () => planFor(48, 'b', { 's3:GetBucketVersioning': {} });
const put: Answers = { 's3:PutBucketVersioning': { done: true } };
const soleStep = (calls: readonly PlannedCall[]): PlannedCall => {
  const [call] = calls;
  if (call === undefined) throw new Error('The plan has no call.');
  return call;
};

/** A plan of two steps, the second of which needs what the first has made. */
async function copyAndTag(input: object = { Resources: ['ref:copy/SnapshotId'], Tags: [{ Key: 'from', Value: 'b' }] }) {
  const { id: _, digest: __, ...content } = await plan48();
  const call = { service: 'ec2', region: 'eu-west-1', repeat: 'once' as const };
  return sealed({
    ...content,
    steps: [
      { ...call, name: 'copy', operation: 'CopySnapshot', input: { SourceSnapshotId: 'snap-1' } },
      { ...call, name: 'tag', operation: 'CreateTags', input },
    ],
  });
}

describe('in dry-run', () => {
  it('no call of any plan of any control goes out, and none of its undo', async () => {
    const { account, engine, plans } = await sample('dry-run');
    const before = structuredClone({ ...account.world, now: undefined });
    const sent = account.calls.length;
    const { engine: applying } = await sample('apply');
    const tried = new Set<number>();
    for (const plan of plans) {
      for (const purpose of ['apply', 'undo'] as const) {
        expect(() => engine.permit(plan, purpose)).toThrow(DryRunError);
        // Not even with a permit of a door that does write.
        const permit = applying.permit(plan, purpose);
        for (const call of purpose === 'apply' ? plan.steps : plan.undo.steps) {
          await expect(engine.send(permit, plan, call, {})).rejects.toThrow(DryRunError);
          for (const control of plan.controls) tried.add(control);
        }
      }
    }
    expect(account.calls.slice(sent)).toEqual([]);
    expect({ ...account.world, now: undefined }).toEqual(before);
    // The sample account need not know every control; those that it knows are all tried here, every one below.
    const applicable = [...playableIn(catalogue).values()].filter(({ remediation }) => remediation.kind !== 'guide');
    expect(applicable.map(({ number }) => number).filter((number) => !tried.has(number))).toEqual([]);
  });

  it('no operation that any remediation declares gets past the door', async () => {
    const { writer, asked, seen } = door('dry-run', put);
    const { id: planId } = await plan48();
    const writes = [...catalogue.values()].flatMap((control) => summarise(control).writes);
    expect(writes.length).toBeGreaterThan(catalogue.size);
    for (const write of writes) {
      const call = { ...write, name: 'write', region: 'us-east-1', input: {}, repeat: 'safe' as const };
      await expect(writer.write({ planId }, call, {})).rejects.toThrow(DryRunError);
    }
    expect([...asked, ...seen]).toEqual([]);
  });
});

describe('reading', () => {
  it.each([
    ['GetBucketAcl', true],
    ['ListBuckets', true],
    ['DescribeImages', true],
    ['HeadBucket', true],
    ['SearchResources', true],
    ['BatchGetProjects', true],
    ['PutBucketAcl', false],
    ['DeleteBucket', false],
    ['CreateGroup', false],
    ['UpdateAccessKey', false],
    ['AssumeRole', false],
    ['BatchDeleteImage', false],
    ['StartQueryExecution', false],
    ['TargetListen', false],
    ['', false],
  ])('%s: %s', async (operation, allowed) => {
    const { reader, asked } = door('apply', { [`s3:${operation}`]: { ok: true } });
    const answer = reader.read({ account: '1', region: 'r' }, 's3', operation, {});
    if (allowed) expect(await answer).toEqual({ ok: true });
    else await expect(answer).rejects.toThrow(NotPermittedError);
    expect(asked).toHaveLength(allowed ? 1 : 0);
    expect(isRead(operation)).toBe(allowed);
  });

  it('needs no permit, carries no write session, and is recorded', async () => {
    const { reader, asked, seen } = door('dry-run', { 's3:GetBucketAcl': {} });
    await reader.read({ account: '999988887777', region: 'eu-west-1' }, 's3', 'GetBucketAcl', { Bucket: 'b' });
    expect(asked).toEqual([
      {
        target: { account: '999988887777', region: 'eu-west-1' },
        service: 's3',
        operation: 'GetBucketAcl',
        input: { Bucket: 'b' },
      },
    ]);
    expect(seen).toEqual([{ kind: 'read', service: 's3', operation: 'GetBucketAcl', region: 'eu-west-1' }]);
  });
});

describe('writing', () => {
  it('sends a call of the permitted plan, under a session that can do just this', async () => {
    const { writer, asked, seen } = door('apply', put);
    const plan = await plan48();
    const call = soleStep(plan.steps);
    expect(await writer.write(writer.permit(plan, 'apply'), call, {})).toEqual({
      requestId: 'request-1',
      output: { done: true },
    });
    expect(asked).toEqual([
      {
        target: { account: plan.resource.account, region: call.region },
        service: 's3',
        operation: 'PutBucketVersioning',
        input: { Bucket: 'b', VersioningConfiguration: { Status: 'Enabled' } },
        session: { planId: plan.id, permissions: ['s3:PutBucketVersioning'], ofCall: ['s3:PutBucketVersioning'] },
        repeat: 'safe',
      },
    ]);
    expect(seen).toEqual([{ kind: 'write', service: 's3', operation: 'PutBucketVersioning', region: 'eu-west-1' }]);
  });

  it('allows an undo the actions that it needs, not those of the fix', async () => {
    const plan = await planFor(67, 'b', {
      's3:GetBucketEncryption': awsError('ServerSideEncryptionConfigurationNotFoundError'),
    });
    const { writer, asked } = door('apply', { 's3:DeleteBucketEncryption': {} });
    await writer.write(writer.permit(plan, 'undo'), soleStep(plan.undo.steps), {});
    const other = await planFor(6, undefined, { 'iam:GetAccountPasswordPolicy': awsError('NoSuchEntity') });
    const iam = door('apply', { 'iam:DeleteAccountPasswordPolicy': {} });
    await iam.writer.write(iam.writer.permit(other, 'undo'), soleStep(other.undo.steps), {});
    expect(asked[0]?.session?.permissions).toEqual(['s3:PutEncryptionConfiguration']);
    expect(iam.asked[0]?.session?.permissions).toEqual(['iam:DeleteAccountPasswordPolicy']);
  });

  it.each<[string, (call: PlannedCall) => object]>([
    ['another bucket', () => ({ input: { Bucket: 'c', VersioningConfiguration: { Status: 'Enabled' } } })],
    ['one member more', ({ input }) => ({ input: { ...input, MFA: 'x' } })],
    ['one member less', () => ({ input: { Bucket: 'b' } })],
    ['another operation', () => ({ operation: 'DeleteBucket' })],
    ['another service', () => ({ service: 's3control' })],
    ['another region', () => ({ region: 'us-east-1' })],
    ['another way to repeat', () => ({ repeat: 'once' })],
    ['errors that would count as done', () => ({ already: ['AccessDenied'] })],
    ['another name', () => ({ name: 'other' })],
  ])('refuses a call that was changed: %s', async (_, change) => {
    const { writer, asked } = door('apply', put);
    const plan = await plan48();
    const call = soleStep(plan.steps);
    const changed = Object.assign({}, call, change(call));
    await expect(writer.write(writer.permit(plan, 'apply'), changed, {})).rejects.toThrow(NotPermittedError);
    expect(asked).toEqual([]);
  });

  it('refuses permits that it did not make', async () => {
    const { writer, asked } = door('apply', put);
    const plan = await plan48();
    const call = soleStep(plan.steps);
    const own = writer.permit(plan, 'apply');
    const foreign = door('apply', put).writer.permit(plan, 'apply');
    for (const permit of [foreign, { planId: plan.id }, { ...own }, structuredClone(own)]) {
      await expect(writer.write(permit, call, {})).rejects.toThrow(NotPermittedError);
    }
    expect(asked).toEqual([]);
  });

  it('refuses the calls of another plan, and of the undo', async () => {
    const { writer } = door('apply', put);
    const plan = await plan48();
    const other = await planFor(48, 'c', { 's3:GetBucketVersioning': {} });
    const permit = writer.permit(plan, 'apply');
    await expect(writer.write(permit, soleStep(other.steps), {})).rejects.toThrow(NotPermittedError);
    await expect(writer.write(permit, soleStep(plan.undo.steps), {})).rejects.toThrow(NotPermittedError);
    await expect(writer.write(writer.permit(plan, 'undo'), soleStep(plan.steps), {})).rejects.toThrow(
      NotPermittedError,
    );
  });

  it('permits no plan that was edited, and nothing that is added to one afterwards', async () => {
    const { writer, asked } = door('apply', put);
    const plan = await plan48();
    const steps = plan.steps.map((step) => ({ ...step, input: { Bucket: 'c', VersioningConfiguration: {} } }));
    expect(() => writer.permit({ ...plan, steps }, 'apply')).toThrow(NotPermittedError);
    const open = { ...plan, steps: [...plan.steps] };
    const permit = writer.permit(open, 'apply');
    const added = { ...soleStep(plan.steps), input: { Bucket: 'c', VersioningConfiguration: { Status: 'Suspended' } } };
    open.steps.push(added);
    await expect(writer.write(permit, added, {})).rejects.toThrow(NotPermittedError);
    expect(asked).toEqual([]);
  });
});

describe("AWS's answer", () => {
  const detach = () =>
    planFor(17, 'ann', {
      'iam:ListAttachedUserPolicies': { AttachedPolicies: [{ PolicyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }] },
      'iam:ListUserPolicies': {},
      'iam:ListGroupsForUser': {},
      'iam:GetGroup': awsError('NoSuchEntityException'),
      'iam:ListAttachedGroupPolicies': awsError('NoSuchEntityException'),
    });
  const named = (plan: Plan, name: string) => soleStep(plan.steps.filter((step) => step.name === name));

  it('counts as done where it says that it is so already', async () => {
    const plan = await detach();
    const { writer } = door('apply', { 'iam:DetachUserPolicy': awsError('NoSuchEntityException') });
    const result = await writer.write(writer.permit(plan, 'apply'), named(plan, 'detach-from-user'), {});
    expect(result).toEqual({ requestId: undefined, output: {} });
  });

  it('is an error where the call did not say so', async () => {
    const plan = await detach();
    const { writer } = door('apply', {
      'iam:AttachGroupPolicy': awsError('NoSuchEntityException'),
      'iam:DetachUserPolicy': awsError('AccessDenied'),
    });
    const permit = writer.permit(plan, 'apply');
    await expect(writer.write(permit, named(plan, 'attach-to-group'), {})).rejects.toThrow('NoSuchEntityException');
    await expect(writer.write(permit, named(plan, 'detach-from-user'), {})).rejects.toMatchObject({
      name: 'AccessDenied',
      message: 'iam:DetachUserPolicy was denied; allow iam:DetachUserPolicy',
    });
  });
});

describe('refs', () => {
  const answers = { 'ec2:CreateTags': {} };
  const send = async (input: object | undefined, outputs: Readonly<Record<string, unknown>>) => {
    const { writer, asked } = door('apply', answers);
    const plan = await copyAndTag(input);
    await writer.write(writer.permit(plan, 'apply'), soleStep(plan.steps.slice(1)), outputs);
    return asked[0]?.input;
  };

  it('are filled from the outputs of earlier steps, at any depth', async () => {
    expect(await send(undefined, { copy: { SnapshotId: 'snap-2' } })).toEqual({
      Resources: ['snap-2'],
      Tags: [{ Key: 'from', Value: 'b' }],
    });
    const input = { Resources: ['ref:copy/Copies.0.Id'], Tags: [] };
    expect(await send(input, { copy: { Copies: [{ Id: 'snap-3' }] } })).toEqual({ Resources: ['snap-3'], Tags: [] });
  });

  it.each([{}, { copy: {} }, { copy: undefined }, { other: { SnapshotId: 'x' } }])(
    'that lead nowhere stop the plan: %j',
    async (outputs) => {
      await expect(send(undefined, outputs)).rejects.toThrow('Step copy gave no SnapshotId; the plan cannot go on.');
    },
  );

  it('are only those of a step of the plan: other text may look alike', async () => {
    const input = { Resources: ['snap-1'], Tags: [{ Key: 'see', Value: 'ref:manual/chapter.2' }] };
    expect(await send(input, { manual: { chapter: ['a', 'b', 'c'] } })).toEqual(input);
  });
});
