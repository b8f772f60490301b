import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { assumed } from '../../src/docs/costs/markdown.ts';
import { costOfMillionEvents, type Measured } from '../../src/docs/costs/model.ts';
import { prices } from '../../src/docs/costs/prices.ts';
import type { Result } from './measure.ts';

const MEASURED = join(import.meta.dirname, '../../docs/measured.json');

/** What a million events cost, from the calls that a run on the emulator has counted. */
export async function costs(): Promise<Result[]> {
  const measured: Measured = JSON.parse(await readFile(MEASURED, 'utf8'));
  const dollars = costOfMillionEvents(measured, { ...assumed, accounts: 1 });
  return [
    {
      name: 'cost',
      means: 'price of a million events, to what the bus alone takes for them',
      ratio: dollars / (prices.crossAccountEvent.each * 1e6),
      aim: undefined,
      detail: `$${dollars.toFixed(2)}, counted in a run of ${measured.events.toLocaleString('en-US')} events on the emulator`,
    },
  ];
}
