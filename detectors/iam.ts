import {
  accountSettings,
  derive,
  detectors,
  fail,
  ids,
  missing,
  nextMarker,
  pass,
  place,
  read,
  readEach,
  readPages,
  resource,
  skip,
  tagsFrom,
} from '../src/control.ts';
import { inOrder } from './in-order.ts';

const DAY = 24 * 60 * 60 * 1000;
const IDLE_DAYS = 90;

const userNames = readPages(
  'iam',
  'ListUsers',
  () => ({}),
  (out) => (out.Users ?? []).flatMap(({ UserName }) => UserName ?? []),
  nextMarker,
);

// --- account password policy ---

/** The password policy as its put call takes it, or nothing where AWS's default is in force. */
export const passwordPolicy = read(
  'iam',
  'GetAccountPasswordPolicy',
  () => ({}),
  ({ PasswordPolicy }) => {
    if (PasswordPolicy === undefined) return undefined;
    // ExpirePasswords only mirrors MaxPasswordAge and is refused on write, as are zeros.
    const { ExpirePasswords: _, HardExpiry = false, MaxPasswordAge, PasswordReusePrevention, ...rest } = PasswordPolicy;
    return {
      ...rest,
      HardExpiry,
      ...(MaxPasswordAge ? { MaxPasswordAge } : {}),
      ...(PasswordReusePrevention ? { PasswordReusePrevention } : {}),
    };
  },
  { absent: ['NoSuchEntity'] },
);

const policyChanges = { 'iam:UpdateAccountPasswordPolicy': place, 'iam:DeleteAccountPasswordPolicy': place };
const noPolicy = fail('the account has no password policy of its own');

export const passwordPolicies = detectors(accountSettings('iam'), {
  6: {
    title: 'Account has a password policy of its own',
    criticality: 'HIGH',
    on: policyChanges,
    reads: { passwordPolicy },
    check: ({ passwordPolicy }) => (passwordPolicy === undefined ? noPolicy : pass),
    note: "The document's bare command creates a policy weaker than AWS's default; Redress writes a strong baseline.",
  },
  7: {
    title: 'Passwords need an uppercase letter',
    criticality: 'HIGH',
    on: policyChanges,
    reads: { passwordPolicy },
    check: ({ passwordPolicy }) => {
      if (passwordPolicy === undefined) return noPolicy;
      return passwordPolicy.RequireUppercaseCharacters === true ? pass : fail('uppercase letters are not required');
    },
    note: 'The call replaces the whole policy: all other settings are read first and sent along.',
  },
  8: {
    title: 'Passwords need a lowercase letter',
    criticality: 'HIGH',
    on: policyChanges,
    reads: { passwordPolicy },
    check: ({ passwordPolicy }) => {
      if (passwordPolicy === undefined) return noPolicy;
      return passwordPolicy.RequireLowercaseCharacters === true ? pass : fail('lowercase letters are not required');
    },
    note: 'The call replaces the whole policy: all other settings are read first and sent along.',
  },
  13: {
    title: 'Passwords expire after at most 90 days',
    criticality: 'HIGH',
    on: policyChanges,
    reads: { passwordPolicy },
    check: ({ passwordPolicy }) => {
      if (passwordPolicy === undefined) return noPolicy;
      const age = passwordPolicy.MaxPasswordAge;
      if (age === undefined) return fail('passwords never expire');
      return age <= 90 ? pass : fail(`passwords expire only after ${age} days`);
    },
    note: 'Unlike the character rules, expiry acts at once on every password that is already older.',
  },
});

// --- access keys ---

const lastUsed = read(
  'iam',
  'GetAccessKeyLastUsed',
  ({ id }) => ({ AccessKeyId: id }),
  (out) => ({ userName: out.UserName, at: out.AccessKeyLastUsed?.LastUsedDate?.toISOString() }),
);

const keysOfUser = readPages(
  'iam',
  'ListAccessKeys',
  ({ lastUsed }) => ({ UserName: lastUsed.userName }),
  (out) => out.AccessKeyMetadata ?? [],
  nextMarker,
  { needs: { lastUsed } },
);

export const accessKey = derive({ lastUsed, keysOfUser }, ({ id, lastUsed, keysOfUser }) => {
  const key = keysOfUser.find(({ AccessKeyId }) => AccessKeyId === id);
  if (key === undefined) return missing;
  return { userName: key.UserName, status: key.Status, created: key.CreateDate?.toISOString(), lastUsed: lastUsed.at };
});

const keysOfAllUsers = readEach(
  'iam',
  'ListAccessKeys',
  ({ userNames }) => userNames.map((UserName) => ({ UserName })),
  (out) => (out.AccessKeyMetadata ?? []).flatMap(({ AccessKeyId }) => AccessKeyId ?? []),
  // A user who was deleted since they were listed has no keys.
  { needs: { userNames }, absent: ['NoSuchEntity'] },
);

export const accessKeys = detectors(
  resource('AWS::IAM::AccessKey', {
    service: 'iam',
    global: true,
    // IAM has no ARN for access keys; this one is ours, so that findings have one form.
    arn: ({ partition, account, id }) => `arn:${partition}:iam::${account}:access-key/${id}`,
    list: derive({ keysOfAllUsers }, ({ keysOfAllUsers }) => keysOfAllUsers.flat()),
    gone: ['NoSuchEntity'],
  }),
  {
    3: {
      title: 'Access keys that nobody used for 90 days are inactive',
      criticality: 'HIGH',
      on: {
        'iam:CreateAccessKey': ids('responseElements.accessKey.accessKeyId'),
        'iam:UpdateAccessKey': ids('requestParameters.accessKeyId'),
        'iam:DeleteAccessKey': ids('requestParameters.accessKeyId'),
      },
      reads: { accessKey },
      check: ({ accessKey }, { now }) => {
        if (accessKey.status === 'Inactive') return pass;
        const since = accessKey.lastUsed ?? accessKey.created;
        if (since === undefined) return skip('IAM does not say when the key was made or used');
        const days = Math.floor((now.getTime() - Date.parse(since)) / DAY);
        if (days < IDLE_DAYS) return pass;
        const what = accessKey.lastUsed === undefined ? 'was never used since it was made' : 'was last used';
        return fail(`the key of ${accessKey.userName} is active and ${what} ${days} days ago`);
      },
      note: "The document's command lacks the user name and would act on the caller's own keys. Redress deactivates and never deletes.",
    },
  },
);

// --- users ---

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
  },
);
