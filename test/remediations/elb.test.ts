import { describe, expect, it } from 'vitest';
import { ACCOUNT, awsError, callsOf, planFor, plansFor } from '../controls.ts';
import { expectInOrder, runbookOf } from '../runbook.ts';

const LoadBalancerName = 'web';
const set = (LoadBalancerAttributes: object) => [
  'elb:ModifyLoadBalancerAttributes',
  { LoadBalancerName, LoadBalancerAttributes },
];
const attributes = (LoadBalancerAttributes: object) => ({
  'elb:DescribeLoadBalancerAttributes': { LoadBalancerAttributes },
});

describe('129', () => {
  const statement = {
    ...{ Sid: 'AllowLoadBalancerLogs', Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::156460612806:root' } },
    ...{ Action: 's3:PutObject', Resource: `arn:aws:s3:::logs/elb/web/AWSLogs/${ACCOUNT}/*` },
  };
  const AccessLog = { Enabled: true, S3BucketName: 'logs', S3BucketPrefix: 'elb/web', EmitInterval: 60 };

  it("extends the log bucket's policy first, and undoes in reverse", async () => {
    const answers = { ...attributes({}), 's3:GetBucketPolicy': awsError('NoSuchBucketPolicy') };
    const plan = await planFor(129, 'web', answers, { parameters: { logBucket: 'logs', logFolder: 'elb' } });
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
    expect(callsOf(plan)).toEqual({
      steps: [['s3:PutBucketPolicy', { Bucket: 'logs', Policy }], set({ AccessLog })],
      undo: [set({ AccessLog: { Enabled: false } }), ['s3:DeleteBucketPolicy', { Bucket: 'logs' }]],
    });
  });

  it('leaves a folder that AWS refuses to a person', async () => {
    const answers = { ...attributes({}), 's3:GetBucketPolicy': awsError('NoSuchBucketPolicy') };
    const plan = await planFor(129, 'web', answers, { parameters: { logBucket: 'logs', logFolder: 'AWSLogs' } });
    expect(plan).toMatchObject({ kind: 'guide', steps: [] });
  });
});

describe('360 and 458', () => {
  const off = {
    CrossZoneLoadBalancing: { Enabled: false },
    ConnectionDraining: { Enabled: false, Timeout: 120 },
    ConnectionSettings: { IdleTimeout: 90 },
  };

  it('360 sends its block only', async () => {
    const plan = await planFor(360, 'web', attributes(off));
    expect(callsOf(plan)).toEqual({
      steps: [set({ CrossZoneLoadBalancing: { Enabled: true } })],
      undo: [set({ CrossZoneLoadBalancing: { Enabled: false } })],
    });
    expect(plan.mode).toBe('auto');
  });

  it.each([
    [off, 120],
    [{}, 300],
  ])('458 keeps a timeout that is set: %j', async (before, Timeout) => {
    const plan = await planFor(458, 'web', attributes(before));
    expect(callsOf(plan)).toEqual({
      steps: [set({ ConnectionDraining: { Enabled: true, Timeout } })],
      undo: [set({ ConnectionDraining: { Enabled: false } })],
    });
  });

  it('become one call where both fail', async () => {
    const plans = await plansFor([360, 458], 'web', attributes(off));
    const both = { CrossZoneLoadBalancing: { Enabled: true }, ConnectionDraining: { Enabled: true, Timeout: 120 } };
    expect(plans.map((plan) => callsOf(plan).steps)).toEqual([[set(both)]]);
  });
});

describe('195', () => {
  const OWN = 'Redress-ELBSecurityPolicy-TLS-1-2-2017-01';
  const policy = (
    PolicyName: string,
    PolicyTypeName = 'SSLNegotiationPolicyType',
    reference = 'ELBSecurityPolicy-2016-08',
  ) => ({
    PolicyName,
    PolicyTypeName,
    PolicyAttributeDescriptions: [{ AttributeName: 'Reference-Security-Policy', AttributeValue: reference }],
  });
  const asked = (...more: object[]) => ({
    'elb:DescribeLoadBalancers': {
      LoadBalancerDescriptions: [
        {
          LoadBalancerName,
          ListenerDescriptions: [
            { Listener: { Protocol: 'HTTPS', LoadBalancerPort: 443 }, PolicyNames: ['default', 'sticky'] },
            { Listener: { Protocol: 'SSL', LoadBalancerPort: 465 }, PolicyNames: [] },
            { Listener: { Protocol: 'HTTPS', LoadBalancerPort: 8443 }, PolicyNames: ['new'] },
            { Listener: { Protocol: 'HTTP', LoadBalancerPort: 80 }, PolicyNames: ['sticky'] },
          ],
        },
      ],
    },
    'elb:DescribeLoadBalancerPolicies': {
      PolicyDescriptions: [
        policy('default'),
        policy('sticky', 'LBCookieStickinessPolicyType'),
        policy('new', undefined, 'ELBSecurityPolicy-TLS-1-2-2017-01'),
        ...more,
      ],
    },
  });
  const setPolicies = (LoadBalancerPort: number, ...PolicyNames: string[]) => [
    'elb:SetLoadBalancerPoliciesOfListener',
    { LoadBalancerName, LoadBalancerPort, PolicyNames },
  ];
  const name = { LoadBalancerName, PolicyName: OWN };
  const sets = [setPolicies(443, 'sticky', OWN), setPolicies(465, OWN)];
  const back = [setPolicies(465), setPolicies(443, 'sticky', 'default')];

  it('makes one policy, and keeps those for stickiness', async () => {
    const plan = await planFor(195, 'web', asked());
    const PolicyAttributes = [
      { AttributeName: 'Reference-Security-Policy', AttributeValue: 'ELBSecurityPolicy-TLS-1-2-2017-01' },
    ];
    const made = { ...name, PolicyTypeName: 'SSLNegotiationPolicyType', PolicyAttributes };
    expect(callsOf(plan)).toEqual({
      steps: [['elb:CreateLoadBalancerPolicy', made], ...sets],
      undo: [...back, ['elb:DeleteLoadBalancerPolicy', name]],
    });
    expect(plan.undo.class).toBe('exact');
  });

  it('neither makes nor removes a policy that was there', async () => {
    const plan = await planFor(195, 'web', asked(policy(OWN, undefined, 'ELBSecurityPolicy-TLS-1-2-2017-01')));
    expect(callsOf(plan)).toEqual({ steps: sets, undo: back });
  });
});

describe('runbooks', () => {
  const answers = {
    'elb:DescribeLoadBalancers': {
      LoadBalancerDescriptions: [
        {
          ...{ LoadBalancerName, Scheme: 'internet-facing', VPCId: 'vpc-1', SecurityGroups: ['sg-1'] },
          Instances: [{ InstanceId: 'i-1' }],
          HealthCheck: { Target: 'HTTP:80/up', Interval: 30, Timeout: 5, UnhealthyThreshold: 2, HealthyThreshold: 3 },
          ListenerDescriptions: [
            {
              Listener: { Protocol: 'HTTP', LoadBalancerPort: 80, InstanceProtocol: 'HTTP', InstancePort: 8080 },
              PolicyNames: ['sticky'],
            },
          ],
        },
      ],
    },
    ...attributes({ ConnectionSettings: { IdleTimeout: 90 } }),
  };

  it('130 adds the encrypted listener before it removes the plain one', async () => {
    expectInOrder(
      await runbookOf(130, 'web', answers),
      ...['HTTP on port 80', 'create-load-balancer-listeners', 'HTTPS', '443', '8080', 'sticky'],
      ...['delete-load-balancer-listeners', '80', 'To go back'],
    );
  });

  it('194 builds the internal one whole and deletes the public one last', async () => {
    expectInOrder(
      await runbookOf(194, 'web', answers),
      ...['meant to be public', 'create-load-balancer', 'web-int', 'configure-health-check', 'HTTP:80/up'],
      ...['modify-load-balancer-attributes', '90', 'sticky', 'register-instances-with-load-balancer', 'i-1', 'DNS'],
      ...['delete-load-balancer', 'web'],
    );
  });
});
