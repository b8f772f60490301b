import {
  CreateLBCookieStickinessPolicyCommand,
  CreateLoadBalancerCommand,
  CreateLoadBalancerPolicyCommand,
  DescribeLoadBalancerAttributesCommand,
  DescribeLoadBalancerPoliciesCommand,
  DescribeLoadBalancersCommand,
  DescribeTagsCommand,
  ModifyLoadBalancerAttributesCommand,
  SetLoadBalancerPoliciesOfListenerCommand,
} from '@aws-sdk/client-elastic-load-balancing';
import { ACCOUNT, type Aws } from '../clients.ts';
import { event, terraform } from '../event.ts';
import { scenario } from '../scenario.ts';
import { ELB_OBJECTS, LOGS, logBucketState, makeLogBucket } from './elb-logs.ts';

const LoadBalancerName = 'web';
const CERTIFICATE = `arn:aws:iam::${ACCOUNT}:server-certificate/shop`;

/** A classic load balancer with tags, an idle timeout of its own, and a plain and an encrypted listener. */
async function makeBalancer({ elb }: Aws) {
  const http = { LoadBalancerPort: 80, Protocol: 'HTTP', InstancePort: 8080, InstanceProtocol: 'HTTP' };
  await elb.send(
    new CreateLoadBalancerCommand({
      LoadBalancerName,
      AvailabilityZones: ['us-east-1a', 'us-east-1b'],
      Listeners: [http, { ...http, LoadBalancerPort: 443, Protocol: 'HTTPS', SSLCertificateId: CERTIFICATE }],
      Tags: [{ Key: 'team', Value: 'shop' }],
    }),
  );
  const LoadBalancerAttributes = {
    ConnectionSettings: { IdleTimeout: 90 },
    CrossZoneLoadBalancing: { Enabled: false },
    ConnectionDraining: { Enabled: false },
  };
  await elb.send(new ModifyLoadBalancerAttributesCommand({ LoadBalancerName, LoadBalancerAttributes }));
  const parameters = { loadBalancerName: LoadBalancerName, listeners: [{ loadBalancerPort: 80, protocol: 'HTTP' }] };
  const responseElements = { dNSName: 'web.us-east-1.elb.amazonaws.com' };
  return {
    id: LoadBalancerName,
    event: event('elasticloadbalancing:CreateLoadBalancer', parameters, { responseElements, by: terraform }),
  };
}

async function balancerState({ elb }: Aws) {
  const names = { LoadBalancerNames: [LoadBalancerName] };
  const { LoadBalancerDescriptions } = await elb.send(new DescribeLoadBalancersCommand(names));
  const { TagDescriptions } = await elb.send(new DescribeTagsCommand(names));
  const answer = await elb.send(new DescribeLoadBalancerAttributesCommand({ LoadBalancerName }));
  const { PolicyDescriptions = [] } = await elb.send(new DescribeLoadBalancerPoliciesCommand({ LoadBalancerName }));
  const { AccessLog, ConnectionDraining, ConnectionSettings, CrossZoneLoadBalancing } =
    answer.LoadBalancerAttributes ?? {};
  return {
    scheme: LoadBalancerDescriptions?.[0]?.Scheme,
    tags: TagDescriptions?.[0]?.Tags,
    listeners: LoadBalancerDescriptions?.[0]?.ListenerDescriptions?.map(({ Listener, PolicyNames = [] }) => ({
      ...Listener,
      policies: [...PolicyNames].sort(),
    })),
    policies: PolicyDescriptions.map(({ PolicyName, PolicyTypeName }) => `${PolicyName} ${PolicyTypeName}`).sort(),
    crossZone: CrossZoneLoadBalancing?.Enabled,
    draining: ConnectionDraining?.Enabled ? { timeout: ConnectionDraining.Timeout } : null,
    idleTimeout: ConnectionSettings?.IdleTimeout,
    logs: AccessLog?.Enabled ? { bucket: AccessLog.S3BucketName, prefix: AccessLog.S3BucketPrefix } : null,
  };
}

const OWN = 'Redress-ELBSecurityPolicy-TLS-1-2-2017-01';

export const elb = [
  scenario({
    control: 129,
    arrange: async (aws) => ({ ...(await makeBalancer(aws)), parameters: { logBucket: await makeLogBucket(aws) } }),
    state: async (aws) => ({ balancer: await balancerState(aws), bucket: await logBucketState(aws) }),
    expected: ({ balancer, bucket }) => ({
      balancer: { ...balancer, logs: { bucket: LOGS, prefix: 'web' } },
      bucket: { ...bucket, grants: [`{"AWS":"arn:aws:iam::127311923021:root"} s3:PutObject ${ELB_OBJECTS}`] },
    }),
  }),
  scenario({
    control: 130,
    kind: 'guide',
    arrange: makeBalancer,
    state: balancerState,
    expected: (before) => before,
  }),
  scenario({
    control: 194,
    kind: 'guide',
    arrange: makeBalancer,
    state: balancerState,
    expected: (before) => before,
  }),
  scenario({
    control: 195,
    arrange: async (aws) => {
      const made = await makeBalancer(aws);
      const sticky = { LoadBalancerName, PolicyName: 'sticky', CookieExpirationPeriod: 600 };
      await aws.elb.send(new CreateLBCookieStickinessPolicyCommand(sticky));
      await aws.elb.send(
        new CreateLoadBalancerPolicyCommand({
          LoadBalancerName,
          PolicyName: 'old',
          PolicyTypeName: 'SSLNegotiationPolicyType',
          PolicyAttributes: [
            { AttributeName: 'Reference-Security-Policy', AttributeValue: 'ELBSecurityPolicy-2016-08' },
          ],
        }),
      );
      for (const [LoadBalancerPort, PolicyNames] of [
        [80, ['sticky']],
        [443, ['old', 'sticky']],
      ] as const) {
        const policies = { LoadBalancerName, LoadBalancerPort, PolicyNames: [...PolicyNames] };
        await aws.elb.send(new SetLoadBalancerPoliciesOfListenerCommand(policies));
      }
      const parameters = { loadBalancerName: LoadBalancerName, loadBalancerPort: 443, policyNames: ['old', 'sticky'] };
      return { ...made, event: event('elasticloadbalancing:SetLoadBalancerPoliciesOfListener', parameters) };
    },
    state: balancerState,
    expected: (before) => ({
      ...before,
      listeners: before.listeners?.map((one) =>
        one.LoadBalancerPort === 443 ? { ...one, policies: [OWN, 'sticky'] } : one,
      ),
      policies: [`${OWN} SSLNegotiationPolicyType`, ...before.policies],
    }),
  }),
  scenario({
    control: 360,
    off: [458],
    arrange: makeBalancer,
    state: balancerState,
    expected: (before) => ({ ...before, crossZone: true }),
  }),
  scenario({
    control: 360,
    variant: 'together with 458',
    also: [458],
    arrange: makeBalancer,
    state: balancerState,
    expected: (before) => ({ ...before, crossZone: true, draining: { timeout: 300 } }),
  }),
  scenario({
    control: 458,
    off: [360],
    arrange: makeBalancer,
    state: balancerState,
    expected: (before) => ({ ...before, draining: { timeout: 300 } }),
  }),
];
