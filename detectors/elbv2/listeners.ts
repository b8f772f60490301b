import type { Action, Listener, Rule } from '@aws-sdk/client-elastic-load-balancing-v2';
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
} from '../../src/control.ts';
import { inOrder } from '../in-order.ts';
import { loadBalancerArns, notFor } from './load-balancers.ts';
import { nextPage } from './pages.ts';
import { tags } from './tags.ts';

export const listener = read(
  'elbv2',
  'DescribeListeners',
  ({ id }) => ({ ListenerArns: [id] }),
  (out) => only(out.Listeners),
);

/** The load balancer that a listener belongs to. */
export const owner = read(
  'elbv2',
  'DescribeLoadBalancers',
  ({ listener }) => ({ LoadBalancerArns: listener.LoadBalancerArn ? [listener.LoadBalancerArn] : [] }),
  (out) => only(out.LoadBalancers),
  { needs: { listener } },
);

/** What a listener's own security consists of: protocol, policy, default certificate. */
export const security = derive({ listener }, ({ listener }) => ({
  protocol: listener.Protocol,
  sslPolicy: listener.SslPolicy,
  certificate: listener.Certificates?.[0]?.CertificateArn,
}));

/** The TLS versions that the listener's policy allows, asked from AWS: names of policies do not tell. */
const tlsVersions = readEach(
  'elbv2',
  'DescribeSSLPolicies',
  ({ listener }) => (listener.SslPolicy ? [{ Names: [listener.SslPolicy] }] : []),
  (out) => out.SslPolicies?.[0]?.SslProtocols,
  { needs: { listener }, absent: ['SSLPolicyNotFound'] },
);

const rulePages = readPages(
  'elbv2',
  'DescribeRules',
  ({ id }) => ({ ListenerArn: id }),
  (out) => out.Rules ?? [],
  nextPage,
);

/** The rules of a listener, its default action among them. */
export const rules = derive({ rulePages }, ({ rulePages }) => inOrder(rulePages, ({ RuleArn }) => RuleArn ?? ''));

/** The target groups that actions forward to, plain and weighted, each once. */
export function forwardedTo(actions: readonly Action[] | undefined): string[] {
  const all = (actions ?? []).flatMap(({ TargetGroupArn, ForwardConfig }) => [
    TargetGroupArn,
    ...(ForwardConfig?.TargetGroups ?? []).map((one) => one.TargetGroupArn),
  ]);
  return [...new Set(all.flatMap((arn) => arn ?? []))];
}

/** The target groups of the listener's default action. */
export const targetGroups = readPages(
  'elbv2',
  'DescribeTargetGroups',
  ({ listener }) => {
    const arns = forwardedTo(listener.DefaultActions);
    return arns.length === 0 ? [] : [{ TargetGroupArns: arns }];
  },
  (out) => out.TargetGroups ?? [],
  nextPage,
  { needs: { listener } },
);

/** Challenges of certificate authorities arrive by plain HTTP and carry no secret. */
export const isAcmeChallenge = ({ Conditions }: Rule): boolean =>
  (Conditions ?? []).some(({ Field, Values, PathPatternConfig }) => {
    const paths = PathPatternConfig?.Values ?? Values ?? [];
    const isAcme = (path: string) => path.startsWith('/.well-known/acme-challenge/');
    return Field === 'path-pattern' && paths.length > 0 && paths.every(isAcme);
  });

/** `#{protocol}`, and a redirect without a protocol, stay with HTTP on an HTTP listener. */
const leadsToHttps = (actions: readonly Action[] | undefined): boolean =>
  (actions ?? []).some(({ Type, RedirectConfig }) => Type === 'redirect' && RedirectConfig?.Protocol === 'HTTPS');

/** Whether a rule of an HTTP listener answers by plain HTTP with more than a fixed response. */
export const staysPlain = (rule: Rule): boolean =>
  rule.IsDefault
    ? !leadsToHttps(rule.Actions)
    : !leadsToHttps(rule.Actions) &&
      !(rule.Actions ?? []).some(({ Type }) => Type === 'fixed-response') &&
      !isAcmeChallenge(rule);

