import type { Narrator } from './narrator.ts';
import type { Scene } from './scene.ts';
import { account } from './scenes/account.ts';
import { approved, opened, repeated } from './scenes/bucket.ts';
import { instance } from './scenes/instance.ts';
import { ledger } from './scenes/ledger.ts';
import { passwords } from './scenes/passwords.ts';
import { snapshot } from './scenes/snapshot.ts';
import { topic } from './scenes/topic.ts';
import { createStage, type Stage } from './stage.ts';

/** An hour in the life of an account. */
const story: readonly Scene[] = [account, opened, snapshot, approved, repeated, passwords, topic, instance, ledger];

/** The first half of it: from the bucket as it was until it is so again. */
export const firstHalf: readonly Scene[] = [account, opened, snapshot, approved];

/**
 * Plays scenes on a new stage, in order.
 *
 * @returns the stage as it was left, its store still open
 */
export async function tellStory(narrator: Narrator, scenes: readonly Scene[] = story): Promise<Stage> {
  const stage = createStage();
  for (const scene of scenes) await scene(stage, narrator);
  return stage;
}
