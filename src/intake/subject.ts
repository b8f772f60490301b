import type { Read } from '../control/read.ts';
import type { Place, Resource } from '../control/resource.ts';

/**
 * Which resource is meant: by its id, or as a neighbour of one whose id is
 * known. The neighbour's `reads` are asked one after the other in `region`, the
 * first with `from`, each next one with the ids that the one before found.
 */
export type SubjectId =
  | { readonly kind: 'id'; readonly id: string }
  | {
      readonly kind: 'through';
      readonly from: string;
      readonly region: string;
      readonly reads: readonly Read<readonly string[]>[];
    };

/** A resource to judge, and by which controls. Settings of an account have the account's number as their id. */
export interface Subject extends Place {
  readonly resource: Resource;
  readonly target: SubjectId;
  /** In ascending order. */
  readonly controls: readonly number[];
  /** The same for every event on the same resource, in every process of a version. */
  readonly key: string;
}

/** Tells resource types apart in keys and messages: the settings of an account share one type. */
export function typeName({ type, scope, service }: Resource): string {
  return scope === 'resource' ? type : `${type} ${scope} ${service}`;
}

/** The key of a subject; `last` is its id, or what leads to it. */
export function subjectKey({ account, region }: Place, name: string, last: string): string {
  return `${account}/${region}/${name}/${last}`;
}

/** Two sets of controls as one, in ascending order. */
export function unionOf(a: readonly number[], b: readonly number[]): number[] {
  return [...new Set([...a, ...b])].sort((x, y) => x - y);
}
