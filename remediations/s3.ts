import { isDeepStrictEqual } from 'node:util';
import type { Grant, ServerSideEncryptionByDefault } from '@aws-sdk/client-s3';
import {
  acl,
  bucket,
  buckets,
  encryption,
  letsEveryoneWrite,
  logging,
  policy,
  publicGrantee,
  versioning,
} from '../detectors/s3.ts';
import {
  type At,
  addStatement,
  byHand,
  call,
  document,
  edit,
  grants,
  openStatements,
  optional,
  orNoPolicy,
  type PolicyDocument,
  remediations,
  replaceStatements,
  required,
  steps,
  withoutEveryone,
} from '../src/control.ts';

const aclDocument = document(acl, {
  write: call('s3', 'PutBucketAcl', ({ id }, { owner, grants }) => ({
    Bucket: id,
    AccessControlPolicy: { Owner: owner, Grants: [...grants] },
  })),
  // A grant list may not be empty: what is left then is what every new bucket has.
  settle: ({ owner, grants }) => ({
    owner,
    grants:
      grants.length > 0
        ? grants
        : [{ Grantee: { Type: 'CanonicalUser' as const, ID: owner?.ID }, Permission: 'FULL_CONTROL' as const }],
  }),
});

export const policyDocument = document(policy, {
  write: call('s3', 'PutBucketPolicy', ({ id }, wanted) => ({ Bucket: id, Policy: JSON.stringify(wanted) })),
  remove: call('s3', 'DeleteBucketPolicy', ({ id }) => ({ Bucket: id })),
  settle: orNoPolicy,
});

const versioningDocument = document(versioning, {
  // A bucket that was ever versioned cannot be unversioned again: suspended is as far back as AWS goes.
  write: call('s3', 'PutBucketVersioning', ({ id }, { status }) => ({
    Bucket: id,
    VersioningConfiguration: { Status: status ?? 'Suspended' },
  })),
});

const encryptionDocument = document(encryption, {
  write: call('s3', 'PutBucketEncryption', ({ id }, rules) => ({
    Bucket: id,
    ServerSideEncryptionConfiguration: { Rules: [...rules] },
  })),
  remove: call('s3', 'DeleteBucketEncryption', ({ id }) => ({ Bucket: id })),
});

