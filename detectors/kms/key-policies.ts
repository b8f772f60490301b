import {
  type At,
  allowsAction,
  covers,
  detectors,
  fail,
  isRootOf,
  listOf,
  missing,
  type NamedPrincipal,
  openStatements,
  type PolicyDocument,
  parsePolicy,
  pass,
  principalsOf,
  read,
  rootArn,
  type Statement,
  statementsOf,
} from '../../src/control.ts';
import { beingDeleted, key, keyId, metadata, newKeyId, notApplicable } from './keys.ts';

/** Every key has a policy, called `default`. */
export const keyPolicy = read(
  'kms',
  'GetKeyPolicy',
  ({ id }) => ({ KeyId: id, PolicyName: 'default' }),
  (out): PolicyDocument | typeof missing => parsePolicy(out.Policy) ?? missing,
);

const policyChanges = {
  'kms:CreateKey': newKeyId,
  'kms:PutKeyPolicy': keyId,
  'kms:ScheduleKeyDeletion': keyId,
  'kms:CancelKeyDeletion': keyId,
};

type Where = Pick<At, 'partition' | 'account' | 'arn'>;

const SCHEDULE_DELETION = 'kms:schedulekeydeletion';

/** An action that means all of KMS. Wildcards in a name do not count, by the document's own rule. */
export const isAllOfKms = (action: string): boolean => action === '*' || action.toLowerCase() === 'kms:*';

/** Whether an action of a key policy lets a principal delete the key: by its name, or with everything. */
export const isDeletion = (action: string): boolean => isAllOfKms(action) || action.toLowerCase() === SCHEDULE_DELETION;

/** Whether a statement gives everything on the key, with no strings attached. */
export const isFullAccess = (statement: Statement, { arn }: Where): boolean =>
  statement.Effect === 'Allow' &&
  listOf(statement.Action).some(isAllOfKms) &&
  listOf(statement.Resource).some((pattern) => covers(pattern, arn)) &&
  Object.keys(statement.Condition ?? {}).length === 0;

export const allowsDeletion = (statement: Statement): boolean =>
  statement.Effect === 'Allow' && listOf(statement.Action).some(isDeletion);

/** Whether the account itself has everything: only then do IAM policies count on this key. */
export const rootHasFullAccess = (policy: PolicyDocument, where: Where): boolean =>
  statementsOf(policy).some(
    (one) => isFullAccess(one, where) && principalsOf(one).some((named) => isRootOf(where, named)),
  );

const ADMINISTRATORS = 'Allow access for Key Administrators';
const USERS = 'Allow use of the key';
/** The console's third statement: users who may lend their use of the key to AWS services. */
const GRANTERS = 'Allow attachment of persistent resources';

/** What the KMS console has always given an administrator, `kms:Delete*` aside: who has all this is one without it, too. */
const ADMINISTRATION = [
  ...['kms:Create*', 'kms:Describe*', 'kms:Enable*', 'kms:List*', 'kms:Put*', 'kms:Update*', 'kms:Revoke*'],
  ...['kms:Disable*', 'kms:Get*', 'kms:TagResource', 'kms:UntagResource'],
];
const USE = ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'];

const isMadeByConsole = (statement: Statement, sid: string, actions: readonly string[]): boolean =>
  statement.Effect === 'Allow' &&
  statement.Sid === sid &&
  statement.NotAction === undefined &&
  listOf(statement.Resource).includes('*') &&
  actions.every((action) => allowsAction(statement, action));

export const isForAdministrators = (one: Statement): boolean => isMadeByConsole(one, ADMINISTRATORS, ADMINISTRATION);
export const isForUsers = (one: Statement): boolean => isMadeByConsole(one, USERS, USE);
export const isForGranters = (one: Statement): boolean => one.Effect === 'Allow' && one.Sid === GRANTERS;

/** One spelling for a principal: an account's number means its root. */
const spelling = (where: Where, named: NamedPrincipal): string =>
  isRootOf(where, named) ? rootArn(where) : named.name;

