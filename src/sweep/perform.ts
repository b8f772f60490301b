import { LRUCache } from 'lru-cache';
import { roles } from '../aws/sessions.ts';
import type { Catalogue } from '../catalogue.ts';
import type { Engine } from '../engine.ts';
import { type Subject, typeName } from '../intake/subject.ts';
import type { Store } from '../store/port.ts';
import { stateNames } from '../workflow/finding.ts';
import type { PerformSweep } from '../workflow/kit.ts';
import { createJudgeAll } from './judge-all.ts';
import { type MissedParts, missedPerformer } from './missed.ts';
import { isSweptIn, placeKey, type SweptPlace } from './places.ts';
import { type SweptType, subjectIn, sweptTypes } from './subject.ts';
import type { SweepTask } from './task.ts';

/** After so many failures in a row, about an hour and a half, what failed is left to the next sweep. */
const mostAttempts = 12;
/** Lists of ids that are kept from one part to the next, so that not every part lists everything again. */
const keptLists = 16;
const listAge = 15 * 60_000;
/** A finding that was set right has nothing to end. */
const unresolved = stateNames.filter((state) => state !== 'resolved');

export interface SweepParts extends Omit<MissedParts, 'store'> {
  readonly store: Pick<Store, 'mark' | 'commit' | 'unseen' | 'markSeen' | 'findings' | 'obstacle'>;
  readonly engine: Pick<Engine, 'list'>;
  readonly catalogue: Catalogue;
  readonly places: readonly SweptPlace[];
  /** Judges a resource by every control of its type, or has it judged. Throws when it has to be tried again. */
  readonly judge: (subject: Subject) => Promise<void>;
  /** Resources in one part: a crash repeats at most so many. */
  readonly partSize?: number;
  /** Counts resources that were handed to `judge`. */
  readonly onSwept?: (count: number) => void;
}

type JudgeTask = Extract<SweepTask, { kind: 'judge' }>;
type FindingsTask = Extract<SweepTask, { kind: 'findings' }>;
type How = Parameters<PerformSweep>[1];

/**
 * Makes what performs parts of sweeps, for `createWorkflow({ sweep })`. A part
 * lists, judges the next few hundred resources in the order of their ids, and
 * names the part that follows. Parts of what is not swept any more end there,
 * as do those of accounts that Redress cannot get into.
 */
export function sweepPerformer(parts: SweepParts): PerformSweep {
  const { store, engine, catalogue, config, log, now, sleep, judge, onSwept, partSize = 200 } = parts;
  const types = sweptTypes(catalogue);
  const places = new Map(parts.places.map((place) => [placeKey(place), place]));
  const missed = missedPerformer(parts);
  const lists = new LRUCache<string, readonly string[]>({ max: keptLists, ttl: listAge });
  const perMinute = config.sweep.resourcesPerMinute;
  const judgeAll = createJudgeAll({ judge, perMinute, mostAttempts, log, now, sleep, ...(onSwept && { onSwept }) });

  return async (task, how) => {
    const place = places.get(placeKey(task.place));
    const { account, region } = task.place;
    if (config.sweep.everyHours === 0 || place === undefined) {
      log.info({ account, region }, 'not swept any more');
      return undefined;
    }
    const obstacle = await store.obstacle(`${account}/${roles.read}`);
    // Told once, by whoever met it. When it is gone the account is swept at once.
    if (obstacle !== undefined && obstacle.goneAt === null) return undefined;
    switch (task.kind) {
      case 'judge':
        return judgeType(place, task, how);
      case 'findings':
        return judgeFindings(place, task, how);
      case 'missed':
        return missed(place, task, how);
    }
  };

  async function judgeType(place: SweptPlace, task: JudgeTask, how: How): Promise<JudgeTask | undefined> {
    const type = types.get(task.type);
    if (type === undefined || !isSweptIn(place, type.resource)) return undefined;
    const left = (await idsOf(place, type, task, how)).filter(isAfter(task.after));
    const part = left.slice(0, partSize);
    const done = await judgeAll(
      part.map((id) => subjectIn(type, place, id)),
      how,
    );
    if (done < left.length) return { ...task, after: part[done - 1] ?? task.after };
    lists.delete(listKey(task));
    return undefined;
  }

  /**
   * The ids of a type, in order. None where they cannot be listed and waiting does not help.
   *
   * @throws Error where waiting may help
   */
  async function idsOf(place: SweptPlace, { resource }: SweptType, task: JudgeTask, { attempts }: How) {
    const known = task.after === null ? undefined : lists.get(listKey(task));
    if (known !== undefined) return known;
    const listed = await engine.list(place, resource);
    if (listed.kind === 'ids') {
      const ids = [...new Set(listed.ids)].sort(byCode);
      lists.set(listKey(task), ids);
      return ids;
    }
    const { because, lasting } = listed;
    if (!lasting && attempts < mostAttempts) throw new Error(`${task.type}: ${because}`);
    const { account, region } = place;
    log.warn({ account, region, type: task.type, because }, 'not swept; the next sweep tries again');
    return [];
  }

  async function judgeFindings(place: SweptPlace, task: FindingsTask, how: How): Promise<FindingsTask | undefined> {
    const subjects = new Map<string, Subject>();
    for (const { judgedAt, evaluation } of await store.findings({ account: place.account, states: unresolved })) {
      const control = catalogue.get(evaluation.control);
      const type = control && types.get(typeName(control.detector.resource));
      if (type === undefined || !isSweptIn(place, type.resource)) continue;
      if (judgedAt >= task.since || evaluation.resource.region !== place.region) continue;
      const subject = subjectIn(type, place, evaluation.resource.id);
      subjects.set(subject.key, subject);
    }
    const left = [...subjects.keys()].filter(isAfter(task.after)).sort(byCode);
    const part = left.slice(0, partSize);
    const done = await judgeAll(
      part.flatMap((key) => subjects.get(key) ?? []),
      how,
    );
    return done < left.length ? { ...task, after: part[done - 1] ?? task.after } : undefined;
  }
}

const listKey = ({ place, type }: JudgeTask): string => `${placeKey(place)}/${type}`;

const isAfter =
  (after: string | null) =>
  (id: string): boolean =>
    after === null || id > after;

/** The same order everywhere: by code units, whatever language the machine speaks. */
const byCode = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
