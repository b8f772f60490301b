import { describe, expect, it } from 'vitest';
import { ACCOUNT, type Answers, callsOf, planFor } from '../controls.ts';

const KEY = `arn:aws:kms:eu-west-1:${ACCOUNT}:key/k`;
const parameters = { volumeKeyArn: KEY };
const guideOf = (plan: Awaited<ReturnType<typeof planFor>>) => {
  expect(plan).toMatchObject({ kind: 'guide', mode: 'guided', steps: [], undo: { class: 'none', steps: [] } });
  return {
    text: plan.guide.map(({ text }) => text).join('\n'),
    verbs: plan.guide.flatMap(({ cli }) => cli?.split(' ')[2] ?? []),
    cli: plan.guide.flatMap(({ cli }) => cli ?? []).join('\n'),
  };
};
const asksWith = (name: string, input: object): boolean => JSON.stringify(input).includes(`"${name}"`);

describe('116', () => {
  const ID = 'vol-1';
  const volume = {
    ...{ VolumeId: ID, State: 'available', Encrypted: false, AvailabilityZone: 'eu-west-1a', Attachments: [] },
    ...{ VolumeType: 'io2', Size: 100, Iops: 5000, MultiAttachEnabled: true },
    Tags: [
      { Key: 'team', Value: 'shop' },
      { Key: 'aws:createdBy', Value: 'somebody' },
    ],
  };
  const state = (more: object = {}, copies: object[] = [], snapshots: object[] = []): Answers => ({
    'ec2:DescribeVolumes': (input) =>
      asksWith('tag:redress:replaces', input) ? { Volumes: copies } : { Volumes: [{ ...volume, ...more }] },
    'ec2:DescribeSnapshots': { Snapshots: snapshots },
  });
  const tag = { Key: 'redress:replaces', Value: ID };

  it('saves, copies with all it had, and deletes last; there is no undo that could delete the copy', async () => {
    const plan = await planFor(116, ID, state(), { parameters });
    expect(callsOf(plan)).toEqual({
      steps: [
        [
          'ec2:CreateSnapshot',
          {
            VolumeId: ID,
            Description: 'Before encrypting vol-1',
            TagSpecifications: [{ ResourceType: 'snapshot', Tags: [tag] }],
          },
        ],
        [
          'ec2:CreateVolume',
          {
            SnapshotId: 'ref:save/SnapshotId',
            ...{ AvailabilityZone: 'eu-west-1a', VolumeType: 'io2', Size: 100, Iops: 5000, MultiAttachEnabled: true },
            TagSpecifications: [{ ResourceType: 'volume', Tags: [{ Key: 'team', Value: 'shop' }, tag] }],
            ...{ Encrypted: true, KmsKeyId: KEY },
          },
        ],
        ['ec2:DeleteVolume', { VolumeId: ID }],
      ],
      undo: [],
    });
    expect(plan).toMatchObject({ mode: 'approve', undo: { class: 'none' } });
    expect(plan.steps.map(({ repeat, provable }) => [repeat, provable])).toEqual(Array(3).fill(['once', true]));
    expect(plan.after).toEqual({ replacing: ['completed'], copies: [{ state: 'available', encrypted: true }] });
  });

  it('takes the default key of EBS when none is chosen', async () => {
    const { steps } = callsOf(await planFor(116, ID, state()));
    expect(JSON.stringify(steps)).not.toContain('KmsKeyId');
  });

  const tagged = (Key: string, Value = 'x') => ({ Tags: [{ Key, Value }] });
  it.each<[string, Answers, string]>([
    ['Kubernetes', state(tagged('kubernetes.io/created-for/pv/name')), 'belongs to Kubernetes'],
    ['the EBS driver', state(tagged('ebs.csi.aws.com/cluster', 'true')), 'belongs to Kubernetes'],
    ['CloudFormation', state(tagged('aws:cloudformation:stack-name', 'shop')), 'CloudFormation stack shop'],
    ['a service', state({ Operator: { Managed: true, Principal: 'eks.amazonaws.com' } }), 'eks.amazonaws.com'],
    ['an Outpost', state({ OutpostArn: 'arn:o' }), 'Outpost'],
    ['a copy made before', state({}, [{ State: 'available', Encrypted: true }]), 'earlier attempt'],
    ['a snapshot made before', state({}, [], [{ State: 'completed', Tags: [tag] }]), 'earlier attempt'],
  ])('leaves it to a person: %s', async (_, answers, because) => {
    expect(guideOf(await planFor(116, ID, answers)).text).toContain(because);
  });
});

