import { describe, expect, it } from 'vitest';
import { sealed } from '../../../src/plan/digest.ts';
import { renderMarkdown } from '../../../src/plan/render/markdown.ts';
import { bucket, evaluation, report, versioning } from './sample.ts';

describe('renderMarkdown', () => {
  it('tells a failing resource', () => {
    const only = { ...report, evaluations: report.evaluations.slice(1, 2), plans: [versioning], ignored: [] };
    expect(renderMarkdown(only)).toBe(`**1 finding (1 HIGH) on 1 resource · 0 passed · 0 skipped · 0 unknown**

### HIGH · \`logs\`

\`AWS::S3::Bucket\` · 123456789012 · us-east-1 · \`arn:aws:s3:::logs\`

- **48** Title of 48: versioning is Suspended

Caused by \`alice\` · \`PutBucketVersioning\` · 2026-11-03T10:04:11Z · through the console

\`\`\`diff
- status: Suspended
+ status: Enabled
\`\`\`

\`\`\`sh
aws s3api put-bucket-versioning --bucket logs --versioning-configuration Status=Enabled --region us-east-1
\`\`\`

- Impact: storage grows; a bucket can never return to unversioned
- Undo: brings back what can be brought back
- Mode: asks first: nothing happens without an approval of this plan
- Apply: \`redress apply plan.json --control 48\`
- Plan: \`${versioning.id}\`

<details><summary>Undo</summary>

\`\`\`sh
aws s3api put-bucket-versioning --bucket logs --versioning-configuration Status=Suspended --region us-east-1
\`\`\`

</details>
`);
  });

  it.each([
    ['`x` **b** <img src=x>', '`` `x` **b** <img src=x> ``'],
    ['a``b', '```a``b```'],
    ['`', '`` ` ``'],
    ['line\n# heading', '`line\\u000a# heading`'],
  ])('keeps the name %j in its code span', (id, span) => {
    const failing = evaluation(48, 'fail', 'x', bucket(id));
    expect(renderMarkdown({ evaluations: [failing], plans: [], ignored: [] })).toContain(`### HIGH · ${span}\n`);
  });

  it.each([
    ['<script>&amp;', '&lt;script&gt;&amp;amp;'],
    ['[click](javascript:x)', '\\[click\\](javascript:x)'],
    ['*bold* _it_ ~~no~~ a|b `c`', '\\*bold\\* \\_it\\_ \\~\\~no\\~\\~ a\\|b \\`c\\`'],
    ['see https://evil.example/x now', 'see `https://evil.example/x` now'],
    ['ask @security or #12', 'ask `@security` or `#12`'],
    ['one\n\n# two', 'one\\\\u000a\\\\u000a# two'],
  ])('disarms the reason %j', (because, expected) => {
    const failing = evaluation(48, 'fail', because, bucket('b'));
    const ignored = [{ event: 'E', because }];
    const markdown = renderMarkdown({ evaluations: [failing], plans: [], ignored });
    expect(markdown).toContain(`- **48** Title of 48: ${expected}\n`);
    expect(markdown).toContain(`- ${expected}: \`E\`\n`);
  });

  it('keeps a document with fences of its own inside its fence', () => {
    const { id: _id, digest: _digest, ...content } = versioning;
    const plan = sealed({ ...content, after: { text: '```\n# out' }, cli: ['aws x --y "````"'] });
    const markdown = renderMarkdown({ evaluations: [], plans: [plan], ignored: [] });
    expect(markdown).toContain('````diff\n');
    expect(markdown).toContain('`````sh\naws x --y "````"\n`````');
  });
});
