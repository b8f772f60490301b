import { describe, expect, it } from 'vitest';
import { createRouter } from '../../src/intake/route.ts';
import {
  ACCOUNT,
  type Answer,
  type Answers,
  awsError,
  catalogue,
  controlOf,
  judge,
  placeOf,
  sessionOn,
} from '../controls.ts';

const ELB = `arn:aws:elasticloadbalancing:eu-west-1:${ACCOUNT}`;
const LB = `${ELB}:loadbalancer/app/web/50dc6c495c0c9188`;
const LISTENER = `${ELB}:listener/app/web/50dc6c495c0c9188/f2f7dc8efc522ab2`;
const GROUP = `${ELB}:targetgroup/web/73e2d6bc24d8a067`;
const ACM = `arn:aws:acm:eu-west-1:${ACCOUNT}:certificate/1`;
const IAM = `arn:aws:iam::${ACCOUNT}:server-certificate/old`;

const balancer = (more: object = {}) => ({
  LoadBalancers: [{ LoadBalancerArn: LB, Type: 'application', State: { Code: 'active' }, ...more }],
});
const alb = balancer();
const nlb = balancer({ Type: 'network' });
const gwlb = balancer({ Type: 'gateway' });
const failed = balancer({ State: { Code: 'failed' } });
const attributes = (values: Record<string, string>) => ({
  Attributes: Object.entries(values).map(([Key, Value]) => ({ Key, Value })),
});
const listenerOf = (...Listeners: object[]) => ({
  Listeners: Listeners.map((one) => ({ ListenerArn: LISTENER, LoadBalancerArn: LB, ...one })),
});
const notFound = awsError('LoadBalancerNotFoundException');
const isAlb = 'skip: this is an application load balancer';
const isNlb = 'skip: this is a network load balancer';
const isGwlb = 'skip: this is a gateway load balancer';
const broken = 'skip: the load balancer could not be set up';

describe.each([
  [128, alb, isNlb, nlb],
  [249, nlb, isAlb, alb],
])('%i: access logs', (control, right, wrong, other) => {
  const off = 'fail: access logs are off';
  it.each<[string, object, Answer, string]>([
    ['on', right, attributes({ 'access_logs.s3.enabled': 'true', 'access_logs.s3.bucket': 'logs' }), 'pass'],
    ['off', right, attributes({ 'access_logs.s3.enabled': 'false', 'access_logs.s3.bucket': 'logs' }), off],
    ['not named', right, attributes({ 'access_logs.s3.bucket': '' }), off],
    ['on, into nothing', right, attributes({ 'access_logs.s3.enabled': 'true', 'access_logs.s3.bucket': '' }), off],
    ['connection logs are others', right, attributes({ 'connection_logs.s3.enabled': 'true' }), off],
    ['another type', other, attributes({}), wrong],
    ['a gateway', gwlb, attributes({}), isGwlb],
    ['gone', right, notFound, `skip: ${LB} does not exist (any more)`],
    [
      'denied',
      right,
      awsError('AccessDenied'),
      'unknown: elbv2:DescribeLoadBalancerAttributes was denied; allow elasticloadbalancing:DescribeLoadBalancerAttributes',
    ],
  ])('%s', async (_, one, answer, expected) => {
    const answers = { 'elbv2:DescribeLoadBalancers': one, 'elbv2:DescribeLoadBalancerAttributes': answer };
    expect(await judge(control, LB, answers)).toBe(expected);
  });
});

