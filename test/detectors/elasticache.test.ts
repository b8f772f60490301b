import { describe, expect, it } from 'vitest';
import { ACCOUNT, type Answers, awsError, controlOf, judge, placeOf, sessionOn } from '../controls.ts';

const GROUP = 'replicationgroup:shop';
const NODE = 'cluster:shop';
const KEY = `arn:aws:kms:eu-west-1:${ACCOUNT}:key/1`;
const node = (more: object = {}) => ({
  ...{ CacheClusterId: 'shop-001', Engine: 'redis', EngineVersion: '7.1.0', CacheClusterStatus: 'available' },
  ...more,
});
const vpc = (IsDefault: boolean): Answers => ({
  'elasticache:DescribeCacheSubnetGroups': { CacheSubnetGroups: [{ CacheSubnetGroupName: 'caches', VpcId: 'vpc-1' }] },
  'ec2:DescribeVpcs': { Vpcs: [{ VpcId: 'vpc-1', IsDefault }] },
});
const group = (more: object = {}, member: object = {}): Answers => ({
  'elasticache:DescribeReplicationGroups': {
    ReplicationGroups: [
      { ReplicationGroupId: 'shop', Status: 'available', Engine: 'redis', MemberClusters: ['shop-001'], ...more },
    ],
  },
  'elasticache:DescribeCacheClusters': { CacheClusters: [node(member)] },
});
const alone = (more: object = {}): Answers => ({
  'elasticache:DescribeCacheClusters': { CacheClusters: [node({ CacheClusterId: 'shop', ...more })] },
});
const redis = [148, 149, 151, 152, 153, 154, 155, 407];
const on = (port: number) => ({ NodeGroups: [{ PrimaryEndpoint: { Port: port } }] });
const tls = { TransitEncryptionEnabled: true };

