import type { PolicyDescription } from '@aws-sdk/client-elastic-load-balancing';
import { derive, detectors, fail, ids, only, pass, read, readPages, resource, skip, tagsFrom } from '../src/control.ts';
import { nextPage } from './elbv2/pages.ts';
import { inOrder } from './in-order.ts';

export const loadBalancer = read(
  'elb',
  'DescribeLoadBalancers',
  ({ id }) => ({ LoadBalancerNames: [id] }),
  (out) => only(out.LoadBalancerDescriptions),
);

export const attributes = read(
  'elb',
  'DescribeLoadBalancerAttributes',
  ({ id }) => ({ LoadBalancerName: id }),
  (out) => out.LoadBalancerAttributes ?? {},
);

/** Where access logs go, or nothing while they are off: a bucket that is named but not used says nothing. */
export const accessLogs = derive({ attributes }, ({ attributes: { AccessLog } }) =>
  AccessLog?.Enabled === true ? { bucket: AccessLog.S3BucketName, prefix: AccessLog.S3BucketPrefix ?? '' } : undefined,
);

/** What is on or off, and how long connections may drain. */
export const switches = derive({ attributes }, ({ attributes }) => ({
  crossZone: attributes.CrossZoneLoadBalancing?.Enabled === true,
  draining: attributes.ConnectionDraining?.Enabled === true,
  drainingTimeout: attributes.ConnectionDraining?.Timeout,
}));

const policies = read(
  'elb',
  'DescribeLoadBalancerPolicies',
  ({ id }) => ({ LoadBalancerName: id }),
  (out) => out.PolicyDescriptions ?? [],
);

/** The policies that a load balancer has, in use or not. */
export const policyNames = derive({ policies }, ({ policies }) =>
  inOrder(policies.flatMap(({ PolicyName }) => PolicyName ?? [])),
);

export const TLS_POLICY_TYPE = 'SSLNegotiationPolicyType';

/** The newest of the predefined policies that classic load balancers know. */
export const MODERN_POLICY = 'ELBSecurityPolicy-TLS-1-2-2017-01';

/** Whether a policy allows TLS 1.2 only. Its name says nothing: the console makes up names of its own. */
function isModern({ PolicyAttributeDescriptions = [] }: PolicyDescription): boolean {
  const value = (name: string) =>
    PolicyAttributeDescriptions.find(({ AttributeName }) => AttributeName === name)?.AttributeValue;
  if (value('Reference-Security-Policy') === MODERN_POLICY) return true;
  const old = ['Protocol-SSLv2', 'Protocol-SSLv3', 'Protocol-TLSv1', 'Protocol-TLSv1.1'];
  return value('Protocol-TLSv1.2') === 'true' && old.every((name) => value(name) !== 'true');
}

/** The listeners that end TLS: their policies for it, whether those are modern, and their other ones (stickiness). */
export const tlsListeners = derive({ loadBalancer, policies }, ({ loadBalancer, policies }) =>
  inOrder(
    (loadBalancer.ListenerDescriptions ?? [])
      .filter(({ Listener }) => isEncrypted(Listener))
      .map(({ Listener, PolicyNames = [] }) => {
        const ofListener = policies.filter(({ PolicyName }) => PolicyNames.includes(PolicyName ?? ''));
        const forTls = ofListener.filter(({ PolicyTypeName }) => PolicyTypeName === TLS_POLICY_TYPE);
        const tls = forTls.flatMap(({ PolicyName }) => PolicyName ?? []);
        return {
          port: Listener?.LoadBalancerPort,
          tls: inOrder(tls),
          modern: forTls.length > 0 && forTls.every(isModern),
          others: inOrder(PolicyNames.filter((name) => !tls.includes(name))),
        };
      }),
    ({ port }) => `${port}`,
  ),
);

/** Front-end protocols under which everything that arrives is encrypted. */
export const isEncrypted = (listener: { Protocol?: string } | undefined): boolean =>
  ['HTTPS', 'SSL'].includes(listener?.Protocol?.toUpperCase() ?? '');

// Load balancers of the newer API share source and names of events, but have ARNs instead of names.
const name = ids('requestParameters.loadBalancerName');
const attributeChanges = {
  'elasticloadbalancing:CreateLoadBalancer': name,
  'elasticloadbalancing:ModifyLoadBalancerAttributes': name,
};
const replacements = {
  'elasticloadbalancing:CreateLoadBalancer': name,
  'elasticloadbalancing:DeleteLoadBalancer': name,
};
const listenerChanges = {
  ...replacements,
  'elasticloadbalancing:CreateLoadBalancerListeners': name,
  'elasticloadbalancing:DeleteLoadBalancerListeners': name,
};

