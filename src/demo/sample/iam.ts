import { SampleAwsError } from './aws-error.ts';
import { operations, page } from './operations.ts';
import type { AccessKey, Group, User, World } from './world.ts';

const noSuch = (what: string) => new SampleAwsError('NoSuchEntityException', `${what} cannot be found.`, 404);
const invalid = (message: string) => new SampleAwsError('ValidationError', message);

function userOf(world: World, name: string | undefined): User {
  const user = world.iam.users[name ?? ''];
  if (user === undefined) throw noSuch(`The user with name ${name}`);
  return user;
}

function groupOf(world: World, name: string | undefined): Group {
  const group = world.iam.groups[name ?? ''];
  if (group === undefined) throw noSuch(`The group with name ${name}`);
  return group;
}

function keyOf(user: User, id: string | undefined): AccessKey {
  const key = user.keys.find((one) => one.id === id);
  if (key === undefined) throw noSuch(`The Access Key with id ${id}`);
  return key;
}

function checkPolicyExists(world: World, arn: string | undefined): string {
  if (arn === undefined || world.iam.policies[arn] === undefined) throw noSuch(`Policy ${arn}`);
  return arn;
}

function attachedPolicies(world: World, arns: readonly string[]) {
  return arns.map((PolicyArn) => ({ PolicyArn, PolicyName: world.iam.policies[PolicyArn]?.name ?? '' }));
}

function describeUser(world: World, UserName: string) {
  const { id, created, tags } = userOf(world, UserName);
  return {
    UserName,
    UserId: id,
    Path: '/',
    Arn: `arn:${world.partition}:iam::${world.account}:user/${UserName}`,
    CreateDate: created,
    Tags: tags,
  };
}

function describeGroup(world: World, GroupName: string) {
  const { id, created } = groupOf(world, GroupName);
  return {
    GroupName,
    GroupId: id,
    Path: '/',
    Arn: `arn:${world.partition}:iam::${world.account}:group/${GroupName}`,
    CreateDate: created,
  };
}

/** Attaching and detaching, the same for users and groups. */
function attach(world: World, to: User | Group, arn: string | undefined) {
  const policy = checkPolicyExists(world, arn);
  if (!to.attached.includes(policy)) to.attached.push(policy);
  return {};
}
function detach(from: User | Group, arn: string | undefined) {
  if (!from.attached.includes(arn ?? '')) throw noSuch(`Policy ${arn} was not found. It`);
  from.attached = from.attached.filter((one) => one !== arn);
  return {};
}
function putInline(to: User | Group, name: string | undefined, document: string | undefined) {
  try {
    JSON.parse(document ?? '');
  } catch {
    throw new SampleAwsError('MalformedPolicyDocumentException', 'The policy is not in the valid JSON format.');
  }
  to.inline[name ?? ''] = document ?? '';
  return {};
}
function inlineOf(from: User | Group, name: string | undefined): string {
  const document = from.inline[name ?? ''];
  if (document === undefined) throw noSuch(`The policy with name ${name}`);
  // IAM answers with the document URL-encoded.
  return encodeURIComponent(document);
}
function deleteInline(from: User | Group, name: string | undefined) {
  inlineOf(from, name);
  delete from.inline[name ?? ''];
  return {};
}

