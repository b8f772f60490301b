import { describe, expect, it } from 'vitest';
import { ACCOUNT, type Answers, awsError, callsOf, judge, planFor, plansFor } from '../controls.ts';

const ID = 'fs-1';
const ARN = `arn:aws:elasticfilesystem:eu-west-1:${ACCOUNT}:file-system/${ID}`;
const client = ['ClientMount', 'ClientWrite', 'ClientRootAccess'].map((one) => `elasticfilesystem:${one}`);
const fileSystem = { FileSystemId: ID, LifeCycleState: 'available', Encrypted: false };
const state = (...Statement: object[]): Answers => ({
  'efs:DescribeFileSystems': { FileSystems: [fileSystem] },
  'efs:DescribeFileSystemPolicy':
    Statement.length === 0
      ? awsError('PolicyNotFound')
      : { Policy: JSON.stringify({ Version: '2012-10-17', Statement }) },
});
const put = (...Statement: object[]) => [
  'efs:PutFileSystemPolicy',
  { FileSystemId: ID, Policy: JSON.stringify({ Version: '2012-10-17', Statement }) },
];
const remove = ['efs:DeleteFileSystemPolicy', { FileSystemId: ID }];
const viaTarget = { Bool: { 'elasticfilesystem:AccessedViaMountTarget': 'true' } };
const asBefore = {
  ...{ Sid: 'AllowClientsOfMountTargets', Effect: 'Allow', Principal: { AWS: '*' } },
  ...{ Action: client, Resource: ARN, Condition: viaTarget },
};
const onlyTls = {
  ...{ Sid: 'DenyClientsWithoutTLS', Effect: 'Deny', Principal: { AWS: '*' }, Action: '*', Resource: ARN },
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
};
const named = { Sid: 'App', Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::1:role/app' }, Action: client[0] };
const open = { Sid: 'All', Effect: 'Allow', Principal: '*', Action: client, Resource: ARN };

describe('252', () => {
  it('adds a Deny to what is there', async () => {
    expect(callsOf(await planFor(252, ID, state(named)))).toEqual({
      steps: [put(named, onlyTls)],
      undo: [put(named)],
    });
  });

  it('allows what was allowed where there was no policy: a Deny alone would shut out everyone', async () => {
    expect(callsOf(await planFor(252, ID, state()))).toEqual({ steps: [put(asBefore, onlyTls)], undo: [remove] });
  });

  it('makes no policy that is too long', async () => {
    const plan = await planFor(252, ID, state({ ...named, Resource: 'x'.repeat(20_000) }));
    expect(plan).toMatchObject({ kind: 'guide', steps: [] });
  });
});

describe('439', () => {
  it('writes down what holds without a policy', async () => {
    expect(callsOf(await planFor(439, ID, state()))).toEqual({ steps: [put(asBefore)], undo: [remove] });
  });

  it('is one write with 252, in whatever order', async () => {
    for (const numbers of [
      [252, 439],
      [439, 252],
    ]) {
      const [plan, ...more] = await plansFor(numbers, ID, state());
      expect(more).toEqual([]);
      expect(plan && callsOf(plan)).toEqual({ steps: [put(asBefore, onlyTls)], undo: [remove] });
    }
  });
});

describe('453', () => {
  it('lets everyone in by mount targets only, and keeps all else', async () => {
    const condition = { StringEquals: { 'aws:RequestedRegion': 'eu-west-1' }, Bool: { 'aws:SecureTransport': 'true' } };
    const before = [{ ...open, Condition: condition }, named, onlyTls];
    const after = { ...condition, Bool: { ...condition.Bool, ...viaTarget.Bool } };
    expect(callsOf(await planFor(453, ID, state(...before)))).toEqual({
      steps: [put({ ...open, Condition: after }, named, onlyTls)],
      undo: [put(...before)],
    });
  });

  it('leaves principals that are named besides as they were', async () => {
    const role = 'arn:aws:iam::1:role/app';
    const plan = await planFor(453, ID, state({ ...open, Principal: { AWS: ['*', role] } }));
    expect(plan.after).toMatchObject({
      Statement: [
        { Sid: 'All', Principal: { AWS: [role] } },
        { Sid: 'All2', Principal: { AWS: '*' }, Condition: viaTarget },
      ],
    });
    const fixed = JSON.stringify(plan.after);
    expect(await judge(453, ID, { ...state(), 'efs:DescribeFileSystemPolicy': { Policy: fixed } })).toBe('pass');
  });

  it('keeps everyone-but-some, by mount targets', async () => {
    const but = { ...open, Principal: undefined, NotPrincipal: { AWS: 'arn:aws:iam::1:role/out' } };
    const plan = await planFor(453, ID, state(but));
    expect(plan.after).toMatchObject({ Statement: [{ NotPrincipal: but.NotPrincipal, Condition: viaTarget }] });
  });

  it('does not turn a condition around that is there for a reason', async () => {
    const Condition = { Bool: { 'elasticfilesystem:AccessedViaMountTarget': 'false' } };
    const plan = await planFor(453, ID, state({ ...open, Condition }));
    expect(plan).toMatchObject({ kind: 'guide', steps: [] });
  });
});

describe('144, 145', () => {
  const answers: Answers = {
    ...state(named),
    'efs:DescribeMountTargets': {
      MountTargets: [
        { MountTargetId: 'fsmt-1', SubnetId: 'subnet-1' },
        { MountTargetId: 'fsmt-2', SubnetId: 'subnet-2' },
      ],
    },
    'efs:DescribeMountTargetSecurityGroups': ({ MountTargetId }) => ({ SecurityGroups: [`sg-of-${MountTargetId}`] }),
    'efs:DescribeAccessPoints': {
      AccessPoints: [{ Name: 'app', PosixUser: { Uid: 1000, Gid: 1000 }, RootDirectory: { Path: '/app' } }],
    },
  };

  it('copies by replication, makes all that hangs on it again, and deletes last', async () => {
    const parameters = { fileSystemKeyArn: 'arn:aws:kms:eu-west-1:1:key/k' };
    for (const number of [144, 145]) {
      const plan = await planFor(number, ID, answers, { parameters });
      expect(plan).toMatchObject({ kind: 'guide', mode: 'guided', steps: [] });
      const cli = plan.guide.flatMap((line) => line.cli ?? []);
      expect(cli.map((line) => line.split(' ')[2])).toEqual([
        'create-replication-configuration',
        ...['create-mount-target', 'create-mount-target', 'create-access-point', 'put-file-system-policy'],
        ...['delete-replication-configuration', 'delete-file-system'],
      ]);
      const text = cli.join('\n');
      for (const part of ['key/k', 'subnet-2', 'sg-of-fsmt-1', 'sg-of-fsmt-2', '/app', '1000'])
        expect(text).toContain(part);
    }
  });
});
