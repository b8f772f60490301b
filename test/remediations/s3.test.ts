import { describe, expect, it } from 'vitest';
import { ACCOUNT, type Answer, awsError, callsOf, planFor } from '../controls.ts';

const Bucket = 'b';
const GROUPS = 'http://acs.amazonaws.com/groups';
const owner = { Grantee: { Type: 'CanonicalUser', ID: 'us' }, Permission: 'FULL_CONTROL' };
const partner = { Grantee: { Type: 'CanonicalUser', ID: 'partner' }, Permission: 'READ' };
const toGroup = (group: string) => ({ Grantee: { Type: 'Group', URI: `${GROUPS}/${group}` }, Permission: 'READ' });
const policy = (...Statement: object[]) => ({ Version: '2012-10-17', Id: 'kept', Statement });
const asAnswer = (document: object) => ({ Policy: JSON.stringify(document) });
const noPolicy = awsError('NoSuchBucketPolicy');
const put = (document: object) => ['s3:PutBucketPolicy', { Bucket, Policy: JSON.stringify(document) }];
const removed = ['s3:DeleteBucketPolicy', { Bucket }];

describe('45', () => {
  const write = (...Grants: object[]) => [
    's3:PutBucketAcl',
    { Bucket, AccessControlPolicy: { Owner: { ID: 'us' }, Grants } },
  ];
  it.each<[string, object[], object[]]>([
    [
      'takes both groups away and keeps the rest, in order',
      [owner, toGroup('global/AllUsers'), partner, toGroup('global/AuthenticatedUsers'), toGroup('s3/LogDelivery')],
      [owner, partner, toGroup('s3/LogDelivery')],
    ],
    ['leaves the owner where nobody else is left', [toGroup('global/AllUsers')], [owner]],
  ])('%s', async (_, Grants, left) => {
    const plan = await planFor(45, Bucket, { 's3:GetBucketAcl': { Owner: { ID: 'us' }, Grants } });
    expect(callsOf(plan)).toEqual({ steps: [write(...left)], undo: [write(...Grants)] });
    expect(plan.after).toEqual({ owner: { ID: 'us' }, grants: left });
  });
});

describe('46', () => {
  const read = { Sid: 'R', Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*' };
  const tls = { ...read, Sid: 'T', Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } };
  const trail = { ...read, Sid: 'C', Principal: { Service: 'cloudtrail.amazonaws.com' } };
  const named = { ...read, Sid: 'N', Principal: { AWS: ['111122223333'] } };

  it.each<[string, object, object]>([
    ['takes the open statement and nothing else', policy(tls, read, trail), policy(tls, trail)],
    [
      'keeps those that the statement names besides everyone',
      policy({ ...read, Sid: 'N', Principal: { AWS: ['111122223333', '*'] } }, trail),
      policy(named, trail),
    ],
    [
      'keeps a service next to everyone',
      policy({ ...trail, Principal: { AWS: '*', Service: ['cloudtrail.amazonaws.com'] } }),
      policy({ ...trail, Principal: { Service: ['cloudtrail.amazonaws.com'] } }),
    ],
    [
      'takes "everyone but" away',
      policy(trail, { ...read, Principal: undefined, NotPrincipal: { AWS: '111122223333' } }),
      policy(trail),
    ],
  ])('%s', async (_, before, after) => {
    const plan = await planFor(46, Bucket, { 's3:GetBucketPolicy': asAnswer(before) });
    expect(callsOf(plan)).toEqual({ steps: [put(after)], undo: [put(before)] });
  });

  it('removes the policy where no statement is left, and undo puts it back', async () => {
    const plan = await planFor(46, Bucket, { 's3:GetBucketPolicy': asAnswer(policy(read)) });
    expect(callsOf(plan)).toEqual({ steps: [removed], undo: [put(policy(read))] });
    expect(plan).toMatchObject({ mode: 'approve', after: null, undo: { class: 'exact' } });
  });
});

