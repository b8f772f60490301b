import type { DistributionConfig, Origin } from '@aws-sdk/client-cloudfront';
import {
  derive,
  detectors,
  fail,
  ids,
  missing,
  pass,
  read,
  readPages,
  resource,
  skip,
  tagsFrom,
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
    list: readPages(
      'cloudfront',
      'ListDistributions',
      () => ({}),
      (out) => (out.DistributionList?.Items ?? []).flatMap(({ Id }) => Id ?? []),
      ({ DistributionList: list }) => (list?.IsTruncated && list.NextMarker ? { Marker: list.NextMarker } : undefined),
    ),
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
      on: changes,
      reads: { config },
      check: ({ config: { Logging: logging } }) =>
        logging?.Enabled && logging.Bucket ? pass : fail('access logs are not written to a bucket'),
      note: 'Standard logs of the older kind are judged, as in the document. Deliveries of the newer kind and real-time logs are not in the configuration: exempt distributions that use them.',
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
