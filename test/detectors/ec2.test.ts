import { describe, expect, it } from 'vitest';
import { ACCOUNT, type Answer, type Answers, awsError, controlOf, judge, placeOf, sessionOn } from '../controls.ts';

describe('114: images', () => {
  const ID = 'ami-1';
  const own = { ImageId: ID, OwnerId: ACCOUNT, State: 'available' };
  const state = (image: object, ...LaunchPermissions: object[]): Answers => ({
    'ec2:DescribeImages': { Images: [image] },
    'ec2:DescribeImageAttribute': { LaunchPermissions },
  });
  const everyone = { Group: 'all' };
  it.each<[string, Answers, string]>([
    ['private', state(own), 'pass'],
    ['no permissions in the answer', { ...state(own), 'ec2:DescribeImageAttribute': {} }, 'pass'],
    ['shared by name', state(own, { UserId: '1' }, { OrganizationArn: 'o' }, { OrganizationalUnitArn: 'ou' }), 'pass'],
    ['public', state(own, everyone), 'fail: everyone may launch this image'],
    ['public and disabled', state({ ...own, State: 'disabled' }, everyone), 'fail: everyone may launch this image'],
    [
      "somebody else's",
      state({ ...own, OwnerId: '999988887777' }, everyone),
      'skip: the image belongs to another account',
    ],
    [
      'in a backup vault',
      state({ ...own, ImageOwnerAlias: 'aws-backup-vault' }, everyone),
      'skip: the image belongs to an AWS Backup vault',
    ],
    ...['deregistered', 'invalid', 'failed'].map((State): [string, Answers, string] => [
      State,
      state({ ...own, State }, everyone),
      `skip: the image is ${State}`,
    ]),
    [
      'an empty answer',
      { ...state(own), 'ec2:DescribeImages': { Images: [] } },
      'skip: ami-1 does not exist (any more)',
    ],
    [
      'gone',
      { ...state(own), 'ec2:DescribeImages': awsError('InvalidAMIID.NotFound') },
      'skip: ami-1 does not exist (any more)',
    ],
    [
      'not ours to ask for',
      { ...state(own), 'ec2:DescribeImageAttribute': awsError('AuthFailure', 'Not authorized for image:ami-1') },
      'unknown: ec2:DescribeImageAttribute was denied; allow ec2:DescribeImageAttribute',
    ],
  ])('%s', async (_, answers, expected) => {
    expect(await judge(114, ID, answers)).toBe(expected);
  });

  it('looks at disabled images too', async () => {
    const answers = state(own, everyone);
    const onlyDisabled: Answer = ({ IncludeDisabled }) => ({ Images: IncludeDisabled === true ? [own] : [] });
    expect(await judge(114, ID, { ...answers, 'ec2:DescribeImages': onlyDisabled })).toContain('fail');
  });
});

describe('146: snapshots', () => {
  const ID = 'snap-1';
  const own = { SnapshotId: ID, OwnerId: ACCOUNT, Encrypted: false };
  const state = (snapshot: object, ...CreateVolumePermissions: object[]): Answers => ({
    'ec2:DescribeSnapshots': { Snapshots: [snapshot] },
    'ec2:DescribeSnapshotAttribute': { CreateVolumePermissions },
  });
  it.each<[string, Answers, string]>([
    ['private', state(own), 'pass'],
    ['shared by name', state(own, { UserId: '1' }), 'pass'],
    [
      'public',
      state(own, { UserId: '1' }, { Group: 'all' }),
      'fail: everyone may copy this snapshot and create volumes from it',
    ],
    ['encrypted', state({ ...own, Encrypted: true }, { Group: 'all' }), 'skip: an encrypted snapshot cannot be public'],
    [
      "somebody else's",
      state({ ...own, OwnerId: '1' }, { Group: 'all' }),
      'skip: the snapshot belongs to another account',
    ],
    [
      'gone',
      { 'ec2:DescribeSnapshots': awsError('InvalidSnapshot.NotFound') },
      'skip: snap-1 does not exist (any more)',
    ],
  ])('%s', async (_, answers, expected) => {
    expect(await judge(146, ID, answers)).toBe(expected);
  });
});

