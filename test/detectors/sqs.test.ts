import { describe, expect, it } from 'vitest';
import { ACCOUNT, type Answer, type Answers, awsError, controlOf, judge, placeOf, sessionOn } from '../controls.ts';

const QUEUE = `https://sqs.eu-west-1.amazonaws.com/${ACCOUNT}/orders`;
const ARN = `arn:aws:sqs:eu-west-1:${ACCOUNT}:orders`;
const KEY = `arn:aws:kms:eu-west-1:${ACCOUNT}:key/1`;
const attributes = (Attributes?: object) => ({ Attributes });
const policy = (...Statement: object[]) => attributes({ Policy: JSON.stringify({ Version: '2012-10-17', Statement }) });

function table(number: number, rows: readonly (readonly [string, Answer, string])[], more: Answers = {}) {
  it.each(rows)('%s', async (_, answer, expected) => {
    expect(await judge(number, QUEUE, { 'sqs:GetQueueAttributes': answer, ...more })).toBe(expected);
  });
}

describe.each([291, 382, 451, 452])('%i, as every control of queues', (number) => {
  table(number, [
    ['gone', awsError('QueueDoesNotExist'), `skip: ${QUEUE} does not exist (any more)`],
    [
      'gone, as it was called',
      awsError('AWS.SimpleQueueService.NonExistentQueue'),
      `skip: ${QUEUE} does not exist (any more)`,
    ],
    ['denied', awsError('AccessDenied'), 'unknown: sqs:GetQueueAttributes was denied; allow sqs:GetQueueAttributes'],
  ]);
});

describe('291: encrypted', () => {
  table(291, [
    ['by SQS', attributes({ SqsManagedSseEnabled: 'true' }), 'pass'],
    ['by KMS', attributes({ SqsManagedSseEnabled: 'false', KmsMasterKeyId: 'alias/aws/sqs' }), 'pass'],
    ['not', attributes({ SqsManagedSseEnabled: 'false' }), 'fail: messages are stored without encryption'],
    ['an empty key', attributes({ KmsMasterKeyId: '' }), 'fail: messages are stored without encryption'],
    ['nothing at all', attributes(), 'fail: messages are stored without encryption'],
  ]);
});

describe('451: a key of your own', () => {
  const managed = (KeyManager: string) => ({ 'kms:DescribeKey': { KeyMetadata: { KeyManager } } });
  const none = 'fail: the queue is not encrypted with a KMS key';
  describe('of the account', () => {
    table(
      451,
      [
        ['by ARN', attributes({ KmsMasterKeyId: KEY }), 'pass'],
        ['by alias', attributes({ KmsMasterKeyId: 'alias/orders' }), 'pass'],
      ],
      managed('CUSTOMER'),
    );
  });
  describe('without asking KMS', () => {
    table(451, [
      ['by SQS', attributes({ SqsManagedSseEnabled: 'true' }), none],
      ['not at all', attributes({}), none],
      ["AWS's alias", attributes({ KmsMasterKeyId: 'alias/aws/sqs' }), 'fail: its key alias/aws/sqs is managed by AWS'],
      ['of another account', attributes({ KmsMasterKeyId: KEY.replace(ACCOUNT, '999988887777') }), 'pass'],
    ]);
  });
  describe('of AWS', () => {
    table(
      451,
      [['by ARN', attributes({ KmsMasterKeyId: KEY }), `fail: its key ${KEY} is managed by AWS`]],
      managed('AWS'),
    );
  });
  describe('that KMS does not tell of', () => {
    table(451, [['gone', attributes({ KmsMasterKeyId: KEY }), `fail: its key ${KEY} does not exist (any more)`]], {
      'kms:DescribeKey': awsError('NotFoundException'),
    });
    table(
      451,
      [['denied', attributes({ KmsMasterKeyId: KEY }), 'unknown: kms:DescribeKey was denied; allow kms:DescribeKey']],
      { 'kms:DescribeKey': awsError('AccessDeniedException') },
    );
  });
});

