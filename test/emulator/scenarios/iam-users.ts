import {
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreateGroupCommand,
  CreateLoginProfileCommand,
  CreatePolicyCommand,
  CreateUserCommand,
  GetLoginProfileCommand,
  ListAccessKeysCommand,
  ListAttachedUserPoliciesCommand,
  ListGroupsForUserCommand,
  ListServerCertificatesCommand,
  ListUserTagsCommand,
  UploadServerCertificateCommand,
} from '@aws-sdk/client-iam';
import { RSA_1024 } from '../../certificates.ts';
import type { Aws } from '../clients.ts';
import { event } from '../event.ts';
import { scenario } from '../scenario.ts';

const USER = 'ann';
const GROUP = 'readers';
const POLICY = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 's3:ListAllMyBuckets', Resource: '*' }],
};

/** A user with a key, a tag, a policy and a password: what is not judged must stay. */
async function makeUser({ iam }: Aws) {
  await iam.send(new CreateUserCommand({ UserName: USER, Tags: [{ Key: 'team', Value: 'shop' }] }));
  await iam.send(new CreateAccessKeyCommand({ UserName: USER }));
  const { Policy } = await iam.send(
    new CreatePolicyCommand({ PolicyName: 'lists-buckets', PolicyDocument: JSON.stringify(POLICY) }),
  );
  await iam.send(new AttachUserPolicyCommand({ UserName: USER, PolicyArn: Policy?.Arn }));
  await iam.send(new CreateLoginProfileCommand({ UserName: USER, Password: 'Correct-horse-7-battery' }));
  await iam.send(new CreateGroupCommand({ GroupName: GROUP }));
}

async function userState({ iam }: Aws, UserName: string) {
  const { Groups = [] } = await iam.send(new ListGroupsForUserCommand({ UserName }));
  const { AccessKeyMetadata = [] } = await iam.send(new ListAccessKeysCommand({ UserName }));
  const { AttachedPolicies = [] } = await iam.send(new ListAttachedUserPoliciesCommand({ UserName }));
  const { Tags } = await iam.send(new ListUserTagsCommand({ UserName }));
  const hasPassword = await iam.send(new GetLoginProfileCommand({ UserName })).then(
    () => true,
    () => false,
  );
  return {
    hasPassword,
    groups: Groups.map(({ GroupName }) => GroupName),
    keys: AccessKeyMetadata.map(({ AccessKeyId, Status }) => `${AccessKeyId} ${Status}`),
    policies: AttachedPolicies.map(({ PolicyName }) => PolicyName),
    tags: Tags,
  };
}

export const iamUsers = [
  scenario({
    control: 399,
    arrange: async (aws) => {
      await makeUser(aws);
      return { id: USER, event: event('iam:CreateUser', { userName: USER }), parameters: { groupName: GROUP } };
    },
    state: userState,
    expected: (before) => ({ ...before, groups: [GROUP] }),
  }),
  scenario({
    control: 400,
    noUndoHere: 'nobody knows a password that is deleted; a person sets a new one',
    arrange: async (aws) => {
      await makeUser(aws);
      const parameters = { userName: USER, passwordResetRequired: false };
      return { id: USER, event: event('iam:CreateLoginProfile', parameters) };
    },
    state: userState,
    expected: (before) => ({ ...before, hasPassword: false }),
  }),
  scenario({
    control: 448,
    kind: 'guide',
    arrange: async ({ iam }) => {
      await iam.send(
        new UploadServerCertificateCommand({
          ServerCertificateName: 'old-shop',
          CertificateBody: RSA_1024,
          PrivateKey: 'kept by its owner',
        }),
      );
      return { id: 'old-shop', event: event('iam:UploadServerCertificate', { serverCertificateName: 'old-shop' }) };
    },
    state: async ({ iam }) => {
      const { ServerCertificateMetadataList = [] } = await iam.send(new ListServerCertificatesCommand({}));
      return ServerCertificateMetadataList.map((one) => one.ServerCertificateName);
    },
    expected: (before) => before,
  }),
];
