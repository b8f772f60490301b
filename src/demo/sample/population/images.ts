import { ago, PARTNER, type Setting, sampleIds } from '../setting.ts';
import type { Image, Snapshot, World } from '../world.ts';

type Images = Pick<World['ec2'], 'images' | 'launchPermissions' | 'snapshots' | 'volumePermissions'>;

/** An image and a snapshot that everyone may use, both shared with a partner too; one of each that is private. */
export function images(setting: Setting): Images {
  const { account } = setting;
  const image = (ImageId: string, Name: string, Description: string): Image => ({
    ImageId,
    Name,
    Description,
    OwnerId: account,
    State: 'available',
    Architecture: 'x86_64',
    ImageType: 'machine',
    RootDeviceName: '/dev/xvda',
    RootDeviceType: 'ebs',
    VirtualizationType: 'hvm',
    CreationDate: ago(setting, 60).toISOString(),
    Tags: [{ Key: 'Name', Value: Name }],
  });
  const snapshot = (SnapshotId: string, Description: string, Encrypted: boolean): Snapshot => ({
    SnapshotId,
    Description,
    OwnerId: account,
    VolumeId: sampleIds.web1Data,
    VolumeSize: 40,
    State: 'completed',
    Progress: '100%',
    StartTime: ago(setting, 12),
    Encrypted,
    Tags: [{ Key: 'team', Value: 'shop' }],
  });
  return {
    images: {
      [sampleIds.goldenImage]: image(sampleIds.goldenImage, 'golden-web', 'web tier'),
      [sampleIds.internalImage]: image(sampleIds.internalImage, 'golden-batch', 'night jobs'),
    },
    launchPermissions: {
      [sampleIds.goldenImage]: [{ UserId: PARTNER }, { Group: 'all' }],
      [sampleIds.internalImage]: [{ UserId: PARTNER }],
    },
    snapshots: {
      [sampleIds.ordersSnapshot]: snapshot(sampleIds.ordersSnapshot, 'orders, before the migration', false),
      [sampleIds.nightlySnapshot]: snapshot(sampleIds.nightlySnapshot, 'orders, nightly', true),
    },
    volumePermissions: { [sampleIds.ordersSnapshot]: [{ UserId: PARTNER }, { Group: 'all' }] },
  };
}
