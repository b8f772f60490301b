import type { CacheCluster, ReplicationGroup } from '@aws-sdk/client-elasticache';
import {
  derive,
  detectors,
  fail,
  idsAs,
  missing,
  only,
  pass,
  readEach,
  readPages,
  resource,
  skip,
  type Verdict,
} from '../../src/control.ts';
import { encryptionKey, isCustomerManaged } from '../customer-key.ts';
import { inOrder } from '../in-order.ts';
import { isGone, networkOf, nextPage, outsideDefaultVpc, tags } from './shared.ts';

/**
 * Redis and Valkey, as one kind of resource: replication groups, and nodes that
 * belong to none. The id is the end of the ARN (`replicationgroup:shop`,
 * `cluster:shop`), since a group and a node may share a name.
 */
const GROUP = 'replicationgroup:';
const NODE = 'cluster:';
export const nameOf = (id: string): string => id.slice(id.indexOf(':') + 1);
const isGroup = (id: string): boolean => id.startsWith(GROUP);

const groups = readEach(
  'elasticache',
  'DescribeReplicationGroups',
  ({ id }) => (isGroup(id) ? [{ ReplicationGroupId: nameOf(id) }] : []),
  (out) => only(out.ReplicationGroups),
);
const groupOfIt = derive({ groups }, ({ groups: [group] }) => group);

// All nodes of a group have the same network, engine and parameters: one of them is enough.
const nodes = readEach(
  'elasticache',
  'DescribeCacheClusters',
  ({ id, group }) => {
    const one = isGroup(id) ? inOrder(group?.MemberClusters ?? [])[0] : nameOf(id);
    return one === undefined ? [] : [{ CacheClusterId: one, ShowCacheNodeInfo: true }];
  },
  (out, { id }) => out.CacheClusters?.[0] ?? (isGroup(id) ? undefined : missing),
  { needs: { group: groupOfIt }, absent: ['CacheClusterNotFound', 'CacheClusterNotFoundFault'] },
);
const node = derive({ nodes }, ({ nodes: [one] }) => one);

/** A replication group with one of its nodes, or a node alone. */
export interface Cache {
  readonly group: ReplicationGroup | undefined;
  readonly node: CacheCluster | undefined;
}

export const cache = derive({ group: groupOfIt, node }, ({ group, node }): Cache => ({ group, node }));
export const network = networkOf(node);
const key = encryptionKey(derive({ cache }, ({ cache }) => cache.group?.KmsKeyId));

export const statusOf = ({ group, node }: Cache) => group?.Status ?? node?.CacheClusterStatus;
export const engineOf = ({ group, node }: Cache) => group?.Engine ?? node?.Engine ?? 'redis';

/** The port that clients connect to; with cluster mode there is one endpoint for all shards. */
export function portOf({ group, node }: Cache): number | undefined {
  const shards = group?.NodeGroups ?? [];
  return (
    group?.ConfigurationEndpoint?.Port ??
    shards.flatMap(({ PrimaryEndpoint }) => PrimaryEndpoint?.Port ?? [])[0] ??
    node?.CacheNodes?.flatMap(({ Endpoint }) => Endpoint?.Port ?? [])[0]
  );
}

function notJudged(cache: Cache): Verdict | undefined {
  const { group, node } = cache;
  if (engineOf(cache) === 'memcached') return skip('it runs Memcached');
  if (group === undefined && node?.ReplicationGroupId)
    return skip(`it is a node of the replication group ${node.ReplicationGroupId}, which is judged as a whole`);
  return isGone(statusOf(cache)) ? skip('it is being deleted') : undefined;
}

const whileCreating = (cache: Cache): Verdict | undefined =>
  statusOf(cache) === 'creating'
    ? skip('it is being created, and AWS does not show this yet: the next sweep judges it')
    : undefined;

/** Users with rights of their own take the place of the one token. */
function byUsers({ group }: Cache): Verdict | undefined {
  const users = group?.UserGroupIds ?? [];
  if (users.length === 0) return undefined;
  return skip(`the user group ${users.join(', ')} says who may log in; see that its default user needs a password`);
}

const encryptsTraffic = ({ group, node }: Cache): boolean =>
  (group ?? node)?.TransitEncryptionEnabled === true &&
  group?.PendingModifiedValues?.TransitEncryptionEnabled !== false;

const groupId = idsAs((id) => GROUP + id.toLowerCase(), 'requestParameters.replicationGroupId');
const clusterId = idsAs((id) => NODE + id.toLowerCase(), 'requestParameters.cacheClusterId');
const created = {
  'elasticache:CreateReplicationGroup': groupId,
  'elasticache:DeleteReplicationGroup': groupId,
  'elasticache:CreateCacheCluster': clusterId,
  'elasticache:DeleteCacheCluster': clusterId,
} as const;
const modified = { ...created, 'elasticache:ModifyReplicationGroup': groupId } as const;

const everyGroup = readPages(
  'elasticache',
  'DescribeReplicationGroups',
  () => ({}),
  (out) => (out.ReplicationGroups ?? []).flatMap(({ ReplicationGroupId: id }) => (id ? [GROUP + id] : [])),
  nextPage,
);
const everyNodeAlone = readPages(
  'elasticache',
  'DescribeCacheClusters',
  () => ({ ShowCacheClustersNotInReplicationGroups: true }),
  (out) =>
    (out.CacheClusters ?? []).flatMap(({ CacheClusterId: id, Engine, ReplicationGroupId }) =>
      id && Engine !== 'memcached' && !ReplicationGroupId ? [NODE + id] : [],
    ),
  nextPage,
);

export const alone = 'it is a node without a replication group, which';

