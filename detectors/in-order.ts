/**
 * A list whose order AWS does not promise, always in the same order, so that
 * the same state gives the same plan with the same digest.
 */
export function inOrder<T>(list: readonly T[], by: (one: T) => string = (one) => JSON.stringify(one)): readonly T[] {
  return list
    .map((one) => ({ one, key: by(one) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ one }) => one);
}
