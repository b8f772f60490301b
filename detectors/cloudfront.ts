import type { DistributionConfig, Origin } from '@aws-sdk/client-cloudfront';
import {
  derive,
  detectors,
  fail,
  ids,
  lowerNextToken,
  missing,
  pass,
  place,
  read,
  readPages,
  resource,
  skip,
  tagsFrom,
  through,
} from '../src/control.ts';

/** A distribution's configuration with the version that a write must name. The version is no part of the state. */
export interface Versioned {
  readonly config: DistributionConfig;
  readonly etag: string;
  readonly toJSON: () => DistributionConfig;
}

export const versioned = (config: DistributionConfig, etag: string): Versioned => ({
  config,
  etag,
  toJSON: () => config,
});

export const distribution = read(
  'cloudfront',
  'GetDistributionConfig',
  ({ id }) => ({ Id: id }),
  (out) => (out.DistributionConfig === undefined ? missing : versioned(out.DistributionConfig, out.ETag ?? '')),
);

export const config = derive({ distribution }, ({ distribution }) => distribution.config);

/** Every behaviour with the paths it is for. */
export function behaviours({ DefaultCacheBehavior, CacheBehaviors }: DistributionConfig) {
  const others = (CacheBehaviors?.Items ?? []).map((one) => ({ path: one.PathPattern ?? '', behaviour: one }));
  return [...others, { path: 'the default', behaviour: DefaultCacheBehavior }];
}

export const originsOf = ({ Origins }: DistributionConfig): readonly Origin[] => Origins?.Items ?? [];

/** Whether CloudFront speaks TLS with an origin of your own, at least sometimes. */
export const speaksTls = ({ CustomOriginConfig: own }: Origin): boolean =>
  own !== undefined && own.OriginProtocolPolicy !== 'http-only';

const SAFE = 'TLSv1.2';
export const hasOldTls = ({ CustomOriginConfig: own }: Origin): boolean => {
  const protocols: readonly string[] = own?.OriginSslProtocols?.Items ?? [];
  return protocols.length === 0 || protocols.some((protocol) => protocol !== SAFE);
};

/** Whether anybody who finds the bucket of an origin must be let in for CloudFront to be. */
export const isAnonymous = ({ S3OriginConfig: s3, OriginAccessControlId }: Origin): boolean =>
  s3 !== undefined && !s3.OriginAccessIdentity && !OriginAccessControlId;

export const usesDefaultCertificate = ({ ViewerCertificate: one }: DistributionConfig): boolean =>
  one === undefined || one.CloudFrontDefaultCertificate === true;

/** WAF Classic names its web ACLs by a bare id. */
export const isClassicId = (webAcl: string): boolean => !webAcl.startsWith('arn:');

const distributionIds = readPages(
  'cloudfront',
  'ListDistributions',
  () => ({}),
  (out) => (out.DistributionList?.Items ?? []).flatMap(({ Id }) => Id ?? []),
  ({ DistributionList: list }) => (list?.IsTruncated && list.NextMarker ? { Marker: list.NextMarker } : undefined),
);

const logsToBucket = ({ Logging: logging }: DistributionConfig): boolean =>
  logging?.Enabled === true && Boolean(logging.Bucket);

// The newer kind of access logs is no part of the distribution, but a delivery of CloudWatch Logs.
const sources = readPages(
  'logs',
  'DescribeDeliverySources',
  ({ config }) => (logsToBucket(config) ? [] : [{}]),
  (out) => out.deliverySources ?? [],
  lowerNextToken,
  { needs: { config } },
);
const sourceNames = derive({ sources }, ({ sources, arn }) =>
  sources.flatMap(({ name, logType, resourceArns }) =>
    name && logType === 'ACCESS_LOGS' && resourceArns?.includes(arn) ? [name] : [],
  ),
);
const deliveries = readPages(
  'logs',
  'DescribeDeliveries',
  ({ sourceNames }) => (sourceNames.length === 0 ? [] : [{}]),
  (out) => out.deliveries ?? [],
  lowerNextToken,
  { needs: { sourceNames } },
);
const isDelivered = derive({ sourceNames, deliveries }, ({ sourceNames, deliveries }) =>
  deliveries.some(({ deliverySourceName = '' }) => sourceNames.includes(deliverySourceName)),
);

/** The distributions that a delivery source is about; those of other services are about none. */
const distributionsOfSource = read(
  'logs',
  'GetDeliverySource',
  ({ id }) => ({ name: id }),
  (out): readonly string[] =>
    (out.deliverySource?.resourceArns ?? []).flatMap(
      (arn) => /:cloudfront::\d*:distribution\/(\w+)$/.exec(arn)?.[1] ?? [],
    ),
  { absent: ['ResourceNotFoundException'] },
);

