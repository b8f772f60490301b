import {
  accessKey,
  accessKeys,
  attachedPolicies,
  inlinePolicyNames,
  isQuarantine,
  passwordPolicies,
  passwordPolicy,
  users,
} from '../detectors/iam.ts';
import { inOrder } from '../detectors/in-order.ts';
import {
  byHand,
  call,
  derive,
  document,
  edit,
  nextMarker,
  optional,
  read,
  readEach,
  readPages,
  remediations,
  steps,
  until,
} from '../src/control.ts';

// --- account password policy ---

const passwordPolicyDocument = document(passwordPolicy, {
  write: call('iam', 'UpdateAccountPasswordPolicy', (_, policy) => policy),
  remove: call('iam', 'DeleteAccountPasswordPolicy', () => ({})),
});

// Where there is no policy, a call with one flag alone would make a weaker one than AWS's default.
const baseline = {
  MinimumPasswordLength: 14,
  RequireSymbols: true,
  RequireNumbers: true,
  RequireUppercaseCharacters: true,
  RequireLowercaseCharacters: true,
  AllowUsersToChangePassword: true,
  PasswordReusePrevention: 24,
  HardExpiry: false,
};

const noSurprise = 'none: passwords in use stay valid; the rule bites when one is next changed';

export const passwordPolicyRemediations = remediations(passwordPolicies, {
  6: edit(passwordPolicyDocument, { mode: 'auto', impact: noSurprise }, (current) => current ?? baseline),
  7: edit(passwordPolicyDocument, { mode: 'auto', impact: noSurprise }, (current) => ({
    ...(current ?? baseline),
    RequireUppercaseCharacters: true,
  })),
  8: edit(passwordPolicyDocument, { mode: 'auto', impact: noSurprise }, (current) => ({
    ...(current ?? baseline),
    RequireLowercaseCharacters: true,
  })),
  13: edit(
    passwordPolicyDocument,
    {
      mode: 'approve',
      impact:
        'users whose password is older must change it at their next sign-in; where HardExpiry is on they are locked out until an administrator resets it',
      undo: 'best-effort',
      parameters: { maxPasswordAgeDays: optional('Days until a password expires, 90 at most.', '90') },
    },
    (current, { parameters }) => {
      const days = Number(parameters.maxPasswordAgeDays);
      if (!Number.isInteger(days) || days < 1 || days > 90)
        return byHand(`maxPasswordAgeDays is "${parameters.maxPasswordAgeDays}"; set it to a number from 1 to 90`);
      return { ...(current ?? baseline), MaxPasswordAge: Math.min(days, current?.MaxPasswordAge ?? days) };
    },
  ),
});

// --- access keys ---

const accessKeyDocument = document(accessKey, {
  write: call('iam', 'UpdateAccessKey', ({ id }, { userName, status }) => ({
    UserName: userName,
    AccessKeyId: id,
    Status: status,
  })),
});

export const accessKeyRemediations = remediations(accessKeys, {
  3: edit(
    accessKeyDocument,
    {
      mode: 'auto',
      impact: 'low: nothing used the key for 90 days; a yearly job or an emergency login may still count on it',
    },
    (current) => ({ ...current, status: 'Inactive' }),
  ),
});

// --- users ---

/** AWS's quotas on groups per user, managed policies per group, and characters of inline policy per group. */
const GROUPS_PER_USER = 10;
const POLICIES_PER_GROUP = 10;
const INLINE_CHARACTERS_PER_GROUP = 5120;

/** A group of this user's own: joining one that exists could give the user more than it had. */
const groupOf = (userName: string): string => `${userName}-policies`;

const inlinePolicies = readEach(
  'iam',
  'GetUserPolicy',
  ({ id, inlinePolicyNames }) => inlinePolicyNames.map((PolicyName) => ({ UserName: id, PolicyName })),
  (out) => ({ name: out.PolicyName ?? '', document: decodeURIComponent(out.PolicyDocument ?? '') }),
  { needs: { inlinePolicyNames } },
);

const memberships = readPages(
  'iam',
  'ListGroupsForUser',
  ({ id }) => ({ UserName: id }),
  (out) => (out.Groups ?? []).flatMap(({ GroupName }) => GroupName ?? []),
  nextMarker,
);

const groups = derive({ memberships }, ({ memberships }) => inOrder(memberships));

const ownGroup = read(
  'iam',
  'GetGroup',
  ({ id }) => ({ GroupName: groupOf(id) }),
  (out) => out.Group?.GroupName,
  { absent: ['NoSuchEntity'] },
);

const attachedToGroup = readPages(
  'iam',
  'ListAttachedGroupPolicies',
  ({ id }) => ({ GroupName: groupOf(id) }),
  (out) => (out.AttachedPolicies ?? []).flatMap(({ PolicyArn }) => PolicyArn ?? []),
  nextMarker,
  { absent: ['NoSuchEntity'] },
);

const groupPolicies = derive({ attachedToGroup }, ({ attachedToGroup }) => inOrder(attachedToGroup));

const groupInlinePolicyNames = readPages(
  'iam',
  'ListGroupPolicies',
  ({ id }) => ({ GroupName: groupOf(id) }),
  (out) => out.PolicyNames ?? [],
  nextMarker,
  { absent: ['NoSuchEntity'] },
);

