import { isDeepStrictEqual } from 'node:util';
import pMap, { pMapIterable } from 'p-map';
import { createDoor, type RecordedCall } from './aws/door.ts';
import type { AwsPort } from './aws/port.ts';
import type { Catalogue, Control } from './catalogue.ts';
import type { At, Place, Resource } from './control/resource.ts';
import type { Subject } from './intake/subject.ts';
import { atOf, evaluate, refOf } from './judge/judge.ts';
import { createSession, GoneError, type Session, UnreadableError } from './judge/session.ts';
import { partitionOf } from './partition.ts';
import { findingId } from './plan/digest.ts';
import type { Evaluation, Plan, ResourceRef } from './plan/plan.ts';
import { documentOf, isSettled, observeFix, planFixes, type Undecided } from './plan/planner.ts';
import { asDefined, type PlanSettings } from './plan/settings.ts';
import type { Assessment, Remediator } from './workflow/remediator.ts';

/** Which existing resources to judge. Everything, if nothing is said. */
export interface ScanScope {
  readonly controls?: readonly number[];
  readonly service?: string;
  /** An id or an ARN. */
  readonly resource?: string;
  /** At most so many resources of each type. */
  readonly most?: number;
}

/** How far a scan has come. */
export interface ScanProgress {
  readonly judged: number;
  readonly found: number;
  readonly type: string;
}

export interface Engine extends Remediator {
  /** Judges and plans for the resources that events are about, each resource once. */
  assessSubjects(subjects: readonly Subject[]): AsyncIterable<Assessment>;
  /** Judges and plans for what exists in a place, one resource after the other, in a fixed order. */
  scan(place: Place, scope: ScanScope, onProgress?: (progress: ScanProgress) => void): AsyncIterable<Assessment>;
  /** The ids of what exists of a type in a place. Settings have the account as their one id. */
  list(place: Place, resource: Resource): Promise<Listed>;
}

/** Ids, or why there are none. `lasting`: it stays so until a person changes something. */
export type Listed =
  | { readonly kind: 'ids'; readonly ids: readonly string[] }
  | { readonly kind: 'unknown'; readonly because: string; readonly lasting: boolean };

/** Resources that are judged at the same time. */
const CONCURRENCY = 8;

/**
 * The engine: judges and plans through the one door to AWS.
 *
 * @param options.mode in `dry-run` nothing can be written, whoever asks
 */
export function createEngine(options: {
  port: AwsPort;
  catalogue: Catalogue;
  mode: 'dry-run' | 'apply';
  settings?: PlanSettings;
  now?: () => Date;
  onCall?: (call: RecordedCall) => void;
}): Engine {
  const { port, catalogue, mode, onCall, settings = asDefined, now = () => new Date() } = options;
  const door = createDoor({ port, mode, ...(onCall ? { onCall } : {}) });

  async function assessAt(place: At, controls: readonly Control[]): Promise<Assessment> {
    const session = createSession(door.reader);
    const at = settings.usesTags ? await withTags(session, controls[0]?.detector.resource, place) : place;
    const evaluations = await Promise.all(controls.map((control) => evaluate(session, control, at)));
    const failing = controls.filter((_, index) => evaluations[index]?.verdict === 'fail');
    if (failing.length === 0) return { evaluations, plans: [] };
    const { plans, undecided } = await planFixes(session, failing, at, settings);
    return { evaluations: evaluations.map((one) => withoutPlan(one, undecided)), plans };
  }

  const controlsOf = (numbers: readonly number[]): Control[] =>
    [...numbers].sort((a, b) => a - b).flatMap((number) => catalogue.get(number) ?? []);

  const hereOf = (resource: Resource, place: Place): At =>
    atOf(resource, { ...place, region: regionFor(resource, place), id: place.account }, now());

  function controlOf(plan: Plan): Control {
    const control = catalogue.get(plan.controls[0] ?? Number.NaN);
    if (control === undefined)
      throw new Error(`Plan ${plan.id} is for control ${plan.controls[0]}, which this version does not know.`);
    return control;
  }

  return {
    assess(ref, numbers) {
      const controls = controlsOf(numbers);
      return assessAt(placed(ref, controls[0], now()), controls);
    },

    async *assessSubjects(subjects) {
      const session = createSession(door.reader);
      const found = await pMap(subjects, (subject) => idsOf(session, subject, now()), { concurrency: CONCURRENCY });
      const targets = new Map<string, { at: At; controls: Set<number> }>();
      for (const [index, subject] of subjects.entries()) {
        const ids = found[index];
        if (ids?.kind === 'unknown') {
          yield {
            evaluations: unknown(subject.resource, controlsOf(subject.controls), ids),
            plans: [],
          };
        }
        if (ids?.kind !== 'ids') continue;
        for (const id of ids.ids) {
          const at = atOf(subject.resource, { ...subject, id }, now());
          const key = `${subject.resource.service} ${at.arn}`;
          const target = targets.get(key) ?? { at, controls: new Set() };
          for (const number of subject.controls) target.controls.add(number);
          targets.set(key, target);
        }
      }
      yield* pMapIterable(targets.values(), ({ at, controls }) => assessAt(at, controlsOf([...controls])), {
        concurrency: CONCURRENCY,
      });
    },

    async *scan(place, scope, onProgress) {
      const chosen = [...catalogue.values()].filter(
        ({ number, detector }) =>
          (scope.controls === undefined || scope.controls.includes(number)) &&
          (scope.service === undefined || detector.resource.service === scope.service),
      );
      for (const resource of new Set(chosen.map(({ detector }) => detector.resource))) {
        const controls = chosen.filter(({ detector }) => detector.resource === resource);
        const here = hereOf(resource, place);
        const listed = await listResources(createSession(door.reader), resource, here);
        if (listed.kind === 'unknown') {
          yield { evaluations: unknown(resource, controls, { ...listed, at: here }), plans: [] };
          continue;
        }
        const named = (id: string): At => atOf(resource, { ...here, id }, now());
        // Ids only: there may be a hundred thousand of them.
        const wanted = listed.ids
          .filter((id) => scope.resource === undefined || scope.resource === id || scope.resource === named(id).arn)
          .slice(0, scope.most);
        let judged = 0;
        onProgress?.({ judged, found: wanted.length, type: resource.type });
        for await (const assessment of pMapIterable(wanted, (id) => assessAt(named(id), controls), {
          concurrency: CONCURRENCY,
        })) {
          judged += 1;
          onProgress?.({ judged, found: wanted.length, type: resource.type });
          yield assessment;
        }
      }
    },

    list: (place, resource) => listResources(createSession(door.reader), resource, hereOf(resource, place)),

    observe(plan) {
      const control = controlOf(plan);
      return observeFix(createSession(door.reader), control, placed(plan.resource, control, now()), settings);
    },
    permit: (plan, purpose) => door.writer.permit(plan, purpose),
    ready: (permit, call) => door.writer.ready(permit, call),
    send: (permit, _plan, call, outputs) => door.writer.write(permit, call, outputs),
    documentOf: async (plan, call) => documentOf(controlOf(plan), call.name),
    settled: (plan, call) =>
      plan.steps.some((one) => isDeepStrictEqual(one, call))
        ? isSettled(
            createSession(door.reader),
            controlOf(plan),
            call.name,
            placed(plan.resource, controlOf(plan), now()),
          )
        : Promise.resolve(true),
  };
}

