import { expect, it } from 'vitest';
import { createPace } from '../../approvals/pace.ts';
import { createClock } from '../workflow/bench.ts';

it('lets posts to a channel through in order and more than a second apart, each channel by itself', async () => {
  const clock = createClock();
  const paced = createPace(clock);
  const times: [string, number][] = [];
  const start = clock.now().getTime();
  const post = (channel: string) =>
    paced(channel, async () => void times.push([channel, clock.now().getTime() - start]));
  await Promise.all([post('a'), post('a'), post('a')]);
  await post('b');
  expect(times).toEqual([
    ['a', 0],
    ['a', 1100],
    ['a', 2200],
    ['b', 2200],
  ]);
});

it('goes on after a post that failed', async () => {
  const clock = createClock();
  const paced = createPace(clock);
  await expect(paced('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await paced('a', async () => 'yes')).toBe('yes');
});
