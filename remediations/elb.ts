import {
  accessLogs,
  classicLoadBalancers,
  MODERN_POLICY,
  policyNames,
  switches,
  TLS_POLICY_TYPE,
  tlsListeners,
} from '../detectors/elb.ts';
import { inOrder } from '../detectors/in-order.ts';
import { bucket } from '../detectors/s3.ts';
import { byHand, call, document, edit, optional, remediations, steps } from '../src/control.ts';
import { internalTwin, onlyEncrypted } from './elb/guides.ts';
import { isRefusedPrefix, logParameters, whyRefused, withElbDelivery } from './elb-log-delivery.ts';
import { logPrefix } from './log-delivery.ts';
import { policyDocument } from './s3.ts';

// A block that is not sent stays as it is.
const switchesDocument = document(switches, {
  write: call('elb', 'ModifyLoadBalancerAttributes', ({ id }, wanted, current) => ({
    LoadBalancerName: id,
    LoadBalancerAttributes: {
      ...(wanted.crossZone !== current.crossZone ? { CrossZoneLoadBalancing: { Enabled: wanted.crossZone } } : {}),
      ...(wanted.draining !== current.draining
        ? {
            ConnectionDraining: {
              Enabled: wanted.draining,
              ...(wanted.draining ? { Timeout: wanted.drainingTimeout } : {}),
            },
          }
        : {}),
    },
  })),
});

/** The policy that Redress makes on a load balancer, named after the predefined one that it refers to. */
const ownPolicy = (reference: string): string => `Redress-${reference}`;

export const classicLoadBalancerRemediations = remediations(classicLoadBalancers, {
  129: steps(
    {
      mode: 'approve',
      impact: 'none for traffic; the log bucket grows and costs',
      parameters: logParameters,
      reads: { accessLogs },
      note: "The permission on the log bucket is part of the fix and is added to what its policy says. Elastic Load Balancing tries to write before it accepts the setting: if it may not, the call is refused and the bucket's policy is put back.",
    },
    ({ step, editOf }) => [
      editOf(
        'allow-log-delivery',
        { document: policyDocument, resource: bucket, id: ({ parameters }) => parameters.logBucket },
        (current, context) => {
          const prefix = logPrefix(context.parameters.logFolder, context.id);
          return withElbDelivery(current, { ...context, prefix });
        },
      ),
      step(
        'turn-on-logs',
        call('elb', 'ModifyLoadBalancerAttributes', ({ id, parameters }) => ({
          LoadBalancerName: id,
          LoadBalancerAttributes: {
            AccessLog: {
              Enabled: true,
              S3BucketName: parameters.logBucket,
              S3BucketPrefix: logPrefix(parameters.logFolder, id),
              EmitInterval: 60,
            },
          },
        })),
        {
          repeat: 'safe',
          undo: call('elb', 'ModifyLoadBalancerAttributes', ({ id }) => ({
            LoadBalancerName: id,
            LoadBalancerAttributes: { AccessLog: { Enabled: false } },
          })),
        },
      ),
    ],
    ({ id, parameters }) => {
      const prefix = logPrefix(parameters.logFolder, id);
      return isRefusedPrefix(prefix)
        ? byHand(whyRefused(prefix))
        : { accessLogs: { bucket: parameters.logBucket, prefix } };
    },
  ),

  130: onlyEncrypted,

  194: internalTwin,

  195: steps(
    {
      mode: 'approve',
      impact: 'new connections only: clients that know nothing newer than TLS 1.1 are refused',
      reads: { tlsListeners, policyNames },
      parameters: {
        classicTlsPolicyName: optional(
          'Predefined security policy of Classic Load Balancers; it may allow TLS 1.2 only.',
          MODERN_POLICY,
        ),
      },
      note: 'The call replaces the whole list of policies of a port: those for stickiness are sent again.',
    },
    ({ step }) => [
      step(
        'make-policy',
        call(
          'elb',
          'CreateLoadBalancerPolicy',
          ({ id, policyNames, parameters }) => {
            const PolicyName = ownPolicy(parameters.classicTlsPolicyName);
            if (policyNames.includes(PolicyName)) return undefined;
            return {
              LoadBalancerName: id,
              PolicyName,
              PolicyTypeName: TLS_POLICY_TYPE,
              PolicyAttributes: [
                { AttributeName: 'Reference-Security-Policy', AttributeValue: parameters.classicTlsPolicyName },
              ],
            };
          },
          { already: ['DuplicatePolicyName'] },
        ),
        {
          repeat: 'safe',
          undo: call('elb', 'DeleteLoadBalancerPolicy', ({ id, policyNames, parameters }) => {
            const PolicyName = ownPolicy(parameters.classicTlsPolicyName);
            return policyNames.includes(PolicyName) ? undefined : { LoadBalancerName: id, PolicyName };
          }),
        },
      ),
      step(
        'set-policies',
        call('elb', 'SetLoadBalancerPoliciesOfListener', ({ id, tlsListeners, parameters }) =>
          tlsListeners
            .filter(({ modern }) => !modern)
            .map(({ port, others }) => ({
              LoadBalancerName: id,
              LoadBalancerPort: port,
              PolicyNames: [...others, ownPolicy(parameters.classicTlsPolicyName)],
            })),
        ),
        {
          repeat: 'safe',
          undo: call('elb', 'SetLoadBalancerPoliciesOfListener', ({ id, tlsListeners }) =>
            tlsListeners
              .filter(({ modern }) => !modern)
              .map(({ port, others, tls }) => ({
                LoadBalancerName: id,
                LoadBalancerPort: port,
                PolicyNames: [...others, ...tls],
              })),
          ),
        },
      ),
    ],
    ({ tlsListeners, policyNames, parameters }) => {
      const own = ownPolicy(parameters.classicTlsPolicyName);
      return {
        tlsListeners: tlsListeners.map((one) => (one.modern ? one : { ...one, tls: [own], modern: true })),
        policyNames: inOrder([...new Set([...policyNames, own])]),
      };
    },
  ),

  360: edit(
    switchesDocument,
    { mode: 'auto', impact: 'traffic spreads evenly over the zones at once; crossing zones costs nothing here' },
    (current) => ({ ...current, crossZone: true }),
  ),

  458: edit(
    switchesDocument,
    { mode: 'auto', impact: 'none: instances that leave are waited for, up to the timeout' },
    (current) => ({ ...current, draining: true, drainingTimeout: current.drainingTimeout ?? 300 }),
  ),
});
