import type { Output } from '../../aws/sdk.ts';

type Item<L> = L extends readonly (infer T)[] ? T : never;
type With<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> };

export type PublicAccessBlock = NonNullable<
  Output<'s3control', 'GetPublicAccessBlock'>['PublicAccessBlockConfiguration']
>;
export type Acl = Output<'s3', 'GetBucketAcl'>;
export type PasswordPolicy = NonNullable<Output<'iam', 'GetAccountPasswordPolicy'>['PasswordPolicy']>;
export type Volume = With<Item<NonNullable<Output<'ec2', 'DescribeVolumes'>['Volumes']>>, 'VolumeId'>;
export type Image = With<Item<NonNullable<Output<'ec2', 'DescribeImages'>['Images']>>, 'ImageId'>;
export type Snapshot = With<Item<NonNullable<Output<'ec2', 'DescribeSnapshots'>['Snapshots']>>, 'SnapshotId'>;
export type Subnet = With<Item<NonNullable<Output<'ec2', 'DescribeSubnets'>['Subnets']>>, 'SubnetId'>;
export type SecurityGroup = With<
  Item<NonNullable<Output<'ec2', 'DescribeSecurityGroups'>['SecurityGroups']>>,
  'GroupId'
>;
export type SecurityGroupRule = With<
  Item<NonNullable<Output<'ec2', 'DescribeSecurityGroupRules'>['SecurityGroupRules']>>,
  'SecurityGroupRuleId' | 'GroupId' | 'IsEgress'
>;
type Reservation = Item<NonNullable<Output<'ec2', 'DescribeInstances'>['Reservations']>>;
export type Instance = With<Item<NonNullable<Reservation['Instances']>>, 'InstanceId'>;
export type LaunchPermission = Item<NonNullable<Output<'ec2', 'DescribeImageAttribute'>['LaunchPermissions']>>;
export type VolumePermission = Item<NonNullable<Output<'ec2', 'DescribeSnapshotAttribute'>['CreateVolumePermissions']>>;
export type KmsKey = With<NonNullable<Output<'kms', 'DescribeKey'>['KeyMetadata']>, 'KeyId' | 'Arn'>;

/** A bucket: what is `undefined` is not configured. */
export interface Bucket {
  created: Date;
  versioning: Output<'s3', 'GetBucketVersioning'>;
  acl: Required<Pick<Acl, 'Owner' | 'Grants'>>;
  ownership: 'BucketOwnerEnforced' | 'BucketOwnerPreferred' | 'ObjectWriter';
  policy: string | undefined;
  logging: Output<'s3', 'GetBucketLogging'>['LoggingEnabled'];
  /** AWS always has one; only tampering can take it away. */
  encryption: Output<'s3', 'GetBucketEncryption'>['ServerSideEncryptionConfiguration'];
  publicAccessBlock: PublicAccessBlock | undefined;
  tags: { Key: string; Value: string }[];
}

export interface AccessKey {
  id: string;
  status: 'Active' | 'Inactive';
  created: Date;
  lastUsed: { at: Date; service: string; region: string } | undefined;
}

export interface User {
  id: string;
  created: Date;
  keys: AccessKey[];
  attached: string[];
  inline: Record<string, string>;
  tags: { Key: string; Value: string }[];
}

export interface Group {
  id: string;
  created: Date;
  members: string[];
  attached: string[];
  inline: Record<string, string>;
}

export interface Topic {
  attributes: Record<string, string>;
  tags: { Key: string; Value: string }[];
}

/**
 * Everything that the sample account holds. Plain and open to change: playing
 * "somebody changed it meanwhile" is an assignment.
 */
export interface World {
  readonly account: string;
  readonly region: string;
  readonly partition: string;
  readonly now: () => Date;
  s3: { publicAccessBlock: PublicAccessBlock | undefined; buckets: Record<string, Bucket> };
  iam: {
    passwordPolicy: PasswordPolicy | undefined;
    users: Record<string, User>;
    groups: Record<string, Group>;
    /** Managed policies, by ARN. */
    policies: Record<string, { name: string; document: string }>;
  };
  ec2: {
    instances: Record<string, Instance>;
    volumes: Record<string, Volume>;
    images: Record<string, Image>;
    launchPermissions: Record<string, LaunchPermission[]>;
    snapshots: Record<string, Snapshot>;
    volumePermissions: Record<string, VolumePermission[]>;
    subnets: Record<string, Subnet>;
    securityGroups: Record<string, SecurityGroup>;
    rules: SecurityGroupRule[];
    ebsEncryptionByDefault: boolean;
    ebsDefaultKmsKeyId: string;
  };
  sns: { topics: Record<string, Topic> };
  ssm: { settings: Record<string, { value: string; changed: Date | undefined; by: string }> };
  kms: { keys: Record<string, KmsKey>; aliases: Record<string, string> };
}
