import { alone, type Cache, cache, nameOf, network, redisCaches, statusOf } from '../../detectors/elasticache/redis.ts';
import { type Network, tags } from '../../detectors/elasticache/shared.ts';
import { pendingIn } from '../../detectors/pending.ts';
import { type At, byHand, call, derive, guide, optional, remediations, steps, until } from '../../src/control.ts';
import { protectAccess, whyNoTls } from './access.ts';
import { type Original, replacement } from './replacement.ts';

const reads = { cache, network, tags };
const parameters = {
  elasticacheKmsKeyArn: optional('Symmetric KMS key of yours for new replication groups.', '<kms-key-arn>'),
};

interface Context extends At {
  readonly cache: Cache;
  readonly network: Network;
  readonly tags: Readonly<Record<string, string>>;
  readonly parameters: { readonly elasticacheKmsKeyArn: string };
}

const original = (
  { id, region, arn, cache, network, tags, parameters }: Context,
  changes: Original['changes'],
): Original => ({
  ...{ name: nameOf(id), region, arn, cache, network, changes },
  tagged: tags,
  key: parameters.elasticacheKmsKeyArn,
});

/** A runbook for what is fixed at creation. */
const replaced = (changes: Original['changes'], note?: string) =>
  guide(
    {
      impact:
        'endpoints are new, writes between snapshot and switch are lost unless writers stop, and both caches are paid for a while',
      reads,
      parameters,
      ...(note ? { note } : {}),
    },
    (context) => replacement(original(context, changes)),
  );

const guarded = () =>
  guide(
    {
      impact:
        'clients that do not speak TLS are refused once it is required, and clients without the token once it is demanded',
      reads,
      parameters,
      note: 'A token is a secret and stands in no plan, so a person hands it over: offered first (ROTATE), demanded when every client sends it (SET). The document deletes the cache and restores it, which is not needed, or demands the token at once.',
    },
    (context) => protectAccess(original(context, {})),
  );

/** Why a group is left alone for now: one that changes already takes no call, and waiting changes would come along. */
function whyNotNow({ group, node }: Cache): string | undefined {
  const status = statusOf({ group, node });
  if (status !== 'available') return `it is ${status ?? 'in an unknown state'}: plan again once it is available`;
  const waiting = [...pendingIn(group?.PendingModifiedValues), ...pendingIn(node?.PendingModifiedValues)];
  if (waiting.length === 0) return undefined;
  return `changes wait for its maintenance window (${waiting.join(', ')}) and would happen at once with this one: let them happen, then plan again`;
}

function whyNoFailover(name: string, { group, node }: Cache): string | undefined {
  if (group === undefined)
    return `${alone} has nothing to fail over to: make it the primary of a new group (aws elasticache create-replication-group --replication-group-id ${name}-group --replication-group-description "${name} and replicas" --primary-cluster-id ${name}), add a replica, and plan again. Its own endpoint stays, but clients should use that of the group`;
  const store = group.GlobalReplicationGroupInfo?.GlobalReplicationGroupId;
  if (store)
    return `it belongs to the global datastore ${store}: change it there (aws elasticache modify-global-replication-group --global-replication-group-id ${store} --automatic-failover-enabled --apply-immediately)`;
  if (group.CacheNodeType?.startsWith('cache.t1.'))
    return `its nodes are ${group.CacheNodeType}, which cannot fail over`;
  const now = whyNotNow({ group, node });
  if (now !== undefined) return now;
  const zones = (group.NodeGroups ?? []).map(({ NodeGroupMembers = [] }) =>
    NodeGroupMembers.map((one) => one.PreferredAvailabilityZone ?? 'unknown'),
  );
  if (zones.length === 0 || zones.some((shard) => shard.length < 2))
    return `it has a shard without a replica. Add one to each, which is billed as a node (aws elasticache increase-replica-count --replication-group-id ${name} --new-replica-count 1 --apply-immediately), in another zone than the primary, and plan again`;
  const close = zones.find((shard) => new Set(shard).size === 1 && shard[0] !== 'unknown');
  if (close !== undefined)
    return `a shard has all its nodes in ${close[0]}: add a replica in another zone (aws elasticache increase-replica-count with --replica-configuration), take one of the old ones away, and plan again`;
  return undefined;
}

