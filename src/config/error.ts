/** Something wrong in a configuration file: where, and what to do about it. */
export interface Problem {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Thrown when the configuration cannot be used. The message names every mistake with its line, ready to print. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}