describe('Redis groups', () => {
  it.each<[number, string, object, string]>([
    [149, 'the usual port', on(6379), 'fail: it listens on 6379, the port that everyone tries first'],
    [149, 'another port', on(6380), 'pass'],
    [
      149,
      'cluster mode',
      { ConfigurationEndpoint: { Port: 6379 } },
      'fail: it listens on 6379, the port that everyone tries first',
    ],
    [149, 'no endpoint', {}, 'skip: it has no endpoint yet'],
    [
      149,
      'being created',
      { Status: 'creating' },
      'skip: it is being created, and AWS does not show this yet: the next sweep judges it',
    ],
    [151, 'both', { AutomaticFailover: 'enabled', MultiAZ: 'enabled' }, 'pass'],
    [151, 'none', {}, 'fail: automatic failover is disabled'],
    [
      151,
      'on its way',
      { AutomaticFailover: 'enabling', MultiAZ: 'enabled' },
      'skip: automatic failover is just being switched on',
    ],
    [151, 'half on its way', { AutomaticFailover: 'enabling', MultiAZ: 'disabled' }, 'fail: Multi-AZ is disabled'],
    [151, 'going', { AutomaticFailover: 'disabling', MultiAZ: 'enabled' }, 'fail: automatic failover is disabling'],
    [151, 'one zone', { AutomaticFailover: 'enabled', MultiAZ: 'disabled' }, 'fail: Multi-AZ is disabled'],
    [
      151,
      'being created',
      { Status: 'creating' },
      'skip: it is being created, and AWS does not show this yet: the next sweep judges it',
    ],
    [152, 'a token', { AuthTokenEnabled: true }, 'pass'],
    [152, 'none', { AuthTokenEnabled: false }, 'fail: whoever reaches it may use it'],
    [
      152,
      'users',
      { UserGroupIds: ['team'] },
      'skip: the user group team says who may log in; see that its default user needs a password',
    ],
    [153, 'on', tls, 'pass'],
    [153, 'preferred', { ...tls, TransitEncryptionMode: 'preferred' }, 'pass'],
    [153, 'off', {}, 'fail: its traffic is not encrypted'],
    [
      153,
      'on its way out',
      { ...tls, PendingModifiedValues: { TransitEncryptionEnabled: false } },
      'fail: its traffic is not encrypted',
    ],
    [154, 'on', { AtRestEncryptionEnabled: true }, 'pass'],
    [154, 'off', { AtRestEncryptionEnabled: false }, 'fail: it is not encrypted at rest'],
    [155, 'off', {}, 'fail: it is not encrypted at rest at all'],
    [155, 'no key', { AtRestEncryptionEnabled: true }, 'fail: it is encrypted with a key that ElastiCache keeps'],
    [407, 'both', { ...tls, TransitEncryptionMode: 'required', AuthTokenEnabled: true }, 'pass'],
    [
      407,
      'preferred',
      { ...tls, TransitEncryptionMode: 'preferred', AuthTokenEnabled: true },
      'fail: it still takes connections in clear text',
    ],
    [407, 'no token', tls, 'fail: it asks for no AUTH token'],
    [407, 'no encryption', {}, 'fail: its traffic is not encrypted'],
    [
      407,
      'users',
      { ...tls, UserGroupIds: ['team'] },
      'skip: the user group team says who may log in; see that its default user needs a password',
    ],
  ])('%i: %s', async (control, _, more, expected) => {
    expect(await judge(control, GROUP, group(more))).toBe(expected);
    expect(await judge(control, GROUP, group({ ...more, Engine: 'valkey' }))).toBe(expected);
  });

  it.each([
    ['CUSTOMER', 'pass'],
    ['AWS', `fail: its key ${KEY} is managed by AWS`],
  ])('155: a key of %s', async (KeyManager, expected) => {
    const answers = {
      ...group({ AtRestEncryptionEnabled: true, KmsKeyId: KEY }),
      'kms:DescribeKey': { KeyMetadata: { KeyManager } },
    };
    expect(await judge(155, GROUP, answers)).toBe(expected);
  });

  it('148: the VPC of its subnet group', async () => {
    const member = { CacheSubnetGroupName: 'caches' };
    expect(await judge(148, GROUP, { ...group({}, member), ...vpc(true) })).toBe(
      'fail: its subnet group caches is in the default VPC vpc-1',
    );
    expect(await judge(148, GROUP, { ...group({}, member), ...vpc(false) })).toBe('pass');
    expect(await judge(148, GROUP, group())).toBe('skip: AWS does not say which VPC it is in');
  });

  it.each(redis)('%i: going, gone, denied', async (control) => {
    expect(await judge(control, GROUP, group({ Status: 'deleting' }))).toBe('skip: it is being deleted');
    const read = 'elasticache:DescribeReplicationGroups';
    const gone = `skip: ${GROUP} does not exist (any more)`;
    expect(await judge(control, GROUP, { [read]: awsError('ReplicationGroupNotFoundFault') })).toBe(gone);
    expect(await judge(control, GROUP, { [read]: awsError('AccessDenied') })).toBe(
      `unknown: ${read} was denied; allow ${read}`,
    );
  });
});

describe('Redis nodes without a group', () => {
  const cannot = 'it is a node without a replication group, which';
  it.each<[number, object, string]>([
    [
      149,
      { CacheNodes: [{ Endpoint: { Port: 6379 } }] },
      'fail: it listens on 6379, the port that everyone tries first',
    ],
    [151, {}, `fail: ${cannot} has nothing to fail over to`],
    [152, {}, 'fail: whoever reaches it may use it'],
    [153, {}, `fail: ${cannot} cannot encrypt its traffic`],
    [154, {}, `fail: ${cannot} cannot be encrypted at rest`],
    [155, {}, 'fail: it is not encrypted at rest at all'],
    [407, {}, `skip: ${cannot} is the matter of 152 and 153`],
  ])('%i', async (control, more, expected) => {
    expect(await judge(control, NODE, alone(more))).toBe(expected);
  });

  it.each(redis)('%i: Memcached, a node of a group, gone', async (control) => {
    expect(await judge(control, NODE, alone({ Engine: 'memcached' }))).toBe('skip: it runs Memcached');
    expect(await judge(control, NODE, alone({ ReplicationGroupId: 'g' }))).toBe(
      'skip: it is a node of the replication group g, which is judged as a whole',
    );
    const read = 'elasticache:DescribeCacheClusters';
    expect(await judge(control, NODE, { [read]: awsError('CacheClusterNotFoundFault') })).toBe(
      `skip: ${NODE} does not exist (any more)`,
    );
  });

  it('are listed with the groups; ids end the ARN', async () => {
    const { list, arn, tags } = controlOf(154).detector.resource;
    const session = sessionOn({
      'elasticache:DescribeReplicationGroups': ({ Marker }) =>
        Marker === undefined
          ? { ReplicationGroups: [{ ReplicationGroupId: 'a' }], Marker: '2' }
          : { ReplicationGroups: [{ ReplicationGroupId: 'b' }] },
      'elasticache:DescribeCacheClusters': {
        CacheClusters: [node({ CacheClusterId: 'c' }), { CacheClusterId: 'd', Engine: 'memcached' }],
      },
      'elasticache:ListTagsForResource': { TagList: [{ Key: 'team', Value: 'shop' }] },
    });
    expect(list && (await session.value(list, placeOf(154), []))).toEqual([
      'replicationgroup:a',
      'replicationgroup:b',
      'cluster:c',
    ]);
    expect(tags && (await session.value(tags, placeOf(154, GROUP), []))).toEqual({ team: 'shop' });
    expect(arn({ partition: 'aws-cn', account: ACCOUNT, region: 'cn-north-1', id: GROUP })).toBe(
      `arn:aws-cn:elasticache:cn-north-1:${ACCOUNT}:replicationgroup:shop`,
    );
  });
});

