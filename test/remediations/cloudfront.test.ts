import { describe, expect, it } from 'vitest';
import { ACCOUNT, callsOf, judge, planFor, plansFor } from '../controls.ts';

const rest = { CallerReference: 'c', Comment: 'shop', Enabled: true, PriceClass: 'PriceClass_100' };
const own = (Items: string[], OriginProtocolPolicy = 'https-only') => ({
  ...{ Id: 'own', DomainName: 'own.example.com', CustomHeaders: { Quantity: 0 } },
  CustomOriginConfig: {
    ...{ HTTPPort: 80, HTTPSPort: 443, OriginProtocolPolicy },
    OriginSslProtocols: { Quantity: Items.length, Items },
  },
});
const bucket = {
  ...{ Id: 'files', DomainName: 'shop.files.s3.eu-west-1.amazonaws.com' },
  S3OriginConfig: { OriginAccessIdentity: '' },
};
const behaviour = (ViewerProtocolPolicy: string, more: object = {}) => ({
  ...{ TargetOriginId: 'own', ViewerProtocolPolicy },
  ...more,
});
const before = {
  ...rest,
  DefaultCacheBehavior: behaviour('allow-all', { Compress: true }),
  CacheBehaviors: {
    Quantity: 2,
    Items: [behaviour('https-only', { PathPattern: '/a/*' }), behaviour('allow-all', { PathPattern: '/b/*' })],
  },
  Origins: { Quantity: 3, Items: [own(['TLSv1', 'TLSv1.2']), own(['SSLv3'], 'http-only'), bucket] },
  ViewerCertificate: {
    ...{ CloudFrontDefaultCertificate: false, ACMCertificateArn: 'arn:aws:acm:us-east-1:1:certificate/1' },
    ...{ SSLSupportMethod: 'sni-only', MinimumProtocolVersion: 'TLSv1' },
  },
  Aliases: { Quantity: 1, Items: ['shop.example.com'] },
  Logging: { Enabled: false, IncludeCookies: true, Bucket: '', Prefix: '' },
  WebACLId: '',
};
const webAclArn = `arn:aws:wafv2:us-east-1:${ACCOUNT}:global/webacl/shop/1`;
const answers = (more: object = {}) => ({
  'cloudfront:GetDistributionConfig': { ETag: 'v1', DistributionConfig: { ...before, ...more } },
});
const write = (more: object, IfMatch = 'v1') => [
  'cloudfront:UpdateDistribution',
  { Id: 'E1', IfMatch, DistributionConfig: { ...before, ...more } },
];
const parameters = { webAclArn, distributionLogBucket: 'logs', distributionLogFolder: 'cdn/' };

const DefaultCacheBehavior = behaviour('redirect-to-https', { Compress: true });
const CacheBehaviors = {
  Quantity: 2,
  Items: [behaviour('https-only', { PathPattern: '/a/*' }), behaviour('redirect-to-https', { PathPattern: '/b/*' })],
};
const wanted: Readonly<Record<number, object>> = {
  295: { DefaultCacheBehavior, CacheBehaviors },
  314: { WebACLId: webAclArn },
  327: { Logging: { Enabled: true, IncludeCookies: true, Bucket: 'logs.s3.amazonaws.com', Prefix: 'cdn/E1/' } },
  419: { Origins: { Quantity: 3, Items: [own(['TLSv1.2']), own(['SSLv3'], 'http-only'), bucket] } },
  429: { ViewerCertificate: { ...before.ViewerCertificate, MinimumProtocolVersion: 'TLSv1.2_2021' } },
};

describe.each(Object.entries(wanted).map(([control, change]) => [Number(control), change] as const))(
  '%i',
  (control, change) => {
    it('changes that and nothing else, in the version that was read, and takes it back from the version it made', async () => {
      const plan = await planFor(control, 'E1', answers(), { parameters });
      expect(callsOf(plan)).toEqual({ steps: [write(change)], undo: [write({}, 'ref:write/ETag')] });
      expect(plan).toMatchObject({ mode: 'approve', undo: { class: 'exact' } });
      expect(await judge(control, 'E1', answers(change))).toBe('pass');
    });
  },
);

it('all of them are one write', async () => {
  const controls = Object.keys(wanted).map(Number);
  const [plan, ...more] = await plansFor(controls, 'E1', answers(), { parameters });
  expect(more).toEqual([]);
  expect(plan?.controls).toEqual(controls);
  const all = Object.assign({}, ...Object.values(wanted));
  expect(plan && callsOf(plan)).toEqual({ steps: [write(all)], undo: [write({}, 'ref:write/ETag')] });
});

it.each<[number, object, object, string]>([
  [295, { ViewerCertificate: { CloudFrontDefaultCertificate: true } }, {}, 'no certificate for shop.example.com'],
  [314, { WebACLId: '0aa-1' }, {}, 'rebuild its rules'],
  [314, {}, { webAclArn: webAclArn.replace(':global', ':regional') }, 'no web ACL for CloudFront'],
  [327, { ConnectionMode: 'tenant-only' }, {}, 'put-delivery-source'],
  [429, { ViewerCertificate: { CloudFrontDefaultCertificate: true } }, {}, 'for shop.example.com'],
  [429, { ViewerCertificate: { ...before.ViewerCertificate, SSLSupportMethod: 'vip' } }, {}, 'addresses of its own'],
  [429, { ViewerCertificate: { ...before.ViewerCertificate, SSLSupportMethod: 'static-ip' } }, {}, '(static-ip)'],
])('%i asks a person with %j', async (control, more, chosen, because) => {
  const plan = await planFor(control, 'E1', answers(more), { parameters: { ...parameters, ...chosen } });
  expect(plan).toMatchObject({ kind: 'guide', steps: [] });
  expect(plan.guide[0]?.text).toContain(because);
});

it('431 lets the distribution into the bucket before anything else', async () => {
  const plan = await planFor(431, 'E1', answers());
  expect(plan).toMatchObject({ kind: 'guide', mode: 'guided', steps: [] });
  const text = plan.guide.map((line) => line.text).join('\n');
  expect(text).toContain('get-bucket-policy --bucket shop.files)');
  expect(text).toContain(`"AWS:SourceArn":"arn:aws:cloudfront::${ACCOUNT}:distribution/E1"`);
  expect(text.indexOf('get-bucket-policy')).toBeLessThan(text.indexOf('update-distribution'));
});