const everyone = { Sid: 'All', Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage', Resource: ARN };
const tls = {
  Effect: 'Deny',
  Principal: '*',
  Action: 'sqs:*',
  Resource: ARN,
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
};

describe('382: nobody unnamed', () => {
  const open = 'fail: everyone is let in by the queue policy (statement All)';
  const if_ = (Condition: object) => policy({ ...everyone, Condition });
  table(382, [
    ['no policy', attributes({}), 'pass'],
    ['everyone', policy(everyone), open],
    ['in a list', policy({ ...everyone, Principal: { AWS: [ACCOUNT, '*'] } }), open],
    ['everyone but', policy({ ...everyone, Principal: undefined, NotPrincipal: { AWS: '1' } }), open],
    ['an account', policy({ ...everyone, Principal: { AWS: ACCOUNT } }), 'pass'],
    ['a Deny protects', policy(tls), 'pass'],
    ['taken back', policy(everyone, { ...everyone, Effect: 'Deny', Action: 'SQS:*' }), 'pass'],
    ['from one topic', if_({ ArnEquals: { 'aws:SourceArn': `arn:aws:sns:eu-west-1:${ACCOUNT}:t` } }), 'pass'],
    ['from any topic', if_({ ArnLike: { 'aws:SourceArn': 'arn:aws:sns:*:*:*' } }), open],
    ['from an organisation', if_({ StringEquals: { 'aws:PrincipalOrgID': 'o-1' } }), 'pass'],
    ['if it is there', if_({ StringEqualsIfExists: { 'aws:SourceAccount': ACCOUNT } }), open],
    ['over TLS', if_({ Bool: { 'aws:SecureTransport': 'true' } }), open],
    ['from anywhere', if_({ IpAddress: { 'aws:SourceIp': '0.0.0.0/0' } }), open],
    [
      'without a Sid',
      policy({ ...everyone, Sid: undefined }),
      'fail: everyone is let in by the queue policy (statement without a Sid)',
    ],
  ]);
});

describe('452: TLS', () => {
  const missing = 'fail: no statement of the policy denies requests without TLS to everyone';
  table(452, [
    ['the usual form', policy(everyone, tls), 'pass'],
    [
      'other case, boolean',
      policy({ ...tls, Action: ['SQS:*'], Condition: { Bool: { 'AWS:SecureTransport': false } } }),
      'pass',
    ],
    ['of every queue', policy({ ...tls, Action: '*', Resource: '*' }), 'pass'],
    ['one action', policy({ ...tls, Action: 'sqs:SendMessage' }), missing],
    ['one principal', policy({ ...tls, Principal: { AWS: ACCOUNT } }), missing],
    ['of another queue', policy({ ...tls, Resource: `${ARN}-2` }), missing],
    ['no policy', attributes({}), missing],
  ]);
});

describe('504: dead letters', () => {
  const DLQ = `arn:aws:sqs:eu-west-1:${ACCOUNT}:orders-dlq`;
  const redrive = (policy: object | string) =>
    attributes({ RedrivePolicy: typeof policy === 'string' ? policy : JSON.stringify(policy) });
  const nowhere = 'fail: messages that cannot be handled go nowhere';
  const there: Answer = (input) => {
    if (input.QueueName !== 'orders-dlq' || input.QueueOwnerAWSAccountId !== ACCOUNT)
      throw awsError('QueueDoesNotExist');
    return { QueueUrl: `${QUEUE}-dlq` };
  };
  it.each<[string, Answer, Answer, Answer, string]>([
    ['there', redrive({ deadLetterTargetArn: DLQ, maxReceiveCount: '5' }), there, {}, 'pass'],
    ['a number', redrive({ deadLetterTargetArn: DLQ, maxReceiveCount: 5 }), there, { queueUrls: [] }, 'pass'],
    ['none', attributes({}), there, {}, nowhere],
    ['an empty text', redrive(''), there, {}, nowhere],
    ['no target', redrive({ maxReceiveCount: 5 }), there, {}, nowhere],
    [
      'a target that is gone',
      redrive({ deadLetterTargetArn: DLQ }),
      awsError('QueueDoesNotExist'),
      {},
      `fail: its dead-letter queue ${DLQ} does not exist (any more)`,
    ],
    [
      'one itself',
      attributes({}),
      there,
      { queueUrls: ['https://x/1/payments'] },
      'skip: the queue is itself the dead-letter queue of payments',
    ],
    [
      'gone',
      awsError('QueueDoesNotExist'),
      there,
      awsError('QueueDoesNotExist'),
      `skip: ${QUEUE} does not exist (any more)`,
    ],
    [
      'denied',
      attributes({}),
      there,
      awsError('AccessDenied'),
      'unknown: sqs:ListDeadLetterSourceQueues was denied; allow sqs:ListDeadLetterSourceQueues',
    ],
  ])('%s', async (_, answer, url, sources, expected) => {
    const answers = {
      'sqs:GetQueueAttributes': answer,
      'sqs:GetQueueUrl': url,
      'sqs:ListDeadLetterSourceQueues': sources,
    };
    expect(await judge(504, QUEUE, answers)).toBe(expected);
  });
});

describe('queues', () => {
  const { resource } = controlOf(291).detector;

  it('are listed page by page, which SQS does only for a number of results', async () => {
    const session = sessionOn({
      'sqs:ListQueues': ({ NextToken, MaxResults }) =>
        NextToken === undefined ? { QueueUrls: [`a of ${MaxResults}`], NextToken: '2' } : { QueueUrls: ['b'] },
    });
    expect(resource.list && (await session.value(resource.list, placeOf(291), []))).toEqual(['a of 1000', 'b']);
  });

  it('have an ARN, whichever of its URLs names one, and tags', async () => {
    const place = { partition: 'aws', account: ACCOUNT, region: 'eu-west-1' };
    for (const id of [QUEUE, `https://eu-west-1.queue.amazonaws.com/${ACCOUNT}/orders`])
      expect(resource.arn({ ...place, id })).toBe(ARN);
    const session = sessionOn({ 'sqs:ListQueueTags': { Tags: { team: 'shop' } } });
    expect(resource.tags && (await session.value(resource.tags, placeOf(291, QUEUE), []))).toEqual({ team: 'shop' });
  });
});
