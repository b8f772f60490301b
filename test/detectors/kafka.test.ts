import { describe, expect, it } from 'vitest';
import { ACCOUNT, type Answers, awsError, controlOf, judge } from '../controls.ts';

const ID = `arn:aws:kafka:eu-west-1:${ACCOUNT}:cluster/orders/1-2`;
const cluster = (Provisioned: object, more: object = {}): Answers => ({
  'kafka:DescribeClusterV2': {
    ClusterInfo: {
      ClusterArn: ID,
      ClusterType: 'PROVISIONED',
      State: 'ACTIVE',
      CurrentVersion: 'K1',
      Provisioned,
      ...more,
    },
  },
});
const logs = (BrokerLogs: object) => cluster({ LoggingInfo: { BrokerLogs } });
const transit = (EncryptionInTransit: object) => cluster({ EncryptionInfo: { EncryptionInTransit } });

function table(number: number, rows: readonly (readonly [string, Answers, string])[]) {
  it.each(rows)('%s', async (_, answers, expected) => {
    expect(await judge(number, ID, answers)).toBe(expected);
  });
}

describe.each([323, 324])('%i, as every control of Kafka clusters', (number) => {
  const operation = 'kafka:DescribeClusterV2';
  table(number, [
    ['gone', { [operation]: awsError('NotFoundException') }, `skip: ${ID} does not exist (any more)`],
    [
      'denied',
      { [operation]: awsError('AccessDeniedException') },
      `unknown: ${operation} was denied; allow ${operation}`,
    ],
    [
      'serverless',
      cluster({}, { ClusterType: 'SERVERLESS' }),
      'skip: the cluster is serverless: AWS sees to its brokers',
    ],
    ['going', cluster({}, { State: 'DELETING' }), 'skip: the cluster is deleting'],
    ['failed', cluster({}, { State: 'FAILED' }), 'skip: the cluster is failed'],
  ]);
});

describe('323: logs of brokers', () => {
  const none = 'fail: the brokers log to nowhere';
  table(323, [
    ['nothing said', cluster({}), none],
    ['nothing said, being made', cluster({}, { State: 'CREATING' }), none],
    [
      'all off',
      logs({ CloudWatchLogs: { Enabled: false }, S3: { Enabled: false }, Firehose: { Enabled: false } }),
      none,
    ],
    ['to S3', logs({ S3: { Enabled: true, Bucket: 'logs' } }), 'pass'],
    ['to Firehose', logs({ Firehose: { Enabled: true } }), 'pass'],
    ['to CloudWatch Logs', logs({ CloudWatchLogs: { Enabled: true, LogGroup: 'kafka' } }), 'pass'],
  ]);
});

describe('324: TLS', () => {
  table(324, [
    ['both', transit({ ClientBroker: 'TLS', InCluster: true }), 'pass'],
    ["not said: AWS's default", cluster({}), 'pass'],
    ['either', transit({ ClientBroker: 'TLS_PLAINTEXT', InCluster: true }), 'fail: clients may talk in plain text'],
    ['neither', transit({ ClientBroker: 'PLAINTEXT', InCluster: true }), 'fail: clients talk in plain text'],
    [
      'between brokers',
      transit({ ClientBroker: 'TLS', InCluster: false }),
      'fail: brokers talk to each other in plain text',
    ],
  ]);
});

it('the ARN in an event is decoded', () => {
  const trigger = controlOf(324).detector.on['kafka:UpdateSecurity'];
  expect(trigger?.kind === 'paths' && trigger.normalise(encodeURIComponent(ID))).toBe(ID);
  expect(trigger?.kind === 'paths' && trigger.normalise(ID)).toBe(ID);
});

it('323 closes when the resource is deleted', () => {
  const trigger = controlOf(323).detector.on['kafka:DeleteCluster'];
  expect(trigger?.kind === 'paths' && trigger.paths).toContain('requestParameters.clusterArn');
});
