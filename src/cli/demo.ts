import { CommandError } from './errors.ts';
export async function demo(_options: { fast: boolean }): Promise<void> {
  throw new CommandError('not yet');
}
