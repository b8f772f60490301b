import {
  CreateBucketCommand,
  GetBucketAclCommand,
  GetBucketLoggingCommand,
  GetBucketTaggingCommand,
  type Grant,
  PutBucketAclCommand,
  PutBucketLoggingCommand,
  PutBucketTaggingCommand,
} from '@aws-sdk/client-s3';
import { event } from '../event.ts';
import { scenario } from '../scenario.ts';

const LOGS = 'acme-access-logs';
const SOURCE = 'acme-press-kit';
const GROUPS = 'http://acs.amazonaws.com/groups';
const toGroup = (name: string, Permission: Grant['Permission']): Grant => ({
  Grantee: { Type: 'Group', URI: `${GROUPS}/${name}` },
  Permission,
});

export const s3LogBucket = [
  scenario({
    control: 379,
    off: [45],
    arrange: async ({ s3 }) => {
      for (const Bucket of [LOGS, SOURCE]) await s3.send(new CreateBucketCommand({ Bucket }));
      await s3.send(
        new PutBucketTaggingCommand({ Bucket: LOGS, Tagging: { TagSet: [{ Key: 'team', Value: 'security' }] } }),
      );
      const { Owner } = await s3.send(new GetBucketAclCommand({ Bucket: LOGS }));
      const Grants: Grant[] = [
        { Grantee: { Type: 'CanonicalUser', ID: Owner?.ID }, Permission: 'FULL_CONTROL' },
        // Without these two, access logging stops for every bucket that logs here.
        toGroup('s3/LogDelivery', 'WRITE'),
        toGroup('s3/LogDelivery', 'READ_ACP'),
        toGroup('global/AllUsers', 'READ'),
        toGroup('global/AllUsers', 'WRITE'),
      ];
      await s3.send(new PutBucketAclCommand({ Bucket: LOGS, AccessControlPolicy: { Owner, Grants } }));
      const LoggingEnabled = { TargetBucket: LOGS, TargetPrefix: 'press/' };
      await s3.send(new PutBucketLoggingCommand({ Bucket: SOURCE, BucketLoggingStatus: { LoggingEnabled } }));
      const parameters = { bucketName: SOURCE, logging: '', BucketLoggingStatus: { LoggingEnabled } };
      return { id: LOGS, event: event('s3:PutBucketLogging', parameters) };
    },
    state: async ({ s3 }, Bucket) => {
      const { Grants = [] } = await s3.send(new GetBucketAclCommand({ Bucket }));
      const { TagSet } = await s3.send(new GetBucketTaggingCommand({ Bucket }));
      const { LoggingEnabled } = await s3.send(new GetBucketLoggingCommand({ Bucket: SOURCE }));
      const grants = Grants.map(({ Grantee, Permission }) => `${Grantee?.URI ?? Grantee?.ID} ${Permission}`).sort();
      return { grants, tags: TagSet, sourceLogsTo: LoggingEnabled?.TargetBucket };
    },
    expected: (before) => ({
      ...before,
      grants: before.grants.filter((grant) => grant !== `${GROUPS}/global/AllUsers WRITE`),
    }),
  }),
];
