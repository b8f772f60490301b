import { describe, expect, it } from 'vitest';
import { ACCOUNT, type Answer, awsError, controlOf, judge, placeOf, sessionOn } from '../controls.ts';

const GROUPS = 'http://acs.amazonaws.com/groups';
const owner = { Grantee: { Type: 'CanonicalUser', ID: 'us' }, Permission: 'FULL_CONTROL' };
const partner = { Grantee: { Type: 'CanonicalUser', ID: 'partner' }, Permission: 'READ' };
const toGroup = (group: string, Permission = 'READ') => ({
  Grantee: { Type: 'Group', URI: `${GROUPS}/${group}` },
  Permission,
});
const acl = (...Grants: object[]) => ({ Owner: { ID: 'us' }, Grants: [owner, ...Grants] });
const policy = (...Statement: object[]) => ({ Policy: JSON.stringify({ Version: '2012-10-17', Statement }) });
const noPolicy = awsError('NoSuchBucketPolicy');

describe('45: nothing granted to everyone', () => {
  it.each<[string, Answer, string]>([
    ['the owner only', acl(), 'pass'],
    ['a partner', acl(partner), 'pass'],
    ['no grants at all', { Owner: { ID: 'us' } }, 'pass'],
    ['log delivery', acl(toGroup('s3/LogDelivery', 'WRITE')), 'pass'],
    ['everyone reads', acl(toGroup('global/AllUsers')), 'fail: the ACL grants READ to everyone'],
    [
      'any AWS user, two ways',
      acl(toGroup('global/AuthenticatedUsers', 'WRITE_ACP'), toGroup('global/AuthenticatedUsers', 'READ_ACP')),
      'fail: the ACL grants WRITE_ACP to every AWS user, READ_ACP to every AWS user',
    ],
    ['full control', acl(toGroup('global/AllUsers', 'FULL_CONTROL')), 'fail: the ACL grants FULL_CONTROL to everyone'],
    ['denied', awsError('AccessDenied'), 'unknown: s3:GetBucketAcl was denied; allow s3:GetBucketAcl'],
    ['gone', awsError('NoSuchBucket'), 'skip: b does not exist (any more)'],
  ])('%s', async (_, answer, expected) => {
    expect(await judge(45, 'b', { 's3:GetBucketAcl': answer })).toBe(expected);
  });
});

