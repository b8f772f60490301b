import type { Input, Service, WriteOperation } from '../aws/sdk.ts';
import { erase } from './erase.ts';

/**
 * A call that changes something, as a template: which operation, and how its
 * input is made. The operation is static, so that permissions, event rules and
 * docs follow from the definitions without running them.
 */
export interface Call<Args extends readonly unknown[]> {
  readonly service: Service;
  readonly operation: string;
  readonly inputs: (...args: Args) => readonly object[];
  /** Error codes that mean "it is so already": they count as done. */
  readonly already: readonly string[];
}

/** A call with its input, as a plan holds it. */
export interface ConcreteCall {
  readonly service: Service;
  readonly operation: string;
  readonly input: object;
  readonly already: readonly string[];
}

/**
 * Declares a call.
 *
 * @param input makes the input; several inputs mean several calls, `undefined` means that none is needed
 * @param options `already`: error codes that mean "it is so already", such as detaching what is not attached
 */
export function call<S extends Service, O extends WriteOperation<S>, Args extends readonly unknown[]>(
  service: S,
  operation: O,
  input: (...args: Args) => Input<S, O> | readonly Input<S, O>[] | undefined,
  options: { already?: readonly string[] } = {},
): Call<Args> {
  const inputs = (...args: Args): readonly object[] => {
    const made = input(...args);
    if (made === undefined) return [];
    return erase<readonly object[]>(Array.isArray(made) ? made : [made]);
  };
  return { service, operation, inputs, already: options.already ?? [] };
}

/** A call spelled out at once, for runbooks. Placeholders such as `<snapshot-id>` are fine in it. */
export function concrete<S extends Service, O extends WriteOperation<S>>(
  service: S,
  operation: O,
  input: Input<S, O>,
): ConcreteCall {
  return { service, operation, input: erase(input), already: [] };
}

/** Fills a template. */
export function fill<Args extends readonly unknown[]>(template: Call<Args>, ...args: Args): ConcreteCall[] {
  return template.inputs(...args).map((input) => ({
    service: template.service,
    operation: template.operation,
    input,
    already: template.already,
  }));
}

const REF = /^ref:([A-Za-z0-9-]+)\/([A-Za-z0-9.]+)$/;

/**
 * Stands for a value of an earlier step's output: `ref('copy', 'SnapshotId')`.
 * It is filled in when that step has run.
 */
export function ref(step: string, path: string): string {
  return `ref:${step}/${path}`;
}

/** Reads a {@link ref} back, or `undefined` for any other value. */
export function parseRef(value: unknown): { step: string; path: string } | undefined {
  if (typeof value !== 'string') return undefined;
  const [, step, path] = REF.exec(value) ?? [];
  return step === undefined || path === undefined ? undefined : { step, path };
}