describe('switches', () => {
  const dropped = 'routing.http.drop_invalid_header_fields.enabled';
  it.each<[number, string, object, Record<string, string>, string]>([
    [354, 'on', alb, { [dropped]: 'true' }, 'pass'],
    [354, 'off', alb, { [dropped]: 'false' }, 'fail: header fields with invalid names reach the targets'],
    [354, 'not named', alb, {}, 'fail: header fields with invalid names reach the targets'],
    [354, 'another type', nlb, {}, isNlb],
    [367, 'on', nlb, { 'deletion_protection.enabled': 'true' }, 'pass'],
    [367, 'off, gateway', gwlb, { 'deletion_protection.enabled': 'false' }, 'fail: deletion protection is off'],
    [367, 'not named', alb, {}, 'fail: deletion protection is off'],
    [369, 'on', nlb, { 'load_balancing.cross_zone.enabled': 'true' }, 'pass'],
    [369, 'off', nlb, { 'load_balancing.cross_zone.enabled': 'false' }, 'fail: cross-zone load balancing is off'],
    [369, 'off, gateway', gwlb, {}, 'fail: cross-zone load balancing is off'],
    [369, 'always so', alb, {}, isAlb],
    [369, 'not set up', failed, {}, broken],
  ])('%i: %s', async (control, _, one, values, expected) => {
    const answers = {
      'elbv2:DescribeLoadBalancers': one,
      'elbv2:DescribeLoadBalancerAttributes': attributes(values),
    };
    expect(await judge(control, LB, answers)).toBe(expected);
  });
});

describe('131: encrypted listeners only', () => {
  it.each<[string, object, Answer, string]>([
    ['HTTPS and TLS', alb, listenerOf({ Protocol: 'HTTPS', Port: 443 }, { Protocol: 'TLS', Port: 8443 }), 'pass'],
    ['no listeners', nlb, { Listeners: [] }, 'pass'],
    ['HTTP', alb, listenerOf({ Protocol: 'HTTP', Port: 80 }), 'fail: it listens by HTTP on port 80'],
    [
      'TCP and UDP beside TLS',
      nlb,
      listenerOf({ Protocol: 'TCP', Port: 443 }, { Protocol: 'TLS', Port: 8443 }, { Protocol: 'UDP', Port: 53 }),
      'fail: it listens by TCP on port 443, UDP on port 53',
    ],
    ['a gateway', gwlb, { Listeners: [] }, isGwlb],
    ['gone', alb, notFound, `skip: ${LB} does not exist (any more)`],
  ])('%s', async (_, one, answer, expected) => {
    expect(await judge(131, LB, { 'elbv2:DescribeLoadBalancers': one, 'elbv2:DescribeListeners': answer })).toBe(
      expected,
    );
  });

  it('reads every page of listeners', async () => {
    const answers: Answers = {
      'elbv2:DescribeLoadBalancers': alb,
      'elbv2:DescribeListeners': ({ Marker }) =>
        Marker === undefined
          ? { ...listenerOf({ Protocol: 'HTTPS', Port: 443 }), NextMarker: '2' }
          : listenerOf({ Protocol: 'HTTP', Port: 8080 }),
    };
    expect(await judge(131, LB, answers)).toBe('fail: it listens by HTTP on port 8080');
  });
});

describe.each([
  [184, 'application', 'network', isNlb],
  [245, 'network', 'application', isAlb],
])('%i: internal', (control, type, other, skipped) => {
  const open = 'fail: the load balancer faces the internet';
  it.each<[string, Answer, string]>([
    ['internal', balancer({ Type: type, Scheme: 'internal' }), 'pass'],
    ['internet-facing', balancer({ Type: type, Scheme: 'internet-facing' }), open],
    ['no scheme', balancer({ Type: type }), open],
    ['another type', balancer({ Type: other }), skipped],
    ['not set up', balancer({ Type: type, State: { Code: 'failed' } }), broken],
    ['gone', notFound, `skip: ${LB} does not exist (any more)`],
    ['an empty answer', { LoadBalancers: [] }, `skip: ${LB} does not exist (any more)`],
  ])('%s', async (_, answer, expected) => {
    expect(await judge(control, LB, { 'elbv2:DescribeLoadBalancers': answer })).toBe(expected);
  });
});

