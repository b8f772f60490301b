import {
  CreateDistributionCommand,
  type DistributionConfig,
  GetDistributionConfigCommand,
} from '@aws-sdk/client-cloudfront';
import { ACCOUNT, type Aws } from '../clients.ts';
import { event } from '../event.ts';
import { IGNORED, refuseIgnored, scenario } from '../scenario.ts';

const headers = { Quantity: 1, Items: [{ HeaderName: 'x-origin-key', HeaderValue: 'k' }] };
const own = {
  ...{ Id: 'own', DomainName: 'own.example.com', OriginPath: '/v1', CustomHeaders: headers, ConnectionAttempts: 2 },
  CustomOriginConfig: {
    ...{ HTTPPort: 8080, HTTPSPort: 8443, OriginProtocolPolicy: 'https-only' as const, OriginReadTimeout: 20 },
    OriginSslProtocols: { Quantity: 1, Items: ['TLSv1.2' as const] },
  },
};
const behaviour = {
  ...{ TargetOriginId: 'own', ViewerProtocolPolicy: 'https-only' as const, Compress: false },
  ...{ ForwardedValues: { QueryString: true, Cookies: { Forward: 'all' as const } }, MinTTL: 5, DefaultTTL: 50 },
};

/** A distribution in which nothing is at its default and every control passes. */
const good: DistributionConfig = {
  ...{ CallerReference: 'shop', Comment: 'the shop', Enabled: true, PriceClass: 'PriceClass_100' as const },
  DefaultRootObject: 'index.html',
  Aliases: { Quantity: 1, Items: ['shop.example.com'] },
  DefaultCacheBehavior: behaviour,
  CacheBehaviors: { Quantity: 1, Items: [{ ...behaviour, PathPattern: '/api/*' }] },
  Origins: { Quantity: 1, Items: [own] },
  ViewerCertificate: {
    ...{ CloudFrontDefaultCertificate: false, SSLSupportMethod: 'sni-only' as const },
    ACMCertificateArn: `arn:aws:acm:us-east-1:${ACCOUNT}:certificate/1`,
    MinimumProtocolVersion: 'TLSv1.2_2021' as const,
  },
  Restrictions: { GeoRestriction: { RestrictionType: 'whitelist', Quantity: 1, Items: ['DE'] } },
  Logging: { Enabled: true, IncludeCookies: true, Bucket: 'logs.s3.amazonaws.com', Prefix: 'shop/' },
  WebACLId: `arn:aws:wafv2:us-east-1:${ACCOUNT}:global/webacl/shop/1`,
};

async function make({ cloudfront }: Aws, bad: Partial<DistributionConfig>) {
  const config = { ...good, ...bad };
  const { Distribution } = await cloudfront.send(new CreateDistributionCommand({ DistributionConfig: config }));
  const id = Distribution?.Id ?? '';
  return { id, event: event('cloudfront:CreateDistribution', {}, { responseElements: { distribution: { id } } }) };
}

async function state({ cloudfront }: Aws, Id: string): Promise<DistributionConfig | undefined> {
  return (await cloudfront.send(new GetDistributionConfigCommand({ Id }))).DistributionConfig;
}

const old = {
  ...own,
  CustomOriginConfig: {
    ...own.CustomOriginConfig,
    OriginSslProtocols: { Quantity: 2, Items: ['TLSv1' as const, 'TLSv1.2' as const] },
  },
};
type Config = Awaited<ReturnType<typeof state>>;
const set = (before: Config, change: Partial<DistributionConfig>): Config => before && { ...before, ...change };

/** A bucket that has to let everyone in, so that CloudFront gets in. */
const bucket = {
  ...{ Id: 'bucket', DomainName: 'press-kit.s3.us-east-1.amazonaws.com', OriginPath: '' },
  S3OriginConfig: { OriginAccessIdentity: '' },
};
const withBucket = { Origins: { Quantity: 2, Items: [own, bucket] } };

export const cloudfront = [
  scenario({
    control: 295,
    arrange: (aws) => make(aws, { DefaultCacheBehavior: { ...behaviour, ViewerProtocolPolicy: 'allow-all' } }),
    state,
    expected: (before) =>
      set(before, {
        ...(before?.DefaultCacheBehavior && {
          DefaultCacheBehavior: { ...before.DefaultCacheBehavior, ViewerProtocolPolicy: 'redirect-to-https' },
        }),
      }),
  }),
  scenario({
    control: 314,
    arrange: async (aws) => ({
      ...(await make(aws, { WebACLId: '' })),
      parameters: { webAclArn: good.WebACLId ?? '' },
    }),
    state,
    expected: (before) => set(before, { WebACLId: good.WebACLId }),
  }),
  scenario({
    control: 327,
    arrange: async (aws) => ({
      ...(await make(aws, { Logging: { Enabled: false, IncludeCookies: true, Bucket: '', Prefix: '' } })),
      parameters: { distributionLogBucket: 'logs' },
    }),
    state,
    expected: (before, id) =>
      set(before, {
        Logging: { Enabled: true, IncludeCookies: true, Bucket: 'logs.s3.amazonaws.com', Prefix: `${id}/` },
      }),
  }),
  scenario({
    control: 419,
    arrange: (aws) => make(aws, { Origins: { Quantity: 1, Items: [old] } }),
    state,
    expected: (before) =>
      set(before, {
        Origins: {
          Quantity: 1,
          Items: (before?.Origins?.Items ?? []).map((one) => ({
            ...one,
            ...(one.CustomOriginConfig && {
              CustomOriginConfig: {
                ...one.CustomOriginConfig,
                OriginSslProtocols: { Quantity: 1, Items: ['TLSv1.2'] },
              },
            }),
          })),
        },
      }),
  }),
  scenario({
    control: 429,
    arrange: (aws) => make(aws, { ViewerCertificate: { ...good.ViewerCertificate, MinimumProtocolVersion: 'TLSv1' } }),
    state,
    expected: (before) =>
      set(before, { ViewerCertificate: { ...before?.ViewerCertificate, MinimumProtocolVersion: 'TLSv1.2_2021' } }),
  }),
  scenario({
    ...{ control: 431, kind: 'guide' as const },
    arrange: (aws) => make(aws, withBucket),
    state,
    expected: (before) => before,
    lacks: {
      operation: 'GetDistributionConfig of buckets as origins',
      ask: async (aws) => {
        const config = await state(aws, (await make(aws, withBucket)).id);
        refuseIgnored(config?.Origins?.Items?.find(({ Id }) => Id === bucket.Id)?.S3OriginConfig);
      },
      refusal: IGNORED,
    },
  }),
];