export const bucketRemediations = remediations(buckets, {
  45: edit(
    aclDocument,
    {
      mode: 'approve',
      impact:
        'anonymous clients, or clients of any AWS account, lose access to the bucket; named accounts and log delivery keep theirs',
    },
    ({ owner, grants }) => ({ owner, grants: grants.filter((grant) => publicGrantee(grant) === undefined) }),
  ),

  46: edit(
    policyDocument,
    {
      mode: 'approve',
      impact: 'anonymous readers (websites, downloads, CDN origins without origin access control) are cut off at once',
    },
    (current) => {
      const open = new Set(openStatements(current));
      return replaceStatements(current, (statement) =>
        open.has(statement) ? withoutEveryone(statement) : [statement],
      );
    },
  ),

  47: steps(
    {
      mode: 'approve',
      impact: 'none for the bucket itself; the log bucket grows and costs',
      parameters: {
        logBucket: required(
          'Bucket that receives access logs: same account and region, SSE-S3 encryption, no Object Lock, no Requester Pays. For more than some fifty buckets let its policy allow logging.s3.amazonaws.com for the whole account beforehand.',
        ),
      },
      reads: { logging },
      note: 'The delivery permission on the log bucket is part of the fix; without it S3 refuses the setting or logs nothing. It names the one bucket that it is for, so that undoing one fix never silences the logs of another bucket.',
    },
    ({ step, editOf }) => [
      editOf(
        'allow-log-delivery',
        { document: policyDocument, resource: bucket, id: ({ parameters }) => parameters.logBucket },
        (current, { other, arn, account }) => withLogDelivery(current, { logs: other, arn, account }),
      ),
      step(
        'turn-on-logging',
        call('s3', 'PutBucketLogging', ({ id, parameters }) => ({
          Bucket: id,
          BucketLoggingStatus: { LoggingEnabled: { TargetBucket: parameters.logBucket, TargetPrefix: `${id}/` } },
        })),
        {
          repeat: 'safe',
          undo: call('s3', 'PutBucketLogging', ({ id }) => ({ Bucket: id, BucketLoggingStatus: {} })),
        },
      ),
    ],
    ({ id, parameters }) =>
      parameters.logBucket === id
        ? byHand(
            'this is the log bucket itself: logging it to itself would feed on itself; choose another logBucket or exempt it',
          )
        : { logging: { TargetBucket: parameters.logBucket, TargetPrefix: `${id}/` } },
  ),

  48: edit(
    versioningDocument,
    {
      mode: 'approve',
      impact:
        'storage grows with every overwrite and delete; lifecycle rules for noncurrent versions keep it in bounds',
      undo: 'best-effort',
    },
    (current) =>
      current.mfaDelete === 'Enabled'
        ? byHand('MFA delete is on: only the root user, with its MFA device, can change versioning')
        : { ...current, status: 'Enabled' },
  ),

  57: edit(
    policyDocument,
    {
      mode: 'approve',
      impact: 'clients that still use plain HTTP are refused; S3 website endpoints speak nothing else and go dark',
    },
    (current, { arn }) =>
      addStatement(current, {
        Sid: 'DenyRequestsWithoutTLS',
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: [arn, `${arn}/*`],
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
  ),

  67: edit(
    encryptionDocument,
    {
      mode: 'auto',
      impact: 'none: SSE-S3 is free and invisible to clients; objects that exist stay as they are',
      parameters: { encryptionKeyArn: optional('KMS key for new objects; empty means SSE-S3.', '') },
    },
    // S3 takes one rule: what else it says (bucket key, blocked types of encryption) stays.
    (current, { parameters }) => [
      {
        BucketKeyEnabled: false,
        ...current?.[0],
        ApplyServerSideEncryptionByDefault: encryptWith(parameters.encryptionKeyArn),
      },
    ],
  ),

  379: edit(
    aclDocument,
    {
      mode: 'auto',
      impact: 'anonymous clients can no longer write into the log bucket; log delivery and all other grants stay',
    },
    ({ owner, grants }) => ({ owner, grants: withoutWriting(grants) }),
  ),
});

const encryptWith = (keyArn: string): ServerSideEncryptionByDefault =>
  keyArn ? { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: keyArn } : { SSEAlgorithm: 'AES256' };

/** What log delivery is about: the log bucket, and the bucket whose logs go there. */
interface Delivery {
  readonly logs: At;
  readonly arn: string;
  readonly account: string;
}

function withLogDelivery(current: PolicyDocument | undefined, delivery: Delivery): PolicyDocument | undefined {
  const { logs, arn, account } = delivery;
  const principal = { Service: 'logging.s3.amazonaws.com' };
  const context = { 'aws:sourcearn': arn, 'aws:sourceaccount': account };
  if (grants(current, { principal, action: 's3:PutObject', resource: `${logs.arn}/*`, context })) return current;
  return addStatement(current, {
    Sid: 'AllowAccessLogDelivery',
    Effect: 'Allow',
    Principal: principal,
    Action: 's3:PutObject',
    Resource: `${logs.arn}/*`,
    Condition: { ArnLike: { 'aws:SourceArn': arn }, StringEquals: { 'aws:SourceAccount': account } },
  });
}

/** Full control for everyone becomes what it says besides writing: reading objects and the ACL. */
function withoutWriting(grants: readonly Grant[]): Grant[] {
  const left = grants.flatMap((grant) => {
    if (!letsEveryoneWrite(grant)) return [grant];
    if (grant.Permission !== 'FULL_CONTROL') return [];
    return (['READ', 'READ_ACP'] as const).map((Permission) => ({ ...grant, Permission }));
  });
  return left.filter((one, index) => left.findIndex((other) => isDeepStrictEqual(one, other)) === index);
}
