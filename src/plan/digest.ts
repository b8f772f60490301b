import { createHash } from 'node:crypto';
import stringify from 'safe-stable-stringify';
import type { Plan } from './plan.ts';

/** SHA-256 of a value's canonical JSON: keys sorted, the same state gives the same digest. */
export function digestOf(value: unknown): string {
  return `sha256:${createHash('sha256')
    .update(stringify(value) ?? 'null')
    .digest('hex')}`;
}

/** The identity of a finding: a control failing on a resource, whatever event told of it. */
export function findingId(control: number, arn: string): string {
  return `f-${createHash('sha256').update(`${control} ${arn}`).digest('hex').slice(0, 12)}`;
}

/** Seals a plan: its digest is over everything in it, its id is the start of the digest. */
export function sealed(content: Omit<Plan, 'id' | 'digest'>): Plan {
  const digest = digestOf(content);
  return { id: `p-${digest.slice('sha256:'.length, 'sha256:'.length + 12)}`, digest, ...content };
}

/** Whether a plan still says what it said when it was sealed. */
export function isIntact(plan: Plan): boolean {
  const { id, digest, ...content } = plan;
  const again = sealed(content);
  return again.digest === digest && again.id === id;
}

/** A value as JSON has it: dates become text, what is not there becomes null. */
export function asJson(value: unknown): unknown {
  return value === undefined ? null : JSON.parse(JSON.stringify(value));
}
