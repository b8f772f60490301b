import type { Target } from '../aws/port.ts';
import type { Input } from '../aws/sdk.ts';
import { partitionOf } from '../partition.ts';
import type { FindingRecord } from '../store/records.ts';
import { asffTypes } from './asff-types.ts';
import { changedAt, remedyOf, type Standing, shortened, standingOf } from './standing.ts';

/** A finding in Security Hub's format (ASFF), as BatchImportFindings takes it. */
export type AsffFinding = NonNullable<Input<'securityhub', 'BatchImportFindings'>['Findings']>[number];

/** The longest texts that Security Hub takes, in characters (API reference, AwsSecurityFinding). */
const longest = { title: 256, description: 1024, remedy: 512, field: 2048, tagKey: 128, tagValue: 256 } as const;
const mostTags = 50;

const complianceStatus = {
  pass: 'PASSED',
  fail: 'FAILED',
  unknown: 'WARNING',
  'not applicable': 'NOT_AVAILABLE',
} as const satisfies Readonly<Record<Standing['compliance'], string>>;

/**
 * What Security Hub sets back to NEW when a finding returns is NOTIFIED and
 * RESOLVED only: an accepted finding must not be SUPPRESSED here, or it would
 * stay out of sight after its exemption has ended. It is archived instead.
 */
const workflowStatus = {
  new: 'NEW',
  'in progress': 'NOTIFIED',
  accepted: 'NOTIFIED',
  resolved: 'RESOLVED',
} as const satisfies Readonly<Record<Standing['stage'], string>>;

/**
 * A finding in ASFF.
 *
 * With the product of a custom integration, Security Hub takes findings of the
 * calling account only (API reference, BatchImportFindings), so that the hub's
 * stands in `AwsAccountId`, and the resource says whose it is.
 *
 * Workflow counts when a finding is first imported; later ones cannot change
 * it. What is resolved or accepted is archived, which always counts.
 *
 * @param hub account and region of the Security Hub that takes it
 */
export function toAsff(record: FindingRecord, hub: Target): AsffFinding {
  const { id, evaluation, machine, createdAt, state } = record;
  const { control, title, because, criticality, resource } = evaluation;
  const { compliance, stage } = standingOf(record);
  const { partition } = partitionOf(hub.region);
  const severity = { Label: criticality, Original: criticality };
  const types = ['Software and Configuration Checks/AWS Security Best Practices'];
  return {
    SchemaVersion: '2018-10-08',
    Id: `redress/${id}`,
    ProductArn: `arn:${partition}:securityhub:${hub.region}:${hub.account}:product/${hub.account}/default`,
    ProductName: 'Redress',
    CompanyName: 'Redress',
    GeneratorId: `redress/control/${control}`,
    AwsAccountId: hub.account,
    Types: types,
    FirstObservedAt: createdAt,
    LastObservedAt: record.judgedAt,
    CreatedAt: createdAt,
    UpdatedAt: changedAt(record),
    Severity: severity,
    FindingProviderFields: { Severity: severity, Types: types },
    Title: shortened(`Control ${control}: ${title}`, longest.title),
    Description: shortened(`${resource.id}: ${because}`, longest.description),
    Remediation: { Recommendation: { Text: shortened(remedyOf(record), longest.remedy) } },
    ProductFields: {
      'redress/finding': id,
      'redress/control': String(control),
      'redress/state': state,
      'redress/because': shortened(machine.context.because, longest.field),
      'redress/account': resource.account,
      ...(record.plan === null ? {} : { 'redress/plan': record.plan }),
      ...(record.cause === null ? {} : { 'redress/event': shortened(record.cause.eventId, longest.field) }),
    },
    Resources: [
      {
        Type: asffTypes[resource.type] ?? 'Other',
        Id: resource.arn,
        Partition: asPartition(resource.partition),
        Region: resource.region,
        Owner: { Account: { Id: resource.account } },
        ...(resource.tags === undefined ? {} : { Tags: tagsOf(resource.tags) }),
      },
    ],
    Compliance: { Status: complianceStatus[compliance], SecurityControlId: `Redress.${control}` },
    Workflow: { Status: workflowStatus[stage] },
    RecordState: stage === 'resolved' || stage === 'accepted' ? 'ARCHIVED' : 'ACTIVE',
  };
}

/** Security Hub names three partitions; of others it is not told. */
function asPartition(partition: string): 'aws' | 'aws-cn' | 'aws-us-gov' | undefined {
  switch (partition) {
    case 'aws':
    case 'aws-cn':
    case 'aws-us-gov':
      return partition;
    default:
      return undefined;
  }
}

function tagsOf(tags: Readonly<Record<string, string>>): Record<string, string> {
  const fitting = Object.entries(tags).filter(([key]) => !key.startsWith('aws:') && key.length <= longest.tagKey);
  return Object.fromEntries(
    fitting.slice(0, mostTags).map(([key, value]) => [key, value === '' ? '' : shortened(value, longest.tagValue)]),
  );
}