describe('46: nobody unnamed in the policy', () => {
  const read = { Sid: 'Read', Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*' };
  it.each<[string, Answer, string]>([
    ['no policy', noPolicy, 'pass'],
    ['everyone reads', policy(read), 'fail: the policy lets everyone use s3:GetObject (statement Read)'],
    [
      '{AWS: *}',
      policy({ ...read, Principal: { AWS: '*' } }),
      'fail: the policy lets everyone use s3:GetObject (statement Read)',
    ],
    [
      'in a list, without a Sid, several actions',
      policy({ ...read, Sid: undefined, Principal: { AWS: ['111122223333', '*'] }, Action: ['s3:Get*', 's3:List*'] }),
      'fail: the policy lets everyone use s3:Get*, s3:List*',
    ],
    [
      'everyone but one, everything but deleting',
      policy({ Effect: 'Allow', NotPrincipal: { AWS: '1' }, NotAction: 's3:DeleteObject', Resource: '*' }),
      'fail: the policy lets everyone use all but s3:DeleteObject',
    ],
    ['a Deny for everyone protects', policy({ ...read, Effect: 'Deny' }), 'pass'],
    ['a Deny takes it back', policy(read, { ...read, Sid: 'No', Effect: 'Deny', Action: 's3:*' }), 'pass'],
    ['only one account', policy({ ...read, Principal: { AWS: '111122223333' } }), 'pass'],
    ['only a service', policy({ ...read, Principal: { Service: 'cloudtrail.amazonaws.com' } }), 'pass'],
    ['only a VPC endpoint', policy({ ...read, Condition: { StringEquals: { 'aws:SourceVpce': 'vpce-1' } } }), 'pass'],
    [
      'everyone over TLS',
      policy({ ...read, Condition: { Bool: { 'aws:SecureTransport': 'true' } } }),
      'fail: the policy lets everyone use s3:GetObject (statement Read)',
    ],
    [
      'a single statement',
      { Policy: JSON.stringify({ Statement: read }) },
      'fail: the policy lets everyone use s3:GetObject (statement Read)',
    ],
    [
      "the bucket's own Deny",
      awsError(
        'AccessDenied',
        'User: x is not authorized to perform: s3:GetBucketPolicy on resource: "b" with an explicit deny in a resource-based policy',
      ),
      'unknown: s3:GetBucketPolicy was denied; an explicit deny in a resource-based policy forbids s3:GetBucketPolicy',
    ],
    [
      'no JSON',
      { Policy: '{' },
      "unknown: the answer of s3:GetBucketPolicy could not be understood: Expected property name or '}' in JSON at position 1",
    ],
    ['throttled', awsError('SlowDown'), 'unknown: s3:GetBucketPolicy was throttled by AWS; try again later'],
  ])('%s', async (_, answer, expected) => {
    expect((await judge(46, 'b', { 's3:GetBucketPolicy': answer })).replace(/ \(line.*$/, '')).toBe(expected);
  });
});

describe('47: access logs', () => {
  const off = 'fail: server access logging is off';
  const receives = 'skip: this bucket receives access logs itself; logging it would feed on itself';
  const delivery = {
    ...{ Effect: 'Allow', Principal: { Service: ['logging.s3.amazonaws.com'] }, Action: 's3:PutObject' },
    Resource: 'arn:aws:s3:::b/*',
  };
  it.each<[string, object, Answer, object, string]>([
    ['on', { LoggingEnabled: { TargetBucket: 'logs', TargetPrefix: '' } }, noPolicy, acl(), 'pass'],
    ['an empty answer', {}, noPolicy, acl(), off],
    ['no target', { LoggingEnabled: { TargetBucket: '' } }, noPolicy, acl(), off],
    ['receives logs by its policy', {}, policy(delivery), acl(), receives],
    ['receives logs by its ACL', {}, noPolicy, acl(toGroup('s3/LogDelivery', 'WRITE')), receives],
    ['may not write, so receives none', {}, policy({ ...delivery, Action: 's3:GetBucketAcl' }), acl(), off],
    ['denies log delivery', {}, policy({ ...delivery, Effect: 'Deny' }), acl(), off],
    [
      'receives the logs of others',
      {},
      policy({ ...delivery, Principal: { Service: 'cloudtrail.amazonaws.com' } }),
      acl(),
      off,
    ],
    [
      'policy denied',
      {},
      awsError('AccessDenied'),
      acl(),
      'unknown: s3:GetBucketPolicy was denied; allow s3:GetBucketPolicy',
    ],
  ])('%s', async (_, logging, bucketPolicy, bucketAcl, expected) => {
    const answers = {
      's3:GetBucketLogging': logging,
      's3:GetBucketPolicy': bucketPolicy,
      's3:GetBucketAcl': bucketAcl,
    };
    expect(await judge(47, 'b', answers)).toBe(expected);
  });
});

describe('48: versions', () => {
  it.each<[object, string]>([
    [{ Status: 'Enabled' }, 'pass'],
    [{ Status: 'Enabled', MFADelete: 'Enabled' }, 'pass'],
    [{ Status: 'Suspended' }, 'fail: versioning is suspended'],
    [{}, 'fail: versioning was never enabled'],
  ])('%j is %s', async (answer, expected) => {
    expect(await judge(48, 'b', { 's3:GetBucketVersioning': answer })).toBe(expected);
  });
});

it.each([45, 47, 48])('%i does not apply to directory buckets', async (number) => {
  const answers = {
    ...{ 's3:GetBucketAcl': acl(), 's3:GetBucketLogging': {}, 's3:GetBucketPolicy': noPolicy },
    's3:GetBucketVersioning': {},
  };
  expect(await judge(number, 'b--euw1-az1--x-s3', answers)).toBe('skip: directory buckets do not have this setting');
});

describe('57: TLS', () => {
  const missing = 'fail: no statement of the policy denies requests without TLS to everyone for all objects';
  const tls = {
    ...{ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: 'arn:aws:s3:::b/*' },
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
  it.each<[string, Answer, string]>([
    ['no policy', noPolicy, missing],
    ['objects are enough', policy(tls), 'pass'],
    [
      'a single statement, boolean, key in other case',
      { Policy: JSON.stringify({ Statement: { ...tls, Condition: { Bool: { 'AWS:SecureTransport': false } } } }) },
      'pass',
    ],
    ['the bucket alone is not', policy({ ...tls, Resource: 'arn:aws:s3:::b' }), missing],
    ['another partition is another bucket', policy({ ...tls, Resource: 'arn:aws-cn:s3:::b/*' }), missing],
    [
      'an Allow over TLS enforces nothing',
      policy({ ...tls, Effect: 'Allow', Condition: { Bool: { 'aws:SecureTransport': 'true' } } }),
      missing,
    ],
  ])('%s', async (_, answer, expected) => {
    expect(await judge(57, 'b', { 's3:GetBucketPolicy': answer })).toBe(expected);
  });
});

describe('67: default encryption', () => {
  const rules = (...Rules: object[]) => ({ ServerSideEncryptionConfiguration: { Rules } });
  it.each<[string, Answer, string]>([
    ['none', awsError('ServerSideEncryptionConfigurationNotFoundError'), 'fail: no default encryption is configured'],
    ['SSE-S3', rules({ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }), 'pass'],
    ['KMS', rules({ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'k' } }), 'pass'],
    ['two layers', rules({ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms:dsse' } }), 'pass'],
    ['a rule without one', rules({ BucketKeyEnabled: true }), 'fail: no default encryption is configured'],
    [
      'denied',
      awsError('AccessDenied'),
      'unknown: s3:GetBucketEncryption was denied; allow s3:GetEncryptionConfiguration',
    ],
  ])('%s', async (_, answer, expected) => {
    expect(await judge(67, 'b', { 's3:GetBucketEncryption': answer })).toBe(expected);
  });
});

describe('379: log buckets', () => {
  const everyone = (Permission: string) => toGroup('global/AllUsers', Permission);
  const none = awsError('OwnershipControlsNotFoundError');
  const elsewhere = 'skip: no bucket of this region writes its access logs here';
  const owned = (ObjectOwnership: string) => ({ OwnershipControls: { Rules: [{ ObjectOwnership }] } });
  const from =
    (name: string): Answer =>
    (input) =>
      input.Bucket === name ? { LoggingEnabled: { TargetBucket: 'b', TargetPrefix: '' } } : {};
  it.each<[string, object, Answer, Answer, string]>([
    ['everyone writes', acl(everyone('WRITE')), from('a'), none, 'fail: the ACL grants WRITE to everyone'],
    [
      'everyone changes the ACL',
      acl(everyone('WRITE_ACP')),
      from('a'),
      none,
      'fail: the ACL grants WRITE_ACP to everyone',
    ],
    [
      'everything',
      acl(everyone('FULL_CONTROL')),
      from('a'),
      owned('ObjectWriter'),
      'fail: the ACL grants FULL_CONTROL to everyone',
    ],
    ['everyone reads', acl(everyone('READ')), from('a'), none, 'pass'],
    ['log delivery writes', acl(toGroup('s3/LogDelivery', 'WRITE')), from('a'), none, 'pass'],
    ['AWS users write', acl(toGroup('global/AuthenticatedUsers', 'WRITE')), from('a'), none, 'pass'],
    [
      'ACLs disabled',
      acl(everyone('WRITE')),
      from('a'),
      owned('BucketOwnerEnforced'),
      'skip: ACLs are disabled for this bucket',
    ],
    ['no log bucket', acl(everyone('WRITE')), from('nobody'), none, elsewhere],
    ['a source that is gone', acl(everyone('WRITE')), awsError('NoSuchBucket'), none, elsewhere],
    [
      'denied',
      acl(everyone('WRITE')),
      awsError('AccessDenied'),
      none,
      'unknown: s3:GetBucketLogging was denied; allow s3:GetBucketLogging',
    ],
  ])('%s', async (_, bucketAcl, logging, ownership, expected) => {
    const answers = {
      's3:GetBucketAcl': bucketAcl,
      's3:ListBuckets': { Buckets: [{ Name: 'a' }, { Name: 'b' }] },
      's3:GetBucketLogging': logging,
      's3:GetBucketOwnershipControls': ownership,
    };
    expect(await judge(379, 'b', answers)).toBe(expected);
  });

  it('asks no other bucket where nobody unnamed writes', async () => {
    const answers = {
      's3:GetBucketAcl': acl(),
      's3:ListBuckets': { Buckets: [{ Name: 'a' }] },
      's3:GetBucketOwnershipControls': none,
    };
    expect(await judge(379, 'b', answers)).toBe('pass');
  });
});

describe('buckets', () => {
  it('lists every page of the buckets of its region', async () => {
    const { list } = controlOf(48).detector.resource;
    const session = sessionOn({
      's3:ListBuckets': ({ BucketRegion, ContinuationToken }) =>
        ContinuationToken === 'more'
          ? { Buckets: [{ Name: 'c' }] }
          : { Buckets: [{ Name: `a-in-${BucketRegion}` }, {}, { Name: 'b' }], ContinuationToken: 'more' },
    });
    if (list === undefined) throw new Error('Buckets cannot be listed.');
    expect(await session.value(list, placeOf(48), [])).toEqual(['a-in-eu-west-1', 'b', 'c']);
  });

  it('have ARNs of their partition', () => {
    const { arn } = controlOf(48).detector.resource;
    expect(arn({ partition: 'aws-cn', account: ACCOUNT, region: 'cn-north-1', id: 'b' })).toBe('arn:aws-cn:s3:::b');
  });
});