describe('351: certificates of ACM', () => {
  const https = (arn: string) => ({ Protocol: 'HTTPS', Port: 443, Certificates: [{ CertificateArn: arn }] });
  const lists = (...arns: string[]) => ({ Certificates: arns.map((CertificateArn) => ({ CertificateArn })) });
  const foreign = `fail: these certificates are not from ACM: ${IAM}`;
  it.each<[string, object, object, Answer, string]>([
    ['ACM', alb, listenerOf(https(ACM)), lists(ACM), 'pass'],
    ['ACM in China', alb, listenerOf(https(ACM.replace('aws', 'aws-cn'))), lists(ACM), 'pass'],
    ['IAM', alb, listenerOf(https(IAM)), lists(IAM), foreign],
    ['IAM by server name only', nlb, listenerOf({ ...https(ACM), Protocol: 'TLS' }), lists(ACM, IAM), foreign],
    ['no TLS', alb, listenerOf({ Protocol: 'HTTP' }), awsError('Never'), 'skip: no listener ends TLS here'],
    ['a gateway', gwlb, { Listeners: [] }, lists(), isGwlb],
    [
      'denied',
      alb,
      listenerOf(https(ACM)),
      awsError('AccessDenied'),
      'unknown: elbv2:DescribeListenerCertificates was denied; allow elasticloadbalancing:DescribeListenerCertificates',
    ],
  ])('%s', async (_, one, listeners, list, expected) => {
    const answers = {
      'elbv2:DescribeLoadBalancers': one,
      'elbv2:DescribeListeners': listeners,
      'elbv2:DescribeListenerCertificates': list,
    };
    expect(await judge(351, LB, answers)).toBe(expected);
  });
});

const tls = (...SslProtocols: string[]) => ({ SslPolicies: [{ SslProtocols }] });

describe.each([
  [185, 'HTTPS', alb, nlb, isNlb],
  [202, 'TLS', nlb, alb, isAlb],
  [338, 'HTTPS', alb, gwlb, isGwlb],
  [338, 'TLS', nlb, gwlb, isGwlb],
])('%i: modern security policy for %s', (control, Protocol, right, other, skipped) => {
  it.each<[string, object, object, Answer, string]>([
    ['TLS 1.2 and 1.3', right, { SslPolicy: 'new' }, tls('TLSv1.2', 'TLSv1.3'), 'pass'],
    ['TLS 1.2', right, { SslPolicy: 'ELBSecurityPolicy-FS-1-2-Res-2020-10' }, tls('TLSv1.2'), 'pass'],
    [
      'TLS13 in its name only',
      right,
      { SslPolicy: 'ELBSecurityPolicy-TLS13-1-0-2021-06' },
      tls('TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'),
      'fail: the security policy ELBSecurityPolicy-TLS13-1-0-2021-06 allows TLSv1 and TLSv1.1',
    ],
    ['none', right, {}, awsError('Never'), 'fail: the listener has no security policy'],
    [
      'unknown',
      right,
      { SslPolicy: 'x' },
      awsError('SSLPolicyNotFoundException'),
      'fail: AWS does not know the security policy x',
    ],
    [
      'unknown without an error',
      right,
      { SslPolicy: 'x' },
      { SslPolicies: [] },
      'fail: AWS does not know the security policy x',
    ],
    ['another type', other, { SslPolicy: 'x' }, tls('TLSv1.2'), skipped],
    ['another protocol', right, { Protocol: 'TCP' }, tls(), 'skip: the listener speaks TCP'],
  ])('%s', async (_, one, listener, policies, expected) => {
    const answers = {
      'elbv2:DescribeListeners': listenerOf({ Protocol, Port: 443, ...listener }),
      'elbv2:DescribeLoadBalancers': one,
      'elbv2:DescribeSSLPolicies': policies,
    };
    expect(await judge(control, LISTENER, answers)).toBe(expected);
  });
});