/** A resource as the controls know it. Its ARN is made anew: what a file says of it is not believed. */
function placed(ref: ResourceRef, control: Control | undefined, now: Date): At {
  if (control === undefined) throw new Error(`No control is known for ${ref.arn}.`);
  const { partition, account, region, id } = ref;
  return atOf(control.detector.resource, { partition, account, region, id }, now);
}

/** A failure whose fix cannot be planned for now is told when it can: it is judged again soon. */
function withoutPlan(evaluation: Evaluation, undecided: readonly Undecided[]): Evaluation {
  const why = undecided.find(({ controls }) => controls.some(({ number }) => number === evaluation.control));
  if (why === undefined) return evaluation;
  const because = `${evaluation.because}; but its fix cannot be planned for now: ${why.because}`;
  return { ...evaluation, verdict: 'unknown', because };
}

/** Adds the tags of a resource. Where they cannot be read they stay away, and then nothing is written. */
async function withTags(session: Session, resource: Resource | undefined, at: At): Promise<At> {
  if (resource?.tags === undefined) return { ...at, tags: {} };
  try {
    return { ...at, tags: await session.value(resource.tags, at, resource.gone) };
  } catch (error) {
    if (error instanceof GoneError || error instanceof UnreadableError) return at;
    throw error;
  }
}

/** Global services are judged where their partition keeps them. */
function regionFor(resource: Resource, place: Place): string {
  return resource.global ? partitionOf(place.region).home : place.region;
}

type Ids =
  | { readonly kind: 'ids'; readonly ids: readonly string[] }
  | { readonly kind: 'unknown'; readonly because: string; readonly lasting: boolean; readonly at: At };

async function listResources(session: Session, resource: Resource, here: At): Promise<Ids> {
  if (resource.list === undefined) return { kind: 'ids', ids: [here.id] };
  // Whatever goes wrong here, "it is gone" would mean that there is nothing at all to judge.
  return readIds(session, [resource.list], [], here);
}

async function idsOf(session: Session, { resource, target, ...place }: Subject, now: Date): Promise<Ids> {
  if (target.kind === 'id') return { kind: 'ids', ids: [target.id] };
  return readIds(
    session,
    target.reads,
    resource.gone,
    atOf(resource, { ...place, region: target.region, id: target.from }, now),
  );
}

/** Follows reads from one id to others; one that does not exist (any more) leads nowhere. */
async function readIds(
  session: Session,
  reads: readonly NonNullable<Resource['list']>[],
  gone: readonly string[],
  from: At,
): Promise<Ids> {
  let ids: readonly string[] = [from.id];
  try {
    for (const read of reads) {
      const found = await pMap(ids, (id) => neighboursOf(session, read, gone, { ...from, id }), {
        concurrency: CONCURRENCY,
      });
      ids = [...new Set(found.flat())];
    }
    return { kind: 'ids', ids };
  } catch (error) {
    if (error instanceof UnreadableError)
      return { kind: 'unknown', because: `could not be listed: ${error.message}`, lasting: error.lasting, at: from };
    throw error;
  }
}

async function neighboursOf(
  session: Session,
  read: NonNullable<Resource['list']>,
  gone: readonly string[],
  at: At,
): Promise<readonly string[]> {
  try {
    return await session.value(read, at, gone);
  } catch (error) {
    if (error instanceof GoneError) return [];
    throw error;
  }
}

/** What could not even be listed is unknown for every control that would have judged it. */
function unknown(
  resource: Resource,
  controls: readonly Control[],
  { at, because, lasting }: Extract<Ids, { kind: 'unknown' }>,
): Evaluation[] {
  return controls.map(({ number, detector }) => ({
    control: number,
    finding: findingId(number, at.arn),
    verdict: 'unknown',
    because,
    ...(lasting ? { lasting: true as const } : {}),
    title: detector.title,
    criticality: detector.criticality,
    resource: refOf(resource, at),
  }));
}
