import { describe, expect, it } from 'vitest';
import { ACCOUNT, type Answer, type Answers, awsError, judge } from '../controls.ts';

const ID = 'fs-1';
const ARN = `arn:aws:elasticfilesystem:eu-west-1:${ACCOUNT}:file-system/${ID}`;
const KEY = `arn:aws:kms:eu-west-1:${ACCOUNT}:key/k`;
const fileSystem = (more: object): Answers => ({
  'efs:DescribeFileSystems': { FileSystems: [{ FileSystemId: ID, LifeCycleState: 'available', ...more }] },
});
const going: [string, Answers, string][] = ['deleting', 'deleted'].map((LifeCycleState) => [
  LifeCycleState,
  { ...fileSystem({ LifeCycleState }), 'efs:DescribeFileSystemPolicy': awsError('PolicyNotFound') },
  `skip: the file system is ${LifeCycleState}`,
]);
const gone: [string, Answers, string] = [
  'gone',
  {
    'efs:DescribeFileSystems': awsError('FileSystemNotFound'),
    'efs:DescribeFileSystemPolicy': awsError('FileSystemNotFound'),
  },
  'skip: fs-1 does not exist (any more)',
];

describe('144, 145: encryption', () => {
  const key = (KeyManager: string): Answers => ({ 'kms:DescribeKey': { KeyMetadata: { KeyManager } } });
  it.each<[string, Answers, string]>([
    ['encrypted', fileSystem({ Encrypted: true }), 'pass'],
    ['not encrypted', fileSystem({ Encrypted: false }), 'fail: the file system is not encrypted'],
    ['being made', fileSystem({ LifeCycleState: 'creating' }), 'fail: the file system is not encrypted'],
    ...going,
    gone,
  ])('144: %s', async (_, answers, expected) => {
    expect(await judge(144, ID, answers)).toBe(expected);
  });

  const encrypted = fileSystem({ Encrypted: true, KmsKeyId: KEY });
  it.each<[string, Answers, string]>([
    ['a key of our own', { ...encrypted, ...key('CUSTOMER') }, 'pass'],
    ['the key of AWS', { ...encrypted, ...key('AWS') }, `fail: its key ${KEY} is managed by AWS`],
    ['no key named', fileSystem({ Encrypted: true }), 'fail: the file system is encrypted with a key of AWS'],
    ['no encryption', fileSystem({ Encrypted: false }), 'fail: the file system is not encrypted'],
    [
      'a key that is gone',
      { ...encrypted, 'kms:DescribeKey': awsError('NotFoundException') },
      `fail: its key ${KEY} does not exist (any more)`,
    ],
    [
      'a key that cannot be read',
      { ...encrypted, 'kms:DescribeKey': awsError('AccessDeniedException') },
      'unknown: kms:DescribeKey was denied; allow kms:DescribeKey',
    ],
    ...going,
  ])('145: %s', async (_, answers, expected) => {
    expect(await judge(145, ID, answers)).toBe(expected);
  });
});

const withPolicy = (...Statement: object[]): Answers => ({
  ...fileSystem({}),
  'efs:DescribeFileSystemPolicy': { Policy: JSON.stringify({ Version: '2012-10-17', Statement }) },
});
const without = (answer: Answer = awsError('PolicyNotFound')): Answers => ({
  ...fileSystem({}),
  'efs:DescribeFileSystemPolicy': answer,
});
const client = ['ClientMount', 'ClientWrite', 'ClientRootAccess'].map((one) => `elasticfilesystem:${one}`);
const allow = { Sid: 'All', Effect: 'Allow', Principal: { AWS: '*' }, Action: client, Resource: ARN };
const viaTarget = { Bool: { 'elasticfilesystem:AccessedViaMountTarget': 'true' } };
const denied: [string, Answers, string] = [
  'denied',
  without(awsError('AccessDeniedException')),
  'unknown: efs:DescribeFileSystemPolicy was denied; allow elasticfilesystem:DescribeFileSystemPolicy',
];

