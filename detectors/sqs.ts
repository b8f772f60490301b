import type { QueueAttributeName } from '@aws-sdk/client-sqs';
import {
  deniesPlaintext,
  derive,
  detectors,
  fail,
  ids,
  nextToken,
  openStatements,
  parsePolicy,
  pass,
  read,
  readEach,
  readPages,
  resource,
  skip,
} from '../src/control.ts';
import { encryptionKey, isCustomerManaged } from './customer-key.ts';

/** SQS says it in one way to new SDKs and in the other to old ones. */
export const NO_QUEUE = ['QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue'];

const ALL: QueueAttributeName[] = ['All'];

export const attributes = read(
  'sqs',
  'GetQueueAttributes',
  ({ id }) => ({ QueueUrl: id, AttributeNames: ALL }),
  (out) => out.Attributes ?? {},
);

export const queuePolicy = derive({ attributes }, ({ attributes }) => parsePolicy(attributes.Policy));

/** A queue is encrypted by a KMS key, by a key of SQS (`managed`), or not at all. */
export const encryption = derive({ attributes }, ({ attributes: { KmsMasterKeyId, SqsManagedSseEnabled } }) =>
  KmsMasterKeyId
    ? { key: KmsMasterKeyId, managed: false }
    : { key: undefined, managed: SqsManagedSseEnabled === 'true' },
);

const keyId = derive({ encryption }, ({ encryption }) => encryption.key);
const key = encryptionKey(keyId);

/** Where messages go that could not be handled, or nothing. */
export const redrive = derive({ attributes }, ({ attributes }) => {
  const policy: { deadLetterTargetArn?: string; maxReceiveCount?: number | string } | undefined =
    attributes.RedrivePolicy ? JSON.parse(attributes.RedrivePolicy) : undefined;
  if (!policy?.deadLetterTargetArn) return undefined;
  return { deadLetterTargetArn: policy.deadLetterTargetArn, maxReceiveCount: Number(policy.maxReceiveCount) };
});

/** The URLs of the queue's dead-letter queue: one, or none when it is gone. */
const deadLetterQueue = readEach(
  'sqs',
  'GetQueueUrl',
  ({ redrive }) => {
    const [QueueName, QueueOwnerAWSAccountId] = redrive?.deadLetterTargetArn.split(':').reverse() ?? [];
    return QueueName === undefined ? [] : [{ QueueName, QueueOwnerAWSAccountId }];
  },
  (out) => out.QueueUrl,
  { needs: { redrive }, absent: NO_QUEUE },
);

/** Queues whose failed messages come here. */
const sources = readPages(
  'sqs',
  'ListDeadLetterSourceQueues',
  ({ id }) => ({ QueueUrl: id }),
  (out) => out.queueUrls ?? [],
  nextToken,
);

export const nameOf = (queueUrl: string): string => queueUrl.split('/').at(-1) ?? queueUrl;

const queueUrl = ids('requestParameters.queueUrl');
const changes = { 'sqs:CreateQueue': ids('responseElements.queueUrl'), 'sqs:SetQueueAttributes': queueUrl };
const policyChanges = { ...changes, 'sqs:AddPermission': queueUrl, 'sqs:RemovePermission': queueUrl };

export const queues = detectors(
  resource('AWS::SQS::Queue', {
    service: 'sqs',
    arn: ({ partition, region, account, id }) => `arn:${partition}:sqs:${region}:${account}:${nameOf(id)}`,
    list: readPages(
      'sqs',
      'ListQueues',
      // Without a number SQS gives one page and no token.
      () => ({ MaxResults: 1000 }),
      (out) => out.QueueUrls ?? [],
      nextToken,
    ),
    gone: NO_QUEUE,
    tags: read(
      'sqs',
      'ListQueueTags',
      ({ id }) => ({ QueueUrl: id }),
      (out) => out.Tags ?? {},
    ),
  }),
  {
    291: {
      title: 'Queue is encrypted at rest',
      criticality: 'LOW',
      on: changes,
      reads: { encryption },
      check: ({ encryption }) =>
        encryption.managed || encryption.key !== undefined ? pass : fail('messages are stored without encryption'),
      note: "The document knows only KMS keys; SQS has had keys of its own since 2021, which need no permissions and cost nothing. Both count, and Redress takes SQS's.",
    },
    382: {
      title: 'Queue lets nobody in without naming them',
      criticality: 'HIGH',
      on: policyChanges,
      reads: { queuePolicy },
      check: ({ queuePolicy }) => {
        const open = openStatements(queuePolicy);
        if (open.length === 0) return pass;
        const names = open.map(({ Sid }) => Sid ?? 'without a Sid').join(', ');
        return fail(`everyone is let in by the queue policy (statement ${names})`);
      },
      note: "The document's steps replace the whole policy, which would cut off S3, SNS and EventBridge. Everyone narrowed to fixed sources or accounts is not everyone.",
    },
    451: {
      title: 'Queue is encrypted with a customer managed key',
      criticality: 'HIGH',
      on: changes,
      reads: { key },
      check: ({ key }) => isCustomerManaged(key, 'the queue is not encrypted with a KMS key'),
      note: 'An alias of AWS (alias/aws/sqs) means a key of AWS, without asking KMS.',
    },
    452: {
      title: 'Queue refuses requests without TLS',
      criticality: 'HIGH',
      on: policyChanges,
      reads: { queuePolicy },
      check: ({ queuePolicy }, { arn }) =>
        deniesPlaintext(queuePolicy, { action: 'sqs:*', resource: arn })
          ? pass
          : fail('no statement of the policy denies requests without TLS to everyone'),
      note: 'The stand-alone policy of the document would delete the grants of a queue that has a policy; Redress adds the one statement.',
    },
    504: {
      title: 'Queue has a dead-letter queue',
      criticality: 'MEDIUM',
      on: changes,
      reads: { redrive, deadLetterQueue, sources },
      check: ({ redrive, deadLetterQueue, sources }) => {
        if (sources.length > 0) return skip(`the queue is itself the dead-letter queue of ${nameOf(sources[0] ?? '')}`);
        if (redrive === undefined) return fail('messages that cannot be handled go nowhere');
        return deadLetterQueue[0] === undefined
          ? fail(`its dead-letter queue ${redrive.deadLetterTargetArn} does not exist (any more)`)
          : pass;
      },
      note: "A dead-letter queue that is gone does not count. When one is deleted, no event names the queues that used it: the sweep finds them. The document's command for FIFO queues is not valid.",
    },
  },
);