describe('186: redirect to HTTPS', () => {
  const redirect = (more: object = {}) => ({
    Type: 'redirect',
    RedirectConfig: { Protocol: 'HTTPS', Port: '443', ...more },
  });
  const forward = { Type: 'forward', TargetGroupArn: GROUP };
  const fixed = { Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } };
  const byDefault = (...Actions: object[]) => ({ RuleArn: 'd', IsDefault: true, Priority: 'default', Actions });
  const rule = (Priority: string, path: string, ...Actions: object[]) => ({
    ...{ RuleArn: Priority, IsDefault: false, Priority, Actions },
    Conditions: [{ Field: 'path-pattern', Values: [path] }],
  });
  const plainDefault = 'fail: the default action of port 80 does not redirect to HTTPS';
  it.each<[string, object[], string]>([
    ['redirects', [byDefault(redirect())], 'pass'],
    ['redirects to the port it came from', [byDefault(redirect({ Port: '#{port}' }))], 'pass'],
    ['forwards', [byDefault(forward)], plainDefault],
    ['redirects by the same protocol', [byDefault(redirect({ Protocol: '#{protocol}' }))], plainDefault],
    ['answers with a fixed response', [byDefault(fixed)], plainDefault],
    [
      'a rule forwards',
      [byDefault(redirect()), rule('5', '/api/*', forward)],
      'fail: rule 5 of port 80 does not redirect to HTTPS',
    ],
    ['rules redirect and refuse', [byDefault(redirect()), rule('1', '/a', redirect()), rule('2', '/b', fixed)], 'pass'],
    ['certificate challenges', [byDefault(redirect()), rule('1', '/.well-known/acme-challenge/*', forward)], 'pass'],
    [
      'all of it',
      [byDefault(forward), rule('1', '/a', forward), rule('2', '/b', redirect({ Protocol: 'HTTP' }))],
      'fail: rule 1, rule 2, the default action of port 80 does not redirect to HTTPS',
    ],
  ])('%s', async (_, Rules, expected) => {
    const answers = {
      'elbv2:DescribeListeners': listenerOf({ Protocol: 'HTTP', Port: 80 }),
      'elbv2:DescribeLoadBalancers': alb,
      'elbv2:DescribeRules': { Rules },
    };
    expect(await judge(186, LISTENER, answers)).toBe(expected);
  });

  it.each<[string, object, object, string]>([
    ['HTTPS', alb, { Protocol: 'HTTPS' }, 'skip: the listener speaks HTTPS'],
    ['another type', nlb, { Protocol: 'TCP' }, isNlb],
  ])('does not apply to %s', async (_, one, listener, expected) => {
    const answers = {
      'elbv2:DescribeListeners': listenerOf(listener),
      'elbv2:DescribeLoadBalancers': one,
      'elbv2:DescribeRules': { Rules: [] },
    };
    expect(await judge(186, LISTENER, answers)).toBe(expected);
  });
});