/** How a group fails over, and what stands in the way of a change. */
const failover = derive({ cache }, ({ cache, id }) => ({
  automatic: cache.group?.AutomaticFailover ?? 'disabled',
  multiAz: cache.group?.MultiAZ ?? 'disabled',
  status: statusOf(cache),
  obstacle: whyNoFailover(nameOf(id), cache),
}));

const inTransit = derive({ cache }, ({ cache, id }) => ({
  enabled: cache.group?.TransitEncryptionEnabled === true,
  mode: cache.group?.TransitEncryptionMode,
  status: statusOf(cache),
  obstacle: whyNoTls(nameOf(id), cache) ?? whyNotNow(cache),
}));

export const redisRemediations = remediations(redisCaches, {
  148: replaced(
    { leavesVpc: true },
    'The document deletes the cache before it restores it. Here the new group is made and checked first, and the old one goes last.',
  ),
  149: replaced(
    { port: 6380 },
    'No call changes the port. The new group listens on 6380; any other port does as well.',
  ),
  151: steps(
    {
      mode: 'approve',
      impact:
        'no downtime; traffic between zones is billed. From now on a failed primary is replaced within about a minute, and writes not yet replicated are lost then',
      reads: { failover },
      note: 'The call applies at once, which would also apply every other change that waits for the maintenance window: while there is one, nothing is planned. Replicas cost money and are added by a person.',
    },
    ({ step }) => [
      step(
        'fail-over',
        call('elasticache', 'ModifyReplicationGroup', ({ id }) => ({
          ReplicationGroupId: nameOf(id),
          AutomaticFailoverEnabled: true,
          MultiAZEnabled: true,
          ApplyImmediately: true,
        })),
        {
          repeat: 'safe',
          undo: call('elasticache', 'ModifyReplicationGroup', ({ id, failover }) => ({
            ReplicationGroupId: nameOf(id),
            AutomaticFailoverEnabled: failover.automatic === 'enabled',
            MultiAZEnabled: failover.multiAz === 'enabled',
            ApplyImmediately: true,
          })),
          until: until(
            failover,
            ({ automatic, multiAz, status }) =>
              automatic === 'enabled' && multiAz === 'enabled' && status === 'available',
          ),
        },
      ),
    ],
    ({ failover }) =>
      failover.obstacle === undefined
        ? { failover: { ...failover, automatic: 'enabled' as const, multiAz: 'enabled' as const } }
        : byHand(failover.obstacle),
  ),
  152: guarded(),
  153: steps(
    {
      mode: 'approve',
      impact:
        'no downtime: clients in clear text are still served (mode "preferred"), and move to TLS when they can. Nodes are replaced one by one, which takes up to half an hour, and TLS costs CPU',
      undo: 'best-effort',
      reads: { inTransit },
      note: 'This is the first of two steps. The second, "required", drops every client in clear text, so a person takes it by the runbook of 407, when all have moved. Undone, the endpoints for TLS are deleted again.',
    },
    ({ step }) => [
      step(
        'prefer-tls',
        call('elasticache', 'ModifyReplicationGroup', ({ id }) => ({
          ReplicationGroupId: nameOf(id),
          TransitEncryptionEnabled: true,
          TransitEncryptionMode: 'preferred' as const,
          ApplyImmediately: true,
        })),
        {
          repeat: 'safe',
          undo: call('elasticache', 'ModifyReplicationGroup', ({ id }) => ({
            ReplicationGroupId: nameOf(id),
            TransitEncryptionEnabled: false,
            ApplyImmediately: true,
          })),
          until: until(inTransit, ({ enabled, status }) => enabled && status === 'available'),
        },
      ),
    ],
    ({ inTransit }) =>
      inTransit.obstacle === undefined
        ? { inTransit: { ...inTransit, enabled: true, mode: 'preferred' as const } }
        : byHand(inTransit.obstacle),
  ),
  154: replaced({}),
  155: replaced({ otherKey: true }),
  407: guarded(),
});
