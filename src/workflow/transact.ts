import type { Change, Conflict } from '../store/port.ts';
import type { Kit } from './kit.ts';

/** After so many conflicts in a row something is wrong with the store. */
const mostTries = 50;

/** What is to be stored, and what it means for the caller when it was. */
export interface Prepared<T> {
  readonly changes: readonly Change[];
  readonly result: T;
}

export type Outcome<T> =
  | { readonly ok: true; readonly result: T }
  | { readonly ok: false; readonly conflict: Conflict };

/**
 * Reads, decides and stores, as one transaction: when a finding or a plan was
 * changed by somebody else in between, all of it is done again. Other
 * conditions that do not hold (lease, lock, limit, stop switch) are the
 * caller's to handle.
 *
 * @throws Error when others keep changing the same records
 */
export async function transact<T>(kit: Kit, prepare: () => Promise<Prepared<T>>): Promise<Outcome<T>> {
  for (let tries = 0; tries < mostTries; tries += 1) {
    const { changes, result } = await prepare();
    if (changes.length === 0) return { ok: true, result };
    const committed = await kit.store.commit(changes);
    if (committed.ok) return { ok: true, result };
    const { conflict } = committed;
    if (!['finding', 'findingIs', 'plan'].includes(conflict.kind)) return { ok: false, conflict };
  }
  throw new Error('The same findings are being changed by others all the time; nothing was stored.');
}
