import type { Action, Listener, TargetGroup } from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  forwardedTo,
  listener,
  listenerDetectors,
  owner,
  PLAINTEXT_PORTS,
  rules,
  security,
  staysPlain,
  targetGroups,
} from '../../detectors/elbv2/listeners.ts';
import { nextPage } from '../../detectors/elbv2/pages.ts';
import {
  byHand,
  call,
  concrete,
  document,
  edit,
  guide,
  optional,
  readEach,
  readPages,
  remediations,
  required,
} from '../../src/control.ts';
import { placeholderFor, twinLines, withGroups } from './copies.ts';
import { encryptedListener, TLS_POLICY } from './guides.ts';

// Port and actions are never sent, so they stay. Back on TCP, AWS drops certificate and policy by itself.
const securityDocument = () =>
  document(security, {
    write: call('elbv2', 'ModifyListener', ({ id }, wanted, current) => ({
      ListenerArn: id,
      ...(wanted.protocol !== current.protocol ? { Protocol: wanted.protocol } : {}),
      ...(wanted.sslPolicy && wanted.sslPolicy !== current.sslPolicy ? { SslPolicy: wanted.sslPolicy } : {}),
      ...(wanted.certificate && wanted.certificate !== current.certificate
        ? { Certificates: [{ CertificateArn: wanted.certificate }] }
        : {}),
    })),
  });

// A listener that is to speak TLS has no policy yet that others could want to change: two documents, never one write.
const policyDocument = securityDocument();
const protocolDocument = securityDocument();

const tlsPolicyName = optional(
  'Security policy for listeners that end TLS; it may allow TLS 1.2 and 1.3 only.',
  TLS_POLICY,
);

const modernPolicy = edit(
  policyDocument,
  {
    mode: 'approve',
    impact:
      'new connections only: clients that know nothing newer than TLS 1.1, or only the ciphers that the new policy leaves out, are refused',
    parameters: { tlsPolicyName },
    note: 'Only the security policy is sent: the command of the document would also move the port and replace the default certificate and the whole list of actions.',
  },
  (current, { parameters }) => ({ ...current, sslPolicy: parameters.tlsPolicyName }),
);

/** The listeners next to this one. */
const siblings = readPages(
  'elbv2',
  'DescribeListeners',
  ({ listener }) => ({ LoadBalancerArn: listener.LoadBalancerArn }),
  (out) => out.Listeners ?? [],
  nextPage,
  { needs: { listener } },
);

// The list of actions is replaced whole; conditions, priorities and all other rules stay.
const rulesDocument = document(rules, {
  write: [
    call('elbv2', 'ModifyListener', ({ id }, wanted, current) => {
      const changed = changedRules(wanted, current).find(({ IsDefault }) => IsDefault);
      return changed && { ListenerArn: id, DefaultActions: changed.Actions };
    }),
    call('elbv2', 'ModifyRule', (_, wanted, current) =>
      changedRules(wanted, current)
        .filter(({ IsDefault }) => !IsDefault)
        .map(({ RuleArn, Actions }) => ({ RuleArn, Actions })),
    ),
  ],
});

interface RuleActions {
  readonly RuleArn?: string;
  readonly IsDefault?: boolean;
  readonly Actions?: Action[];
}

const changedRules = <R extends RuleActions>(wanted: readonly R[], current: readonly R[]): R[] =>
  wanted.filter((one) => {
    const before = current.find(({ RuleArn }) => RuleArn === one.RuleArn);
    return JSON.stringify(before?.Actions) !== JSON.stringify(one.Actions);
  });

/** A redirect keeps where it leads to, and goes there by HTTPS. */
const redirected = (actions: readonly Action[] | undefined, port: string): Action[] => {
  const own = actions?.find(({ Type }) => Type === 'redirect')?.RedirectConfig;
  return [
    {
      Type: 'redirect',
      Order: 1,
      RedirectConfig: {
        Host: '#{host}',
        Path: '/#{path}',
        Query: '#{query}',
        StatusCode: 'HTTP_301',
        ...own,
        Protocol: 'HTTPS',
        Port: port,
      },
    },
  ];
};

/** The attributes and targets of the groups that a listener forwards to, in their order. */
const groupAttributes = readEach(
  'elbv2',
  'DescribeTargetGroupAttributes',
  ({ targetGroups }) => targetGroups.map(({ TargetGroupArn }) => ({ TargetGroupArn })),
  (out) => out.Attributes ?? [],
  { needs: { targetGroups } },
);
const groupTargets = readEach(
  'elbv2',
  'DescribeTargetHealth',
  ({ targetGroups }) => targetGroups.map(({ TargetGroupArn }) => ({ TargetGroupArn })),
  (out) => (out.TargetHealthDescriptions ?? []).flatMap(({ Target }) => Target ?? []),
  { needs: { targetGroups } },
);

