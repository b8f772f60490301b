/** Whether a pattern with `*` and `?` fits a whole text, such as an ARN. Patterns come from people: no regular expression, no blow-up. */
export function fits(pattern: string, text: string): boolean {
  let star = -1;
  let from = 0;
  let p = 0;
  for (let a = 0; a < text.length; ) {
    if (pattern[p] === '*') {
      star = p;
      from = a;
      p += 1;
    } else if (pattern[p] === '?' || pattern[p] === text[a]) {
      p += 1;
      a += 1;
    } else if (star === -1) {
      return false;
    } else {
      // The last star takes one character more.
      from += 1;
      a = from;
      p = star + 1;
    }
  }
  return /^\**$/.test(pattern.slice(p));
}
