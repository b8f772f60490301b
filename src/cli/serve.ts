import { CommandError } from './errors.ts';
export async function serve(_options: { config?: string }): Promise<void> {
  throw new CommandError('not yet');
}