export const listenerRemediations = remediations(listenerDetectors, {
  185: modernPolicy,
  186: edit(
    rulesDocument,
    {
      mode: 'approve',
      impact:
        'clients of plain HTTP are sent to HTTPS for good (browsers remember): those that do not follow redirects break, a POST becomes a GET, and where a proxy such as CloudFront speaks HTTP to this load balancer it goes round in circles',
      reads: { listener, siblings },
      note: 'A redirect needs something that answers: without an HTTPS listener on the same load balancer nothing is changed. Rules that win over the default action are redirected as well.',
    },
    (current, { listener, siblings }) => {
      const ports = siblings.filter(({ Protocol }) => Protocol === 'HTTPS').map(({ Port }) => Port ?? 443);
      const port = ports.includes(443) ? 443 : Math.min(...ports);
      if (ports.length === 0)
        return byHand(
          `nothing on this load balancer answers by HTTPS, so a redirect from port ${listener.Port} would lead nowhere; add an HTTPS listener with a certificate first`,
        );
      return current.map((one) => (staysPlain(one) ? { ...one, Actions: redirected(one.Actions, `${port}`) } : one));
    },
  ),
  193: edit(
    protocolDocument,
    {
      mode: 'approve',
      impact: 'from that moment every client on this port must speak TLS: all that do not are refused',
      reads: { listener, targetGroups },
      parameters: {
        tlsCertificateArn: required(
          'Certificate (ACM or IAM, same region) that covers the names under which clients reach the listener.',
        ),
        tlsPolicyName,
      },
      note: 'Port and actions stay. A listener behind which the targets seem to do TLS themselves, or whose target group does not fit a TLS listener, is left to a person.',
    },
    (_, { listener, targetGroups, parameters }) => {
      const why = whyNotTls(listener, targetGroups);
      if (why !== undefined) return byHand(why);
      return {
        protocol: 'TLS' as const,
        sslPolicy: parameters.tlsPolicyName,
        certificate: parameters.tlsCertificateArn,
      };
    },
  ),
  202: modernPolicy,
  246: modernPolicy,
  247: guide(
    {
      impact: 'if the targets do not speak TLS on port 443, every new connection fails',
      reads: { listener, targetGroups, groupAttributes, groupTargets },
      note: 'Protocol and port of a target group are fixed: a second group takes its place. The document makes one and leaves it unused.',
    },
    ({ id, listener, targetGroups, groupAttributes, groupTargets }) => {
      const plain = targetGroups.flatMap((group, index) =>
        isTlsGroup(group)
          ? []
          : [{ group, attributes: groupAttributes[index] ?? [], targets: groupTargets[index] ?? [] }],
      );
      const replaced = new Set(plain.map(({ group }) => group.TargetGroupArn));
      return [
        {
          text: `First let every target speak TLS on port 443 (any certificate will do, it is not checked), and let security groups admit the port: ${plain.map(({ group }) => group.TargetGroupName).join(', ')}.`,
        },
        ...plain.flatMap(({ group, attributes, targets }) => twinLines(group, attributes, targets, 'TLS')),
        {
          text: 'When all targets of the new groups are healthy, send the traffic there. Nothing else of the action changes.',
          call: concrete('elbv2', 'ModifyListener', {
            ListenerArn: id,
            DefaultActions: withGroups(listener.DefaultActions, (arn) =>
              replaced.has(arn) ? placeholderFor(arn) : arn,
            ),
          }),
        },
        {
          text: 'To go back, send the old actions.',
          call: concrete('elbv2', 'ModifyListener', { ListenerArn: id, DefaultActions: listener.DefaultActions }),
        },
        {
          text: `Let Auto Scaling groups and ECS services register in the new groups only, and delete the old ones when connections have drained: ${forwardedTo(
            listener.DefaultActions,
          )
            .filter((arn) => replaced.has(arn))
            .join(', ')}.`,
        },
      ];
    },
  ),
  248: guide(
    {
      impact: 'clients of the old port are cut off when its listener goes',
      reads: { listener, owner, siblings },
      note: 'The command of the document changes protocol and port in one call, and refuses every client of the old port from that second. The runbook listens on both for a while.',
    },
    ({ listener, owner, siblings }) => [
      {
        text: `${owner.LoadBalancerName} passes ${listener.Protocol} on port ${listener.Port} through. Find out who connects there (VPC flow logs) and whether they can speak TLS.`,
      },
      ...(PLAINTEXT_PORTS.includes(listener.Port ?? 0) && listener.Port === 80
        ? [{ text: 'If all that it does is to lead browsers to HTTPS, an Application Load Balancer does that better.' }]
        : []),
      ...encryptedListener(listener, owner.Type, siblings),
      {
        text: 'To go back, make the listener again with the same protocol, port and actions.',
        call: concrete('elbv2', 'CreateListener', {
          LoadBalancerArn: listener.LoadBalancerArn,
          Protocol: listener.Protocol,
          Port: listener.Port,
          DefaultActions: listener.DefaultActions,
        }),
      },
    ],
  ),
  338: modernPolicy,
});

const isTlsGroup = ({ Protocol, Port }: TargetGroup): boolean => Protocol === 'TLS' && Port === 443;

/** Ports on which targets of a TCP listener most likely end TLS themselves. */
const TLS_PORTS = [443, 465, 636, 853, 989, 990, 993, 995, 8443, 9443];

/** Why a listener must not simply be made one that speaks TLS. */
function whyNotTls({ Protocol, Port }: Listener, groups: readonly TargetGroup[]): string | undefined {
  if (Protocol !== 'TCP') return `${Protocol} has no counterpart with TLS on a load balancer; see control 131`;
  const ends = groups.find((one) => TLS_PORTS.includes(one.Port ?? 0) || one.HealthCheckProtocol === 'HTTPS');
  if (TLS_PORTS.includes(Port ?? 0) || ends !== undefined)
    return `port ${Port} looks as if the targets do TLS themselves: ending it at the load balancer would send them plain bytes and break client certificates. If so, exempt the listener; if not, change it by hand`;
  const unfit = groups.find((one) => one.Protocol !== 'TCP' || one.TargetType === 'alb');
  if (unfit !== undefined)
    return `target group ${unfit.TargetGroupName} (${unfit.Protocol}, ${unfit.TargetType}) does not fit a TLS listener; replace it first`;
  return undefined;
}
