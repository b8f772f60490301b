import {
  GetBucketAclCommand,
  GetBucketEncryptionCommand,
  GetBucketLoggingCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { HttpResponse } from '@smithy/core/protocols';
import type { AwsPort } from '../../src/aws/port.ts';
import { stubBuckets } from './stub-buckets.ts';

const XML = '<?xml version="1.0" encoding="UTF-8"?>';
const NAMESPACE = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';

/** What S3 sends back, by what the request's query asks for. */
const bodies: Readonly<Record<string, string>> = {
  policy: JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: '111122223333' }, Action: 's3:*', Resource: '*' }],
  }),
  versioning: `${XML}<VersioningConfiguration ${NAMESPACE}><Status>Enabled</Status></VersioningConfiguration>`,
  logging: `${XML}<BucketLoggingStatus ${NAMESPACE}><LoggingEnabled><TargetBucket>acme-logs</TargetBucket><TargetPrefix/></LoggingEnabled></BucketLoggingStatus>`,
  acl: `${XML}<AccessControlPolicy ${NAMESPACE}><Owner><ID>owner</ID></Owner><AccessControlList><Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"><ID>owner</ID></Grantee><Permission>FULL_CONTROL</Permission></Grant></AccessControlList></AccessControlPolicy>`,
  ownershipControls: `${XML}<OwnershipControls ${NAMESPACE}><Rule><ObjectOwnership>BucketOwnerPreferred</ObjectOwnership></Rule></OwnershipControls>`,
  encryption: `${XML}<ServerSideEncryptionConfiguration ${NAMESPACE}><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>`,
};

/** The same buckets behind AWS's own SDK, with all that it does but for the network. */
export function sdkBuckets(): AwsPort {
  const client = new S3Client({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'none' },
    requestHandler: {
      handle: async ({ query }: { query: object }) => {
        const [asked = ''] = Object.keys(query).filter((name) => name in bodies);
        const body = new TextEncoder().encode(bodies[asked]);
        return { response: new HttpResponse({ statusCode: 200, headers: {}, body }) };
      },
    },
  });
  const calls: Readonly<Record<string, (input: { Bucket: string }) => Promise<object>>> = {
    GetBucketPolicy: (input) => client.send(new GetBucketPolicyCommand(input)),
    GetBucketVersioning: (input) => client.send(new GetBucketVersioningCommand(input)),
    GetBucketLogging: (input) => client.send(new GetBucketLoggingCommand(input)),
    GetBucketAcl: (input) => client.send(new GetBucketAclCommand(input)),
    GetBucketOwnershipControls: (input) => client.send(new GetBucketOwnershipControlsCommand(input)),
    GetBucketEncryption: (input) => client.send(new GetBucketEncryptionCommand(input)),
  };
  return {
    identity: stubBuckets(0).identity,
    send: async ({ operation, input }) => {
      const output = await calls[operation]?.({ Bucket: String(Reflect.get(input, 'Bucket')) });
      if (output === undefined) throw new Error(`The bench has no answer to ${operation}.`);
      return { output: { ...output }, requestId: undefined };
    },
  };
}
