import type { CacheCluster } from '@aws-sdk/client-elasticache';
import {
  cluster,
  memcachedClusters,
  network,
  newest,
  portOf,
  versions,
} from '../../detectors/elasticache/memcached.ts';
import { tags } from '../../detectors/elasticache/shared.ts';
import { pendingIn } from '../../detectors/pending.ts';
import {
  byHand,
  call,
  concrete,
  derive,
  type GuideLine,
  guide,
  optional,
  remediations,
  steps,
  until,
} from '../../src/control.ts';
import { nextName, ownTagsOf } from '../twin.ts';
import { NEW_SECURITY_GROUP, NEW_SUBNETS, newNetwork, nodeSettings, warnings } from './replacement.ts';

interface Changes {
  readonly port?: number;
  readonly leavesVpc?: true;
}

/** The cluster again, empty: same nodes in the same zones, same settings but for what is to be different. */
function clusterLike(id: string, cluster: CacheCluster, tagged: Readonly<Record<string, string>>, changes: Changes) {
  const zones = (cluster.CacheNodes ?? []).flatMap(({ CustomerAvailabilityZone }) => CustomerAvailabilityZone ?? []);
  const placed = !changes.leavesVpc && zones.length > 0 && zones.length === cluster.NumCacheNodes;
  const own = ownTagsOf(tagged);
  return concrete('elasticache', 'CreateCacheCluster', {
    CacheClusterId: nextName(id, 50),
    Engine: 'memcached',
    ...(cluster.EngineVersion ? { EngineVersion: cluster.EngineVersion } : {}),
    CacheNodeType: cluster.CacheNodeType,
    NumCacheNodes: cluster.NumCacheNodes ?? 1,
    ...(new Set(zones).size > 1 ? { AZMode: 'cross-az' } : {}),
    ...(placed ? { PreferredAvailabilityZones: zones } : {}),
    Port: changes.port ?? portOf(cluster),
    ...nodeSettings(cluster),
    ...(changes.leavesVpc ? { CacheSubnetGroupName: NEW_SUBNETS, SecurityGroupIds: [NEW_SECURITY_GROUP] } : {}),
    ...(cluster.TransitEncryptionEnabled ? { TransitEncryptionEnabled: true } : {}),
    ...(own.length > 0 ? { Tags: own } : {}),
  });
}

/** The runbook for what is fixed at creation. Memcached has no snapshots: the new cluster starts empty. */
const replaced = (changes: Changes) =>
  guide(
    {
      impact:
        'the new cluster starts empty, so the databases behind it take its load until it is warm; its endpoint is new',
      reads: { cluster, network, tags },
      note: 'The document makes a backup, deletes and restores. Memcached has no backups: the cache would be gone after the second step. Here the new cluster is made first.',
    },
    ({ id, arn, cluster, network, tags }): GuideLine[] => {
      const port = changes.port ?? portOf(cluster);
      const successor = nextName(id, 50);
      return [
        {
          text: `${id} is Memcached ${cluster.EngineVersion ?? ''}, ${cluster.NumCacheNodes ?? 1} × ${cluster.CacheNodeType ?? 'unknown type'}, parameters ${cluster.CacheParameterGroup?.CacheParameterGroupName ?? 'unknown'}, subnet group ${network.subnetGroup ?? 'unknown'}${network.vpc ? ` in ${network.vpc}` : ''}, port ${portOf(cluster) ?? 'unknown'}. What this is about is fixed when a cluster is made, so a new one takes its place. One new cluster can close 147, 150 and 440 together.`,
        },
        ...warnings({ group: undefined, node: cluster }, tags),
        {
          text: `There is no way to save what is in it. Save the settings: aws elasticache describe-cache-clusters --cache-cluster-id ${id} --show-cache-node-info; aws elasticache list-tags-for-resource --resource-name ${arn}; and the CloudWatch alarms, which name the cluster. Find out what the database behind it takes without a cache (GetHits and GetMisses tell the load that will come).`,
        },
        ...(changes.leavesVpc ? newNetwork(network) : []),
        {
          text: 'Make the new cluster next to the old one, as that is but for what this is about.',
          call: clusterLike(id, cluster, tags, changes),
        },
        {
          text: `Wait until it is available (aws elasticache wait cache-cluster-available --cache-cluster-id ${successor}), and let security groups admit the clients on port ${port ?? '<port>'}. Clients with auto discovery need the new configuration endpoint with its port; others the endpoint of each node: aws elasticache describe-cache-clusters --cache-cluster-id ${successor} --show-cache-node-info`,
        },
        {
          text: 'Warm it: where the client can, write to both and read from the old one for as long as entries live. Then switch the clients one by one, in a quiet hour, with an eye on the load of the database.',
        },
        {
          text: `To go back, point the clients at ${id} again. What it holds may be stale: flush it first if that matters.`,
        },
        {
          text: `When CurrConnections of ${id} has stayed near zero for some days (a node counts a few of its own), delete it. What it holds is gone then.`,
          call: concrete('elasticache', 'DeleteCacheCluster', { CacheClusterId: id }),
        },
        {
          text: 'Put the same into what makes caches (CloudFormation, Terraform), or the next one is as this one was.',
        },
      ];
    },
  );

