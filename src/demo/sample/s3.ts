import { SampleAwsError } from './aws-error.ts';
import { operations, page } from './operations.ts';
import { isPublicPolicy, statementsOf } from './public-policy.ts';
import type { Acl, Bucket, World } from './world.ts';

const PUBLIC_GROUPS = [
  'http://acs.amazonaws.com/groups/global/AllUsers',
  'http://acs.amazonaws.com/groups/global/AuthenticatedUsers',
];
const LOG_DELIVERY = 'http://acs.amazonaws.com/groups/s3/LogDelivery';
const SSE_S3 = {
  Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' }, BucketKeyEnabled: false }],
} as const;

function bucketOf(world: World, name: string | undefined): Bucket {
  const bucket = world.s3.buckets[name ?? ''];
  if (bucket === undefined) throw new SampleAwsError('NoSuchBucket', 'The specified bucket does not exist', 404);
  return bucket;
}

/** Buckets: every put replaces the whole of what it puts. */
export const s3 = operations('s3', {
  ListBuckets: (world, { BucketRegion, ContinuationToken, MaxBuckets, Prefix = '' }) => {
    const names = Object.keys(world.s3.buckets).sort();
    const wanted = names.filter(
      (name) => name.startsWith(Prefix) && (BucketRegion === undefined || BucketRegion === world.region),
    );
    const { items, next } = page(wanted, MaxBuckets, ContinuationToken);
    const Buckets = items.map((Name) => ({
      Name,
      CreationDate: bucketOf(world, Name).created,
      BucketRegion: world.region,
    }));
    return { Buckets, Owner: bucketOwner(world), ContinuationToken: next };
  },
  HeadBucket: (world, { Bucket }) => {
    bucketOf(world, Bucket);
    return { BucketRegion: world.region };
  },
  GetBucketTagging: (world, { Bucket }) => {
    const { tags } = bucketOf(world, Bucket);
    if (tags.length === 0) throw new SampleAwsError('NoSuchTagSet', 'The TagSet does not exist', 404);
    return { TagSet: tags };
  },

  GetBucketVersioning: (world, { Bucket }) => bucketOf(world, Bucket).versioning,
  PutBucketVersioning: (world, { Bucket, VersioningConfiguration, MFA }) => {
    const bucket = bucketOf(world, Bucket);
    const { Status, MFADelete } = VersioningConfiguration ?? {};
    if (Status === undefined) throw new SampleAwsError('IllegalVersioningConfigurationException', 'Status is missing');
    if (bucket.versioning.MFADelete === 'Enabled' && MFA === undefined) {
      throw new SampleAwsError('AccessDenied', 'MFA is needed while MFA delete is on', 403);
    }
    bucket.versioning = { Status, ...(MFADelete && { MFADelete }) };
    return {};
  },

  GetBucketAcl: (world, { Bucket }) => bucketOf(world, Bucket).acl,
  PutBucketAcl: (world, { Bucket, ACL, AccessControlPolicy }) => {
    const bucket = bucketOf(world, Bucket);
    const acl = AccessControlPolicy === undefined ? cannedAcl(world, ACL) : wholeAcl(world, AccessControlPolicy);
    const ownerOnly = acl.Grants.every(({ Grantee }) => Grantee?.ID === acl.Owner.ID);
    if (bucket.ownership === 'BucketOwnerEnforced' && !ownerOnly) {
      throw new SampleAwsError('AccessControlListNotSupported', 'The bucket does not allow ACLs');
    }
    const open = acl.Grants.some(({ Grantee }) => PUBLIC_GROUPS.includes(Grantee?.URI ?? ''));
    if (open && blocks(world, bucket, 'BlockPublicAcls')) throw accessDenied('BlockPublicAcls is on');
    bucket.acl = acl;
    return {};
  },
  GetBucketOwnershipControls: (world, { Bucket }) => ({
    OwnershipControls: { Rules: [{ ObjectOwnership: bucketOf(world, Bucket).ownership }] },
  }),

  GetBucketPolicy: (world, { Bucket }) => ({ Policy: policyOf(bucketOf(world, Bucket)) }),
  GetBucketPolicyStatus: (world, { Bucket }) => ({
    PolicyStatus: { IsPublic: isPublicPolicy(policyOf(bucketOf(world, Bucket))) },
  }),
  PutBucketPolicy: (world, { Bucket, Policy }) => {
    const bucket = bucketOf(world, Bucket);
    checkPolicy(Policy);
    if (isPublicPolicy(Policy) && blocks(world, bucket, 'BlockPublicPolicy'))
      throw accessDenied('BlockPublicPolicy is on');
    bucket.policy = Policy;
    return {};
  },
  DeleteBucketPolicy: (world, { Bucket }) => {
    bucketOf(world, Bucket).policy = undefined;
    return {};
  },

  GetBucketLogging: (world, { Bucket }) => {
    const { logging } = bucketOf(world, Bucket);
    return logging === undefined ? {} : { LoggingEnabled: logging };
  },
  PutBucketLogging: (world, { Bucket, BucketLoggingStatus }) => {
    const bucket = bucketOf(world, Bucket);
    const logging = BucketLoggingStatus?.LoggingEnabled;
    if (logging !== undefined && !takesLogs(world.s3.buckets[logging.TargetBucket ?? ''])) {
      throw new SampleAwsError(
        'InvalidTargetBucketForLogging',
        'You must give the log-delivery group WRITE and READ_ACP permissions to the target bucket',
      );
    }
    bucket.logging = logging;
    return {};
  },

  GetBucketEncryption: (world, { Bucket }) => {
    const { encryption } = bucketOf(world, Bucket);
    if (encryption === undefined) {
      throw new SampleAwsError(
        'ServerSideEncryptionConfigurationNotFoundError',
        'The server side encryption configuration was not found',
        404,
      );
    }
    return { ServerSideEncryptionConfiguration: encryption };
  },
  PutBucketEncryption: (world, { Bucket, ServerSideEncryptionConfiguration }) => {
    const Rules = ServerSideEncryptionConfiguration?.Rules ?? [];
    bucketOf(world, Bucket).encryption = { Rules: Rules.map((rule) => ({ BucketKeyEnabled: false, ...rule })) };
    return {};
  },
  DeleteBucketEncryption: (world, { Bucket }) => {
    bucketOf(world, Bucket).encryption = { Rules: [...SSE_S3.Rules] };
    return {};
  },

  GetPublicAccessBlock: (world, { Bucket }) => {
    const { publicAccessBlock } = bucketOf(world, Bucket);
    if (publicAccessBlock === undefined) throw noPublicAccessBlock();
    return { PublicAccessBlockConfiguration: publicAccessBlock };
  },
  PutPublicAccessBlock: (world, { Bucket, PublicAccessBlockConfiguration }) => {
    bucketOf(world, Bucket).publicAccessBlock = { ...ALL_OFF, ...PublicAccessBlockConfiguration };
    return {};
  },
  DeletePublicAccessBlock: (world, { Bucket }) => {
    bucketOf(world, Bucket).publicAccessBlock = undefined;
    return {};
  },
});

