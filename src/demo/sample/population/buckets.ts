import { bucketOwner, cannedAcl } from '../s3.ts';
import { ago, PARTNER, type Setting } from '../setting.ts';
import type { Bucket } from '../world.ts';

/** A bucket that everyone reads, one whose versioning was suspended, and two that are kept well. */
export function buckets(setting: Setting): Record<string, Bucket> {
  const arn = (name: string) => `arn:${setting.partition}:s3:::${name}`;
  const tlsOnly = (name: string) => ({
    Sid: 'TlsOnly',
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:*',
    Resource: [arn(name), `${arn(name)}/*`],
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  });
  const trailWrites = (name: string) => ({
    Sid: 'TrailWrites',
    Effect: 'Allow',
    Principal: { Service: 'cloudtrail.amazonaws.com' },
    Action: 's3:PutObject',
    Resource: `${arn(name)}/AWSLogs/${setting.account}/*`,
  });
  const logsArrive = {
    Sid: 'AccessLogs',
    Effect: 'Allow',
    Principal: { Service: 'logging.s3.amazonaws.com' },
    Action: 's3:PutObject',
    Resource: `${arn('acme-access-logs')}/*`,
    Condition: { StringEquals: { 'aws:SourceAccount': setting.account } },
  };
  const everyoneReads = {
    Sid: 'EveryoneReads',
    Effect: 'Allow',
    Principal: '*',
    Action: 's3:GetObject',
    Resource: `${arn('acme-press-kit')}/*`,
  };
  const policy = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
  const logged = { TargetBucket: 'acme-access-logs', TargetPrefix: '' };
  const wellKept: Omit<Bucket, 'policy'> = {
    created: ago(setting, 400),
    versioning: { Status: 'Enabled' },
    acl: cannedAcl(setting, 'private'),
    ownership: 'BucketOwnerEnforced',
    logging: logged,
    encryption: {
      Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' }, BucketKeyEnabled: false }],
    },
    publicAccessBlock: undefined,
    tags: [],
  };
  const open = cannedAcl(setting, 'public-read');
  const partnerReads = {
    Grantee: { Type: 'CanonicalUser' as const, ID: bucketOwner({ account: PARTNER }).ID },
    Permission: 'READ' as const,
  };
  return {
    'acme-press-kit': {
      ...wellKept,
      created: ago(setting, 30),
      versioning: {},
      acl: { Owner: open.Owner, Grants: [...open.Grants, partnerReads] },
      ownership: 'ObjectWriter',
      policy: policy(trailWrites('acme-press-kit'), everyoneReads),
      logging: undefined,
      tags: [{ Key: 'team', Value: 'press' }],
    },
    'acme-invoices': {
      ...wellKept,
      policy: policy(tlsOnly('acme-invoices')),
      logging: { ...logged, TargetPrefix: 'acme-invoices/' },
      tags: [{ Key: 'team', Value: 'billing' }],
    },
    'acme-exports': {
      ...wellKept,
      versioning: { Status: 'Suspended' },
      policy: policy(tlsOnly('acme-exports')),
      logging: { ...logged, TargetPrefix: 'acme-exports/' },
    },
    'acme-access-logs': { ...wellKept, policy: policy(logsArrive, tlsOnly('acme-access-logs')), logging: undefined },
  };
}
