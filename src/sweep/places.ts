import type { Config } from '../config.ts';
import type { Place, Resource } from '../control/resource.ts';
import { partitionOf } from '../partition.ts';

/** What is swept of a place: what its region keeps, what the whole account keeps, or both. */
export type SweptScope = 'regional' | 'global' | 'both';

export interface SweptPlace extends Place {
  readonly scope: SweptScope;
}

/** Names a place: `123456789012/eu-west-1`. */
export const placeKey = ({ account, region }: Place): string => `${account}/${region}`;

/**
 * The places to sweep: those of the configuration, or the one that Redress runs
 * in. Global services are swept once per account, where their partition keeps
 * them, also when that region is not listed.
 */
export function sweptPlaces({ sweep }: Pick<Config, 'sweep'>, own: Place): readonly SweptPlace[] {
  const listed = sweep.places?.flatMap(({ account, regions }) =>
    [...new Set(regions)].map((region) => ({ partition: partitionOf(region).partition, account, region })),
  ) ?? [own];
  const places = new Map<string, SweptPlace>();
  for (const { partition, account, region } of listed) {
    const { home } = partitionOf(region);
    const place = { partition, account, region };
    places.set(placeKey(place), { ...place, scope: region === home ? 'both' : 'regional' });
    const keeper = { partition, account, region: home };
    if (!places.has(placeKey(keeper))) places.set(placeKey(keeper), { ...keeper, scope: 'global' });
  }
  return [...places.values()];
}

/** Whether resources of a type are swept in a place. */
export const isSweptIn = ({ scope }: SweptPlace, { global }: Pick<Resource, 'global'>): boolean =>
  scope === 'both' || (scope === 'global') === global;