describe('203', () => {
  const ID = 'vol-1';
  const volume = { VolumeId: ID, Encrypted: true, Size: 8, VolumeType: 'gp3', AvailabilityZone: 'eu-west-1a' };
  const state = (more: object): Answers => ({
    'ec2:DescribeVolumes': { Volumes: [{ ...volume, ...more }] },
    'ec2:DescribeInstances': ({ InstanceIds }) => {
      expect(InstanceIds).toEqual(['i-1']);
      return { Reservations: [{ Instances: [{ InstanceId: 'i-1', RootDeviceName: '/dev/sda1' }] }] };
    },
  });

  it('swaps an attached volume while its instance is stopped', async () => {
    const Attachments = [{ InstanceId: 'i-1', Device: '/dev/sda1' }];
    const { text, verbs, cli } = guideOf(
      await planFor(203, ID, state({ State: 'in-use', Attachments }), { parameters }),
    );
    expect(verbs.slice(0, 6)).toEqual([
      ...['stop-instances', 'create-snapshot', 'create-volume'],
      ...['detach-volume', 'attach-volume', 'start-instances'],
    ]);
    expect(cli).toContain(`--kms-key-id ${KEY}`);
    expect(text).toContain('the root device');
    expect(text).not.toContain('unencrypted snapshot');
  });

  it('stops nothing for a volume that nobody uses, and asks for no instance', async () => {
    const { verbs, cli } = guideOf(await planFor(203, ID, state({ State: 'available' })));
    expect(verbs).toEqual([
      ...['create-snapshot', 'create-volume', 'delete-volume', 'enable-ebs-encryption-by-default'],
    ]);
    expect(cli).toContain('<key-arn>');
  });
});

describe('508', () => {
  const ID = 'vol-1';
  const state = (...Snapshots: object[]): Answers => ({ 'ec2:DescribeSnapshots': { Snapshots } });

  it('takes a snapshot, and deletes that one to undo', async () => {
    const plan = await planFor(508, ID, state({ State: 'error' }));
    expect(callsOf(plan)).toEqual({
      steps: [
        [
          'ec2:CreateSnapshot',
          {
            VolumeId: ID,
            Description: 'First snapshot of vol-1',
            TagSpecifications: [{ ResourceType: 'snapshot', Tags: [{ Key: 'redress:first-snapshot-of', Value: ID }] }],
          },
        ],
      ],
      undo: [['ec2:DeleteSnapshot', { SnapshotId: 'ref:snapshot/SnapshotId' }]],
    });
    expect(plan).toMatchObject({ undo: { class: 'exact' }, mode: 'approve' });
  });

  it('starts no second one beside one that is under way', async () => {
    expect(guideOf(await planFor(508, ID, state({ State: 'pending' }))).text).toContain('under way already');
  });
});

const SNAPSHOT = 'snap-1';
const snapshot = {
  ...{ SnapshotId: SNAPSHOT, OwnerId: ACCOUNT, State: 'completed', Encrypted: false, VolumeId: 'vol-1' },
  ...{ Description: 'nightly', Tags: [{ Key: 'team', Value: 'shop' }], StorageTier: 'standard' },
};
const snapshotState = (more: object = {}, extra: { copies?: object[]; images?: object[]; shares?: object[] } = {}) => ({
  'ec2:DescribeSnapshots': (input: object) =>
    asksWith('tag:redress:replaces', input)
      ? { Snapshots: extra.copies ?? [] }
      : { Snapshots: [{ ...snapshot, ...more }] },
  'ec2:DescribeImages': { Images: extra.images ?? [] },
  'ec2:DescribeSnapshotAttribute': { CreateVolumePermissions: extra.shares ?? [] },
});