export const classicLoadBalancers = detectors(
  resource('AWS::ElasticLoadBalancing::LoadBalancer', {
    service: 'elb',
    arn: ({ partition, region, account, id }) =>
      `arn:${partition}:elasticloadbalancing:${region}:${account}:loadbalancer/${id}`,
    list: readPages(
      'elb',
      'DescribeLoadBalancers',
      () => ({}),
      (out) => (out.LoadBalancerDescriptions ?? []).flatMap(({ LoadBalancerName }) => LoadBalancerName ?? []),
      nextPage,
    ),
    // The SDK has a name of its own for it.
    gone: ['AccessPointNotFound', 'LoadBalancerNotFound'],
    tags: read(
      'elb',
      'DescribeTags',
      ({ id }) => ({ LoadBalancerNames: [id] }),
      (out) => tagsFrom(out.TagDescriptions?.[0]?.Tags),
    ),
  }),
  {
    129: {
      title: 'Classic Load Balancer writes access logs',
      criticality: 'MEDIUM',
      on: attributeChanges,
      reads: { accessLogs },
      check: ({ accessLogs }) => (accessLogs === undefined ? fail('access logs are off') : pass),
      note: 'The document knows only the accounts that write logs in older regions; newer ones have a service principal. Its bucket command works in us-east-1 only.',
    },
    130: {
      title: 'Classic Load Balancer listens only by HTTPS or SSL',
      criticality: 'HIGH',
      on: listenerChanges,
      reads: { loadBalancer },
      check: ({ loadBalancer }) => {
        const plain = (loadBalancer.ListenerDescriptions ?? []).filter(({ Listener }) => !isEncrypted(Listener));
        const ports = plain.map(({ Listener }) => `${Listener?.Protocol} on port ${Listener?.LoadBalancerPort}`);
        return plain.length === 0 ? pass : fail(`it listens by ${ports.join(', ')}`);
      },
      note: 'What clients speak is judged, not what the instances are reached by. TCP that passes TLS through fails by the text; exempt it. The document deletes listeners without making an encrypted one first.',
    },
    194: {
      title: 'Classic Load Balancer is internal',
      criticality: 'HIGH',
      on: replacements,
      reads: { loadBalancer },
      check: ({ loadBalancer }) =>
        loadBalancer.Scheme === 'internal' ? pass : fail('the load balancer faces the internet'),
      note: 'The scheme is fixed when a load balancer is made. The document makes a second, internal one and leaves the public one as it is, so the finding would stay.',
    },
    195: {
      title: 'Classic Load Balancer negotiates TLS 1.2 only',
      criticality: 'HIGH',
      on: {
        ...listenerChanges,
        'elasticloadbalancing:CreateLoadBalancerPolicy': name,
        'elasticloadbalancing:DeleteLoadBalancerPolicy': name,
        'elasticloadbalancing:SetLoadBalancerPoliciesOfListener': name,
      },
      reads: { tlsListeners },
      check: ({ tlsListeners }) => {
        if (tlsListeners.length === 0) return skip('no listener ends TLS here');
        const old = tlsListeners.filter(({ modern }) => !modern);
        if (old.length === 0) return pass;
        const which = old.map(({ port, tls }) => `port ${port} (${tls.join(', ') || 'no policy'})`);
        return fail(`older versions than TLS 1.2 are allowed on ${which.join(', ')}`);
      },
      note: "AWS gives every HTTPS and SSL listener a policy, so its presence alone says nothing: one passes if it allows TLS 1.2 only, which is the newest that classic load balancers know. The document's command adds a listener and sets no policy.",
    },
    360: {
      title: 'Classic Load Balancer balances across zones',
      criticality: 'MEDIUM',
      on: attributeChanges,
      reads: { switches },
      check: ({ switches }) => (switches.crossZone ? pass : fail('cross-zone load balancing is off')),
    },
    458: {
      title: 'Classic Load Balancer lets connections drain',
      criticality: 'LOW',
      on: attributeChanges,
      reads: { switches },
      check: ({ switches }) => (switches.draining ? pass : fail('connection draining is off')),
    },
  },
);
