import type { DistributionConfig, Origin } from '@aws-sdk/client-cloudfront';
import {
  type behaviours,
  config,
  distribution,
  distributions,
  hasOldTls,
  isAnonymous,
  isClassicId,
  originsOf,
  speaksTls,
  usesDefaultCertificate,
  type Versioned,
  versioned,
} from '../detectors/cloudfront.ts';
import {
  byHand,
  call,
  concrete,
  document,
  edit,
  guide,
  optional,
  ref,
  remediations,
  required,
} from '../src/control.ts';

// The call replaces the whole configuration, and AWS refuses it when somebody else wrote since the version it names.
const distributionDocument = document(distribution, {
  write: call('cloudfront', 'UpdateDistribution', ({ id }, { config }, { etag }) => ({
    Id: id,
    IfMatch: etag,
    DistributionConfig: config,
  })),
});

/** The same configuration but for what changes. Its version is the one that the write answers with. */
const changed = ({ config }: Versioned, change: Partial<DistributionConfig>): Versioned =>
  versioned({ ...config, ...change }, ref('write', 'ETag'));

const originNamed = ({ Id, DomainName }: Origin): string => `${Id} (${DomainName})`;

export const distributionRemediations = remediations(distributions, {
  295: edit(
    distributionDocument,
    {
      mode: 'approve',
      impact:
        'plain HTTP is redirected: browsers follow, but devices and programs that do not, or that send anything but GET, break',
      note: 'The redirect is the gentlest of what passes.',
    },
    (current) => {
      const { config } = current;
      const { Aliases, CacheBehaviors, DefaultCacheBehavior } = config;
      if (usesDefaultCertificate(config) && (Aliases?.Items ?? []).length > 0)
        return byHand(
          `the distribution has no certificate for ${Aliases?.Items?.join(', ')}, so HTTPS under these names fails; give it one of ACM in us-east-1 first`,
        );
      const secured = <T extends NonNullable<ReturnType<typeof behaviours>[number]['behaviour']>>(one: T): T =>
        one.ViewerProtocolPolicy === 'allow-all' ? { ...one, ViewerProtocolPolicy: 'redirect-to-https' } : one;
      return changed(current, {
        ...(DefaultCacheBehavior && { DefaultCacheBehavior: secured(DefaultCacheBehavior) }),
        ...(CacheBehaviors?.Items && {
          CacheBehaviors: { ...CacheBehaviors, Items: CacheBehaviors.Items.map(secured) },
        }),
      });
    },
  ),

  314: edit(
    distributionDocument,
    {
      mode: 'approve',
      impact:
        'requests that a blocking rule matches get 403 at once: let new rules count for some days first. WAF bills by web ACL, rule and request',
      parameters: {
        webAclArn: required(
          'Web ACL to put in front: of AWS WAF, CLOUDFRONT scope, with rules that were tried on the traffic of the distribution.',
        ),
      },
      note: 'Redress makes no web ACL: an empty one would pass and protect nothing. One that is in place already is never replaced.',
    },
    (current, { partition, parameters: { webAclArn } }) => {
      const { WebACLId = '' } = current.config;
      if (WebACLId !== '')
        return byHand(
          isClassicId(WebACLId)
            ? `the web ACL ${WebACLId} of WAF Classic stands in front of it; rebuild its rules in AWS WAF, try them, and put that web ACL in its place`
            : `${WebACLId} stands in front of it already`,
        );
      if (!webAclArn.startsWith(`arn:${partition}:wafv2:`) || !webAclArn.includes(':global/webacl/'))
        return byHand(`webAclArn is ${webAclArn}, which is no web ACL for CloudFront; set it to one`);
      return changed(current, { WebACLId: webAclArn });
    },
  ),

  327: edit(
    distributionDocument,
    {
      mode: 'approve',
      impact: 'none for viewers: logs hold their addresses, and their storage is billed',
      parameters: {
        distributionLogBucket: required(
          'Name of the bucket that receives access logs of distributions: with ACLs enabled (object ownership other than BucketOwnerEnforced) and not in an opt-in region.',
        ),
        distributionLogFolder: optional(
          'Folder of that bucket in which every distribution gets a folder of its own; empty means the top of the bucket.',
          '',
        ),
      },
      note: 'The older kind of standard logs is switched on, as in the document; who prefers the newer kind makes a delivery in CloudWatch Logs (us-east-1) instead. CloudFront wants the domain name of the bucket, not its name. It adds a grant for log delivery to the ACL of the bucket by itself; Redress never turns ACLs on, because that opens a door of the whole bucket.',
    },
    (current, { id, partition, parameters: { distributionLogBucket: bucket, distributionLogFolder: folder } }) => {
      if (partition !== 'aws')
        return byHand(`bucket names in ${partition} have another domain; set the logs up by hand`);
      if (current.config.ConnectionMode === 'tenant-only')
        return byHand(
          'the distribution is one for tenants, which the newer kind of logs is for: make a delivery of its ACCESS_LOGS in CloudWatch Logs of us-east-1 (aws logs put-delivery-source, put-delivery-destination, create-delivery)',
        );
      const path = [...folder.split('/').filter(Boolean), id, ''].join('/');
      const IncludeCookies = current.config.Logging?.IncludeCookies ?? false;
      return changed(current, {
        Logging: { Enabled: true, IncludeCookies, Bucket: `${bucket}.s3.amazonaws.com`, Prefix: path },
      });
    },
  ),

  419: edit(
    distributionDocument,
    {
      mode: 'approve',
      impact: 'an origin that does not speak TLS 1.2 answers 502 from then on, everywhere: try it with openssl first',
    },
    (current) => {
      const { Origins } = current.config;
      const modern = (origin: Origin): Origin =>
        origin.CustomOriginConfig && speaksTls(origin) && hasOldTls(origin)
          ? {
              ...origin,
              CustomOriginConfig: {
                ...origin.CustomOriginConfig,
                OriginSslProtocols: { Quantity: 1, Items: ['TLSv1.2'] },
              },
            }
          : origin;
      return changed(current, Origins ? { Origins: { ...Origins, Items: (Origins.Items ?? []).map(modern) } } : {});
    },
  ),

  429: edit(
    distributionDocument,
    {
      mode: 'approve',
      impact: 'viewers without TLS 1.2 are refused: very old browsers and devices',
      note: 'The policy becomes TLSv1.2_2021, which AWS recommends for its ciphers.',
    },
    (current) => {
      const { ViewerCertificate, Aliases } = current.config;
      if (usesDefaultCertificate(current.config))
        return byHand(
          `with the certificate of cloudfront.net viewers may always use TLS 1.0. Get a certificate of ACM in us-east-1 for ${Aliases?.Items?.join(', ') || 'a name of your own, point that name to the distribution'}, set it with SSLSupportMethod sni-only and MinimumProtocolVersion TLSv1.2_2021, and move viewers to that name`,
        );
      if (ViewerCertificate?.SSLSupportMethod !== 'sni-only')
        return byHand(
          `the distribution has addresses of its own (${ViewerCertificate?.SSLSupportMethod ?? 'unknown'}), for which AWS offers fewer policies; move to sni-only with its owner, or ask AWS for a newer policy`,
        );
      return changed(current, {
        ViewerCertificate: { ...ViewerCertificate, MinimumProtocolVersion: 'TLSv1.2_2021' },
      });
    },
  ),

  431: guide(
    {
      impact: 'every viewer gets 403 if the distribution changes before the policy of the bucket lets it in',
      reads: { config },
      note: 'The commands of the document never touch the bucket: a private one answers nobody then, and a public one stays public. The buckets may belong to other accounts and be encrypted with keys of their own, so a person does it, bucket by bucket.',
    },
    ({ id, arn, partition, config }) => [
      {
        text: `Save the configuration: aws cloudfront get-distribution-config --id ${id} > ${id}.json. Note its ETag.`,
      },
      {
        text: 'Make an origin access control, or take one that signs always for S3 (aws cloudfront list-origin-access-controls).',
        call: concrete('cloudfront', 'CreateOriginAccessControl', {
          OriginAccessControlConfig: {
            Name: `s3-${id}`,
            OriginAccessControlOriginType: 's3',
            SigningBehavior: 'always',
            SigningProtocol: 'sigv4',
          },
        }),
      },
      ...originsOf(config)
        .filter(isAnonymous)
        .map((origin) => {
          const bucket = (origin.DomainName ?? '').replace(/\.s3[.-].*$/, '');
          const statement = JSON.stringify({
            Sid: `AllowDistribution${id}`,
            Effect: 'Allow',
            Principal: { Service: 'cloudfront.amazonaws.com' },
            Action: 's3:GetObject',
            Resource: `arn:${partition}:s3:::${bucket}/*`,
            Condition: { StringEquals: { 'AWS:SourceArn': arn } },
          });
          return {
            text: `${originNamed(origin)}: read the policy of the bucket (aws s3api get-bucket-policy --bucket ${bucket}) and add this statement to it; lose none of the others, and take no public access away yet: ${statement}. With a customer managed key, let cloudfront.amazonaws.com decrypt with it under the same condition. If another account owns the bucket, its owner does this. Without s3:ListBucket a missing object answers 403 instead of 404.`,
          };
        }),
      {
        text: `Now, and not before: in a copy of the saved DistributionConfig, set OriginAccessControlId of these origins to the id of the access control, leave OriginAccessIdentity empty, change nothing else, and write it with the ETag: aws cloudfront update-distribution --id ${id} --if-match <etag> --distribution-config file://config.json`,
      },
      {
        text: 'Wait until the distribution is Deployed, and get an object that is not cached through it. If that fails, write the saved configuration back with the new ETag.',
      },
      {
        text: 'When all is well, and nobody asks the bucket directly (its access logs tell), take public access away from its policy and block it.',
      },
    ],
  ),
});
