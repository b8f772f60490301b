import { styleText } from 'node:util';

/** One JSON document on standard output, and nothing else. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** Whether a stream shows colours: a terminal, unless NO_COLOR says otherwise. */
export function hasColor(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
}

/** The width to wrap text at. */
export const widthOf = (stream: NodeJS.WriteStream): number => Math.min(stream.columns ?? 100, 120);

/** A table in plain text: columns as wide as their contents, a bold head where there are colours. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  const title = line(head);
  const lines = [hasColor(process.stdout) ? styleText('bold', title) : title, ...rows.map(line)];
  return `${lines.join('\n')}\n`;
}

/** Something for the person, on standard error. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
