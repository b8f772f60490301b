import {
  type ConfigurationRecorder,
  DescribeConfigurationRecorderStatusCommand,
  DescribeConfigurationRecordersCommand,
  DescribeDeliveryChannelsCommand,
  DescribeRetentionConfigurationsCommand,
  PutConfigurationRecorderCommand,
  PutDeliveryChannelCommand,
  PutRetentionConfigurationCommand,
  StartConfigurationRecorderCommand,
} from '@aws-sdk/client-config-service';
import { CreateBucketCommand, GetBucketPolicyCommand, PutBucketPolicyCommand } from '@aws-sdk/client-s3';
import { ACCOUNT, type Aws } from '../clients.ts';
import { event } from '../event.ts';
import { scenario } from '../scenario.ts';
import { type Policy, parsePolicy, type Statement } from './policies.ts';

const BUCKET = 'acme-config-records';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig`;

const trailWrites: Statement = {
  Sid: 'TrailWrites',
  Effect: 'Allow',
  Principal: { Service: 'cloudtrail.amazonaws.com' },
  Action: 's3:PutObject',
  Resource: `arn:aws:s3:::${BUCKET}/AWSLogs/${ACCOUNT}/CloudTrail/*`,
};
const policy: Policy = { Version: '2012-10-17', Id: 'records', Statement: [trailWrites] };

async function makeBucket({ s3 }: Aws) {
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  await s3.send(new PutBucketPolicyCommand({ Bucket: BUCKET, Policy: JSON.stringify(policy) }));
}

/** A recorder that runs, with a channel. Its name is not the usual one: another would be a second recorder. */
async function makeRecorder({ configservice }: Aws, recordingGroup: ConfigurationRecorder['recordingGroup']) {
  const ConfigurationRecorder = { name: 'audit', roleARN: ROLE, recordingGroup };
  await configservice.send(new PutConfigurationRecorderCommand({ ConfigurationRecorder }));
  const DeliveryChannel = { name: 'audit', s3BucketName: BUCKET, s3KeyPrefix: 'records' };
  await configservice.send(new PutDeliveryChannelCommand({ DeliveryChannel }));
  await configservice.send(new StartConfigurationRecorderCommand({ ConfigurationRecorderName: 'audit' }));
  return { id: ACCOUNT, event: event('config:PutConfigurationRecorder', { configurationRecorder: { name: 'audit' } }) };
}

async function state({ configservice }: Aws) {
  const { ConfigurationRecorders = [] } = await configservice.send(new DescribeConfigurationRecordersCommand({}));
  const { ConfigurationRecordersStatus = [] } = await configservice.send(
    new DescribeConfigurationRecorderStatusCommand({}),
  );
  const { DeliveryChannels = [] } = await configservice.send(new DescribeDeliveryChannelsCommand({}));
  const { RetentionConfigurations = [] } = await configservice.send(new DescribeRetentionConfigurationsCommand({}));
  return {
    recorders: ConfigurationRecorders,
    recording: ConfigurationRecordersStatus.map(({ name, recording }) => ({ name, recording })),
    channels: DeliveryChannels,
    retention: RetentionConfigurations.map(({ RetentionPeriodInDays }) => RetentionPeriodInDays),
  };
}

const all = (includeGlobalResourceTypes: boolean) => ({
  allSupported: true,
  includeGlobalResourceTypes,
  resourceTypes: [],
  exclusionByResourceTypes: { resourceTypes: [] },
  recordingStrategy: { useOnly: 'ALL_SUPPORTED_RESOURCE_TYPES' as const },
});

export const configservice = [
  scenario({
    control: 230,
    off: [231, 233],
    arrange: (aws) =>
      makeRecorder(aws, {
        allSupported: false,
        exclusionByResourceTypes: { resourceTypes: ['AWS::EC2::Subnet'] },
        recordingStrategy: { useOnly: 'EXCLUSION_BY_RESOURCE_TYPES' },
      }),
    state,
    // IAM was recorded, because it was not left out, and goes on being recorded.
    expected: (before) => ({
      ...before,
      recorders: before.recorders.map((one) => ({ ...one, recordingGroup: all(true) })),
    }),
  }),
  scenario({
    control: 231,
    off: [230, 233],
    arrange: (aws) => makeRecorder(aws, { allSupported: true, includeGlobalResourceTypes: false }),
    state,
    expected: (before) => ({
      ...before,
      recorders: before.recorders.map((one) => ({ ...one, recordingGroup: all(true) })),
    }),
  }),
  scenario({
    control: 232,
    arrange: async (aws) => {
      await makeRecorder(aws, { allSupported: true });
      const RetentionPeriodInDays = 365;
      await aws.configservice.send(new PutRetentionConfigurationCommand({ RetentionPeriodInDays }));
      return { id: ACCOUNT, event: event('config:PutRetentionConfiguration', { RetentionPeriodInDays }) };
    },
    state,
    expected: (before) => ({ ...before, retention: [2557] }),
  }),
  scenario({
    control: 233,
    arrange: async (aws) => {
      await makeBucket(aws);
      const ConfigurationRecorder = { name: 'audit', roleARN: ROLE, recordingGroup: { allSupported: true } };
      await aws.configservice.send(new PutConfigurationRecorderCommand({ ConfigurationRecorder }));
      return {
        id: ACCOUNT,
        event: event('config:DeleteDeliveryChannel', { deliveryChannelName: 'default' }),
        parameters: { configBucket: BUCKET },
      };
    },
    state: async (aws) => {
      const { Policy } = await aws.s3.send(new GetBucketPolicyCommand({ Bucket: BUCKET }));
      const statements = parsePolicy(Policy)?.Statement ?? [];
      const isOurs = ({ Sid }: Statement) => Sid !== trailWrites.Sid;
      return {
        ...(await state(aws)),
        others: statements.filter((one) => !isOurs(one)),
        mayWrite: statements.filter(isOurs).map(({ Principal, Action, Resource }) => ({ Principal, Action, Resource })),
      };
    },
    expected: (before) => {
      const Principal = { Service: 'config.amazonaws.com' };
      const Resource = `arn:aws:s3:::${BUCKET}`;
      return {
        ...before,
        channels: [{ name: 'default', s3BucketName: BUCKET }],
        mayWrite: [
          { Principal, Action: 's3:GetBucketAcl', Resource },
          { Principal, Action: 's3:ListBucket', Resource },
          { Principal, Action: 's3:PutObject', Resource: `${Resource}/AWSLogs/${ACCOUNT}/Config/*` },
        ],
      };
    },
  }),
];
