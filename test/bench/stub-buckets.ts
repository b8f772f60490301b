import type { AwsPort } from '../../src/aws/port.ts';

const ACCOUNT = '111122223333';

/** What every bucket answers. One control fails, so that there is something to plan. */
const answers: Readonly<Record<string, object>> = {
  GetBucketVersioning: { Status: 'Enabled' },
  GetBucketPolicy: {
    Policy: JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 's3:*', Resource: '*' },
      ],
    }),
  },
  GetBucketAcl: {
    Owner: { ID: 'owner' },
    Grants: [{ Grantee: { Type: 'CanonicalUser', ID: 'owner' }, Permission: 'FULL_CONTROL' }],
  },
  GetBucketLogging: { LoggingEnabled: { TargetBucket: 'acme-logs', TargetPrefix: '' } },
  GetBucketOwnershipControls: { OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerPreferred' }] } },
  GetBucketEncryption: {
    ServerSideEncryptionConfiguration: { Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
  },
};

/** An account that holds a number of buckets and nothing else, and answers at once. */
export function stubBuckets(count: number): AwsPort {
  return {
    identity: async () => ({ account: ACCOUNT, partition: 'aws', arn: `arn:aws:iam::${ACCOUNT}:user/bench` }),
    send: async ({ operation, input }) => {
      if (operation === 'ListBuckets') return { output: page(count, input), requestId: undefined };
      return { output: { ...answers[operation] }, requestId: undefined };
    },
  };
}

const PAGE = 1000;

function page(count: number, input: object): Record<string, unknown> {
  const first = 'ContinuationToken' in input ? Number(input.ContinuationToken) : 0;
  const last = Math.min(first + PAGE, count);
  const Buckets = Array.from({ length: last - first }, (_, index) => ({ Name: `acme-data-${first + index}` }));
  return { Buckets, ...(last < count ? { ContinuationToken: String(last) } : {}) };
}
