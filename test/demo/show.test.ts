import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { folded } from '../../src/demo/show.ts';
import { awsCli } from '../../src/plan/aws-cli.ts';

/** What a shell makes of a command: its words. */
const words = (command: string): string[] =>
  execFileSync('/bin/sh', ['-c', `set -- ${command}\nfor word; do printf '%s\\0' "$word"; done`], { encoding: 'utf8' })
    .split('\0')
    .slice(0, -1);

describe('a folded command', () => {
  it('is a command on one line where there is room', () => {
    expect(folded('aws iam list-users --max-items 5', 80)).toEqual(['aws iam list-users --max-items 5']);
  });

  it('is the same command to a shell, whatever its policy says', () => {
    const text = fc.oneof(
      fc.string({ maxLength: 30 }),
      fc
        .array(fc.constantFrom('},', '",', '],', "'", '\\', ' --option ', 'word'), { maxLength: 6 })
        .map((parts) => parts.join('')),
    );
    const statement = fc.record({ Sid: text, Action: fc.array(text, { maxLength: 4 }), Resource: text });
    fc.assert(
      fc.property(fc.array(statement, { maxLength: 5 }), fc.integer({ min: 20, max: 120 }), (Statement, width) => {
        const input = { Bucket: 'b', Policy: JSON.stringify({ Statement }) };
        const command = awsCli({ service: 's3', operation: 'PutBucketPolicy', region: 'us-east-1', input });
        const [before, after] = [words(command), words(folded(command, width).join('\n'))];
        const policy = before.indexOf('--policy') + 1;
        expect(after.length).toBe(before.length);
        for (const [at, word] of before.entries()) {
          if (at === policy) expect(JSON.parse(after[at] ?? '')).toEqual(JSON.parse(word));
          else expect(after[at]).toBe(word);
        }
      }),
      { numRuns: 100 },
    );
  });
});
