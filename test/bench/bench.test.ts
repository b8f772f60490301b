import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { takeIn } from '../../src/intake/intake.ts';
import { createRouter } from '../../src/intake/route.ts';
import { catalogue } from '../../src/redress.ts';
import { compare, median } from './measure.ts';
import { recordAt } from './records.ts';
import { runBench } from './run.ts';

it.each([
  [[], 0],
  [[7], 7],
  [[9, 1, 5], 5],
  [[4, 1, 3, 2], 2.5],
])('the median of %j is %d', (numbers, middle) => {
  expect(median(numbers)).toBe(middle);
});

it('runs both sides of a comparison equally often, each first in turn', async () => {
  let order = '';
  const note = (side: string) => () => {
    order += side;
  };
  await compare(note('A'), note('B'), 3);
  expect(order).toBe('AB BA AB BA'.replaceAll(' ', ''));
});

it('routes the mix of records that it says', () => {
  const records = Array.from({ length: 400 }, (_, number) => recordAt(number));
  const { arrivals, ignored } = takeIn(JSON.stringify(records), createRouter(catalogue));
  const because = (reason: string) => ignored.filter((one) => one.because === reason).length;
  expect(arrivals).toHaveLength(20);
  expect(because('not watched')).toBe(260);
  expect(because('read-only')).toBe(100);
  expect(because('failed call')).toBe(20);
  const bytes = JSON.stringify(records).length / records.length;
  expect(bytes).toBeGreaterThan(1300);
  expect(bytes).toBeLessThan(1700);
});

it('measures everything, however small', { timeout: 60_000 }, async () => {
  const command = join(await mkdtemp(join(tmpdir(), 'redress-bench-test-')), 'redress.js');
  await writeFile(command, 'process.exit(process.argv[2] === "controls" ? 0 : 1)');
  const functions = await mkdtemp(join(tmpdir(), 'redress-bench-test-'));
  await mkdir(join(functions, 'worker'));
  await writeFile(join(functions, 'worker/index.mjs'), 'export const handler = async () => {};');
  const results = await runBench({
    ...{ command, functions },
    rounds: 1,
    records: 40,
    events: 2,
    clicks: 2,
    decisions: 1,
    buckets: [10, 20],
  });
  expect(results.map(({ name }) => name)).toEqual([
    ...['routing, log file', 'routing, JSON lines', 'routing, EventBridge', 'reads of a bucket', 'start-up'],
    ...['size of worker', 'import of worker'],
    ...['judging', 'worker', 'memory, live heap', 'memory, process', 'recording'],
    ...['click, HTTP', 'click, Socket Mode', 'click, AWS call', 'cost'],
  ]);
  for (const { ratio } of results) expect(ratio).toBeGreaterThan(0);
  // Not a time, so it holds at any size: no call to AWS is made twice.
  expect(results.find(({ name }) => name === 'reads of a bucket')?.ratio).toBe(1);
});
