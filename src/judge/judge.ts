import type { Control } from '../catalogue.ts';
import type { Reads } from '../control/read.ts';
import type { At, Place, Resource } from '../control/resource.ts';
import type { Verdict } from '../control/verdict.ts';
import { findingId } from '../plan/digest.ts';
import type { Evaluation, ResourceRef } from '../plan/plan.ts';
import { allOf, GoneError, type Session, UnreadableError } from './session.ts';

/** A resource in its place, at a moment. */
export function atOf(resource: Resource, place: Place & { readonly id: string }, now: Date): At {
  const { partition, account, region, id } = place;
  return { partition, account, region, id, arn: resource.arn(place), now };
}

/** The same, as data. */
export function refOf(resource: Resource, at: At): ResourceRef {
  const { id, arn, partition, account, region, tags } = at;
  return { type: resource.type, id, arn, partition, account, region, scope: resource.scope, ...(tags ? { tags } : {}) };
}

/** The values of a set of reads, by name. */
export async function valuesOf(session: Session, reads: Reads, at: At, gone: readonly string[]) {
  const names = Object.keys(reads);
  const values = await allOf(Object.values(reads).map((read) => session.value(read, at, gone)));
  return Object.fromEntries(names.map((name, index) => [name, values[index]]));
}

/**
 * Judges one resource by one control. Never throws: what cannot be read is
 * `unknown`, what does not exist is `skip`.
 */
export async function evaluate(session: Session, { number, detector }: Control, at: At): Promise<Evaluation> {
  const { resource, title, criticality } = detector;
  const verdict = await judge(session, detector, at);
  return {
    control: number,
    finding: findingId(number, at.arn),
    verdict: verdict.verdict,
    because: 'because' in verdict ? verdict.because : '',
    ...('lasting' in verdict ? { lasting: true as const } : {}),
    title,
    criticality,
    resource: refOf(resource, at),
  };
}

type Judged = Verdict | { readonly verdict: 'unknown'; readonly because: string; readonly lasting?: true };

async function judge(session: Session, { reads, resource, check }: Control['detector'], at: At): Promise<Judged> {
  try {
    return check(await valuesOf(session, reads, at, resource.gone), at);
  } catch (error) {
    if (error instanceof GoneError) return { verdict: 'skip', because: error.message };
    if (error instanceof UnreadableError) {
      return { verdict: 'unknown', because: error.message, ...(error.lasting ? { lasting: true } : {}) };
    }
    return {
      verdict: 'unknown',
      because: `the check failed: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}