const made = ids('responseElements.distribution.id');
const named = ids('requestParameters.id');
const changes = {
  'cloudfront:CreateDistribution': made,
  'cloudfront:CreateDistributionWithTags': made,
  'cloudfront:CopyDistribution': made,
  'cloudfront:UpdateDistribution': named,
  'cloudfront:UpdateDistributionWithStagingConfig': named,
};

export const distributions = detectors(
  resource('AWS::CloudFront::Distribution', {
    service: 'cloudfront',
    global: true,
    arn: ({ partition, account, id }) => `arn:${partition}:cloudfront::${account}:distribution/${id}`,
    list: distributionIds,
    gone: ['NoSuchDistribution'],
    tags: read(
      'cloudfront',
      'ListTagsForResource',
      ({ arn }) => ({ Resource: arn }),
      (out) => tagsFrom(out.Tags?.Items),
    ),
  }),
  {
    295: {
      title: 'Distribution talks with viewers over HTTPS',
      criticality: 'HIGH',
      on: changes,
      reads: { config },
      check: ({ config }) => {
        const plain = behaviours(config).filter(({ behaviour }) => behaviour?.ViewerProtocolPolicy === 'allow-all');
        return plain.length === 0
          ? pass
          : fail(`plain HTTP is answered for ${plain.map(({ path }) => path).join(', ')}`);
      },
      note: 'The title asks for HTTPS only, the steps accept a redirect to it: both pass. The fields that the steps name do not exist.',
    },
    314: {
      title: 'Distribution has a web ACL',
      criticality: 'HIGH',
      on: {
        ...changes,
        'cloudfront:AssociateDistributionWebACL': named,
        'cloudfront:DisassociateDistributionWebACL': named,
      },
      reads: { config },
      check: ({ config: { WebACLId = '' } }) => {
        if (WebACLId === '') return fail('no web ACL stands in front of the distribution');
        return isClassicId(WebACLId) ? fail(`its web ACL ${WebACLId} is one of WAF Classic`) : pass;
      },
      note: 'A web ACL of WAF Classic does not count: it is at the end of its life. The command has no option --etag; it is --if-match.',
    },
    327: {
      title: 'Distribution writes access logs',
      criticality: 'HIGH',
      on: {
        ...changes,
        'logs:CreateDelivery': through(distributionsOfSource, ids('requestParameters.deliverySourceName')),
        // It names the delivery only, which is gone by now.
        'logs:DeleteDelivery': through(distributionIds, place),
      },
      reads: { config, isDelivered },
      check: ({ config, isDelivered }) =>
        logsToBucket(config) || isDelivered ? pass : fail('access logs are not written anywhere'),
      note: 'The document knows standard logs of the older kind only. A delivery of the newer kind (to a bucket, a log group or a stream) passes too; real-time logs are samples and do not count.',
    },
    419: {
      title: 'Distribution talks with its origins over TLS 1.2',
      criticality: 'MEDIUM',
      on: changes,
      reads: { config },
      check: ({ config }) => {
        const origins = originsOf(config).filter(speaksTls);
        if (origins.length === 0) return skip('no origin of its own is asked over TLS');
        const old = origins.filter(hasOldTls);
        if (old.length === 0) return pass;
        return fail(`older protocols than TLS 1.2 are spoken with ${old.map(({ Id }) => Id).join(', ')}`);
      },
      note: 'The document does not say what is insecure, and its steps leave TLS 1.2 alone: everything older fails. Origins that are asked over plain HTTP only are not judged here.',
    },
    429: {
      title: 'Distribution asks viewers for TLS 1.2 at least',
      criticality: 'MEDIUM',
      on: changes,
      reads: { config },
      check: ({ config }) => {
        if (usesDefaultCertificate(config)) return fail('the certificate of cloudfront.net lets viewers use TLS 1.0');
        const version = config.ViewerCertificate?.MinimumProtocolVersion ?? 'unknown';
        return /^TLSv1\.[23]_/.test(version) ? pass : fail(`viewers may use what ${version} allows`);
      },
      note: 'The steps for the command line are those of another control, about origins. Title and evaluation count; newer policies than the listed ones pass.',
    },
    431: {
      title: 'Buckets behind a distribution let only CloudFront in',
      criticality: 'MEDIUM',
      on: changes,
      reads: { config },
      check: ({ config }) => {
        const buckets = originsOf(config).filter(({ S3OriginConfig }) => S3OriginConfig !== undefined);
        if (buckets.length === 0) return skip('no origin is a bucket');
        const open = buckets.filter(isAnonymous);
        return open.length === 0 ? pass : fail(`CloudFront asks ${open.map(({ Id }) => Id).join(', ')} without a name`);
      },
      note: 'The document knows origin access identities only. An origin access control, which took their place, passes too.',
    },
  },
);