const accountSettings = operations('iam', {
  GetAccountPasswordPolicy: ({ iam }) => {
    if (iam.passwordPolicy === undefined) throw noSuch('The Password Policy with domain name of this account');
    return { PasswordPolicy: iam.passwordPolicy };
  },
  /** Not a partial update: what is left out goes back to AWS's default. */
  UpdateAccountPasswordPolicy: ({ iam }, input) => {
    const { MinimumPasswordLength = 6, MaxPasswordAge, PasswordReusePrevention } = input;
    if (MinimumPasswordLength < 6 || MinimumPasswordLength > 128) throw invalid('MinimumPasswordLength is 6 to 128');
    if (MaxPasswordAge !== undefined && (MaxPasswordAge < 1 || MaxPasswordAge > 1095)) {
      throw invalid('MaxPasswordAge is 1 to 1095');
    }
    if (PasswordReusePrevention !== undefined && (PasswordReusePrevention < 1 || PasswordReusePrevention > 24)) {
      throw invalid('PasswordReusePrevention is 1 to 24');
    }
    iam.passwordPolicy = {
      MinimumPasswordLength,
      RequireSymbols: input.RequireSymbols ?? false,
      RequireNumbers: input.RequireNumbers ?? false,
      RequireUppercaseCharacters: input.RequireUppercaseCharacters ?? false,
      RequireLowercaseCharacters: input.RequireLowercaseCharacters ?? false,
      AllowUsersToChangePassword: input.AllowUsersToChangePassword ?? false,
      ExpirePasswords: MaxPasswordAge !== undefined,
      ...(MaxPasswordAge !== undefined && { MaxPasswordAge }),
      ...(PasswordReusePrevention !== undefined && { PasswordReusePrevention }),
      HardExpiry: input.HardExpiry ?? false,
    };
    return {};
  },
  DeleteAccountPasswordPolicy: ({ iam }) => {
    if (iam.passwordPolicy === undefined) throw noSuch('The account policy with name PasswordPolicy');
    iam.passwordPolicy = undefined;
    return {};
  },
});

const users = operations('iam', {
  ListUsers: (world, { Marker, MaxItems }) => {
    const { items, next } = page(Object.keys(world.iam.users).sort(), MaxItems, Marker);
    const Users = items.map((name) => {
      const { Tags: _, ...user } = describeUser(world, name);
      return user;
    });
    return { Users, IsTruncated: next !== undefined, Marker: next };
  },
  GetUser: (world, { UserName }) => ({ User: describeUser(world, UserName ?? '') }),
  ListAccessKeys: (world, { UserName = '' }) => ({
    AccessKeyMetadata: userOf(world, UserName).keys.map(({ id, status, created }) => ({
      UserName,
      AccessKeyId: id,
      Status: status,
      CreateDate: created,
    })),
    IsTruncated: false,
  }),
  GetAccessKeyLastUsed: ({ iam }, { AccessKeyId }) => {
    const owner = Object.entries(iam.users).find(([, { keys }]) => keys.some(({ id }) => id === AccessKeyId));
    if (owner === undefined) throw new SampleAwsError('AccessDenied', `No key ${AccessKeyId} in this account`, 403);
    const [UserName, user] = owner;
    const { lastUsed } = keyOf(user, AccessKeyId);
    const AccessKeyLastUsed =
      lastUsed === undefined
        ? { ServiceName: 'N/A', Region: 'N/A' }
        : { LastUsedDate: lastUsed.at, ServiceName: lastUsed.service, Region: lastUsed.region };
    return { UserName, AccessKeyLastUsed };
  },
  UpdateAccessKey: (world, { UserName, AccessKeyId, Status }) => {
    if (Status !== 'Active' && Status !== 'Inactive') throw invalid('Status is Active or Inactive');
    keyOf(userOf(world, UserName), AccessKeyId).status = Status;
    return {};
  },
  ListGroupsForUser: (world, { UserName = '', Marker, MaxItems }) => {
    userOf(world, UserName);
    const names = Object.keys(world.iam.groups).filter((name) => groupOf(world, name).members.includes(UserName));
    const { items, next } = page(names, MaxItems, Marker);
    return { Groups: items.map((name) => describeGroup(world, name)), IsTruncated: next !== undefined, Marker: next };
  },
  ListAttachedUserPolicies: (world, { UserName, Marker, MaxItems }) => {
    const { items, next } = page(userOf(world, UserName).attached, MaxItems, Marker);
    return { AttachedPolicies: attachedPolicies(world, items), IsTruncated: next !== undefined, Marker: next };
  },
  ListUserPolicies: (world, { UserName, Marker, MaxItems }) => {
    const { items, next } = page(Object.keys(userOf(world, UserName).inline).sort(), MaxItems, Marker);
    return { PolicyNames: items, IsTruncated: next !== undefined, Marker: next };
  },
  GetUserPolicy: (world, { UserName, PolicyName }) => ({
    UserName,
    PolicyName,
    PolicyDocument: inlineOf(userOf(world, UserName), PolicyName),
  }),
  AttachUserPolicy: (world, { UserName, PolicyArn }) => attach(world, userOf(world, UserName), PolicyArn),
  DetachUserPolicy: (world, { UserName, PolicyArn }) => detach(userOf(world, UserName), PolicyArn),
  PutUserPolicy: (world, { UserName, PolicyName, PolicyDocument }) =>
    putInline(userOf(world, UserName), PolicyName, PolicyDocument),
  DeleteUserPolicy: (world, { UserName, PolicyName }) => deleteInline(userOf(world, UserName), PolicyName),
});

