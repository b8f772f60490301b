import { describe, expect, it } from 'vitest';
import { ACCOUNT, type Answer, type Answers, awsError, controlOf, judge, placeOf, sessionOn } from '../controls.ts';

const KEY = `arn:aws:kms:eu-west-1:${ACCOUNT}:key/k`;
const FOREIGN = 'arn:aws:kms:eu-west-1:999988887777:key/k';
const key = (KeyManager: string): Answer => ({ KeyMetadata: { KeyManager } });
const gone = (id: string) => `skip: ${id} does not exist (any more)`;

describe('116: volumes attached to nothing', () => {
  const ID = 'vol-1';
  const loose = { VolumeId: ID, State: 'available', Encrypted: false };
  it.each<[string, object, string]>([
    ['encrypted', { ...loose, Encrypted: true }, 'pass'],
    ['not encrypted', loose, 'fail: the volume is not encrypted and attached to nothing'],
    ...['in-use', 'creating', 'deleting', 'deleted', 'error'].map((State): [string, object, string] => [
      State,
      { ...loose, State },
      `skip: the volume is ${State}`,
    ]),
  ])('%s', async (_, volume, expected) => {
    expect(await judge(116, ID, { 'ec2:DescribeVolumes': { Volumes: [volume] } })).toBe(expected);
  });

  it('gone', async () => {
    expect(await judge(116, ID, { 'ec2:DescribeVolumes': awsError('InvalidVolume.NotFound') })).toBe(gone(ID));
  });
});

const keyTable = (unencrypted: string): [string, object, Answer | undefined, string][] => [
  ['a key of our own', { KmsKeyId: KEY }, key('CUSTOMER'), 'pass'],
  ['the key of AWS', { KmsKeyId: KEY }, key('AWS'), `fail: its key ${KEY} is managed by AWS`],
  ['a key of another account, which is not asked for', { KmsKeyId: FOREIGN }, undefined, 'pass'],
  [
    'a key that is gone',
    { KmsKeyId: KEY },
    awsError('NotFoundException'),
    `fail: its key ${KEY} does not exist (any more)`,
  ],
  [
    'a key that cannot be read',
    { KmsKeyId: KEY },
    awsError('AccessDeniedException'),
    'unknown: kms:DescribeKey was denied; allow kms:DescribeKey',
  ],
  ['no encryption', { Encrypted: false }, undefined, unencrypted],
];

describe('203: keys of volumes', () => {
  const ID = 'vol-1';
  const volume = { VolumeId: ID, State: 'in-use', Encrypted: true };
  const state = (more: object, described: Answer = awsError('KMS must not be asked')): Answers => ({
    'ec2:DescribeVolumes': { Volumes: [{ ...volume, ...more }] },
    'kms:DescribeKey': described,
  });
  it.each(keyTable('fail: the volume is not encrypted'))('%s', async (_, more, described, expected) => {
    expect(await judge(203, ID, state(more, described))).toBe(expected);
  });

  it.each<[object, string]>([
    [{ State: 'available', KmsKeyId: KEY }, 'pass'],
    [{ State: 'creating' }, 'skip: the volume is creating'],
    [
      { Encrypted: false, Operator: { Managed: true, Principal: 'workspaces.amazonaws.com' } },
      'skip: the volume is managed by workspaces.amazonaws.com',
    ],
  ])('%j', async (more, expected) => {
    expect(await judge(203, ID, state(more, key('CUSTOMER')))).toBe(expected);
  });
});

describe('508: snapshots of volumes', () => {
  const ID = 'vol-1';
  const state = (State: string, ...Snapshots: object[]): Answers => ({
    'ec2:DescribeVolumes': { Volumes: [{ VolumeId: ID, State, SnapshotId: 'snap-it-was-made-from' }] },
    'ec2:DescribeSnapshots': ({ OwnerIds, Filters, NextToken }) => {
      expect({ OwnerIds, Filters }).toEqual({ OwnerIds: ['self'], Filters: [{ Name: 'volume-id', Values: [ID] }] });
      return NextToken === undefined ? { Snapshots: [], NextToken: '2' } : { Snapshots };
    },
  });
  it.each<[string, Answers, string]>([
    ['has one', state('in-use', { State: 'completed' }), 'pass'],
    ['has one in the archive', state('available', { State: 'completed', StorageTier: 'archive' }), 'pass'],
    ['none', state('in-use'), 'fail: the volume has no snapshot'],
    ['only one that failed', state('in-use', { State: 'error' }), 'fail: the volume has no snapshot'],
    ['the first is being made', state('in-use', { State: 'pending' }), 'fail: its first snapshot is not complete yet'],
    ['an older one stands', state('in-use', { State: 'pending' }, { State: 'completed' }), 'pass'],
    ['being deleted', state('deleting'), 'skip: the volume is deleting'],
  ])('%s', async (_, answers, expected) => {
    expect(await judge(508, ID, answers)).toBe(expected);
  });

  it('looks at every volume without a snapshot when one is deleted', async () => {
    const trigger = controlOf(508).detector.on['ec2:DeleteSnapshot'];
    if (trigger?.kind !== 'through') throw new Error('The event does not name the volume.');
    const session = sessionOn({
      'ec2:DescribeVolumes': { Volumes: [{ VolumeId: 'vol-1' }, { VolumeId: 'vol-2' }] },
      'ec2:DescribeSnapshots': {
        Snapshots: [
          { VolumeId: 'vol-1', State: 'completed' },
          { VolumeId: 'vol-2', State: 'error' },
        ],
      },
    });
    expect(await session.value(trigger.read, placeOf(508, 'snap-1'), [])).toEqual(['vol-2']);
  });
});

