import type { AdvancedEventSelector, AdvancedFieldSelector, EventSelector } from '@aws-sdk/client-cloudtrail';
import {
  type At,
  derive,
  detectors,
  fail,
  ids,
  missing,
  nextToken,
  pass,
  read,
  readPages,
  resource,
  skip,
  tagsFrom,
  type Verdict,
} from '../src/control.ts';

const trailArn = ids('responseElements.trailARN');
const trailChanges = { 'cloudtrail:CreateTrail': trailArn, 'cloudtrail:UpdateTrail': trailArn };
const selectorChanges = { 'cloudtrail:CreateTrail': trailArn, 'cloudtrail:PutEventSelectors': trailArn };

export const trail = read(
  'cloudtrail',
  'GetTrail',
  ({ id }) => ({ Name: id }),
  (out) => out.Trail ?? missing,
);

export const globalEvents = derive({ trail }, ({ trail }) => ({
  included: trail.IncludeGlobalServiceEvents === true,
  everyRegion: trail.IsMultiRegionTrail === true,
}));

/** Every trail that this account sees from here, those of its organization included. */
const seen = read(
  'cloudtrail',
  'DescribeTrails',
  () => ({ includeShadowTrails: true }),
  (out) => out.trailList ?? [],
);

/** What a trail records. One of the lists is empty: basic and advanced selectors exclude each other. */
export interface Selectors {
  readonly basic: readonly EventSelector[];
  readonly advanced: readonly AdvancedEventSelector[];
}

/** What a trail does whose selectors nobody has set: all management events, and nothing else. */
const MANAGEMENT_ONLY: EventSelector = {
  ReadWriteType: 'All',
  IncludeManagementEvents: true,
  DataResources: [],
  ExcludeManagementEventSources: [],
};

export const selectors = read(
  'cloudtrail',
  'GetEventSelectors',
  ({ id }) => ({ TrailName: id }),
  ({ EventSelectors: basic = [], AdvancedEventSelectors: advanced = [] }): Selectors =>
    advanced.length > 0 ? { basic: [], advanced } : { basic: basic.length > 0 ? basic : [MANAGEMENT_ONLY], advanced },
);

/** A trail shows up in every region it covers, and an organization's in every account: it is judged where it is at home. */
function elsewhere({ id, account, region }: At): Verdict | undefined {
  const [, , , home, owner] = id.split(':');
  if (owner !== account) return skip(`this trail of the organization belongs to account ${owner}`);
  return home === region ? undefined : skip(`this trail is judged in its home region ${home}`);
}

const KMS = 'kms.amazonaws.com';

const isOfCategory = (selector: AdvancedEventSelector, category: string): boolean =>
  (selector.FieldSelectors ?? []).some(({ Field, Equals }) => Field === 'eventCategory' && Equals?.includes(category));

export const isForManagement = (selector: AdvancedEventSelector): boolean => isOfCategory(selector, 'Management');

/** What a field selector takes out, by operator, as far as it concerns KMS. */
export const TAKES_OUT_KMS = {
  NotEquals: (value: string) => value === KMS,
  NotStartsWith: (value: string) => KMS.startsWith(value),
  NotEndsWith: (value: string) => KMS.endsWith(value),
};

function admitsKms({ Field, Equals, StartsWith, EndsWith, ...not }: AdvancedFieldSelector): boolean {
  if (Field !== 'eventSource') return true;
  const isAmong = (list: readonly string[] | undefined, matches: (value: string) => boolean) =>
    list === undefined || list.length === 0 || list.some(matches);
  return (
    isAmong(Equals, (value) => value === KMS) &&
    isAmong(StartsWith, (value) => KMS.startsWith(value)) &&
    isAmong(EndsWith, (value) => KMS.endsWith(value)) &&
    !not.NotEquals?.some(TAKES_OUT_KMS.NotEquals) &&
    !not.NotStartsWith?.some(TAKES_OUT_KMS.NotStartsWith) &&
    !not.NotEndsWith?.some(TAKES_OUT_KMS.NotEndsWith)
  );
}

/** The selectors of management events, each with whether KMS is among what it records. */
function managementSelectors({ basic, advanced }: Selectors): { kms: boolean }[] {
  return [
    ...basic
      .filter(({ IncludeManagementEvents }) => IncludeManagementEvents !== false)
      .map(({ ExcludeManagementEventSources = [] }) => ({ kms: !ExcludeManagementEventSources.includes(KMS) })),
    ...advanced
      .filter(isForManagement)
      .map(({ FieldSelectors = [] }) => ({ kms: FieldSelectors.every((one) => admitsKms(one)) })),
  ];
}

