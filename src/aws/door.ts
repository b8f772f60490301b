import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { parseRef } from '../control/call.ts';
import { isIntact } from '../plan/digest.ts';
import type { Plan, PlannedCall } from '../plan/plan.ts';
import type { CallResult, Permit } from '../workflow/remediator.ts';
import { DryRunError, explain, hasCode, NotPermittedError, troubleOf } from './errors.ts';
import { permissionsFor } from './permissions.ts';
import type { AwsPort, Request, Target } from './port.ts';

/** One call that went through the door. */
export interface RecordedCall {
  readonly kind: 'read' | 'write';
  readonly service: string;
  readonly operation: string;
  readonly region: string;
}

export interface Reader {
  read(target: Target, service: string, operation: string, input: object): Promise<Readonly<Record<string, unknown>>>;
  identity(): Promise<{ account: string; partition: string; arn: string }>;
}

export interface Writer {
  /**
   * Makes sure that a call of a permitted plan could be made now. Nothing is sent.
   *
   * @throws like `write`, and ObstacleError, RateLimitError
   */
  ready(permit: Permit, call: PlannedCall): Promise<void>;
  /**
   * A permit for exactly the calls of a plan, or of its undo.
   *
   * @throws DryRunError always, in dry-run: without a permit nothing can be written;
   *   NotPermittedError for a plan that says something else than when it was sealed
   */
  permit(plan: Plan, purpose: 'apply' | 'undo'): Permit;
  /**
   * Makes one call of a permitted plan.
   *
   * @throws DryRunError in dry-run; NotPermittedError for any call that the plan does not hold; else AWS's own errors
   */
  write(permit: Permit, call: PlannedCall, outputs: Readonly<Record<string, unknown>>): Promise<CallResult>;
}

export interface Door {
  readonly reader: Reader;
  readonly writer: Writer;
}

/**
 * The one door to AWS. Every read and every write goes through it.
 *
 * Reads are operations whose names say so; anything else needs a permit. In
 * dry-run no permit can be made, so that "dry-run writes nothing" is a property
 * of this file.
 */
export function createDoor(options: {
  port: AwsPort;
  mode: 'dry-run' | 'apply';
  onCall?: (call: RecordedCall) => void;
}): Door {
  const { port, mode, onCall } = options;
  const permits = new WeakMap<Permit, Grant>();

  function granteeOf(permit: Permit, call: PlannedCall): { readonly granted: Grant; readonly planned: PlannedCall } {
    if (mode === 'dry-run') throw new DryRunError(`Dry-run: ${call.service}:${call.operation} is not sent.`);
    const granted = permits.get(permit);
    const planned = granted?.calls.find((one) => isDeepStrictEqual(one, call));
    if (granted === undefined || planned === undefined) {
      throw new NotPermittedError(`${call.service}:${call.operation} is not in the plan that was permitted.`);
    }
    return { granted, planned };
  }

  return {
    reader: {
      identity: () => port.identity(),
      async read(target, service, operation, input) {
        if (!isRead(operation)) throw new NotPermittedError(`${service}:${operation} is not a read; it needs a plan.`);
        onCall?.({ kind: 'read', service, operation, region: target.region });
        const { output } = await port.send({ target, service, operation, input });
        return output;
      },
    },
    writer: {
      permit(plan, purpose) {
        if (mode === 'dry-run') throw new DryRunError(`Dry-run: plan ${plan.id} is not applied.`);
        if (!isIntact(plan)) throw new NotPermittedError(`Plan ${plan.id} was changed after it was made.`);
        const permit: Permit = Object.freeze({ planId: plan.id, nonce: randomUUID() });
        permits.set(permit, grantFor(plan, purpose));
        return permit;
      },
      async ready(permit, call) {
        const { granted, planned } = granteeOf(permit, call);
        await port.prepare?.(requestFor(granted, planned));
      },
      async write(permit, call, outputs) {
        const { planned, granted } = granteeOf(permit, call);
        const input = fillRefs(planned.input, outputs, granted.names);
        const { service, operation, region, already = [] } = planned;
        onCall?.({ kind: 'write', service, operation, region });
        try {
          const { requestId, output } = await port.send({ ...requestFor(granted, planned), input });
          return { requestId, output };
        } catch (error) {
          if (hasCode(error, already)) return { requestId: undefined, output: {} };
          throw inWords(error, call);
        }
      },
    },
  };
}

/** What a permit stands for. A copy: what happens to the plan afterwards changes nothing. */
interface Grant {
  readonly planId: string;
  readonly account: string;
  readonly calls: readonly PlannedCall[];
  /** IAM actions of these very calls: an undo needs others than the fix. */
  readonly permissions: readonly string[];
  /** The steps that a ref can mean. */
  readonly names: ReadonlySet<string>;
}

/** A call as the port takes it, its refs not filled in yet. */
function requestFor({ account, planId, permissions }: Grant, call: PlannedCall): Request {
  const { service, operation, region, input, repeat } = call;
  const ofCall = permissionsFor(service, operation, input);
  return { target: { account, region }, service, operation, input, session: { planId, permissions, ofCall }, repeat };
}

function grantFor(plan: Plan, purpose: 'apply' | 'undo'): Grant {
  const calls = structuredClone(purpose === 'apply' ? plan.steps : plan.undo.steps);
  const permissions = calls.flatMap(({ service, operation, input }) => permissionsFor(service, operation, input));
  return {
    planId: plan.id,
    account: plan.resource.account,
    calls,
    permissions: [...new Set(permissions)].sort(),
    names: new Set(plan.steps.map(({ name }) => name)),
  };
}

/** AWS's error with a message that says what to do about it. Its code and metadata stay: they decide what happens next. */
function inWords(error: unknown, call: PlannedCall): unknown {
  if (error instanceof Error && troubleOf(error) !== 'other') {
    error.message = explain(error, call, permissionsFor(call.service, call.operation, call.input).join(', '));
  }
  return error;
}

/** AWS names what reads by these verbs. The types of `read` allow no others either. */
export function isRead(operation: string): boolean {
  return /^(Get|List|Describe|Head|Search|BatchGet)|^LookupEvents$/.test(operation);
}

/**
 * An input with its refs replaced by values of earlier outputs; a ref that
 * leads nowhere is an error. Text that only looks like a ref, to no step of the
 * plan, came from AWS (a description, a tag) and stays as it is.
 */
function fillRefs<T>(value: T, outputs: Readonly<Record<string, unknown>>, names: ReadonlySet<string>): T {
  const fill = (one: unknown): unknown => {
    const ref = parseRef(one);
    if (ref !== undefined && names.has(ref.step)) return valueAt(outputs[ref.step], ref);
    if (Array.isArray(one)) return one.map(fill);
    if (typeof one !== 'object' || one === null || one instanceof Date) return one;
    return Object.fromEntries(Object.entries(one).map(([key, inner]) => [key, fill(inner)]));
  };
  // The shape is unchanged: only strings that are refs become other strings.
  return fill(value) as T;
}

function valueAt(output: unknown, ref: { step: string; path: string }): unknown {
  let current = output;
  for (const name of ref.path.split('.')) {
    current = typeof current === 'object' && current !== null ? Reflect.get(current, name) : undefined;
  }
  if (current === undefined) throw new Error(`Step ${ref.step} gave no ${ref.path}; the plan cannot go on.`);
  return current;
}
