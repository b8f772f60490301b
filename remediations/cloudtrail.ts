import type { AdvancedEventSelector, AdvancedFieldSelector, EventSelector } from '@aws-sdk/client-cloudtrail';
import {
  globalEvents,
  isForAllBuckets,
  isForManagement,
  OBJECTS,
  recordsKms,
  type Selectors,
  selectors,
  TAKES_OUT_KMS,
  trail,
  trails,
} from '../detectors/cloudtrail.ts';
import { bucket } from '../detectors/s3.ts';
import { byHand, call, derive, document, edit, type Grant, remediations, required, steps } from '../src/control.ts';
import { policyDocument } from './s3.ts';
import { withGrant } from './with-grant.ts';

// UpdateTrail changes only what it is sent.
const globalEventsDocument = document(globalEvents, {
  write: call('cloudtrail', 'UpdateTrail', ({ id }, { included }) => ({
    Name: id,
    IncludeGlobalServiceEvents: included,
  })),
});

/** All selectors are replaced at once, and sending one kind erases the other. */
const selectorsDocument = document(selectors, {
  write: call('cloudtrail', 'PutEventSelectors', ({ id }, { basic, advanced }) =>
    advanced.length > 0
      ? { TrailName: id, AdvancedEventSelectors: [...advanced] }
      : { TrailName: id, EventSelectors: [...basic] },
  ),
});

const reach = derive({ trail }, ({ trail }) => ({ organization: trail.IsOrganizationTrail === true }));
const logs = derive({ trail }, ({ trail }) => ({ bucket: trail.S3BucketName ?? '', prefix: trail.S3KeyPrefix ?? '' }));

/** CloudTrail allows five basic selectors in a trail. */
const MOST_SELECTORS = 5;

export const trailRemediations = remediations(trails, {
  256: steps(
    {
      mode: 'approve',
      impact:
        'a trail appears in every account of the organization: a second copy of management events is billed there, and the log bucket grows and holds the logs of all accounts. Where the trail writes to CloudWatch Logs, its role must be allowed the log streams of the organization (`<organization>_*`) first',
      reads: { reach, logs },
      parameters: {
        organizationId: required(
          'The organization (`o-…`) whose accounts the trail is to cover. CloudTrail must be a trusted service of it, which the CloudTrail console or `aws organizations enable-aws-service-access` sees to.',
        ),
        managementAccountId: required(
          'The management account of the organization. Setting it says that Redress may turn trails of this account into trails of the organization.',
        ),
      },
      note: 'The log bucket must first let CloudTrail write under the name of the organization: that is added to what its policy says. Trusted access is not switched on by Redress; without it AWS refuses the call and the policy is put back.',
    },
    ({ step, editOf }) => [
      editOf(
        'allow-log-delivery',
        { document: policyDocument, resource: bucket, id: ({ logs }) => logs.bucket },
        (current, { other, arn, logs, parameters }) => {
          const folder = logs.prefix === '' ? '' : `${logs.prefix}/`;
          const grant: Grant = {
            principal: { Service: 'cloudtrail.amazonaws.com' },
            action: 's3:PutObject',
            resource: `${other.arn}/${folder}AWSLogs/${parameters.organizationId}/*`,
            context: { 's3:x-amz-acl': 'bucket-owner-full-control', 'aws:sourcearn': arn },
          };
          return withGrant(current, 'AllowTrailOfOrganization', grant, {
            StringEquals: { 's3:x-amz-acl': 'bucket-owner-full-control', 'aws:SourceArn': arn },
          });
        },
      ),
      step(
        'cover-organization',
        call('cloudtrail', 'UpdateTrail', ({ id }) => ({ Name: id, IsOrganizationTrail: true })),
        {
          repeat: 'safe',
          undo: call('cloudtrail', 'UpdateTrail', ({ id }) => ({ Name: id, IsOrganizationTrail: false })),
        },
      ),
    ],
    ({ account, logs, parameters: { organizationId, managementAccountId } }) => {
      if (!/^o-[a-z0-9]{10,32}$/.test(organizationId))
        return byHand(`organizationId is "${organizationId}", which is no organization; set it to one (o-…)`);
      if (managementAccountId !== account)
        return byHand(
          `only the management account (${managementAccountId}) can turn a trail into one of the organization; make it there, and delete this one if it is no longer needed`,
        );
      return { reach: { organization: true }, logs };
    },
  ),

  264: edit(
    globalEventsDocument,
    { mode: 'auto', impact: 'none: a few more events; several trails with the flag record the same events twice' },
    (current) => ({ ...current, included: true }),
  ),

  272: edit(
    selectorsDocument,
    {
      mode: 'approve',
      impact:
        'none for applications; calls of KMS can be nearly all events there are, billed where the trail is a second copy, and in S3 and CloudWatch Logs',
    },
    (current) => {
      const wanted: Selectors = {
        basic: current.basic.map(withKms),
        advanced: current.advanced.map((one) => (isForManagement(one) ? withoutKmsFilter(one) : one)),
      };
      if (recordsKms(wanted) === true) return wanted;
      return byHand(
        'the advanced selectors of management events name event sources, and KMS is not among them; add a selector for it, or let them record every source',
      );
    },
  ),

  355: edit(
    selectorsDocument,
    {
      mode: 'approve',
      impact:
        'none for applications; every read and write of any object is an event that is billed, deliveries of logs into buckets of this account included: look at the number of requests first',
    },
    ({ basic, advanced }, { partition }) => {
      if (advanced.length > 0)
        return byHand('the trail has advanced event selectors; add one for the data events of S3 to them');
      const everything: EventSelector = {
        ReadWriteType: 'All',
        IncludeManagementEvents: false,
        DataResources: [{ Type: OBJECTS, Values: [`arn:${partition}:s3`] }],
        ExcludeManagementEventSources: [],
      };
      const at = basic.findIndex(({ ReadWriteType = 'All' }) => ReadWriteType === 'All');
      if (at === -1 && basic.length >= MOST_SELECTORS)
        return byHand(
          `the trail has ${basic.length} selectors, none of them for reads and writes, and may have no more; join two of them first`,
        );
      return {
        basic:
          at === -1
            ? [...basic, everything]
            : basic.map((one, index) => (index === at ? withAllBuckets(one, partition) : one)),
        advanced,
      };
    },
  ),
});

