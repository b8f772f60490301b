import { describe, expect, it } from 'vitest';
import { type Answers, callsOf, judge, planFor } from '../controls.ts';
import { expectInOrder, runbookOf } from '../runbook.ts';

const GROUP = 'replicationgroup:shop';
const members = (...zones: string[]) => ({
  NodeGroups: [
    {
      ...{ NodeGroupId: '0001', PrimaryEndpoint: { Port: 6379 } },
      NodeGroupMembers: zones.map((PreferredAvailabilityZone) => ({ PreferredAvailabilityZone })),
    },
  ],
});
const node = (more: object = {}) => ({
  ...{ CacheClusterId: 'shop-001', Engine: 'redis', EngineVersion: '7.1.0', CacheClusterStatus: 'available' },
  ...{
    CacheNodeType: 'cache.r7g.large',
    CacheSubnetGroupName: 'caches',
    PreferredMaintenanceWindow: 'sun:03:00-sun:04:00',
  },
  CacheParameterGroup: { CacheParameterGroupName: 'shop-params' },
  SecurityGroups: [{ SecurityGroupId: 'sg-1' }],
  ...more,
});
const around: Answers = {
  'elasticache:ListTagsForResource': {
    TagList: [
      { Key: 'team', Value: 'shop' },
      { Key: 'aws:x', Value: 'y' },
    ],
  },
  'elasticache:DescribeCacheSubnetGroups': { CacheSubnetGroups: [{ CacheSubnetGroupName: 'caches', VpcId: 'vpc-1' }] },
  'ec2:DescribeVpcs': { Vpcs: [{ VpcId: 'vpc-1', IsDefault: true }] },
};
const group = (more: object = {}, member: object = {}): Answers => ({
  ...around,
  'elasticache:DescribeReplicationGroups': {
    ReplicationGroups: [
      {
        ...{
          ReplicationGroupId: 'shop',
          Status: 'available',
          Engine: 'redis',
          MemberClusters: ['shop-001', 'shop-002'],
        },
        ...{ CacheNodeType: 'cache.r7g.large', Description: 'the shop', SnapshotRetentionLimit: 5 },
        ...members('eu-west-1a', 'eu-west-1b'),
        ...more,
      },
    ],
  },
  'elasticache:DescribeCacheClusters': { CacheClusters: [node(member)] },
});
const alone = (more: object = {}): Answers => ({
  ...around,
  'elasticache:DescribeCacheClusters': { CacheClusters: [node({ CacheClusterId: 'shop', ...more })] },
});
const modify = (more: object) => [
  'elasticache:ModifyReplicationGroup',
  { ReplicationGroupId: 'shop', ApplyImmediately: true, ...more },
];

describe('in place', () => {
  it('151 switches both on, and back to what was', async () => {
    const plan = await planFor(151, GROUP, group({ AutomaticFailover: 'enabled', MultiAZ: 'disabled' }));
    expect(plan.mode).toBe('approve');
    expect(callsOf(plan)).toEqual({
      steps: [modify({ AutomaticFailoverEnabled: true, MultiAZEnabled: true })],
      undo: [modify({ AutomaticFailoverEnabled: true, MultiAZEnabled: false })],
    });
    expect(await judge(151, GROUP, group({ AutomaticFailover: 'enabled', MultiAZ: 'enabled' }))).toBe('pass');
  });

  it('153 lets clear text in until all have moved', async () => {
    const plan = await planFor(153, GROUP, group());
    expect(plan).toMatchObject({ mode: 'approve', undo: { class: 'best-effort' } });
    expect(callsOf(plan)).toEqual({
      steps: [modify({ TransitEncryptionEnabled: true, TransitEncryptionMode: 'preferred' })],
      undo: [modify({ TransitEncryptionEnabled: false })],
    });
    const after = { TransitEncryptionEnabled: true, TransitEncryptionMode: 'preferred' };
    expect(await judge(153, GROUP, group(after))).toBe('pass');
  });

  it.each<[number, string, string, Answers, string]>([
    [151, 'no replica', GROUP, group(members('eu-west-1a')), 'increase-replica-count --replication-group-id shop'],
    [151, 'one zone', GROUP, group(members('eu-west-1a', 'eu-west-1a')), 'all its nodes in eu-west-1a'],
    [151, 'no group', 'cluster:shop', alone(), '--primary-cluster-id shop'],
    [151, 'changing', GROUP, group({ Status: 'modifying' }), 'it is modifying: plan again once it is available'],
    [151, 'waiting', GROUP, group({}, { PendingModifiedValues: { EngineVersion: '7.1' } }), '(EngineVersion)'],
    [151, 'global', GROUP, group({ GlobalReplicationGroupInfo: { GlobalReplicationGroupId: 'g' } }), 'datastore g'],
    [151, 'old nodes', GROUP, group({ CacheNodeType: 'cache.t1.micro' }), 'cannot fail over'],
    [153, 'old engine', GROUP, group({}, { EngineVersion: '6.2.6' }), 'upgrade it first'],
    [153, 'no group', 'cluster:shop', alone(), 'only groups encrypt their traffic'],
    [153, 'changing', GROUP, group({ Status: 'snapshotting' }), 'it is snapshotting: plan again'],
    [153, 'global', GROUP, group({ GlobalReplicationGroupInfo: { GlobalReplicationGroupId: 'g' } }), 'datastore g'],
  ])('%i, %s: a person', async (control, _, id, answers, because) => {
    const plan = await planFor(control, id, answers);
    expect(plan).toMatchObject({ kind: 'guide', steps: [] });
    expect(plan.guide[0]?.text).toContain(because);
  });
});

