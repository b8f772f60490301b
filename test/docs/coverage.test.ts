import { describe, expect, it } from 'vitest';
import { summarise } from '../../src/control-summary.ts';
import { coverageMarkdown, errataMarkdown, readProof } from '../../src/docs/coverage.ts';
import { catalogue, controlOf } from '../controls.ts';

const PROOF = `
| control | case | judged | dry run wrote nothing | applied | judged again |
| --: | --- | --- | --- | --- | --- |
| 46 |  | fail | yes | s3:PutBucketPolicy | pass |
| 57 |  | the emulator lacks s3:GetBucketPolicy | – | – | – |
| 48 | one | the emulator lacks s3:GetBucketVersioning | – | – | – |
| 48 | two | fail | yes | s3:PutBucketVersioning | pass |
| 58 |  | fail | yes | refused: a person follows the runbook | – |
| 208 |  | skip | yes | nothing to set right: the service has ended | – |
`;

describe('the proof page', () => {
  it.each([
    [46, 'whole loop'],
    [48, 'whole loop'],
    [57, 'lacks s3:GetBucketPolicy'],
    [58, 'runbook'],
    [208, 'never fails'],
    [45, undefined],
  ])('control %d: %s', (control, shown) => {
    expect(readProof(PROOF).get(control)).toBe(shown);
  });
});

it('coverage has a row for every control, and counts them', () => {
  const summaries = [...catalogue.values()].map(summarise);
  const text = coverageMarkdown(summaries, readProof(PROOF));
  expect(text.split('\n').filter((line) => /^\| \d+ \|/.test(line))).toHaveLength(catalogue.size);
  expect(text).toContain(`${catalogue.size} controls of`);
  expect(text).toContain('| 46 | s3 | S3::Bucket |');
  const row = coverageMarkdown([summarise(controlOf(58))], readProof(PROOF));
  expect(row).toMatch(/\| 58 \|.*\| a runbook \| guided \| – \| runbook \|/);
});

it('errata are the notes, by service', () => {
  const { note, title } = summarise(controlOf(67));
  expect(note).not.toBe('');
  expect(errataMarkdown([summarise(controlOf(67))])).toContain(`## s3\n\n**67 · ${title}.** ${note}`);
});