const KMS = 'kms.amazonaws.com';

function withKms(selector: EventSelector): EventSelector {
  const { ExcludeManagementEventSources: excluded } = selector;
  if (!excluded?.includes(KMS)) return selector;
  return { ...selector, ExcludeManagementEventSources: excluded.filter((source) => source !== KMS) };
}

function withoutKmsFilter(selector: AdvancedEventSelector): AdvancedEventSelector {
  const FieldSelectors = (selector.FieldSelectors ?? []).flatMap((one) =>
    one.Field === 'eventSource' ? admittingKms(one) : [one],
  );
  return { ...selector, FieldSelectors };
}

/** What is left of a field selector, without what takes KMS out; nothing if it says no more. */
function admittingKms({ NotEquals, NotStartsWith, NotEndsWith, ...rest }: AdvancedFieldSelector) {
  const left = {
    NotEquals: NotEquals?.filter((value) => !TAKES_OUT_KMS.NotEquals(value)),
    NotStartsWith: NotStartsWith?.filter((value) => !TAKES_OUT_KMS.NotStartsWith(value)),
    NotEndsWith: NotEndsWith?.filter((value) => !TAKES_OUT_KMS.NotEndsWith(value)),
  };
  const saying = Object.fromEntries(Object.entries(left).filter(([, values]) => values && values.length > 0));
  const others = [rest.Equals, rest.StartsWith, rest.EndsWith].some((values) => values && values.length > 0);
  return others || Object.keys(saying).length > 0 ? [{ ...rest, ...saying }] : [];
}

/** All buckets include the ones that were named. */
function withAllBuckets(selector: EventSelector, partition: string): EventSelector {
  if (isForAllBuckets(selector, partition)) return selector;
  const others = (selector.DataResources ?? []).filter(({ Type }) => Type !== OBJECTS);
  return { ...selector, DataResources: [...others, { Type: OBJECTS, Values: [`arn:${partition}:s3`] }] };
}
