import { describe, expect, it } from 'vitest';
import { ACCOUNT, type Answer, awsError, controlOf, judge, placeOf, sessionOn } from '../controls.ts';

const gone = awsError('AccessPointNotFoundException');
const isGone = 'skip: web does not exist (any more)';

describe('attributes', () => {
  const logs = 'fail: access logs are off';
  const zones = 'fail: cross-zone load balancing is off';
  const drain = 'fail: connection draining is off';
  it.each<[number, string, Answer, string]>([
    [129, 'on', { AccessLog: { Enabled: true, S3BucketName: 'logs', EmitInterval: 5 } }, 'pass'],
    [129, 'off', { AccessLog: { Enabled: false, S3BucketName: 'logs' } }, logs],
    [129, 'not named', {}, logs],
    [360, 'on', { CrossZoneLoadBalancing: { Enabled: true } }, 'pass'],
    [360, 'off', { CrossZoneLoadBalancing: { Enabled: false } }, zones],
    [360, 'not named', {}, zones],
    [458, 'on', { ConnectionDraining: { Enabled: true, Timeout: 60 } }, 'pass'],
    [458, 'off', { ConnectionDraining: { Enabled: false, Timeout: 300 } }, drain],
    [458, 'not named', {}, drain],
  ])('%i: %s', async (control, _, LoadBalancerAttributes, expected) => {
    const answers = { 'elb:DescribeLoadBalancerAttributes': { LoadBalancerAttributes } };
    expect(await judge(control, 'web', answers)).toBe(expected);
  });

  it.each([129, 360, 458])('%i: gone, denied', async (control) => {
    expect(await judge(control, 'web', { 'elb:DescribeLoadBalancerAttributes': gone })).toBe(isGone);
    expect(await judge(control, 'web', { 'elb:DescribeLoadBalancerAttributes': awsError('AccessDenied') })).toBe(
      'unknown: elb:DescribeLoadBalancerAttributes was denied; allow elasticloadbalancing:DescribeLoadBalancerAttributes',
    );
  });
});

const balancer = (more: object, ...Listeners: object[]) => ({
  LoadBalancerDescriptions: [
    {
      LoadBalancerName: 'web',
      ListenerDescriptions: Listeners.map(({ PolicyNames = [], ...Listener }: { PolicyNames?: string[] }) => ({
        Listener,
        PolicyNames,
      })),
      ...more,
    },
  ],
});
const https = (...PolicyNames: string[]) => ({ Protocol: 'HTTPS', LoadBalancerPort: 443, PolicyNames });

describe('130: encrypted listeners only', () => {
  it.each<[string, Answer, string]>([
    ['HTTPS and SSL', balancer({}, https(), { Protocol: 'SSL', LoadBalancerPort: 465 }), 'pass'],
    ['plain to the instances', balancer({}, { ...https(), InstanceProtocol: 'HTTP' }), 'pass'],
    ['no listeners', balancer({}), 'pass'],
    [
      'HTTP and TCP',
      balancer({}, { Protocol: 'HTTP', LoadBalancerPort: 80 }, https(), { Protocol: 'TCP', LoadBalancerPort: 443 }),
      'fail: it listens by HTTP on port 80, TCP on port 443',
    ],
    ['gone', gone, isGone],
  ])('%s', async (_, answer, expected) => {
    expect(await judge(130, 'web', { 'elb:DescribeLoadBalancers': answer })).toBe(expected);
  });
});

describe('194: internal', () => {
  it.each<[string, Answer, string]>([
    ['internal', balancer({ Scheme: 'internal' }), 'pass'],
    ['internet-facing', balancer({ Scheme: 'internet-facing' }), 'fail: the load balancer faces the internet'],
    ['no scheme', balancer({}), 'fail: the load balancer faces the internet'],
    ['gone', gone, isGone],
    ['an empty answer', { LoadBalancerDescriptions: [] }, isGone],
  ])('%s', async (_, answer, expected) => {
    expect(await judge(194, 'web', { 'elb:DescribeLoadBalancers': answer })).toBe(expected);
  });
});

