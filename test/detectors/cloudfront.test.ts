import { describe, expect, it } from 'vitest';
import { ACCOUNT, type Answer, type Answers, awsError, controlOf, judge, placeOf, sessionOn } from '../controls.ts';

const onDistribution = (control: number, config: object, more: Answers = { 'logs:DescribeDeliverySources': {} }) =>
  judge(control, 'E1', { 'cloudfront:GetDistributionConfig': { ETag: 'v1', DistributionConfig: config }, ...more });
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
    [327, { Logging: { Enabled: true, Bucket: '' } }, 'fail: access logs are not written anywhere'],
    [327, { Logging: { Enabled: false, Bucket: '' } }, 'fail: access logs are not written anywhere'],
    [327, {}, 'fail: access logs are not written anywhere'],
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

describe('327: the newer kind of access logs', () => {
  const source = (name: string, distribution = 'E1', more: object = {}) => ({
    name,
    service: 'cloudfront',
    logType: 'ACCESS_LOGS',
    resourceArns: [`arn:aws:cloudfront::${ACCOUNT}:distribution/${distribution}`],
    ...more,
  });
  const delivered = (...sources: object[]): Answers => ({
    'logs:DescribeDeliverySources': ({ nextToken }) =>
      nextToken ? { deliverySources: sources.slice(1) } : { deliverySources: sources.slice(0, 1), nextToken: '2' },
    'logs:DescribeDeliveries': ({ nextToken }) =>
      nextToken
        ? { deliveries: [{ id: 'd2', deliverySourceName: 'site' }] }
        : { deliveries: [{ id: 'd1', deliverySourceName: 'flow' }], nextToken: '2' },
  });
  it.each<[string, Answers, string]>([
    ['a delivery on later pages', delivered(source('other', 'E2'), source('site')), 'pass'],
    ['a source without a delivery', delivered(source('unused')), 'fail: access logs are not written anywhere'],
    ['a delivery of another one', delivered(source('site', 'E2')), 'fail: access logs are not written anywhere'],
    [
      'logs of connections',
      delivered(source('site', 'E1', { logType: 'CONNECTION_LOGS' })),
      'fail: access logs are not written anywhere',
    ],
    [
      'a denied question',
      { 'logs:DescribeDeliverySources': awsError('AccessDenied') },
      'unknown: logs:DescribeDeliverySources was denied; allow logs:DescribeDeliverySources',
    ],
  ])('%s', async (_, answers, expected) => {
    expect(await onDistribution(327, {}, answers)).toBe(expected);
  });

  it('is not asked for where logs go to a bucket', async () => {
    expect(await onDistribution(327, { Logging: { Enabled: true, Bucket: 'logs.s3.amazonaws.com' } }, {})).toBe('pass');
  });
});

it('327 judges what the source of a delivery is about', async () => {
  const trigger = controlOf(327).detector.on['logs:CreateDelivery'];
  const arns = [
    `arn:aws:cloudfront::${ACCOUNT}:distribution/E1`,
    `arn:aws:workmail:us-east-1:${ACCOUNT}:organization/distribution/x`,
  ];
  const found = (answer: Answer) =>
    trigger?.kind === 'through' &&
    sessionOn({ 'logs:GetDeliverySource': answer }).value(trigger.read, placeOf(327, 'site'), []);
  expect(await found({ deliverySource: { resourceArns: arns } })).toEqual(['E1']);
  expect(await found(awsError('ResourceNotFoundException'))).toEqual([]);
});