describe('115: volumes', () => {
  const ID = 'vol-1';
  const attached = {
    ...{ VolumeId: ID, State: 'in-use', Encrypted: false },
    Attachments: [{ InstanceId: 'i-1', Device: '/dev/sda1' }],
  };
  it.each<[string, object, string]>([
    ['encrypted', { ...attached, Encrypted: true }, 'pass'],
    ['not encrypted', attached, 'fail: the volume is not encrypted and attached to i-1 as /dev/sda1'],
    [
      'attached twice',
      { ...attached, Attachments: [...attached.Attachments, { InstanceId: 'i-2', Device: '/dev/sdf' }] },
      'fail: the volume is not encrypted and attached to i-1 as /dev/sda1, i-2 as /dev/sdf',
    ],
    [
      "attached to a service's own thing",
      { ...attached, Attachments: [{ AssociatedResource: 'arn:task', Device: '/dev/sdf' }] },
      'fail: the volume is not encrypted and attached to arn:task as /dev/sdf',
    ],
    ...['available', 'creating', 'deleting', 'error'].map((State): [string, object, string] => [
      State,
      { ...attached, State, Attachments: [] },
      `skip: the volume is not attached to an instance (${State})`,
    ]),
  ])('%s', async (_, volume, expected) => {
    expect(await judge(115, ID, { 'ec2:DescribeVolumes': { Volumes: [volume] } })).toBe(expected);
  });

  it('finds the volumes that an instance brought along, on every page', async () => {
    const trigger = controlOf(115).detector.on['ec2:RunInstances'];
    if (trigger?.kind !== 'through') throw new Error('RunInstances names instances, not volumes.');
    const session = sessionOn({
      'ec2:DescribeVolumes': ({ Filters, NextToken }) =>
        NextToken === undefined
          ? { Volumes: [{ VolumeId: `of ${JSON.stringify(Filters)}` }], NextToken: '2' }
          : { Volumes: [{ VolumeId: 'vol-2' }] },
    });
    const found = await session.value(trigger.read, placeOf(115, 'i-1'), []);
    expect(found).toEqual(['of [{"Name":"attachment.instance-id","Values":["i-1"]}]', 'vol-2']);
  });
});

describe('196: subnets', () => {
  const ID = 'subnet-1';
  const own = { SubnetId: ID, OwnerId: ACCOUNT, MapPublicIpOnLaunch: false };
  it.each<[string, object, string]>([
    ['off', own, 'pass'],
    ['on', { ...own, MapPublicIpOnLaunch: true }, 'fail: new instances get a public IPv4 address here'],
    ['other addresses on', { ...own, MapCustomerOwnedIpOnLaunch: true, AssignIpv6AddressOnCreation: true }, 'pass'],
    [
      'a default subnet, on',
      { ...own, DefaultForAz: true, MapPublicIpOnLaunch: true },
      'fail: new instances get a public IPv4 address here',
    ],
    [
      'shared with us',
      { ...own, OwnerId: '1', MapPublicIpOnLaunch: true },
      'skip: the subnet is shared from another account, which alone can change it',
    ],
    [
      'IPv6 only',
      { ...own, Ipv6Native: true, MapPublicIpOnLaunch: true },
      'skip: an IPv6-only subnet gives no IPv4 addresses',
    ],
  ])('%s', async (_, subnet, expected) => {
    expect(await judge(196, ID, { 'ec2:DescribeSubnets': { Subnets: [subnet] } })).toBe(expected);
  });
});

describe('289: security group rules', () => {
  const ID = 'sg-1';
  const rule = {
    SecurityGroupRuleId: 'sgr-1',
    GroupId: ID,
    GroupOwnerId: ACCOUNT,
    IsEgress: false,
    Description: 'shop',
  };
  const rules = (...SecurityGroupRules: object[]): Answers => ({
    'ec2:DescribeSecurityGroupRules': { SecurityGroupRules },
  });
  it.each<[string, Answers, string]>([
    ['no rules', rules(), 'pass'],
    ['all described', rules(rule, { ...rule, IsEgress: true }), 'pass'],
    [
      'an inbound rule without',
      rules(rule, { ...rule, Description: undefined }),
      'fail: 1 of 2 rules have no description',
    ],
    [
      'the default outbound rule',
      rules({ ...rule, IsEgress: true, Description: undefined }),
      'fail: 1 of 1 rules have no description',
    ],
    ['a blank one', rules({ ...rule, Description: ' \t' }), 'fail: 1 of 1 rules have no description'],
    [
      'of another account',
      rules({ ...rule, GroupOwnerId: '1', Description: '' }),
      'skip: the group belongs to another account',
    ],
    [
      'on the second page',
      {
        'ec2:DescribeSecurityGroupRules': ({ NextToken }) =>
          NextToken === undefined
            ? { SecurityGroupRules: [rule], NextToken: '2' }
            : { SecurityGroupRules: [{ ...rule, Description: '' }] },
      },
      'fail: 1 of 2 rules have no description',
    ],
  ])('%s', async (_, answers, expected) => {
    expect(await judge(289, ID, answers)).toBe(expected);
  });

  it('a page that leads to itself ends in unknown, not in a loop', async () => {
    const again = { 'ec2:DescribeSecurityGroupRules': { SecurityGroupRules: [], NextToken: 'again' } };
    expect(await judge(289, ID, again)).toBe('unknown: ec2:DescribeSecurityGroupRules gave the same page twice');
  });
});