/** Whether the user has through the group whatever still sits on the user directly. */
const hasSameThroughGroup = derive(
  { attachedPolicies, inlinePolicyNames, groups, groupPolicies, groupInlinePolicyNames },
  ({ id, attachedPolicies, inlinePolicyNames, groups, groupPolicies, groupInlinePolicyNames }) =>
    groups.includes(groupOf(id)) &&
    movable(attachedPolicies).every((arn) => groupPolicies.includes(arn)) &&
    inlinePolicyNames.every((name) => groupInlinePolicyNames.includes(name)),
);

const alreadyGone = { already: ['NoSuchEntity'] };

const movable = (attached: readonly string[]) => attached.filter((arn) => !isQuarantine(arn));

export const userRemediations = remediations(users, {
  17: steps(
    {
      mode: 'approve',
      impact:
        'none in the end: the user keeps the same permissions through a group of its own; while IAM propagates, calls may briefly be refused',
      reads: { attachedPolicies, inlinePolicies, groups, ownGroup, groupPolicies },
    },
    ({ step }) => [
      step(
        'create-group',
        call('iam', 'CreateGroup', ({ id }) => ({ GroupName: groupOf(id) })),
        {
          repeat: 'once',
          undo: call('iam', 'DeleteGroup', ({ id }) => ({ GroupName: groupOf(id) }), alreadyGone),
          until: until(ownGroup, (name) => name !== undefined),
        },
      ),
      step(
        'attach-to-group',
        call('iam', 'AttachGroupPolicy', ({ id, attachedPolicies }) =>
          movable(attachedPolicies).map((PolicyArn) => ({ GroupName: groupOf(id), PolicyArn })),
        ),
        {
          repeat: 'safe',
          undo: call(
            'iam',
            'DetachGroupPolicy',
            ({ id, attachedPolicies }) =>
              movable(attachedPolicies).map((PolicyArn) => ({ GroupName: groupOf(id), PolicyArn })),
            alreadyGone,
          ),
        },
      ),
      step(
        'copy-to-group',
        call('iam', 'PutGroupPolicy', ({ id, inlinePolicies }) =>
          inlinePolicies.map(({ name, document }) => ({
            GroupName: groupOf(id),
            PolicyName: name,
            PolicyDocument: document,
          })),
        ),
        {
          repeat: 'safe',
          undo: call(
            'iam',
            'DeleteGroupPolicy',
            ({ id, inlinePolicies }) =>
              inlinePolicies.map(({ name }) => ({ GroupName: groupOf(id), PolicyName: name })),
            alreadyGone,
          ),
        },
      ),
      step(
        'join-group',
        call('iam', 'AddUserToGroup', ({ id }) => ({ UserName: id, GroupName: groupOf(id) })),
        {
          repeat: 'safe',
          undo: call('iam', 'RemoveUserFromGroup', ({ id }) => ({ UserName: id, GroupName: groupOf(id) }), alreadyGone),
          // IAM takes a while to agree with itself: nothing leaves the user before the group shows it.
          until: until(hasSameThroughGroup, (same) => same),
        },
      ),
      step(
        'detach-from-user',
        call(
          'iam',
          'DetachUserPolicy',
          ({ id, attachedPolicies }) => movable(attachedPolicies).map((PolicyArn) => ({ UserName: id, PolicyArn })),
          alreadyGone,
        ),
        {
          repeat: 'safe',
          undo: call('iam', 'AttachUserPolicy', ({ id, attachedPolicies }) =>
            movable(attachedPolicies).map((PolicyArn) => ({ UserName: id, PolicyArn })),
          ),
        },
      ),
      step(
        'delete-from-user',
        call(
          'iam',
          'DeleteUserPolicy',
          ({ id, inlinePolicies }) => inlinePolicies.map(({ name }) => ({ UserName: id, PolicyName: name })),
          alreadyGone,
        ),
        {
          repeat: 'safe',
          undo: call('iam', 'PutUserPolicy', ({ id, inlinePolicies }) =>
            inlinePolicies.map(({ name, document }) => ({
              UserName: id,
              PolicyName: name,
              PolicyDocument: document,
            })),
          ),
        },
      ),
    ],
    ({ id, attachedPolicies, inlinePolicies, groups, ownGroup, groupPolicies }) => {
      const moving = movable(attachedPolicies);
      const inlineCharacters = inlinePolicies.reduce(
        (sum, { document }) => sum + document.replace(/\s/g, '').length,
        0,
      );
      if (ownGroup !== undefined)
        return byHand(`a group ${ownGroup} exists already; move the policies to a group of your choice`);
      if (groups.length >= GROUPS_PER_USER)
        return byHand(`the user is in ${groups.length} groups already, the most that IAM allows`);
      if (moving.length > POLICIES_PER_GROUP)
        return byHand(`${moving.length} managed policies do not fit into one group`);
      if (inlineCharacters > INLINE_CHARACTERS_PER_GROUP)
        return byHand('the inline policies are too long for one group');
      return {
        attachedPolicies: attachedPolicies.filter(isQuarantine),
        inlinePolicies: [],
        groups: inOrder([...groups, groupOf(id)]),
        ownGroup: groupOf(id),
        groupPolicies: inOrder([...groupPolicies, ...moving]),
      };
    },
  ),
});
