import { SampleAwsError } from './aws-error.ts';
import { byIds, type Filterable, filtered, notFound } from './ec2-filters.ts';
import { securityGroups } from './ec2-security-groups.ts';
import { keyOf } from './messaging.ts';
import { operations, page } from './operations.ts';
import type { Image, Instance, Snapshot, Subnet, Volume, World } from './world.ts';

type Tagged = { readonly Tags?: readonly { Key?: string; Value?: string }[] | undefined };
const tagKeys = ({ Tags = [] }: Tagged) => Tags.flatMap(({ Key }) => Key ?? []);

const instanceFilters: Filterable<Instance> = {
  'instance-id': ({ InstanceId }) => InstanceId,
  'instance-state-name': ({ State }) => State?.Name,
  'metadata-options.http-tokens': ({ MetadataOptions }) => MetadataOptions?.HttpTokens,
  'subnet-id': ({ SubnetId }) => SubnetId,
  'vpc-id': ({ VpcId }) => VpcId,
  'tag-key': tagKeys,
};
const volumeFilters: Filterable<Volume> = {
  'attachment.instance-id': ({ Attachments = [] }) => Attachments.flatMap(({ InstanceId }) => InstanceId ?? []),
  encrypted: ({ Encrypted }) => String(Encrypted),
  status: ({ State }) => State,
  'volume-id': ({ VolumeId }) => VolumeId,
  'tag-key': tagKeys,
};
const imageFilters: Filterable<Image> = {
  'image-id': ({ ImageId }) => ImageId,
  'is-public': ({ Public }) => String(Public),
  state: ({ State }) => State,
  'tag-key': tagKeys,
};
const snapshotFilters: Filterable<Snapshot> = {
  encrypted: ({ Encrypted }) => String(Encrypted),
  'snapshot-id': ({ SnapshotId }) => SnapshotId,
  status: ({ State }) => State,
  'volume-id': ({ VolumeId }) => VolumeId,
  'tag-key': tagKeys,
};
const subnetFilters: Filterable<Subnet> = {
  'map-public-ip-on-launch': ({ MapPublicIpOnLaunch }) => String(MapPublicIpOnLaunch),
  'owner-id': ({ OwnerId }) => OwnerId,
  'subnet-id': ({ SubnetId }) => SubnetId,
  'vpc-id': ({ VpcId }) => VpcId,
  'tag-key': tagKeys,
};