describe('322: instance metadata', () => {
  const ID = 'i-1';
  const instance = (MetadataOptions: object | undefined, Name = 'running'): Answers => ({
    'ec2:DescribeInstances': { Reservations: [{ Instances: [{ InstanceId: ID, State: { Name }, MetadataOptions }] }] },
  });
  const open = 'fail: instance metadata answers requests without a session token (IMDSv1)';
  it.each<[string, Answers, string]>([
    ['tokens required', instance({ HttpTokens: 'required', HttpEndpoint: 'enabled' }), 'pass'],
    ['tokens optional', instance({ HttpTokens: 'optional', HttpEndpoint: 'enabled' }), open],
    ['no service at all', instance({ HttpTokens: 'optional', HttpEndpoint: 'disabled' }), 'pass'],
    ['stopped', instance({ HttpTokens: 'optional', HttpEndpoint: 'enabled' }, 'stopped'), open],
    ['terminated', instance({ HttpTokens: 'optional' }, 'terminated'), 'skip: the instance is terminated'],
    ['shutting down', instance({ HttpTokens: 'optional' }, 'shutting-down'), 'skip: the instance is shutting-down'],
    ['no options in the answer', instance(undefined), open],
    ['gone', { 'ec2:DescribeInstances': { Reservations: [] } }, 'skip: i-1 does not exist (any more)'],
    [
      'throttled',
      { 'ec2:DescribeInstances': awsError('RequestLimitExceeded') },
      'unknown: ec2:DescribeInstances was throttled by AWS; try again later',
    ],
  ])('%s', async (_, answers, expected) => {
    expect(await judge(322, ID, answers)).toBe(expected);
  });
});

describe('339: encryption of new volumes', () => {
  const KEY = `arn:aws:kms:eu-west-1:${ACCOUNT}:key/k`;
  const state = (EbsEncryptionByDefault: boolean, KmsKeyId: string | undefined, key?: Answer): Answers => ({
    'ec2:GetEbsEncryptionByDefault': { EbsEncryptionByDefault },
    'ec2:GetEbsDefaultKmsKeyId': { KmsKeyId },
    'kms:DescribeKey': key ?? awsError('KMS must not be asked for the key of AWS'),
  });
  const key = (KeyManager: string, KeyState: string) => ({ KeyMetadata: { KeyManager, KeyState } });
  it.each<[string, Answers, string]>([
    ['on, with a key of the customer', state(true, KEY, key('CUSTOMER', 'Enabled')), 'pass'],
    [
      'off',
      state(false, KEY, key('CUSTOMER', 'Enabled')),
      'fail: new volumes are not encrypted by default in this region',
    ],
    [
      'the key of AWS by its alias',
      state(true, 'alias/aws/ebs'),
      'fail: new volumes are encrypted with the AWS managed key',
    ],
    [
      'the key of AWS by the ARN of its alias',
      state(true, `arn:aws:kms:eu-west-1:${ACCOUNT}:alias/aws/ebs`),
      'fail: new volumes are encrypted with the AWS managed key',
    ],
    ['no key set', state(true, undefined), 'fail: new volumes are encrypted with the AWS managed key'],
    [
      'the key of AWS by its id',
      state(true, KEY, key('AWS', 'Enabled')),
      'fail: new volumes are encrypted with an AWS managed key',
    ],
    ...['Disabled', 'PendingDeletion'].map((KeyState): [string, Answers, string] => [
      `a key that is ${KeyState}`,
      state(true, KEY, key('CUSTOMER', KeyState)),
      `fail: the default key ${KEY} is ${KeyState}`,
    ]),
    [
      'a key that is gone',
      state(true, KEY, awsError('NotFoundException')),
      `fail: the default key ${KEY} does not exist`,
    ],
    [
      'a key that cannot be read',
      state(true, KEY, awsError('AccessDeniedException')),
      'unknown: kms:DescribeKey was denied; allow kms:DescribeKey',
    ],
    [
      'a region that is not enabled',
      { ...state(true, KEY), 'ec2:GetEbsEncryptionByDefault': awsError('OptInRequired') },
      'unknown: ec2:GetEbsEncryptionByDefault failed: OptInRequired: OptInRequired happened',
    ],
  ])('%s', async (_, answers, expected) => {
    expect(await judge(339, undefined, answers)).toBe(expected);
  });
});

describe('lists for a sweep', () => {
  it.each<[number, string, (page: string) => object]>([
    [114, 'DescribeImages', (ImageId) => ({ Images: [{ ImageId }] })],
    [146, 'DescribeSnapshots', (SnapshotId) => ({ Snapshots: [{ SnapshotId }] })],
    [115, 'DescribeVolumes', (VolumeId) => ({ Volumes: [{ VolumeId }] })],
    [196, 'DescribeSubnets', (SubnetId) => ({ Subnets: [{ SubnetId }] })],
    [289, 'DescribeSecurityGroups', (GroupId) => ({ SecurityGroups: [{ GroupId }] })],
    [
      322,
      'DescribeInstances',
      (InstanceId) => ({
        Reservations: [{ Instances: [{ InstanceId }] }, { Instances: [{ InstanceId: `${InstanceId}b` }] }],
      }),
    ],
  ])('%i follows the pages of %s', async (number, operation, page) => {
    const { list } = controlOf(number).detector.resource;
    const session = sessionOn({
      [`ec2:${operation}`]: ({ NextToken }) =>
        NextToken === undefined ? { ...page('one'), NextToken: '2' } : page('two'),
    });
    const ids = list && (await session.value(list, placeOf(number), []));
    expect(ids?.filter((id) => !id.endsWith('b'))).toEqual(['one', 'two']);
  });
});
