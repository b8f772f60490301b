import { createInterface } from 'node:readline/promises';
import { CommandError } from './errors.ts';

/**
 * Asks a yes-or-no question on the terminal. Anything but y or yes is a no.
 *
 * @throws CommandError when there is no terminal to ask on
 */
export async function confirmed(question: string): Promise<boolean> {
  if (!process.stdin.isTTY)
    throw new CommandError('There is no terminal to ask on. Say --yes to go on without being asked.');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(`${question} [y/N] `);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}
