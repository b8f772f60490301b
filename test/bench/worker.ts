import { acknowledging } from './acknowledging.ts';
import { deciding } from './deciding.ts';
import { functions } from './functions.ts';
import { judging } from './judging.ts';
import { scanPeaks } from './memory.ts';
import { reads } from './reads.ts';
import { recording } from './recording.ts';
import { routing } from './routing.ts';
import { startUp } from './startup.ts';
import type { Answer, Task } from './task.ts';
import { working } from './working.ts';

// A process that makes one measurement, given as JSON, and sends what it found to its parent.

async function answer(task: Task): Promise<Answer> {
  switch (task.measure) {
    case 'routing':
      return { kind: 'results', results: await routing(task) };
    case 'reads':
      return { kind: 'results', results: await reads() };
    case 'functions':
      return { kind: 'results', results: await functions(task) };
    case 'start-up':
      return { kind: 'results', results: await startUp(task) };
    case 'judging':
      return { kind: 'results', results: await judging(task) };
    case 'working':
      return { kind: 'results', results: await working(task) };
    case 'recording':
      return { kind: 'results', results: await recording(task) };
    case 'acknowledging':
      return { kind: 'results', results: await acknowledging(task) };
    case 'deciding':
      return { kind: 'results', results: await deciding(task) };
    case 'scan':
      return { kind: 'peaks', peaks: await scanPeaks(task.buckets) };
  }
}

process.send?.(JSON.stringify(await answer(JSON.parse(process.argv[2] ?? ''))));
