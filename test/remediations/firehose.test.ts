import { describe, expect, it } from 'vitest';
import { ACCOUNT, type Answers, callsOf, judge, planFor, plansFor } from '../controls.ts';

const STREAM = 'clicks';
const ARN = `arn:aws:kinesis:eu-west-1:${ACCOUNT}:stream/clicks-in`;
const KEY = `arn:aws:kms:eu-west-1:${ACCOUNT}:key/1`;
const OWN: Answers = { 'kms:DescribeKey': { KeyMetadata: { KeyManager: 'CUSTOMER' } } };

const described = (more: object): Answers => ({
  ...OWN,
  'firehose:DescribeDeliveryStream': {
    DeliveryStreamDescription: { DeliveryStreamStatus: 'ACTIVE', DeliveryStreamType: 'DirectPut', ...more },
  },
});

describe('encryption inside the stream', () => {
  const encrypted = (DeliveryStreamEncryptionConfiguration: object) =>
    described({ DeliveryStreamEncryptionConfiguration });
  const start = (input: object) => [
    'firehose:StartDeliveryStreamEncryption',
    { DeliveryStreamName: STREAM, DeliveryStreamEncryptionConfigurationInput: input },
  ];
  const stop = ['firehose:StopDeliveryStreamEncryption', { DeliveryStreamName: STREAM }];
  const owned = { KeyType: 'AWS_OWNED_CMK' };
  const mine = { KeyType: 'CUSTOMER_MANAGED_CMK', KeyARN: KEY };
  const parameters = { deliveryStreamKeyArn: KEY };

  it("165 takes AWS's own key by itself", async () => {
    const plan = await planFor(165, STREAM, described({}));
    expect(plan.mode).toBe('auto');
    expect(callsOf(plan)).toEqual({ steps: [start(owned)], undo: [stop] });
    expect(await judge(165, STREAM, encrypted({ Status: 'ENABLED', ...owned }))).toBe('pass');
  });

  it('167 takes yours, and goes back to what was', async () => {
    const plan = await planFor(167, STREAM, encrypted({ Status: 'ENABLED', ...owned }), { parameters });
    expect(callsOf(plan)).toEqual({ steps: [start(mine)], undo: [start(owned)] });
    expect(await judge(167, STREAM, encrypted({ Status: 'ENABLED', ...mine }))).toBe('pass');
  });

  it('makes one call for both, if both are approved', async () => {
    const plans = await plansFor([165, 167], STREAM, described({}), { parameters, modes: { 165: 'approve' } });
    expect(plans.map((plan) => callsOf(plan).steps)).toEqual([[start(mine)]]);
  });

  it.each([165, 167])('%i leaves a change that is under way or has failed to a person', async (control) => {
    for (const Status of ['ENABLING', 'ENABLING_FAILED', 'DISABLING']) {
      expect(await planFor(control, STREAM, encrypted({ Status }), { parameters })).toMatchObject({ steps: [] });
    }
  });

  it('tells what to look at when a change has failed', async () => {
    const failed = encrypted({ Status: 'ENABLING_FAILED', FailureDescription: { Details: 'no grant' } });
    const plan = await planFor(167, STREAM, failed, { parameters });
    expect(plan.guide[0]?.text).toContain('(no grant)');
    expect(plan.guide[0]?.text).toContain('start-delivery-stream-encryption --delivery-stream-name clicks');
    expect(plan.guide[0]?.text).not.toContain('in a few minutes');
  });

  it('167 refuses a key of another region', async () => {
    const other = { deliveryStreamKeyArn: KEY.replace('eu-west-1', 'us-east-1') };
    expect(await planFor(167, STREAM, described({}), { parameters: other })).toMatchObject({ steps: [] });
  });
});

describe('the data stream', () => {
  const reading = (summary: object, arn = ARN): Answers => ({
    ...described({
      DeliveryStreamType: 'KinesisStreamAsSource',
      Source: { KinesisStreamSourceDescription: { KinesisStreamARN: arn } },
    }),
    'kinesis:DescribeStreamSummary': { StreamDescriptionSummary: summary },
  });
  const on = (operation: string, KeyId: string) => [
    `kinesis:${operation}`,
    { StreamName: 'clicks-in', EncryptionType: 'KMS', KeyId },
  ];

  it("166 takes AWS's key where no other is set", async () => {
    const plan = await planFor(166, STREAM, reading({ EncryptionType: 'NONE' }));
    const alias = 'alias/aws/kinesis';
    expect(plan.mode).toBe('approve');
    expect(callsOf(plan)).toEqual({
      steps: [on('StartStreamEncryption', alias)],
      undo: [on('StopStreamEncryption', alias)],
    });
    expect(await judge(166, STREAM, reading({ EncryptionType: 'KMS', KeyId: alias }))).toBe('pass');
  });

  it('168 changes the key, and back', async () => {
    const before = reading({ EncryptionType: 'KMS', KeyId: 'alias/aws/kinesis' });
    const plan = await planFor(168, STREAM, before, { parameters: { sourceStreamKeyArn: KEY } });
    expect(callsOf(plan)).toEqual({
      steps: [on('StartStreamEncryption', KEY)],
      undo: [on('StartStreamEncryption', 'alias/aws/kinesis')],
    });
    expect(await judge(168, STREAM, reading({ EncryptionType: 'KMS', KeyId: KEY }))).toBe('pass');
  });

  it.each([166, 168])('%i takes no key of another region', async (control) => {
    const before = reading({ EncryptionType: control === 166 ? 'NONE' : 'KMS', KeyId: 'alias/aws/kinesis' });
    const parameters = { sourceStreamKeyArn: KEY.replace('eu-west-1', 'us-east-1') };
    expect(await planFor(control, STREAM, before, { parameters })).toMatchObject({ kind: 'guide', steps: [] });
  });

  it('166 leaves the stream of another account to its owner', async () => {
    const plan = await planFor(166, STREAM, reading({}, ARN.replace(ACCOUNT, '999988887777')));
    expect(plan).toMatchObject({ steps: [] });
  });
});

