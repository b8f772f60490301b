import type { Catalogue } from '../catalogue.ts';
import type { Place, Resource } from '../control/resource.ts';
import { type Subject, subjectKey, typeName } from '../intake/subject.ts';

/** A type of resource as a sweep sees it. */
export interface SweptType {
  readonly name: string;
  readonly resource: Resource;
  /** Every control that judges it, in ascending order. */
  readonly controls: readonly number[];
}

/** What a sweep can judge: every resource type of the catalogue, by name. */
export function sweptTypes(catalogue: Catalogue): ReadonlyMap<string, SweptType> {
  const types = new Map<string, SweptType>();
  for (const { number, detector } of catalogue.values()) {
    const name = typeName(detector.resource);
    const known = types.get(name) ?? { name, resource: detector.resource, controls: [] };
    types.set(name, { ...known, controls: [...known.controls, number].sort((a, b) => a - b) });
  }
  return types;
}

/** A resource to judge by every control of its type. Its key is the one that events on it have. */
export function subjectIn({ resource, name, controls }: SweptType, place: Place, id: string): Subject {
  const { partition, account, region } = place;
  const key = subjectKey(place, name, id);
  return { resource, target: { kind: 'id', id }, controls, partition, account, region, key };
}

/** A subject as plain data: subjects themselves hold functions and fit into no message. */
export interface SubjectName {
  readonly place: Place;
  readonly type: string;
  readonly id: string;
}

/**
 * Names a subject of a sweep.
 *
 * @throws Error for one that is only known through its neighbours, which no sweep makes
 */
export function nameOf({ partition, account, region, resource, target }: Subject): SubjectName {
  if (target.kind !== 'id') throw new Error(`${target.from} only leads to resources; it names none.`);
  return { place: { partition, account, region }, type: typeName(resource), id: target.id };
}
