import { permissionsFor } from '../src/aws/permissions.ts';
import { PASSED_TO } from '../src/aws/permissions-table.ts';
import type { ControlSummary, OperationName } from '../src/control-summary.ts';
import { extraReadOperations } from '../src/sweep/permissions.ts';

/** One statement of an IAM policy. What it allows, it allows on every resource of the account that the role is in. */
export interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: '*';
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export interface PolicyDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly Statement[];
}

/** What IAM takes, in characters without white space ("IAM and AWS STS quotas", none of them can be raised). */
export const MANAGED_POLICY_CHARACTERS = 6144;
/** Managed policies on a role: 10, or 20 if asked for. We stay within what every account has. */
export const MANAGED_POLICIES_PER_ROLE = 10;

const PASS_ROLE = 'iam:PassRole';
const LINKED_ROLE = 'iam:CreateServiceLinkedRole';
const CREATE_GRANT = 'kms:CreateGrant';

/** Whose service-linked roles an operation may make, as in `iam:AWSServiceName`. */
export const LINKED_ROLES: Readonly<Record<string, readonly string[]>> = {
  'application-autoscaling.RegisterScalableTarget': ['dynamodb.application-autoscaling.amazonaws.com'],
  'cloudtrail.UpdateTrail': ['cloudtrail.amazonaws.com'],
  'guardduty.CreateDetector': ['guardduty.amazonaws.com', 'malware-protection.guardduty.amazonaws.com'],
};

/** The actions of one of the two roles, sorted: what the controls need, and no others. */
export function actionsOf(controls: readonly ControlSummary[], kind: 'read' | 'write'): readonly string[] {
  const engine = kind === 'read' ? extraReadOperations : [];
  return [...new Set([...controls.flatMap(({ permissions }) => permissions[kind]), ...engine.flatMap(needed)])].sort();
}

/**
 * The policies of the role that reads, or of the one that remediates. The
 * remediating role is narrowed further by a session policy for each plan.
 *
 * They are managed policies, because the inline policies of a role share
 * 10,240 characters, which the reading role already fills by two thirds, while
 * ten managed ones hold six times as much; a managed policy can also be looked
 * at and compared by its version. Actions are grouped by service, and a
 * service is cut in two only if it fills a policy alone.
 *
 * @throws Error when they are more than a role can have
 */
export function memberPolicies(controls: readonly ControlSummary[], kind: 'read' | 'write'): readonly PolicyDocument[] {
  const actions = actionsOf(controls, kind);
  const conditional = conditionalStatements(controls, actions);
  const taken = new Set(conditional.flatMap(({ Action }) => Action));
  const sid = kind === 'read' ? 'RedressRead' : 'RedressRemediate';

  const policies: PolicyDocument[] = [];
  let current: readonly string[] = [];
  for (const group of groupsOf(actions.filter((action) => !taken.has(action)))) {
    const extended = [...current, ...group];
    if (current.length > 0 && characters(policyOf(sid, extended)) > MANAGED_POLICY_CHARACTERS) {
      policies.push(policyOf(sid, current));
      current = group;
    } else {
      current = extended;
    }
  }
  if (current.length > 0) policies.push(policyOf(sid, current));
  // In a policy of their own: small, and what a reviewer looks for first.
  if (conditional.length > 0) policies.push({ Version: '2012-10-17', Statement: conditional });

  if (policies.length > MANAGED_POLICIES_PER_ROLE) {
    throw new Error(`The role needs ${policies.length} policies; it can have ${MANAGED_POLICIES_PER_ROLE}.`);
  }
  return policies;
}

const needed = ({ service, operation }: OperationName): readonly string[] => permissionsFor(service, operation);

/** How IAM counts a policy. */
export const characters = (policy: object): number => JSON.stringify(policy).replace(/\s/g, '').length;

function policyOf(Sid: string, Action: readonly string[]): PolicyDocument {
  return { Version: '2012-10-17', Statement: [{ Sid, Effect: 'Allow', Action, Resource: '*' }] };
}

/** Actions by service, in order. A service that fills a policy alone comes in halves. */
function groupsOf(actions: readonly string[]): (readonly string[])[] {
  return unique(actions.map(prefixOf)).flatMap((service) =>
    fitting(actions.filter((action) => prefixOf(action) === service)),
  );
}

function fitting(actions: readonly string[]): (readonly string[])[] {
  if (actions.length < 2 || characters(policyOf('RedressRemediate', actions)) <= MANAGED_POLICY_CHARACTERS) {
    return [actions];
  }
  const middle = Math.ceil(actions.length / 2);
  return [...fitting(actions.slice(0, middle)), ...fitting(actions.slice(middle))];
}

/** The service of an action: `s3` of `s3:GetBucketPolicy`. */
export const prefixOf = (action: string): string => action.slice(0, action.indexOf(':'));

/** Actions that would open a way around everything else, each only for what our calls use it for. */
function conditionalStatements(controls: readonly ControlSummary[], actions: readonly string[]): Statement[] {
  const writes = controls.flatMap((control) => control.writes.map((write) => ({ ...write, control })));
  const passed = writes.flatMap(({ control, ...write }) =>
    control.permissions.write.includes(PASS_ROLE) ? servicesGiven(write) : [],
  );
  const linked = writes.flatMap((write) => LINKED_ROLES[nameOf(write)] ?? []);
  const narrow: Statement[] = [
    {
      ...{ Sid: 'RolesForTheirServices', Effect: 'Allow', Action: [PASS_ROLE], Resource: '*' },
      Condition: { StringLike: { 'iam:PassedToService': unique(passed) } },
    },
    {
      ...{ Sid: 'ServiceLinkedRoles', Effect: 'Allow', Action: [LINKED_ROLE], Resource: '*' },
      Condition: { StringEquals: { 'iam:AWSServiceName': unique(linked) } },
    },
    {
      // AWS services make grants on keys in the caller's name; nobody else may get one.
      ...{ Sid: 'GrantsForServices', Effect: 'Allow', Action: [CREATE_GRANT], Resource: '*' },
      Condition: { Bool: { 'kms:GrantIsForAWSResource': 'true' } },
    },
  ];
  return narrow.filter(({ Action }) => Action.every((action) => actions.includes(action)));
}

function servicesGiven(write: OperationName): readonly string[] {
  const given = PASSED_TO[nameOf(write)];
  return given === undefined || given.when === 'never' ? [] : given.services;
}

const nameOf = ({ service, operation }: OperationName): string => `${service}.${operation}`;
const unique = (names: readonly string[]): string[] => [...new Set(names)].sort();
