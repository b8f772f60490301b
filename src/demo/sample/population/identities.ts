import { iamId } from '../ids.ts';
import { ago, type Setting, sampleIds } from '../setting.ts';
import type { World } from '../world.ts';

/** A weak password policy, a user with policies of its own and a key that nobody uses; two users without fault. */
export function identities(setting: Setting): World['iam'] {
  const { account, partition } = setting;
  const document = (...Action: string[]) =>
    JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] });
  const readOnly = `arn:${partition}:iam::aws:policy/ReadOnlyAccess`;
  const pushImages = `arn:${partition}:iam::${account}:policy/push-images`;
  const user = (name: string) => ({
    id: iamId('AIDA', name),
    created: ago(setting, 500),
    keys: [],
    attached: [],
    inline: {},
    tags: [],
  });
  return {
    passwordPolicy: {
      MinimumPasswordLength: 14,
      RequireSymbols: true,
      RequireNumbers: true,
      RequireUppercaseCharacters: false,
      RequireLowercaseCharacters: true,
      AllowUsersToChangePassword: true,
      ExpirePasswords: false,
      PasswordReusePrevention: 12,
      HardExpiry: false,
    },
    users: {
      alice: user('alice'),
      bob: {
        ...user('bob'),
        keys: [
          {
            id: sampleIds.freshKey,
            status: 'Active',
            created: ago(setting, 200),
            lastUsed: { at: ago(setting, 1), service: 's3', region: setting.region },
          },
        ],
      },
      'ci-deploy': {
        ...user('ci-deploy'),
        keys: [
          {
            id: sampleIds.staleKey,
            status: 'Active',
            created: ago(setting, 480),
            lastUsed: { at: ago(setting, 207), service: 'ecr', region: setting.region },
          },
        ],
        attached: [pushImages],
        inline: { 'update-services': document('ecs:UpdateService', 'ecs:DescribeServices') },
        tags: [{ Key: 'team', Value: 'platform' }],
      },
    },
    groups: {
      engineers: {
        id: iamId('AGPA', 'engineers'),
        created: ago(setting, 500),
        members: ['alice', 'bob'],
        attached: [readOnly],
        inline: {},
      },
    },
    policies: {
      [readOnly]: { name: 'ReadOnlyAccess', document: document('*:Get*', '*:List*', '*:Describe*') },
      [pushImages]: { name: 'push-images', document: document('ecr:PutImage') },
    },
  };
}