const isDefaultGroup = (name: string | undefined): boolean => name === undefined || name.startsWith('default.');

/** From which version to which, with the parameters for it, or what stands in the way. */
const upgrade = derive({ cluster, versions, newest }, ({ cluster, versions, newest }) => {
  const current = cluster.EngineVersion;
  const familyOf = (wanted: string | undefined) => versions.find(({ version }) => version === wanted)?.family;
  const parameters = cluster.CacheParameterGroup?.CacheParameterGroupName;
  const family = newest?.family;
  const before = familyOf(current) ?? `memcached${current?.split('.').slice(0, 2).join('.')}`;
  return {
    current,
    pending: cluster.PendingModifiedValues?.EngineVersion,
    newest: newest?.version,
    status: cluster.CacheClusterStatus,
    parameterGroup: family && family !== before ? `default.${family}` : undefined,
    obstacle: whyNotUpgraded(cluster, before, family),
    parameters,
  };
});

function whyNotUpgraded(
  { CacheClusterId, CacheClusterStatus, CacheParameterGroup, PendingModifiedValues }: CacheCluster,
  before: string,
  family: string | undefined,
) {
  if (CacheClusterStatus !== 'available')
    return `it is ${CacheClusterStatus ?? 'in an unknown state'}: plan again once it is available`;
  const waiting = pendingIn(PendingModifiedValues).filter((name) => name !== 'EngineVersion');
  if (waiting.length > 0)
    return `other changes wait for its maintenance window (${waiting.join(', ')}), and this one would replace them: let them happen, then plan again`;
  const parameters = CacheParameterGroup?.CacheParameterGroupName;
  if (family === undefined || family === before || isDefaultGroup(parameters)) return undefined;
  return `its parameters ${parameters} are of the family ${before}, and the newest version needs ${family}: make a parameter group of that family with what ${parameters} sets (aws elasticache describe-cache-parameters --cache-parameter-group-name ${parameters} --source user), then aws elasticache modify-cache-cluster --cache-cluster-id ${CacheClusterId} --engine-version <newest-version> --cache-parameter-group-name <new-parameter-group>, without --apply-immediately`;
}

export const memcachedRemediations = remediations(memcachedClusters, {
  147: replaced({ leavesVpc: true }),
  150: replaced({ port: 11212 }),
  440: steps(
    {
      mode: 'approve',
      impact:
        'in the next maintenance window the nodes restart and the cache is empty: the databases behind it take its load until it is warm. Versions cannot be lowered again',
      undo: 'best-effort',
      reads: { upgrade },
      parameters: {
        memcachedUpgradeWhen: optional(
          'When Memcached is upgraded, which empties it: "window" (the next maintenance window) or "now".',
          'window',
        ),
      },
      note: 'The document upgrades at once, which empties the cache at the busiest hour as well as at any other. Here the upgrade waits for the maintenance window unless you say otherwise; until then it can be taken back.',
    },
    ({ step }) => [
      step(
        'upgrade',
        call('elasticache', 'ModifyCacheCluster', ({ id, upgrade, parameters }) => ({
          CacheClusterId: id,
          EngineVersion: upgrade.newest,
          ...(upgrade.parameterGroup ? { CacheParameterGroupName: upgrade.parameterGroup } : {}),
          ApplyImmediately: parameters.memcachedUpgradeWhen === 'now',
        })),
        {
          repeat: 'safe',
          undo: call('elasticache', 'ModifyCacheCluster', ({ id, upgrade }) => ({
            CacheClusterId: id,
            EngineVersion: upgrade.current,
            ...(upgrade.parameterGroup && upgrade.parameters ? { CacheParameterGroupName: upgrade.parameters } : {}),
            ApplyImmediately: false,
          })),
          until: until(upgrade, ({ current, pending, newest }) => current === newest || pending === newest),
        },
      ),
    ],
    ({ upgrade, parameters }) => {
      const when = parameters.memcachedUpgradeWhen;
      if (when !== 'window' && when !== 'now')
        return byHand(`memcachedUpgradeWhen is "${when}"; set it to "window" or "now"`);
      if (upgrade.obstacle !== undefined) return byHand(upgrade.obstacle);
      return { upgrade: { ...upgrade, pending: upgrade.newest } };
    },
  ),
});