const compute = operations('ec2', {
  DescribeInstances: (world, { InstanceIds, Filters, MaxResults, NextToken }) => {
    const wanted = filtered(byIds(world.ec2.instances, InstanceIds, 'InstanceID'), Filters, instanceFilters);
    const { items, next } = page(wanted, MaxResults, NextToken);
    const Reservations = items.map((instance) => ({
      ReservationId: instance.InstanceId.replace(/^i-/, 'r-'),
      OwnerId: world.account,
      Instances: [instance],
    }));
    return { Reservations, NextToken: next };
  },
  /** What is not sent keeps its value. */
  ModifyInstanceMetadataOptions: (world, { InstanceId, ...input }) => {
    const instance = world.ec2.instances[InstanceId ?? ''];
    if (instance === undefined) throw notFound('InstanceID', InstanceId);
    const old = instance.MetadataOptions ?? {};
    const HttpEndpoint = input.HttpEndpoint ?? old.HttpEndpoint;
    if (HttpEndpoint === 'disabled' && input.HttpTokens !== undefined) {
      throw new SampleAwsError('InvalidParameterValue', 'You cannot specify HttpTokens when HttpEndpoint is disabled.');
    }
    instance.MetadataOptions = {
      State: 'applied',
      HttpEndpoint,
      HttpTokens: input.HttpTokens ?? old.HttpTokens,
      HttpPutResponseHopLimit: input.HttpPutResponseHopLimit ?? old.HttpPutResponseHopLimit,
      HttpProtocolIpv6: input.HttpProtocolIpv6 ?? old.HttpProtocolIpv6,
      InstanceMetadataTags: input.InstanceMetadataTags ?? old.InstanceMetadataTags,
    };
    return { InstanceId, InstanceMetadataOptions: { ...instance.MetadataOptions, State: 'pending' as const } };
  },
  DescribeVolumes: (world, { VolumeIds, Filters, MaxResults, NextToken }) => {
    const wanted = filtered(byIds(world.ec2.volumes, VolumeIds, 'Volume'), Filters, volumeFilters);
    const { items, next } = page(wanted, MaxResults, NextToken);
    return { Volumes: [...items], NextToken: next };
  },
  DescribeSubnets: (world, { SubnetIds, Filters, MaxResults, NextToken }) => {
    const wanted = filtered(byIds(world.ec2.subnets, SubnetIds, 'SubnetID'), Filters, subnetFilters);
    const { items, next } = page(wanted, MaxResults, NextToken);
    return { Subnets: [...items], NextToken: next };
  },
  ModifySubnetAttribute: (world, { SubnetId, MapPublicIpOnLaunch, AssignIpv6AddressOnCreation }) => {
    const subnet = world.ec2.subnets[SubnetId ?? ''];
    if (subnet === undefined) throw notFound('SubnetID', SubnetId);
    if (MapPublicIpOnLaunch !== undefined && AssignIpv6AddressOnCreation !== undefined) {
      throw new SampleAwsError('InvalidParameterCombination', 'Only one subnet attribute can be modified at a time');
    }
    subnet.MapPublicIpOnLaunch = MapPublicIpOnLaunch?.Value ?? subnet.MapPublicIpOnLaunch;
    subnet.AssignIpv6AddressOnCreation = AssignIpv6AddressOnCreation?.Value ?? subnet.AssignIpv6AddressOnCreation;
    return {};
  },
});

const sharing = operations('ec2', {
  DescribeImages: (world, { ImageIds, Owners, Filters, MaxResults, NextToken }) => {
    const images = byIds(world.ec2.images, ImageIds, 'AMIID').map((image) => ({
      ...image,
      Public: isPublic(world.ec2.launchPermissions[image.ImageId]),
    }));
    const owned = images.filter(({ OwnerId }) => ownedBy(world, OwnerId, Owners));
    const { items, next } = page(filtered(owned, Filters, imageFilters), MaxResults, NextToken);
    return { Images: [...items], NextToken: next };
  },
  DescribeImageAttribute: (world, { ImageId = '', Attribute }) => {
    if (world.ec2.images[ImageId] === undefined) throw notFound('AMIID', ImageId);
    if (Attribute === 'description') return { ImageId, Description: { Value: world.ec2.images[ImageId].Description } };
    if (Attribute !== 'launchPermission') throw notPlayed(`the image attribute ${Attribute}`);
    return { ImageId, LaunchPermissions: world.ec2.launchPermissions[ImageId] ?? [] };
  },
  ModifyImageAttribute: (world, { ImageId = '', LaunchPermission, OperationType, UserGroups = [], UserIds = [] }) => {
    if (world.ec2.images[ImageId] === undefined) throw notFound('AMIID', ImageId);
    const named = sharesOf(UserGroups, UserIds);
    const { Add = [], Remove = [] } =
      LaunchPermission ?? (OperationType === 'add' ? { Add: named } : { Remove: named });
    world.ec2.launchPermissions[ImageId] = changeShares(world.ec2.launchPermissions[ImageId] ?? [], Add, Remove);
    return {};
  },
  DescribeSnapshots: (world, { SnapshotIds, OwnerIds, RestorableByUserIds, Filters, MaxResults, NextToken }) => {
    const owned = byIds(world.ec2.snapshots, SnapshotIds, 'Snapshot').filter(({ OwnerId }) =>
      ownedBy(world, OwnerId, OwnerIds),
    );
    const shared = owned.filter(
      ({ SnapshotId }) =>
        RestorableByUserIds === undefined ||
        (world.ec2.volumePermissions[SnapshotId] ?? []).some(({ Group, UserId }) =>
          RestorableByUserIds.includes(Group ?? UserId ?? ''),
        ),
    );
    const { items, next } = page(filtered(shared, Filters, snapshotFilters), MaxResults, NextToken);
    return { Snapshots: [...items], NextToken: next };
  },
  DescribeSnapshotAttribute: (world, { SnapshotId = '', Attribute }) => {
    if (world.ec2.snapshots[SnapshotId] === undefined) throw notFound('Snapshot', SnapshotId);
    if (Attribute !== 'createVolumePermission') throw notPlayed(`the snapshot attribute ${Attribute}`);
    return { SnapshotId, CreateVolumePermissions: world.ec2.volumePermissions[SnapshotId] ?? [] };
  },
  ModifySnapshotAttribute: (world, input) => {
    const { SnapshotId = '', CreateVolumePermission, OperationType, GroupNames = [], UserIds = [] } = input;
    const snapshot = world.ec2.snapshots[SnapshotId];
    if (snapshot === undefined) throw notFound('Snapshot', SnapshotId);
    const named = sharesOf(GroupNames, UserIds);
    const { Add = [], Remove = [] } =
      CreateVolumePermission ?? (OperationType === 'add' ? { Add: named } : { Remove: named });
    if (snapshot.Encrypted && isPublic(Add)) {
      throw new SampleAwsError('OperationNotPermitted', 'Encrypted snapshots cannot be shared publicly');
    }
    world.ec2.volumePermissions[SnapshotId] = changeShares(world.ec2.volumePermissions[SnapshotId] ?? [], Add, Remove);
    return {};
  },
});

