import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { pageOf } from '../../../src/plan/render/page.ts';
import { renderText } from '../../../src/plan/render/text.ts';
import { bucket, evaluation, report, versioning } from './sample.ts';

const plain = { color: false, width: 80 };

describe('renderText', () => {
  it('tells a failing resource from what is wrong to how it is applied', () => {
    expect(renderText({ ...report, evaluations: report.evaluations.slice(1, 2), plans: [versioning] }, plain)).toBe(
      `HIGH        logs  AWS::S3::Bucket  123456789012 · us-east-1
  arn:aws:s3:::logs

  48        Title of 48
            versioning is Suspended
  by        alice · PutBucketVersioning · 2026-11-03T10:04:11Z · through the
            console

  change    - status: Suspended
            + status: Enabled

  calls     aws s3api put-bucket-versioning --bucket logs --versioning-configuration Status=Enabled --region us-east-1

  impact    storage grows; a bucket can never return to unversioned
  undo      brings back what can be brought back
            aws s3api put-bucket-versioning --bucket logs --versioning-configuration Status=Suspended --region us-east-1
  mode      asks first: nothing happens without an approval of this plan
  apply     redress apply plan.json --control 48  (${versioning.id})

Ignored events
  failed call: PutBucketAcl
  read-only: ListBuckets ×2

1 finding (1 HIGH) on 1 resource · 0 passed · 0 skipped · 0 unknown · 3 events ignored
To apply, save the plans with --format json > plan.json and run the line under
"apply".
`,
    );
  });

  it('puts the most critical first and leaves nothing out', () => {
    const text = renderText(report, plain);
    const order = ['Title of 48', 'Title of 60', 'Title of 47', 'Title of 52', 'Could not be judged', 'Does not apply'];
    const places = order.map((one) => text.indexOf(one));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places).not.toContain(-1);
    expect(text).toContain('none could be made');
    expect(text).toContain('"47": { parameters: { logBucket: "<bucket name>" } }');
    expect(text).toContain('1. Save the objects first.\n               aws s3 sync s3://old s3://new');
    expect(text).toContain('fine: GetBucketPolicy: AccessDenied (control 50)');
    expect(text).toContain('49  holds no objects: fine');
    expect(text).toContain('fine: controls 41, 48');
    expect(text).toContain('4 findings (4 HIGH) on 2 resources · 2 passed · 1 skipped · 1 unknown · 3 events ignored');
  });

  it('offers to apply only what can be applied', () => {
    const applying = renderText(report, plain)
      .split('\n')
      .filter((line) => line.includes('redress apply'));
    expect(applying).toHaveLength(1);
    expect(applying[0]).toContain('--control 48');
  });

  it('says the same with and without colours', () => {
    const coloured = renderText(report, { color: true, width: 80 });
    expect(coloured).not.toBe(renderText(report, plain));
    expect(stripVTControlCharacters(coloured)).toBe(renderText(report, plain));
  });

  it('lets no name from outside drive the terminal', () => {
    const evil = bucket('a\u001b[2J\nHIGH');
    const failing = evaluation(48, 'fail', 'because\r\u202e', evil);
    const ignored = [{ event: '\u001b]0;x\u0007', because: 'unparseable: \u009b1m' }];
    const text = renderText({ evaluations: [failing], plans: [], ignored }, plain);
    expect(text).not.toMatch(/[^\n\P{Cc}]|\p{Cf}/u);
    expect(text).toContain('a\\u001b[2J\\u000aHIGH');
  });

  it('says so when there is nothing to set right', () => {
    expect(renderText({ evaluations: [], plans: [], ignored: [] }, plain)).toBe(
      'no findings · 0 passed · 0 skipped · 0 unknown\n',
    );
  });
});

describe('pageOf', () => {
  it.each<[{ isTTY?: boolean; columns?: number }, Record<string, string>, boolean, number]>([
    [{ isTTY: true, columns: 90 }, {}, true, 90],
    [{ isTTY: true, columns: 300 }, { NO_COLOR: '' }, true, 110],
    [{ isTTY: true, columns: 10 }, { NO_COLOR: '1' }, false, 40],
    [{ isTTY: true, columns: 90 }, { TERM: 'dumb' }, false, 90],
    [{}, {}, false, 110],
  ])('%j with %j', (stream, env, color, width) => {
    expect(pageOf(stream, env)).toEqual({ color, width });
  });
});