export const redisCaches = detectors(
  resource('AWS::ElastiCache::ReplicationGroup', {
    service: 'elasticache',
    arn: ({ partition, region, account, id }) => `arn:${partition}:elasticache:${region}:${account}:${id}`,
    list: derive({ everyGroup, everyNodeAlone }, ({ everyGroup, everyNodeAlone }) => [
      ...everyGroup,
      ...everyNodeAlone,
    ]),
    gone: ['ReplicationGroupNotFoundFault', 'CacheClusterNotFound', 'CacheClusterNotFoundFault'],
    tags,
  }),
  {
    148: {
      title: 'Redis cache is outside the default VPC',
      criticality: 'LOW',
      on: created,
      reads: { cache, network },
      check: ({ cache, network }) => notJudged(cache) ?? outsideDefaultVpc(network),
      note: 'Valkey counts as Redis. A replication group is judged once, by one of its nodes, and nodes without a group are judged too.',
    },
    149: {
      title: 'Redis cache does not listen on port 6379',
      criticality: 'LOW',
      on: created,
      reads: { cache },
      check: ({ cache }) => {
        const port = portOf(cache);
        const verdict = notJudged(cache) ?? whileCreating(cache);
        if (verdict !== undefined) return verdict;
        if (port === undefined) return skip('it has no endpoint yet');
        return port === 6379 ? fail('it listens on 6379, the port that everyone tries first') : pass;
      },
    },
    151: {
      title: 'Redis replication group fails over to another Availability Zone by itself',
      criticality: 'LOW',
      on: {
        ...modified,
        'elasticache:IncreaseReplicaCount': groupId,
        'elasticache:DecreaseReplicaCount': groupId,
      },
      reads: { cache },
      check: ({ cache }) => {
        const verdict = notJudged(cache) ?? whileCreating(cache);
        if (verdict !== undefined) return verdict;
        if (cache.group === undefined) return fail(`${alone} has nothing to fail over to`);
        const { AutomaticFailover = 'disabled', MultiAZ = 'disabled' } = cache.group;
        if (AutomaticFailover !== 'enabled' && AutomaticFailover !== 'enabling')
          return fail(`automatic failover is ${AutomaticFailover}`);
        if (MultiAZ !== 'enabled') return fail('Multi-AZ is disabled');
        return AutomaticFailover === 'enabled' ? pass : skip('automatic failover is just being switched on');
      },
      note: 'A group that is just switching failover on does not fail, since nothing announces the end of that. A fix of Redress waits until it is on.',
    },
    152: {
      title: 'Redis cache asks for an AUTH token',
      criticality: 'MEDIUM',
      on: modified,
      reads: { cache },
      check: ({ cache }) => {
        const verdict = notJudged(cache) ?? byUsers(cache);
        if (verdict !== undefined) return verdict;
        return (cache.group ?? cache.node)?.AuthTokenEnabled === true ? pass : fail('whoever reaches it may use it');
      },
      note: 'The document says that a token can only be set at creation. Since engine 5.0.5 it can be set on a running group that encrypts traffic.',
    },
    153: {
      title: 'Redis cache encrypts its traffic',
      criticality: 'HIGH',
      on: modified,
      reads: { cache },
      check: ({ cache }) => {
        const verdict = notJudged(cache);
        if (verdict !== undefined) return verdict;
        if (encryptsTraffic(cache)) return pass;
        return fail(cache.group === undefined ? `${alone} cannot encrypt its traffic` : 'its traffic is not encrypted');
      },
      note: 'The document says that this can only be chosen at creation. From Redis OSS 7 and Valkey 7.2 on it can be switched on in place. The mode "preferred" passes here although it still takes clear text: it is the way there; 407 fails until the mode is "required".',
    },
    154: {
      title: 'Redis cache is encrypted at rest',
      criticality: 'HIGH',
      on: created,
      reads: { cache },
      check: ({ cache }) => {
        const verdict = notJudged(cache);
        if (verdict !== undefined) return verdict;
        if (cache.group === undefined) return fail(`${alone} cannot be encrypted at rest`);
        return cache.group.AtRestEncryptionEnabled === true ? pass : fail('it is not encrypted at rest');
      },
    },
    155: {
      title: 'Redis cache is encrypted at rest with a customer managed key',
      criticality: 'HIGH',
      on: created,
      reads: { cache, key },
      check: ({ cache, key }) => {
        const verdict = notJudged(cache);
        if (verdict !== undefined) return verdict;
        if (cache.group?.AtRestEncryptionEnabled !== true) return fail('it is not encrypted at rest at all');
        return isCustomerManaged(key, 'it is encrypted with a key that ElastiCache keeps');
      },
      note: 'The evaluation repeats that of 154; the title and the remediation ask for a customer managed key, which is taken.',
    },
    407: {
      title: 'Redis replication group takes nothing but encrypted connections, and asks for an AUTH token',
      criticality: 'MEDIUM',
      on: modified,
      reads: { cache },
      check: ({ cache }) => {
        const verdict = notJudged(cache) ?? byUsers(cache);
        if (verdict !== undefined) return verdict;
        const { group } = cache;
        if (group === undefined) return skip(`${alone} is the matter of 152 and 153`);
        if (!encryptsTraffic(cache)) return fail('its traffic is not encrypted');
        if (group.TransitEncryptionMode === 'preferred') return fail('it still takes connections in clear text');
        return group.AuthTokenEnabled === true ? pass : fail('it asks for no AUTH token');
      },
      note: 'The title asks for encryption and a token, the evaluation for the token alone: both are judged, and the mode "preferred" does not count as encrypted.',
    },
  },
);
