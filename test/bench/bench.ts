import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Result } from './measure.ts';
import { runBench } from './run.ts';

/**
 * `npm run bench`: how fast and how large Redress is, as ratios to a baseline
 * of the same run. `--json` for programs.
 */
const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } });

const NAME = 20;
const say = (text: string) => process.stdout.write(`${text}\n`);

const met = ({ ratio, aim }: Result): boolean | null => (aim === undefined ? null : ratio <= aim);

function show(result: Result): void {
  const { name, means, ratio, aim, detail } = result;
  const verdict = aim === undefined ? '' : `aim ${aim}: ${met(result) ? 'met' : 'MISSED'}`;
  say(`${name.padEnd(NAME)}${ratio.toFixed(2).padStart(8)}   ${verdict}`);
  say(`    ${means}\n    ${detail}\n`);
}

const results = await runBench(
  {
    command: join(import.meta.dirname, '../../dist/redress.js'),
    functions: join(import.meta.dirname, '../../dist/lambda'),
    ...{ rounds: 15, records: 20_000, events: 200, clicks: 20, decisions: 10, buckets: [2000, 20_000] },
  },
  values.json ? () => {} : show,
);

if (values.json) {
  const machine = { node: process.version, platform: `${process.platform} ${process.arch}`, cpus: cpus().length };
  say(JSON.stringify({ ...machine, results: results.map((result) => ({ ...result, met: met(result) })) }, null, 2));
}
