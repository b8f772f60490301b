import { spawnSync } from 'node:child_process';
import { compare, milliseconds, type Result, waitingTime } from './measure.ts';

/** Starting the built command line for its catalogue, against starting Node for nothing. */
export async function startUp(size: { readonly command: string; readonly rounds: number }): Promise<Result[]> {
  const { ratio, baseline, measured } = await compare(
    () => run('-e', '0'),
    () => run(size.command, 'controls', '--format', 'json'),
    size.rounds,
    waitingTime,
  );
  return [
    {
      name: 'start-up',
      means: 'time of `redress controls`, to that of `node -e 0`',
      ratio,
      aim: 4,
      detail: `${milliseconds(measured)} to ${milliseconds(baseline)}`,
    },
  ];
}

function run(...args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 2 ** 26 });
  if (status !== 0) throw new Error(`node ${args.join(' ')} failed: ${error?.message ?? stderr}`);
}