describe('195: TLS 1.2', () => {
  const policy = (
    PolicyName: string,
    attributes: Record<string, string>,
    PolicyTypeName = 'SSLNegotiationPolicyType',
  ) => ({
    PolicyName,
    PolicyTypeName,
    PolicyAttributeDescriptions: Object.entries(attributes).map(([AttributeName, AttributeValue]) => ({
      AttributeName,
      AttributeValue,
    })),
  });
  const modern = { 'Reference-Security-Policy': 'ELBSecurityPolicy-TLS-1-2-2017-01' };
  const old = {
    'Reference-Security-Policy': 'ELBSecurityPolicy-2016-08',
    'Protocol-TLSv1': 'true',
    'Protocol-TLSv1.2': 'true',
  };
  const sticky = policy('sticky', {}, 'LBCookieStickinessPolicyType');
  const older = (which: string) => `fail: older versions than TLS 1.2 are allowed on ${which}`;
  it.each<[string, Answer, object[], string]>([
    [
      'by its reference, whatever its name',
      balancer({}, https('AWSConsole-1')),
      [policy('AWSConsole-1', modern)],
      'pass',
    ],
    [
      'by its protocols',
      balancer({}, https('own')),
      [policy('own', { 'Protocol-TLSv1.2': 'true', 'Protocol-TLSv1': 'false' })],
      'pass',
    ],
    ['old', balancer({}, https('default')), [policy('default', old)], older('port 443 (default)')],
    [
      'SSL 3 of its own making',
      balancer({}, https('own')),
      [policy('own', { 'Protocol-TLSv1.2': 'true', 'Protocol-SSLv3': 'true' })],
      older('port 443 (own)'),
    ],
    ['stickiness is none', balancer({}, https('sticky')), [sticky], older('port 443 (no policy)')],
    ['none', balancer({}, https()), [], older('port 443 (no policy)')],
    [
      'one of two',
      balancer({}, https('new'), { ...https('default', 'sticky'), Protocol: 'SSL', LoadBalancerPort: 465 }),
      [policy('new', modern), policy('default', old), sticky],
      older('port 465 (default)'),
    ],
    ['no TLS', balancer({}, { Protocol: 'HTTP' }), [], 'skip: no listener ends TLS here'],
    ['gone', gone, [], isGone],
  ])('%s', async (_, answer, PolicyDescriptions, expected) => {
    const answers = {
      'elb:DescribeLoadBalancers': answer,
      'elb:DescribeLoadBalancerPolicies': { PolicyDescriptions },
    };
    expect(await judge(195, 'web', answers)).toBe(expected);
  });
});

it('lists every page, knows tags, and has ARNs of its partition', async () => {
  const { list, arn, tags } = controlOf(130).detector.resource;
  const session = sessionOn({
    'elb:DescribeLoadBalancers': ({ Marker }) =>
      Marker === undefined
        ? { LoadBalancerDescriptions: [{ LoadBalancerName: 'a' }], NextMarker: '2' }
        : { LoadBalancerDescriptions: [{ LoadBalancerName: 'b' }] },
    'elb:DescribeTags': { TagDescriptions: [{ Tags: [{ Key: 'team', Value: 'shop' }] }] },
  });
  expect(list && (await session.value(list, placeOf(130), []))).toEqual(['a', 'b']);
  expect(tags && (await session.value(tags, placeOf(130, 'a'), []))).toEqual({ team: 'shop' });
  expect(arn({ partition: 'aws-cn', account: ACCOUNT, region: 'cn-north-1', id: 'a' })).toBe(
    `arn:aws-cn:elasticloadbalancing:cn-north-1:${ACCOUNT}:loadbalancer/a`,
  );
});
