import { CreateLogGroupCommand, DescribeLogStreamsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  CreateDeliveryStreamCommand,
  type CreateDeliveryStreamCommandInput,
  DescribeDeliveryStreamCommand,
} from '@aws-sdk/client-firehose';
import {
  CreateStreamCommand,
  DescribeStreamSummaryCommand,
  StartStreamEncryptionCommand,
} from '@aws-sdk/client-kinesis';
import { CreateKeyCommand } from '@aws-sdk/client-kms';
import { ACCOUNT, type Aws, REGION } from '../clients.ts';
import { event, terraform } from '../event.ts';
import { scenario } from '../scenario.ts';

const ID = 'clicks';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/firehose`;
const S3 = {
  ...{ RoleARN: ROLE, BucketARN: 'arn:aws:s3:::clicks-of-everybody', Prefix: 'clicks/' },
  ...{ BufferingHints: { SizeInMBs: 7, IntervalInSeconds: 120 }, ErrorOutputPrefix: 'failed/' },
};

const LOG = { LogGroupName: `/aws/kinesisfirehose/${ID}`, LogStreamName: 'DestinationDelivery' };

async function made(aws: Aws, more: Partial<CreateDeliveryStreamCommandInput>) {
  await aws.firehose.send(
    new CreateDeliveryStreamCommand({
      ...{ DeliveryStreamName: ID, DeliveryStreamType: 'DirectPut' },
      ...(more.RedshiftDestinationConfiguration ? {} : { ExtendedS3DestinationConfiguration: S3 }),
      ...more,
    }),
  );
  return { id: ID, event: event('firehose:CreateDeliveryStream', { deliveryStreamName: ID }, { by: terraform }) };
}

async function newKey({ kms }: Aws): Promise<string> {
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
  return KeyMetadata?.Arn ?? '';
}

/** What matters of a delivery stream; the version counts the updates. */
async function state(aws: Aws, id: string) {
  const { DeliveryStreamDescription: stream } = await aws.firehose.send(
    new DescribeDeliveryStreamCommand({ DeliveryStreamName: id }),
  );
  const { Status = 'DISABLED', ...key } = stream?.DeliveryStreamEncryptionConfiguration ?? {};
  const [destination] = stream?.Destinations ?? [];
  const redshift = destination?.RedshiftDestinationDescription;
  return {
    encryption: Status === 'ENABLED' ? { Status, ...key } : { Status },
    s3: withDefaults(destination?.ExtendedS3DestinationDescription),
    redshift: redshift && {
      ...withDefaults(redshift),
      S3DestinationDescription: withDefaults(redshift.S3DestinationDescription),
    },
  };
}

/** AWS fills these in, the emulator leaves them out. */
const withDefaults = <D extends object>(destination: D | undefined) =>
  destination && {
    ...{ CloudWatchLoggingOptions: { Enabled: false } },
    ...{ EncryptionConfiguration: { NoEncryptionConfig: 'NoEncryption' } },
    ...destination,
  };

const inside = (
  control: number,
  before: CreateDeliveryStreamCommandInput['DeliveryStreamEncryptionConfigurationInput'],
) =>
  scenario({
    control,
    off: [control === 165 ? 167 : 165],
    arrange: async (aws) => {
      const { id, event } = await made(aws, before ? { DeliveryStreamEncryptionConfigurationInput: before } : {});
      // 165 takes AWS's own key; the others one that an operator has chosen.
      return { id, event, ...(control === 165 ? {} : { parameters: { deliveryStreamKeyArn: await newKey(aws) } }) };
    },
    state: async (aws, id) => {
      const { encryption, ...rest } = await state(aws, id);
      const { Status, KeyType, KeyARN } = { KeyType: undefined, KeyARN: undefined, ...encryption };
      return { ...rest, encryption: { Status, KeyType, own: KeyARN !== undefined } };
    },
    expected: (before) => ({
      ...before,
      encryption: {
        Status: 'ENABLED' as const,
        KeyType: control === 165 ? ('AWS_OWNED_CMK' as const) : ('CUSTOMER_MANAGED_CMK' as const),
        own: control !== 165,
      },
    }),
  });

const fromKinesis = (control: number) =>
  scenario({
    control,
    arrange: async (aws) => {
      const StreamName = 'clicks-in';
      await aws.kinesis.send(new CreateStreamCommand({ StreamName, ShardCount: 1 }));
      if (control === 168)
        await aws.kinesis.send(
          new StartStreamEncryptionCommand({ StreamName, EncryptionType: 'KMS', KeyId: 'alias/aws/kinesis' }),
        );
      const KinesisStreamARN = `arn:aws:kinesis:${REGION}:${ACCOUNT}:stream/${StreamName}`;
      const arranged = await made(aws, {
        DeliveryStreamType: 'KinesisStreamAsSource',
        KinesisStreamSourceConfiguration: { KinesisStreamARN, RoleARN: ROLE },
      });
      const changed = event(`kinesis:${control === 168 ? 'Start' : 'Stop'}StreamEncryption`, {
        streamName: StreamName,
      });
      return { ...arranged, event: changed, parameters: { sourceStreamKeyArn: await newKey(aws) } };
    },
    state: async ({ kinesis }, _id) => {
      const { StreamDescriptionSummary: stream } = await kinesis.send(
        new DescribeStreamSummaryCommand({ StreamName: 'clicks-in' }),
      );
      const { EncryptionType, KeyId, RetentionPeriodHours, OpenShardCount } = stream ?? {};
      return { EncryptionType, own: KeyId?.startsWith('arn:') === true, RetentionPeriodHours, OpenShardCount };
    },
    expected: (before) => ({ ...before, EncryptionType: 'KMS' as const, own: true }),
  });

export const firehose = [
  inside(165, undefined),
  fromKinesis(166),
  inside(167, { KeyType: 'AWS_OWNED_CMK' }),
  fromKinesis(168),
  ...[527, 528].map((control) =>
    scenario({
      control,
      off: [485],
      arrange: async (aws) => ({ ...(await made(aws, {})), parameters: { deliveryKeyArn: await newKey(aws) } }),
      state: async (aws, id) => {
        const { s3, ...rest } = await state(aws, id);
        const { KMSEncryptionConfig } = { KMSEncryptionConfig: undefined, ...s3?.EncryptionConfiguration };
        return { ...rest, s3: { ...s3, EncryptionConfiguration: KMSEncryptionConfig === undefined ? 'none' : 'KMS' } };
      },
      expected: (before) => ({ ...before, s3: { ...before.s3, EncryptionConfiguration: 'KMS' } }),
    }),
  ),
  scenario({
    control: 485,
    off: [527, 528],
    arrange: async (aws) => {
      await aws.logs.send(new CreateLogGroupCommand({ logGroupName: `/aws/kinesisfirehose/${ID}-of-old` }));
      return made(aws, {});
    },
    // The log group stays after an undo, which is said in the impact; nothing is written there then.
    state: async (aws, id) => {
      const { s3, ...rest } = await state(aws, id);
      const { Enabled = false, LogGroupName: logGroupName, LogStreamName } = s3?.CloudWatchLoggingOptions ?? {};
      const { logStreams = [] } = Enabled
        ? await aws.logs.send(new DescribeLogStreamsCommand({ logGroupName }))
        : { logStreams: [] };
      const isWritten = logStreams.some(({ logStreamName }) => logStreamName === LogStreamName);
      return { ...rest, s3: { ...s3 }, isWritten };
    },
    expected: (before) => ({
      ...before,
      s3: { ...before.s3, CloudWatchLoggingOptions: { Enabled: true, ...LOG } },
      isWritten: true,
    }),
  }),
];
