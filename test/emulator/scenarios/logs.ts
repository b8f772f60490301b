import {
  AssociateKmsKeyCommand,
  CreateLogGroupCommand,
  DescribeLogGroupsCommand,
  ListTagsForResourceCommand,
  PutRetentionPolicyCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { CreateKeyCommand, GetKeyPolicyCommand } from '@aws-sdk/client-kms';
import { ACCOUNT, type Aws } from '../clients.ts';
import { event } from '../event.ts';
import { scenario } from '../scenario.ts';
import { parsePolicy } from './policies.ts';

const GROUP = '/acme/orders';
const ARN = `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:${GROUP}`;
const KEY = `arn:aws:kms:us-east-1:${ACCOUNT}:key/11111111-2222-3333-4444-555555555555`;

/** A group, and one whose name begins alike. */
async function makeGroups({ logs }: Aws) {
  await logs.send(new CreateLogGroupCommand({ logGroupName: `${GROUP}-archive` }));
  await logs.send(new CreateLogGroupCommand({ logGroupName: GROUP, tags: { team: 'shop' } }));
  return { id: GROUP, event: event('logs:CreateLogGroup', { logGroupName: GROUP }) };
}

async function state({ logs }: Aws) {
  const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({}));
  const { tags = {} } = await logs.send(new ListTagsForResourceCommand({ resourceArn: ARN }));
  return {
    groups: logGroups.map(({ logGroupName, retentionInDays, kmsKeyId }) => ({
      name: logGroupName,
      days: retentionInDays ?? 'for ever',
      key: kmsKeyId ?? 'none',
    })),
    tags,
  };
}

function retentionScenario(variant: string, before: number | undefined) {
  return scenario({
    control: 313,
    variant,
    off: [373],
    arrange: async (aws) => {
      const arranged = { ...(await makeGroups(aws)), parameters: { retentionDays: '400' } };
      if (before === undefined) return arranged;
      const parameters = { logGroupName: GROUP, retentionInDays: before };
      await aws.logs.send(new PutRetentionPolicyCommand(parameters));
      return { ...arranged, event: event('logs:PutRetentionPolicy', parameters) };
    },
    state,
    expected: (before) => ({
      ...before,
      groups: before.groups.map((one) => (one.name === GROUP ? { ...one, days: 400 } : one)),
    }),
  });
}

export const logs = [
  retentionScenario('keeps everything', undefined),
  retentionScenario('keeps a day', 1),
  scenario({
    control: 373,
    lacks: {
      operation: 'logs:AssociateKmsKey',
      ask: ({ logs }) => logs.send(new AssociateKmsKeyCommand({ logGroupName: GROUP, kmsKeyId: KEY })),
    },
    arrange: async (aws) => {
      const { KeyMetadata } = await aws.kms.send(new CreateKeyCommand({ Description: 'logs' }));
      return { ...(await makeGroups(aws)), parameters: { logKeyArn: KeyMetadata?.Arn ?? '' } };
    },
    state: async (aws) => {
      const { groups, tags } = await state(aws);
      const key = groups.find(({ name }) => name === GROUP)?.key ?? 'none';
      const own = key === 'none' ? undefined : await aws.kms.send(new GetKeyPolicyCommand({ KeyId: key }));
      const services = parsePolicy(own?.Policy)?.Statement.map(({ Principal }) => JSON.stringify(Principal)) ?? [];
      return { groups, tags, service: services.some((one) => one.includes('logs.us-east-1.amazonaws.com')) };
    },
    expected: (before) => ({ ...before, service: true }),
  }),
];
