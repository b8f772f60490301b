import { SetupError } from '../bot/error.ts';
import { oneLine } from '../one-line.ts';

/** Thrown where a command cannot do its work: one clear line for the person, exit status 1. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/** What to print for anything that was thrown. Never a stack trace, never more than one line for what is not ours. */
export function lineFor(error: unknown): string {
  if (error instanceof CommandError || error instanceof SetupError) return error.message;
  // Messages of configuration errors are made for people and hold one problem a line.
  if (error instanceof Error && error.name === 'ConfigError') return error.message;
  return oneLine(error instanceof Error ? error.message : String(error), 500);
}
