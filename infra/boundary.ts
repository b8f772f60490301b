import type { ControlSummary } from '../src/control-summary.ts';
import { actionsOf, prefixOf } from './policies.ts';

/** Services of which nothing but the used actions may be done, whatever a policy says. */
const EXACT: readonly string[] = ['account', 'iam', 'organizations', 'sts'];

/** Services that answer in one region of their partition, wherever their resources are used. */
const ONE_REGION: readonly string[] = ['cloudfront', 'globalaccelerator', 'iam', 'route53', 'route53domains'];

/** How the hub's own things are looked at. Everything else that can be done to them is refused. */
const looks = [
  ...['dynamodb', 'events', 'logs'].flatMap((service) => [`${service}:Describe*`, `${service}:List*`]),
  ...['lambda', 'sns', 'sqs'].flatMap((service) => [`${service}:Get*`, `${service}:List*`]),
  'logs:GetDelivery*',
];
/** Verbs by which KMS changes keys and what leads to them. */
const keyChanges = ['Cancel', 'Create', 'Delete', 'Disable', 'Enable', 'Put', 'Retire', 'Revoke', 'Schedule', 'Update'];

/** Verbs by which IAM and Organizations change things. */
const iamChanges = [
  'Add',
  'Attach',
  'Create',
  'Deactivate',
  'Delete',
  'Detach',
  'Pass',
  'Put',
  'Remove',
  'Set',
  'Tag',
  'Untag',
  'Update',
  'Upload',
];
const organizationChanges = [
  ...[
    'Accept',
    'Attach',
    'Cancel',
    'Close',
    'Create',
    'Decline',
    'Delete',
    'Deregister',
    'Detach',
    'Disable',
    'Enable',
  ],
  ...['Invite', 'Leave', 'Move', 'Put', 'Register', 'Remove', 'Tag', 'Untag', 'Update'],
];

/** Which controls a boundary is for. */
export interface BoundaryControls {
  readonly read: readonly ControlSummary[];
  readonly write: readonly ControlSummary[];
}

/** What a boundary protects, and where it ends. */
export interface BoundaryLimits {
  /** ARNs of Redress's roles and policies. */
  readonly own: readonly string[];
  /** ARNs of the hub's queues, table, functions and so on. */
  readonly hub: readonly string[];
  /** The alias of the hub's key. */
  readonly keyAlias: string;
  /** Where regional services may be called. */
  readonly regions: 'all' | readonly string[];
}

/**
 * What the roles of a member account can at most do, even if somebody attaches
 * more to them: the services that controls know, and never anything to
 * Redress's own roles, to the hub, to boundaries, the organization or the
 * account itself.
 */
export function boundary(controls: BoundaryControls, { own, hub, keyAlias, regions }: BoundaryLimits): object {
  const actions = allActions(controls);
  const exact = actions.filter((action) => EXACT.includes(prefixOf(action)));
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'UsedServices',
        Effect: 'Allow',
        Action: [...wholeServices(controls), ...exact],
        Resource: '*',
      },
      {
        ...{ Sid: 'NotRedressItself', Effect: 'Deny' },
        Action: iamChanges.map((verb) => `iam:${verb}*`),
        Resource: own,
      },
      // A bot that may change its own queues, table or key could be led to blind itself.
      { Sid: 'NotTheHub', Effect: 'Deny', NotAction: looks, Resource: hub },
      {
        ...{ Sid: 'NotItsKey', Effect: 'Deny', Resource: '*' },
        Action: keyChanges.map((verb) => `kms:${verb}*`),
        Condition: { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': [keyAlias] } },
      },
      {
        ...{ Sid: 'NoBoundaries', Effect: 'Deny', Resource: '*' },
        Action: ['Role', 'User'].flatMap((kind) =>
          ['Delete', 'Put'].map((verb) => `iam:${verb}${kind}PermissionsBoundary`),
        ),
      },
      {
        ...{ Sid: 'NotTheOrganization', Effect: 'Deny', Resource: '*' },
        Action: ['account:*', ...organizationChanges.map((verb) => `organizations:${verb}*`)],
      },
      {
        ...{ Sid: 'NobodyElse', Effect: 'Deny', Resource: '*' },
        Action: ['sts:Assume*', 'sts:GetFederationToken', 'sts:GetSessionToken'],
      },
      ...(regions === 'all'
        ? []
        : [
            {
              ...{ Sid: 'OnlyTheseRegions', Effect: 'Deny', Resource: '*' },
              NotAction: ONE_REGION.map((service) => `${service}:*`),
              Condition: { StringNotEquals: { 'aws:RequestedRegion': regions } },
            },
          ]),
    ],
  };
}

/** Services that the boundary allows as a whole: `s3:*`. */
export const wholeServices = (controls: BoundaryControls): readonly string[] =>
  [...new Set(allActions(controls).map(prefixOf))]
    .filter((service) => !EXACT.includes(service))
    .map((service) => `${service}:*`);

const allActions = ({ read, write }: BoundaryControls): readonly string[] =>
  [...new Set([...actionsOf(read, 'read'), ...actionsOf(write, 'write')])].sort();
