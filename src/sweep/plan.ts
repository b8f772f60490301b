import type { Catalogue } from '../catalogue.ts';
import type { Config } from '../config.ts';
import type { Change, Store } from '../store/port.ts';
import { sweepEffect } from '../workflow/sweep.ts';
import { lookedUpTo, lookUpLag } from './look-up.ts';
import { placeKey, type SweptPlace } from './places.ts';
import { looksUp } from './remember.ts';
import { type Slot, slotsBetween } from './schedule.ts';
import { sweptTypes } from './subject.ts';
import type { SweepTask } from './task.ts';

const minute = 60_000;
const hour = 60 * minute;

/** How far ahead is planned: longer than the time between two calls. */
const ahead = 15 * minute;
/** At most so much of the schedule in one call: what was left out is made up for bit by bit, not all at once. */
const mostAtOnce = hour;
/** Effects in one commit. */
const batch = 25;
/** An account that is swept at once is swept over this time. */
const atOnce = 30 * minute;

export interface PlanParts {
  readonly store: Pick<Store, 'mark' | 'commit'>;
  readonly places: readonly SweptPlace[];
  readonly catalogue: Catalogue;
  readonly config: Pick<Config, 'sweep'>;
  readonly now: Date;
}

/**
 * Puts the parts of sweeps that come due soon into the outbox, each once in a
 * period: how far it has planned is marked in the same commit. Call it every
 * few minutes, from as many processes as you like. Where it was not called for
 * a time (or never before), it catches up, at most one period.
 *
 * @returns how many parts it has planned
 * @throws StoreError when the store cannot be used; the next call goes on
 */
export async function planSweeps(parts: PlanParts): Promise<number> {
  const { store, places, catalogue, config, now } = parts;
  const period = config.sweep.everyHours * hour;
  if (period === 0) return 0;
  const name = markName(parts);
  let planned = (await store.mark(name)) ?? null;
  const from = Math.max(planned === null ? 0 : Date.parse(planned), now.getTime() - period);
  const to = Math.min(now.getTime() + ahead, from + mostAtOnce);
  if (to <= from) return 0;

  const slots = slotsBetween({ places, types: sweptTypes(catalogue).values(), period, from, to });
  let count = 0;
  for (const { slots: some, until } of inBatches(slots, to)) {
    const value = new Date(until).toISOString();
    const effects = await effectsFor(parts, some);
    const { ok } = await store.commit([...effects, { kind: 'mark', name, value, expected: planned }]);
    // Somebody else is planning the same.
    if (!ok) return count;
    planned = value;
    count += effects.length;
  }
  return count;
}

/**
 * Plans the sweep of one account at once, outside its schedule: when Redress
 * was locked out of it and can get in again, or when it is new. What waits
 * already is left alone.
 *
 * @returns how many parts it has asked for
 */
export async function planAccount(parts: PlanParts, account: string): Promise<number> {
  const { catalogue, config, now } = parts;
  const period = config.sweep.everyHours * hour;
  if (period === 0) return 0;
  const places = parts.places.filter((place) => place.account === account);
  const from = now.getTime();
  const within = Math.min(atOnce, period);
  const slots = slotsBetween({ places, types: sweptTypes(catalogue).values(), period, from, to: from + period });
  const soon = slots.map((slot) => ({ ...slot, due: from + ((slot.due - from) / period) * within }));
  let count = 0;
  for (const { slots: some } of inBatches(soon, from + within)) {
    const effects = await effectsFor(parts, some);
    await parts.store.commit(effects);
    count += effects.length;
  }
  return count;
}

/** Bots that share a store share a plan only if they sweep the same places. */
function markName({ config, places }: PlanParts): string {
  if (config.sweep.places !== undefined) return 'sweeps planned';
  return `sweeps planned: ${places.map(placeKey).sort().join(' ')}`;
}

/** Batches with the moment that is planned up to by each: never between two slots of the same moment. */
function* inBatches(slots: readonly Slot[], to: number): Generator<{ slots: readonly Slot[]; until: number }> {
  let some: Slot[] = [];
  for (const [index, slot] of slots.entries()) {
    some.push(slot);
    if (some.length < batch || slots[index + 1]?.due === slot.due) continue;
    yield { slots: some, until: slot.due };
    some = [];
  }
  yield { slots: some, until: to };
}

async function effectsFor(parts: PlanParts, slots: readonly Slot[]): Promise<readonly Change[]> {
  const now = parts.now.toISOString();
  const effects: Change[] = [];
  for (const slot of slots) {
    const task = await taskFor(parts, slot);
    const due = new Date(slot.due).toISOString();
    if (task !== undefined) effects.push({ kind: 'effect', effect: sweepEffect(task, due, now) });
  }
  return effects;
}

async function taskFor(parts: PlanParts, { place: swept, what, due }: Slot): Promise<SweepTask | undefined> {
  const { config, now } = parts;
  const { partition, account, region } = swept;
  const place = { partition, account, region };
  switch (what.kind) {
    case 'judge':
      return { kind: 'judge', place, type: what.type, after: null };
    case 'findings': {
      const since = new Date(due - config.sweep.everyHours * hour).toISOString();
      return { kind: 'findings', place, since, after: null };
    }
    case 'missed': {
      if (!looksUp(config)) return undefined;
      const from = await lookedUpTo(parts.store, place, now);
      const to = new Date(Math.max(due, now.getTime()) - lookUpLag).toISOString();
      return from < to ? { kind: 'missed', place, from, to, page: null, found: 0 } : undefined;
    }
  }
}
