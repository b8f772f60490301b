import {
  allowsDeletion,
  inBothRoles,
  isAllOfKms,
  isDeletion,
  isForAdministrators,
  isForGranters,
  isForUsers,
  isFullAccess,
  isNamed,
  keyPolicies,
  keyPolicy,
  rootHasFullAccess,
} from '../../detectors/kms/key-policies.ts';
import {
  type At,
  addStatement,
  allowsAction,
  byHand,
  call,
  covers,
  document,
  edit,
  forPrincipals,
  isRootOf,
  listOf,
  type NamedPrincipal,
  openStatements,
  optional,
  type PolicyDocument,
  principalsOf,
  remediations,
  replaceStatements,
  required,
  rootArn,
  type Statement,
  splitPrincipals,
  statementsOf,
} from '../../src/control.ts';

/** KMS checks by itself that the caller does not lock itself out; Redress never asks it to look away. */
const keyPolicyDocument = document(keyPolicy, {
  write: call('kms', 'PutKeyPolicy', ({ id }, policy) => ({
    KeyId: id,
    PolicyName: 'default',
    Policy: JSON.stringify(policy),
  })),
});

/** All that there is to do with a key, but deleting it or its material. */
const ALL_BUT_DELETION = [
  ...['kms:CancelKeyDeletion', 'kms:Create*', 'kms:Decrypt', 'kms:DeleteAlias', 'kms:DeriveSharedSecret'],
  ...['kms:Describe*', 'kms:Disable*', 'kms:Enable*', 'kms:Encrypt', 'kms:Generate*', 'kms:Get*'],
  ...['kms:ImportKeyMaterial', 'kms:List*', 'kms:Put*', 'kms:ReEncrypt*', 'kms:ReplicateKey', 'kms:RetireGrant'],
  ...['kms:Revoke*', 'kms:RotateKeyOnDemand', 'kms:Sign', 'kms:SynchronizeMultiRegionKey', 'kms:TagResource'],
  ...['kms:UntagResource', 'kms:Update*', 'kms:Verify*'],
].join(',');

const insteadOfEverything = optional(
  'What those may do, separated by commas, who could do everything with the key. Set the same for controls 121 and 122; the default is all but deleting.',
  ALL_BUT_DELETION,
);

const wordsOf = (text: string): string[] => text.split(/[\s,]+/).filter(Boolean);

/** The actions of the parameter, or what is wrong with them. */
function actionsOf(text: string) {
  const actions = wordsOf(text);
  const wrong = actions.find(
    (one) => !/^kms:[a-z*]+$/i.test(one) || covers(one.toLowerCase(), 'kms:schedulekeydeletion'),
  );
  if (wrong !== undefined || actions.length === 0)
    return byHand(
      `insteadOfEverything is "${text}"; name actions of KMS, such as kms:Decrypt, that leave out deleting the key`,
    );
  return { actions };
}

/** Leaves principals with less than everything; actions besides stay as they are. */
function narrowed(statement: Statement, actions: readonly string[]): Statement {
  const left = listOf(statement.Action).flatMap((one) => (isAllOfKms(one) ? actions : [one]));
  return { ...statement, Action: [...new Set(left)] };
}

/** The statement as it is for the account itself, and changed for everybody else. */
function changedForOthers(statement: Statement, at: At, change: (others: Statement) => Statement[]): Statement[] {
  const { chosen: root, rest: others } = splitPrincipals(closed(statement, [rootArn(at)]), (one) => isRootOf(at, one));
  return [...listOf(root), ...(others === undefined ? [] : change(others))];
}

/** The statement with others in the place of everyone, where it names everyone without pinning them. */
function closed(statement: Statement, instead: readonly string[]): Statement {
  if (openStatements({ Statement: statement }).length === 0) return statement;
  const { NotPrincipal: _, ...rest } = statement;
  const named = principalsOf(statement).filter(({ name }) => name !== '*');
  const all: NamedPrincipal[] = [...named, ...instead.map((name) => ({ kind: 'AWS', name }))];
  const unique = all.filter((one, index) => all.findIndex(({ name }) => name === one.name) === index);
  return forPrincipals(rest, unique) ?? rest;
}

/** IAM puts the id of a deleted user or role into policies; KMS takes no policy back that has one. */
const isDeletedIdentity = ({ kind, name }: NamedPrincipal): boolean =>
  kind === 'AWS' && /^A[A-Z]{3}[A-Z0-9]{12,}$/.test(name);

/** Whether the account, or somebody in it, may still change the policy. */
function canBeAdministered(policy: PolicyDocument, at: At): boolean {
  return statementsOf(policy).some(
    (one) =>
      one.Effect === 'Allow' &&
      Object.keys(one.Condition ?? {}).length === 0 &&
      allowsAction(one, 'kms:PutKeyPolicy') &&
      listOf(one.Resource).some((pattern) => covers(pattern, at.arn)) &&
      principalsOf(one).some(
        (named) => isRootOf(at, named) || named.name.startsWith(`arn:${at.partition}:iam::${at.account}:`),
      ),
  );
}

