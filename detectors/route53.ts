import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import {
  type At,
  derive,
  detectors,
  fail,
  ids,
  idsAs,
  idsOfParts,
  missing,
  nextToken,
  only,
  pass,
  read,
  readEach,
  readPages,
  resource,
  skip,
  tagsFrom,
  through,
} from '../src/control.ts';

/** Zones are named with and without what stands before their id. */
const zoneId = (id: string): string => id.replace(/^\/?hostedzone\//, '');

const zoneIds = readPages(
  'route53',
  'ListHostedZones',
  () => ({}),
  (out) => (out.HostedZones ?? []).flatMap(({ Id }) => (Id ? [zoneId(Id)] : [])),
  ({ IsTruncated, NextMarker }) => (IsTruncated ? { Marker: NextMarker } : undefined),
);

const zone = read(
  'route53',
  'GetHostedZone',
  ({ id }) => ({ Id: id }),
  (out) => out.HostedZone ?? missing,
);

export const zoneName = derive({ zone }, ({ zone }) => zone.Name ?? '');

const isPrivate = derive({ zone }, ({ zone }) => zone.Config?.PrivateZone === true);

const logConfigs = readPages(
  'route53',
  'ListQueryLoggingConfigs',
  () => ({}),
  (out) => out.QueryLoggingConfigs ?? [],
  nextToken,
);

/** Where queries of a zone are logged to, or nothing. */
export const queryLog = derive({ logConfigs }, ({ id, logConfigs }) => {
  const found = logConfigs.find(({ HostedZoneId = '' }) => zoneId(HostedZoneId) === id);
  return found && { group: found.CloudWatchLogsLogGroupArn ?? '', id: found.Id ?? '' };
});

// Private zones are not signed, and refuse the question.
const statuses = readEach(
  'route53',
  'GetDNSSEC',
  ({ id, isPrivate }) => (isPrivate ? [] : [{ HostedZoneId: id }]),
  (out) => ({ signature: out.Status?.ServeSignature ?? 'NOT_SIGNING', message: out.Status?.StatusMessage }),
  { needs: { isPrivate } },
);
export const signing = derive({ statuses }, ({ statuses: [status] }) => status);

const made = idsAs(zoneId, 'responseElements.hostedZone.id');
const named = idsAs(zoneId, 'requestParameters.hostedZoneId');

export const hostedZones = detectors(
  resource('AWS::Route53::HostedZone', {
    service: 'route53',
    global: true,
    arn: ({ partition, id }) => `arn:${partition}:route53:::hostedzone/${id}`,
    list: zoneIds,
    gone: ['NoSuchHostedZone'],
    tags: read(
      'route53',
      'ListTagsForResource',
      ({ id }) => ({ ResourceType: 'hostedzone' as const, ResourceId: id }),
      (out) => tagsFrom(out.ResourceTagSet?.Tags),
    ),
  }),
  {
    443: {
      title: 'Public hosted zone logs DNS queries',
      criticality: 'MEDIUM',
      on: {
        'route53:CreateHostedZone': made,
        'route53:CreateQueryLoggingConfig': named,
        // It names the configuration only, which is gone by now.
        'route53:DeleteQueryLoggingConfig': through(zoneIds, ids('requestParameters.id')),
      },
      reads: { isPrivate, queryLog },
      check: ({ isPrivate, queryLog }) => {
        if (isPrivate) return skip('the zone is private; its queries are logged by the resolver, if at all');
        return queryLog === undefined ? fail('queries for the zone are not logged') : pass;
      },
      note: 'The evaluation does not leave private zones out, but AWS has this only for public ones.',
    },
    444: {
      title: 'Public hosted zone is signed with DNSSEC',
      criticality: 'MEDIUM',
      on: {
        'route53:CreateHostedZone': made,
        'route53:EnableHostedZoneDNSSEC': named,
        'route53:DisableHostedZoneDNSSEC': named,
        'route53:ActivateKeySigningKey': named,
        'route53:DeactivateKeySigningKey': named,
      },
      reads: { signing },
      check: ({ signing }) => {
        if (signing === undefined) return skip('the zone is private');
        if (signing.signature === 'SIGNING') return pass;
        if (signing.signature === 'NOT_SIGNING') return fail('the zone is not signed');
        return fail(
          `signing is broken: ${signing.signature}${signing.message ? ` (${signing.message})` : ''}; act at once`,
        );
      },
      note: 'Signing alone is judged. Whether the parent zone has the DS record, without which nobody checks the signature, Route 53 does not know.',
    },
  },
);

/** A name may hold what stands between the parts of an id. */
const nameInId = (name: string): string => name.replace(/[%/]/g, encodeURIComponent);

/** The id of a record: zone, name, and what tells records of one name apart. */
const recordId = (zone: string, { Name = '', SetIdentifier }: ResourceRecordSet): string =>
  [zone, nameInId(Name), ...(SetIdentifier === undefined ? [] : [encodeURIComponent(SetIdentifier)])].join('/');

/** What the id of a record says. */
export function recordOf(id: string): { readonly zone: string; readonly name: string; readonly set?: string } {
  const [zone = '', name = '', set] = id.split('/');
  return { zone, name: decodeURIComponent(name), ...(set === undefined ? {} : { set: decodeURIComponent(set) }) };
}

const addresses = (zone: string, records: readonly ResourceRecordSet[] | undefined): string[] =>
  (records ?? []).flatMap((one) => (one.Type === 'A' ? [recordId(zone, one)] : []));

interface RecordPage {
  readonly IsTruncated?: boolean | undefined;
  readonly NextRecordName?: string | undefined;
  readonly NextRecordType?: ResourceRecordSet['Type'];
  readonly NextRecordIdentifier?: string | undefined;
}
const nextRecord = (out: RecordPage) =>
  out.IsTruncated
    ? {
        StartRecordName: out.NextRecordName,
        StartRecordType: out.NextRecordType,
        StartRecordIdentifier: out.NextRecordIdentifier,
      }
    : undefined;

/** One form of the ways in which a name is written: `*.A.com`, `\052.a.com.` */
const plainName = (name: string): string =>
  name
    .replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
    .toLowerCase()
    .replace(/\.?$/, '.');

// Events name zone and name; several records may have that name. Zones are too big to be read for every change.
const recordsOfName = readPages(
  'route53',
  'ListResourceRecordSets',
  ({ id }) => {
    const { zone, name } = recordOf(id);
    return { HostedZoneId: zone, StartRecordName: name, StartRecordType: 'A' as const };
  },
  (out, { id }) => {
    const { zone, name } = recordOf(id);
    return addresses(
      zone,
      (out.ResourceRecordSets ?? []).filter(({ Name = '' }) => plainName(Name) === plainName(name)),
    );
  },
  (out) =>
    out.NextRecordType === 'A' && out.NextRecordName === out.ResourceRecordSets?.at(-1)?.Name
      ? nextRecord(out)
      : undefined,
);

// A page does not say which zone it is of: they come zone by zone, and each zone's last page says that it is the last.
const pagesOfZones = readPages(
  'route53',
  'ListResourceRecordSets',
  ({ zoneIds }) => zoneIds.map((HostedZoneId) => ({ HostedZoneId })),
  (out) => [{ records: out.ResourceRecordSets ?? [], isLast: !out.IsTruncated }],
  nextRecord,
  // A zone that was deleted since it was listed has no records; those of the others still count.
  { needs: { zoneIds }, absent: ['NoSuchHostedZone'] },
);
const everyAddress = derive({ zoneIds, pagesOfZones }, ({ zoneIds, pagesOfZones }) => {
  let index = 0;
  return pagesOfZones.flatMap(({ records, isLast }) => {
    const found = addresses(zoneIds[index] ?? '', records);
    if (isLast) index += 1;
    return found;
  });
});

// The list begins at the name that is asked for, or at what follows if there is no such record.
const records = read(
  'route53',
  'ListResourceRecordSets',
  ({ id }) => {
    const { zone, name, set } = recordOf(id);
    return {
      HostedZoneId: zone,
      StartRecordName: name,
      StartRecordType: 'A' as const,
      ...(set === undefined ? {} : { StartRecordIdentifier: set }),
    };
  },
  (out, { id }) => {
    const { zone } = recordOf(id);
    return (out.ResourceRecordSets ?? []).filter((one) => one.Type === 'A' && recordId(zone, one) === id);
  },
);
export const record = derive({ records }, ({ records }) => only(records));

export const addressRecords = detectors(
  resource('AWS::Route53::RecordSet', {
    service: 'route53',
    global: true,
    arn: ({ partition, id }: Pick<At, 'partition' | 'id'>) => `arn:${partition}:route53:::hostedzone/${id}`,
    list: everyAddress,
    gone: ['NoSuchHostedZone'],
  }),
  {
    401: {
      title: 'A record is an alias of a resource',
      criticality: 'MEDIUM',
      on: {
        'route53:ChangeResourceRecordSets': through(
          recordsOfName,
          idsOfParts(
            'requestParameters.hostedZoneId',
            'requestParameters.changeBatch.changes[].resourceRecordSet.name',
            (zone, name) => `${zoneId(zone)}/${nameInId(name)}`,
          ),
        ),
      },
      reads: { record },
      check: ({ record: { AliasTarget, ResourceRecords, TrafficPolicyInstanceId } }) => {
        if (AliasTarget?.DNSName || TrafficPolicyInstanceId) return pass;
        return fail(`the record holds ${(ResourceRecords ?? []).map(({ Value }) => Value).join(', ')} itself`);
      },
      note: 'The title speaks of a resource that exists, the steps turn plain records into aliases: the steps count. Addresses outside of AWS cannot be aliases; exempt them. Records that a traffic policy makes are its own matter.',
    },
  },
);
