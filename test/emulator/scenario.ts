import type { Aws } from './clients.ts';

/** A bad state that has just come about. */
export interface Arranged {
  /** The id of the resource that fails, as evaluations name it. */
  readonly id: string;
  /** The CloudTrail record that tells of it. */
  readonly event: Readonly<Record<string, unknown>>;
  /** Values that an operator would have configured for the control. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** How many days later the judging happens, for controls that time alone breaks. */
  readonly daysLater?: number;
}

/** One control on the emulator: how it breaks, what lies next to it, and what must be left when it is fixed. */
export interface Scenario<State = unknown> {
  readonly control: number;
  /** Tells scenarios of one control apart. */
  readonly variant?: string;
  /** Makes the bad state, and unrelated state around it that a careless fix would destroy. */
  arrange(aws: Aws): Promise<Arranged>;
  /** Reads the judged state and everything around it, as plain JSON. */
  state(aws: Aws, id: string): Promise<State>;
  /** The state wanted after the fix: what is judged has changed, all else has not. */
  expected(before: State, id: string): State;
  /** The state wanted after the undo, where AWS cannot go back exactly. */
  undone?(before: State): State;
  /** The fix takes the resource itself away: judged again it is not there, instead of passing. */
  readonly removes?: true;
  /** Controls that the same plan closes, and that are applied with it. */
  readonly also?: readonly number[];
  /** Controls that the same plan would close, but that the operator leaves out. */
  readonly leaves?: readonly number[];
  /** Controls of the same document that the operator has switched off, so that this one is seen alone. */
  readonly off?: readonly number[];
  /** What the emulator does otherwise than AWS, so that the undo cannot be tried here. */
  readonly noUndoHere?: string;
  /**
   * `guide`: a runbook is all that Redress gives, and no call is made.
   * `skip`: the control can fail nowhere any more, which is said, and that is all.
   */
  readonly kind?: 'fix' | 'guide' | 'skip';
  /**
   * The operation that the emulator lacks: the loop cannot run. The run asks again each time.
   * `refusal`: the error it answers with, where it has the operation but not this use of it.
   */
  readonly lacks?: {
    readonly operation: string;
    readonly ask: (aws: Aws) => Promise<unknown>;
    readonly refusal?: string;
  };
}

/** Whether Redress would make calls. */
export const isFix = ({ kind = 'fix' }: Scenario): boolean => kind === 'fix';

/** The `refusal` of {@link refuseIgnored}. */
export const IGNORED = 'IgnoredByTheEmulator';

/** Refuses in the emulator's place, where it takes a call and then leaves part of it out. */
export function refuseIgnored(what: unknown): void {
  if (what === undefined || what === null)
    throw Object.assign(new Error('The emulator leaves it out.'), { name: IGNORED });
}

/** Declares a scenario, typed by its own state. */
export function scenario<State>(one: Scenario<State>): Scenario {
  return one;
}
