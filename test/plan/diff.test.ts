import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { documentDiff } from '../../src/plan/diff.ts';

const shown = (before: unknown, after: unknown): string[] =>
  documentDiff(before, after).map(({ sign, text }) => `${sign}${text}`);

describe('documentDiff', () => {
  it('shows what goes and what comes', () => {
    expect(shown({ status: 'Suspended' }, { status: 'Enabled' })).toEqual(['-status: Suspended', '+status: Enabled']);
  });

  it('shows a document that is not there as (none)', () => {
    expect(shown(null, { a: 1 })).toEqual(['-(none)', '+a: 1']);
    expect(shown({ a: 1 }, undefined)).toEqual(['-a: 1', '+(none)']);
  });

  it('has nothing to tell of equal documents, in whatever order their keys come', () => {
    expect(documentDiff({ a: 1, b: [{ c: 2, d: 3 }] }, { b: [{ d: 3, c: 2 }], a: 1 })).toEqual([]);
    expect(documentDiff(null, undefined)).toEqual([]);
  });

  it('opens policies inside strings', () => {
    const policy = (principal: string) => ({
      Policy: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: principal }] }),
    });
    expect(shown(policy('*'), policy('arn:aws:iam::1:root'))).toEqual([
      ' Policy:',
      '   Statement:',
      '     - Effect: Allow',
      '-      Principal: "*"',
      '+      Principal: arn:aws:iam::1:root',
      '   Version: 2012-10-17',
    ]);
  });

  it('still shows policies that differ in nothing but spaces', () => {
    expect(shown({ Policy: '{"a":1}' }, { Policy: '{"a": 1}' })).toEqual([`-Policy: '{"a":1}'`, `+Policy: '{"a": 1}'`]);
  });

  it('folds what does not change, and counts it', () => {
    const numbers = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`k${String(at).padStart(2, '0')}`, at]));
    expect(shown(numbers, { ...numbers, k05: 'x', k20: 'y' })).toEqual([
      ' … 2 lines unchanged',
      ' k02: 2',
      ' k03: 3',
      ' k04: 4',
      '-k05: 5',
      '+k05: x',
      ' k06: 6',
      ' k07: 7',
      ' k08: 8',
      ' … 8 lines unchanged',
      ' k17: 17',
      ' k18: 18',
      ' k19: 19',
      '-k20: 20',
      '+k20: y',
      ' k21: 21',
      ' k22: 22',
      ' k23: 23',
      ' … 6 lines unchanged',
    ]);
  });

  it('counts every line of the document before once, folded or not', () => {
    const documents = fc.dictionary(fc.string({ unit: 'grapheme-ascii' }), fc.integer({ max: 3, min: 0 }), {
      noNullPrototype: true,
      minKeys: 1,
      maxKeys: 30,
    });
    fc.assert(
      fc.property(documents, documents, (before, after) => {
        const lines = documentDiff(before, after);
        const old = lines.filter(({ sign }) => sign !== '+');
        const count = old.reduce((sum, { text }) => sum + Number(/^… (\d+) lines? unchanged$/.exec(text)?.[1] ?? 1), 0);
        expect([0, Object.keys(before).length]).toContain(lines.length === 0 ? 0 : count);
      }),
    );
  });

  it('cannot show one thing and hold another', () => {
    const [line] = shown({ a: 1 }, { name: 'safe\u202e\u001b[2K' }).slice(1);
    expect(line).toMatch(/^\+name: [\x20-\x7e]+$/);
  });
});