describe('the destination', () => {
  const to = (type: string, more: object) =>
    described({ VersionId: '9', Destinations: [{ DestinationId: 'd-1', [`${type}DestinationDescription`]: more }] });
  const update = (version: string, type: string, input: object) => [
    'firehose:UpdateDestination',
    {
      ...{ DeliveryStreamName: STREAM, CurrentDeliveryStreamVersionId: version, DestinationId: 'd-1' },
      [`${type}DestinationUpdate`]: input,
    },
  ];
  const LogGroupName = '/aws/kinesisfirehose/clicks';
  const logging = { Enabled: true, LogGroupName, LogStreamName: 'DestinationDelivery' };
  const made = [
    ['logs:CreateLogGroup', { logGroupName: LogGroupName }],
    ['logs:CreateLogStream', { logGroupName: LogGroupName, logStreamName: 'DestinationDelivery' }],
  ];
  const kms = { EncryptionConfiguration: { KMSEncryptionConfig: { AWSKMSKeyARN: KEY } } };
  const none = { EncryptionConfiguration: { NoEncryptionConfig: 'NoEncryption' } };
  const parameters = { deliveryKeyArn: KEY };

  it.each(['ExtendedS3', 'Redshift', 'HttpEndpoint', 'Snowflake', 'AmazonOpenSearchServerless', 'Iceberg'])(
    '485 logs %s as what it is',
    async (type) => {
      const plan = await planFor(485, STREAM, to(type, { RoleARN: 'role', BufferingHints: { SizeInMBs: 5 } }));
      expect(plan.mode).toBe('auto');
      expect(callsOf(plan)).toEqual({
        steps: [...made, update('9', type, { CloudWatchLoggingOptions: logging })],
        undo: [update('10', type, { CloudWatchLoggingOptions: { Enabled: false } })],
      });
      expect(await judge(485, STREAM, to(type, { CloudWatchLoggingOptions: logging }))).toBe('pass');
    },
  );

  it('485 is undone when logging is off again, whatever the version and the names that are left', async () => {
    const before = { CloudWatchLoggingOptions: { Enabled: false } };
    const plan = await planFor(485, STREAM, to('Splunk', before));
    expect(plan.before).toMatchObject({ logging: { Enabled: false } });
    expect(plan.before).not.toHaveProperty('version');
    expect(plan.after).not.toHaveProperty('version');
    const after = await planFor(
      485,
      STREAM,
      to('Splunk', { CloudWatchLoggingOptions: { ...logging, Enabled: false } }),
    );
    expect(after.before).toEqual(plan.before);
  });

  it('485 takes the log group that was chosen once', async () => {
    const names = { LogGroupName: 'ours', LogStreamName: 'errors' };
    const plan = await planFor(485, STREAM, to('Splunk', { CloudWatchLoggingOptions: { Enabled: false, ...names } }));
    expect(callsOf(plan).steps.at(-1)).toEqual(
      update('9', 'Splunk', { CloudWatchLoggingOptions: { Enabled: true, ...names } }),
    );
  });

  it.each<[number, string, object, object, object]>([
    [527, 'ExtendedS3', {}, kms, none],
    [528, 'ExtendedS3', {}, kms, none],
    [527, 'Redshift', { S3DestinationDescription: {} }, { S3Update: kms }, { S3Update: none }],
    [528, 'Splunk', { S3DestinationDescription: {} }, { S3Update: kms }, { S3Update: none }],
    [
      527,
      'Iceberg',
      { S3DestinationDescription: { RoleARN: 'role', BucketARN: 'bucket', Prefix: 'p/' } },
      { S3Configuration: { RoleARN: 'role', BucketARN: 'bucket', Prefix: 'p/', ...kms } },
      { S3Configuration: { RoleARN: 'role', BucketARN: 'bucket', Prefix: 'p/', ...none } },
    ],
  ])('%i sets the key of %s in its place', async (control, type, before, after, undone) => {
    const plan = await planFor(control, STREAM, to(type, before), { parameters });
    expect(plan.mode).toBe('approve');
    expect(callsOf(plan)).toEqual({ steps: [update('9', type, after)], undo: [update('10', type, undone)] });
  });

  it('makes one update for logs and keys', async () => {
    const configured = { parameters, modes: { 485: 'approve' as const } };
    const plans = await plansFor([485, 527, 528], STREAM, to('ExtendedS3', {}), configured);
    expect(plans.map((plan) => callsOf(plan))).toEqual([
      {
        steps: [...made, update('9', 'ExtendedS3', { ...kms, CloudWatchLoggingOptions: logging })],
        undo: [update('10', 'ExtendedS3', { ...none, CloudWatchLoggingOptions: { Enabled: false } })],
      },
    ]);
  });

  it.each(['alias/aws/s3', 'key-1'])('528 refuses %s', async (deliveryKeyArn) => {
    const plan = await planFor(528, STREAM, to('ExtendedS3', {}), { parameters: { deliveryKeyArn } });
    expect(plan).toMatchObject({ steps: [] });
  });
});