const groups = operations('iam', {
  ListGroups: (world, { Marker, MaxItems }) => {
    const { items, next } = page(Object.keys(world.iam.groups).sort(), MaxItems, Marker);
    return { Groups: items.map((name) => describeGroup(world, name)), IsTruncated: next !== undefined, Marker: next };
  },
  GetGroup: (world, { GroupName = '' }) => ({
    Group: describeGroup(world, GroupName),
    Users: groupOf(world, GroupName).members.map((name) => describeUser(world, name)),
    IsTruncated: false,
  }),
  CreateGroup: (world, { GroupName = '' }) => {
    if (world.iam.groups[GroupName] !== undefined) {
      throw new SampleAwsError('EntityAlreadyExistsException', `Group with name ${GroupName} already exists.`, 409);
    }
    const id = `AGPA${String(Object.keys(world.iam.groups).length).padStart(17, '0')}`;
    world.iam.groups[GroupName] = { id, created: world.now(), members: [], attached: [], inline: {} };
    return { Group: describeGroup(world, GroupName) };
  },
  DeleteGroup: (world, { GroupName = '' }) => {
    const { members, attached, inline } = groupOf(world, GroupName);
    if (members.length + attached.length + Object.keys(inline).length > 0) {
      throw new SampleAwsError('DeleteConflictException', 'Remove its users and policies first.', 409);
    }
    delete world.iam.groups[GroupName];
    return {};
  },
  AddUserToGroup: (world, { GroupName, UserName = '' }) => {
    userOf(world, UserName);
    const group = groupOf(world, GroupName);
    if (!group.members.includes(UserName)) group.members.push(UserName);
    return {};
  },
  RemoveUserFromGroup: (world, { GroupName, UserName }) => {
    const group = groupOf(world, GroupName);
    group.members = group.members.filter((name) => name !== UserName);
    return {};
  },
  ListAttachedGroupPolicies: (world, { GroupName, Marker, MaxItems }) => {
    const { items, next } = page(groupOf(world, GroupName).attached, MaxItems, Marker);
    return { AttachedPolicies: attachedPolicies(world, items), IsTruncated: next !== undefined, Marker: next };
  },
  ListGroupPolicies: (world, { GroupName, Marker, MaxItems }) => {
    const { items, next } = page(Object.keys(groupOf(world, GroupName).inline).sort(), MaxItems, Marker);
    return { PolicyNames: items, IsTruncated: next !== undefined, Marker: next };
  },
  GetGroupPolicy: (world, { GroupName, PolicyName }) => ({
    GroupName,
    PolicyName,
    PolicyDocument: inlineOf(groupOf(world, GroupName), PolicyName),
  }),
  AttachGroupPolicy: (world, { GroupName, PolicyArn }) => attach(world, groupOf(world, GroupName), PolicyArn),
  DetachGroupPolicy: (world, { GroupName, PolicyArn }) => detach(groupOf(world, GroupName), PolicyArn),
  PutGroupPolicy: (world, { GroupName, PolicyName, PolicyDocument }) =>
    putInline(groupOf(world, GroupName), PolicyName, PolicyDocument),
  DeleteGroupPolicy: (world, { GroupName, PolicyName }) => deleteInline(groupOf(world, GroupName), PolicyName),
});

export const iam = { ...accountSettings, ...users, ...groups };
