import { erase } from './erase.ts';
import type { Triggers } from './event.ts';
import type { Reads, Values } from './read.ts';
import type { At, Resource } from './resource.ts';
import type { Criticality, Verdict } from './verdict.ts';

/** How a control is judged: its triggers, its reads, its check. */
export interface Detector {
  readonly control: number;
  readonly resource: Resource;
  /** The state that is wanted, in our words: "Bucket keeps every version of its objects". */
  readonly title: string;
  readonly criticality: Criticality;
  readonly on: Triggers;
  readonly reads: Reads;
  /** Pure. Sees a resource only when all its reads succeeded. */
  readonly check: (state: Record<string, unknown>, at: At) => Verdict;
  /** Where the policy document is wrong or contradicts itself, and what Redress does. */
  readonly note: string | undefined;
}

interface DetectorSpec<R> {
  title: string;
  criticality: Criticality;
  on: Triggers;
  reads: R;
  check: (state: Values<R>, at: At) => Verdict;
  note?: string;
}

/** Types a detector outside a table, for functions that make a family of them. */
export function detector<R extends Reads>(spec: DetectorSpec<R>): DetectorSpec<R> {
  return spec;
}

/** The detectors of one type of resource, by control number. */
export type Detectors = Readonly<Record<number, Detector>>;

/** Declares the detectors of one type of resource. Control numbers are the keys. */
export function detectors<T extends Record<number, Reads>>(
  resource: Resource,
  table: { [K in keyof T]: DetectorSpec<T[K]> },
): { readonly [K in keyof T]: Detector } {
  const made = Object.entries<DetectorSpec<Reads>>(erase(table)).map(([number, spec]) => [
    number,
    { control: Number(number), resource, note: undefined, ...spec },
  ]);
  return erase(Object.fromEntries(made));
}
