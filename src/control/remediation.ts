import type { Call, ConcreteCall } from './call.ts';
import type { Detectors } from './detector.ts';
import type { Document } from './document.ts';
import { erase } from './erase.ts';
import type { Read, Reads, Values } from './read.ts';
import type { At, Resource } from './resource.ts';

/**
 * How a fix may happen: `auto` by itself, `approve` after a person's yes,
 * `guided` by a person with a runbook, `off` not at all.
 */
export type Mode = 'auto' | 'approve' | 'guided' | 'off';

/** What undoing brings back: everything, what can be brought back, or nothing. */
export type UndoClass = 'exact' | 'best-effort' | 'none';

/** A value that an operator chooses, such as the bucket that receives logs. */
export interface Parameter {
  readonly description: string;
  /** Used when the operator sets nothing. Without it the parameter is required. */
  readonly default: string | undefined;
}
export type Parameters = Readonly<Record<string, Parameter>>;
type ParameterValues<P extends Parameters> = { readonly [K in keyof P]: string };

/** A parameter without which nothing can be applied. */
export const required = (description: string): Parameter => ({ description, default: undefined });

/** A parameter with a default. */
export const optional = (description: string, value: string): Parameter => ({ description, default: value });

/** Returned instead of a change when this resource needs a person after all. */
export interface ByHand {
  readonly byHand: string;
}
export const byHand = (because: string): ByHand => ({ byHand: because });
export const isByHand = (value: unknown): value is ByHand =>
  typeof value === 'object' && value !== null && 'byHand' in value;

// biome-ignore lint/complexity/noBannedTypes: no reads or parameters add no names to the context
type None = {};

/** What a remediation's functions are given: the resource, its own reads by name, the parameters. */
export type Context<R extends Reads, P extends Parameters> = At &
  Values<R> & { readonly parameters: ParameterValues<P> };
type ErasedContext = At & Record<string, unknown> & { readonly parameters: Readonly<Record<string, string>> };

interface Meta<R extends Reads, P extends Parameters> {
  mode: Mode;
  /** What may break or cost, for the person who approves. */
  impact: string;
  /** `exact` unless said otherwise. */
  undo?: UndoClass;
  parameters?: P;
  /** What the change needs to know besides the document. */
  reads?: R;
  /** Why Redress does something else than the policy document's own command. */
  note?: string;
}

interface Common {
  readonly mode: Mode;
  readonly impact: string;
  readonly undo: UndoClass;
  readonly parameters: Parameters;
  readonly reads: Reads;
  readonly note: string | undefined;
}

/** A pure change of one document. */
export interface Edit extends Common {
  readonly kind: 'edit';
  readonly document: Document<unknown>;
  readonly change: (current: unknown, context: ErasedContext) => unknown;
}

/** An ordered list of calls. */
export interface Steps extends Common {
  readonly kind: 'steps';
  readonly steps: readonly Step[];
  /** The state of `reads` that is expected afterwards, or why a person is needed. */
  readonly after: (context: ErasedContext) => object;
}

/** A runbook for a person. */
export interface Guide extends Common {
  readonly kind: 'guide';
  readonly lines: (context: ErasedContext) => readonly GuideLine[];
}

export type Remediation = Edit | Steps | Guide;

/** One line of a runbook, with the command to run if there is one. */
export interface GuideLine {
  readonly text: string;
  readonly call?: ConcreteCall;
}

/** One call of a `steps` remediation, or an edit of another resource's document. */
export type Step = CallStep | EditStep;

export interface CallStep {
  readonly kind: 'call';
  readonly name: string;
  readonly call: Call<[ErasedContext]>;
  /** `safe`: may be sent again after a crash. `once`: creates, rotates or deletes; never sent twice unseen. */
  readonly repeat: 'safe' | 'once';
  readonly undo: Call<[ErasedContext]> | undefined;
  readonly until: Until | undefined;
}

/** A condition to wait for after a step, by reading. */
export interface Until {
  readonly read: Read<unknown>;
  readonly holds: (value: unknown) => boolean;
}

export interface EditStep {
  readonly kind: 'edit';
  readonly name: string;
  readonly document: Document<unknown>;
  readonly resource: Resource;
  readonly id: (context: ErasedContext) => string;
  readonly change: (current: unknown, context: ErasedContext & { readonly other: At }) => unknown;
}

/**
 * Sets a finding right by changing one document. From the pure `change` the
 * engine derives the diff, the calls, the digest, the undo, and merging with
 * other failing controls that edit the same document.
 */
export function edit<T, const Changed extends T | ByHand, R extends Reads = None, P extends Parameters = None>(
  document: Document<T>,
  meta: Meta<R, P>,
  change: (current: T, context: Context<R, P>) => Changed,
): Edit {
  return erase({ kind: 'edit', ...common(meta), document, change });
}

/**
 * Sets a finding right by an ordered list of calls.
 *
 * @param make is given the builders of steps, typed for this remediation's context
 * @param after the state of the remediation's reads that is expected in the end
 */
export function steps<R extends Reads, P extends Parameters = None>(
  meta: Meta<R, P> & { reads: R },
  make: (builders: StepBuilders<Context<R, P>>) => readonly Step[],
  after: (context: Context<R, P>) => { readonly [K in keyof R]: Values<R>[K] } | ByHand,
): Steps {
  return erase({ kind: 'steps', ...common(meta), steps: make(erase(stepBuilders)), after });
}

/** Explains to a person how to set a finding right that calls cannot set right safely. */
export function guide<R extends Reads, P extends Parameters = None>(
  meta: Omit<Meta<R, P>, 'mode' | 'undo'> & { reads: R },
  lines: (context: Context<R, P>) => readonly GuideLine[],
): Guide {
  return erase({ kind: 'guide', ...common({ ...meta, mode: 'guided', undo: 'none' }), lines });
}

interface StepBuilders<C> {
  /** One call. `once` is for calls that create, rotate or delete. */
  step: (name: string, call: Call<[C]>, options: { repeat: 'safe' | 'once'; undo?: Call<[C]>; until?: Until }) => Step;
  /** An edit of another resource's document, with that document's lock, diff and undo. */
  editOf: <T, const Changed extends T>(
    name: string,
    target: { document: Document<T>; resource: Resource; id: (context: C) => string },
    change: (current: T, context: C & { readonly other: At }) => Changed,
  ) => Step;
}

const stepBuilders: StepBuilders<ErasedContext> = {
  step: (name, template, options) => ({
    kind: 'call',
    name,
    call: template,
    repeat: options.repeat,
    undo: options.undo,
    until: options.until,
  }),
  editOf: (name, target, change) => erase<EditStep>({ kind: 'edit', name, ...target, change }),
};

/** A condition on a read, for a step that must wait for AWS. */
export function until<T>(read: Read<T>, holds: (value: T) => boolean): Until {
  return erase({ read, holds });
}

function common<R extends Reads, P extends Parameters>(meta: Meta<R, P>): Common {
  return {
    mode: meta.mode,
    impact: meta.impact,
    undo: meta.undo ?? 'exact',
    parameters: meta.parameters ?? {},
    reads: meta.reads ?? {},
    note: meta.note,
  };
}

/** The remediations of one detector table: a detector without a remediation does not compile. */
export type Remediations<D extends Detectors> = { readonly [K in keyof D]: Remediation };

/** Declares the remediations that belong to a table of detectors. */
export function remediations<D extends Detectors>(_detectors: D, table: Remediations<NoInfer<D>>): Remediations<D> {
  return table;
}