describe('127', () => {
  it('copies with description and tags, and deletes last', async () => {
    const Tags = [...snapshot.Tags, { Key: 'redress:replaces', Value: 'vol-1' }];
    const plan = await planFor(127, SNAPSHOT, snapshotState({ Tags }), { parameters });
    expect(callsOf(plan)).toEqual({
      steps: [
        [
          'ec2:CopySnapshot',
          {
            ...{ SourceRegion: 'eu-west-1', SourceSnapshotId: SNAPSHOT, Encrypted: true, KmsKeyId: KEY },
            Description: 'nightly',
            TagSpecifications: [
              {
                ResourceType: 'snapshot',
                Tags: [
                  { Key: 'team', Value: 'shop' },
                  { Key: 'redress:replaces', Value: SNAPSHOT },
                ],
              },
            ],
          },
        ],
        ['ec2:DeleteSnapshot', { SnapshotId: SNAPSHOT }],
      ],
      undo: [],
    });
    expect(plan).toMatchObject({ mode: 'approve', undo: { class: 'none' } });
    expect(plan.steps.every(({ repeat, provable }) => repeat === 'once' && provable)).toBe(true);
  });

  const tagged = (Key: string) => ({ Tags: [{ Key, Value: 'x' }] });
  it.each<[string, Answers, string]>([
    ['AWS Backup', snapshotState(tagged('aws:backup:source-resource')), 'belongs to AWS Backup'],
    ['a vault', snapshotState({ OwnerAlias: 'aws-backup-vault' }), 'belongs to AWS Backup'],
    ['lifecycles', snapshotState(tagged('aws:dlm:lifecycle-policy-id')), 'belongs to Data Lifecycle Manager'],
    ['the archive', snapshotState({ StorageTier: 'archive' }), 'archived'],
    ['an Outpost', snapshotState({ OutpostArn: 'arn:o' }), 'Outpost'],
    ['an image', snapshotState({}, { images: [{ ImageId: 'ami-7' }] }), 'ami-7'],
    ['other accounts', snapshotState({}, { shares: [{ UserId: '1' }] }), 'shared with other accounts'],
    ['a copy made before', snapshotState({}, { copies: [{ State: 'completed' }] }), 'earlier attempt'],
  ])('leaves it to a person: %s', async (_, answers, because) => {
    expect(guideOf(await planFor(127, SNAPSHOT, answers)).text).toContain(because);
  });
});

describe('204', () => {
  it('copies under the key, checks, and deletes last', async () => {
    const plan = await planFor(204, SNAPSHOT, snapshotState({}, { shares: [{ UserId: '111122223333' }] }), {
      parameters,
    });
    const { verbs, cli, text } = guideOf(plan);
    expect(verbs).toEqual(['copy-snapshot', 'modify-snapshot-attribute', 'delete-snapshot']);
    expect(cli).toContain(`--kms-key-id ${KEY}`);
    expect(cli).toContain('111122223333');
    expect(text).toContain('vol-1');
  });

  it.each<[string, Answers, string, string[]]>([
    ['the archive', snapshotState({ StorageTier: 'archive' }), 'archived', ['restore-snapshot-tier']],
    ['an image', snapshotState({}, { images: [{ ImageId: 'ami-7' }] }), 'ami-7', []],
    ['a backup plan', snapshotState({ Tags: [{ Key: 'aws:backup:x', Value: '' }] }), 'backup vault', []],
  ])('says what else there is to do: %s', async (_, answers, words, first) => {
    const { text, verbs } = guideOf(await planFor(204, SNAPSHOT, answers));
    expect(text).toContain(words);
    expect(verbs.slice(0, first.length)).toEqual(first);
    if (first.length === 0) expect(verbs).toEqual([]);
  });
});

describe('126', () => {
  const ID = 'ami-1';
  const state = (more: object, ...LaunchPermissions: object[]): Answers => ({
    'ec2:DescribeImages': {
      Images: [
        {
          ...{ ImageId: ID, Name: 'web', Description: 'the shop' },
          BlockDeviceMappings: [{ DeviceName: '/dev/sda1', Ebs: { SnapshotId: 'snap-1', Encrypted: false } }],
          ...more,
        },
      ],
    },
    'ec2:DescribeImageAttribute': { LaunchPermissions },
  });

  it('copies, tries by disabling, and deregisters last', async () => {
    const { verbs, text, cli } = guideOf(await planFor(126, ID, state({}), { parameters }));
    expect(verbs).toEqual(['copy-image', 'disable-image', 'enable-image', 'deregister-image']);
    expect(cli).toContain('--copy-image-tags');
    expect(cli).toContain('--encrypted');
    expect(text).toContain('/dev/sda1 from snap-1');
  });

  it('keeps shares by name, and takes protection off only when it is on', async () => {
    const protectedOne = state(
      { DeregistrationProtection: 'enabled-with-cooldown' },
      { UserId: '1' },
      { Group: 'all' },
    );
    const { verbs, cli } = guideOf(await planFor(126, ID, protectedOne));
    expect(verbs).toEqual([
      ...['copy-image', 'modify-image-attribute', 'disable-image', 'enable-image'],
      ...['disable-image-deregistration-protection', 'deregister-image'],
    ]);
    expect(cli.split('\n')[1]).not.toContain('all');
  });
});
