import { encryption, NO_QUEUE, nameOf, queuePolicy, queues, redrive } from '../detectors/sqs.ts';
import {
  type At,
  addStatement,
  byHand,
  call,
  derive,
  document,
  edit,
  optional,
  orNoPolicy,
  readEach,
  remediations,
  required,
  steps,
  until,
} from '../src/control.ts';
import { chosenKey, pinOpenStatements } from './chosen.ts';

/** Fourteen days, the longest that SQS keeps a message: time for a person to look. */
const LONGEST_RETENTION = '1209600';

const policyDocument = document(queuePolicy, {
  write: call('sqs', 'SetQueueAttributes', ({ id }, policy) => ({
    QueueUrl: id,
    Attributes: { Policy: JSON.stringify(policy) },
  })),
  remove: call('sqs', 'SetQueueAttributes', ({ id }) => ({ QueueUrl: id, Attributes: { Policy: '' } })),
  settle: orNoPolicy,
});

/** A queue takes one kind of encryption at a time: a KMS key goes before SQS's own comes. */
const encryptionDocument = document(encryption, {
  write: [
    call('sqs', 'SetQueueAttributes', ({ id }, { key }, current) =>
      key === undefined && current.key !== undefined ? { QueueUrl: id, Attributes: { KmsMasterKeyId: '' } } : undefined,
    ),
    call('sqs', 'SetQueueAttributes', ({ id }, { key, managed }) => ({
      QueueUrl: id,
      Attributes: key === undefined ? { SqsManagedSseEnabled: String(managed) } : { KmsMasterKeyId: key },
    })),
  ],
});

// --- dead-letter queues ---

const isFifo = (queueUrl: string): boolean => queueUrl.endsWith('.fifo');

/** The dead-letter queue that Redress makes for a queue. */
const ownName = (queueUrl: string): string =>
  isFifo(queueUrl) ? `${nameOf(queueUrl).slice(0, -'.fifo'.length)}-dlq.fifo` : `${nameOf(queueUrl)}-dlq`;

const ownUrl = readEach(
  'sqs',
  'GetQueueUrl',
  ({ id }) => [{ QueueName: ownName(id) }],
  (out) => out.QueueUrl,
  { absent: NO_QUEUE },
);
const ownExists = derive({ ownUrl }, ({ ownUrl }) => ownUrl[0] !== undefined);

const ownArn = ({ partition, region, account, id }: At): string =>
  `arn:${partition}:sqs:${region}:${account}:${ownName(id)}`;

const redrivePolicy = (policy: { deadLetterTargetArn: string; maxReceiveCount: number } | undefined): string =>
  policy === undefined ? '' : JSON.stringify(policy);

interface DeadLetters {
  readonly deadLetterQueueArn: string;
  readonly maxReceiveCount: string;
}

const wantedRedrive = (at: At, { deadLetterQueueArn, maxReceiveCount }: DeadLetters) => ({
  deadLetterTargetArn: deadLetterQueueArn || ownArn(at),
  maxReceiveCount: Number(maxReceiveCount),
});