/** Ports on which well-known protocols run without encryption: FTP, Telnet, SMTP, HTTP, POP3, IMAP, LDAP. */
export const PLAINTEXT_PORTS = [20, 21, 23, 25, 80, 110, 143, 389, 8080];

const listenerArn = ids('requestParameters.listenerArn');
const changes = {
  'elasticloadbalancing:CreateListener': ids('responseElements.listeners[].listenerArn'),
  'elasticloadbalancing:ModifyListener': listenerArn,
  'elasticloadbalancing:DeleteListener': listenerArn,
};
/** The listener's ARN is in that of its rule. */
const ofRule = idsAs(
  (arn) => arn.replace(':listener-rule/', ':listener/').replace(/\/[^/]+$/, ''),
  'requestParameters.ruleArn',
);

const encryptedBy = (one: Listener, protocol: string) =>
  one.Protocol === protocol ? undefined : skip(`the listener speaks ${one.Protocol}`);

/** Nothing older than TLS 1.2 may be negotiated. */
function modern({ SslPolicy }: Listener, [versions]: readonly (readonly string[] | undefined)[]) {
  if (!SslPolicy) return fail('the listener has no security policy');
  if (versions === undefined) return fail(`AWS does not know the security policy ${SslPolicy}`);
  const old = versions.filter((one) => one !== 'TLSv1.2' && one !== 'TLSv1.3');
  return old.length === 0 ? pass : fail(`the security policy ${SslPolicy} allows ${old.join(' and ')}`);
}

const modernPolicy = (
  type: 'application' | 'network',
  protocol: 'HTTPS' | 'TLS',
  spec: { title: string; note: string },
) =>
  detector({
    title: spec.title,
    criticality: 'MEDIUM',
    on: changes,
    reads: { listener, owner, tlsVersions },
    check: ({ listener, owner, tlsVersions }) =>
      notFor(owner, type) ?? encryptedBy(listener, protocol) ?? modern(listener, tlsVersions),
    note: spec.note,
  });