describe('127, 204: snapshots', () => {
  const ID = 'snap-1';
  const own = { SnapshotId: ID, OwnerId: ACCOUNT, State: 'completed', Encrypted: true };
  const state = (more: object, described: Answer = awsError('KMS must not be asked')): Answers => ({
    'ec2:DescribeSnapshots': { Snapshots: [{ ...own, ...more }] },
    'kms:DescribeKey': described,
  });
  it.each<[object, string]>([
    [{}, 'pass'],
    [{ Encrypted: false }, 'fail: the snapshot is not encrypted'],
    [{ Encrypted: false, State: 'pending' }, 'fail: the snapshot is not encrypted'],
    [{ Encrypted: false, OwnerId: '1' }, 'skip: the snapshot belongs to another account'],
    ...['error', 'recoverable', 'recovering'].map((State): [object, string] => [
      { Encrypted: false, State },
      `skip: the snapshot is ${State}`,
    ]),
  ])('127: %j', async (more, expected) => {
    expect(await judge(127, ID, state(more))).toBe(expected);
    if (expected !== 'pass') expect(await judge(204, ID, state(more))).toBe(expected);
  });

  it.each(keyTable('fail: the snapshot is not encrypted'))('204: %s', async (_, more, described, expected) => {
    expect(await judge(204, ID, state(more, described))).toBe(expected);
  });

  it('gone', async () => {
    for (const control of [127, 204])
      expect(await judge(control, ID, { 'ec2:DescribeSnapshots': awsError('InvalidSnapshot.NotFound') })).toBe(
        gone(ID),
      );
  });

  it.each<[string, Answers, string[]]>([
    [
      'ec2:CreateImage',
      { 'ec2:DescribeImages': { Images: [{ BlockDeviceMappings: [{ Ebs: { SnapshotId: 'snap-9' } }, {}] }] } },
      ['snap-9'],
    ],
    [
      'ec2:ImportSnapshot',
      {
        'ec2:DescribeImportSnapshotTasks': {
          ImportSnapshotTasks: [{ SnapshotTaskDetail: { SnapshotId: 'snap-9' } }, { SnapshotTaskDetail: {} }],
        },
      },
      ['snap-9'],
    ],
  ])('finds the snapshots that %s makes', async (event, answers, expected) => {
    const trigger = new Map(Object.entries(controlOf(127).detector.on)).get(event);
    if (trigger?.kind !== 'through') throw new Error('The event does not name snapshots.');
    expect(await sessionOn(answers).value(trigger.read, placeOf(127, 'x'), [])).toEqual(expected);
  });
});

describe('126: images', () => {
  const ID = 'ami-1';
  const disk = (DeviceName: string, Ebs: object) => ({ DeviceName, Ebs: { SnapshotId: 'snap-1', ...Ebs } });
  const image = (more: object, ...BlockDeviceMappings: object[]): Answers => ({
    'ec2:DescribeImages': {
      Images: [{ ImageId: ID, OwnerId: ACCOUNT, State: 'available', BlockDeviceMappings, ...more }],
    },
  });
  const root = disk('/dev/sda1', { Encrypted: true });
  const plain = disk('/dev/sdf', { Encrypted: false });
  it.each<[string, Answers, string]>([
    ['all encrypted', image({}, root), 'pass'],
    ['one data disk is not', image({}, root, plain), 'fail: without encryption: /dev/sdf (snap-1)'],
    ['what is not EBS is not looked at', image({}, root, { DeviceName: 'b', VirtualName: 'ephemeral0' }), 'pass'],
    ['no device', image({}, root, { DeviceName: 'b', NoDevice: '' }), 'pass'],
    [
      'instance store',
      image({ RootDeviceType: 'instance-store' }, { DeviceName: 'b', VirtualName: 'ephemeral0' }),
      'skip: the image has no EBS snapshots (yet)',
    ],
    ['being made, known already', image({ State: 'pending' }, plain), 'fail: without encryption: /dev/sdf (snap-1)'],
    ['being made, not known yet', image({ State: 'pending' }), 'skip: the image has no EBS snapshots (yet)'],
    ['failed', image({ State: 'failed' }, plain), 'skip: the image is failed'],
    ['deregistered', image({ State: 'deregistered' }, plain), 'skip: the image is deregistered'],
    ["somebody else's", image({ OwnerId: '1' }, plain), 'skip: the image belongs to another account'],
    ['gone', { 'ec2:DescribeImages': awsError('InvalidAMIID.NotFound') }, gone(ID)],
  ])('%s', async (_, answers, expected) => {
    expect(await judge(126, ID, answers)).toBe(expected);
  });
});
