import { createInterface } from 'node:readline/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Page, paint } from '../plan/render/page.ts';

/** What came of a question. */
export type Answer =
  | { readonly answer: 'yes' | 'no' }
  /** Nobody was there to answer. */
  | { readonly answer: 'none'; readonly because: string };

/** Tells the story: writes it, at a pace that can be read. */
export interface Narrator {
  readonly page: Page;
  /** Opens a scene. */
  readonly scene: (title: string) => Promise<void>;
  /** A few lines that belong together. */
  readonly tell: (lines: readonly string[]) => Promise<void>;
  readonly ask: (question: string) => Promise<Answer>;
}

/** Whom the narrator speaks to: a terminal, a file, a test. */
export interface Audience {
  readonly page: Page;
  readonly write: (text: string) => void;
  /** Waits so that what was written can be read. */
  readonly pause: (milliseconds: number) => Promise<void>;
  readonly ask: (question: string) => Promise<Answer>;
}

const READING = { line: 150, least: 450, most: 2000, scene: 1000 } as const;

export function createNarrator({ page, write, pause, ask }: Audience): Narrator {
  let scenes = 0;
  return {
    page,
    ask,
    async scene(title) {
      if (scenes > 0) await pause(READING.scene);
      scenes += 1;
      const head = `── ${scenes} ── `;
      const rule = '─'.repeat(Math.max(3, page.width - head.length - title.length - 1));
      write(`\n${paint(page, 'dim', head)}${paint(page, 'bold', title)} ${paint(page, 'dim', rule)}\n\n`);
    },
    async tell(lines) {
      if (lines.length === 0) return;
      write(`${lines.join('\n')}\n`);
      await pause(Math.min(READING.most, Math.max(READING.least, lines.length * READING.line)));
    },
  };
}

interface Streams {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

/**
 * The audience at a terminal; or, where there is none, whoever reads the output later.
 *
 * @param options.fast leaves the pauses out
 * @param options.patience seconds to wait for an answer
 */
export function audienceAt(
  { input, output }: Streams,
  page: Page,
  { fast, patience = 12 }: { fast: boolean; patience?: number },
): Audience {
  const isTerminal = input.isTTY === true && output.isTTY === true;
  return {
    page,
    write: (text) => {
      output.write(text);
    },
    pause: async (milliseconds) => {
      if (isTerminal && !fast) await sleep(milliseconds);
    },
    ask: async (question) => {
      if (isTerminal) return askAt({ input, output }, `${question} [y/N] `, patience);
      output.write(`${question} [y/N]\n`);
      return { answer: 'none', because: 'there is no terminal to ask on' };
    },
  };
}

async function askAt({ input, output }: Streams, question: string, patience: number): Promise<Answer> {
  await forgetTypedAhead(input);
  const terminal = createInterface({ input, output });
  const late = AbortSignal.timeout(patience * 1000);
  try {
    return await new Promise<Answer>((resolve) => {
      terminal.once('SIGINT', () => process.kill(process.pid, 'SIGINT'));
      // The end of the input is no yes.
      terminal.once('close', () => resolve({ answer: 'no' }));
      terminal.question(question, { signal: late }).then(
        (text) => resolve({ answer: /^y(es)?$/i.test(text.trim()) ? 'yes' : 'no' }),
        () => {
          output.write('\n');
          resolve({ answer: 'none', because: `nobody answered within ${patience} seconds` });
        },
      );
    });
  } finally {
    terminal.close();
  }
}

/** Keys that were pressed before the question was there do not answer it. */
async function forgetTypedAhead(input: Streams['input']): Promise<void> {
  input.resume();
  await sleep(50);
  input.pause();
}
