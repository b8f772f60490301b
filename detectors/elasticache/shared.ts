import type { CacheCluster } from '@aws-sdk/client-elasticache';
import { derive, fail, pass, type Read, read, readEach, skip, tagsFrom, type Verdict } from '../../src/control.ts';

/** Asks for the next page of an API that pages by `Marker` alone. */
export const nextPage = ({ Marker }: { readonly Marker?: string | undefined }) => (Marker ? { Marker } : undefined);

export const tags = read(
  'elasticache',
  'ListTagsForResource',
  ({ arn }) => ({ ResourceName: arn }),
  (out) => tagsFrom(out.TagList),
);

/** Where a cache is in the network. Nothing is known of one that names no subnet group. */
export interface Network {
  readonly subnetGroup: string | undefined;
  readonly vpc: string | undefined;
  readonly isDefault: boolean;
}

/** The VPC of a cluster, by its subnet group: a group called "default" need not be in the default VPC. */
export function networkOf(node: Read<CacheCluster | undefined>): Read<Network> {
  const subnetGroups = readEach(
    'elasticache',
    'DescribeCacheSubnetGroups',
    ({ node }) => (node?.CacheSubnetGroupName ? [{ CacheSubnetGroupName: node.CacheSubnetGroupName }] : []),
    (out) => out.CacheSubnetGroups?.[0],
    { needs: { node } },
  );
  const vpcs = readEach(
    'ec2',
    'DescribeVpcs',
    ({ subnetGroups }) => subnetGroups.flatMap((one) => (one?.VpcId ? [{ VpcIds: [one.VpcId] }] : [])),
    (out) => out.Vpcs?.[0],
    { needs: { subnetGroups } },
  );
  return derive({ subnetGroups, vpcs }, ({ subnetGroups: [group], vpcs: [vpc] }) => ({
    subnetGroup: group?.CacheSubnetGroupName,
    vpc: vpc?.VpcId,
    isDefault: vpc?.IsDefault === true,
  }));
}

export function outsideDefaultVpc({ subnetGroup, vpc, isDefault }: Network): Verdict {
  if (subnetGroup === undefined || vpc === undefined) return skip('AWS does not say which VPC it is in');
  return isDefault ? fail(`its subnet group ${subnetGroup} is in the default VPC ${vpc}`) : pass;
}

/** Version numbers by their parts: 1.6.22 is newer than 1.6.6. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((one) => one.split('.').map(Number));
  for (let part = 0; part < Math.max(left?.length ?? 0, right?.length ?? 0); part++) {
    const difference = (left?.[part] ?? 0) - (right?.[part] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

export const isGone = (status: string | undefined): boolean => status === 'deleting' || status === 'deleted';
