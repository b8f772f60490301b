import { isDeepStrictEqual } from 'node:util';

/** What has to be added to and removed from one list to make it another, whatever the order. */
export function difference<T>(current: readonly T[], wanted: readonly T[]): { added: T[]; removed: T[] } {
  const without = (list: readonly T[], other: readonly T[]) =>
    list.filter((one) => !other.some((item) => isDeepStrictEqual(item, one)));
  return { added: without(wanted, current), removed: without(current, wanted) };
}
