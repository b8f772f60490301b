import type { ControlSummary } from '../src/control-summary.ts';
import { actionsOf, prefixOf } from './policies.ts';

/** Services of which nothing but the used actions may be done, whatever a policy says. */
const EXACT: readonly string[] = ['account', 'iam', 'organizations', 'sts'];

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

/**
 * What the roles of a member account can at most do, even if somebody attaches
 * more to them: the services that controls know, and never anything to
 * Redress's own roles, to boundaries, the organization or the account itself.
 *
 * @param own ARNs of Redress's roles and policies
 * @param regions where regional services may be called
 * @param global prefixes of services that answer in one region of the partition
 */
export function boundary(
  controls: readonly ControlSummary[],
  own: readonly string[],
  { regions, global }: { readonly regions: 'all' | readonly string[]; readonly global: readonly string[] },
): object {
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
              NotAction: global.map((service) => `${service}:*`),
              Condition: { StringNotEquals: { 'aws:RequestedRegion': regions } },
            },
          ]),
    ],
  };
}

/** Services that the boundary allows as a whole: `s3:*`. */
export const wholeServices = (controls: readonly ControlSummary[]): readonly string[] =>
  [...new Set(allActions(controls).map(prefixOf))]
    .filter((service) => !EXACT.includes(service))
    .map((service) => `${service}:*`);

const allActions = (controls: readonly ControlSummary[]): readonly string[] =>
  [...new Set([...actionsOf(controls, 'read'), ...actionsOf(controls, 'write')])].sort();