describe('replaced', () => {
  it.each<[number, string[]]>([
    [148, ['--cache-subnet-group-name', '<new-subnet-group>']],
    [149, ['--port 6380', '--cache-subnet-group-name caches']],
    [154, ['--port 6379', '--cache-subnet-group-name caches']],
    [155, ['--port 6379', '--kms-key-id']],
  ])('%i: the new group is as the old one was, and comes before that goes', async (control, changed) => {
    const text = await runbookOf(control, GROUP, group());
    expectInOrder(text, 'Save what is there', 'create-snapshot', 'create-replication-group', 'To go back');
    expectInOrder(
      text,
      'create-replication-group',
      'delete-replication-group',
      '--final-snapshot-identifier shop-final',
    );
    for (const part of [...changed, 'shop-v2', '--engine-version 7.1', '--cache-parameter-group-name shop-params'])
      expect(text).toContain(part);
    expect(text).toContain('--at-rest-encryption-enabled');
    expect(text).toContain('cache.r7g.large');
    expect(text).toContain('--num-cache-clusters 2');
    expect(text).not.toContain('aws:x');
  });

  it('keeps shards, logs and users, and warns of what is in the way', async () => {
    const text = await runbookOf(
      154,
      GROUP,
      group({
        ...{ ClusterEnabled: true, Status: 'modifying', UserGroupIds: ['team'], AuthTokenEnabled: true },
        GlobalReplicationGroupInfo: { GlobalReplicationGroupId: 'world' },
        LogDeliveryConfigurations: [{ LogType: 'slow-log', DestinationType: 'cloudwatch-logs', LogFormat: 'json' }],
      }),
    );
    for (const part of [
      '--node-group-configuration',
      'slow-log',
      '--user-group-ids team',
      'datastore world',
      'It is modifying',
      '"$token" by hand',
    ])
      expect(text).toContain(part);
  });

  it.each<[string, object, string, string]>([
    [
      'a replica',
      {
        NodeGroups: [
          {
            NodeGroupMembers: [
              { CacheClusterId: 'shop-001', CurrentRole: 'primary' },
              { CacheClusterId: 'shop-002', CurrentRole: 'replica' },
            ],
          },
        ],
      },
      '--cache-cluster-id shop-002',
      '--replication-group-id shop --snapshot-name',
    ],
    [
      'a node of which the role is not told',
      {},
      '--cache-cluster-id shop-001',
      '--replication-group-id shop --snapshot',
    ],
    ['all shards', { ClusterEnabled: true }, '--replication-group-id shop', '--cache-cluster-id shop-00'],
  ])('154: a snapshot of %s', async (_, more, source, other) => {
    const lines = (await runbookOf(154, GROUP, group(more))).split('\n');
    const snapshot = lines.find((line) => line.includes('aws elasticache create-snapshot'));
    expect(snapshot).toContain(source);
    expect(snapshot).not.toContain(other);
  });

  it('155 takes another key than the one that is not yours', async () => {
    const old = 'arn:aws:kms:eu-west-1:123456789012:key/of-aws';
    const encrypted = group({ AtRestEncryptionEnabled: true, KmsKeyId: old });
    const before = { ...encrypted, 'kms:DescribeKey': { KeyMetadata: { KeyManager: 'AWS' } } };
    const text = await runbookOf(155, GROUP, before, { parameters: { elasticacheKmsKeyArn: 'arn:of:yours' } });
    expect(text).toContain('--kms-key-id arn:of:yours');
    expect(text).not.toContain(old);
    expect(await runbookOf(149, GROUP, before)).toContain(`--kms-key-id ${old}`);
  });

  it('154: a node without a group', async () => {
    const text = await runbookOf(154, 'cluster:shop', alone());
    expectInOrder(
      text,
      'create-snapshot',
      '--cache-cluster-id shop',
      'create-replication-group',
      'delete-cache-cluster',
    );
  });

  it.each([147, 150])('%i: Memcached has nothing to restore from', async (control) => {
    const text = await runbookOf(control, 'shop', alone({ Engine: 'memcached', NumCacheNodes: 2 }));
    expectInOrder(text, 'no way to save', 'create-cache-cluster', 'To go back', 'delete-cache-cluster');
    expect(text).not.toContain('snapshot');
    expect(text).toContain(control === 147 ? '<new-subnet-group>' : '--port 11212');
  });
});

