import type { Grant, ListBucketsOutput, ServerSideEncryptionRule } from '@aws-sdk/client-s3';
import {
  allowsAction,
  deniesPlaintext,
  detectors,
  fail,
  ids,
  listOf,
  openStatements,
  parsePolicy,
  pass,
  read,
  readEach,
  readPages,
  resource,
  type Statement,
  skip,
  statementsOf,
  tagsFrom,
} from '../src/control.ts';

const namesOf = ({ Buckets }: ListBucketsOutput): string[] => (Buckets ?? []).flatMap(({ Name }) => Name ?? []);
const nextBuckets = ({ ContinuationToken }: ListBucketsOutput) =>
  ContinuationToken ? { ContinuationToken } : undefined;

export const bucket = resource('AWS::S3::Bucket', {
  service: 's3',
  arn: ({ partition, id }) => `arn:${partition}:s3:::${id}`,
  list: readPages('s3', 'ListBuckets', ({ region }) => ({ BucketRegion: region }), namesOf, nextBuckets),
  gone: ['NoSuchBucket'],
  tags: read(
    's3',
    'GetBucketTagging',
    ({ id }) => ({ Bucket: id }),
    (out) => tagsFrom(out.TagSet),
    { absent: ['NoSuchTagSet'] },
  ),
});

const bucketName = ids('requestParameters.bucketName');

export const acl = read(
  's3',
  'GetBucketAcl',
  ({ id }) => ({ Bucket: id }),
  (out) => ({ owner: out.Owner, grants: out.Grants ?? [] }),
);

export const policy = read(
  's3',
  'GetBucketPolicy',
  ({ id }) => ({ Bucket: id }),
  (out) => parsePolicy(out.Policy),
  { absent: ['NoSuchBucketPolicy'] },
);

export const logging = read(
  's3',
  'GetBucketLogging',
  ({ id }) => ({ Bucket: id }),
  (out) => out.LoggingEnabled,
);

export const versioning = read(
  's3',
  'GetBucketVersioning',
  ({ id }) => ({ Bucket: id }),
  (out) => ({ status: out.Status, mfaDelete: out.MFADelete }),
);

export const encryption = read(
  's3',
  'GetBucketEncryption',
  ({ id }) => ({ Bucket: id }),
  (out): readonly ServerSideEncryptionRule[] | undefined => out.ServerSideEncryptionConfiguration?.Rules,
  { absent: ['ServerSideEncryptionConfigurationNotFoundError'] },
);

const GROUPS = 'http://acs.amazonaws.com/groups/';
const publicGroups: Readonly<Record<string, string>> = {
  [`${GROUPS}global/AllUsers`]: 'everyone',
  [`${GROUPS}global/AuthenticatedUsers`]: 'every AWS user',
};

/** Whom an ACL grant lets in beyond named accounts, or `undefined` for a grant that names its grantee. */
export const publicGrantee = (grant: { Grantee?: { URI?: string } }): string | undefined =>
  publicGroups[grant.Grantee?.URI ?? ''];

const everyone = `${GROUPS}global/AllUsers`;
const WRITING: readonly (string | undefined)[] = ['WRITE', 'WRITE_ACP', 'FULL_CONTROL'];

/** Whether an ACL grant lets everyone write objects, or the ACL itself. */
export const letsEveryoneWrite = ({ Grantee, Permission }: Grant): boolean =>
  Grantee?.URI === everyone && WRITING.includes(Permission);

// Asked only for a bucket that everyone may write to: otherwise a scan would list all buckets for each of them.
const possibleSources = readPages(
  's3',
  'ListBuckets',
  ({ acl, region }) => (acl.grants.some(letsEveryoneWrite) ? [{ BucketRegion: region }] : []),
  namesOf,
  nextBuckets,
  { needs: { acl } },
);

/** Where the buckets of the region write their access logs. */
const logTargets = readEach(
  's3',
  'GetBucketLogging',
  ({ possibleSources }) => possibleSources.map((Bucket) => ({ Bucket })),
  (out) => out.LoggingEnabled?.TargetBucket,
  // A bucket that was deleted since it was listed logs nothing.
  { needs: { possibleSources }, absent: ['NoSuchBucket'] },
);

const ownership = read(
  's3',
  'GetBucketOwnershipControls',
  ({ id }) => ({ Bucket: id }),
  (out) => out.OwnershipControls?.Rules?.[0]?.ObjectOwnership,
  { absent: ['OwnershipControlsNotFoundError'] },
);

/** Directory buckets (S3 Express) have neither ACLs, versions nor access logs. */
const isDirectoryBucket = (name: string): boolean => name.endsWith('--x-s3');
const directoryBucket = skip('directory buckets do not have this setting');

/** Whether a statement lets S3 put access logs somewhere. */
export const isLogDelivery = (statement: Statement): boolean =>
  statement.Effect === 'Allow' &&
  typeof statement.Principal === 'object' &&
  listOf(statement.Principal.Service).includes('logging.s3.amazonaws.com') &&
  allowsAction(statement, 's3:PutObject');

