import type { CacheCluster, NodeGroup, ReplicationGroup } from '@aws-sdk/client-elasticache';
import { type Cache, engineOf, portOf, statusOf } from '../../detectors/elasticache/redis.ts';
import type { Network } from '../../detectors/elasticache/shared.ts';
import { pendingIn } from '../../detectors/pending.ts';
import { concrete, type GuideLine } from '../../src/control.ts';
import { nextName, ownTagsOf } from '../twin.ts';

type Tags = Readonly<Record<string, string>>;

/** A cache that a new group takes the place of, and what is to be different. */
export interface Original {
  readonly name: string;
  readonly region: string;
  readonly arn: string;
  readonly cache: Cache;
  readonly network: Network;
  readonly tagged: Tags;
  /** The key for the new group. */
  readonly key: string;
  readonly changes: {
    readonly port?: number;
    readonly leavesVpc?: true;
    readonly encryptsTraffic?: true;
    /** Another key than the old one's, which is not the customer's or is gone. */
    readonly otherKey?: true;
  };
}

export const NEW_SUBNETS = '<new-subnet-group>';
export const NEW_SECURITY_GROUP = '<security-group-of-the-new-vpc>';

/** From major version 6 on, versions are chosen by two numbers although AWS shows three. */
function versionFor(version: string | undefined): string | undefined {
  const [major = '', minor] = version?.split('.') ?? [];
  return Number(major) >= 6 && minor !== undefined ? `${major}.${minor}` : version;
}

const shard = ({ NodeGroupId, Slots, NodeGroupMembers = [] }: NodeGroup) => ({
  ...(NodeGroupId ? { NodeGroupId } : {}),
  ...(Slots ? { Slots } : {}),
  ReplicaCount: Math.max(NodeGroupMembers.length - 1, 0),
});

/** Shards, replicas and failover of a group. */
function shapeOf(group: ReplicationGroup | undefined) {
  const failover = group?.AutomaticFailover === 'enabled' || group?.AutomaticFailover === 'enabling';
  const shape = { AutomaticFailoverEnabled: failover, MultiAZEnabled: group?.MultiAZ === 'enabled' };
  if (!group?.ClusterEnabled) return { ...shape, NumCacheClusters: Math.max(group?.MemberClusters?.length ?? 1, 1) };
  const shards = (group.NodeGroups ?? []).map(shard);
  return { ...shape, NumNodeGroups: shards.length, NodeGroupConfiguration: shards };
}

/** What is the same for every node, whatever the engine. */
export function nodeSettings(node: CacheCluster | undefined) {
  const { CacheParameterGroup, NotificationConfiguration, SecurityGroups = [] } = node ?? {};
  const parameters = CacheParameterGroup?.CacheParameterGroupName;
  const groups = SecurityGroups.flatMap(({ SecurityGroupId }) => SecurityGroupId ?? []);
  return {
    ...(parameters ? { CacheParameterGroupName: parameters } : {}),
    ...(node?.CacheSubnetGroupName ? { CacheSubnetGroupName: node.CacheSubnetGroupName } : {}),
    ...(groups.length > 0 ? { SecurityGroupIds: groups } : {}),
    ...(node?.PreferredMaintenanceWindow ? { PreferredMaintenanceWindow: node.PreferredMaintenanceWindow } : {}),
    ...(NotificationConfiguration?.TopicArn ? { NotificationTopicArn: NotificationConfiguration.TopicArn } : {}),
    ...(node?.AutoMinorVersionUpgrade === undefined ? {} : { AutoMinorVersionUpgrade: node.AutoMinorVersionUpgrade }),
    ...(node?.NetworkType ? { NetworkType: node.NetworkType } : {}),
    ...(node?.IpDiscovery ? { IpDiscovery: node.IpDiscovery } : {}),
  };
}

