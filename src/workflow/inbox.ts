import { createHash } from 'node:crypto';
import stringify from 'safe-stable-stringify';
import type { OutboxEffect } from '../store/records.ts';
import type { Kit } from './kit.ts';

/** What the keys of effects begin with that were said in a chat. */
export const INTERACTION = 'interaction:';

/**
 * Writes down what a person did in a chat. The same message that arrives again
 * while it still waits is one; what arrives again later changes nothing,
 * because decisions are bound to a plan and to the message that asked for it.
 *
 * @throws StoreError when it could not be stored
 */
export async function handOver(
  kit: Pick<Kit, 'now'> & { readonly store: Pick<Kit['store'], 'commit'> },
  interaction: unknown,
): Promise<void> {
  const now = kit.now().toISOString();
  const digest = createHash('sha256')
    .update(stringify(interaction) ?? '')
    .digest('hex');
  const effect = {
    ...({ key: `${INTERACTION}${digest}`, lane: 'inbox', kind: 'interaction', finding: '', plan: null } as const),
    ...{ interaction, due: now, createdAt: now },
  };
  await kit.store.commit([{ kind: 'effect', effect }]);
}

/** Takes up what was handed over, and strikes it out once it was dealt with. */
export async function performInteraction(kit: Kit, { key, interaction, createdAt }: OutboxEffect): Promise<void> {
  await kit.interact(interaction, createdAt);
  await kit.store.commit([{ kind: 'effectDone', key, worker: kit.worker.id }]);
}
