import { describe, expect, it } from 'vitest';
import { ACCOUNT, type Answers, awsError, controlOf, judge, placeOf, sessionOn } from '../controls.ts';

const STREAM = 'clicks';
const ARN = `arn:aws:kinesis:eu-west-1:${ACCOUNT}:stream/clicks-in`;
const KEY = `arn:aws:kms:eu-west-1:${ACCOUNT}:key/1`;

const described = (more: object): Answers => ({
  'firehose:DescribeDeliveryStream': {
    DeliveryStreamDescription: { DeliveryStreamStatus: 'ACTIVE', DeliveryStreamType: 'DirectPut', ...more },
  },
});
const encrypted = (more: object) => described({ DeliveryStreamEncryptionConfiguration: more });
const fromKinesis = (summary: object | Error, more: Answers = {}): Answers => ({
  ...described({
    DeliveryStreamType: 'KinesisStreamAsSource',
    Source: { KinesisStreamSourceDescription: { KinesisStreamARN: ARN } },
  }),
  'kinesis:DescribeStreamSummary': summary instanceof Error ? summary : { StreamDescriptionSummary: summary },
  ...more,
});
const to = (type: string, more: object): Answers =>
  described({ VersionId: '3', Destinations: [{ DestinationId: 'd-1', [`${type}DestinationDescription`]: more }] });
const managedBy = (KeyManager: string): Answers => ({ 'kms:DescribeKey': { KeyMetadata: { KeyManager } } });

function table(number: number, rows: readonly (readonly [string, Answers, string])[]) {
  it.each(rows)('%s', async (_, answers, expected) => {
    expect(await judge(number, STREAM, answers)).toBe(expected);
  });
}

describe.each([165, 166, 167, 168, 485, 527, 528])('%i, as every control of delivery streams', (number) => {
  const operation = 'firehose:DescribeDeliveryStream';
  table(number, [
    ['gone', { [operation]: awsError('ResourceNotFoundException') }, `skip: ${STREAM} does not exist (any more)`],
    [
      'denied',
      { [operation]: awsError('AccessDeniedException') },
      `unknown: ${operation} was denied; allow ${operation}`,
    ],
    [
      'going',
      described({
        DeliveryStreamStatus: 'DELETING',
        DeliveryStreamType: [166, 168].includes(number) ? 'KinesisStreamAsSource' : 'DirectPut',
      }),
      'skip: the stream is deleting',
    ],
  ]);
});

describe('a stream that is still being made', () => {
  const making = (answers: Answers, more: object): Answers => ({
    ...answers,
    ...described({ DeliveryStreamStatus: 'CREATING', ...more }),
  });
  const reads = {
    DeliveryStreamType: 'KinesisStreamAsSource',
    Source: { KinesisStreamSourceDescription: { KinesisStreamARN: ARN } },
  };
  const s3 = { Destinations: [{ DestinationId: 'd-1', ExtendedS3DestinationDescription: {} }] };
  table(165, [['165', making({}, {}), 'skip: the stream is creating']]);
  table(167, [['167', making({}, {}), 'skip: the stream is creating']]);
  table(485, [['485', making({}, s3), 'skip: the stream is creating']]);
  table(166, [
    ['166', making(fromKinesis({ EncryptionType: 'NONE' }), reads), `fail: its data stream ${ARN} is not encrypted`],
  ]);
  table(527, [['527', making({}, s3), 'fail: objects are written without a KMS key']]);
  table(528, [['528', making({}, s3), 'fail: objects are written without a KMS key']]);
});

