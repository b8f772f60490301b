import type { Catalogue } from '../catalogue.ts';
import { type CloudTrailEvent, type EventIds, stringsAt } from '../control/event.ts';
import type { Read } from '../control/read.ts';
import type { Resource } from '../control/resource.ts';
import { messageOf } from '../one-line.ts';
import { partitionOf } from '../partition.ts';
import { type Ignored, unparseable } from './ignored.ts';
import { type Subject, type SubjectId, subjectKey, typeName, unionOf } from './subject.ts';

/** What an event leads to. It is ignored only when none of its triggers leads anywhere. */
export interface Routed {
  readonly subjects: readonly Subject[];
  readonly ignored: readonly Ignored[];
}

export interface Router {
  /** Whether any control listens to this event. The name is without its date. */
  readonly watches: (eventSource: string, eventName: string) => boolean;
  /** The resources that an event is about, each once, with the controls that listen to it. Never throws. */
  readonly route: (event: CloudTrailEvent) => Routed;
}

/** All controls that listen to an event with the same resource and the same place of its id. */
interface Route {
  readonly resource: Resource;
  /** Tells resource types apart in keys: the settings of an account share one type. */
  readonly name: string;
  readonly ids: EventIds;
  readonly controls: readonly number[];
}

/** The CloudTrail event source of a trigger's key: `s3:PutBucketPolicy` is `s3.amazonaws.com`. */
export function watchedEvent(trigger: string): { source: string; event: string } {
  const colon = trigger.indexOf(':');
  return { source: `${trigger.slice(0, colon)}.amazonaws.com`, event: trigger.slice(colon + 1) };
}

/**
 * Makes the router: one map look-up on source and name gives the triggers.
 *
 * @throws Error naming the control whose trigger takes the place for the id of a resource that has an id of its own
 */
export function createRouter(catalogue: Catalogue): Router {
  const routes = compile(catalogue);
  const names = nameReads(routes);
  const nameOfRead = (read: Read<unknown>): string => names.get(read) ?? '';

  return {
    watches: (eventSource, eventName) => routes.has(`${eventSource}:${eventName}`),
    route: (event) => {
      const found = new Map<string, Subject>();
      const listening = routes.get(`${event.eventSource}:${event.eventName}`) ?? [];
      try {
        for (const route of listening) {
          for (const subject of subjectsOf(route, event, nameOfRead)) add(found, subject);
        }
      } catch (error) {
        return { subjects: [], ignored: [noResource(event, messageOf(error))] };
      }
      if (found.size > 0) return { subjects: [...found.values()], ignored: [] };
      // It names something, and every trigger said that this is not what it looks for.
      if (listening.some(({ ids }) => namesSomething(ids, event))) {
        const { eventName, eventSource, eventID } = event;
        return { subjects: [], ignored: [{ event: eventName, because: 'not watched', source: eventSource, eventID }] };
      }
      return { subjects: [], ignored: [noResource(event, 'it names no resource; the next sweep covers it')] };
    },
  };
}

function noResource({ eventName, eventSource, eventID }: CloudTrailEvent, why: string): Ignored {
  return { ...unparseable(eventName, why), source: eventSource, eventID };
}

function add(found: Map<string, Subject>, subject: Subject): void {
  const known = found.get(subject.key);
  const controls = known === undefined ? subject.controls : unionOf(known.controls, subject.controls);
  found.set(subject.key, { ...subject, controls });
}

function compile(catalogue: Catalogue): Map<string, readonly Route[]> {
  const routes = new Map<string, Route[]>();
  for (const { number, detector } of catalogue.values()) {
    const { resource } = detector;
    for (const [trigger, ids] of Object.entries(detector.on)) {
      if (ids.kind === 'place' && resource.scope === 'resource') {
        throw new Error(`Control ${number}: trigger ${trigger} names a place, but ${resource.type} needs an id.`);
      }
      const { source, event } = watchedEvent(trigger);
      const key = `${source}:${event}`;
      const list = routes.get(key) ?? [];
      const same = list.findIndex((route) => route.resource === resource && route.ids === ids);
      const route = list[same];
      if (route === undefined) list.push({ resource, name: typeName(resource), ids, controls: [number] });
      else list[same] = { ...route, controls: unionOf(route.controls, [number]) };
      routes.set(key, list);
    }
  }
  return routes;
}

