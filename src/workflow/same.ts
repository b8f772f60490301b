import stringify from 'safe-stable-stringify';

/** Whether two observed states are the same, as far as JSON can tell: order of keys and absent values do not matter. */
export function sameState(a: unknown, b: unknown): boolean {
  return stringify(a) === stringify(b);
}
