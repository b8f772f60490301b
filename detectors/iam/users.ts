import {
  derive,
  detectors,
  fail,
  ids,
  nextMarker,
  pass,
  read,
  readPages,
  resource,
  tagsFrom,
} from '../../src/control.ts';
import { inOrder } from '../in-order.ts';
import { userNames } from './user-names.ts';

const attached = readPages(
  'iam',
  'ListAttachedUserPolicies',
  ({ id }) => ({ UserName: id }),
  (out) => (out.AttachedPolicies ?? []).flatMap(({ PolicyArn }) => PolicyArn ?? []),
  nextMarker,
);

export const attachedPolicies = derive({ attached }, ({ attached }) => inOrder(attached));

const inline = readPages(
  'iam',
  'ListUserPolicies',
  ({ id }) => ({ UserName: id }),
  (out) => out.PolicyNames ?? [],
  nextMarker,
);

export const inlinePolicyNames = derive({ inline }, ({ inline }) => inOrder(inline));

/** AWS attaches these denials to users whose keys have leaked and asks that they stay. */
export const isQuarantine = (policyArn: string): boolean =>
  /^arn:[^:]+:iam::aws:policy\/AWSCompromisedKeyQuarantine/.test(policyArn);

const userTagList = readPages(
  'iam',
  'ListUserTags',
  ({ id }) => ({ UserName: id }),
  (out) => out.Tags ?? [],
  nextMarker,
);
const userTags = derive({ userTagList }, ({ userTagList }) => tagsFrom(userTagList));

/** The groups that the user is in. */
const memberships = readPages(
  'iam',
  'ListGroupsForUser',
  ({ id }) => ({ UserName: id }),
  (out) => (out.Groups ?? []).flatMap(({ GroupName }) => GroupName ?? []),
  nextMarker,
);

export const groups = derive({ memberships }, ({ memberships }) => inOrder(memberships));

/** The user itself: an answer about its password does not tell a user without one from no user. */
const userItself = read(
  'iam',
  'GetUser',
  ({ id }) => ({ UserName: id }),
  (out) => out.User?.UserName,
);

export const hasPassword = read(
  'iam',
  'GetLoginProfile',
  ({ id }) => ({ UserName: id }),
  (out) => out.LoginProfile !== undefined,
  { absent: ['NoSuchEntity'] },
);

const user = ids('requestParameters.userName');

export const users = detectors(
  resource('AWS::IAM::User', {
    service: 'iam',
    global: true,
    arn: ({ partition, account, id }) => `arn:${partition}:iam::${account}:user/${id}`,
    list: userNames,
    gone: ['NoSuchEntity'],
    tags: userTags,
  }),
  {
    17: {
      title: 'IAM users get their permissions from groups only',
      criticality: 'MEDIUM',
      on: {
        'iam:AttachUserPolicy': user,
        'iam:PutUserPolicy': user,
        'iam:DetachUserPolicy': user,
        'iam:DeleteUserPolicy': user,
      },
      reads: { attachedPolicies, inlinePolicyNames },
      check: ({ attachedPolicies, inlinePolicyNames }) => {
        const attached = attachedPolicies.filter((arn) => !isQuarantine(arn));
        const direct = [...attached, ...inlinePolicyNames.map((name) => `${name} (inline)`)];
        return direct.length === 0 ? pass : fail(`policies sit directly on the user: ${direct.join(', ')}`);
      },
      note: "The document's command list deletes inline policies without copying them; they move to the group first. A permissions boundary is not an attached policy and stays.",
    },
    399: {
      title: 'IAM user is in a group',
      criticality: 'MEDIUM',
      on: {
        'iam:CreateUser': user,
        'iam:DeleteUser': user,
        'iam:AddUserToGroup': user,
        'iam:RemoveUserFromGroup': user,
      },
      reads: { groups },
      check: ({ groups }) => (groups.length > 0 ? pass : fail('the user is in no group')),
      note: 'A user is always made before it joins a group; one that joins at once is judged again and passes.',
    },
    400: {
      title: 'IAM user has no password for the console',
      criticality: 'MEDIUM',
      on: {
        'iam:CreateLoginProfile': user,
        'iam:DeleteLoginProfile': user,
        'iam:DeleteUser': user,
      },
      reads: { userItself, hasPassword },
      check: ({ hasPassword }) => (hasPassword ? fail('the user can sign in to the console with a password') : pass),
      note: 'The specification spares administrators, the evaluation nobody: exempt those who need the console. Access keys instead, as the document advises, are not made: they would break other controls.',
    },
  },
);