/** The call that makes the new group: all that the old one has, but for what is to be different. */
export function groupLike({ name, cache, tagged, key, changes }: Original, snapshot: string) {
  const { group, node } = cache;
  const both = group ?? node;
  const logs = (both?.LogDeliveryConfigurations ?? []).map(
    ({ LogType, DestinationType, DestinationDetails, LogFormat }) => ({
      ...{ LogType, DestinationType, DestinationDetails, LogFormat, Enabled: true },
    }),
  );
  const tags = ownTagsOf(tagged);
  const hasTls = both?.TransitEncryptionEnabled === true;
  const tls = hasTls
    ? {
        TransitEncryptionEnabled: true,
        ...(both?.TransitEncryptionMode ? { TransitEncryptionMode: both.TransitEncryptionMode } : {}),
      }
    : { TransitEncryptionEnabled: changes.encryptsTraffic === true };
  const version = versionFor(node?.EngineVersion);
  return concrete('elasticache', 'CreateReplicationGroup', {
    ReplicationGroupId: nextName(name, 40),
    ReplicationGroupDescription: group?.Description || `In place of ${name}`,
    SnapshotName: snapshot,
    Engine: engineOf(cache),
    ...(version ? { EngineVersion: version } : {}),
    CacheNodeType: group?.CacheNodeType ?? node?.CacheNodeType,
    ...shapeOf(group),
    Port: changes.port ?? portOf(cache),
    ...nodeSettings(node),
    ...(changes.leavesVpc ? { CacheSubnetGroupName: NEW_SUBNETS, SecurityGroupIds: [NEW_SECURITY_GROUP] } : {}),
    AtRestEncryptionEnabled: true,
    KmsKeyId: keyOf({ cache, key, changes }),
    ...tls,
    ...(group?.UserGroupIds?.length ? { UserGroupIds: group.UserGroupIds } : {}),
    SnapshotRetentionLimit: both?.SnapshotRetentionLimit ?? 0,
    ...(both?.SnapshotWindow ? { SnapshotWindow: both.SnapshotWindow } : {}),
    ...(group?.DataTiering === 'enabled' ? { DataTieringEnabled: true } : {}),
    ...(logs.length > 0 ? { LogDeliveryConfigurations: logs } : {}),
    ...(tags.length > 0 ? { Tags: tags } : {}),
  });
}

/** The key of the new group: that of the old one, unless that is what this is about. */
const keyOf = ({ cache, key, changes }: Pick<Original, 'cache' | 'key' | 'changes'>): string =>
  changes.otherKey ? key : (cache.group?.KmsKeyId ?? key);

/**
 * What a snapshot is taken of: all shards of a group in cluster mode, else one
 * node, best a replica ("Taking manual backups" in the ElastiCache guide).
 */
function snapshotSource(name: string, { group }: Cache) {
  if (group?.ClusterEnabled) return { ReplicationGroupId: name };
  const members = (group?.NodeGroups ?? []).flatMap(({ NodeGroupMembers = [] }) => NodeGroupMembers);
  const replica = members.find(({ CurrentRole }) => CurrentRole === 'replica');
  return { CacheClusterId: replica?.CacheClusterId ?? group?.MemberClusters?.[0] ?? name };
}

/** What a person has to know before anything else. */
export function warnings({ group, node }: Cache, tagged: Tags): GuideLine[] {
  const status = statusOf({ group, node });
  const pending = [...pendingIn(group?.PendingModifiedValues), ...pendingIn(node?.PendingModifiedValues)];
  const store = group?.GlobalReplicationGroupInfo?.GlobalReplicationGroupId;
  const stack = tagged['aws:cloudformation:stack-name'];
  const said = [
    status === 'available' ? '' : `It is ${status ?? 'in an unknown state'}: start when it is available, not before.`,
    pending.length === 0
      ? ''
      : `Changes are waiting for it (${[...new Set(pending)].join(', ')}): let them happen first.`,
    store
      ? `It belongs to the global datastore ${store}, which has to be built anew as a whole: take the secondary regions out of it first (aws elasticache disassociate-global-replication-group), and make the datastore again from the new group.`
      : '',
    stack
      ? `It belongs to the CloudFormation stack ${stack}: make the new one in its template under another logical name, so that both stand side by side, and take the old one out last.`
      : '',
  ];
  return said.flatMap((text) => (text === '' ? [] : [{ text }]));
}

/**
 * The runbook for what is fixed at creation: a new group from a snapshot, made
 * and checked before the old one goes.
 */