export const listenerDetectors = detectors(
  resource('AWS::ElasticLoadBalancingV2::Listener', {
    service: 'elbv2',
    arn: ({ id }) => id,
    list: readPages(
      'elbv2',
      'DescribeListeners',
      ({ loadBalancerArns }) => loadBalancerArns.map((LoadBalancerArn) => ({ LoadBalancerArn })),
      (out) => (out.Listeners ?? []).flatMap(({ ListenerArn }) => ListenerArn ?? []),
      nextPage,
      { needs: { loadBalancerArns }, absent: ['LoadBalancerNotFound'] },
    ),
    gone: ['ListenerNotFound', 'LoadBalancerNotFound'],
    tags,
  }),
  {
    185: modernPolicy('application', 'HTTPS', {
      title: 'HTTPS listener of an Application Load Balancer has a modern security policy',
      note: 'AWS gives every HTTPS listener a policy, so its presence alone says nothing: one passes if it allows TLS 1.2 and 1.3 only. The command of the document replaces port, certificate and actions too.',
    }),
    186: {
      title: 'HTTP listener of an Application Load Balancer redirects to HTTPS',
      criticality: 'HIGH',
      on: {
        ...changes,
        'elasticloadbalancing:CreateRule': listenerArn,
        'elasticloadbalancing:ModifyRule': ofRule,
        'elasticloadbalancing:DeleteRule': ofRule,
      },
      reads: { listener, owner, rules },
      check: ({ listener, owner, rules }) => {
        const other = notFor(owner, 'application') ?? encryptedBy(listener, 'HTTP');
        if (other !== undefined) return other;
        const plain = rules.filter(staysPlain);
        if (plain.length === 0) return pass;
        const names = plain.map(({ IsDefault, Priority }) => (IsDefault ? 'the default action' : `rule ${Priority}`));
        return fail(`${names.join(', ')} of port ${listener.Port} does not redirect to HTTPS`);
      },
      note: 'The document looks at the default action only. A rule wins over it, so rules count too, but for fixed responses and the challenges of certificate authorities. It also never asks whether anything answers by HTTPS.',
    },
    193: {
      title: 'Listener of a Network Load Balancer speaks TLS',
      criticality: 'MEDIUM',
      on: changes,
      reads: { listener, owner },
      check: ({ listener, owner }) => {
        const other = notFor(owner, 'network');
        if (other !== undefined) return other;
        // QUIC has no unencrypted form.
        if (listener.Protocol === 'TLS' || listener.Protocol === 'QUIC') return pass;
        return fail(`the listener on port ${listener.Port} speaks ${listener.Protocol}`);
      },
      note: 'TCP fails even where the targets do TLS themselves behind it, as the text has it; such a listener is never changed, because its targets would get plain bytes. The command of the document moves the listener to port 443 as well.',
    },
    202: modernPolicy('network', 'TLS', {
      title: 'TLS listener of a Network Load Balancer has a modern security policy',
      note: 'Three of the four policies that the document offers allow TLS 1.0 or 1.1, and newer ones would fail by its list: a policy passes if it allows TLS 1.2 and 1.3 only.',
    }),
    246: {
      title: 'TLS listener of a Network Load Balancer has a security policy',
      criticality: 'MEDIUM',
      on: changes,
      reads: { listener, owner },
      check: ({ listener, owner }) =>
        notFor(owner, 'network') ??
        encryptedBy(listener, 'TLS') ??
        (listener.SslPolicy ? pass : fail('the listener has no security policy')),
      note: 'AWS gives every TLS listener a policy, so this hardly ever fails; 202 and 338 judge which one. The document converts listeners that do not speak TLS instead, which is 193.',
    },
    247: {
      title: 'TLS listener of a Network Load Balancer forwards to TLS on port 443',
      criticality: 'MEDIUM',
      on: changes,
      reads: { listener, owner, targetGroups },
      check: ({ listener, owner, targetGroups }) => {
        const other = notFor(owner, 'network') ?? encryptedBy(listener, 'TLS');
        if (other !== undefined) return other;
        const plain = targetGroups.filter(({ Protocol, Port }) => Protocol !== 'TLS' || Port !== 443);
        if (plain.length === 0) return pass;
        const names = plain.map((one) => `${one.TargetGroupName} (${one.Protocol} on port ${one.Port})`);
        return fail(`it forwards to ${names.join(', ')}`);
      },
      note: 'The title asks for TLS, the evaluation for port 443 too: both count. Targets may be registered with ports of their own, which a target group does not show. Its command makes an empty group that nothing uses.',
    },
    248: {
      title: 'Network Load Balancer passes nothing through on plaintext ports',
      criticality: 'MEDIUM',
      on: changes,
      reads: { listener, owner },
      check: ({ listener, owner }) => {
        const other = notFor(owner, 'network');
        if (other !== undefined) return other;
        const passesOn = ['TCP', 'UDP', 'TCP_UDP'].includes(listener.Protocol ?? '');
        return passesOn && PLAINTEXT_PORTS.includes(listener.Port ?? 0)
          ? fail(`${listener.Protocol} on port ${listener.Port} is passed through without encryption`)
          : pass;
      },
      note: `The document says neither which ports nor what pass-through is: TCP or UDP on a port of a well-known plaintext protocol fails (${PLAINTEXT_PORTS.join(', ')}). TCP on 443 is end-to-end TLS and passes.`,
    },
    338: {
      title: 'Load balancer negotiates TLS 1.2 or newer only',
      criticality: 'HIGH',
      on: changes,
      reads: { listener, owner, tlsVersions },
      check: ({ listener, owner, tlsVersions }) => {
        const other = notFor(owner, 'application', 'network');
        if (other !== undefined) return other;
        if (listener.Protocol !== 'HTTPS' && listener.Protocol !== 'TLS')
          return skip(`the listener speaks ${listener.Protocol}`);
        return modern(listener, tlsVersions);
      },
      note: 'Judged on Application and Network Load Balancers, by what AWS says that a policy allows: some with TLS13 in their name allow TLS 1.0. The option of the command is --listener-arn.',
    },
  },
);