describe('listeners of Network Load Balancers', () => {
  const group = (Protocol: string, Port: number) => ({ TargetGroups: [{ TargetGroupName: 'web', Protocol, Port }] });
  const forward = { Type: 'forward', TargetGroupArn: GROUP };
  const weighted = { Type: 'forward', ForwardConfig: { TargetGroups: [{ TargetGroupArn: GROUP, Weight: 1 }] } };
  it.each<[number, string, object, object, object, string]>([
    [193, 'TLS', nlb, { Protocol: 'TLS', Port: 443 }, {}, 'pass'],
    [193, 'QUIC', nlb, { Protocol: 'QUIC', Port: 443 }, {}, 'pass'],
    [193, 'TCP', nlb, { Protocol: 'TCP', Port: 443 }, {}, 'fail: the listener on port 443 speaks TCP'],
    [193, 'UDP', nlb, { Protocol: 'UDP', Port: 53 }, {}, 'fail: the listener on port 53 speaks UDP'],
    [193, 'another type', alb, { Protocol: 'HTTP', Port: 80 }, {}, isAlb],
    [246, 'a policy', nlb, { Protocol: 'TLS', SslPolicy: 'any' }, {}, 'pass'],
    [246, 'none', nlb, { Protocol: 'TLS', SslPolicy: '' }, {}, 'fail: the listener has no security policy'],
    [246, 'not TLS', nlb, { Protocol: 'TCP' }, {}, 'skip: the listener speaks TCP'],
    [246, 'another type', alb, { Protocol: 'HTTPS' }, {}, isAlb],
    [247, 'TLS:443', nlb, { Protocol: 'TLS', DefaultActions: [forward] }, group('TLS', 443), 'pass'],
    [
      247,
      'TCP',
      nlb,
      { Protocol: 'TLS', DefaultActions: [forward] },
      group('TCP', 443),
      'fail: it forwards to web (TCP on port 443)',
    ],
    [
      247,
      'another port, weighted',
      nlb,
      { Protocol: 'TLS', DefaultActions: [weighted] },
      group('TLS', 8443),
      'fail: it forwards to web (TLS on port 8443)',
    ],
    [
      247,
      'not TLS',
      nlb,
      { Protocol: 'TCP', DefaultActions: [forward] },
      group('TCP', 80),
      'skip: the listener speaks TCP',
    ],
    [248, 'plain', nlb, { Protocol: 'TCP', Port: 80 }, {}, 'fail: TCP on port 80 is passed through without encryption'],
    [
      248,
      'either',
      nlb,
      { Protocol: 'TCP_UDP', Port: 389 },
      {},
      'fail: TCP_UDP on port 389 is passed through without encryption',
    ],
    [248, 'end to end', nlb, { Protocol: 'TCP', Port: 443 }, {}, 'pass'],
    [248, 'TLS', nlb, { Protocol: 'TLS', Port: 80 }, {}, 'pass'],
    [248, 'another type', alb, { Protocol: 'HTTP', Port: 80 }, {}, isAlb],
  ])('%i: %s', async (control, _, one, listener, groups, expected) => {
    const answers = {
      'elbv2:DescribeListeners': listenerOf(listener),
      'elbv2:DescribeLoadBalancers': one,
      'elbv2:DescribeTargetGroups': groups,
    };
    expect(await judge(control, LISTENER, answers)).toBe(expected);
  });

  it('that are gone are skipped', async () => {
    expect(await judge(193, LISTENER, { 'elbv2:DescribeListeners': awsError('ListenerNotFoundException') })).toBe(
      `skip: ${LISTENER} does not exist (any more)`,
    );
  });
});

describe('187: HTTPS to the targets', () => {
  const group = (more: object) => ({ TargetGroups: [{ TargetGroupArn: GROUP, LoadBalancerArns: [LB], ...more }] });
  it.each<[string, Answer, Answer, string]>([
    ['HTTPS:443', group({ Protocol: 'HTTPS', Port: 443 }), alb, 'pass'],
    ['HTTP', group({ Protocol: 'HTTP', Port: 80 }), alb, 'fail: targets are reached by HTTP on port 80'],
    [
      'another port',
      group({ Protocol: 'HTTPS', Port: 8443 }),
      alb,
      'fail: targets are reached by HTTPS, but on port 8443 instead of 443',
    ],
    ['a function', group({ TargetType: 'lambda' }), alb, 'skip: a Lambda function has neither protocol nor port'],
    ['of another type', group({ Protocol: 'TCP', Port: 80 }), nlb, 'skip: TCP belongs to another type of balancer'],
    [
      'unused',
      group({ Protocol: 'HTTP', Port: 80, LoadBalancerArns: [] }),
      awsError('Never'),
      'skip: no Application Load Balancer sends to it',
    ],
    ['gone', awsError('TargetGroupNotFoundException'), alb, `skip: ${GROUP} does not exist (any more)`],
  ])('%s', async (_, answer, users, expected) => {
    const answers = { 'elbv2:DescribeTargetGroups': answer, 'elbv2:DescribeLoadBalancers': users };
    expect(await judge(187, GROUP, answers)).toBe(expected);
  });
});

