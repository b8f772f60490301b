import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { audienceAt } from '../../src/demo/narrator.ts';

const page = { color: false, width: 100 };

function streams(isTTY: boolean) {
  const input = Object.assign(new PassThrough(), { isTTY });
  const output = Object.assign(new PassThrough(), { isTTY });
  let text = '';
  output.on('data', (chunk) => {
    text += chunk;
    // Whoever sits there answers what they are asked, no earlier.
    if (String(chunk).includes('[y/N]')) answer();
  });
  let answer = (): void => {};
  return {
    input,
    output,
    text: () => text,
    onQuestion: (action: () => void) => {
      answer = action;
    },
  };
}

describe('a question at the terminal', () => {
  it.each([
    ['y', 'yes'],
    ['YES', 'yes'],
    ['', 'no'],
    ['n', 'no'],
    ['yesterday', 'no'],
  ] as const)('"%s" means %s', async (typed, meant) => {
    const at = streams(true);
    at.onQuestion(() => at.input.write(`${typed}\n`));
    expect(await audienceAt(at, page, { fast: true }).ask('Approve?')).toEqual({ answer: meant });
    expect(at.text()).toContain('Approve? [y/N]');
  });

  it('is not answered by keys that were pressed before it was asked', async () => {
    const at = streams(true);
    at.input.write('y\n');
    at.onQuestion(() => at.input.write('n\n'));
    expect(await audienceAt(at, page, { fast: true }).ask('Approve?')).toEqual({ answer: 'no' });
  });

  it('the end of the input is no yes', async () => {
    const at = streams(true);
    at.onQuestion(() => at.input.end());
    expect(await audienceAt(at, page, { fast: true }).ask('Approve?')).toEqual({ answer: 'no' });
  });

  it('is not waited for without end', async () => {
    const { ask } = audienceAt(streams(true), page, { fast: true, patience: 0.01 });
    expect(await ask('Approve?')).toMatchObject({
      answer: 'none',
      because: expect.stringContaining('nobody answered'),
    });
  });

  it('is not asked of a pipe', async () => {
    const at = streams(false);
    const audience = audienceAt(at, page, { fast: false });
    expect(await audience.ask('Approve?')).toMatchObject({ answer: 'none' });
    await audience.pause(3_600_000);
  });
});
