import {
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
} from '@aws-sdk/client-ec2';
import {
  CreateCacheClusterCommand,
  type CreateCacheClusterCommandInput,
  CreateCacheSubnetGroupCommand,
  CreateReplicationGroupCommand,
  type CreateReplicationGroupCommandInput,
  DescribeCacheClustersCommand,
  DescribeCacheEngineVersionsCommand,
  DescribeReplicationGroupsCommand,
  ModifyReplicationGroupCommand,
  type ModifyReplicationGroupCommandInput,
  type ReplicationGroup,
} from '@aws-sdk/client-elasticache';
import type { Aws } from '../clients.ts';
import { event, terraform } from '../event.ts';
import { scenario } from '../scenario.ts';

async function makeSubnetGroup({ ec2, elasticache }: Aws, name: string, VpcId: string | undefined): Promise<void> {
  const { Subnets = [] } = await ec2.send(
    new DescribeSubnetsCommand({ Filters: [{ Name: 'vpc-id', Values: [VpcId ?? ''] }] }),
  );
  await elasticache.send(
    new CreateCacheSubnetGroupCommand({
      CacheSubnetGroupName: name,
      CacheSubnetGroupDescription: name,
      SubnetIds: Subnets.flatMap(({ SubnetId }) => SubnetId ?? []),
    }),
  );
}

/** Two subnet groups, "default" outside the default VPC and "caches" in it, so that names mislead. */
async function makeNetworks(aws: Aws): Promise<void> {
  const { Vpcs = [] } = await aws.ec2.send(new DescribeVpcsCommand({}));
  await makeSubnetGroup(aws, 'caches', Vpcs.find(({ IsDefault }) => IsDefault)?.VpcId);
  const { Vpc } = await aws.ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  await aws.ec2.send(new CreateSubnetCommand({ VpcId: Vpc?.VpcId, CidrBlock: '10.0.0.0/24' }));
  await makeSubnetGroup(aws, 'default', Vpc?.VpcId);
}

async function makeCluster(aws: Aws, Engine: 'memcached' | 'redis', more: Partial<CreateCacheClusterCommandInput>) {
  const settings = { CacheClusterId: 'shop', Engine, CacheNodeType: 'cache.t4g.micro', NumCacheNodes: 1, ...more };
  await aws.elasticache.send(new CreateCacheClusterCommand(settings));
  return { id: 'shop', event: event('elasticache:CreateCacheCluster', { cacheClusterId: 'Shop' }, { by: terraform }) };
}

async function makeGroup({ elasticache }: Aws, more: Partial<CreateReplicationGroupCommandInput>) {
  const settings = {
    ...{ ReplicationGroupId: 'shop', ReplicationGroupDescription: 'the shop', Engine: 'redis', EngineVersion: '7.1' },
    ...{ CacheNodeType: 'cache.t4g.small', ReplicasPerNodeGroup: 1, SnapshotRetentionLimit: 5, ...more },
  };
  await elasticache.send(new CreateReplicationGroupCommand(settings));
  return {
    id: 'replicationgroup:shop',
    event: event('elasticache:CreateReplicationGroup', { replicationGroupId: 'Shop' }, { by: terraform }),
  };
}

async function caches({ elasticache }: Aws) {
  const { CacheClusters } = await elasticache.send(new DescribeCacheClustersCommand({}));
  const { ReplicationGroups = [] } = await elasticache.send(new DescribeReplicationGroupsCommand({}));
  return {
    clusters: CacheClusters ?? [],
    groups: ReplicationGroups.map(({ ReplicationGroupCreateTime: _, ...rest }) => rest),
  };
}

const onGroup = (control: number, more: Partial<CreateReplicationGroupCommandInput>) =>
  scenario({
    control,
    kind: 'guide',
    arrange: async (aws) => makeGroup(aws, more),
    state: caches,
    expected: (before) => before,
  });

const inDefaultVpc = (control: number, engine: 'memcached' | 'redis') =>
  scenario({
    control,
    kind: 'guide',
    arrange: async (aws) => {
      await makeNetworks(aws);
      await makeCluster(aws, engine, { CacheClusterId: 'other', CacheSubnetGroupName: 'default' });
      return makeCluster(aws, engine, { CacheSubnetGroupName: 'caches' });
    },
    state: caches,
    expected: (before) => before,
  });

/** A change of a group in place. */
const inPlace = (
  control: number,
  change: Partial<ModifyReplicationGroupCommandInput>,
  after: Partial<ReplicationGroup>,
) =>
  scenario({
    control,
    lacks: {
      operation: 'elasticache:ModifyReplicationGroup',
      ask: async (aws) => {
        await makeGroup(aws, {});
        const input = { ReplicationGroupId: 'shop', ApplyImmediately: true, ...change };
        return aws.elasticache.send(new ModifyReplicationGroupCommand(input));
      },
    },
    arrange: async (aws) => makeGroup(aws, {}),
    state: caches,
    expected: (before) => ({ ...before, groups: before.groups.map((one) => ({ ...one, ...after })) }),
  });

/** Fails unless a Memcached cluster says where it listens. */
async function hasEndpoint(aws: Aws): Promise<void> {
  await makeCluster(aws, 'memcached', {});
  const { CacheClusters } = await aws.elasticache.send(
    new DescribeCacheClustersCommand({ CacheClusterId: 'shop', ShowCacheNodeInfo: true }),
  );
  if (CacheClusters?.[0]?.ConfigurationEndpoint === undefined && !CacheClusters?.[0]?.CacheNodes?.length)
    throw Object.assign(new Error('no endpoint is named'), { name: 'NoEndpoint' });
}

export const elasticache = [
  inDefaultVpc(147, 'memcached'),
  inDefaultVpc(148, 'redis'),
  onGroup(149, {}),
  scenario({
    control: 150,
    kind: 'guide',
    lacks: { operation: 'elasticache:DescribeCacheClusters with endpoints', ask: hasEndpoint, refusal: 'NoEndpoint' },
    arrange: async (aws) => makeCluster(aws, 'memcached', {}),
    state: caches,
    expected: (before) => before,
  }),
  inPlace(
    151,
    { AutomaticFailoverEnabled: true, MultiAZEnabled: true },
    { AutomaticFailover: 'enabled', MultiAZ: 'enabled' },
  ),
  onGroup(152, { TransitEncryptionEnabled: true }),
  inPlace(
    153,
    { TransitEncryptionEnabled: true, TransitEncryptionMode: 'preferred' },
    { TransitEncryptionEnabled: true, TransitEncryptionMode: 'preferred' },
  ),
  onGroup(154, {}),
  onGroup(155, { AtRestEncryptionEnabled: true }),
  onGroup(407, { TransitEncryptionEnabled: true, TransitEncryptionMode: 'preferred' }),
  scenario({
    control: 440,
    lacks: {
      operation: 'elasticache:DescribeCacheEngineVersions',
      ask: ({ elasticache }) => elasticache.send(new DescribeCacheEngineVersionsCommand({ Engine: 'memcached' })),
    },
    arrange: async (aws) => makeCluster(aws, 'memcached', { EngineVersion: '1.6.6' }),
    state: caches,
    expected: (before) => before,
  }),
];
