import type { CacheCluster } from '@aws-sdk/client-elasticache';
import {
  derive,
  detectors,
  fail,
  idsAs,
  only,
  pass,
  read,
  readPages,
  resource,
  skip,
  type Verdict,
} from '../../src/control.ts';
import { compareVersions, isGone, networkOf, nextPage, outsideDefaultVpc, tags } from './shared.ts';

export const cluster = read(
  'elasticache',
  'DescribeCacheClusters',
  ({ id }) => ({ CacheClusterId: id, ShowCacheNodeInfo: true }),
  (out) => only(out.CacheClusters),
);

export const network = networkOf(cluster);

/** Every version that ElastiCache offers: its maximum is the newest, since the default may be older. */
export const versions = readPages(
  'elasticache',
  'DescribeCacheEngineVersions',
  () => ({ Engine: 'memcached' }),
  (out) =>
    (out.CacheEngineVersions ?? []).flatMap(({ EngineVersion, CacheParameterGroupFamily: family = '' }) =>
      EngineVersion ? [{ version: EngineVersion, family }] : [],
    ),
  nextPage,
);

export const newest = derive({ versions }, ({ versions }) =>
  [...versions].sort((a, b) => compareVersions(b.version, a.version)).at(0),
);

export function portOf({ ConfigurationEndpoint, CacheNodes = [] }: CacheCluster): number | undefined {
  return ConfigurationEndpoint?.Port ?? CacheNodes.flatMap(({ Endpoint }) => Endpoint?.Port ?? [])[0];
}

function notJudged({ Engine, CacheClusterStatus }: CacheCluster): Verdict | undefined {
  if (Engine !== 'memcached') return skip(`it runs ${Engine ?? 'another engine'}, not Memcached`);
  return isGone(CacheClusterStatus) ? skip('it is being deleted') : undefined;
}

const clusterId = idsAs((id) => id.toLowerCase(), 'requestParameters.cacheClusterId');
const created = {
  'elasticache:CreateCacheCluster': clusterId,
  'elasticache:DeleteCacheCluster': clusterId,
} as const;

export const memcachedClusters = detectors(
  resource('AWS::ElastiCache::CacheCluster', {
    service: 'elasticache',
    arn: ({ partition, region, account, id }) => `arn:${partition}:elasticache:${region}:${account}:cluster:${id}`,
    list: readPages(
      'elasticache',
      'DescribeCacheClusters',
      () => ({ ShowCacheClustersNotInReplicationGroups: true }),
      (out) =>
        (out.CacheClusters ?? []).flatMap(({ CacheClusterId: id, Engine }) =>
          id && Engine === 'memcached' ? [id] : [],
        ),
      nextPage,
    ),
    gone: ['CacheClusterNotFound', 'CacheClusterNotFoundFault'],
    tags,
  }),
  {
    147: {
      title: 'Memcached cluster is outside the default VPC',
      criticality: 'LOW',
      on: created,
      reads: { cluster, network },
      check: ({ cluster, network }) => notJudged(cluster) ?? outsideDefaultVpc(network),
      note: 'The evaluation names Redis, the title and the steps Memcached: Memcached is taken, 148 is about Redis.',
    },
    150: {
      title: 'Memcached cluster does not listen on port 11211',
      criticality: 'LOW',
      on: created,
      reads: { cluster },
      check: ({ cluster }) => {
        const verdict = notJudged(cluster);
        if (verdict !== undefined) return verdict;
        const port = portOf(cluster);
        if (port === undefined) return skip('it has no endpoint yet');
        return port === 11211 ? fail('it listens on 11211, the port that everyone tries first') : pass;
      },
    },
    440: {
      title: 'Memcached cluster runs the newest engine version',
      criticality: 'MEDIUM',
      on: { ...created, 'elasticache:ModifyCacheCluster': clusterId },
      reads: { cluster, newest },
      check: ({ cluster, newest }) => {
        const verdict = notJudged(cluster);
        if (verdict !== undefined) return verdict;
        const { EngineVersion: version, PendingModifiedValues, PreferredMaintenanceWindow: window } = cluster;
        if (version === undefined || newest === undefined) return skip('AWS does not say which versions there are');
        if (compareVersions(version, newest.version) >= 0) return pass;
        if (PendingModifiedValues?.EngineVersion === newest.version)
          return skip(`the upgrade to ${newest.version} is on its way (maintenance window ${window ?? 'unknown'})`);
        return fail(`it runs ${version}, and ${newest.version} is there`);
      },
      note: 'AWS offers only versions that are stable, so the highest of them is the one. An upgrade that waits for its maintenance window does not fail; it is judged again by the next sweep.',
    },
  },
);