describe('165: encrypted', () => {
  const none = 'fail: records are not encrypted inside the stream';
  const failed = 'fail: the last change of encryption failed (no grant); an older key may still be in force';
  table(165, [
    ['not said', described({}), none],
    ['off', encrypted({ Status: 'DISABLED', KeyType: 'AWS_OWNED_CMK' }), none],
    ['on', encrypted({ Status: 'ENABLED', KeyType: 'AWS_OWNED_CMK' }), 'pass'],
    ['on, with a key', encrypted({ Status: 'ENABLED', KeyType: 'CUSTOMER_MANAGED_CMK', KeyARN: KEY }), 'pass'],
    ['under way', encrypted({ Status: 'ENABLING' }), 'fail: encryption is just being switched on'],
    ['on its way out', encrypted({ Status: 'DISABLING' }), 'fail: encryption is just being switched off'],
    ['failed', encrypted({ Status: 'ENABLING_FAILED', FailureDescription: { Details: 'no grant' } }), failed],
    [
      'fed by MSK',
      described({ DeliveryStreamType: 'MSKAsSource' }),
      'skip: the stream takes its records from elsewhere (MSKAsSource), where they are encrypted',
    ],
  ]);
});

describe('167: a key of yours', () => {
  const customer = encrypted({ Status: 'ENABLED', KeyType: 'CUSTOMER_MANAGED_CMK', KeyARN: KEY });
  table(167, [
    ['not encrypted', described({}), 'fail: records are not encrypted inside the stream'],
    ["AWS's own", encrypted({ Status: 'ENABLED', KeyType: 'AWS_OWNED_CMK' }), 'fail: its key belongs to AWS'],
    ['yours', { ...customer, ...managedBy('CUSTOMER') }, 'pass'],
    ["AWS's, by ARN", { ...customer, ...managedBy('AWS') }, `fail: its key ${KEY} is managed by AWS`],
    [
      'of another account',
      encrypted({ Status: 'ENABLED', KeyType: 'CUSTOMER_MANAGED_CMK', KeyARN: KEY.replace(ACCOUNT, '999988887777') }),
      'pass',
    ],
    [
      'of the bucket only',
      to('ExtendedS3', { EncryptionConfiguration: { KMSEncryptionConfig: { AWSKMSKeyARN: KEY } } }),
      'fail: records are not encrypted inside the stream',
    ],
  ]);
});

describe('166 and 168: the data stream', () => {
  const gone = `skip: its data stream ${ARN} does not exist (any more)`;
  const denied = 'unknown: kinesis:DescribeStreamSummary was denied; allow kinesis:DescribeStreamSummary';
  table(166, [
    ['written to directly', described({}), 'skip: the stream does not read a Kinesis data stream'],
    ['not encrypted', fromKinesis({ EncryptionType: 'NONE' }), `fail: its data stream ${ARN} is not encrypted`],
    ['not said', fromKinesis({}), `fail: its data stream ${ARN} is not encrypted`],
    ["by AWS's key", fromKinesis({ EncryptionType: 'KMS', KeyId: 'alias/aws/kinesis' }), 'pass'],
    ['gone', fromKinesis(awsError('ResourceNotFoundException')), gone],
    ['of another account', fromKinesis(awsError('AccessDeniedException')), denied],
  ]);
  table(168, [
    [
      'not encrypted',
      fromKinesis({ EncryptionType: 'NONE' }),
      `skip: its data stream ${ARN} is not encrypted at all, see control 166`,
    ],
    [
      "by AWS's key",
      fromKinesis({ EncryptionType: 'KMS', KeyId: 'alias/aws/kinesis' }),
      'fail: its key alias/aws/kinesis is managed by AWS',
    ],
    ['by an alias of yours', fromKinesis({ EncryptionType: 'KMS', KeyId: 'alias/in' }, managedBy('CUSTOMER')), 'pass'],
    [
      "by AWS's key, by its id",
      fromKinesis({ EncryptionType: 'KMS', KeyId: '1' }, managedBy('AWS')),
      'fail: its key 1 is managed by AWS',
    ],
    ['gone', fromKinesis(awsError('ResourceNotFoundException')), gone],
  ]);
});

