import { createNarrator } from '../demo/narrator.ts';
import { firstHalf, tellStory } from '../demo/story.ts';

/** Of the first half of the story, the scenes that the picture has room for: caught, and set right. */
const SHOWN: readonly number[] = [2, 4];

/**
 * The picture of one run, as SVG: the most telling scenes of `redress demo`,
 * really played, in the colours of a terminal. The same code gives the same picture.
 */
export async function demoPicture(): Promise<string> {
  const lines = ['$ npx redress demo'];
  let scene = 0;
  const write = (text: string): void => {
    if (SHOWN.includes(scene)) lines.push(...text.split('\n').filter((line) => line !== ''));
  };
  const narrator = createNarrator({
    page: { color: true, width: COLUMNS },
    write,
    pause: async () => {},
    ask: async (question) => {
      write(`${question} [y/N] y\n`);
      return { answer: 'yes' };
    },
  });
  const { store } = await tellStory(
    {
      ...narrator,
      scene: async (title) => {
        scene += 1;
        lines.push(SHOWN.includes(scene) ? '' : '…');
        await narrator.scene(title);
      },
    },
    firstHalf,
  );
  await store.close();
  return terminalPicture(lines, 'A run of redress demo');
}

const COLUMNS = 100;
const FONT = 13;
const ADVANCE = 7.8;
const LEADING = 18;
const MARGIN = 20;

/** A piece of text in one style. */
interface Span {
  readonly text: string;
  readonly column: number;
  readonly color: string;
  readonly bold: boolean;
}

const INK = '#c9d1d9';
const DIM = '#8b949e';
const COLORS: Readonly<Record<string, string>> = {
  31: '#ff7b72',
  32: '#7ee787',
  33: '#e3b341',
  35: '#d2a8ff',
  36: '#79c0ff',
  39: INK,
};

function terminalPicture(lines: readonly string[], title: string): string {
  const width = Math.ceil(COLUMNS * ADVANCE + 2 * MARGIN);
  const height = lines.length * LEADING + 2 * MARGIN;
  const rows = lines.map((line, row) => {
    const y = MARGIN + (row + 1) * LEADING - 5;
    return `<text y="${y}">${spansOf(line).map(tspan).join('')}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${width}" height="${height}" rx="8" fill="#0d1117"/>`,
    `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="${FONT}" xml:space="preserve">`,
    ...rows,
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

/** Cuts a line where its style changes. */
function spansOf(line: string): Span[] {
  const spans: Span[] = [];
  let color = INK;
  let bold = false;
  let dim = false;
  let column = 0;
  // Every second part is the number of a style, as styleText writes it.
  for (const [at, part] of line.split(STYLE).entries()) {
    if (at % 2 === 0) {
      const text = part.trimStart();
      const start = column + part.length - text.length;
      if (text !== '') spans.push({ text, column: start, color: dim ? DIM : color, bold });
      column += part.length;
      continue;
    }
    if (part === '1') bold = true;
    else if (part === '2') dim = true;
    else if (part === '22') [bold, dim] = [false, false];
    else color = COLORS[part] ?? color;
  }
  return spans;
}

const ESCAPE = String.fromCharCode(27);
const STYLE = new RegExp(`${ESCAPE}\\[(\\d+)m`);

/** Every span has its own place and length, so that columns stand whatever font there is. */
function tspan({ text, column, color, bold }: Span): string {
  const x = (MARGIN + column * ADVANCE).toFixed(1);
  const length = (text.length * ADVANCE).toFixed(1);
  const weight = bold ? ' font-weight="bold"' : '';
  return `<tspan x="${x}" textLength="${length}" fill="${color}"${weight}>${escaped(text)}</tspan>`;
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
