import type { Listener, LoadBalancer } from '@aws-sdk/client-elastic-load-balancing-v2';
import { attributes, isEncrypted, listeners, loadBalancer } from '../../detectors/elbv2/load-balancers.ts';
import { nextPage } from '../../detectors/elbv2/pages.ts';
import { tags } from '../../detectors/elbv2/tags.ts';
import { concrete, guide, readPages } from '../../src/control.ts';
import { listenerLike, placeholderFor, renamed, targetGroupLike, withGroups } from './copies.ts';

const groups = readPages(
  'elbv2',
  'DescribeTargetGroups',
  ({ id }) => ({ LoadBalancerArn: id }),
  (out) => out.TargetGroups ?? [],
  nextPage,
  { absent: ['TargetGroupNotFound'] },
);

export const TLS_POLICY = 'ELBSecurityPolicy-TLS13-1-2-2021-06';

/** Who makes the load balancer again, or turns changes back, if it is not told first. */
function managedBy(tagged: Readonly<Record<string, string>>): { text: string }[] {
  const kubernetes = Object.keys(tagged).find((key) =>
    /^(elbv2\.k8s\.aws|kubernetes\.io|ingress\.k8s\.aws)\//.test(key),
  );
  const stack = tagged['aws:cloudformation:stack-name'];
  return [
    ...(kubernetes
      ? [
          {
            text: `It belongs to Kubernetes (tag ${kubernetes}), which would make it again as it was: change the annotations of the Service or Ingress instead, and let the controller do the rest.`,
          },
        ]
      : []),
    ...(stack
      ? [
          {
            text: `It belongs to the CloudFormation stack ${stack}: make the change in its template, so that they agree.`,
          },
        ]
      : []),
  ];
}

const portOf = ({ Protocol, Port }: Listener): string => `${Protocol} on port ${Port}`;

/** How one listener without encryption is replaced by one with it. */
export function encryptedListener(one: Listener, type: LoadBalancer['Type'], taken: readonly Listener[]) {
  const protocol = type === 'application' ? 'HTTPS' : 'TLS';
  const there = taken.find(isEncrypted);
  const redirects = one.DefaultActions?.some(({ RedirectConfig }) => RedirectConfig?.Protocol === 'HTTPS');
  const removal = {
    text: `When nobody uses ${portOf(one)} any more (look at the metrics of the listener), remove it. Its rules go with it.`,
    call: concrete('elbv2', 'DeleteListener', { ListenerArn: one.ListenerArn }),
  };
  if (redirects)
    return [
      {
        text: `${portOf(one)} redirects to HTTPS. That is good practice, and without it whoever types the name without https:// gets no answer: an exemption is the better way to close this.`,
      },
      removal,
    ];
  if (['UDP', 'TCP_UDP', 'TCP_QUIC', 'QUIC'].includes(one.Protocol ?? ''))
    return [
      {
        text: `${portOf(one)}: no load balancer ends encryption for this protocol. Encrypt in the application itself (DTLS, QUIC) and exempt the listener, or move the clients to TLS over TCP.`,
      },
    ];
  const passThrough =
    type === 'network'
      ? [
          {
            text: `If the targets behind ${portOf(one)} do TLS themselves, leave it and exempt it: a TLS listener would send them plain bytes.`,
          },
        ]
      : [];
  const portIsTaken = taken.some(({ Port }) => Port === 443);
  return [
    ...passThrough,
    there
      ? {
          text: `${portOf(there)} listens already. Check that it serves all that ${portOf(one)} serves: default action and every rule (aws elbv2 describe-rules --listener-arn ${one.ListenerArn}).`,
        }
      : {
          text: `Listen by ${protocol} next to ${portOf(one)}, with the same default action. Let security groups admit the port.`,
          call: concrete('elbv2', 'CreateListener', {
            ...listenerLike(one, one.LoadBalancerArn),
            Protocol: protocol,
            Port: portIsTaken ? 8443 : 443,
            SslPolicy: TLS_POLICY,
            Certificates: [{ CertificateArn: '<certificate-arn>' }],
          }),
        },
    ...(type === 'application' && !there
      ? [
          {
            text: `Make its rules again on the new listener: aws elbv2 describe-rules --listener-arn ${one.ListenerArn}`,
          },
        ]
      : []),
    {
      text: `Move the clients, and whatever names the listener's ARN: ECS services, CodeDeploy deployment groups, infrastructure code.`,
    },
    removal,
  ];
}

