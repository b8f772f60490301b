import { describe, expect, it } from 'vitest';
import { ACCOUNT, type Answer, awsError, judge } from '../controls.ts';

const onDistribution = (control: number, config: object) =>
  judge(control, 'E1', { 'cloudfront:GetDistributionConfig': { ETag: 'v1', DistributionConfig: config } });
const origins = (...Items: object[]) => ({ Origins: { Quantity: Items.length, Items } });
const own = (Items: string[] | undefined, OriginProtocolPolicy = 'https-only') => ({
  Id: 'own',
  CustomOriginConfig: { OriginProtocolPolicy, ...(Items && { OriginSslProtocols: { Quantity: Items.length, Items } }) },
});
const bucket = (OriginAccessIdentity: string, more: object = {}) => ({
  Id: 'files',
  S3OriginConfig: { OriginAccessIdentity },
  ...more,
});
const certificate = (MinimumProtocolVersion: string, more: object = {}) => ({
  ViewerCertificate: { CloudFrontDefaultCertificate: false, MinimumProtocolVersion, ...more },
});

describe.each([295, 314, 327, 419, 429, 431])('%i', (control) => {
  it.each<[Answer, string]>([
    [awsError('NoSuchDistribution'), 'skip: E1 does not exist (any more)'],
    [
      awsError('AccessDenied'),
      'unknown: cloudfront:GetDistributionConfig was denied; allow cloudfront:GetDistributionConfig',
    ],
  ])('%s', async (answer, expected) => {
    expect(await judge(control, 'E1', { 'cloudfront:GetDistributionConfig': answer })).toBe(expected);
  });
});

const policies = (byDefault: string, ...others: string[]) => ({
  DefaultCacheBehavior: { ViewerProtocolPolicy: byDefault },
  CacheBehaviors: {
    Quantity: others.length,
    ...(others.length > 0 && {
      Items: others.map((ViewerProtocolPolicy, n) => ({ PathPattern: `/${n}/*`, ViewerProtocolPolicy })),
    }),
  },
});

describe('judged', () => {
  it.each<[number, object, string]>([
    [295, policies('https-only', 'redirect-to-https'), 'pass'],
    [295, policies('redirect-to-https'), 'pass'],
    [295, policies('https-only', 'https-only', 'allow-all'), 'fail: plain HTTP is answered for /1/*'],
    [295, { ...policies('allow-all'), Enabled: false }, 'fail: plain HTTP is answered for the default'],
    [314, { WebACLId: `arn:aws:wafv2:us-east-1:${ACCOUNT}:global/webacl/a/1` }, 'pass'],
    [314, { WebACLId: '' }, 'fail: no web ACL stands in front of the distribution'],
    [314, {}, 'fail: no web ACL stands in front of the distribution'],
    [314, { WebACLId: '0aa-1' }, 'fail: its web ACL 0aa-1 is one of WAF Classic'],
    [327, { Logging: { Enabled: true, Bucket: 'logs.s3.amazonaws.com' } }, 'pass'],
    [327, { Logging: { Enabled: true, Bucket: '' } }, 'fail: access logs are not written to a bucket'],
    [327, { Logging: { Enabled: false, Bucket: '' } }, 'fail: access logs are not written to a bucket'],
    [327, {}, 'fail: access logs are not written to a bucket'],
    [419, origins(own(['TLSv1.2'])), 'pass'],
    [419, origins(own(['TLSv1', 'TLSv1.2'])), 'fail: older protocols than TLS 1.2 are spoken with own'],
    [419, origins(own(['SSLv3'], 'match-viewer')), 'fail: older protocols than TLS 1.2 are spoken with own'],
    [419, origins(own(undefined)), 'fail: older protocols than TLS 1.2 are spoken with own'],
    [419, origins(own(['SSLv3'], 'http-only'), bucket('')), 'skip: no origin of its own is asked over TLS'],
    [419, origins(own(['SSLv3'], 'http-only'), own(['TLSv1.2'])), 'pass'],
    [429, certificate('TLSv1.2_2018'), 'pass'],
    [429, certificate('TLSv1.3_2025'), 'pass'],
    [429, certificate('TLSv1.1_2016'), 'fail: viewers may use what TLSv1.1_2016 allows'],
    [429, certificate('TLSv1'), 'fail: viewers may use what TLSv1 allows'],
    [
      429,
      certificate('TLSv1.2_2021', { CloudFrontDefaultCertificate: true }),
      'fail: the certificate of cloudfront.net lets viewers use TLS 1.0',
    ],
    [429, {}, 'fail: the certificate of cloudfront.net lets viewers use TLS 1.0'],
    [431, origins(bucket('origin-access-identity/cloudfront/E2')), 'pass'],
    [431, origins(bucket('', { OriginAccessControlId: 'E3' })), 'pass'],
    [431, origins(bucket('', { OriginAccessControlId: '' })), 'fail: CloudFront asks files without a name'],
    [431, origins(own(['TLSv1.2'])), 'skip: no origin is a bucket'],
  ])('%i: %j', async (control, config, expected) => {
    expect(await onDistribution(control, config)).toBe(expected);
  });
});