const encryption = operations('ec2', {
  GetEbsEncryptionByDefault: ({ ec2 }) => ({ EbsEncryptionByDefault: ec2.ebsEncryptionByDefault }),
  EnableEbsEncryptionByDefault: ({ ec2 }) => {
    ec2.ebsEncryptionByDefault = true;
    return { EbsEncryptionByDefault: true };
  },
  DisableEbsEncryptionByDefault: ({ ec2 }) => {
    ec2.ebsEncryptionByDefault = false;
    return { EbsEncryptionByDefault: false };
  },
  GetEbsDefaultKmsKeyId: ({ ec2 }) => ({ KmsKeyId: ec2.ebsDefaultKmsKeyId }),
  ModifyEbsDefaultKmsKeyId: (world, { KmsKeyId }) => {
    world.ec2.ebsDefaultKmsKeyId = keyOf(world, KmsKeyId).Arn;
    return { KmsKeyId: world.ec2.ebsDefaultKmsKeyId };
  },
  ResetEbsDefaultKmsKeyId: ({ ec2 }) => {
    ec2.ebsDefaultKmsKeyId = 'alias/aws/ebs';
    return { KmsKeyId: ec2.ebsDefaultKmsKeyId };
  },
});

interface Share {
  Group?: 'all';
  UserId?: string;
}

const isPublic = (shares: readonly Share[] | undefined) => (shares ?? []).some(({ Group }) => Group === 'all');

function sharesOf(groups: readonly string[], users: readonly string[]): Share[] {
  return [...groups.map(() => ({ Group: 'all' as const })), ...users.map((UserId) => ({ UserId }))];
}

/** Adds and removes: shares that are not named stay. */
function changeShares(current: readonly Share[], add: readonly Share[], remove: readonly Share[]): Share[] {
  const same = (a: Share) => (b: Share) => a.Group === b.Group && a.UserId === b.UserId;
  const kept = current.filter((share) => !remove.some(same(share)));
  return [...kept, ...add.filter((share) => !kept.some(same(share)))];
}

function ownedBy(world: World, owner: string | undefined, owners: readonly string[] | undefined): boolean {
  if (owners === undefined) return true;
  return owners.some((wanted) => (wanted === 'self' ? world.account : wanted) === owner);
}

const notPlayed = (what: string) =>
  new SampleAwsError('NotInSampleAccount', `The sample account does not know ${what}.`, 501);

export const ec2 = { ...compute, ...sharing, ...encryption, ...securityGroups };
