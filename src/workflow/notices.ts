import type { OutboxEffect } from '../store/records.ts';
import type { Kit } from './kit.ts';

/**
 * Delivers a notice and takes it out. A crash in between delivers it twice,
 * never not at all.
 *
 * @throws whatever the notifier throws; the notice is tried again later
 */
export async function performNotice(kit: Kit, effect: OutboxEffect): Promise<void> {
  await tell(kit, effect);
  await kit.store.commit([{ kind: 'effectDone', key: effect.key, worker: kit.worker.id }]);
}

/** Names one asking: effects of the same key come and go, each with a time of its own. */
export const occasionOf = ({ key, createdAt }: OutboxEffect): string => `${key}@${createdAt}`;

async function tell({ store, notifier }: Kit, effect: OutboxEffect): Promise<void> {
  const { kind, finding, plan, events, obstacle } = effect;
  if (obstacle !== undefined) return notifier.obstacle?.(obstacle);
  const record = await store.finding(finding);
  if (record === undefined) return;
  if (kind === 'changed') return notifier.changed(record, events ?? []);
  const stored = plan === null ? undefined : await store.plan(plan);
  // Whoever is asked about a plan that is out of date by now would be asked in vain.
  const isOpen = record.plan === plan && (record.state === 'waiting' || record.state === 'guided');
  if (kind === 'ask' && stored !== undefined && isOpen) await notifier.ask(record, stored.plan, occasionOf(effect));
}
