import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toOcsf } from '../../src/export/ocsf.ts';
import { stateNames } from '../../src/workflow/finding.ts';
import { complianceFinding } from './ocsf-schema.ts';
import { findingRecord } from './records.ts';

describe('a finding in OCSF', () => {
  it.each(stateNames)('is a Compliance Finding while %s, with every criticality and verdict', (state) => {
    for (const criticality of ['HIGH', 'MEDIUM', 'LOW'] as const) {
      for (const verdict of ['fail', 'pass', 'skip', 'unknown'] as const) {
        const finding = toOcsf(findingRecord({ state, evaluation: { criticality, verdict } }), '0.1.0');
        expect(complianceFinding.safeParse(finding).error?.issues ?? []).toEqual([]);
      }
    }
  });

  it('says what is wrong with which resource, in milliseconds', () => {
    expect(toOcsf(findingRecord(), '0.1.0')).toMatchObject({
      activity_name: 'Update',
      type_uid: 200302,
      time: Date.UTC(2026, 10, 23, 10, 0, 10),
      end_time: Date.UTC(2026, 10, 23, 10, 2),
      severity_id: 4,
      status_id: 2,
      finding_info: { uid: 'f-0123456789ab', related_events: [{ uid: '8fe8b57b-0c1c-4c2d-a51e-0b6b5a1c7e01' }] },
      compliance: { control: 'Redress 48', status_id: 3, status_details: ['versioning is off'] },
      resources: [{ uid: 'arn:aws:s3:::invoices', type: 'AWS::S3::Bucket' }],
      cloud: { account: { uid: '210987654321' } },
    });
  });

  it.each([
    ['judged', 1, 'fail', 1, 1, 3],
    ['waiting', 2, 'unknown', 2, 2, 2],
    ['exempted', 3, 'fail', 2, 3, 3],
    ['resolved', 4, 'fail', 3, 4, 1],
    ['resolved', 4, 'skip', 3, 4, 99],
  ] as const)(
    '%s at revision %i, judged %s: activity %i, status %i, compliance %i',
    (state, revision, verdict, activity, status, compliance) => {
      const finding = toOcsf(findingRecord({ state, evaluation: { verdict }, record: { revision } }), '0.1.0');
      expect(finding).toMatchObject({
        activity_id: activity,
        status_id: status,
        compliance: { status_id: compliance },
      });
    },
  );

  it('holds whatever a resource is called', () => {
    const hostile = fc.oneof(fc.string({ unit: 'binary', maxLength: 5000 }), fc.constant('💥'.repeat(4000)));
    fc.assert(
      fc.property(hostile, hostile, fc.dictionary(hostile, hostile), (id, said, tags) => {
        const record = findingRecord({ evaluation: { title: said, because: said }, resource: { id, tags } });
        expect(complianceFinding.safeParse(toOcsf(record, '0.1.0')).error?.issues ?? []).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });
});