export const buckets = detectors(bucket, {
  45: {
    title: 'Bucket ACL grants nothing to everyone or to every AWS user',
    criticality: 'HIGH',
    on: { 's3:CreateBucket': bucketName, 's3:PutBucketAcl': bucketName },
    reads: { acl },
    check: ({ acl }, { id }) => {
      if (isDirectoryBucket(id)) return directoryBucket;
      const open = acl.grants.flatMap((grant) => {
        const who = publicGrantee(grant);
        return who === undefined ? [] : `${grant.Permission} to ${who}`;
      });
      return open.length === 0 ? pass : fail(`the ACL grants ${open.join(', ')}`);
    },
    note: 'The policy document clears only the grants to everyone; its evaluation also names authenticated AWS users, so both groups count. Its command lacks the ACL; the usual completion, a canned private ACL, would drop cross-account and log-delivery grants.',
  },
  46: {
    title: 'Bucket policy lets nobody in without naming them',
    criticality: 'HIGH',
    on: { 's3:PutBucketPolicy': bucketName, 's3:DeleteBucketPolicy': bucketName },
    reads: { policy },
    check: ({ policy }) => {
      const open = openStatements(policy);
      return open.length === 0 ? pass : fail(`the policy lets everyone ${open.map(whatItAllows).join('; ')}`);
    },
    note: 'A statement for everyone that a condition narrows to fixed accounts, organisations, networks or resources is not public, as in S3 Block Public Access.',
  },
  47: {
    title: 'Bucket writes server access logs',
    criticality: 'HIGH',
    on: { 's3:CreateBucket': bucketName, 's3:PutBucketLogging': bucketName },
    reads: { logging, policy, acl },
    check: ({ logging, policy, acl }, { id }) => {
      if (isDirectoryBucket(id)) return directoryBucket;
      if (logging?.TargetBucket) return pass;
      const receivesLogs =
        statementsOf(policy).some(isLogDelivery) ||
        acl.grants.some(({ Grantee }) => Grantee?.URI === `${GROUPS}s3/LogDelivery`);
      if (receivesLogs) return skip('this bucket receives access logs itself; logging it would feed on itself');
      return fail('server access logging is off');
    },
    note: 'The specification speaks of the CloudTrail bucket only, the evaluation of all buckets: all are judged, except those that receive access logs.',
  },
  48: {
    title: 'Bucket keeps every version of its objects',
    criticality: 'HIGH',
    on: { 's3:CreateBucket': bucketName, 's3:PutBucketVersioning': bucketName },
    reads: { versioning },
    check: ({ versioning }, { id }) => {
      if (isDirectoryBucket(id)) return directoryBucket;
      if (versioning.status === 'Enabled') return pass;
      return fail(versioning.status === 'Suspended' ? 'versioning is suspended' : 'versioning was never enabled');
    },
  },
  57: {
    title: 'Bucket policy refuses access to objects without TLS',
    criticality: 'HIGH',
    on: { 's3:CreateBucket': bucketName, 's3:PutBucketPolicy': bucketName, 's3:DeleteBucketPolicy': bucketName },
    reads: { policy },
    check: ({ policy }, { arn }) =>
      deniesPlaintext(policy, { action: 's3:*', resource: `${arn}/*` })
        ? pass
        : fail('no statement of the policy denies requests without TLS to everyone for all objects'),
    note: 'Both sample policies of the document are malformed JSON. Judged on the objects, as its evaluation says; the fix covers the bucket too.',
  },
  67: {
    title: 'Bucket encrypts new objects by default',
    criticality: 'HIGH',
    on: {
      's3:CreateBucket': bucketName,
      's3:PutBucketEncryption': bucketName,
      's3:DeleteBucketEncryption': bucketName,
    },
    reads: { encryption },
    check: ({ encryption }) =>
      encryption?.some((rule) => rule.ApplyServerSideEncryptionByDefault?.SSEAlgorithm !== undefined)
        ? pass
        : fail('no default encryption is configured'),
    note: 'Since January 2023 AWS encrypts every bucket with SSE-S3, so that this control fails only where the setting can still be read as absent.',
  },
  379: {
    title: 'Bucket that receives access logs cannot be written by everyone',
    criticality: 'MEDIUM',
    on: {
      's3:CreateBucket': bucketName,
      's3:PutBucketAcl': bucketName,
      's3:PutBucketLogging': ids('requestParameters.BucketLoggingStatus.LoggingEnabled.TargetBucket'),
      's3:PutBucketOwnershipControls': bucketName,
      's3:DeleteBucketOwnershipControls': bucketName,
    },
    reads: { acl, logTargets, ownership },
    check: ({ acl, logTargets, ownership }, { id }) => {
      if (isDirectoryBucket(id)) return directoryBucket;
      const open = acl.grants.filter(letsEveryoneWrite);
      if (open.length === 0) return pass;
      if (ownership === 'BucketOwnerEnforced') return skip('ACLs are disabled for this bucket');
      if (!logTargets.includes(id)) return skip('no bucket of this region writes its access logs here');
      return fail(`the ACL grants ${open.map(({ Permission }) => Permission).join(', ')} to everyone`);
    },
    note: 'The specification speaks of reading too, title and evaluation of writing only: writing is judged (reading is control 45). The log delivery group is not everyone and keeps its grant.',
  },
});

function whatItAllows(statement: Statement): string {
  const actions = statement.NotAction
    ? `all but ${listOf(statement.NotAction).join(', ')}`
    : listOf(statement.Action).join(', ');
  return statement.Sid ? `use ${actions} (statement ${statement.Sid})` : `use ${actions}`;
}
