import { getMicrosteps, initialTransition } from 'xstate';
import { type Effect, type FindingContext, type FindingEvent, type StateName, stateNames } from './finding.ts';
import { type FindingInput, findingMachine } from './machine.ts';

/** States in which nothing is due: a finding may stay there for good. All others have a timer. */
export const restingStates = stateNames.filter((name) => findingMachine.states[name]?.tags.includes('resting'));

/** States during which Redress itself writes or checks: what others report has to wait. */
export const busyStates = stateNames.filter((name) => findingMachine.states[name]?.tags.includes('busy'));

/** What is kept of a finding's machine between two events. */
export interface MachineState {
  readonly value: StateName;
  readonly context: FindingContext;
}

/** What one event led to. */
export interface Step extends MachineState {
  /** The states that were entered or stayed in, in order; the last is the present one. Empty: nothing happened. */
  readonly through: readonly MachineState[];
  readonly effects: readonly Effect[];
}

/** A new finding, in its first state. */
export function start(input: FindingInput): Step {
  const [{ value, context }, actions] = initialTransition(findingMachine, input);
  return { value, context, through: [{ value, context }], effects: toEffects(actions, value, context) };
}

/**
 * Puts one event to a finding. Pure.
 *
 * An event that means nothing in the present state leaves everything as it is:
 * second clicks, late timers and duplicates end here.
 */
export function step(state: MachineState, event: FindingEvent): Step {
  const before = findingMachine.resolveState({ value: state.value, context: state.context });
  const micro = getMicrosteps(findingMachine, before, event);
  const through = micro.map(([{ value, context }]) => ({ value, context }));
  const last = through.at(-1);
  const actions = micro.flatMap(([, taken]) => taken);
  const nothing =
    last === undefined || (last.value === state.value && last.context === before.context && actions.length === 0);
  if (nothing) return { value: state.value, context: state.context, through: [], effects: [] };
  return { ...last, through, effects: toEffects(actions, last.value, last.context) };
}

/** States whose end a person or the configuration has set. */
const ends: readonly StateName[] = ['snoozed', 'exempted'];

/**
 * The actions of a transition as data. Only what the final state asks for is
 * kept of timers: states passed through set theirs and clear it again.
 */
function toEffects(
  actions: readonly { readonly type: string }[],
  value: StateName,
  context: FindingContext,
): readonly Effect[] {
  const names = new Set(actions.map(({ type }) => type));
  const plan = context.plan?.id;
  const effects: Effect[] = [];
  const entered = actions.filter(({ type }) => type === 'setTimer' || type === 'clearTimer').at(-1)?.type;
  if (entered === 'setTimer')
    effects.push({ type: 'setTimer', of: value, until: ends.includes(value) ? context.until : null });
  if (entered === 'clearTimer') effects.push({ type: 'clearTimer' });
  if (plan !== undefined) {
    if (names.has('ask')) effects.push({ type: 'ask', plan });
    if (names.has('apply')) effects.push({ type: 'apply', plan });
    if (names.has('verify')) effects.push({ type: 'verify', plan });
    if (names.has('takeBack')) effects.push({ type: context.takingBack === 'undo' ? 'undo' : 'rollBack', plan });
  }
  if (names.has('rejudge')) effects.push({ type: 'rejudge' });
  if (names.has('notify')) effects.push({ type: 'notify' });
  return effects;
}