export function replacement(original: Original): GuideLine[] {
  const { name, region, arn, cache, network, tagged, changes } = original;
  const { group, node } = cache;
  const successor = nextName(name, 40);
  const snapshot = `${name}-before-${successor}`;
  const source = snapshotSource(name, cache);
  const describe = group
    ? `aws elasticache describe-replication-groups --replication-group-id ${name}`
    : `aws elasticache describe-cache-clusters --cache-cluster-id ${name} --show-cache-node-info`;
  const port = changes.port ?? portOf(cache);
  const token = (group ?? node)?.AuthTokenEnabled === true;
  const isEncrypted = group?.AtRestEncryptionEnabled === true;
  return [
    { text: whatItIs(original) },
    ...warnings(cache, tagged),
    {
      text: `Save what is there: ${describe}; aws elasticache list-tags-for-resource --resource-name ${arn}; and the CloudWatch alarms, which name the nodes (${(group?.MemberClusters ?? [name]).join(', ')}) and do not follow by themselves. The snapshot holds data only: settings, token, users, alarms and tags are not in it.`,
    },
    {
      text: `Rehearse before the window: the same calls with the names ${successor}-try, then point a test client at it and delete it. Note how long the snapshot and the restore take, and that the account may have as many nodes at once. While a snapshot is made the nodes need free memory (aws elasticache describe-cache-parameters: reserved-memory-percent, 25 or more).`,
    },
    {
      text: `Check the key ${keyOf(original)}: symmetric, enabled, in ${region}. Disabled or deleted later, it takes the data with it. ${isEncrypted ? '' : 'The new group is encrypted at rest in any case, which closes 154, and with a key of yours 155: it cannot be added later. Without --kms-key-id ElastiCache uses a key of its own, which closes 154 alone.'}`.trimEnd(),
    },
    ...(changes.leavesVpc ? newNetwork(network) : []),
    {
      text: `In the window: stop whatever writes to ${name}, or accept that writes after the snapshot are lost. Then snapshot it, and wait until the snapshot is available: aws elasticache describe-snapshots --snapshot-name ${snapshot}`,
      call: concrete('elasticache', 'CreateSnapshot', { ...source, SnapshotName: snapshot }),
    },
    {
      text: `Make the new group from it, as the old one is but for what this is about. The old one stays.${changes.encryptsTraffic ? ' Its traffic is encrypted from the start: clients that do not speak TLS are refused.' : ''}${token ? ' The old one has an AUTH token: read it from your secret store and add --auth-token "$token" by hand; never write it into a file or a ticket.' : ''}`,
      call: groupLike(original, snapshot),
    },
    {
      text: `Wait until it is available: aws elasticache wait replication-group-available --replication-group-id ${successor}. Compare the number of keys (INFO keyspace) on both, and this with what you saved: aws elasticache describe-replication-groups --replication-group-id ${successor}`,
    },
    {
      text: `Security groups must let the clients reach port ${port ?? '<port>'}. Switch the clients to the new endpoint${port === undefined ? '' : ` and port ${port}`}: configuration, secrets, DNS names of your own, and restart those that keep connections. Start the writers. Make the alarms again for the new nodes.`,
    },
    {
      text: `To go back, point the clients at ${name} again: it is there until the last step. Writes made in between stay on ${successor}.`,
    },
    {
      text: `When CurrConnections of ${name} has stayed at zero for some days (a node counts a few of its own), delete it. The final snapshot is kept, and billed, until you delete it.`,
      call: group
        ? concrete('elasticache', 'DeleteReplicationGroup', {
            ...{ ReplicationGroupId: name },
            FinalSnapshotIdentifier: `${name}-final`,
          })
        : concrete('elasticache', 'DeleteCacheCluster', {
            ...{ CacheClusterId: name },
            FinalSnapshotIdentifier: `${name}-final`,
          }),
    },
    {
      text: 'Put the same into what makes caches (CloudFormation, Terraform), or the next one is as this one was.',
    },
  ];
}

function whatItIs({ name, cache, network, changes }: Original): string {
  const { group, node } = cache;
  const shards = group?.NodeGroups?.length ?? 1;
  const members = group?.MemberClusters?.length ?? 1;
  const parts = [
    `${engineOf(cache)} ${node?.EngineVersion ?? ''}`.trimEnd(),
    `${members} ${members === 1 ? 'node' : 'nodes'} of ${group?.CacheNodeType ?? node?.CacheNodeType ?? 'unknown type'}${group?.ClusterEnabled ? ` in ${shards} ${shards === 1 ? 'shard' : 'shards'}` : ''}`,
    `parameters ${node?.CacheParameterGroup?.CacheParameterGroupName ?? 'unknown'}`,
    `subnet group ${network.subnetGroup ?? 'unknown'}${network.vpc ? ` in ${network.vpc}` : ''}`,
    `port ${portOf(cache) ?? 'unknown'}`,
  ];
  const also = [
    network.isDefault && !changes.leavesVpc ? 'it is in the default VPC (148)' : '',
    portOf(cache) === 6379 && changes.port === undefined ? 'it listens on 6379 (149)' : '',
  ].filter((one) => one !== '');
  return `${name} is ${parts.join(', ')}. What this is about is fixed when a cache is made, so a new replication group takes its place.${also.length > 0 ? ` Besides, ${also.join(' and ')}: change --cache-subnet-group-name and --port in the same go, and one replacement closes all.` : ''}`;
}

/** Subnets in another VPC, and a way for the clients to get there. */
export function newNetwork({ subnetGroup, vpc }: Network): GuideLine[] {
  return [
    {
      text: `Choose private subnets in at least two zones of a VPC that the clients are in, or can reach by peering or a transit gateway: they are in ${vpc ?? 'the default VPC'} now. Make a security group there (${NEW_SECURITY_GROUP}) that lets in the clients' groups alone. The one they use now cannot be taken along.`,
    },
    {
      text: `Make the subnet group that takes the place of ${subnetGroup ?? 'the old one'}.`,
      call: concrete('elasticache', 'CreateCacheSubnetGroup', {
        CacheSubnetGroupName: NEW_SUBNETS,
        CacheSubnetGroupDescription: 'Caches, outside the default VPC',
        SubnetIds: ['<private-subnet-1>', '<private-subnet-2>'],
      }),
    },
  ];
}
