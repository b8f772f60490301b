import { type Answer, createNarrator } from '../../src/demo/narrator.ts';
import type { Stage } from '../../src/demo/stage.ts';
import { tellStory } from '../../src/demo/story.ts';

export interface Told {
  readonly text: string;
  /** The text without colours, scene by scene; the first is what comes before any. */
  readonly scenes: readonly string[];
  readonly stage: Stage;
  /** Milliseconds that a terminal would have paused. */
  readonly paused: number;
}

/** The whole story, told to a listener who gives one answer. */
export async function hear(answer: Answer, color = false): Promise<Told> {
  let text = '';
  let paused = 0;
  const narrator = createNarrator({
    page: { color, width: 100 },
    write: (piece) => {
      text += piece;
    },
    pause: async (milliseconds) => {
      paused += milliseconds;
    },
    ask: async (question) => {
      text += `${question}\n`;
      return answer;
    },
  });
  const stage = await tellStory(narrator);
  return { text, scenes: text.split(/^── /m), stage, paused };
}

export const nobody: Answer = { answer: 'none', because: 'there is no terminal to ask on' };
