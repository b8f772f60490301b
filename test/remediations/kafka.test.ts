import { expect, it } from 'vitest';
import { ACCOUNT, type Answers, callsOf, controlOf, judge, planFor } from '../controls.ts';

const ID = `arn:aws:kafka:eu-west-1:${ACCOUNT}:cluster/orders/1-2`;
const cluster = (Provisioned: object, State = 'ACTIVE'): Answers => ({
  'kafka:DescribeClusterV2': {
    ClusterInfo: { ClusterType: 'PROVISIONED', State, CurrentVersion: 'K1', CreationTime: new Date(), Provisioned },
  },
});
const parameters = { brokerLogGroup: 'kafka' };
const transit = (ClientBroker: string, InCluster = true) =>
  cluster({ EncryptionInfo: { EncryptionInTransit: { ClientBroker, InCluster } } });

it('323 adds a destination, and keeps what is there', async () => {
  const there = {
    Firehose: { Enabled: false, DeliveryStream: 'kafka' },
    S3: { Enabled: false, Bucket: 'logs', Prefix: 'k' },
  };
  const before = cluster({ LoggingInfo: { BrokerLogs: there } });
  const LoggingInfo = { BrokerLogs: { ...there, CloudWatchLogs: { Enabled: true, LogGroup: 'kafka' } } };
  const plan = await planFor(323, ID, before, { parameters });
  expect(plan).toMatchObject({ mode: 'approve', undo: { class: 'none' } });
  expect(callsOf(plan).steps).toEqual([
    ['kafka:UpdateMonitoring', { ClusterArn: ID, CurrentVersion: 'K1', LoggingInfo }],
  ]);
  expect(await judge(323, ID, cluster({ LoggingInfo }))).toBe('pass');
});

it('324 closes the plain port, and sends nothing else', async () => {
  const plan = await planFor(324, ID, transit('TLS_PLAINTEXT'));
  expect(callsOf(plan).steps).toEqual([
    [
      'kafka:UpdateSecurity',
      { ClusterArn: ID, CurrentVersion: 'K1', EncryptionInfo: { EncryptionInTransit: { ClientBroker: 'TLS' } } },
    ],
  ]);
  expect(await judge(324, ID, transit('TLS'))).toBe('pass');
});

it.each<[number, object, boolean]>([
  [323, { state: 'UPDATING', info: { BrokerLogs: { CloudWatchLogs: { Enabled: true } } } }, false],
  [323, { state: 'ACTIVE', info: { BrokerLogs: {} } }, false],
  [323, { state: 'ACTIVE', info: { BrokerLogs: { CloudWatchLogs: { Enabled: true } } } }, true],
  [323, { state: 'FAILED', info: { BrokerLogs: {} } }, true],
  [324, { state: 'UPDATING', clients: 'TLS' }, false],
  [324, { state: 'ACTIVE', clients: 'TLS_PLAINTEXT' }, false],
  [324, { state: 'ACTIVE', clients: 'TLS' }, true],
  [324, { state: 'FAILED', clients: 'TLS_PLAINTEXT' }, true],
])('%i with %j: the wait is over: %s', (control, state, over) => {
  const { remediation } = controlOf(control);
  const [step] = remediation.kind === 'steps' ? remediation.steps : [];
  expect(step?.kind === 'call' && step.until?.holds(state)).toBe(over);
});

it.each([
  ['a cluster that is being made', 324, cluster({}, 'CREATING')],
  ['all clients in plain text', 324, transit('PLAINTEXT')],
  ['brokers in plain text', 324, transit('TLS', false)],
  ['a cluster that is being updated', 323, cluster({}, 'UPDATING')],
  [
    'a cluster that heals',
    324,
    cluster({ EncryptionInfo: { EncryptionInTransit: { ClientBroker: 'TLS_PLAINTEXT' } } }, 'HEALING'),
  ],
])('%s is left to a person', async (_, control, answers) => {
  expect(await planFor(control, ID, answers, { parameters })).toMatchObject({ steps: [] });
});
