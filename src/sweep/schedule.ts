import { createHash } from 'node:crypto';
import { isSweptIn, placeKey, type SweptPlace } from './places.ts';
import type { SweptType } from './subject.ts';

/** What is due in a place: a resource type to judge, leftover findings, or a look for missed events. */
export type What = { readonly kind: 'judge'; readonly type: string } | { readonly kind: 'findings' | 'missed' };

/** One thing that is due, at a moment in milliseconds. */
export interface Slot {
  readonly due: number;
  readonly place: SweptPlace;
  readonly what: What;
}

/** A fixed number from 0 up to 1 for a text, spread evenly. */
export function fractionOf(text: string): number {
  return createHash('sha256').update(text).digest().readUIntBE(0, 6) / 2 ** 48;
}

/**
 * What comes due after `from` up to `to`, in order. Everything comes due once
 * in a period, always at the same time of it: the period is filled evenly, and
 * what is added or taken away moves nothing else.
 *
 * @param period in milliseconds, as are the moments
 */
export function slotsBetween(options: {
  readonly places: readonly SweptPlace[];
  readonly types: Iterable<SweptType>;
  readonly period: number;
  readonly from: number;
  readonly to: number;
}): readonly Slot[] {
  const { places, period, from, to } = options;
  const types = [...options.types].map(({ name, resource }) => ({
    what: { kind: 'judge', type: name } as const,
    fits: (place: SweptPlace) => isSweptIn(place, resource),
    fraction: fractionOf(name),
  }));
  const others = (['findings', 'missed'] as const).map((kind) => ({
    what: { kind },
    fits: () => true,
    fraction: fractionOf(kind),
  }));
  const found: Slot[] = [];
  for (const place of places) {
    const start = fractionOf(placeKey(place));
    for (const { what, fits, fraction } of [...types, ...others]) {
      const offset = Math.floor(((start + fraction) % 1) * period);
      // The first such moment after `from`, and those that follow it.
      let due = offset + (Math.floor((from - offset) / period) + 1) * period;
      for (; due <= to; due += period) if (fits(place)) found.push({ due, place, what });
    }
  }
  return found.sort((a, b) => a.due - b.due);
}
