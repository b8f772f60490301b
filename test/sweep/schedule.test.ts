import { describe, expect, it } from 'vitest';
import { sweptPlaces } from '../../src/sweep/places.ts';
import { type Slot, slotsBetween } from '../../src/sweep/schedule.ts';
import { sweptTypes } from '../../src/sweep/subject.ts';
import { catalogue } from '../controls.ts';
import { HOUR, own, START, type SweepConfig, sweepOf } from './world.ts';

type Listed = NonNullable<SweepConfig['places']>[number];

const types = [...sweptTypes(catalogue).values()];
const accounts = (many: number): readonly string[] =>
  Array.from({ length: many }, (_, index) => String(100_000_000_000 + index));
const placesOf = ([first = '', ...rest]: readonly string[]) => {
  const listed = (account: string) => ({ account, regions: ['eu-west-1', 'us-east-1'] }) satisfies Listed;
  return sweptPlaces(sweepOf({ places: [listed(first), ...rest.map(listed)] }), own);
};
const name = ({ place, what }: Slot) =>
  `${place.account}/${place.region}/${what.kind === 'judge' ? what.type : what.kind}`;

describe('the places', () => {
  it('are where Redress runs, and where the partition keeps what is global, if nothing is listed', () => {
    expect(sweptPlaces(sweepOf(), own)).toEqual([
      { ...own, scope: 'regional' },
      { ...own, region: 'us-east-1', scope: 'global' },
    ]);
  });

  it('are those listed; the home region of global services counts once for each account', () => {
    const listed: Listed = { account: '111122223333', regions: ['us-gov-east-1', 'us-gov-west-1', 'us-gov-east-1'] };
    expect(sweptPlaces(sweepOf({ places: [listed] }), own)).toEqual([
      { partition: 'aws-us-gov', account: '111122223333', region: 'us-gov-east-1', scope: 'regional' },
      { partition: 'aws-us-gov', account: '111122223333', region: 'us-gov-west-1', scope: 'both' },
    ]);
  });
});

describe('the schedule', () => {
  const period = 24 * HOUR;

  it('has everything come due once in a period, whatever windows it is asked in, and at the same time of the next', () => {
    const places = placesOf(accounts(3));
    const between = (from: number, to: number) => slotsBetween({ places, types, period, from, to });
    const day: Slot[] = [];
    for (let from = START; from < START + period; from += 7 * 60_000) {
      day.push(...between(from, Math.min(from + 7 * 60_000, START + period)));
    }
    const regional = types.filter(({ resource }) => !resource.global).length;
    // Two regions with what they keep; in one of them also what is global; each with findings and missed events.
    expect(day).toHaveLength(3 * (regional + types.length + 2 * 2));
    expect(new Set(day.map(name)).size).toBe(day.length);
    expect(between(START + period, START + 2 * period).map(({ due }) => due - period)).toEqual(
      day.map(({ due }) => due),
    );
    expect(between(START, START + 2 * period)).toHaveLength(2 * day.length);
  });

  it('spreads them evenly', () => {
    const places = placesOf(accounts(100));
    const slots = slotsBetween({ places, types, period, from: START, to: START + period });
    const quarters = Array<number>(96).fill(0);
    for (const { due } of slots) {
      const quarter = Math.min(95, Math.floor((due - START) / (period / 96)));
      quarters[quarter] = (quarters[quarter] ?? 0) + 1;
    }
    const average = slots.length / 96;
    expect(Math.max(...quarters)).toBeLessThan(1.4 * average);
    expect(Math.min(...quarters)).toBeGreaterThan(0.6 * average);
  });

  it('moves nothing when a place or a type comes or goes', () => {
    const all = (many: number, some = types) =>
      new Map(
        slotsBetween({ places: placesOf(accounts(many)), types: some, period, from: START, to: START + period }).map(
          (slot) => [name(slot), slot.due],
        ),
      );
    const [more, fewer] = [all(3), all(2, types.slice(1))];
    for (const [key, due] of fewer) expect([key, more.get(key)]).toEqual([key, due]);
  });
});
