import { describe, expect, it } from 'vitest';
import { ACCOUNT, type Answers, awsError, controlOf, judge, placeOf, sessionOn } from '../controls.ts';

const ARN = `arn:aws:dms:eu-west-1:${ACCOUNT}:rep:6UTDJGBOUS3VI3SUWA66XFJCJQ`;
const READ = 'dms:DescribeReplicationInstances';
const instance = (more: object): Answers => ({
  [READ]: {
    ReplicationInstances: [{ ReplicationInstanceArn: ARN, ReplicationInstanceStatus: 'available', ...more }],
  },
});
const inState = (ReplicationInstanceStatus: string) => ({ ReplicationInstanceStatus });

describe.each<[number, [string, object, string][]]>([
  [
    329,
    [
      ['private', { PubliclyAccessible: false }, 'pass'],
      ['public', { PubliclyAccessible: true }, 'fail: the instance has a public address'],
      ['AWS says nothing', {}, 'fail: the instance has a public address'],
      ['being made', { ...inState('creating'), PubliclyAccessible: true }, 'fail: the instance has a public address'],
      ['going', inState('deleting'), 'skip: the instance is deleting'],
      ['failed', inState('failed'), 'skip: the instance is failed'],
    ],
  ],
  [
    489,
    [
      ['with a standby', { MultiAZ: true }, 'pass'],
      ['alone', { MultiAZ: false }, 'fail: the instance runs in one zone only'],
      ['AWS says nothing', {}, 'fail: the instance runs in one zone only'],
      [
        'on its way',
        { MultiAZ: false, PendingModifiedValues: { MultiAZ: true }, PreferredMaintenanceWindow: 'sun:06:00-sun:06:30' },
        'skip: the standby is on its way (maintenance window sun:06:00-sun:06:30)',
      ],
      [
        'something else is pending',
        { MultiAZ: false, PendingModifiedValues: { EngineVersion: '3.6.1' } },
        'fail: the instance runs in one zone only',
      ],
      ['changing', { ...inState('modifying'), MultiAZ: false }, 'fail: the instance runs in one zone only'],
      ['being made', inState('creating'), 'skip: the instance is creating'],
      ['gone', inState('deleted'), 'skip: the instance is deleted'],
    ],
  ],
  [
    490,
    [
      ['on', { AutoMinorVersionUpgrade: true }, 'pass'],
      ['off', { AutoMinorVersionUpgrade: false }, 'fail: minor versions are not installed by themselves'],
      ['AWS says nothing', {}, 'fail: minor versions are not installed by themselves'],
      ['being made', inState('creating'), 'skip: the instance is creating'],
      ['failed', inState('failed'), 'skip: the instance is failed'],
    ],
  ],
])('%i', (control, rows) => {
  it.each(rows)('%s', async (_, more, expected) => {
    expect(await judge(control, ARN, instance(more))).toBe(expected);
  });

  it('gone, denied', async () => {
    const gone = `skip: ${ARN} does not exist (any more)`;
    expect(await judge(control, ARN, { [READ]: awsError('ResourceNotFoundFault') })).toBe(gone);
    expect(await judge(control, ARN, { [READ]: { ReplicationInstances: [] } })).toBe(gone);
    expect(await judge(control, ARN, { [READ]: awsError('AccessDeniedException') })).toBe(
      `unknown: ${READ} was denied; allow ${READ}`,
    );
  });
});

it('lists every page, knows tags and ARNs', async () => {
  const { list, arn, tags } = controlOf(329).detector.resource;
  const session = sessionOn({
    [READ]: ({ Marker }) =>
      Marker === undefined
        ? { ReplicationInstances: [{ ReplicationInstanceArn: 'a' }], Marker: '2' }
        : { ReplicationInstances: [{ ReplicationInstanceArn: 'b' }] },
    'dms:ListTagsForResource': { TagList: [{ Key: 'team', Value: 'shop' }] },
  });
  expect(list && (await session.value(list, placeOf(329), []))).toEqual(['a', 'b']);
  expect(tags && (await session.value(tags, placeOf(329, ARN), []))).toEqual({ team: 'shop' });
  expect(arn({ partition: 'aws', account: ACCOUNT, region: 'eu-west-1', id: ARN })).toBe(ARN);
});

describe('a new instance', () => {
  const { on } = controlOf(489).detector;
  const created = on['dms:CreateReplicationInstance'];
  const idsFrom = async (id: string, answers: Answers) =>
    created?.kind === 'through' ? sessionOn(answers).value(created.read, placeOf(489, id), []) : undefined;

  it('is known by its ARN, without a call', async () => {
    expect(await idsFrom(ARN, {})).toEqual([ARN]);
  });
  it('is looked up by its name, where the event has nothing else', async () => {
    const answers: Answers = {
      [READ]: ({ Filters }) => {
        expect(Filters).toEqual([{ Name: 'replication-instance-id', Values: ['shop'] }]);
        return { ReplicationInstances: [{ ReplicationInstanceArn: ARN }] };
      },
    };
    expect(await idsFrom('Shop', answers)).toEqual([ARN]);
    expect(await idsFrom('shop', { [READ]: awsError('ResourceNotFoundFault') })).toEqual([]);
  });
});