const ALL_OFF = {
  BlockPublicAcls: false,
  IgnorePublicAcls: false,
  BlockPublicPolicy: false,
  RestrictPublicBuckets: false,
};

function checkAccount(world: World, account: string | undefined): void {
  if (account !== world.account) throw accessDenied(`the account is ${world.account}`);
}

/** The account's own public access block: what a put leaves out becomes false. */
export const s3control = operations('s3control', {
  GetPublicAccessBlock: (world, { AccountId }) => {
    checkAccount(world, AccountId);
    if (world.s3.publicAccessBlock === undefined) throw noPublicAccessBlock();
    return { PublicAccessBlockConfiguration: world.s3.publicAccessBlock };
  },
  PutPublicAccessBlock: (world, { AccountId, PublicAccessBlockConfiguration }) => {
    checkAccount(world, AccountId);
    world.s3.publicAccessBlock = { ...ALL_OFF, ...PublicAccessBlockConfiguration };
    return {};
  },
  DeletePublicAccessBlock: (world, { AccountId }) => {
    checkAccount(world, AccountId);
    world.s3.publicAccessBlock = undefined;
    return {};
  },
});

/** The canonical user that owns everything in the account. */
export function bucketOwner(world: Pick<World, 'account'>) {
  return { ID: world.account.repeat(6).slice(0, 64).replaceAll('1', 'a') };
}

