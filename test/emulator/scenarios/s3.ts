import {
  CreateBucketCommand,
  GetBucketAclCommand,
  GetBucketEncryptionCommand,
  GetBucketLoggingCommand,
  GetBucketPolicyCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  type Grant,
  PutBucketAclCommand,
  PutBucketEncryptionCommand,
  PutBucketPolicyCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
} from '@aws-sdk/client-s3';
import { ACCOUNT, type Aws } from '../clients.ts';
import { event, terraform } from '../event.ts';
import { scenario } from '../scenario.ts';
import { denyPlainHttp, type Policy, parsePolicy, type Statement, withoutSidOfPlainHttp } from './policies.ts';

const BUCKET = 'acme-press-kit';
const LOGS = 'acme-access-logs';
const PARTNER = '79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be';
const EVERYONE = 'http://acs.amazonaws.com/groups/global/AllUsers';
const ANY_AWS_USER = 'http://acs.amazonaws.com/groups/global/AuthenticatedUsers';
const LOG_DELIVERY = 'http://acs.amazonaws.com/groups/s3/LogDelivery';

const OBJECTS = `arn:aws:s3:::${BUCKET}/*`;
const trailWrites = {
  Sid: 'TrailWrites',
  Effect: 'Allow',
  Principal: { Service: 'cloudtrail.amazonaws.com' },
  Action: 's3:PutObject',
  Resource: `arn:aws:s3:::${BUCKET}/AWSLogs/${ACCOUNT}/*`,
  Condition: { StringEquals: { 's3:x-amz-acl': 'bucket-owner-full-control' } },
};
const partnerReads = {
  Sid: 'PartnerReads',
  Effect: 'Allow',
  Principal: { AWS: 'arn:aws:iam::999988887777:root' },
  Action: ['s3:GetObject', 's3:GetObjectVersion'],
  Resource: OBJECTS,
};
const onlyTheVpcDeletes = {
  Sid: 'OnlyTheVpcDeletes',
  Effect: 'Deny',
  Principal: '*',
  Action: 's3:DeleteObject',
  Resource: OBJECTS,
  Condition: { StringNotEquals: { 'aws:SourceVpc': 'vpc-0123456789abcdef0' } },
};
const everyoneReads = {
  Sid: 'EveryoneReads',
  Effect: 'Allow',
  Principal: '*',
  Action: 's3:GetObject',
  Resource: OBJECTS,
};

/** Everything that the controls of a bucket judge, and what is next to it. */
async function bucketState({ s3 }: Aws, Bucket: string) {
  const [acl, versioning, logging, tagging, encryption, policy] = await Promise.all([
    s3.send(new GetBucketAclCommand({ Bucket })),
    s3.send(new GetBucketVersioningCommand({ Bucket })),
    s3.send(new GetBucketLoggingCommand({ Bucket })),
    s3.send(new GetBucketTaggingCommand({ Bucket })),
    orNone('ServerSideEncryptionConfigurationNotFoundError', s3.send(new GetBucketEncryptionCommand({ Bucket }))),
    orNone('NoSuchBucketPolicy', s3.send(new GetBucketPolicyCommand({ Bucket }))),
  ]);
  return {
    owner: acl.Owner?.ID,
    grants: (acl.Grants ?? []).map((grant) => `${grant.Grantee?.URI ?? grant.Grantee?.ID} ${grant.Permission}`).sort(),
    versioning: versioning.Status ?? 'never set',
    logging: logging.LoggingEnabled ?? null,
    tags: tagging.TagSet ?? [],
    encryption: encryption?.ServerSideEncryptionConfiguration?.Rules ?? null,
    policy: parsePolicy(policy?.Policy),
  };
}

async function orNone<T>(code: string, answer: Promise<T>): Promise<T | undefined> {
  return answer.catch((error: unknown) => {
    if (error instanceof Error && error.name === code) return undefined;
    throw error;
  });
}