it('166 finds what reads a data stream, although another reader is deleted meanwhile', async () => {
  const trigger = controlOf(166).detector.on['kinesis:StopStreamEncryption'];
  if (trigger?.kind !== 'through') throw new Error('The event does not lead to what reads the stream.');
  const answers: Answers = {
    'firehose:ListDeliveryStreams': { DeliveryStreamNames: ['gone', STREAM, 'other'] },
    'firehose:DescribeDeliveryStream': ({ DeliveryStreamName }) => {
      const arn = DeliveryStreamName === STREAM ? ARN : `${ARN}-2`;
      return DeliveryStreamName === 'gone'
        ? awsError('ResourceNotFoundException')
        : {
            DeliveryStreamDescription: {
              DeliveryStreamName,
              Source: { KinesisStreamSourceDescription: { KinesisStreamARN: arn } },
            },
          };
    },
  };
  const gone = controlOf(166).detector.resource.gone;
  expect(await sessionOn(answers).value(trigger.read, placeOf(166, 'clicks-in'), gone)).toEqual([STREAM]);
});

describe('485: logs', () => {
  const on = { Enabled: true, LogGroupName: '/aws/kinesisfirehose/clicks', LogStreamName: 'DestinationDelivery' };
  table(485, [
    ['none', to('ExtendedS3', {}), 'fail: errors are not logged'],
    ['off', to('Redshift', { CloudWatchLoggingOptions: { ...on, Enabled: false } }), 'fail: errors are not logged'],
    [
      'nowhere',
      to('Splunk', { CloudWatchLoggingOptions: { Enabled: true } }),
      'fail: errors go to no log group and stream',
    ],
    ['on', to('Snowflake', { CloudWatchLoggingOptions: on }), 'pass'],
    [
      'on in the old view only',
      described({
        Destinations: [
          { S3DestinationDescription: { CloudWatchLoggingOptions: on }, ExtendedS3DestinationDescription: {} },
        ],
      }),
      'fail: errors are not logged',
    ],
    ['a new kind', to('Whatever', {}), 'skip: the stream has a destination of a kind that Redress does not know'],
  ]);
});

describe('527 and 528: what is written to S3', () => {
  const kms = (AWSKMSKeyARN: string) => ({ EncryptionConfiguration: { KMSEncryptionConfig: { AWSKMSKeyARN } } });
  const none = 'fail: objects are written without a KMS key';
  describe.each([527, 528])('%i', (number) => {
    table(number, [
      ['nothing said', to('ExtendedS3', {}), none],
      ['not encrypted', to('ExtendedS3', { EncryptionConfiguration: { NoEncryptionConfig: 'NoEncryption' } }), none],
      ['by your key', { ...to('ExtendedS3', kms(KEY)), ...managedBy('CUSTOMER') }, 'pass'],
      [
        'on the way to Redshift',
        { ...to('Redshift', { S3DestinationDescription: kms(KEY) }), ...managedBy('CUSTOMER') },
        'pass',
      ],
      ['on the way to Redshift, not', to('Redshift', { S3DestinationDescription: {} }), none],
      ['not to S3', to('Splunk', {}), 'skip: the stream does not write to S3'],
    ]);
  });
  table(527, [["AWS's key", to('ExtendedS3', kms(KEY)), 'pass']]);
  table(528, [
    ["AWS's key", { ...to('ExtendedS3', kms(KEY)), ...managedBy('AWS') }, `fail: its key ${KEY} is managed by AWS`],
    ['of another account', to('ExtendedS3', kms(KEY.replace(ACCOUNT, '999988887777'))), 'pass'],
    [
      'gone',
      { ...to('ExtendedS3', kms(KEY)), 'kms:DescribeKey': awsError('NotFoundException') },
      `fail: its key ${KEY} does not exist (any more)`,
    ],
  ]);
});

it('165 closes when the resource is deleted', () => {
  const trigger = controlOf(165).detector.on['firehose:DeleteDeliveryStream'];
  expect(trigger?.kind === 'paths' && trigger.paths).toContain('requestParameters.deliveryStreamName');
});