/**
 * Names the reads that lead from neighbours to resources: the same name in
 * every process of a version, and hardly ever another in the next. Those of one
 * operation are told apart by their order in the catalogue.
 */
function nameReads(routes: ReadonlyMap<string, readonly Route[]>): ReadonlyMap<Read<unknown>, string> {
  const names = new Map<Read<unknown>, string>();
  const used = new Map<string, number>();
  for (const { ids } of [...routes.values()].flat()) {
    for (let at = ids; at.kind === 'through'; at = at.from) {
      if (names.has(at.read)) continue;
      const plain = plainName(at.read);
      const count = (used.get(plain) ?? 0) + 1;
      used.set(plain, count);
      names.set(at.read, count === 1 ? plain : `${plain}#${count}`);
    }
  }
  return names;
}

/** A call by its operation; a value worked out from other reads by theirs. */
function plainName(read: Read<unknown>): string {
  return read.kind === 'call'
    ? `${read.service}:${read.operation}`
    : `of ${Object.values(read.needs).map(plainName).join(' and ')}`;
}

function subjectsOf(route: Route, event: CloudTrailEvent, nameOfRead: (read: Read<unknown>) => string): Subject[] {
  const { resource, name, controls } = route;
  const { account } = event;
  return placesOf(route.ids, event).flatMap((eventRegion) => {
    const { partition, home } = partitionOf(eventRegion);
    const region = resource.global ? home : eventRegion;
    return targetsOf(route, event).map((target) => {
      const last = target.kind === 'id' ? target.id : `${target.from} > ${target.reads.map(nameOfRead).join(' > ')}`;
      const where = { partition, account, region };
      return { resource, target, controls, ...where, key: subjectKey(where, name, last) };
    });
  });
}

/** The regions that an event is about: the one it happened in, but for the few that name another. */
function placesOf(ids: EventIds, event: CloudTrailEvent): readonly string[] {
  return ids.kind === 'place' && ids.regionAt !== undefined ? stringsAt(event, ids.regionAt) : [event.awsRegion];
}

function targetsOf({ resource, ids }: Route, event: CloudTrailEvent): SubjectId[] {
  const { known, reads } = resolve(ids, event);
  if (known.length === 0) return [];
  if (resource.scope !== 'resource') return [{ kind: 'id', id: event.account }];
  if (reads.length === 0) return known.map((id) => ({ kind: 'id', id }));
  return known.map((from) => ({ kind: 'through', from, region: event.awsRegion, reads }));
}

/** The ids that the event itself gives, and the reads that lead from them to the resource. */
function resolve(ids: EventIds, event: CloudTrailEvent): { known: string[]; reads: Read<readonly string[]>[] } {
  switch (ids.kind) {
    case 'place':
      return { known: [event.account], reads: [] };
    case 'paths':
      return { known: idsAt(ids, event), reads: [] };
    case 'parts':
      return { known: partsAt(ids, event), reads: [] };
    case 'through': {
      const { known, reads } = resolve(ids.from, event);
      return { known, reads: [...reads, ids.read] };
    }
  }
}

function idsAt({ paths, normalise }: Extract<EventIds, { kind: 'paths' }>, event: CloudTrailEvent): string[] {
  for (const path of paths) {
    const found = stringsAt(event, path).map(normalise).filter(Boolean);
    if (found.length > 0) return [...new Set(found)];
  }
  return [];
}

function partsAt({ whole, part, join }: Extract<EventIds, { kind: 'parts' }>, event: CloudTrailEvent): string[] {
  const [name] = stringsAt(event, whole);
  return name === undefined ? [] : [...new Set(stringsAt(event, part).map((one) => join(name, one)))];
}

function namesSomething(ids: EventIds, event: CloudTrailEvent): boolean {
  if (ids.kind === 'through') return namesSomething(ids.from, event);
  return ids.kind === 'paths' && ids.paths.some((path) => stringsAt(event, path).length > 0);
}
