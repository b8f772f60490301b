import {
  attachedPolicies,
  groups,
  hasPassword,
  inlinePolicyNames,
  isQuarantine,
  users,
} from '../../detectors/iam/users.ts';
import { inOrder } from '../../detectors/in-order.ts';
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
  required,
  steps,
  until,
} from '../../src/control.ts';
import { difference } from '../difference.ts';

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

const groupsDocument = document(groups, {
  write: [
    call('iam', 'AddUserToGroup', ({ id }, wanted, current) =>
      difference(current, wanted).added.map((GroupName) => ({ UserName: id, GroupName })),
    ),
    call('iam', 'RemoveUserFromGroup', ({ id }, wanted, current) =>
      difference(current, wanted).removed.map((GroupName) => ({ UserName: id, GroupName })),
    ),
  ],
});

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

  399: edit(
    groupsDocument,
    {
      mode: 'approve',
      impact: 'the user gets what the group allows, and what it forbids: choose a group that fits',
      parameters: {
        groupName: required(
          'Group that users without one join. It must exist; one without policies changes no rights.',
        ),
      },
      note: 'Any group satisfies the control. Which one is a decision about rights, so an operator names it.',
    },
    (current, { parameters }) => inOrder([...current, parameters.groupName]),
  ),

  400: steps(
    {
      mode: 'approve',
      impact:
        'the person can no longer sign in to the console, and the password cannot be brought back; keys, MFA devices and sessions that are open stay. Make sure that somebody else administers the account',
      undo: 'none',
      reads: { hasPassword },
      parameters: {
        consoleUsers: optional(
          'Users who keep their password, such as those for emergencies, separated by commas.',
          '',
        ),
      },
    },
    ({ step }) => [
      step(
        'delete-password',
        call('iam', 'DeleteLoginProfile', ({ id }) => ({ UserName: id }), alreadyGone),
        { repeat: 'once', until: until(hasPassword, (has) => !has) },
      ),
    ],
    ({ id, parameters }) =>
      parameters.consoleUsers.split(/[\s,]+/).includes(id)
        ? byHand(`${id} is one of consoleUsers, who keep their password: exempt the finding`)
        : { hasPassword: false },
  ),
});
