import {
  accessLogs,
  CROSS_ZONE,
  certificates,
  DELETION_PROTECTION,
  DROP_INVALID_HEADERS,
  isOfAcm,
  loadBalancerDetectors,
  switches,
} from '../../detectors/elbv2/load-balancers.ts';
import { bucket } from '../../detectors/s3.ts';
import {
  type At,
  byHand,
  call,
  document,
  edit,
  optional,
  type PolicyDocument,
  remediations,
  steps,
} from '../../src/control.ts';
import { difference } from '../difference.ts';
import { isRefusedPrefix, logParameters, whyRefused, withElbDelivery } from '../elb-log-delivery.ts';
import { logPrefix, withLogDelivery } from '../log-delivery.ts';
import { policyDocument } from '../s3.ts';
import { replacements } from './certificates.ts';
import { internalTwin, onlyEncrypted } from './guides.ts';

// Attributes that are not sent keep their value.
const switchesDocument = document(switches, {
  write: call('elbv2', 'ModifyLoadBalancerAttributes', ({ id }, wanted, current) => ({
    LoadBalancerArn: id,
    Attributes: Object.entries(wanted)
      .filter(([key, value]) => current[key] !== value)
      .map(([Key, Value]) => ({ Key, Value })),
  })),
});

const turnOn = (key: string, mode: 'auto' | 'approve', impact: string) =>
  edit(switchesDocument, { mode, impact }, (current) => ({ ...current, [key]: 'true' as const }));

/** A load balancer's name is the third part of its ARN's last field: `loadbalancer/app/name/id`. */
const nameOf = (arn: string): string => arn.split('/')[2] ?? arn;

interface Delivery extends At {
  readonly other: At;
  readonly prefix: string;
}

const writeLogs = (
  impact: string,
  withDelivery: (policy: PolicyDocument | undefined, delivery: Delivery) => PolicyDocument | undefined,
  note: string,
) =>
  steps(
    { mode: 'approve', impact, parameters: logParameters, reads: { accessLogs }, note },
    ({ step, editOf }) => [
      editOf(
        'allow-log-delivery',
        { document: policyDocument, resource: bucket, id: ({ parameters }) => parameters.logBucket },
        (current, context) => {
          const prefix = logPrefix(context.parameters.logFolder, nameOf(context.id));
          return withDelivery(current, { ...context, prefix });
        },
      ),
      step(
        'turn-on-logs',
        call('elbv2', 'ModifyLoadBalancerAttributes', ({ id, parameters }) => ({
          LoadBalancerArn: id,
          Attributes: [
            { Key: 'access_logs.s3.enabled', Value: 'true' },
            { Key: 'access_logs.s3.bucket', Value: parameters.logBucket },
            { Key: 'access_logs.s3.prefix', Value: logPrefix(parameters.logFolder, nameOf(id)) },
          ],
        })),
        {
          repeat: 'safe',
          undo: call('elbv2', 'ModifyLoadBalancerAttributes', ({ id }) => ({
            LoadBalancerArn: id,
            Attributes: [{ Key: 'access_logs.s3.enabled', Value: 'false' }],
          })),
        },
      ),
    ],
    ({ id, parameters }) => {
      const prefix = logPrefix(parameters.logFolder, nameOf(id));
      return isRefusedPrefix(prefix)
        ? byHand(whyRefused(prefix))
        : { accessLogs: { bucket: parameters.logBucket, prefix } };
    },
  );

