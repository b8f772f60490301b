import { expect, it } from 'vitest';
import { type Notifier, notifyAll, silent } from '../../src/workflow/notifier.ts';
import { aFinding, aPlan } from '../store/contract.ts';

const finding = aFinding('f-1');
const { plan } = aPlan('p-1');

function listening(): { notifier: Notifier; heard: string[] } {
  const heard: string[] = [];
  return { heard, notifier: { ...silent, ask: async (_finding, _plan, occasion) => void heard.push(occasion) } };
}

it('calls those again that failed, and not those that had been told', async () => {
  const one = listening();
  const other = listening();
  let away = true;
  const flaky: Notifier = {
    ...silent,
    ask: (...asked) => (away ? Promise.reject(new Error('away')) : other.notifier.ask(...asked)),
  };
  const all = notifyAll([one.notifier, flaky]);
  await expect(all.ask(finding, plan, 'first')).rejects.toThrow('away');
  await expect(all.ask(finding, plan, 'first')).rejects.toThrow('away');
  away = false;
  await all.ask(finding, plan, 'first');
  expect([one.heard, other.heard]).toEqual([['first'], ['first']]);

  await all.ask(finding, plan, 'second');
  expect([one.heard, other.heard]).toEqual([
    ['first', 'second'],
    ['first', 'second'],
  ]);
});
