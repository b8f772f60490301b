import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sealed } from '../../../src/plan/digest.ts';
import { renderCommands } from '../../../src/plan/render/commands.ts';
import type { Report } from '../../../src/plan/report.ts';
import { bucket, evaluation, guided, lacking, report, versioning } from './sample.ts';

const { id: _id, digest: _digest, ...content } = versioning;
let bin: string;

beforeAll(() => {
  bin = mkdtempSync(join(tmpdir(), 'redress-'));
  // Stands in for the AWS CLI: says which account this is, writes down everything else.
  const script = '#!/bin/sh\nif [ "$1" = sts ]; then echo "$ACCOUNT"; else printf "%s|" "$@"; echo; fi\n';
  writeFileSync(join(bin, 'aws'), script, { mode: 0o755 });
});
afterAll(() => rmSync(bin, { recursive: true }));

const run = (one: Report, account = '123456789012'): string =>
  execFileSync('sh', ['-c', renderCommands(one)], {
    encoding: 'utf8',
    env: { ...process.env, PATH: `${bin}:${process.env.PATH}`, ACCOUNT: account },
    stdio: ['ignore', 'pipe', 'pipe'],
  });

describe('renderCommands', () => {
  it('is a script that does what can be applied, and nothing else', () => {
    expect(run(report)).toBe(
      's3api|put-bucket-versioning|--bucket|logs|--versioning-configuration|Status=Enabled|--region|us-east-1|\n',
    );
  });

  it('stops before the first command with credentials of another account', () => {
    expect(() => run(report, '999999999999')).toThrow('These commands are for account 123456789012.');
  });

  it('says what each command is for, and how to undo it', () => {
    expect(renderCommands({ ...report, plans: [versioning], evaluations: report.evaluations.slice(1, 2) })).toContain(
      `
# control 48 · AWS::S3::Bucket logs · 123456789012 us-east-1
# Title of 48: versioning is Suspended
[ "$(aws sts get-caller-identity --query Account --output text)" = 123456789012 ] || { echo 'These commands are for account 123456789012.' >&2; exit 1; }
# impact: storage grows; a bucket can never return to unversioned
aws s3api put-bucket-versioning --bucket logs --versioning-configuration Status=Enabled --region us-east-1
# undo: brings back what can be brought back
#   aws s3api put-bucket-versioning --bucket logs --versioning-configuration Status=Suspended --region us-east-1
`,
    );
  });

  it('comments out runbooks, plans that lack a parameter and controls that are off', () => {
    const off = sealed({ ...content, mode: 'off' });
    expect(run({ ...report, plans: [guided, lacking, off] })).toBe('');
    const script = renderCommands({ ...report, plans: [guided, lacking, off] });
    expect(script).toContain('#   aws s3 sync s3://old s3://new');
    expect(script).toContain('# not possible yet: set logBucket in redress.yaml');
    expect(script).toContain('# switched off in redress.yaml\n# aws s3api put-bucket-versioning');
  });

  it('lets no name leave its comment', () => {
    const evil = evaluation(48, 'fail', 'x\naws iam create-user', bucket('b\naws s3 rm\u2028aws'));
    const plan = sealed({ ...content, impact: 'x\naws iam delete-user', steps: [], cli: [] });
    expect(run({ evaluations: [evil], plans: [plan], ignored: [] })).toBe('');
  });
});
