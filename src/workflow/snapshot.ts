import { findingMachine } from './machine.ts';
import type { MachineState } from './step.ts';

/** Goes up when a state or the shape of the context changes; then {@link migrations} gets an entry. */
export const machineVersion = 1;

/** A finding's machine as it is stored. */
export interface SavedMachine extends MachineState {
  readonly version: number;
}

type Migration = (old: { readonly value: string; readonly context: unknown }) => { value: string; context: unknown };

/** How a stored machine of version n becomes one of version n + 1, at index n - 1. */
export const migrations: readonly Migration[] = [];

/** Thrown when a stored finding cannot be understood: by an older Redress, or because it was damaged. */
export class UnknownMachineError extends Error {
  override readonly name = 'UnknownMachineError';
}

export function save({ value, context }: MachineState): SavedMachine {
  return { version: machineVersion, value, context };
}

/**
 * A stored machine, brought up to the present version.
 *
 * @throws UnknownMachineError when it was stored by a newer version or names a state that is unknown
 */
export function restore(saved: SavedMachine): MachineState {
  if (saved.version > machineVersion) {
    throw new UnknownMachineError(
      `Finding ${saved.context.finding} was stored by a newer version of Redress (machine ${saved.version}, ` +
        `this one knows ${machineVersion}). Run that version, or a newer one.`,
    );
  }
  const migrated = migrations.slice(saved.version - 1).reduce((old: ReturnType<Migration>, next) => next(old), saved);
  try {
    // The only cast: that the state is known is what resolveState is asked here, and it throws if not.
    const state = migrated as MachineState;
    findingMachine.resolveState({ value: state.value, context: state.context });
    return { value: state.value, context: state.context };
  } catch (error) {
    throw new UnknownMachineError(
      `Finding ${saved.context.finding} is stored in state '${saved.value}', which this version does not know.`,
      { cause: error },
    );
  }
}
