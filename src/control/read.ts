import type { Input, Output, ReadOperation, Service } from '../aws/sdk.ts';
import { erase } from './erase.ts';
import type { At } from './resource.ts';

/** What a pick function returns when the answer shows that the resource does not exist. */
export const missing: unique symbol = Symbol('missing');
type Missing = typeof missing;

/** One API call that reads, and what is kept of its answer. */
export interface CallRead<T> {
  readonly kind: 'call';
  readonly service: Service;
  readonly operation: string;
  readonly needs: Reads;
  /** One input, or several for a read that fans out. */
  readonly input: (context: At & Record<string, unknown>) => object | readonly object[];
  readonly pick: (output: object, context: At & Record<string, unknown>) => T | Missing;
  /** The rest of the input that asks for the next page, or nothing after the last. */
  readonly more: ((output: object) => object | undefined) | undefined;
  /** `pages` and `fan-out` answer with lists; their parts are joined. */
  readonly shape: 'one' | 'pages' | 'fan-out';
  /** Error codes that mean "not configured": they read as an empty answer. */
  readonly absent: readonly string[];
}

/** A value worked out from other reads, without a call of its own. */
export interface DerivedRead<T> {
  readonly kind: 'derived';
  readonly needs: Reads;
  readonly pick: (context: At & Record<string, unknown>) => T | Missing;
}

export type Read<T> = CallRead<T> | DerivedRead<T>;
export type Reads = Readonly<Record<string, Read<unknown>>>;

/** The values of a set of reads, by the same names. */
export type Values<R> = { readonly [K in keyof R]: R[K] extends Read<infer T> ? T : never };

// biome-ignore lint/complexity/noBannedTypes: a read without needs adds no names to its context
type None = {};

interface Options<N extends Reads> {
  /** Other reads whose values the input and the pick function are given by name. */
  needs?: N;
  absent?: readonly string[];
}

/**
 * Declares a read: one call, normalised once.
 *
 * @param input what to ask, from the resource (and `needs`)
 * @param pick what to keep of the answer; returns {@link missing} if the resource is not there
 * @param options `needs`, and `absent`: error codes that mean "not configured" (the answer is then empty)
 */
export function read<S extends Service, O extends ReadOperation<S>, T, N extends Reads = None>(
  service: S,
  operation: O,
  input: (context: At & Values<N>) => Input<S, O>,
  pick: (output: Output<S, O>, context: At & Values<N>) => T | Missing,
  options: Options<N> = {},
): Read<T> {
  return erase({ ...base(service, operation, options), input, pick, more: undefined, shape: 'one' });
}

/**
 * Declares a read that follows pages; the picked lists are joined.
 *
 * @param input what to ask; several inputs are asked one by one, each with all its pages
 * @param more the part of the input that asks for the next page, or `undefined` after the last
 */
export function readPages<S extends Service, O extends ReadOperation<S>, T, N extends Reads = None>(
  service: S,
  operation: O,
  input: (context: At & Values<N>) => Input<S, O> | readonly Input<S, O>[],
  pick: (output: Output<S, O>, context: At & Values<N>) => readonly T[] | Missing,
  more: (output: Output<S, O>) => Partial<Input<S, O>> | undefined,
  options: Options<N> = {},
): Read<readonly T[]> {
  return erase({ ...base(service, operation, options), input, pick, more, shape: 'pages' });
}

/** Declares a read that makes one call for each of several inputs; the values come as a list in their order. */
export function readEach<S extends Service, O extends ReadOperation<S>, T, N extends Reads = None>(
  service: S,
  operation: O,
  inputs: (context: At & Values<N>) => readonly Input<S, O>[],
  pick: (output: Output<S, O>, context: At & Values<N>) => T | Missing,
  options: Options<N> = {},
): Read<readonly T[]> {
  return erase({ ...base(service, operation, options), input: inputs, pick, more: undefined, shape: 'fan-out' });
}

/** Declares a value worked out from other reads. */
export function derive<N extends Reads, T>(needs: N, pick: (context: At & Values<N>) => T | Missing): Read<T> {
  return erase({ kind: 'derived', needs, pick });
}

/** The first of a list that should hold one thing, or {@link missing} when it is empty. */
export function only<T>(list: readonly T[] | undefined): T | Missing {
  return list?.[0] ?? missing;
}

function base<N extends Reads>(service: Service, operation: string, options: Options<N>) {
  return { kind: 'call', service, operation, needs: options.needs ?? {}, absent: options.absent ?? [] };
}

/** Asks for the next page of an API that pages by `NextToken`. */
export const nextToken = (output: { readonly NextToken?: string | undefined }) =>
  output.NextToken ? { NextToken: output.NextToken } : undefined;

/** Asks for the next page of an API that spells it `nextToken`, as ECS does. */
export const lowerNextToken = (output: { readonly nextToken?: string | undefined }) =>
  output.nextToken ? { nextToken: output.nextToken } : undefined;

/** Asks for the next page of an API that pages by `Marker`, as IAM does. */
export const nextMarker = (output: {
  readonly IsTruncated?: boolean | undefined;
  readonly Marker?: string | undefined;
}) => (output.IsTruncated ? { Marker: output.Marker } : undefined);

/** Every call that a set of reads can lead to, needs included, each once. */
export function callsOf(reads: readonly Read<unknown>[]): CallRead<unknown>[] {
  const found = new Set<CallRead<unknown>>();
  const visit = (one: Read<unknown>): void => {
    if (one.kind === 'call') found.add(one);
    for (const need of Object.values(one.needs)) visit(need);
  };
  for (const one of reads) visit(one);
  return [...found];
}
