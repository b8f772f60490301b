import { audienceAt, createNarrator } from '../demo/narrator.ts';
import { tellStory } from '../demo/story.ts';
import { pageOf } from '../plan/render/page.ts';

/** As wide as the story needs: it is told for a terminal of 100 columns. */
const WIDTH = 100;

/** `redress demo`: the whole story in the terminal, on an embedded sample account. */
export async function demo({ fast }: { fast: boolean }): Promise<void> {
  // A reader who has seen enough (`| head`) ends the demo; nothing is left behind that would need more.
  process.stdout.once('error', () => process.exit(0));
  const { color, width } = pageOf(process.stdout, process.env);
  const page = { color, width: Math.min(width, WIDTH) };
  const narrator = createNarrator(audienceAt({ input: process.stdin, output: process.stdout }, page, { fast }));
  const { store } = await tellStory(narrator);
  await store.close();
}
