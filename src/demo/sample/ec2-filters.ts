import { SampleAwsError } from './aws-error.ts';

interface Filter {
  readonly Name?: string | undefined;
  readonly Values?: readonly string[] | undefined;
}

/** What a filter looks at, by its name. */
export type Filterable<T> = Readonly<Record<string, (item: T) => string | readonly string[] | undefined>>;

/**
 * The items that every filter lets through; `*` and `?` match as in AWS.
 *
 * @throws SampleAwsError when a filter is not known here
 */
export function filtered<T>(
  items: readonly T[],
  filters: readonly Filter[] | undefined,
  looksAt: Filterable<T>,
): readonly T[] {
  return (filters ?? []).reduce<readonly T[]>((left, { Name = '', Values = [] }) => {
    const look = looksAt[Name];
    if (look === undefined) {
      throw new SampleAwsError('InvalidParameterValue', `The filter '${Name}' is invalid`);
    }
    return left.filter((item) => {
      const has = [look(item) ?? []].flat();
      return Values.some((value) => has.some((one) => matches(value, one)));
    });
  }, items);
}

function matches(pattern: string, value: string): boolean {
  const escaped = pattern.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(value);
}

/**
 * The items with these ids, or all of them.
 *
 * @throws SampleAwsError with EC2's own code when one of the ids does not exist
 */
export function byIds<T>(items: Readonly<Record<string, T>>, ids: readonly string[] | undefined, what: string): T[] {
  if (ids === undefined || ids.length === 0) return Object.values(items);
  return ids.map((id) => {
    const item = items[id];
    if (item === undefined) throw notFound(what, id);
    return item;
  });
}

/** EC2 names the kind of thing in its error code: `InvalidVolume.NotFound`. */
export function notFound(what: string, id: string | undefined): SampleAwsError {
  return new SampleAwsError(`Invalid${what}.NotFound`, `The ID '${id}' does not exist`);
}