/** Names of those who both administer the key and use it. */
export function inBothRoles(policy: PolicyDocument, where: Where): readonly string[] {
  const named = (isInRole: (one: Statement) => boolean): string[] =>
    statementsOf(policy)
      .filter(isInRole)
      .flatMap(principalsOf)
      .map((one) => spelling(where, one));
  const users = new Set(named(isForUsers));
  return [...new Set(named(isForAdministrators))].filter((name) => users.has(name));
}

/** Whether a principal is one of these names, as {@link inBothRoles} spells them. */
export const isNamed = (names: readonly string[], where: Where, named: NamedPrincipal): boolean =>
  names.includes(spelling(where, named));

/** Everyone but the account itself who is named by statements that do something. */
function othersIn(policy: PolicyDocument, where: Where, does: (statement: Statement) => boolean): string[] {
  const named = statementsOf(policy).filter(does).flatMap(principalsOf);
  return [...new Set(named.filter((one) => !isRootOf(where, one)).map(({ name }) => name))];
}

export const keyPolicies = detectors(key, {
  121: {
    title: 'Key policy gives full access to the account itself and to nobody else',
    criticality: 'HIGH',
    on: policyChanges,
    reads: { metadata, keyPolicy },
    check: ({ metadata, keyPolicy }, at) => {
      const skipped = notApplicable(metadata, ...beingDeleted);
      if (skipped !== undefined) return skipped;
      const others = othersIn(keyPolicy, at, (one) => isFullAccess(one, at));
      const why = [
        ...(rootHasFullAccess(keyPolicy, at)
          ? []
          : ['the account itself has no full access, so IAM policies do not count']),
        ...(others.length > 0 ? [`${others.join(', ')} may do everything with the key`] : []),
      ];
      return why.length === 0 ? pass : fail(why.join('; '));
    },
    note: 'The heading wants only the account, the evaluation wants the account: both are judged. Statements with conditions are not counted, as the document says. A policy of the account alone would lock out users, services and other accounts: their statements stay.',
  },
  122: {
    title: 'Key policy lets nobody but the account itself schedule the deletion',
    criticality: 'HIGH',
    on: policyChanges,
    reads: { metadata, keyPolicy },
    check: ({ metadata, keyPolicy }, at) => {
      const skipped = notApplicable(metadata, ...beingDeleted);
      if (skipped !== undefined) return skipped;
      const others = othersIn(keyPolicy, at, allowsDeletion);
      return others.length === 0 ? pass : fail(`the key policy lets ${others.join(', ')} schedule the deletion`);
    },
    note: 'Printed with a blank in it, the action means kms:*. Partial wildcards such as kms:Schedule* give the same right but are left out, as the document says. IAM policies may still allow deletion.',
  },
  123: {
    title: 'Nobody is both administrator and user of the key',
    criticality: 'HIGH',
    on: policyChanges,
    reads: { metadata, keyPolicy },
    check: ({ metadata, keyPolicy }, at) => {
      const skipped = notApplicable(metadata, ...beingDeleted);
      if (skipped !== undefined) return skipped;
      const both = inBothRoles(keyPolicy, at);
      return both.length === 0 ? pass : fail(`${both.join(', ')} may both administer the key and use it`);
    },
    note: 'Roles are told by the Sids that the KMS console writes, as the document says: policies written otherwise pass.',
  },
  294: {
    title: 'Key policy lets nobody in without naming them',
    criticality: 'HIGH',
    on: policyChanges,
    reads: { metadata, keyPolicy },
    check: ({ metadata, keyPolicy }) => {
      const skipped = notApplicable(metadata, ...beingDeleted);
      if (skipped !== undefined) return skipped;
      const open = openStatements(keyPolicy);
      if (open.length === 0) return pass;
      const names = open.map(({ Sid }) => Sid ?? 'without a Sid').join(', ');
      return fail(`everyone is let in by the key policy (statement ${names})`);
    },
    note: 'The document says that key policies change in the console only; PutKeyPolicy does it. Everyone, narrowed by a condition to fixed accounts or organisations (such as kms:CallerAccount), is not everyone, as in control 46.',
  },
});
