import { audienceAt, createNarrator } from '../demo/narrator.ts';
import { tellStory } from '../demo/story.ts';
import { pageOf } from '../plan/render/page.ts';

/** As wide as the story needs: it is told for a terminal of 100 columns. */
const WIDTH = 100;

/** `redress demo`: the whole story in the terminal, on an embedded sample account; with `--slack`, as it looks in Slack. */
export async function demo({ fast, slack }: { fast: boolean; slack: boolean }): Promise<void> {
  // A reader who has seen enough (`| head`) ends the demo; nothing is left behind that would need more.
  process.stdout.once('error', () => process.exit(0));
  const { color, width } = pageOf(process.stdout, process.env);
  const page = { color, width: Math.min(width, WIDTH) };
  const narrator = createNarrator(audienceAt({ input: process.stdin, output: process.stdout }, page, { fast }));
  // Who does not look at Slack does not load what speaks with it.
  const tell = slack ? (await import('../demo/slack/tell.ts')).tellInSlack : tellStory;
  const { store } = await tell(narrator);
  await store.close();
}
