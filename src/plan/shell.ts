/**
 * One word for a POSIX shell, quoted only where it has to be.
 *
 * Single quotes rather than double ones: within them a shell expands nothing,
 * not even `!` at an interactive prompt.
 */
export function shellWord(value: string): string {
  return PLAIN_WORD.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
}

/** `~` and `=` are left out at the start: some shells expand them there. */
const PLAIN_WORD = /^[A-Za-z0-9_.,:/@+%-][A-Za-z0-9_.,:/@+%=-]*$/;

/**
 * Whether a value can stand in a command as it is. Control and invisible
 * characters cannot: they could break the line, or show the reader another
 * command than the shell would run.
 */
export function isPrintable(value: string): boolean {
  return !UNPRINTABLE.test(value);
}

const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u;
const EVERY_UNPRINTABLE = new RegExp(UNPRINTABLE, 'gu');

/** JSON on one line, with every character that {@link isPrintable} refuses written as `\uXXXX`. */
export function visibleJson(value: unknown): string {
  return JSON.stringify(value).replace(EVERY_UNPRINTABLE, escapeCharacter);
}

/** Text for people, with every character that {@link isPrintable} refuses written as `\uXXXX`. */
export function visible(text: string): string {
  return text.replace(EVERY_UNPRINTABLE, escapeCharacter);
}

function escapeCharacter(character: string): string {
  return [...Array(character.length).keys()]
    .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)
    .join('');
}
