import {
  CreateImageCommand,
  CreateSnapshotCommand,
  CreateVolumeCommand,
  DescribeImagesCommand,
  DescribeSnapshotsCommand,
  DescribeVolumesCommand,
  type Tag,
} from '@aws-sdk/client-ec2';
import { CreateKeyCommand } from '@aws-sdk/client-kms';
import { type Aws, REGION } from '../clients.ts';
import { event, terraform } from '../event.ts';
import { scenario } from '../scenario.ts';
import { runInstance } from './ec2-instances.ts';

const AvailabilityZone = `${REGION}a`;
const team = { Key: 'team', Value: 'shop' };

async function makeVolume({ ec2 }: Aws, Size: number): Promise<string> {
  const TagSpecifications = [{ ResourceType: 'volume' as const, Tags: [team] }];
  const made = await ec2.send(
    new CreateVolumeCommand({ AvailabilityZone, Size, VolumeType: 'gp3', TagSpecifications }),
  );
  return made.VolumeId ?? '';
}

async function makeSnapshot({ ec2 }: Aws, VolumeId: string, Description: string): Promise<string> {
  const TagSpecifications = [{ ResourceType: 'snapshot' as const, Tags: [team] }];
  const made = await ec2.send(new CreateSnapshotCommand({ VolumeId, Description, TagSpecifications }));
  return made.SnapshotId ?? '';
}

async function makeKey({ kms }: Aws): Promise<string> {
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Description: 'disks' }));
  return KeyMetadata?.Arn ?? '';
}

const sorted = (tags: readonly Tag[] | undefined) => (tags ?? []).map(({ Key, Value }) => `${Key}=${Value}`).sort();

/** Lists by what they hold. */
const ordered = <T>(all: readonly T[]): T[] =>
  [...all].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

/** Every volume and own snapshot, by what they are and not by their ids; `own` is the one that is judged. */
async function diskState({ ec2 }: Aws, id: string) {
  const { Volumes = [] } = await ec2.send(new DescribeVolumesCommand({}));
  const { Snapshots = [] } = await ec2.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'] }));

  return {
    volumes: ordered(
      Volumes.map((one) => ({
        own: one.VolumeId === id,
        encrypted: one.Encrypted,
        size: one.Size,
        type: one.VolumeType,
        zone: one.AvailabilityZone,
        tags: sorted(one.Tags).map((tag) => tag.replace(id, '<id>')),
      })),
    ),
    snapshots: ordered(
      Snapshots.map((one) => ({
        own: one.SnapshotId === id,
        description: one.Description?.replace(id, '<id>'),
        encrypted: one.Encrypted,
        tags: sorted(one.Tags).map((tag) => tag.replace(id, '<id>')),
      })),
    ),
  };
}

type Disks = Awaited<ReturnType<typeof diskState>>;
const REPLACES = 'redress:replaces=<id>';

/** The volume has given way to an encrypted one, and is saved in a snapshot. */
const volumeReplaced = ({ volumes, snapshots }: Disks): Disks => ({
  volumes: ordered(
    volumes.map((one) => (one.own ? { ...one, own: false, encrypted: true, tags: [REPLACES, ...one.tags] } : one)),
  ),
  snapshots: ordered([
    ...snapshots,
    { own: false, description: 'Before encrypting <id>', encrypted: false, tags: [REPLACES] },
  ]),
});

const snapshotReplaced = ({ volumes, snapshots }: Disks): Disks => ({
  volumes,
  snapshots: ordered(
    snapshots.map((one) => (one.own ? { ...one, own: false, encrypted: true, tags: [REPLACES, ...one.tags] } : one)),
  ),
});

export const ec2Volumes = [
  scenario({
    control: 116,
    removes: true,
    arrange: async (aws) => {
      const VolumeId = await makeVolume(aws, 20);
      await makeSnapshot(aws, await makeVolume(aws, 30), 'of a neighbour');
      await makeSnapshot(aws, VolumeId, 'taken last year');
      const requestParameters = { size: '20', zone: AvailabilityZone, volumeType: 'gp3' };
      return {
        id: VolumeId,
        event: event('ec2:CreateVolume', requestParameters, { responseElements: { volumeId: VolumeId } }),
        parameters: { volumeKeyArn: await makeKey(aws) },
      };
    },
    state: diskState,
    expected: volumeReplaced,
    undone: volumeReplaced,
  }),
  scenario({
    control: 126,
    kind: 'guide',
    arrange: async (aws) => {
      const instanceId = await runInstance(aws);
      const { ImageId = '' } = await aws.ec2.send(new CreateImageCommand({ InstanceId: instanceId, Name: 'web' }));
      const more = { responseElements: { imageId: ImageId } };
      return { id: ImageId, event: event('ec2:CreateImage', { instanceId, name: 'web' }, more) };
    },
    state: async ({ ec2 }: Aws, id) => {
      const { Images } = await ec2.send(new DescribeImagesCommand({ ImageIds: [id] }));
      return { images: JSON.parse(JSON.stringify(Images)) };
    },
    expected: (before) => before,
  }),
  scenario({
    control: 127,
    removes: true,
    arrange: async (aws) => {
      const volumeId = await makeVolume(aws, 20);
      await makeSnapshot(aws, volumeId, 'another of the same volume');
      const SnapshotId = await makeSnapshot(aws, volumeId, 'nightly');
      const more = { responseElements: { snapshotId: SnapshotId, volumeId }, by: terraform };
      return {
        id: SnapshotId,
        event: event('ec2:CreateSnapshot', { volumeId, description: 'nightly' }, more),
        parameters: { volumeKeyArn: await makeKey(aws) },
      };
    },
    state: diskState,
    expected: snapshotReplaced,
    undone: snapshotReplaced,
  }),
  scenario({
    control: 203,
    kind: 'guide',
    arrange: async (aws) => {
      const VolumeId = await makeVolume(aws, 20);
      const more = { responseElements: { volumeId: VolumeId } };
      return { id: VolumeId, event: event('ec2:CreateVolume', { size: '20' }, more) };
    },
    state: diskState,
    expected: (before) => before,
  }),
  scenario({
    control: 204,
    kind: 'guide',
    arrange: async (aws) => {
      const volumeId = await makeVolume(aws, 20);
      const SnapshotId = await makeSnapshot(aws, volumeId, 'nightly');
      const more = { responseElements: { snapshotId: SnapshotId, volumeId } };
      return { id: SnapshotId, event: event('ec2:CreateSnapshot', { volumeId }, more) };
    },
    state: diskState,
    expected: (before) => before,
  }),
  scenario({
    control: 508,
    arrange: async (aws) => {
      const VolumeId = await makeVolume(aws, 20);
      await makeSnapshot(aws, await makeVolume(aws, 30), 'of a neighbour');
      const more = { responseElements: { volumeId: VolumeId } };
      return { id: VolumeId, event: event('ec2:CreateVolume', { size: '20' }, more) };
    },
    state: diskState,
    expected: (before) => ({
      ...before,
      snapshots: ordered([
        ...before.snapshots,
        {
          own: false,
          description: 'First snapshot of <id>',
          encrypted: false,
          tags: ['redress:first-snapshot-of=<id>'],
        },
      ]),
    }),
  }),
];