export const queueRemediations = remediations(queues, {
  291: edit(
    encryptionDocument,
    {
      mode: 'auto',
      impact:
        'none: SQS encrypts with keys of its own, free and without permissions; only callers over plain HTTP break',
      note: 'A KMS key would shut out producers and consumers without rights on it; whoever wants one has control 451.',
    },
    // Control 451 may have put a key already.
    (current) => (current.key === undefined ? { key: undefined, managed: true } : current),
  ),

  382: edit(
    policyDocument,
    {
      mode: 'approve',
      impact:
        'senders and receivers of other accounts, and AWS services that relied on "everyone", are refused at once; statements that name them stay',
      parameters: {
        callerAccountId: optional('Account that may go on using the queue; empty means the account of the queue.', ''),
      },
    },
    (current, { account, parameters }) => pinOpenStatements(current, parameters.callerAccountId || account),
  ),

  451: edit(
    encryptionDocument,
    {
      mode: 'approve',
      impact:
        'producers, consumers and AWS services (S3, SNS, EventBridge) without rights on the key can no longer send or receive, and services fail silently; every request to KMS costs',
      undo: 'best-effort',
      parameters: {
        queueKeyArn: required(
          'KMS key for queues, in the region of the queue. Its policy must let producers (kms:GenerateDataKey, kms:Decrypt) and consumers (kms:Decrypt) use it, AWS services by name.',
        ),
      },
      note: 'Messages that were encrypted meanwhile need the key until they are read, also after undoing.',
    },
    (_, { parameters, ...at }) => {
      const chosen = chosenKey('queueKeyArn', parameters.queueKeyArn, at);
      return 'key' in chosen ? { key: chosen.key, managed: false } : chosen;
    },
  ),

  452: edit(
    policyDocument,
    { mode: 'approve', impact: 'clients that use plain HTTP endpoints are refused' },
    (current, { arn }) =>
      addStatement(current, {
        Sid: 'DenyRequestsWithoutTLS',
        Effect: 'Deny',
        Principal: '*',
        Action: 'sqs:*',
        Resource: arn,
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
  ),

  504: steps(
    {
      mode: 'approve',
      impact:
        'a message that was received maxReceiveCount times without being deleted moves to the dead-letter queue instead of being tried again; a FIFO queue goes on with the next one, out of order. Consumers slower than the visibility timeout lose healthy messages',
      parameters: {
        maxReceiveCount: optional('How often a message is tried before it is put aside, 1 to 1000.', '10'),
        deadLetterQueueArn: optional(
          'Queue that takes the messages, of the same kind, account and region; empty means a new one, named after the queue.',
          '',
        ),
      },
      reads: { redrive, ownExists, encryption },
      undo: 'best-effort',
      note: 'The new queue is encrypted like the first, so that messages do not move to a weaker one, and keeps them for fourteen days. Undoing leaves it: messages may lie in it.',
    },
    ({ step }) => [
      step(
        'create-dead-letter-queue',
        call('sqs', 'CreateQueue', ({ id, parameters, encryption: { key, managed } }) =>
          parameters.deadLetterQueueArn
            ? undefined
            : {
                QueueName: ownName(id),
                Attributes: {
                  MessageRetentionPeriod: LONGEST_RETENTION,
                  ...(isFifo(id) ? { FifoQueue: 'true' } : {}),
                  ...(key === undefined ? { SqsManagedSseEnabled: String(managed) } : { KmsMasterKeyId: key }),
                },
              },
        ),
        { repeat: 'once', until: until(ownExists, (exists) => exists) },
      ),
      step(
        'send-failed-messages-there',
        call('sqs', 'SetQueueAttributes', ({ parameters, ...at }) => ({
          QueueUrl: at.id,
          Attributes: { RedrivePolicy: redrivePolicy(wantedRedrive(at, parameters)) },
        })),
        {
          repeat: 'safe',
          undo: call('sqs', 'SetQueueAttributes', ({ id, redrive }) => ({
            QueueUrl: id,
            Attributes: { RedrivePolicy: redrivePolicy(redrive) },
          })),
        },
      ),
    ],
    ({ parameters, redrive: _, ownExists, encryption, ...at }) => {
      const wanted = wantedRedrive(at, parameters);
      const { deadLetterQueueArn } = parameters;
      const { maxReceiveCount } = wanted;
      if (!Number.isInteger(maxReceiveCount) || maxReceiveCount < 1 || maxReceiveCount > 1000)
        return byHand(`maxReceiveCount is "${parameters.maxReceiveCount}"; set it to a number from 1 to 1000`);
      if (deadLetterQueueArn) {
        const place = `arn:${at.partition}:sqs:${at.region}:${at.account}:`;
        if (!deadLetterQueueArn.startsWith(place) || isFifo(deadLetterQueueArn) !== isFifo(at.id))
          return byHand(
            `deadLetterQueueArn is "${deadLetterQueueArn}"; the queue takes only a ${isFifo(at.id) ? 'FIFO' : 'standard'} queue of its own account and region`,
          );
        if (deadLetterQueueArn === at.arn)
          return byHand('this is the dead-letter queue itself; exempt it, or choose another deadLetterQueueArn');
        return { redrive: wanted, ownExists, encryption };
      }
      if (ownExists)
        return byHand(
          `a queue ${ownName(at.id)} exists already: if it is meant for this, set deadLetterQueueArn to it`,
        );
      if (ownName(at.id).length > 80)
        return byHand(`${ownName(at.id)} is too long a name for a queue; make one and set deadLetterQueueArn to it`);
      return { redrive: wanted, ownExists: true, encryption };
    },
  ),
});
