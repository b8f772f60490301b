/** Thrown where the bot cannot be put together: one clear line that says what is missing and where it belongs. */
export class SetupError extends Error {
  override readonly name = 'SetupError';
}
