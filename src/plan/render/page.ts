import { styleText } from 'node:util';

/** What a rendering may use of the terminal. */
export interface Page {
  readonly color: boolean;
  /** Columns. Prose wraps at it; commands never do. */
  readonly width: number;
}

type Format = Parameters<typeof styleText>[0];

/** The page of an output stream: colours on a terminal only, and not against NO_COLOR. */
export function pageOf(
  stream: { readonly isTTY?: boolean; readonly columns?: number },
  env: Readonly<Record<string, string | undefined>>,
): Page {
  const color = stream.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb';
  return { color, width: Math.max(NARROWEST, Math.min(stream.columns ?? WIDEST, WIDEST)) };
}

/** Longer lines than this are hard to read, shorter ones have no room for a label. */
const WIDEST = 110;
const NARROWEST = 40;

export function paint({ color }: Page, format: Format, text: string): string {
  return color && text !== '' ? styleText(format, text, { validateStream: false }) : text;
}

export const INDENT = 2;
export const LABEL_WIDTH = 10;

/** Prose beside its label, wrapped. */
export function labelled(page: Page, label: string, text: string, format?: Format): string[] {
  const margin = ' '.repeat(INDENT);
  return wrapped(text, page.width - INDENT - LABEL_WIDTH).map((line, row) => {
    const head = (row === 0 ? label : '').padEnd(LABEL_WIDTH);
    return `${margin}${paint(page, 'dim', head)}${format === undefined ? line : paint(page, format, line)}`.trimEnd();
  });
}

/** Breaks text into lines between words. A word that is too long stands alone, whole. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && longer.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  return [...lines, line];
}