/** What the canned ACLs stand for. */
export function cannedAcl(
  world: Pick<World, 'account'>,
  canned: string | undefined,
): Required<Pick<Acl, 'Owner' | 'Grants'>> {
  const Owner = bucketOwner(world);
  const own = { Grantee: { Type: 'CanonicalUser' as const, ID: Owner.ID }, Permission: 'FULL_CONTROL' as const };
  const group = (URI: string | undefined, Permission: 'READ' | 'WRITE' | 'READ_ACP') => ({
    Grantee: { Type: 'Group' as const, URI },
    Permission,
  });
  const [everyone, anyAwsUser] = PUBLIC_GROUPS;
  switch (canned) {
    case 'private':
      return { Owner, Grants: [own] };
    case 'public-read':
      return { Owner, Grants: [own, group(everyone, 'READ')] };
    case 'public-read-write':
      return { Owner, Grants: [own, group(everyone, 'READ'), group(everyone, 'WRITE')] };
    case 'authenticated-read':
      return { Owner, Grants: [own, group(anyAwsUser, 'READ')] };
    case 'log-delivery-write':
      return { Owner, Grants: [own, group(LOG_DELIVERY, 'WRITE'), group(LOG_DELIVERY, 'READ_ACP')] };
    default:
      throw new SampleAwsError('MissingSecurityHeader', 'Your request was missing a required header');
  }
}

function wholeAcl(world: World, { Owner, Grants = [] }: Partial<Acl>) {
  if (Owner?.ID !== bucketOwner(world).ID)
    throw new SampleAwsError('MalformedACLError', 'The owner is missing or wrong');
  return { Owner: { ID: Owner.ID }, Grants: [...Grants] };
}

function policyOf({ policy }: Bucket): string {
  if (policy === undefined) throw new SampleAwsError('NoSuchBucketPolicy', 'The bucket policy does not exist', 404);
  return policy;
}

function checkPolicy(text: string | undefined): void {
  try {
    if (statementsOf(text ?? '').length > 0) return;
  } catch {
    // Not JSON: said below, with the same code as AWS.
  }
  throw new SampleAwsError('MalformedPolicy', 'Policies must be valid JSON with at least one statement');
}

/** Log delivery needs a grant: in the ACL, or for the logging service in the policy. */
function takesLogs(target: Bucket | undefined): boolean {
  if (target === undefined) return false;
  if (target.acl.Grants.some(({ Grantee }) => Grantee?.URI === LOG_DELIVERY)) return true;
  const statements = target.policy === undefined ? [] : statementsOf(target.policy);
  return statements.some(
    ({ Effect, Principal }) => Effect === 'Allow' && JSON.stringify(Principal).includes('logging.s3.amazonaws.com'),
  );
}

function blocks(world: World, bucket: Bucket, flag: keyof typeof ALL_OFF): boolean {
  return world.s3.publicAccessBlock?.[flag] === true || bucket.publicAccessBlock?.[flag] === true;
}

const accessDenied = (why: string) => new SampleAwsError('AccessDenied', `Access Denied: ${why}`, 403);
const noPublicAccessBlock = () =>
  new SampleAwsError(
    'NoSuchPublicAccessBlockConfiguration',
    'The public access block configuration was not found',
    404,
  );
