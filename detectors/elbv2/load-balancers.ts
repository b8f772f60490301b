import type { LoadBalancer, LoadBalancerTypeEnum } from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  derive,
  detector,
  detectors,
  fail,
  ids,
  idsAs,
  only,
  pass,
  read,
  readEach,
  readPages,
  resource,
  skip,
  type Verdict,
} from '../../src/control.ts';
import { inOrder } from '../in-order.ts';
import { nextPage } from './pages.ts';
import { tags } from './tags.ts';

export const loadBalancerArns = readPages(
  'elbv2',
  'DescribeLoadBalancers',
  () => ({}),
  (out) => (out.LoadBalancers ?? []).flatMap(({ LoadBalancerArn }) => LoadBalancerArn ?? []),
  nextPage,
);

/** Application, network and gateway load balancers. Classic ones are another API's. Their id is their ARN. */
export const loadBalancers = resource('AWS::ElasticLoadBalancingV2::LoadBalancer', {
  service: 'elbv2',
  arn: ({ id }) => id,
  list: loadBalancerArns,
  // The last is how WAF says it.
  gone: ['LoadBalancerNotFound', 'WAFNonexistentItem'],
  tags,
});

export const loadBalancer = read(
  'elbv2',
  'DescribeLoadBalancers',
  ({ id }) => ({ LoadBalancerArns: [id] }),
  (out) => only(out.LoadBalancers),
);

/** The listeners of a load balancer. */
export const listeners = readPages(
  'elbv2',
  'DescribeListeners',
  ({ id }) => ({ LoadBalancerArn: id }),
  (out) => out.Listeners ?? [],
  nextPage,
);

export const attributes = read(
  'elbv2',
  'DescribeLoadBalancerAttributes',
  ({ id }) => ({ LoadBalancerArn: id }),
  (out): Readonly<Record<string, string>> =>
    Object.fromEntries((out.Attributes ?? []).flatMap(({ Key, Value }) => (Key ? [[Key, Value ?? '']] : []))),
);

/** Where access logs go, or nothing while they are off: a bucket that is named but not used says nothing. */
export const accessLogs = derive({ attributes }, ({ attributes }) =>
  attributes['access_logs.s3.enabled'] === 'true' && attributes['access_logs.s3.bucket']
    ? { bucket: attributes['access_logs.s3.bucket'], prefix: attributes['access_logs.s3.prefix'] ?? '' }
    : undefined,
);

export const DELETION_PROTECTION = 'deletion_protection.enabled';
export const CROSS_ZONE = 'load_balancing.cross_zone.enabled';
export const DROP_INVALID_HEADERS = 'routing.http.drop_invalid_header_fields.enabled';

/** The attributes that are on or off and that controls set. One that is not named is off. */
export const switches = derive({ attributes }, ({ attributes }): Readonly<Record<string, 'true' | 'false'>> => {
  const state = (key: string) => (attributes[key] === 'true' ? 'true' : 'false');
  return Object.fromEntries([DELETION_PROTECTION, CROSS_ZONE, DROP_INVALID_HEADERS].map((key) => [key, state(key)]));
});

/** Protocols under which everything that arrives is encrypted. */
const ENCRYPTED: readonly string[] = ['HTTPS', 'TLS'];
export const isEncrypted = ({ Protocol }: { Protocol?: string }): boolean => ENCRYPTED.includes(Protocol ?? '');

// No listener has more certificates than fit on one page of this size.
const certificateLists = readEach(
  'elbv2',
  'DescribeListenerCertificates',
  ({ listeners }) => listeners.filter(isEncrypted).map(({ ListenerArn }) => ({ ListenerArn, PageSize: 400 })),
  (out) => (out.Certificates ?? []).flatMap(({ CertificateArn }) => CertificateArn ?? []),
  { needs: { listeners } },
);

/** The certificates of every listener that ends TLS: the default one, and those chosen by server name. */
export const certificates = derive({ listeners, certificateLists }, ({ listeners, certificateLists }) =>
  inOrder(
    listeners.filter(isEncrypted).map(({ ListenerArn, Certificates }, index) => {
      const [first] = Certificates ?? [];
      const byName = (certificateLists[index] ?? []).filter((arn) => arn !== first?.CertificateArn);
      return { listener: ListenerArn, default: first?.CertificateArn, byName: inOrder([...new Set(byName)]) };
    }),
    ({ listener }) => listener ?? '',
  ),
);

/** Those of them that are not from ACM. */
export const foreignCertificates = derive({ certificates }, ({ certificates }) => {
  const all = certificates.flatMap((one) => [...(one.default ? [one.default] : []), ...one.byName]);
  return inOrder([...new Set(all.filter((arn) => !isOfAcm(arn)))]);
});

/** An ARN of ACM, in any partition. */
export const isOfAcm = (arn: string): boolean => /^arn:[^:]+:acm:/.test(arn);

// A classic load balancer has no ARN: these paths hold nothing in its events of the same name.
const created = ids('responseElements.loadBalancers[].loadBalancerArn');
const named = ids('requestParameters.loadBalancerArn');
const attributeChanges = {
  'elasticloadbalancing:CreateLoadBalancer': created,
  'elasticloadbalancing:ModifyLoadBalancerAttributes': named,
};
export const replacements = {
  'elasticloadbalancing:CreateLoadBalancer': created,
  'elasticloadbalancing:DeleteLoadBalancer': named,
};

/** The load balancer's ARN is in that of its listener, with the listener's own id behind it. */
const ofListener = idsAs(
  (arn) => arn.replace(':listener/', ':loadbalancer/').replace(/\/[^/]+$/, ''),
  'requestParameters.listenerArn',
);
const listenerChanges = {
  'elasticloadbalancing:CreateListener': named,
  'elasticloadbalancing:ModifyListener': ofListener,
  'elasticloadbalancing:DeleteListener': ofListener,
  'elasticloadbalancing:DeleteLoadBalancer': named,
};