/** A bucket with tags, encryption by a key, a policy of several statements and grants to others. */
async function makeBucket({ s3 }: Aws, Bucket: string, policy: Policy | undefined, grants: readonly Grant[] = []) {
  await s3.send(new CreateBucketCommand({ Bucket }));
  await s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: [{ Key: 'team', Value: 'press' }] } }));
  await s3.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: ENCRYPTION }));
  if (policy !== undefined) await s3.send(new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify(policy) }));
  const { Owner } = await s3.send(new GetBucketAclCommand({ Bucket }));
  const owner: Grant = { Grantee: { Type: 'CanonicalUser', ID: Owner?.ID }, Permission: 'FULL_CONTROL' };
  await s3.send(
    new PutBucketAclCommand({ Bucket, AccessControlPolicy: { Owner, Grants: [owner, partnerGrant, ...grants] } }),
  );
}
const ENCRYPTION = {
  Rules: [
    {
      ApplyServerSideEncryptionByDefault: {
        SSEAlgorithm: 'aws:kms' as const,
        KMSMasterKeyID: `arn:aws:kms:us-east-1:${ACCOUNT}:key/0b6a3a4c-5f1e-4a6b-9f43-1a2b3c4d5e6f`,
      },
      BucketKeyEnabled: true,
    },
  ],
};
const partnerGrant: Grant = { Grantee: { Type: 'CanonicalUser', ID: PARTNER }, Permission: 'READ' };
const wholePolicy: Policy = {
  Version: '2012-10-17',
  Id: 'press-kit',
  Statement: [trailWrites, partnerReads, onlyTheVpcDeletes],
};

async function publicBucket(aws: Aws, Statement: readonly Statement[]) {
  const policy = { Version: '2012-10-17', Statement };
  await makeBucket(aws, BUCKET, policy);
  return { id: BUCKET, event: event('s3:PutBucketPolicy', { bucketName: BUCKET, bucketPolicy: policy, policy: '' }) };
}

const logsStay: Statement = {
  Sid: 'LogsStay',
  Effect: 'Deny',
  // In this form the emulator does not stumble over it.
  Principal: { AWS: '*' },
  Action: 's3:DeleteObject',
  Resource: `arn:aws:s3:::${LOGS}/*`,
};
/** The policy that lets S3 deliver access logs into the log bucket, next to a statement of its own. */
const logBucketPolicy: Policy = {
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'AccessLogs',
      Effect: 'Allow',
      Principal: { Service: 'logging.s3.amazonaws.com' },
      Action: 's3:PutObject',
      Resource: `arn:aws:s3:::${LOGS}/*`,
    },
    logsStay,
  ],
};

/** Whether S3 may deliver logs, and everything else that the log bucket's policy says. */
function deliveryApart(policy: Policy | null) {
  const Statement = policy?.Statement ?? [];
  const delivers = (one: Statement) => JSON.stringify(one.Principal).includes('logging.s3.amazonaws.com');
  return { deliveryAllowed: Statement.some(delivers), otherStatements: Statement.filter((one) => !delivers(one)) };
}

async function stateForTls(aws: Aws, id: string) {
  const state = await bucketState(aws, id);
  return { ...state, policy: withoutSidOfPlainHttp(state.policy) };
}

function plainHttpDenied(policy: Policy | null): Policy {
  const { Statement, ...rest } = policy ?? { Version: '2012-10-17', Statement: [] };
  return { ...rest, Statement: [...Statement, denyPlainHttp(`arn:aws:s3:::${BUCKET}`)] };
}

