import { CreateKeyCommand } from '@aws-sdk/client-kms';
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetResourcePolicyCommand,
  GetSecretValueCommand,
  PutResourcePolicyCommand,
  RotateSecretCommand,
} from '@aws-sdk/client-secrets-manager';
import { ACCOUNT, type Aws } from '../clients.ts';
import { event } from '../event.ts';
import { scenario } from '../scenario.ts';
import { parsePolicy } from './policies.ts';

const POLICY = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${ACCOUNT}:role/orders` },
      Action: 'secretsmanager:GetSecretValue',
      Resource: '*',
    },
  ],
};

/** A secret with a value, a description, tags and a policy: none of them may change. */
async function makeSecret({ secretsmanager }: Aws): Promise<string> {
  const { ARN = '' } = await secretsmanager.send(
    new CreateSecretCommand({
      Name: 'orders/db',
      Description: 'the orders database',
      SecretString: '{"username":"orders","password":"s3cr3t"}',
      Tags: [{ Key: 'team', Value: 'shop' }],
    }),
  );
  await secretsmanager.send(new PutResourcePolicyCommand({ SecretId: ARN, ResourcePolicy: JSON.stringify(POLICY) }));
  return ARN;
}

async function secretState({ secretsmanager }: Aws, SecretId: string) {
  const secret = await secretsmanager.send(new DescribeSecretCommand({ SecretId }));
  const value = await secretsmanager.send(new GetSecretValueCommand({ SecretId }));
  const { ResourcePolicy } = await secretsmanager.send(new GetResourcePolicyCommand({ SecretId }));
  return {
    key: secret.KmsKeyId || 'the default',
    rotates: secret.RotationEnabled ?? false,
    rules: secret.RotationRules ?? null,
    description: secret.Description,
    tags: secret.Tags,
    value: value.SecretString,
    policy: parsePolicy(ResourcePolicy),
  };
}

async function makeKey({ kms }: Aws): Promise<string> {
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Description: 'secrets' }));
  return KeyMetadata?.Arn ?? '';
}

function keyScenario(control: number, other: number) {
  let key = '';
  return scenario({
    control,
    off: [other],
    arrange: async (aws) => {
      const id = await makeSecret(aws);
      key = await makeKey(aws);
      const created = event('secretsmanager:CreateSecret', { name: 'orders/db' }, { responseElements: { arn: id } });
      return { id, event: created, parameters: { secretKeyArn: key } };
    },
    state: secretState,
    expected: (before) => ({ ...before, key }),
  });
}

export const secretsmanager = [
  keyScenario(119, 366),
  keyScenario(366, 119),
  scenario({
    control: 510,
    arrange: async (aws) => {
      const id = await makeSecret(aws);
      const rules = { AutomaticallyAfterDays: 365 };
      await aws.secretsmanager.send(
        new RotateSecretCommand({ SecretId: id, RotationRules: rules, RotateImmediately: false }),
      );
      const parameters = { secretId: 'orders/db', rotationRules: { automaticallyAfterDays: 365 } };
      return { id, event: event('secretsmanager:RotateSecret', parameters), parameters: { rotationDays: '30' } };
    },
    state: secretState,
    expected: (before) => ({ ...before, rules: { AutomaticallyAfterDays: 30 } }),
    undone: (before) => before,
  }),
];