/** Why a control does not apply to a load balancer, if it is made for other types. */
export function notFor(one: LoadBalancer, ...types: LoadBalancerTypeEnum[]): Verdict | undefined {
  if (one.State?.Code === 'failed') return skip('the load balancer could not be set up');
  if (one.Type !== undefined && types.includes(one.Type)) return undefined;
  return skip(`this is ${one.Type === 'application' ? 'an application' : `a ${one.Type}`} load balancer`);
}

/** AWS makes a load balancer internet-facing unless it is told otherwise. */
export const isInternetFacing = ({ Scheme }: LoadBalancer): boolean => Scheme !== 'internal';

const writesLogs = (type: 'application' | 'network', name: string, note: string) =>
  detector({
    title: `${name} Load Balancer writes access logs`,
    criticality: 'MEDIUM',
    on: attributeChanges,
    reads: { loadBalancer, accessLogs },
    check: ({ loadBalancer, accessLogs }) =>
      notFor(loadBalancer, type) ?? (accessLogs === undefined ? fail('access logs are off') : pass),
    note,
  });

const isInternal = (type: 'application' | 'network', name: string, criticality: 'HIGH' | 'MEDIUM') =>
  detector({
    title: `${name} Load Balancer is internal`,
    criticality,
    on: replacements,
    reads: { loadBalancer },
    check: ({ loadBalancer }) =>
      notFor(loadBalancer, type) ??
      (isInternetFacing(loadBalancer) ? fail('the load balancer faces the internet') : pass),
    note: 'The scheme is fixed when a load balancer is made. The document makes a second, internal one and leaves the public one as it is, so the finding would stay. Load balancers that are meant to be public belong into an exemption.',
  });

const isOn = (
  key: string,
  types: LoadBalancerTypeEnum[],
  spec: { title: string; criticality: 'HIGH' | 'MEDIUM'; off: string; note?: string },
) =>
  detector({
    title: spec.title,
    criticality: spec.criticality,
    on: attributeChanges,
    reads: { loadBalancer, switches },
    check: ({ loadBalancer, switches }) =>
      notFor(loadBalancer, ...types) ?? (switches[key] === 'true' ? pass : fail(spec.off)),
    note: spec.note,
  });

export const loadBalancerDetectors = detectors(loadBalancers, {
  128: writesLogs(
    'application',
    'Application',
    "The document says ELBv2 and means Application Load Balancers; 249 judges Network ones. Its bucket command works in us-east-1 only, and its policy command replaces whatever the log bucket's policy says.",
  ),
  131: {
    title: 'Application or Network Load Balancer listens only by HTTPS or TLS',
    criticality: 'HIGH',
    on: listenerChanges,
    reads: { loadBalancer, listeners },
    check: ({ loadBalancer, listeners }) => {
      const other = notFor(loadBalancer, 'application', 'network');
      if (other !== undefined) return other;
      const plain = listeners.filter((one) => !isEncrypted(one));
      return plain.length === 0
        ? pass
        : fail(`it listens by ${plain.map(({ Protocol, Port }) => `${Protocol} on port ${Port}`).join(', ')}`);
    },
    note: 'Taken by the letter: a listener that only redirects to HTTPS fails as well, although it is what 186 asks for; exempt it. UDP can never comply, and QUIC is encrypted but not on the list. The document deletes listeners without making an encrypted one first.',
  },
  184: isInternal('application', 'Application', 'HIGH'),
  245: isInternal('network', 'Network', 'MEDIUM'),
  249: writesLogs(
    'network',
    'Network',
    'The document links the permissions of Application Load Balancers; logs of Network ones come from another principal (delivery.logs.amazonaws.com). AWS writes them for TLS listeners only: where there are none, VPC flow logs are what you want.',
  ),
  351: {
    title: 'HTTPS and TLS listeners use certificates from ACM',
    criticality: 'HIGH',
    on: {
      ...listenerChanges,
      'elasticloadbalancing:AddListenerCertificates': ofListener,
      'elasticloadbalancing:RemoveListenerCertificates': ofListener,
    },
    reads: { loadBalancer, listeners, foreignCertificates },
    check: ({ loadBalancer, listeners, foreignCertificates }) => {
      const other = notFor(loadBalancer, 'application', 'network');
      if (other !== undefined) return other;
      if (!listeners.some(isEncrypted)) return skip('no listener ends TLS here');
      if (foreignCertificates.length === 0) return pass;
      return fail(`these certificates are not from ACM: ${foreignCertificates.join(', ')}`);
    },
    note: 'Application and Network Load Balancers are judged, as the command of the document does; a certificate that was imported into ACM passes. Only listeners that end TLS count: the document would have one added to every load balancer.',
  },
  354: isOn(DROP_INVALID_HEADERS, ['application'], {
    title: 'Application Load Balancer drops invalid HTTP header fields',
    criticality: 'HIGH',
    off: 'header fields with invalid names reach the targets',
    note: 'The title of the document reads as if all headers were dropped. Only those are whose name holds other characters than letters, digits and hyphens, an underscore for example.',
  }),
  367: isOn(DELETION_PROTECTION, ['application', 'network', 'gateway'], {
    title: 'Load balancer is protected against deletion',
    criticality: 'MEDIUM',
    off: 'deletion protection is off',
  }),
  369: isOn(CROSS_ZONE, ['network', 'gateway'], {
    title: 'Network or Gateway Load Balancer balances across zones',
    criticality: 'MEDIUM',
    off: 'cross-zone load balancing is off',
    note: 'Judged by the load balancer itself. A target group may override it, and keeps its override.',
  }),
});
