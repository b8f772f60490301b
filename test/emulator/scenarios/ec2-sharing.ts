import {
  CreateImageCommand,
  CreateSnapshotCommand,
  CreateVolumeCommand,
  DescribeImageAttributeCommand,
  DescribeImagesCommand,
  DescribeSnapshotAttributeCommand,
  DescribeSnapshotsCommand,
  ModifyImageAttributeCommand,
  ModifySnapshotAttributeCommand,
} from '@aws-sdk/client-ec2';
import type { Aws } from '../clients.ts';
import { event } from '../event.ts';
import { scenario } from '../scenario.ts';
import { runInstance } from './ec2-instances.ts';

const PARTNERS = ['999988887777', '999988886666'];
const Tags = [{ Key: 'team', Value: 'platform' }];

async function imageState({ ec2 }: Aws, ImageId: string) {
  const { Images: [image] = [] } = await ec2.send(new DescribeImagesCommand({ ImageIds: [ImageId] }));
  const { LaunchPermissions = [] } = await ec2.send(
    new DescribeImageAttributeCommand({ ImageId, Attribute: 'launchPermission' }),
  );
  return {
    public: image?.Public,
    description: image?.Description,
    tags: image?.Tags,
    sharedWith: LaunchPermissions.map(({ Group, UserId }) => Group ?? UserId ?? '').sort(),
  };
}

async function snapshotState({ ec2 }: Aws, SnapshotId: string) {
  const { Snapshots: [snapshot] = [] } = await ec2.send(new DescribeSnapshotsCommand({ SnapshotIds: [SnapshotId] }));
  const { CreateVolumePermissions = [] } = await ec2.send(
    new DescribeSnapshotAttributeCommand({ SnapshotId, Attribute: 'createVolumePermission' }),
  );
  return {
    description: snapshot?.Description,
    tags: snapshot?.Tags,
    sharedWith: CreateVolumePermissions.map(({ Group, UserId }) => Group ?? UserId ?? '').sort(),
  };
}

/** Public, and shared with two partners by name: resetting the attribute would cut the partners off. */
const shares = [{ group: 'all' }, ...PARTNERS.map((userId) => ({ userId }))];

export const ec2Sharing = [
  scenario({
    control: 114,
    arrange: async (aws) => {
      const InstanceId = await runInstance(aws);
      const { ImageId = '' } = await aws.ec2.send(
        new CreateImageCommand({
          InstanceId,
          Name: 'golden-web',
          Description: 'web tier',
          TagSpecifications: [{ ResourceType: 'image', Tags }],
        }),
      );
      const Add = [{ Group: 'all' as const }, ...PARTNERS.map((UserId) => ({ UserId }))];
      await aws.ec2.send(new ModifyImageAttributeCommand({ ImageId, LaunchPermission: { Add } }));
      const parameters = {
        imageId: ImageId,
        launchPermission: { add: { items: shares } },
        attributeType: 'launchPermission',
      };
      return { id: ImageId, event: event('ec2:ModifyImageAttribute', parameters) };
    },
    state: imageState,
    expected: (before) => ({
      ...before,
      public: false,
      sharedWith: before.sharedWith.filter((name) => name !== 'all'),
    }),
  }),
  scenario({
    control: 146,
    arrange: async ({ ec2 }) => {
      const { VolumeId } = await ec2.send(new CreateVolumeCommand({ AvailabilityZone: 'us-east-1a', Size: 8 }));
      const { SnapshotId = '' } = await ec2.send(
        new CreateSnapshotCommand({
          VolumeId,
          Description: 'before the migration',
          TagSpecifications: [{ ResourceType: 'snapshot', Tags }],
        }),
      );
      const share = { SnapshotId, Attribute: 'createVolumePermission', OperationType: 'add' } as const;
      await ec2.send(new ModifySnapshotAttributeCommand({ ...share, GroupNames: ['all'] }));
      await ec2.send(new ModifySnapshotAttributeCommand({ ...share, UserIds: PARTNERS }));
      const parameters = {
        snapshotId: SnapshotId,
        createVolumePermission: { add: { items: shares } },
        attributeType: 'CREATE_VOLUME_PERMISSION',
      };
      return { id: SnapshotId, event: event('ec2:ModifySnapshotAttribute', parameters) };
    },
    state: snapshotState,
    expected: (before) => ({ ...before, sharedWith: before.sharedWith.filter((name) => name !== 'all') }),
  }),
];