describe('Memcached', () => {
  const memcached = (more: object = {}): Answers => ({
    ...alone({ Engine: 'memcached', EngineVersion: '1.6.6', CacheSubnetGroupName: 'caches', ...more }),
    'elasticache:DescribeCacheEngineVersions': ({ Marker }) =>
      Marker === undefined
        ? { CacheEngineVersions: [{ EngineVersion: '1.6.22' }, { EngineVersion: '1.6.6' }], Marker: '2' }
        : { CacheEngineVersions: [{ EngineVersion: '1.5.16' }] },
  });
  it.each<[number, string, object, string]>([
    [
      150,
      'the usual port',
      { ConfigurationEndpoint: { Port: 11211 } },
      'fail: it listens on 11211, the port that everyone tries first',
    ],
    [150, 'of its nodes', { CacheNodes: [{ Endpoint: { Port: 11212 } }] }, 'pass'],
    [150, 'being created', { CacheClusterStatus: 'creating' }, 'skip: it has no endpoint yet'],
    [440, 'older by number, not by letters', {}, 'fail: it runs 1.6.6, and 1.6.22 is there'],
    [440, 'newest', { EngineVersion: '1.6.22' }, 'pass'],
    [
      440,
      'waiting',
      { PendingModifiedValues: { EngineVersion: '1.6.22' }, PreferredMaintenanceWindow: 'sun:03:00-sun:04:00' },
      'skip: the upgrade to 1.6.22 is on its way (maintenance window sun:03:00-sun:04:00)',
    ],
    [440, 'going', { CacheClusterStatus: 'deleting' }, 'skip: it is being deleted'],
    [440, 'Redis', { Engine: 'redis' }, 'skip: it runs redis, not Memcached'],
  ])('%i: %s', async (control, _, more, expected) => {
    expect(await judge(control, 'shop', memcached(more))).toBe(expected);
  });

  it('147: the VPC of its subnet group', async () => {
    expect(await judge(147, 'shop', { ...memcached(), ...vpc(true) })).toBe(
      'fail: its subnet group caches is in the default VPC vpc-1',
    );
    expect(await judge(147, 'shop', { ...memcached(), ...vpc(false) })).toBe('pass');
  });

  it.each([147, 150, 440])('%i: gone, denied', async (control) => {
    const read = 'elasticache:DescribeCacheClusters';
    expect(await judge(control, 'shop', { ...memcached(), [read]: awsError('CacheClusterNotFoundFault') })).toBe(
      'skip: shop does not exist (any more)',
    );
    expect(await judge(control, 'shop', { ...memcached(), [read]: awsError('AccessDenied') })).toMatch(/^unknown: /);
  });

  it('lists Memcached alone', async () => {
    const { list } = controlOf(147).detector.resource;
    const CacheClusters = [{ CacheClusterId: 'm', Engine: 'memcached' }, node()];
    const session = sessionOn({ 'elasticache:DescribeCacheClusters': { CacheClusters } });
    expect(list && (await session.value(list, placeOf(147), []))).toEqual(['m']);
  });
});
