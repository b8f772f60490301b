/**
 * Text from outside, made fit for one line of a log or a message: control
 * characters and line breaks become spaces, what is too long is cut.
 */
export function oneLine(text: string, length = 200): string {
  if (text.length <= length && /^[\x20-\x7e]*$/.test(text)) return text;
  // Cut before the replacement too: the text may be megabytes long.
  const line = text
    .slice(0, length * 4)
    .replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ')
    .trim();
  return line.length > length ? `${line.slice(0, length - 1)}…` : line;
}

/** The message of anything that was thrown, on one line. */
export function messageOf(error: unknown): string {
  return oneLine(error instanceof Error ? error.message : String(error));
}
