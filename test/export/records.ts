import type { Evaluation, ResourceRef } from '../../src/plan/plan.ts';
import type { FindingRecord } from '../../src/store/records.ts';
import type { StateName } from '../../src/workflow/finding.ts';
import { save } from '../../src/workflow/snapshot.ts';
import { start } from '../../src/workflow/step.ts';

export const bucket: ResourceRef = {
  type: 'AWS::S3::Bucket',
  id: 'invoices',
  arn: 'arn:aws:s3:::invoices',
  partition: 'aws',
  account: '210987654321',
  region: 'eu-west-1',
  scope: 'resource',
};

export interface RecordOptions {
  readonly state?: StateName;
  readonly evaluation?: Partial<Evaluation>;
  readonly resource?: Partial<ResourceRef>;
  readonly record?: Partial<FindingRecord>;
}

/** A finding about a bucket, in any state. */
export function findingRecord({ state = 'waiting', ...options }: RecordOptions = {}): FindingRecord {
  const evaluation: Evaluation = {
    control: 48,
    finding: 'f-0123456789ab',
    verdict: 'fail',
    because: 'versioning is off',
    title: 'Bucket keeps versions',
    criticality: 'HIGH',
    ...options.evaluation,
    resource: { ...bucket, ...options.resource },
  };
  const { finding, control, resource } = evaluation;
  return {
    id: finding,
    revision: 2,
    evaluation,
    judgedAt: '2026-11-23T10:00:10.000Z',
    machine: save({ ...start({ finding, control, resource }), value: state }),
    state,
    plan: 'p-1',
    cause: {
      ...{ by: 'arn:aws:iam::210987654321:user/eve', tool: null, event: 'PutBucketVersioning' },
      ...{ eventId: '8fe8b57b-0c1c-4c2d-a51e-0b6b5a1c7e01', at: '2026-11-23T09:59:58.000Z' },
    },
    causers: [],
    createdAt: '2026-11-23T10:00:10.000Z',
    updatedAt: '2026-11-23T10:02:00.000Z',
    history: [],
    ...options.record,
  };
}
