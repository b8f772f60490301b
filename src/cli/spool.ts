import { createReadStream } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A list on disk: what a scan of thousands of resources finds must not fill the memory. */
export interface Spool<T> {
  add(item: T): Promise<void>;
  /** All items in the order they came. The spool is gone afterwards. */
  drain(): AsyncIterable<T>;
}

export async function createSpool<T>(): Promise<Spool<T>> {
  const folder = await mkdtemp(join(tmpdir(), 'redress-'));
  const path = join(folder, 'spool.jsonl');
  const file = await open(path, 'w');
  return {
    async add(item) {
      await file.write(`${JSON.stringify(item)}\n`);
    },
    async *drain() {
      await file.close();
      try {
        for await (const line of createInterface({ input: createReadStream(path) })) yield JSON.parse(line);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}
