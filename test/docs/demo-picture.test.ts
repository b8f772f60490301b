import { expect, it } from 'vitest';
import { demoPicture } from '../../src/docs/demo-picture.ts';

it('shows the bucket caught, approved, fixed and read again; the same every time', async () => {
  const picture = await demoPicture();
  expect(await demoPicture()).toBe(picture);
  const texts = [...picture.matchAll(/<tspan [^>]*>([^<]*)<\/tspan>/g)].map(([, text]) => text).join('\n');
  for (const wanted of [
    'IsPublic true',
    'EveryoneReads',
    'put-bucket-policy',
    '[y/N] y',
    'resolved',
    'IsPublic false',
  ]) {
    expect(texts).toContain(wanted);
  }
  expect(texts).not.toContain(String.fromCharCode(27));
  expect(picture.match(/<text /g)?.length).toBeLessThanOrEqual(45);
});