/** Whether management events of KMS are recorded; nothing for a trail without management events. */
export function recordsKms(selectors: Selectors): boolean | undefined {
  const management = managementSelectors(selectors);
  return management.length === 0 ? undefined : management.some(({ kms }) => kms);
}

export const OBJECTS = 'AWS::S3::Object';

/** Whether a basic selector is about the objects of every bucket, ones that are made later included. */
export const isForAllBuckets = ({ DataResources = [] }: EventSelector, partition: string): boolean =>
  DataResources.some(
    ({ Type, Values = [] }) =>
      Type === OBJECTS && Values.some((one) => [`arn:${partition}:s3`, `arn:${partition}:s3:::`].includes(one)),
  );

export const trails = detectors(
  resource('AWS::CloudTrail::Trail', {
    service: 'cloudtrail',
    arn: ({ id }) => id,
    list: readPages(
      'cloudtrail',
      'ListTrails',
      () => ({}),
      (out, { region, account }) =>
        (out.Trails ?? []).flatMap(({ TrailARN = '', HomeRegion }) =>
          HomeRegion === region && TrailARN.split(':')[4] === account ? TrailARN : [],
        ),
      nextToken,
    ),
    gone: ['TrailNotFoundException'],
    tags: read(
      'cloudtrail',
      'ListTags',
      ({ id }) => ({ ResourceIdList: [id] }),
      (out) => tagsFrom(out.ResourceTagList?.[0]?.TagsList),
    ),
  }),
  {
    256: {
      title: 'Trail covers the whole organization',
      criticality: 'HIGH',
      on: trailChanges,
      reads: { trail, seen },
      check: ({ trail, seen }, at) => {
        const skipped = elsewhere(at);
        if (skipped !== undefined) return skipped;
        if (trail.IsOrganizationTrail === true) return pass;
        const above = seen.find(
          ({ IsOrganizationTrail, TrailARN }) => IsOrganizationTrail && TrailARN?.split(':')[4] !== at.account,
        );
        if (above !== undefined)
          return skip(`this account is a member of an organization, and ${above.TrailARN} covers it`);
        return fail('the trail covers this account only');
      },
      note: 'Each trail is judged by itself. Only the management account can turn a trail into one of the organization: a member account that the trail of its organization covers is not judged. Exempt trails that are local on purpose, and accounts outside of organizations.',
    },
    264: {
      title: 'Trail records events of global services',
      criticality: 'HIGH',
      on: trailChanges,
      reads: { globalEvents },
      check: ({ globalEvents }, at) =>
        elsewhere(at) ??
        (globalEvents.included || globalEvents.everyRegion
          ? pass
          : fail('events of IAM, STS and CloudFront are left out')),
      note: 'A trail of all regions always has them. Since November 2021 these events come about in us-east-1: a trail of another single region passes with the flag and still sees none of them; make it one of all regions.',
    },
    272: {
      title: 'Trail does not leave out the events of KMS',
      criticality: 'HIGH',
      on: selectorChanges,
      reads: { selectors },
      check: ({ selectors }, at) => {
        const skipped = elsewhere(at);
        if (skipped !== undefined) return skipped;
        const recorded = recordsKms(selectors);
        if (recorded === undefined) return skip('the trail records no management events at all');
        return recorded ? pass : fail('no selector of management events lets those of KMS through');
      },
      note: 'Basic and advanced selectors are both judged, and each is written back in its own form: a basic one over advanced ones would end the recording of data events. A trail of writes only passes, though it has no Decrypt.',
    },
    355: {
      title: 'Trail records what happens to the objects of every bucket',
      criticality: 'HIGH',
      on: selectorChanges,
      reads: { selectors },
      check: ({ selectors: { basic, advanced } }, at) => {
        const skipped = elsewhere(at);
        if (skipped !== undefined) return skipped;
        if (advanced.length > 0) return skip('the trail has advanced event selectors');
        const covered = basic
          .filter((one) => isForAllBuckets(one, at.partition))
          .map(({ ReadWriteType = 'All' }) => ReadWriteType);
        if (covered.includes('All') || (covered.includes('ReadOnly') && covered.includes('WriteOnly'))) return pass;
        return fail(
          covered.length === 0
            ? 'no selector is about the objects of all buckets'
            : `objects of all buckets are recorded for ${covered.includes('ReadOnly') ? 'reads' : 'writes'} only`,
        );
      },
      note: 'The document applies to basic selectors only, and tells users of advanced ones to switch: that would throw theirs away, so such a trail is not judged. Reads and writes may be in two selectors.',
    },
  },
);