export const onlyEncrypted = guide(
  {
    impact: 'clients of a port that is removed are refused, and the rules of its listener are lost',
    reads: { loadBalancer, listeners, tags },
    note: 'The document deletes the listeners. The runbook makes the encrypted one first, moves the clients, and deletes last.',
  },
  ({ loadBalancer, listeners, tags }) => {
    const plain = listeners.filter((one) => !isEncrypted(one));
    return [
      {
        text: `${loadBalancer.LoadBalancerName} listens by ${plain.map(portOf).join(', ')}. Save what is there first: aws elbv2 describe-listeners --load-balancer-arn ${loadBalancer.LoadBalancerArn}`,
      },
      ...managedBy(tags),
      ...plain.flatMap((one) => encryptedListener(one, loadBalancer.Type, listeners)),
      {
        text: 'To go back, make the listener again from what you saved. It gets another ARN, so whatever names the old one must be told.',
      },
    ];
  },
);

export const internalTwin = guide(
  {
    impact: 'clients on the internet lose access for good; DNS name, ARN and addresses are new',
    reads: { loadBalancer, listeners, groups, attributes, tags },
    note: 'The scheme of a load balancer cannot be changed: an internal one takes its place.',
  },
  ({ id, loadBalancer, listeners, groups, attributes, tags }) => {
    const { LoadBalancerName: name, Type, VpcId } = loadBalancer;
    const twin = '<new-load-balancer-arn>';
    const kept = Object.entries(attributes).filter(([, value]) => value !== '');
    return [
      {
        text: `Ask the owner first whether ${name} is meant to be public. If so, exempt it, and protect it: a web ACL, TLS only, access logs.`,
      },
      ...managedBy(tags),
      ...publicParts(loadBalancer),
      {
        text: `Make an internal one next to it, in private subnets of ${VpcId} in at least two zones. Copy the tags${Object.keys(tags).length > 0 ? ` (${Object.keys(tags).join(', ')})` : ''}.`,
        call: concrete('elbv2', 'CreateLoadBalancer', {
          Name: renamed(name, '-int'),
          Type,
          Scheme: 'internal',
          Subnets: ['<private-subnet-1>', '<private-subnet-2>'],
          ...(loadBalancer.SecurityGroups?.length ? { SecurityGroups: loadBalancer.SecurityGroups } : {}),
          IpAddressType: loadBalancer.IpAddressType,
        }),
      },
      ...(kept.length > 0
        ? [
            {
              text: 'Give it the same attributes. Logs need a grant for the new name in the policy of the log bucket.',
              call: concrete('elbv2', 'ModifyLoadBalancerAttributes', {
                LoadBalancerArn: twin,
                Attributes: kept.map(([Key, Value]) => ({ Key, Value })),
              }),
            },
          ]
        : []),
      ...groups.map((group) => ({
        text: `A target group serves one load balancer only: make one like ${group.TargetGroupName}, copy its attributes, and register the same targets. Auto Scaling groups and ECS services must register in both for the time being.`,
        call: targetGroupLike(group, {}, '-int'),
      })),
      ...listeners.map((one) => ({
        text: `Listen as before by ${portOf(one)}. Then add its other certificates and its rules: aws elbv2 describe-listener-certificates and describe-rules, with --listener-arn ${one.ListenerArn}`,
        call: concrete('elbv2', 'CreateListener', {
          ...listenerLike(one, twin),
          DefaultActions: withGroups(one.DefaultActions, placeholderFor),
        }),
      })),
      {
        text: `When every target is healthy, let DNS point to the new name, and watch the traffic of ${loadBalancer.DNSName} fade out. Until then going back is a change of DNS.`,
      },
      ...(attributes['deletion_protection.enabled'] === 'true'
        ? [
            {
              text: 'Deletion protection is on. Switch it off when you are sure.',
              call: concrete('elbv2', 'ModifyLoadBalancerAttributes', {
                LoadBalancerArn: id,
                Attributes: [{ Key: 'deletion_protection.enabled', Value: 'false' }],
              }),
            },
          ]
        : []),
      {
        text: 'Remove the public load balancer last. Its DNS name cannot be had again.',
        call: concrete('elbv2', 'DeleteLoadBalancer', { LoadBalancerArn: id }),
      },
    ];
  },
);

/** What hangs on the old load balancer besides its own settings, by its type. */
function publicParts({ Type, AvailabilityZones }: LoadBalancer): { text: string }[] {
  if (Type === 'application')
    return [
      {
        text: 'Look for what names it by ARN or DNS name: a web ACL, CloudFront origins, Global Accelerator, Route 53 records, ECS and CodeDeploy.',
      },
    ];
  const addresses = (AvailabilityZones ?? []).flatMap(({ LoadBalancerAddresses }) =>
    (LoadBalancerAddresses ?? []).flatMap(({ IpAddress }) => IpAddress ?? []),
  );
  return [
    {
      text: `Look for what names it by ARN, DNS name or address: VPC endpoint services, Global Accelerator, Route 53 records, allow lists of partners${addresses.length > 0 ? ` (${addresses.join(', ')})` : ''}.`,
    },
  ];
}
