import type { ServerSideEncryptionByDefault } from '@aws-sdk/client-s3';
import { acl, bucket, buckets, encryption, logging, policy, publicGrantee, versioning } from '../detectors/s3.ts';
import {
  addStatement,
  allowsAction,
  byHand,
  call,
  document,
  edit,
  listOf,
  openStatements,
  optional,
  orNoPolicy,
  type PolicyDocument,
  remediations,
  required,
  type Statement,
  statementsOf,
  steps,
  withStatements,
} from '../src/control.ts';

const aclDocument = document(acl, {
  write: [
    call('s3', 'PutBucketAcl', ({ id }, { owner, grants }) =>
      grants.length > 0 ? { Bucket: id, AccessControlPolicy: { Owner: owner, Grants: [...grants] } } : undefined,
    ),
    // A grant list may not be empty: what is left then is the owner's own.
    call('s3', 'PutBucketAcl', ({ id }, { grants }) =>
      grants.length === 0 ? { Bucket: id, ACL: 'private' as const } : undefined,
    ),
  ],
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
      return withStatements(current, (statements) =>
        statements.flatMap((statement) => (open.has(statement) ? withoutEveryone(statement) : [statement])),
      );
    },
  ),

  47: steps(
    {
      mode: 'approve',
      impact: 'none for the bucket itself; the log bucket grows and costs',
      parameters: {
        logBucket: required(
          'Bucket that receives access logs: same account and region, SSE-S3 encryption, no Object Lock, no Requester Pays.',
        ),
      },
      reads: { logging },
      note: 'The delivery permission on the log bucket is part of the fix; without it S3 refuses the setting or logs nothing.',
    },
    ({ step, editOf }) => [
      editOf(
        'allow-log-delivery',
        { document: policyDocument, resource: bucket, id: ({ parameters }) => parameters.logBucket },
        (current, { other, account }) => withLogDelivery(current, other.arn, account),
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
    (current, { parameters }) => [
      ...(current ?? []),
      { ApplyServerSideEncryptionByDefault: encryptWith(parameters.encryptionKeyArn) },
    ],
  ),
});

const encryptWith = (keyArn: string): ServerSideEncryptionByDefault =>
  keyArn ? { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: keyArn } : { SSEAlgorithm: 'AES256' };

/** The statement for those it names besides everyone, or none if it names nobody else. */
function withoutEveryone(statement: Statement): Statement[] {
  const { Principal } = statement;
  if (typeof Principal !== 'object') return [];
  const kept = Object.entries(Principal)
    .map(([kind, who]) => [kind, listOf(who).filter((one) => one !== '*')] as const)
    .filter(([kind, who]) => kind !== '*' && who.length > 0);
  return kept.length === 0 ? [] : [{ ...statement, Principal: Object.fromEntries(kept) }];
}

function withLogDelivery(current: PolicyDocument | undefined, logBucketArn: string, account: string) {
  const allowed = statementsOf(current).some(
    (one) =>
      one.Effect === 'Allow' &&
      typeof one.Principal === 'object' &&
      listOf(one.Principal.Service).includes('logging.s3.amazonaws.com') &&
      allowsAction(one, 's3:PutObject') &&
      listOf(one.Resource).includes(`${logBucketArn}/*`) &&
      (one.Condition === undefined || one.Condition.StringEquals?.['aws:SourceAccount'] === account),
  );
  if (allowed) return current;
  return addStatement(current, {
    Sid: 'AllowAccessLogDelivery',
    Effect: 'Allow',
    Principal: { Service: 'logging.s3.amazonaws.com' },
    Action: 's3:PutObject',
    Resource: `${logBucketArn}/*`,
    Condition: { StringEquals: { 'aws:SourceAccount': account } },
  });
}
