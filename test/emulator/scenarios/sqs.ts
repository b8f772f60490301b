import { CreateKeyCommand } from '@aws-sdk/client-kms';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ListQueuesCommand,
  ListQueueTagsCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import { ACCOUNT, type Aws } from '../clients.ts';
import { event } from '../event.ts';
import { scenario } from '../scenario.ts';
import { type Policy, parsePolicy, type Statement, withoutSidOfPlainHttp } from './policies.ts';

const ARN = `arn:aws:sqs:us-east-1:${ACCOUNT}:orders`;

const bucketNotifies: Statement = {
  Sid: 'BucketNotifies',
  Effect: 'Allow',
  Principal: { Service: 's3.amazonaws.com' },
  Action: 'sqs:SendMessage',
  Resource: ARN,
  Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:s3:::orders-incoming' } },
};
const partnerReads: Statement = {
  Sid: 'PartnerReads',
  Effect: 'Allow',
  Principal: { AWS: 'arn:aws:iam::999988887777:root' },
  Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage'],
  Resource: ARN,
};
const everyoneSends: Statement = {
  Sid: 'EveryoneSends',
  Effect: 'Allow',
  Principal: '*',
  Action: 'sqs:SendMessage',
  Resource: ARN,
};
const noPlainHttp: Statement = {
  Effect: 'Deny',
  Principal: '*',
  Action: 'sqs:*',
  Resource: ARN,
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
};
const others: Policy = { Version: '2012-10-17', Id: 'orders', Statement: [bucketNotifies, partnerReads] };

/** A queue with settings of its own and a tag. */
async function makeQueue({ sqs }: Aws, attributes: Record<string, string>): Promise<string> {
  const { QueueUrl = '' } = await sqs.send(
    new CreateQueueCommand({
      QueueName: 'orders',
      Attributes: { VisibilityTimeout: '120', MessageRetentionPeriod: '86400' },
      tags: { team: 'shop' },
    }),
  );
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: attributes }));
  return QueueUrl;
}

async function queueState({ sqs }: Aws, QueueUrl: string) {
  const asked = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] });
  const { Attributes = {} } = await sqs.send(asked);
  const { Tags } = await sqs.send(new ListQueueTagsCommand({ QueueUrl }));
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}));
  const { KmsMasterKeyId, SqsManagedSseEnabled, RedrivePolicy, VisibilityTimeout, MessageRetentionPeriod } = Attributes;
  return {
    // With a key, the emulator goes on saying that SQS encrypts by itself, too.
    encryption: KmsMasterKeyId || (SqsManagedSseEnabled === 'true' ? 'by SQS' : 'none'),
    redrive: RedrivePolicy ? JSON.stringify(JSON.parse(RedrivePolicy)) : 'none',
    settings: { VisibilityTimeout, MessageRetentionPeriod },
    policy: withoutSidOfPlainHttp(parsePolicy(Attributes.Policy)),
    tags: Tags,
    queues: QueueUrls.map((url) => url.split('/').at(-1)).sort(),
  };
}

function policyScenario(control: number, before: Policy, after: Policy) {
  return scenario({
    control,
    off: [382, 452].filter((one) => one !== control),
    arrange: async (aws) => {
      const attributes = { Policy: JSON.stringify(before), SqsManagedSseEnabled: 'true' };
      const id = await makeQueue(aws, attributes);
      return { id, event: event('sqs:SetQueueAttributes', { queueUrl: id, attributes }) };
    },
    state: queueState,
    expected: (state) => ({ ...state, policy: after }),
  });
}

let key = '';

// The emulator drops a queue's policy whenever another attribute is set: queues here have one only where it is judged.
export const sqs = [
  scenario({
    control: 291,
    off: [451],
    arrange: async (aws) => {
      const attributes = { SqsManagedSseEnabled: 'false' };
      const id = await makeQueue(aws, attributes);
      return { id, event: event('sqs:SetQueueAttributes', { queueUrl: id, attributes }) };
    },
    state: queueState,
    expected: (before) => ({ ...before, encryption: 'by SQS' }),
  }),
  policyScenario(
    382,
    { ...others, Statement: [everyoneSends, ...others.Statement] },
    {
      ...others,
      Statement: [
        { ...everyoneSends, Condition: { StringEquals: { 'aws:PrincipalAccount': ACCOUNT } } },
        ...others.Statement,
      ],
    },
  ),
  scenario({
    control: 451,
    arrange: async (aws) => {
      const { KeyMetadata } = await aws.kms.send(new CreateKeyCommand({ Description: 'queues' }));
      key = KeyMetadata?.Arn ?? '';
      const id = await makeQueue(aws, { SqsManagedSseEnabled: 'true' });
      const created = event('sqs:CreateQueue', { queueName: 'orders' }, { responseElements: { queueUrl: id } });
      return { id, event: created, parameters: { queueKeyArn: key } };
    },
    state: queueState,
    expected: (before) => ({ ...before, encryption: key }),
    undone: (before) => before,
  }),
  policyScenario(452, others, { ...others, Statement: [...others.Statement, noPlainHttp] }),
  scenario({
    control: 504,
    arrange: async (aws) => {
      const id = await makeQueue(aws, { SqsManagedSseEnabled: 'true' });
      const created = event('sqs:CreateQueue', { queueName: 'orders' }, { responseElements: { queueUrl: id } });
      return { id, event: created, parameters: { maxReceiveCount: '5' } };
    },
    state: queueState,
    expected: (before) => ({
      ...before,
      redrive: JSON.stringify({ deadLetterTargetArn: `${ARN}-dlq`, maxReceiveCount: 5 }),
      queues: ['orders', 'orders-dlq'],
    }),
    undone: (before) => ({ ...before, queues: ['orders', 'orders-dlq'] }),
  }),
];