describe('events', () => {
  const router = createRouter(catalogue);
  const routed = (eventName: string, requestParameters: unknown, responseElements: unknown = null) =>
    router
      .route({
        ...{ eventID: '1', eventSource: 'elasticloadbalancing.amazonaws.com', eventName, eventTime: '' },
        ...{ awsRegion: 'eu-west-1', account: ACCOUNT, requestID: undefined, userIdentity: {}, userAgent: undefined },
        ...{ requestParameters, responseElements },
      })
      .subjects.map(({ resource, target, controls }) => [
        resource.type.replace('AWS::ElasticLoadBalancing', ''),
        target.kind === 'id' ? target.id : target.from,
        controls,
      ]);

  it('lead from a listener to its load balancer, from a rule to its listener, and to target groups', () => {
    expect(routed('DeleteListener', { listenerArn: LISTENER })).toEqual(
      expect.arrayContaining([
        ['V2::LoadBalancer', LB, [131, 351]],
        ['V2::Listener', LISTENER, [185, 186, 193, 202, 246, 247, 248, 338]],
      ]),
    );
    const ruleArn = `${LISTENER.replace(':listener/', ':listener-rule/')}/9683b2d02a6cabee`;
    const targetGroups = [{ targetGroupArn: GROUP }];
    expect(routed('ModifyRule', { ruleArn, actions: [{ type: 'forward', forwardConfig: { targetGroups } }] })).toEqual([
      ['V2::Listener', LISTENER, [186]],
      ['V2::TargetGroup', GROUP, [187]],
    ]);
  });

  it('of classic load balancers, which share source and names, lead to none of these', () => {
    const classic = routed(
      'CreateLoadBalancer',
      { loadBalancerName: 'old', listeners: [] },
      { dNSName: 'old.example' },
    );
    expect(classic.filter(([type]) => type !== '::LoadBalancer')).toEqual([]);
    expect(routed('CreateLoadBalancer', { name: 'web' }, { loadBalancers: [{ loadBalancerArn: LB }] })).toEqual([
      ['V2::LoadBalancer', LB, expect.arrayContaining([128, 184, 245, 249, 354, 367, 369])],
    ]);
  });
});

describe('sweeps', () => {
  it('list listeners of every load balancer, page by page', async () => {
    const session = sessionOn({
      'elbv2:DescribeLoadBalancers': ({ Marker }) =>
        Marker === undefined
          ? { LoadBalancers: [{ LoadBalancerArn: 'a' }], NextMarker: '2' }
          : { LoadBalancers: [{ LoadBalancerArn: 'b' }] },
      'elbv2:DescribeListeners': ({ LoadBalancerArn, Marker }) =>
        Marker === undefined
          ? { Listeners: [{ ListenerArn: `${LoadBalancerArn}1` }], NextMarker: '2' }
          : { Listeners: [{ ListenerArn: `${LoadBalancerArn}2` }] },
      'elbv2:DescribeTargetGroups': { TargetGroups: [{ TargetGroupArn: 'g' }] },
    });
    const listed = async (control: number) => {
      const { list } = controlOf(control).detector.resource;
      return list && session.value(list, placeOf(control), []);
    };
    expect(await listed(131)).toEqual(['a', 'b']);
    expect(await listed(193)).toEqual(['a1', 'a2', 'b1', 'b2']);
    expect(await listed(187)).toEqual(['g']);
  });

  it('read tags', async () => {
    const { tags } = controlOf(131).detector.resource;
    const session = sessionOn({
      'elbv2:DescribeTags': { TagDescriptions: [{ ResourceArn: LB, Tags: [{ Key: 'team', Value: 'shop' }] }] },
    });
    expect(tags && (await session.value(tags, placeOf(131, LB), []))).toEqual({ team: 'shop' });
  });
});
