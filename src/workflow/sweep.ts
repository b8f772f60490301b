import { createHash } from 'node:crypto';
import stringify from 'safe-stable-stringify';
import type { Change, NewEffect } from '../store/port.ts';
import type { OutboxEffect } from '../store/records.ts';
import type { SweepTask } from '../sweep/task.ts';
import { at, type Kit } from './kit.ts';

/** Puts a part of a sweep into the outbox. One that waits there already is left alone. */
export function sweepEffect(sweep: SweepTask, due: string, createdAt: string): NewEffect {
  const digest = createHash('sha256')
    .update(stringify(sweep) ?? '')
    .digest('hex');
  return {
    ...({ key: `sweep:${digest}`, lane: 'sweep', kind: 'sweep', finding: '', plan: null } as const),
    ...{ sweep, due, createdAt },
  };
}

/**
 * Performs a part of a sweep and puts the next one into its place, in one
 * commit: a crash repeats a part, and never leaves one out.
 */
export async function performSweep(kit: Kit, { key, sweep, attempts }: OutboxEffect): Promise<void> {
  const next = sweep && (await kit.sweep?.(sweep, { attempts, signal: kit.signal }));
  const now = at(kit);
  const follow: Change[] = next === undefined ? [] : [{ kind: 'effect', effect: sweepEffect(next, now, now) }];
  await kit.store.commit([{ kind: 'effectDone', key, worker: kit.worker.id }, ...follow]);
}
