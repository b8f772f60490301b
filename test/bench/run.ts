import { fork } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { costs } from './costs.ts';
import type { Result } from './measure.ts';
import { memoryOf } from './memory.ts';
import type { Answer, Task } from './task.ts';

/** How much is measured. */
export interface Sizes {
  /** The built command line. */
  readonly command: string;
  /** The folder of the functions' bundles. */
  readonly functions: string;
  /** How often each side of a comparison is run. */
  readonly rounds: number;
  readonly records: number;
  readonly events: number;
  /** Clicks in Slack. */
  readonly clicks: number;
  /** Decisions taken with and without Slack, each. */
  readonly decisions: number;
  /** Buckets of a small and of a large account. */
  readonly buckets: readonly [few: number, many: number];
}

/** Asks a process of its own, with a heap and a compiler that nothing else has used. */
type Ask = (task: Task) => Promise<Answer>;

/** Makes every measurement, one after the other, each told when it is there. */
export async function runBench(sizes: Sizes, onResult: (result: Result) => void = () => {}): Promise<Result[]> {
  const { command, functions, rounds, records, events, clicks, decisions, buckets } = sizes;
  const [few, many] = buckets;
  const results: Result[] = [];
  const add = (found: readonly Result[]) => {
    results.push(...found);
    found.forEach(onResult);
  };
  await withWorker(async (ask) => {
    add(await resultsOf(ask, { measure: 'routing', records, rounds }));
    add(await resultsOf(ask, { measure: 'reads' }));
    add(await resultsOf(ask, { measure: 'start-up', command, rounds }));
    add(await resultsOf(ask, { measure: 'functions', folder: functions, rounds }));
    add(await resultsOf(ask, { measure: 'judging', events, rounds }));
    add(await resultsOf(ask, { measure: 'working', events, rounds }));
    add(memoryOf([few, await peaksOf(ask, few)], [many, await peaksOf(ask, many)]));
    add(await resultsOf(ask, { measure: 'recording', buckets: Math.ceil(few / 10), rounds }));
    add(await resultsOf(ask, { measure: 'acknowledging', clicks, rounds }));
    add(await resultsOf(ask, { measure: 'deciding', decisions }));
    add(await costs());
  });
  return results;
}

async function resultsOf(ask: Ask, task: Task): Promise<readonly Result[]> {
  const answer = await ask(task);
  return answer.kind === 'results' ? answer.results : [];
}

async function peaksOf(ask: Ask, buckets: number) {
  const answer = await ask({ measure: 'scan', buckets });
  if (answer.kind !== 'peaks') throw new Error('A scan answers with its peaks.');
  return answer.peaks;
}

/**
 * Bundles the measurements as the command line is bundled: what is measured is
 * what ships, not what a loader of TypeScript makes of it.
 */
async function withWorker(work: (ask: Ask) => Promise<void>): Promise<void> {
  const root = join(import.meta.dirname, '../..');
  // Below node_modules, so that packages are found from there.
  const cache = join(root, 'node_modules/.cache');
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, 'redress-bench-'));
  try {
    await build({
      entryPoints: { worker: join(import.meta.dirname, 'worker.ts') },
      outdir: folder,
      outExtension: { '.js': '.mjs' },
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      packages: 'external',
      logLevel: 'warning',
    });
    await work((task) => askProcess(join(folder, 'worker.mjs'), task, join(folder, 'state')));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function askProcess(worker: string, task: Task, state: string): Promise<Answer> {
  await rm(state, { recursive: true, force: true });
  return new Promise((resolve, reject) => {
    const child = fork(worker, [JSON.stringify(task)], {
      execArgv: ['--expose-gc'],
      env: { ...process.env, REDRESS_STATE: state, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    // A scan prints megabytes; somebody has to read them.
    child.stdout?.resume();
    child.on('message', (message) => resolve(JSON.parse(String(message))));
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`Measuring ${task.measure} ended with ${code} and said nothing.`)));
  });
}
