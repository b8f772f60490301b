import { sealed } from '../../../src/plan/digest.ts';
import type { Evaluation, Plan, PlannedCall, ResourceRef } from '../../../src/plan/plan.ts';
import type { Report } from '../../../src/plan/report.ts';

/** A report that has everything once, for the tests of the renderings. */

export const place = { partition: 'aws', account: '123456789012', region: 'us-east-1', scope: 'resource' } as const;

export function bucket(id: string): ResourceRef {
  return { type: 'AWS::S3::Bucket', id, arn: `arn:aws:s3:::${id}`, ...place };
}

export function evaluation(
  control: number,
  verdict: Evaluation['verdict'],
  because: string,
  resource: ResourceRef,
): Evaluation {
  const finding = `f-${control}-${resource.id}`;
  return { control, finding, verdict, because, title: `Title of ${control}`, criticality: 'HIGH', resource };
}

function call(operation: string, input: object): PlannedCall {
  return { name: 'write', service: 's3', operation, region: 'us-east-1', input, repeat: 'safe' };
}

export const versioning: Plan = sealed({
  controls: [48],
  findings: ['f-48-logs'],
  resource: bucket('logs'),
  criticality: 'HIGH',
  titles: ['Title of 48'],
  kind: 'edit',
  mode: 'approve',
  impact: 'storage grows; a bucket can never return to unversioned',
  steps: [call('PutBucketVersioning', { Bucket: 'logs', VersioningConfiguration: { Status: 'Enabled' } })],
  cli: ['aws s3api put-bucket-versioning --bucket logs --versioning-configuration Status=Enabled --region us-east-1'],
  before: { status: 'Suspended' },
  after: { status: 'Enabled' },
  undo: {
    class: 'best-effort',
    steps: [call('PutBucketVersioning', { Bucket: 'logs', VersioningConfiguration: { Status: 'Suspended' } })],
  },
  permissions: ['s3:PutBucketVersioning'],
  missing: [],
  guide: [],
  locks: [],
});

export const guided: Plan = sealed({
  ...withoutSeal(versioning),
  controls: [52],
  findings: ['f-52-old'],
  resource: bucket('old'),
  criticality: 'LOW',
  kind: 'guide',
  mode: 'guided',
  steps: [],
  cli: [],
  before: null,
  after: null,
  undo: { class: 'none', steps: [] },
  guide: [
    { text: 'Save the objects first.', cli: 'aws s3 sync s3://old s3://new' },
    { text: 'Then delete the bucket.' },
  ],
});

export const lacking: Plan = sealed({
  ...withoutSeal(versioning),
  controls: [47],
  findings: ['f-47-logs'],
  criticality: 'MEDIUM',
  titles: ['Title of 47'],
  steps: [],
  cli: [],
  before: null,
  after: null,
  undo: { class: 'exact', steps: [] },
  missing: ['logBucket'],
});

function withoutSeal({ id: _id, digest: _digest, ...content }: Plan): Omit<Plan, 'id' | 'digest'> {
  return content;
}

export const report: Report = {
  evaluations: [
    evaluation(47, 'fail', 'no access logs are kept', bucket('logs')),
    evaluation(48, 'fail', 'versioning is Suspended', bucket('logs')),
    evaluation(52, 'fail', 'the bucket is in the wrong region', bucket('old')),
    evaluation(60, 'fail', 'there is no plan for this', bucket('old')),
    evaluation(48, 'pass', '', bucket('fine')),
    evaluation(41, 'pass', '', bucket('fine')),
    evaluation(49, 'skip', 'holds no objects', bucket('fine')),
    evaluation(50, 'unknown', 'GetBucketPolicy: AccessDenied', bucket('fine')),
  ],
  plans: [guided, lacking, versioning],
  ignored: [
    { event: 'PutBucketAcl', because: 'failed call' },
    { event: 'ListBuckets', because: 'read-only' },
    { event: 'ListBuckets', because: 'read-only' },
  ],
  causes: new Map([
    ['f-48-logs', { who: 'alice', event: 'PutBucketVersioning', when: '2026-11-03T10:04:11Z', through: 'the console' }],
  ]),
};