export const s3 = [
  scenario({
    control: 45,
    arrange: async (aws) => {
      await makeBucket(aws, BUCKET, wholePolicy, [
        { Grantee: { Type: 'Group', URI: EVERYONE }, Permission: 'READ' },
        { Grantee: { Type: 'Group', URI: ANY_AWS_USER }, Permission: 'READ_ACP' },
        { Grantee: { Type: 'Group', URI: LOG_DELIVERY }, Permission: 'WRITE' },
      ]);
      const parameters = { bucketName: BUCKET, host: [`${BUCKET}.s3.amazonaws.com`], acl: [''] };
      return { id: BUCKET, event: event('s3:PutBucketAcl', { ...parameters, 'x-amz-acl': ['public-read'] }) };
    },
    state: bucketState,
    expected: (before) => ({
      ...before,
      grants: before.grants.filter((grant) => !grant.startsWith(EVERYONE) && !grant.startsWith(ANY_AWS_USER)),
    }),
  }),
  scenario({
    control: 46,
    off: [57],
    arrange: (aws) => publicBucket(aws, [...wholePolicy.Statement, everyoneReads]),
    state: bucketState,
    expected: (before) => ({ ...before, policy: { Version: '2012-10-17', Statement: wholePolicy.Statement } }),
  }),
  scenario({
    control: 46,
    variant: 'the public statement is the only one',
    off: [57],
    arrange: (aws) => publicBucket(aws, [everyoneReads]),
    state: bucketState,
    expected: (before) => ({ ...before, policy: null }),
  }),
  scenario({
    control: 46,
    variant: 'together with 57',
    also: [57],
    arrange: (aws) => publicBucket(aws, [partnerReads, everyoneReads]),
    state: stateForTls,
    expected: (before) => ({
      ...before,
      policy: plainHttpDenied({ Version: '2012-10-17', Statement: [partnerReads] }),
    }),
  }),
  ...[
    { variant: 'log delivery is allowed already', policy: logBucketPolicy },
    { variant: 'log delivery is not allowed yet', policy: { ...logBucketPolicy, Statement: [logsStay] } },
  ].map(({ variant, policy }) =>
    scenario({
      control: 47,
      variant,
      arrange: async (aws) => {
        await makeBucket(aws, BUCKET, wholePolicy);
        await makeBucket(aws, LOGS, policy);
        const parameters = { bucketName: BUCKET, logging: '', BucketLoggingStatus: {} };
        return { id: BUCKET, event: event('s3:PutBucketLogging', parameters), parameters: { logBucket: LOGS } };
      },
      state: async (aws, id) => {
        const { policy: targetPolicy, ...target } = await bucketState(aws, LOGS);
        return { source: await bucketState(aws, id), target, ...deliveryApart(targetPolicy) };
      },
      expected: ({ source, ...rest }) => ({
        ...rest,
        source: { ...source, logging: { TargetBucket: LOGS, TargetPrefix: `${BUCKET}/` } },
        deliveryAllowed: true,
      }),
    }),
  ),
  scenario({
    control: 48,
    variant: 'suspended',
    arrange: async (aws) => {
      await makeBucket(aws, BUCKET, wholePolicy);
      const VersioningConfiguration = { Status: 'Suspended' as const };
      await aws.s3.send(new PutBucketVersioningCommand({ Bucket: BUCKET, VersioningConfiguration }));
      const parameters = { bucketName: BUCKET, versioning: '', VersioningConfiguration };
      return { id: BUCKET, event: event('s3:PutBucketVersioning', parameters) };
    },
    state: bucketState,
    expected: (before) => ({ ...before, versioning: 'Enabled' }),
  }),
  scenario({
    control: 48,
    variant: 'a new bucket',
    arrange: async (aws) => {
      await makeBucket(aws, BUCKET, wholePolicy);
      return { id: BUCKET, event: event('s3:CreateBucket', { bucketName: BUCKET }, { by: terraform }) };
    },
    state: bucketState,
    expected: (before) => ({ ...before, versioning: 'Enabled' }),
    undone: (before) => ({ ...before, versioning: 'Suspended' }),
  }),
  scenario({
    control: 57,
    arrange: async (aws) => {
      await makeBucket(aws, BUCKET, wholePolicy);
      const parameters = { bucketName: BUCKET, bucketPolicy: wholePolicy, policy: '' };
      return { id: BUCKET, event: event('s3:PutBucketPolicy', parameters) };
    },
    state: stateForTls,
    expected: (before) => ({ ...before, policy: plainHttpDenied(before.policy) }),
  }),
  scenario({
    control: 57,
    variant: 'no policy',
    arrange: async (aws) => {
      await makeBucket(aws, BUCKET, undefined);
      return { id: BUCKET, event: event('s3:DeleteBucketPolicy', { bucketName: BUCKET, policy: '' }) };
    },
    state: stateForTls,
    expected: (before) => ({ ...before, policy: plainHttpDenied(null) }),
  }),
  scenario({
    control: 67,
    arrange: async (aws) => {
      await aws.s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
      const TagSet = [{ Key: 'team', Value: 'press' }];
      await aws.s3.send(new PutBucketTaggingCommand({ Bucket: BUCKET, Tagging: { TagSet } }));
      await aws.s3.send(new PutBucketPolicyCommand({ Bucket: BUCKET, Policy: JSON.stringify(wholePolicy) }));
      return { id: BUCKET, event: event('s3:DeleteBucketEncryption', { bucketName: BUCKET, encryption: '' }) };
    },
    state: bucketState,
    expected: (before) => ({
      ...before,
      encryption: [
        { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' as const }, BucketKeyEnabled: false },
      ],
    }),
  }),
];
