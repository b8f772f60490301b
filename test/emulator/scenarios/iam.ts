import {
  AddUserToGroupCommand,
  AttachGroupPolicyCommand,
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreateGroupCommand,
  CreatePolicyCommand,
  CreateUserCommand,
  GetGroupCommand,
  GetGroupPolicyCommand,
  GetUserCommand,
  GetUserPolicyCommand,
  ListAccessKeysCommand,
  ListAttachedGroupPoliciesCommand,
  ListAttachedUserPoliciesCommand,
  ListGroupPoliciesCommand,
  ListGroupsCommand,
  ListGroupsForUserCommand,
  ListUserPoliciesCommand,
  PutGroupPolicyCommand,
  PutUserPolicyCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import type { Aws } from '../clients.ts';
import { event } from '../event.ts';
import { scenario } from '../scenario.ts';

const USER = 'build-agent';
const COLLEAGUE = 'deploy-agent';
const TEAM = 'builders';

async function accessKeys({ iam }: Aws): Promise<Record<string, string | undefined>> {
  const lists = await Promise.all(
    [USER, COLLEAGUE].map((UserName) => iam.send(new ListAccessKeysCommand({ UserName }))),
  );
  const keys = lists.flatMap(({ AccessKeyMetadata = [] }) => AccessKeyMetadata);
  return Object.fromEntries(keys.map(({ AccessKeyId, Status }) => [AccessKeyId, Status]));
}

async function makeKey({ iam }: Aws, UserName: string, Status: 'Active' | 'Inactive'): Promise<string> {
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  const AccessKeyId = AccessKey?.AccessKeyId ?? '';
  if (Status === 'Inactive') await iam.send(new UpdateAccessKeyCommand({ UserName, AccessKeyId, Status }));
  return AccessKeyId;
}

async function userPolicies({ iam }: Aws, UserName: string) {
  const { AttachedPolicies = [] } = await iam.send(new ListAttachedUserPoliciesCommand({ UserName }));
  const { PolicyNames = [] } = await iam.send(new ListUserPoliciesCommand({ UserName }));
  const inline = await Promise.all(
    PolicyNames.map(async (PolicyName) => {
      const { PolicyDocument } = await iam.send(new GetUserPolicyCommand({ UserName, PolicyName }));
      return `${PolicyName}: ${decodeURIComponent(PolicyDocument ?? '')}`;
    }),
  );
  return { attached: AttachedPolicies.map(({ PolicyArn }) => PolicyArn ?? '').sort(), inline: inline.sort() };
}

async function group({ iam }: Aws, GroupName: string) {
  const { Users = [] } = await iam.send(new GetGroupCommand({ GroupName }));
  const { AttachedPolicies = [] } = await iam.send(new ListAttachedGroupPoliciesCommand({ GroupName }));
  const { PolicyNames = [] } = await iam.send(new ListGroupPoliciesCommand({ GroupName }));
  const inline = await Promise.all(
    PolicyNames.map(async (PolicyName) => {
      const { PolicyDocument } = await iam.send(new GetGroupPolicyCommand({ GroupName, PolicyName }));
      return `${PolicyName}: ${decodeURIComponent(PolicyDocument ?? '')}`;
    }),
  );
  return {
    members: Users.map((user) => user.UserName ?? '').sort(),
    attached: AttachedPolicies.map(({ PolicyArn }) => PolicyArn ?? '').sort(),
    inline: inline.sort(),
  };
}

/** What the user may do, whichever way, and everything about others that must not change. */
async function userState(aws: Aws, UserName: string) {
  const { Groups: own = [] } = await aws.iam.send(new ListGroupsForUserCommand({ UserName }));
  const { Groups: all = [] } = await aws.iam.send(new ListGroupsCommand({}));
  const { User } = await aws.iam.send(new GetUserCommand({ UserName }));
  const direct = await userPolicies(aws, UserName);
  const groups = await Promise.all(own.map(({ GroupName }) => group(aws, GroupName ?? '')));
  return {
    direct,
    reach: [...new Set([direct, ...groups].flatMap(({ attached, inline }) => [...attached, ...inline]))].sort(),
    groupsOfUser: own.length,
    groups: all.length,
    /** Nobody else may gain anything from the groups that the user is in, but for the team it was in before. */
    companions: [...new Set(groups.flatMap(({ members }) => members))].sort(),
    team: await group(aws, TEAM),
    colleague: await userPolicies(aws, COLLEAGUE),
    tags: User?.Tags ?? [],
  };
}

const document = (Effect: 'Allow' | 'Deny', Action: string) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect, Action, Resource: '*' }] });

async function makePolicy({ iam }: Aws, PolicyName: string, Action: string): Promise<string> {
  const PolicyDocument = document('Allow', Action);
  const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName, PolicyDocument }));
  return Policy?.Arn ?? '';
}

async function makeUsersAndTeam(aws: Aws): Promise<void> {
  const { iam } = aws;
  await iam.send(new CreateUserCommand({ UserName: USER, Tags: [{ Key: 'team', Value: 'platform' }] }));
  await iam.send(new CreateUserCommand({ UserName: COLLEAGUE }));
  await iam.send(new CreateGroupCommand({ GroupName: TEAM }));
  const PolicyArn = await makePolicy(aws, 'read-artifacts', 's3:GetObject');
  await iam.send(new AttachGroupPolicyCommand({ GroupName: TEAM, PolicyArn }));
  const inline = { PolicyName: 'no-deletes', PolicyDocument: document('Deny', 's3:DeleteObject') };
  await iam.send(new PutGroupPolicyCommand({ GroupName: TEAM, ...inline }));
  await iam.send(new AddUserToGroupCommand({ GroupName: TEAM, UserName: USER }));
  await iam.send(new AddUserToGroupCommand({ GroupName: TEAM, UserName: COLLEAGUE }));
  const own = { PolicyName: 'deploys', PolicyDocument: document('Allow', 'ecs:UpdateService') };
  await iam.send(new PutUserPolicyCommand({ UserName: COLLEAGUE, ...own }));
}

export const iam = [
  scenario({
    control: 3,
    arrange: async (aws) => {
      await makeUsersAndTeam(aws);
      const AccessKeyId = await makeKey(aws, USER, 'Active');
      await makeKey(aws, USER, 'Inactive');
      await makeKey(aws, COLLEAGUE, 'Active');
      const parameters = { userName: USER, accessKeyId: AccessKeyId, status: 'Active' };
      return { id: AccessKeyId, event: event('iam:UpdateAccessKey', parameters), daysLater: 91 };
    },
    state: accessKeys,
    expected: (before, id) => ({ ...before, [id]: 'Inactive' }),
  }),
  scenario({
    control: 17,
    arrange: async (aws) => {
      await makeUsersAndTeam(aws);
      const PolicyArn = await makePolicy(aws, 'push-images', 'ecr:PutImage');
      await aws.iam.send(new AttachUserPolicyCommand({ UserName: USER, PolicyArn }));
      const inline = { PolicyName: 'not-in-production', PolicyDocument: document('Deny', 'ecs:*') };
      await aws.iam.send(new PutUserPolicyCommand({ UserName: USER, ...inline }));
      const parameters = { userName: USER, policyName: inline.PolicyName, policyDocument: inline.PolicyDocument };
      return { id: USER, event: event('iam:PutUserPolicy', parameters) };
    },
    state: userState,
    expected: (before) => ({
      ...before,
      direct: { attached: [], inline: [] },
      groupsOfUser: before.groupsOfUser + 1,
      groups: before.groups + 1,
    }),
  }),
];