describe('47', () => {
  const LOGS = 'arn:aws:s3:::logs';
  const delivery = {
    ...{ Sid: 'AllowAccessLogDelivery', Effect: 'Allow', Principal: { Service: 'logging.s3.amazonaws.com' } },
    ...{ Action: 's3:PutObject', Resource: `${LOGS}/*` },
    Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:s3:::b' }, StringEquals: { 'aws:SourceAccount': ACCOUNT } },
  };
  const keep = { Sid: 'Keep', Effect: 'Deny', Principal: '*', Action: 's3:DeleteObject', Resource: `${LOGS}/*` };
  const LoggingEnabled = { TargetBucket: 'logs', TargetPrefix: 'b/' };
  const logging = ['s3:PutBucketLogging', { Bucket, BucketLoggingStatus: { LoggingEnabled } }];
  const noLogging = ['s3:PutBucketLogging', { Bucket, BucketLoggingStatus: {} }];
  const putLogs = (document: object) => ['s3:PutBucketPolicy', { Bucket: 'logs', Policy: JSON.stringify(document) }];
  const plan = (logPolicy: Answer, logBucket = 'logs') =>
    planFor(47, Bucket, { 's3:GetBucketLogging': {}, 's3:GetBucketPolicy': logPolicy }, { parameters: { logBucket } });

  it("extends the log bucket's policy first, and undoes in reverse", async () => {
    const made = await plan(asAnswer(policy(keep)));
    expect(callsOf(made)).toEqual({
      steps: [putLogs(policy(keep, delivery)), logging],
      undo: [noLogging, putLogs(policy(keep))],
    });
    expect(made.after).toEqual({ logging: LoggingEnabled, 'allow-log-delivery': policy(keep, delivery) });
    expect(made.locks).toEqual(['arn:aws:s3:::b', 's3:GetBucketPolicy arn:aws:s3:::logs']);
  });

  it('makes a policy where the log bucket has none, and removes it again', async () => {
    const made = callsOf(await plan(noPolicy));
    expect(made.steps).toEqual([putLogs({ Version: '2012-10-17', Statement: [delivery] }), logging]);
    expect(made.undo).toEqual([noLogging, ['s3:DeleteBucketPolicy', { Bucket: 'logs' }]]);
  });

  it.each<[string, object]>([
    ['without conditions', { ...delivery, Condition: undefined }],
    ['for the whole account', { ...delivery, Condition: { StringEquals: { 'AWS:SourceAccount': ['1', ACCOUNT] } } }],
    ['for this bucket', delivery],
    ['for buckets of any name', { ...delivery, Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:s3:::*' } } }],
    ['for every object of any bucket', { ...delivery, Resource: '*' }],
    ['among several services', { ...delivery, Principal: { Service: ['x', 'logging.s3.amazonaws.com'] } }],
  ])('leaves a log bucket alone that allows delivery %s', async (_, statement) => {
    expect(callsOf(await plan(asAnswer(policy(statement))))).toEqual({ steps: [logging], undo: [noLogging] });
  });

  it.each<[string, object]>([
    ['another bucket', { ...delivery, Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:s3:::other' } } }],
    [
      'another bucket of the same account',
      {
        ...delivery,
        Condition: {
          ArnLike: { 'aws:SourceArn': 'arn:aws:s3:::other' },
          StringEquals: { 'aws:SourceAccount': ACCOUNT },
        },
      },
    ],
    ['another account', { ...delivery, Condition: { StringEquals: { 'aws:SourceAccount': '999988887777' } } }],
    ['one folder', { ...delivery, Resource: `${LOGS}/other/*` }],
    ['who come over TLS', { ...delivery, Condition: { Bool: { 'aws:SecureTransport': 'true' } } }],
  ])('does not take delivery for %s as delivery for this bucket', async (_, statement) => {
    const { steps } = callsOf(await plan(asAnswer(policy(statement))));
    const added = { ...delivery, Sid: 'AllowAccessLogDelivery2' };
    expect(steps).toEqual([putLogs(policy(statement, added)), logging]);
  });

  it.each<[string, Answer, string, string]>([
    ['a bucket to itself', noPolicy, Bucket, 'this is the log bucket itself'],
    ['to a bucket that does not exist', awsError('NoSuchBucket'), 'logs', 'logs does not exist (any more)'],
    ["to somebody else's bucket", awsError('AccessDenied'), 'logs', 's3:GetBucketPolicy was denied'],
  ])('never logs %s', async (_, logPolicy, logBucket, because) => {
    const made = await plan(logPolicy, logBucket);
    expect(made).toMatchObject({ kind: 'guide', mode: 'guided', steps: [] });
    expect(made.guide[0]?.text).toContain(because);
  });

  it('names the log bucket as missing', async () => {
    expect(await planFor(47, Bucket, {})).toMatchObject({ missing: ['logBucket'], steps: [] });
  });
});

describe('48', () => {
  const set = (Status: string) => ['s3:PutBucketVersioning', { Bucket, VersioningConfiguration: { Status } }];

  it.each([[{}], [{ Status: 'Suspended' }]])('enables, and goes back as far as AWS does: %j', async (before) => {
    const plan = await planFor(48, Bucket, { 's3:GetBucketVersioning': before });
    expect(callsOf(plan)).toEqual({ steps: [set('Enabled')], undo: [set('Suspended')] });
    expect(plan.undo.class).toBe('best-effort');
  });

  it('needs a person where MFA delete is on', async () => {
    const answers = { 's3:GetBucketVersioning': { Status: 'Suspended', MFADelete: 'Enabled' } };
    const plan = await planFor(48, Bucket, answers);
    expect(plan).toMatchObject({ kind: 'guide', mode: 'guided', steps: [] });
    expect(plan.guide[0]?.text).toContain('MFA');
  });
});

describe('57', () => {
  const added = (Sid: string, arn: string) => ({
    ...{ Sid, Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: [arn, `${arn}/*`] },
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  });
  const other = {
    Sid: 'DenyRequestsWithoutTLS',
    Effect: 'Allow',
    Principal: { AWS: '1' },
    Action: 's3:*',
    Resource: '*',
  };

  it('makes a policy of one statement where there is none', async () => {
    const plan = await planFor(57, Bucket, { 's3:GetBucketPolicy': noPolicy });
    const document = { Version: '2012-10-17', Statement: [added('DenyRequestsWithoutTLS', 'arn:aws:s3:::b')] };
    expect(callsOf(plan)).toEqual({ steps: [put(document)], undo: [removed] });
  });

  it('adds to a policy under a Sid of its own, and keeps the rest', async () => {
    const before = policy(other);
    const plan = await planFor(57, Bucket, { 's3:GetBucketPolicy': asAnswer(before) });
    const after = policy(other, added('DenyRequestsWithoutTLS2', 'arn:aws:s3:::b'));
    expect(callsOf(plan)).toEqual({ steps: [put(after)], undo: [put(before)] });
  });
});

describe('67', () => {
  const none = awsError('ServerSideEncryptionConfigurationNotFoundError');
  const set = (Rules: object[]) => ['s3:PutBucketEncryption', { Bucket, ServerSideEncryptionConfiguration: { Rules } }];
  const sse = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } };

  it('sets SSE-S3 where nothing is configured', async () => {
    const plan = await planFor(67, Bucket, { 's3:GetBucketEncryption': none });
    expect(callsOf(plan)).toEqual({
      steps: [set([{ BucketKeyEnabled: false, ...sse }])],
      undo: [['s3:DeleteBucketEncryption', { Bucket }]],
    });
    expect(plan.mode).toBe('auto');
  });

  it('uses the key that the operator chose', async () => {
    const encryptionKeyArn = 'arn:aws:kms:eu-west-1:123456789012:key/k';
    const plan = await planFor(67, Bucket, { 's3:GetBucketEncryption': none }, { parameters: { encryptionKeyArn } });
    const rule = { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: encryptionKeyArn };
    const rules = [{ BucketKeyEnabled: false, ApplyServerSideEncryptionByDefault: rule }];
    expect(callsOf(plan).steps).toEqual([set(rules)]);
  });

  it('keeps what else the one rule says', async () => {
    const rule = { BucketKeyEnabled: true, BlockedEncryptionTypes: { EncryptionType: ['SSE-C'] } };
    const answer = { ServerSideEncryptionConfiguration: { Rules: [rule] } };
    const plan = await planFor(67, Bucket, { 's3:GetBucketEncryption': answer });
    expect(callsOf(plan)).toEqual({ steps: [set([{ ...rule, ...sse }])], undo: [set([rule])] });
  });
});

describe('379', () => {
  const delivery = { Grantee: { Type: 'Group', URI: `${GROUPS}/s3/LogDelivery` }, Permission: 'WRITE' };
  const everyone = (Permission: string) => ({ ...toGroup('global/AllUsers'), Permission });
  const write = (...Grants: object[]) => [
    's3:PutBucketAcl',
    { Bucket, AccessControlPolicy: { Owner: { ID: 'us' }, Grants } },
  ];
  it.each<[string, object[], object[]]>([
    [
      'takes writing, and nothing else',
      [owner, everyone('WRITE'), delivery, everyone('READ')],
      [owner, delivery, everyone('READ')],
    ],
    [
      'leaves reading of full control',
      [owner, everyone('READ'), everyone('FULL_CONTROL')],
      [owner, everyone('READ'), everyone('READ_ACP')],
    ],
  ])('%s', async (_, Grants, left) => {
    const plan = await planFor(379, Bucket, { 's3:GetBucketAcl': { Owner: { ID: 'us' }, Grants } });
    expect(callsOf(plan)).toEqual({ steps: [write(...left)], undo: [write(...Grants)] });
    expect(plan).toMatchObject({ mode: 'auto', undo: { class: 'exact' } });
  });
});
