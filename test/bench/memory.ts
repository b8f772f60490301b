import { present } from '../../src/cli/present.ts';
import { createRecorder } from '../../src/cli/recorder.ts';
import { defaultConfig } from '../../src/config.ts';
import { createEngine } from '../../src/engine.ts';
import { catalogue } from '../../src/redress.ts';
import type { Assessment } from '../../src/workflow/remediator.ts';
import { bytes, type Result } from './measure.ts';
import { stubBuckets } from './stub-buckets.ts';

export interface Peaks {
  /** Bytes that could not be freed, at the highest. */
  readonly heap: number;
  /** Bytes that the process held, at the highest. */
  readonly resident: number;
}

/** So many buckets are judged between two looks at the heap. */
const BETWEEN_LOOKS = 250;

/**
 * Scans buckets as `redress scan --format json` does, with the findings written
 * down in the store that `REDRESS_STATE` names, and looks at the memory.
 * Meant for a process of its own with `--expose-gc`.
 */
export async function scanPeaks(buckets: number): Promise<Peaks> {
  const port = stubBuckets(buckets);
  const { account, partition } = await port.identity();
  const engine = createEngine({ port, catalogue, mode: 'dry-run' });
  const recorder = await createRecorder(defaultConfig, engine);
  let heap = 0;
  let judged = 0;

  async function* assessments(): AsyncGenerator<Assessment> {
    for await (const assessment of engine.scan({ account, partition, region: 'eu-west-1' }, { service: 's3' })) {
      await recorder.record(assessment, undefined);
      judged += 1;
      if (judged % BETWEEN_LOOKS === 0) heap = Math.max(heap, liveHeap());
      yield assessment;
    }
  }

  await present({ assessments: assessments(), ignored: [] }, 'json', undefined);
  heap = Math.max(heap, liveHeap());
  await recorder.close();
  return { heap, resident: process.resourceUsage().maxRSS * 1024 };
}

function liveHeap(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

/** How a scan's memory grows with the number of resources. */
export function memoryOf(few: readonly [number, Peaks], many: readonly [number, Peaks]): Result[] {
  const [small, before] = few;
  const [large, after] = many;
  const means = `memory of a scan of ${large} buckets, to that of a scan of ${small}`;
  return [
    {
      name: 'memory, live heap',
      means: `${means}: what garbage collection leaves`,
      ratio: after.heap / before.heap,
      aim: 1.2,
      detail: `${bytes(after.heap)} to ${bytes(before.heap)}`,
    },
    {
      name: 'memory, process',
      means: `${means}: what the process held at most`,
      ratio: after.resident / before.resident,
      aim: 1.2,
      detail: `${bytes(after.resident)} to ${bytes(before.resident)}`,
    },
  ];
}
