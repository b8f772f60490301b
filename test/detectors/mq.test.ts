import { describe, expect, it } from 'vitest';
import { ACCOUNT, type Answers, awsError, controlOf, judge, placeOf, sessionOn } from '../controls.ts';

const ID = 'b-1234a5b6-78cd-901e-2fgh-3i45j6k178l9';
const broker = (more: object = {}): Answers => ({
  'mq:DescribeBroker': { BrokerId: ID, BrokerState: 'RUNNING', EngineType: 'ActiveMQ', ...more },
});
const rabbit = { EngineType: 'RabbitMQ' };
const waits = 'yet: a reboot or the maintenance window switches it on';

describe.each<[number, [string, object, string][]]>([
  [
    303,
    [
      ['both logs', { Logs: { General: true, Audit: true } }, 'pass'],
      ['RabbitMQ has one', { ...rabbit, Logs: { General: true } }, 'pass'],
      ['spelled otherwise', { EngineType: 'RABBITMQ', Logs: { General: true } }, 'pass'],
      ['no audit', { Logs: { General: true, Audit: false } }, 'fail: the audit log is not written'],
      ['none', {}, 'fail: the general and audit logs are not written'],
      ['none, RabbitMQ', rabbit, 'fail: the general log is not written'],
      [
        'on the way',
        { Logs: { General: false, Audit: false, Pending: { General: true, Audit: true } } },
        `skip: the general and audit logs are not written ${waits}`,
      ],
      [
        'half on the way',
        { Logs: { General: false, Audit: false, Pending: { General: true, Audit: false } } },
        'fail: the general and audit logs are not written',
      ],
      ['failed', { BrokerState: 'CREATION_FAILED' }, 'skip: the broker is creation failed'],
      ['being made', { BrokerState: 'CREATION_IN_PROGRESS' }, 'fail: the general and audit logs are not written'],
    ],
  ],
  [
    315,
    [
      ['private', { PubliclyAccessible: false }, 'pass'],
      ['public', { PubliclyAccessible: true }, 'fail: the broker has public addresses'],
      ['going', { BrokerState: 'DELETION_IN_PROGRESS' }, 'skip: the broker is deletion in progress'],
    ],
  ],
  [
    491,
    [
      ['on', { AutoMinorVersionUpgrade: true }, 'pass'],
      ['off', { AutoMinorVersionUpgrade: false }, 'fail: minor versions are not installed by themselves'],
      ['being made', { BrokerState: 'CREATION_IN_PROGRESS' }, 'skip: the broker is creation in progress'],
    ],
  ],
  [
    492,
    [
      ['with a standby', { DeploymentMode: 'ACTIVE_STANDBY_MULTI_AZ' }, 'pass'],
      ['alone', { DeploymentMode: 'SINGLE_INSTANCE' }, 'fail: the broker runs as single instance'],
      ['spelled otherwise', { EngineType: 'ACTIVEMQ' }, 'fail: the broker runs as one instance'],
      [
        'RabbitMQ',
        { ...rabbit, DeploymentMode: 'SINGLE_INSTANCE' },
        'skip: RabbitMQ knows no standby, it makes clusters',
      ],
      ['being made', { BrokerState: 'CREATION_IN_PROGRESS' }, 'skip: the broker is creation in progress'],
    ],
  ],
])('%i', (control, rows) => {
  it.each(rows)('%s', async (_, more, expected) => {
    expect(await judge(control, ID, broker(more))).toBe(expected);
  });

  it('gone, denied', async () => {
    const read = 'mq:DescribeBroker';
    expect(await judge(control, ID, { [read]: awsError('NotFoundException') })).toBe(
      `skip: ${ID} does not exist (any more)`,
    );
    expect(await judge(control, ID, { [read]: awsError('AccessDeniedException') })).toBe(
      `unknown: ${read} was denied; allow ${read}`,
    );
  });
});

it('lists every page, knows tags and ARNs', async () => {
  const { list, arn, tags } = controlOf(303).detector.resource;
  const session = sessionOn({
    'mq:ListBrokers': ({ NextToken }) =>
      NextToken === undefined
        ? { BrokerSummaries: [{ BrokerId: 'a' }], NextToken: '2' }
        : { BrokerSummaries: [{ BrokerId: 'b' }] },
    'mq:DescribeBroker': { Tags: { team: 'shop' } },
  });
  expect(list && (await session.value(list, placeOf(303), []))).toEqual(['a', 'b']);
  expect(tags && (await session.value(tags, placeOf(303, 'a'), []))).toEqual({ team: 'shop' });
  expect(arn({ partition: 'aws', account: ACCOUNT, region: 'eu-west-1', id: ID })).toBe(
    `arn:aws:mq:eu-west-1:${ACCOUNT}:broker:${ID}`,
  );
});