describe.each([152, 407])('%i', (control) => {
  it('encrypts, offers the token, demands it; the token itself is nowhere', async () => {
    const text = await runbookOf(control, GROUP, group());
    expectInOrder(text, 'preferred', 'required', 'create-secret', '"$token" --auth-token-update-strategy ROTATE');
    expectInOrder(text, 'ROTATE', '"$token" --auth-token-update-strategy SET');
    expect(text).not.toContain('delete-replication-group');
  });

  it('does only what is left', async () => {
    const text = await runbookOf(control, GROUP, group({ TransitEncryptionEnabled: true }));
    expect(text).not.toContain('preferred');
    expectInOrder(text, 'ROTATE', 'SET');
  });

  it('replaces what is too old', async () => {
    const text = await runbookOf(control, GROUP, group({}, { EngineVersion: '5.0.6' }));
    expectInOrder(text, 'create-replication-group', '--transit-encryption-enabled', 'delete-replication-group');
    expectInOrder(text, '--replication-group-id shop-v2 --auth-token "$token"', 'SET');
  });
});

describe('440', () => {
  const versions = (member: object = {}): Answers => ({
    ...alone({
      ...{ Engine: 'memcached', EngineVersion: '1.5.16' },
      CacheParameterGroup: { CacheParameterGroupName: 'default.memcached1.5' },
      ...member,
    }),
    'elasticache:DescribeCacheEngineVersions': {
      CacheEngineVersions: [
        { EngineVersion: '1.5.16', CacheParameterGroupFamily: 'memcached1.5' },
        { EngineVersion: '1.6.6', CacheParameterGroupFamily: 'memcached1.6' },
        { EngineVersion: '1.6.22', CacheParameterGroupFamily: 'memcached1.6' },
      ],
    },
  });
  const upgrade = (EngineVersion: string, more: object = {}) => [
    'elasticache:ModifyCacheCluster',
    { CacheClusterId: 'shop', EngineVersion, ApplyImmediately: false, ...more },
  ];

  it('waits for the maintenance window, with parameters of the new family', async () => {
    const plan = await planFor(440, 'shop', versions());
    expect(plan).toMatchObject({ mode: 'approve', undo: { class: 'best-effort' } });
    expect(callsOf(plan)).toEqual({
      steps: [upgrade('1.6.22', { CacheParameterGroupName: 'default.memcached1.6' })],
      undo: [upgrade('1.5.16', { CacheParameterGroupName: 'default.memcached1.5' })],
    });
    expect(await judge(440, 'shop', versions({ EngineVersion: '1.6.22' }))).toBe('pass');
  });

  it('keeps the parameters within a family, and happens now where that is chosen', async () => {
    const own = { EngineVersion: '1.6.6', CacheParameterGroup: { CacheParameterGroupName: 'own' } };
    const now = { parameters: { memcachedUpgradeWhen: 'now' } };
    const plan = await planFor(440, 'shop', versions(own), now);
    expect(callsOf(plan).steps).toEqual([upgrade('1.6.22', { ApplyImmediately: true })]);
  });

  it.each<[string, object, string, string]>([
    ['own parameters', { CacheParameterGroup: { CacheParameterGroupName: 'own' } }, 'window', 'needs memcached1.6'],
    ['changing', { CacheClusterStatus: 'modifying' }, 'window', 'it is modifying'],
    ['waiting', { PendingModifiedValues: { NumCacheNodes: 3 } }, 'window', '(NumCacheNodes)'],
    ['unheard of', {}, 'tomorrow', 'set it to "window" or "now"'],
  ])('%s: a person', async (_, member, when, because) => {
    const plan = await planFor(440, 'shop', versions(member), { parameters: { memcachedUpgradeWhen: when } });
    expect(plan).toMatchObject({ kind: 'guide', steps: [] });
    expect(plan.guide[0]?.text).toContain(because);
  });
});
