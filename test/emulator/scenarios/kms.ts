import {
  CreateAliasCommand,
  CreateGrantCommand,
  CreateKeyCommand,
  DescribeCustomKeyStoresCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  GetKeyPolicyCommand,
  KeyState,
  ListAliasesCommand,
  ListGrantsCommand,
  ListResourceTagsCommand,
  PutKeyPolicyCommand,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import { ACCOUNT, type Aws } from '../clients.ts';
import { event, terraform } from '../event.ts';
import { scenario } from '../scenario.ts';
import { type Policy, parsePolicy, type Statement } from './policies.ts';

const ROOT = `arn:aws:iam::${ACCOUNT}:root`;
const APP = `arn:aws:iam::${ACCOUNT}:role/orders-app`;
const ADMIN = `arn:aws:iam::${ACCOUNT}:role/key-admin`;
const on = (one: Statement): Statement => ({ Effect: 'Allow', ...one, Resource: '*' });

const root = on({ Sid: 'Account', Principal: { AWS: ROOT }, Action: 'kms:*' });
const trail = on({
  Sid: 'TrailEncrypts',
  Principal: { Service: 'cloudtrail.amazonaws.com' },
  Action: 'kms:GenerateDataKey*',
  Condition: { StringEquals: { 'aws:SourceAccount': ACCOUNT } },
});
const partner = on({
  Sid: 'PartnerDecrypts',
  Principal: { AWS: 'arn:aws:iam::999988887777:root' },
  Action: ['kms:Decrypt', 'kms:DescribeKey'],
});
const onlyTls = on({
  Sid: 'OnlyTls',
  Effect: 'Deny',
  Principal: '*',
  // The emulator takes every Deny on DescribeKey for one without conditions.
  Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
});
const administrators = on({
  Sid: 'Allow access for Key Administrators',
  Principal: { AWS: [ADMIN, APP] },
  Action: [
    ...['kms:Create*', 'kms:Describe*', 'kms:Enable*', 'kms:List*', 'kms:Put*', 'kms:Update*', 'kms:Revoke*'],
    ...['kms:Disable*', 'kms:Get*', 'kms:Delete*', 'kms:TagResource', 'kms:UntagResource'],
  ],
});
const users = on({
  Sid: 'Allow use of the key',
  Principal: { AWS: APP },
  Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
});
const others = [trail, partner, onlyTls];
const policyOf = (...Statement: Statement[]): Policy => ({ Version: '2012-10-17', Id: 'orders', Statement });

/** A key with a policy, an alias, a tag and a grant: all of them must outlive every fix. */
async function makeKey({ kms }: Aws, policy: Policy = policyOf(root, ...others), Origin?: 'EXTERNAL'): Promise<string> {
  const { KeyMetadata } = await kms.send(
    new CreateKeyCommand({ Description: 'orders', Tags: [{ TagKey: 'team', TagValue: 'shop' }], Origin }),
  );
  const KeyId = KeyMetadata?.KeyId ?? '';
  await kms.send(new PutKeyPolicyCommand({ KeyId, PolicyName: 'default', Policy: JSON.stringify(policy) }));
  await kms.send(new CreateAliasCommand({ AliasName: 'alias/orders', TargetKeyId: KeyId }));
  await kms.send(new CreateGrantCommand({ KeyId, GranteePrincipal: APP, Operations: ['Decrypt'], Name: 'app' }));
  return KeyId;
}

async function keyState({ kms }: Aws, KeyId: string) {
  const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId }));
  const { Policy } = await kms.send(new GetKeyPolicyCommand({ KeyId, PolicyName: 'default' }));
  const { Tags } = await kms.send(new ListResourceTagsCommand({ KeyId }));
  const { Grants = [] } = await kms.send(new ListGrantsCommand({ KeyId }));
  const { Aliases = [] } = await kms.send(new ListAliasesCommand({ KeyId }));
  return {
    state: KeyMetadata?.KeyState,
    policy: parsePolicy(Policy),
    tags: Tags,
    grants: Grants.map(({ Name, GranteePrincipal, Operations }) => ({ Name, GranteePrincipal, Operations })),
    aliases: Aliases.map(({ AliasName }) => AliasName),
  };
}