describe('252: TLS', () => {
  const deny = {
    ...{ Effect: 'Deny', Principal: '*', Action: '*', Resource: ARN },
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
  const open = 'fail: the policy lets clients come without TLS';
  it.each<[string, Answers, string]>([
    ['denied to all', withPolicy(allow, deny), 'pass'],
    ['by the service', withPolicy(allow, { ...deny, Action: 'elasticfilesystem:*' }), 'pass'],
    ['action by action', withPolicy(allow, { ...deny, Action: client }), 'pass'],
    ['mounting only', withPolicy(allow, { ...deny, Action: client.slice(0, 1) }), open],
    ['without a resource', withPolicy(allow, { ...deny, Resource: undefined }), 'pass'],
    ['for everyone, as AWS', withPolicy(allow, { ...deny, Principal: { AWS: '*' } }), 'pass'],
    ['as a boolean', withPolicy(allow, { ...deny, Condition: { Bool: { 'aws:SecureTransport': false } } }), 'pass'],
    [
      'if it exists',
      withPolicy(allow, { ...deny, Condition: { BoolIfExists: { 'aws:SecureTransport': 'false' } } }),
      'pass',
    ],
    [
      'narrowed further',
      withPolicy(allow, { ...deny, Condition: { ...deny.Condition, IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } }),
      open,
    ],
    ['for one role', withPolicy(allow, { ...deny, Principal: { AWS: 'arn:aws:iam::1:role/r' } }), open],
    ['allowed only over TLS', withPolicy({ ...allow, Condition: { Bool: { 'aws:SecureTransport': 'true' } } }), 'pass'],
    [
      'allowed only over TLS to some',
      withPolicy({ ...allow, Condition: { Bool: { 'aws:SecureTransport': 'true' } } }, allow),
      open,
    ],
    ['nothing allowed or denied', withPolicy({ ...allow, Action: 'elasticfilesystem:Describe*' }), open],
    ['open', withPolicy({ ...allow, Condition: viaTarget }), open],
    ['no policy', without(), 'fail: without a policy, clients may come without TLS'],
    denied,
    ...going,
    gone,
  ])('%s', async (_, answers, expected) => {
    expect(await judge(252, ID, answers)).toBe(expected);
  });
});

describe('439: a policy', () => {
  it.each<[string, Answers, string]>([
    ['any', withPolicy(allow), 'pass'],
    ['none', without(), 'fail: there is no policy: whoever reaches a mount target may read, write and act as root'],
    denied,
    ...going,
    gone,
  ])('%s', async (_, answers, expected) => {
    expect(await judge(439, ID, answers)).toBe(expected);
  });
});

describe('453: public policies', () => {
  const open = 'fail: everyone is let in by the policy (statement All)';
  const org = { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } };
  it.each<[string, Answers, string]>([
    ['none', without(), 'pass'],
    ['open', withPolicy(allow), open],
    ['the first of two', withPolicy({ ...allow, Condition: viaTarget }, allow), open],
    ['by mount targets', withPolicy({ ...allow, Condition: viaTarget }), 'pass'],
    [
      'by mount targets, as a boolean',
      withPolicy({ ...allow, Condition: { Bool: { 'elasticfilesystem:AccessedViaMountTarget': true } } }),
      'pass',
    ],
    [
      'not by mount targets',
      withPolicy({ ...allow, Condition: { Bool: { 'elasticfilesystem:AccessedViaMountTarget': 'false' } } }),
      open,
    ],
    ['if it exists', withPolicy({ ...allow, Condition: { BoolIfExists: viaTarget.Bool } }), open],
    ['an organisation', withPolicy({ ...allow, Condition: org }), 'pass'],
    ['TLS only', withPolicy({ ...allow, Condition: { Bool: { 'aws:SecureTransport': 'true' } } }), open],
    ['everyone but some', withPolicy({ ...allow, Principal: undefined, NotPrincipal: { AWS: '1' } }), open],
    ['named', withPolicy({ ...allow, Principal: { AWS: 'arn:aws:iam::1:role/r' } }), 'pass'],
    [
      'a Deny without a resource takes it back',
      withPolicy(allow, { Effect: 'Deny', Principal: '*', Action: '*' }),
      'pass',
    ],
    denied,
    ...going,
    gone,
  ])('%s', async (_, answers, expected) => {
    expect(await judge(453, ID, answers)).toBe(expected);
  });
});
