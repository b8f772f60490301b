import type { Evaluation } from '../plan/plan.ts';
import type { FindingRecord } from '../store/records.ts';
import { changedAt, remedyOf, type Standing, shortened, standingOf } from './standing.ts';

/**
 * The OCSF version that is written: class, attributes and enum values are those
 * of tag 1.8.0 of github.com/ocsf/ocsf-schema (events/findings/finding.json and
 * compliance_finding.json, objects/compliance.json, finding_info.json,
 * resource_details.json, cloud.json, dictionary.json).
 */
const version = '1.8.0';
const categoryUid = 2;
const classUid = 2003;

/** A Compliance Finding of the Open Cybersecurity Schema Framework. Times are milliseconds since 1970. */
export interface OcsfFinding {
  readonly activity_id: 1 | 2 | 3;
  readonly activity_name: 'Create' | 'Update' | 'Close';
  readonly category_uid: typeof categoryUid;
  readonly category_name: 'Findings';
  readonly class_uid: typeof classUid;
  readonly class_name: 'Compliance Finding';
  readonly type_uid: number;
  readonly type_name: string;
  readonly time: number;
  readonly start_time: number;
  readonly end_time: number;
  readonly severity_id: 2 | 3 | 4;
  readonly severity: 'Low' | 'Medium' | 'High';
  readonly status_id: 1 | 2 | 3 | 4;
  readonly status: string;
  readonly message: string;
  readonly metadata: object;
  readonly finding_info: object;
  readonly compliance: object;
  readonly remediation: { readonly desc: string };
  readonly resources: readonly object[];
  readonly cloud: object;
  readonly unmapped: object;
}

const severities = {
  LOW: { severity_id: 2, severity: 'Low' },
  MEDIUM: { severity_id: 3, severity: 'Medium' },
  HIGH: { severity_id: 4, severity: 'High' },
} as const satisfies Readonly<Record<Evaluation['criticality'], object>>;

const statuses = {
  new: { status_id: 1, status: 'New' },
  'in progress': { status_id: 2, status: 'In Progress' },
  accepted: { status_id: 3, status: 'Suppressed' },
  resolved: { status_id: 4, status: 'Resolved' },
} as const satisfies Readonly<Record<Standing['stage'], object>>;

/** 99 is `Other`, whose caption the source chooses. */
const complianceStatuses = {
  pass: { status_id: 1, status: 'Pass' },
  unknown: { status_id: 2, status: 'Warning' },
  fail: { status_id: 3, status: 'Fail' },
  'not applicable': { status_id: 99, status: 'Not Applicable' },
} as const satisfies Readonly<Record<Standing['compliance'], object>>;

/** Long texts help nobody in a table of events; all of them are in `redress show`. */
const longest = 4000;

/**
 * A finding as an OCSF Compliance Finding.
 *
 * @param program the version of Redress, for the metadata
 */
export function toOcsf(record: FindingRecord, program: string): OcsfFinding {
  const { id, evaluation, createdAt, machine, cause } = record;
  const { control, title, because, criticality, resource } = evaluation;
  const standing = standingOf(record);
  const activity = activityOf(record, standing);
  const { status_id, status } = complianceStatuses[standing.compliance];
  return {
    ...activity,
    category_uid: categoryUid,
    category_name: 'Findings',
    class_uid: classUid,
    class_name: 'Compliance Finding',
    type_uid: classUid * 100 + activity.activity_id,
    type_name: `Compliance Finding: ${activity.activity_name}`,
    time: millis(createdAt),
    start_time: millis(createdAt),
    end_time: millis(changedAt(record)),
    ...severities[criticality],
    ...statuses[standing.stage],
    message: text(`${title}: ${because}`),
    metadata: {
      version,
      product: { name: 'Redress', vendor_name: 'Redress', uid: 'redress', version: program },
      profiles: ['cloud'],
      event_code: `control-${control}`,
      log_name: 'findings',
      uid: `${id}:${record.revision}`,
    },
    finding_info: {
      uid: id,
      title: text(title),
      desc: text(because),
      types: ['Compliance'],
      created_time: millis(createdAt),
      first_seen_time: millis(createdAt),
      last_seen_time: millis(record.judgedAt),
      modified_time: millis(changedAt(record)),
      ...(cause === null ? {} : { related_events: [{ uid: text(cause.eventId), title: text(cause.event) }] }),
    },
    compliance: {
      control: `Redress ${control}`,
      desc: text(title),
      standards: ['Redress controls'],
      status_id,
      status,
      status_details: [text(because)],
    },
    remediation: { desc: text(remedyOf(record)) },
    resources: [
      {
        uid: resource.arn,
        name: text(resource.id),
        type: resource.type,
        region: resource.region,
        cloud_partition: resource.partition,
        role_id: 3,
        role: 'Affected',
        ...(resource.tags === undefined
          ? {}
          : { tags: Object.entries(resource.tags).map(([name, value]) => ({ name, value })) }),
      },
    ],
    cloud: {
      provider: 'AWS',
      region: resource.region,
      cloud_partition: resource.partition,
      account: { uid: resource.account, type: 'AWS Account', type_id: 10 },
    },
    unmapped: { state: record.state, state_because: text(machine.context.because), plan: record.plan },
  };
}

function activityOf({ revision }: FindingRecord, { stage }: Standing) {
  if (stage === 'resolved') return { activity_id: 3, activity_name: 'Close' } as const;
  // The first revision is the one that made the record.
  if (revision === 1) return { activity_id: 1, activity_name: 'Create' } as const;
  return { activity_id: 2, activity_name: 'Update' } as const;
}

const millis = (moment: string): number => new Date(moment).getTime();
const text = (value: string): string => shortened(value, longest);