/** A scenario in which a policy is put that breaks a control, and one is expected that does not. */
function policyScenario(control: number, before: Policy, after: Policy, parameters: Record<string, string> = {}) {
  return scenario({
    control,
    // One statement may break several of these rules; each is seen alone.
    off: [121, 122, 123, 294].filter((one) => one !== control),
    arrange: async (aws) => {
      const id = await makeKey(aws, before);
      const put = { keyId: id, policyName: 'default', policy: JSON.stringify(before) };
      return { id, event: event('kms:PutKeyPolicy', put, { by: terraform }), parameters };
    },
    state: keyState,
    expected: (state) => ({ ...state, policy: after }),
  });
}

const adminHasAll = on({ Sid: 'Admin', Principal: { AWS: [ADMIN] }, Action: 'kms:*' });
const adminMayDelete = on({
  Sid: 'Admin',
  Principal: { AWS: [ROOT, ADMIN] },
  Action: ['kms:Put*', 'kms:ScheduleKeyDeletion'],
});
const everyone = on({ Sid: 'Everyone', Principal: '*', Action: 'kms:Decrypt' });

export const kms = [
  scenario({
    control: 58,
    kind: 'guide',
    arrange: async (aws) => {
      const id = await makeKey(aws, undefined, 'EXTERNAL');
      const parameters = { keyId: id, expirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' };
      return { id, event: event('kms:ImportKeyMaterial', parameters) };
    },
    state: keyState,
    expected: (before) => before,
  }),
  scenario({
    control: 120,
    arrange: async (aws) => {
      const id = await makeKey(aws);
      await aws.kms.send(new ScheduleKeyDeletionCommand({ KeyId: id, PendingWindowInDays: 7 }));
      const keyId = `arn:aws:kms:us-east-1:${ACCOUNT}:key/${id}`;
      return { id, event: event('kms:ScheduleKeyDeletion', { keyId, pendingWindowInDays: 7 }) };
    },
    state: keyState,
    expected: (before) => ({ ...before, state: KeyState.Disabled }),
    undone: (before) => before,
  }),
  policyScenario(
    121,
    policyOf(adminHasAll, ...others),
    policyOf(
      { ...adminHasAll, Action: ['kms:Describe*', 'kms:Put*'] },
      ...others,
      on({ Sid: 'Enable IAM User Permissions', Principal: { AWS: ROOT }, Action: 'kms:*' }),
    ),
    { insteadOfEverything: 'kms:Describe*,kms:Put*' },
  ),
  policyScenario(
    122,
    policyOf(root, adminMayDelete, ...others),
    policyOf(
      root,
      { ...adminMayDelete, Principal: { AWS: [ROOT] } },
      { ...adminMayDelete, Sid: 'Admin2', Principal: { AWS: [ADMIN] }, Action: ['kms:Put*'] },
      ...others,
    ),
  ),
  policyScenario(
    123,
    policyOf(root, administrators, users, ...others),
    policyOf(root, { ...administrators, Principal: { AWS: [ADMIN] } }, users, ...others),
    { overlapLoses: 'administration' },
  ),
  scenario({
    control: 124,
    lacks: {
      operation: 'kms:DescribeCustomKeyStores',
      ask: ({ kms }) => kms.send(new DescribeCustomKeyStoresCommand({})),
    },
    arrange: async () => ({
      id: 'cks-1234567890abcdef0',
      event: event('kms:DisconnectCustomKeyStore', { customKeyStoreId: 'cks-1234567890abcdef0' }),
    }),
    state: async () => 'DISCONNECTED',
    expected: () => 'CONNECTED',
  }),
  scenario({
    control: 174,
    kind: 'guide',
    arrange: async (aws) => {
      const id = await makeKey(aws);
      return { id, event: event('kms:CreateKey', {}, { responseElements: { keyMetadata: { keyId: id } } }) };
    },
    state: keyState,
    expected: (before) => before,
  }),
  policyScenario(
    294,
    policyOf(root, everyone, ...others),
    policyOf(root, { ...everyone, Principal: { AWS: [ROOT] } }, ...others),
  ),
  scenario({
    control: 517,
    arrange: async (aws) => {
      const id = await makeKey(aws);
      await aws.kms.send(new DisableKeyCommand({ KeyId: id }));
      return { id, event: event('kms:DisableKey', { keyId: id }) };
    },
    state: keyState,
    expected: (before) => ({ ...before, state: KeyState.Enabled }),
  }),
];