const certificatesDocument = document(certificates, {
  write: [
    // Only the default certificate is replaced: those chosen by server name have calls of their own.
    call('elbv2', 'ModifyListener', (_, wanted, current) =>
      wanted.flatMap((one, index) =>
        one.default !== current[index]?.default
          ? [{ ListenerArn: one.listener, Certificates: [{ CertificateArn: one.default }] }]
          : [],
      ),
    ),
    call('elbv2', 'AddListenerCertificates', (_, wanted, current) =>
      wanted.flatMap(({ listener, byName }, index) => {
        const { added } = difference(current[index]?.byName ?? [], byName);
        return added.length > 0 ? [{ ListenerArn: listener, Certificates: asCertificates(added) }] : [];
      }),
    ),
    call('elbv2', 'RemoveListenerCertificates', (_, wanted, current) =>
      wanted.flatMap(({ listener, byName }, index) => {
        const { removed } = difference(current[index]?.byName ?? [], byName);
        return removed.length > 0 ? [{ ListenerArn: listener, Certificates: asCertificates(removed) }] : [];
      }),
    ),
  ],
});

const asCertificates = (arns: readonly string[]) => arns.map((CertificateArn) => ({ CertificateArn }));

export const loadBalancerRemediations = remediations(loadBalancerDetectors, {
  128: writeLogs(
    'none for traffic; the log bucket grows and costs',
    withElbDelivery,
    "The permission on the log bucket is part of the fix and is added to what its policy says. Elastic Load Balancing tries to write before it accepts the setting: if it may not, the call is refused and the bucket's policy is put back.",
  ),
  131: onlyEncrypted,
  184: internalTwin,
  245: internalTwin,
  249: writeLogs(
    'none for traffic; the log bucket grows and costs. Without a TLS listener no log is ever written',
    withLogDelivery,
    "Both statements of the delivery service are added to what the log bucket's policy says; the document would replace it.",
  ),
  351: edit(
    certificatesDocument,
    {
      mode: 'approve',
      impact:
        'clients see another certificate from the next connection on; those that pin the old one, or do not trust the new issuer, are refused. The old certificate stays in IAM',
      reads: { replacements },
      parameters: {
        acmCertificateArn: optional(
          'Certificate of ACM to take where several cover the same names, or where it is imported or private; empty means the only one that Amazon issued for them.',
          '',
        ),
      },
      note: 'A certificate is only taken if it is issued and covers every name of the one that it replaces: any other would give visitors an error.',
    },
    (current, { replacements, parameters }) => {
      const chosen = new Map<string, string>();
      for (const { certificate, names, candidates } of replacements) {
        const wanted = candidates.filter(({ arn }) => arn === parameters.acmCertificateArn);
        const [only, ...more] = wanted.length > 0 ? wanted : candidates.filter(({ publicly }) => publicly);
        if (names.length === 0)
          return byHand(`the names of ${certificate} cannot be read in IAM; choose its replacement by hand`);
        if (only === undefined)
          return byHand(
            `no certificate of ACM in this region is issued and covers ${names.join(', ')}; request one, or set acmCertificateArn to an imported or private one that does`,
          );
        if (more.length > 0)
          return byHand(
            `several certificates cover ${names.join(', ')}: ${[only, ...more].map(({ arn }) => arn).join(', ')}; set acmCertificateArn to the right one`,
          );
        chosen.set(certificate, only.arn);
      }
      const replaced = (arn: string) => (isOfAcm(arn) ? arn : (chosen.get(arn) ?? arn));
      return current.map((one) => {
        const first = one.default && replaced(one.default);
        const byName = [...new Set(one.byName.map(replaced))].filter((arn) => arn !== first).sort();
        return { ...one, default: first, byName };
      });
    },
  ),
  354: turnOn(
    DROP_INVALID_HEADERS,
    'approve',
    'requests go on, without headers whose name holds anything but letters, digits and hyphens: an application that reads X_Api_Key or the like no longer sees it',
  ),
  367: turnOn(
    DELETION_PROTECTION,
    'auto',
    'none for traffic; whoever wants to delete the load balancer (CloudFormation and Terraform included) must switch this off first',
  ),
  369: turnOn(
    CROSS_ZONE,
    'approve',
    'traffic spreads over the zones at once, and what crosses zones is billed; targets that admit only addresses of their own zone fail their health checks',
  ),
});