/** A policy that KMS takes and that leaves somebody in charge; else what a person has to do first. */
function safe(policy: PolicyDocument, at: At) {
  const dead = statementsOf(policy).flatMap(principalsOf).find(isDeletedIdentity);
  if (dead !== undefined)
    return byHand(
      `the key policy names ${dead.name}, a user or role that was deleted, and KMS takes no policy with such a name; take it out first`,
    );
  if (!canBeAdministered(policy, at))
    return byHand(
      'nobody in the account could change the key policy afterwards; let the account itself administer the key first (control 121)',
    );
  return policy;
}

export const keyPolicyRemediations = remediations(keyPolicies, {
  121: edit(
    keyPolicyDocument,
    {
      mode: 'approve',
      impact:
        "the account's IAM policies count on the key; those who could do everything keep what insteadOfEverything says, by default all but deleting",
      parameters: { insteadOfEverything },
    },
    (current, { parameters, ...at }) => {
      const list = actionsOf(parameters.insteadOfEverything);
      if ('byHand' in list) return list;
      const after = replaceStatements(current, (statement) =>
        isFullAccess(statement, at)
          ? changedForOthers(statement, at, (others) => [narrowed(others, list.actions)])
          : [statement],
      );
      if (rootHasFullAccess(after, at)) return safe(after, at);
      const withRoot = addStatement(after, {
        Sid: 'Enable IAM User Permissions',
        Effect: 'Allow',
        Principal: { AWS: rootArn(at) },
        Action: 'kms:*',
        Resource: '*',
      });
      return safe(withRoot, at);
    },
  ),

  122: edit(
    keyPolicyDocument,
    {
      mode: 'approve',
      impact:
        'administrators and deployment roles named in the key policy can no longer delete the key, unless an IAM policy lets them; all else stays',
      parameters: { insteadOfEverything },
    },
    (current, { parameters, ...at }) => {
      const list = actionsOf(parameters.insteadOfEverything);
      if ('byHand' in list) return list;
      const after = replaceStatements(current, (statement) =>
        allowsDeletion(statement)
          ? changedForOthers(statement, at, (others) => withoutDeletion(narrowed(others, list.actions)))
          : [statement],
      );
      return safe(after, at);
    },
  ),

  123: edit(
    keyPolicyDocument,
    {
      mode: 'approve',
      impact:
        'a principal that loses use can encrypt and decrypt nothing with the key from then on; one that loses administration can no longer manage it',
      parameters: {
        overlapLoses: required(
          'What those lose who both administer the key and use it: "administration" or "use". Applications need use.',
        ),
      },
      note: 'The document does not say which side to cut, and a guess stops applications or leaves a key without administrators: an operator says it.',
    },
    (current, { parameters, ...at }) => {
      const both = inBothRoles(current, at);
      const loses = parameters.overlapLoses;
      if (loses !== 'administration' && loses !== 'use')
        return byHand(`overlapLoses is "${loses}"; set it to "administration" or "use"`);
      const isConcerned = (one: Statement) =>
        loses === 'administration' ? isForAdministrators(one) : isForUsers(one) || isForGranters(one);
      const after = replaceStatements(current, (statement) =>
        isConcerned(statement)
          ? listOf(splitPrincipals(statement, (named) => isNamed(both, at, named)).rest)
          : [statement],
      );
      return safe(after, at);
    },
  ),

  294: edit(
    keyPolicyDocument,
    {
      mode: 'approve',
      impact:
        'callers that came in as "everyone" (other accounts, snapshots shared with them) can no longer use the key; within the account IAM policies decide',
      parameters: {
        principals: optional(
          'ARNs of those who take the place of everyone, separated by commas; empty means the account itself.',
          '',
        ),
      },
    },
    (current, { parameters, ...at }) => {
      const instead = wordsOf(parameters.principals);
      const wrong = instead.find((one) => !new RegExp(`^arn:${at.partition}:(iam|sts)::\\d{12}:.+`).test(one));
      if (wrong !== undefined) return byHand(`principals names "${wrong}"; set it to ARNs of accounts, users or roles`);
      const open = new Set(openStatements(current));
      const after = replaceStatements(current, (statement) =>
        open.has(statement) ? [closed(statement, instead.length > 0 ? instead : [rootArn(at)])] : [statement],
      );
      return safe(after, at);
    },
  ),
});

/** The statement without deletion, or none when it allowed nothing else. */
function withoutDeletion(statement: Statement): Statement[] {
  const Action = listOf(statement.Action).filter((one) => !isDeletion(one));
  return Action.length === 0 ? [] : [{ ...statement, Action }];
}
