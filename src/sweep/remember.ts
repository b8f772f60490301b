import type { Config } from '../config.ts';
import type { Store } from '../store/port.ts';

const hour = 3_600_000;

/** For how long events that came are remembered, in milliseconds: longer than any look-up reaches back. */
export const memoryOf = ({ sweep }: Pick<Config, 'sweep'>): number => (2 * sweep.everyHours + 24) * hour;

/** Whether events that never came are looked for. */
export const looksUp = ({ sweep }: Pick<Config, 'sweep'>): boolean => sweep.everyHours > 0 && sweep.missed;

/**
 * Remembers events that came and that somebody watches, so that a sweep can
 * tell which never did. To be called for all that is taken in, before it is
 * struck off.
 *
 * @throws StoreError when it could not be stored: the events have to come again
 */
export async function remember(
  store: Pick<Store, 'markSeen'>,
  config: Pick<Config, 'sweep'>,
  eventIds: readonly string[],
  now: Date,
): Promise<void> {
  if (eventIds.length === 0 || !looksUp(config)) return;
  await store.markSeen([...new Set(eventIds)], new Date(now.getTime() + memoryOf(config)).toISOString());
}
