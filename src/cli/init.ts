import { writeFile } from 'node:fs/promises';
import { exampleConfig } from '../config.ts';
import { messageOf } from '../one-line.ts';
import { CommandError } from './errors.ts';

/** `redress init`: writes a commented configuration that changes nothing until it is edited. */
export async function init({ config = 'redress.yaml', force }: { config?: string; force: boolean }): Promise<void> {
  try {
    await writeFile(config, exampleConfig(), { flag: force ? 'w' : 'wx' });
  } catch (error) {
    const exists = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    throw new CommandError(
      exists
        ? `${config} exists already. Say --force to replace it.`
        : `${config} cannot be written: ${messageOf(error)}`,
    );
  }
  process.stdout.write(`Wrote ${config}. Nothing in it lets Redress write to AWS until you say so.\n`);
}
