import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { validateInput } from '../../src/aws/validate.ts';
import { toAsff } from '../../src/export/asff.ts';
import { asffTypes } from '../../src/export/asff-types.ts';
import { catalogue } from '../../src/redress.ts';
import { stateNames } from '../../src/workflow/finding.ts';
import { findingRecord } from './records.ts';

const hub = { account: '123456789012', region: 'eu-central-1' };
const problems = (...records: Parameters<typeof toAsff>[0][]) =>
  validateInput('securityhub', 'BatchImportFindings', { Findings: records.map((record) => toAsff(record, hub)) });

describe('a finding in ASFF', () => {
  it('fits the schema of Security Hub in every state, of every criticality, with every verdict', async () => {
    const records = stateNames.flatMap((state) =>
      (['HIGH', 'MEDIUM', 'LOW'] as const).flatMap((criticality) =>
        (['fail', 'pass', 'skip', 'unknown'] as const).map((verdict) =>
          findingRecord({ state, evaluation: { criticality, verdict } }),
        ),
      ),
    );
    expect(await problems(...records)).toEqual([]);
  });

  it('says what is wrong with which resource, and what to do', () => {
    expect(toAsff(findingRecord(), hub)).toMatchObject({
      Id: 'redress/f-0123456789ab',
      ProductArn: 'arn:aws:securityhub:eu-central-1:123456789012:product/123456789012/default',
      GeneratorId: 'redress/control/48',
      AwsAccountId: '123456789012',
      Title: 'Control 48: Bucket keeps versions',
      Description: 'invoices: versioning is off',
      Severity: { Label: 'HIGH' },
      FirstObservedAt: '2026-11-23T10:00:10.000Z',
      UpdatedAt: '2026-11-23T10:02:00.000Z',
      Compliance: { Status: 'FAILED' },
      Workflow: { Status: 'NOTIFIED' },
      RecordState: 'ACTIVE',
      Resources: [{ Type: 'AwsS3Bucket', Id: 'arn:aws:s3:::invoices', Owner: { Account: { Id: '210987654321' } } }],
      Remediation: { Recommendation: { Text: expect.stringContaining('redress approve f-0123456789ab') } },
    });
  });

  it.each([
    ['eu-west-1', 'aws'],
    ['cn-north-1', 'aws-cn'],
    ['us-gov-east-1', 'aws-us-gov'],
  ])('names the product in %s by the partition %s', (region, partition) => {
    const { ProductArn } = toAsff(findingRecord(), { ...hub, region });
    expect(ProductArn).toBe(`arn:${partition}:securityhub:${region}:123456789012:product/123456789012/default`);
  });

  it('closes what was set right, although it was judged as failing before', () => {
    expect(toAsff(findingRecord({ state: 'resolved' }), hub)).toMatchObject({
      Compliance: { Status: 'PASSED' },
      Workflow: { Status: 'RESOLVED' },
      RecordState: 'ARCHIVED',
    });
  });

  it('opens what was taken back, although it was judged as passing before', () => {
    const record = findingRecord({ state: 'rolledBack', evaluation: { verdict: 'pass' } });
    expect(toAsff(record, hub)).toMatchObject({ Compliance: { Status: 'FAILED' }, RecordState: 'ACTIVE' });
  });

  it('never suppresses an accepted finding: it would stay out of sight when the exemption is over', () => {
    const accepted = toAsff(findingRecord({ state: 'exempted' }), hub);
    expect(accepted).toMatchObject({ Workflow: { Status: 'NOTIFIED' }, RecordState: 'ARCHIVED' });
  });

  it('has the same id whatever becomes of it, and a later time with every change', () => {
    const before = toAsff(findingRecord({ state: 'waiting' }), hub);
    const after = toAsff(findingRecord({ state: 'resolved', record: { updatedAt: '2026-11-23T11:00:00.000Z' } }), hub);
    expect(after.Id).toBe(before.Id);
    expect(after.UpdatedAt).toBe('2026-11-23T11:00:00.000Z');
    const judgedAgain = findingRecord({ record: { judgedAt: '2026-11-24T00:00:00.000Z' } });
    expect(toAsff(judgedAgain, hub).UpdatedAt).toBe('2026-11-24T00:00:00.000Z');
  });

  it('stays within the limits of Security Hub, whatever a resource is called', async () => {
    const hostile = fc.oneof(fc.string({ unit: 'binary', maxLength: 5000 }), fc.constant('💥'.repeat(4000)));
    await fc.assert(
      fc.asyncProperty(hostile, hostile, fc.dictionary(hostile, hostile, { maxKeys: 60 }), async (id, said, tags) => {
        const record = findingRecord({ evaluation: { title: said, because: said }, resource: { id, tags } });
        const finding = toAsff(record, hub);
        const { Title = '', Description = '', Remediation, ProductFields = {}, Resources } = finding;
        for (const [value, most] of [
          [Title, 256],
          [Description, 1024],
          [Remediation?.Recommendation?.Text ?? '', 512],
          ...Object.values(ProductFields).map((one) => [one, 2048] as const),
        ] as const) {
          expect(value.length).toBeGreaterThan(0);
          expect(value.length).toBeLessThanOrEqual(most);
          expect(value).not.toMatch(/[\p{Cc}\p{Surrogate}]/u);
        }
        expect(Object.keys(Resources?.[0]?.Tags ?? {}).length).toBeLessThanOrEqual(50);
        expect(Buffer.byteLength(JSON.stringify(finding))).toBeLessThan(240_000);
        expect(await problems(record)).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });

  it('calls types as Security Hub does', async () => {
    const named = Object.values(asffTypes).filter((type) => type !== 'AwsAccount');
    const details = Object.fromEntries(named.map((type) => [type, {}]));
    const finding = toAsff(findingRecord(), hub);
    const Findings = [
      { ...finding, Resources: [{ Type: 'AwsS3Bucket', Id: 'arn:aws:s3:::invoices', Details: details }] },
    ];
    expect(await validateInput('securityhub', 'BatchImportFindings', { Findings })).toEqual([]);
    const known = new Set([...catalogue.values()].map(({ detector }) => detector.resource.type));
    expect(Object.keys(asffTypes).filter((type) => !known.has(type))).toEqual([]);
    const other = toAsff(findingRecord({ resource: { type: 'AWS::SageMaker::Model' } }), hub);
    expect(other.Resources?.[0]?.Type).toBe('Other');
  });
});
