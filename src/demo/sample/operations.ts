import type { Input, Operation, Output, Service } from '../../aws/sdk.ts';
import type { World } from './world.ts';

/** Answers one operation from the world, or changes the world. Throws `SampleAwsError` as AWS would. */
export type Handler = (world: World, input: object) => object;

type Handlers<S extends Service> = {
  readonly [O in Operation<S>]?: (world: World, input: Input<S, O>) => Output<S, O>;
};

/** Operations of one service as a table, `'s3:GetBucketAcl'` to handler, typed by the SDK's inputs and outputs. */
export function operations<S extends Service>(service: S, handlers: Handlers<S>): Readonly<Record<string, Handler>> {
  const named = Object.entries(handlers).map(([operation, handler]) => [`${service}:${operation}`, handler]);
  return Object.fromEntries(named);
}

/** One page of a list, as AWS cuts it: the token is an opaque position. */
export function page<T>(items: readonly T[], size: number | undefined, token: string | undefined) {
  const start = token === undefined ? 0 : Number.parseInt(token, 36);
  const end = start + (size ?? 1000);
  return { items: items.slice(start, end), next: end < items.length ? end.toString(36) : undefined };
}
