import { spawnSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { bytes, compare, milliseconds, type Result, waitingTime } from './measure.ts';

/** What Lambda takes in a direct upload, and what a start still takes well. */
const MOST_BYTES = 10e6;
const EMPTY = 'data:text/javascript,export const handler = async () => {}';

/** Each function as it is deployed: how large its bundle is, and how long its import takes against an empty handler. */
export async function functions(size: { readonly folder: string; readonly rounds: number }): Promise<Result[]> {
  const names = (await readdir(size.folder)).sort();
  const results: Result[] = [];
  for (const name of names) {
    const folder = join(size.folder, name);
    const zipped = await zippedSize(folder);
    const { ratio, baseline, measured } = await compare(
      () => load(EMPTY),
      () => load(pathToFileURL(join(folder, 'index.mjs')).href),
      size.rounds,
      waitingTime,
    );
    results.push(
      {
        name: `size of ${name}`,
        means: 'its bundle, compressed, to 10 MB',
        ratio: zipped / MOST_BYTES,
        aim: 1,
        detail: `${bytes(zipped)} compressed`,
      },
      {
        name: `import of ${name}`,
        means: 'time of a process that loads it, to one that loads an empty handler',
        ratio,
        aim: undefined,
        detail: `${milliseconds(measured)} to ${milliseconds(baseline)}`,
      },
    );
  }
  return results;
}

/** Compressed file by file, as in a zip. */
async function zippedSize(folder: string): Promise<number> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = files
    .filter((file) => file.isFile())
    .map(async ({ parentPath, name }) => gzipSync(await readFile(join(parentPath, name))).length);
  return (await Promise.all(sizes)).reduce((sum, one) => sum + one, 0);
}

function load(url: string): void {
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', `await import(${JSON.stringify(url)}); process.exit(0)`],
    {
      encoding: 'utf8',
    },
  );
  if (status !== 0) throw new Error(`${url} cannot be loaded: ${stderr}`);
}
