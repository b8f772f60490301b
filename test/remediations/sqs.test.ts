import { describe, expect, it } from 'vitest';
import { ACCOUNT, awsError, callsOf, judge, planFor, plansFor } from '../controls.ts';

const QueueUrl = `https://sqs.eu-west-1.amazonaws.com/${ACCOUNT}/orders`;
const ARN = `arn:aws:sqs:eu-west-1:${ACCOUNT}:orders`;
const KEY = `arn:aws:kms:eu-west-1:${ACCOUNT}:key/1`;
const answers = (Attributes: object) => ({
  'sqs:GetQueueAttributes': { Attributes },
  'kms:DescribeKey': { KeyMetadata: { KeyManager: 'CUSTOMER' } },
});
const set = (Attributes: object) => ['sqs:SetQueueAttributes', { QueueUrl, Attributes }];
const parameters = { queueKeyArn: KEY };

describe('291 and 451', () => {
  it("291 takes SQS's own key, by itself", async () => {
    const plan = await planFor(291, QueueUrl, answers({ SqsManagedSseEnabled: 'false' }));
    expect(callsOf(plan)).toEqual({
      steps: [set({ SqsManagedSseEnabled: 'true' })],
      undo: [set({ SqsManagedSseEnabled: 'false' })],
    });
    expect(plan).toMatchObject({ mode: 'auto', undo: { class: 'exact' } });
    expect(await judge(291, QueueUrl, answers({ SqsManagedSseEnabled: 'true' }))).toBe('pass');
  });

  it('451 sets the key; undone, one kind goes before the other comes', async () => {
    const plan = await planFor(451, QueueUrl, answers({ SqsManagedSseEnabled: 'true' }), { parameters });
    expect(callsOf(plan)).toEqual({
      steps: [set({ KmsMasterKeyId: KEY })],
      undo: [set({ KmsMasterKeyId: '' }), set({ SqsManagedSseEnabled: 'true' })],
    });
    expect(plan).toMatchObject({ mode: 'approve', undo: { class: 'best-effort' } });
    expect(await judge(451, QueueUrl, answers({ KmsMasterKeyId: KEY }))).toBe('pass');
  });

  it('451 puts its key in the place of another, and back', async () => {
    const plan = await planFor(451, QueueUrl, answers({ KmsMasterKeyId: 'alias/aws/sqs' }), { parameters });
    expect(callsOf(plan)).toEqual({
      steps: [set({ KmsMasterKeyId: KEY })],
      undo: [set({ KmsMasterKeyId: 'alias/aws/sqs' })],
    });
  });

  it('together they are one write, of the key', async () => {
    const [plan, ...more] = await plansFor([291, 451], QueueUrl, answers({}), { parameters });
    expect(more).toEqual([]);
    expect(plan && callsOf(plan).steps).toEqual([set({ KmsMasterKeyId: KEY })]);
  });

  it.each(['alias/aws/sqs', KEY.replace('eu-west-1', 'us-east-1')])('451 refuses %s', async (queueKeyArn) => {
    const plan = await planFor(451, QueueUrl, answers({}), { parameters: { queueKeyArn } });
    expect(plan).toMatchObject({ mode: 'guided', steps: [] });
    expect(plan.guide[0]?.text).toContain('queueKeyArn is');
  });
});

const everyone = { Sid: 'All', Effect: 'Allow', Principal: '*', Action: 'sqs:*', Resource: ARN };
const topic = {
  ...{
    Sid: 'Topic',
    Effect: 'Allow',
    Principal: { Service: 'sns.amazonaws.com' },
    Action: 'sqs:SendMessage',
    Resource: ARN,
  },
  Condition: { ArnEquals: { 'aws:SourceArn': `arn:aws:sns:eu-west-1:${ACCOUNT}:t` } },
};
const policy = (...Statement: object[]) => ({ Version: '2012-10-17', Id: 'kept', Statement });
const withPolicy = (document: object) => answers({ Policy: JSON.stringify(document) });
const put = (document: object) => set({ Policy: JSON.stringify(document) });
const tls = {
  ...{ Sid: 'DenyRequestsWithoutTLS', Effect: 'Deny', Principal: '*', Action: 'sqs:*', Resource: ARN },
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
};

describe('382', () => {
  const pinned = { StringEquals: { 'aws:PrincipalAccount': ACCOUNT } };
  it.each<[string, object[], object[]]>([
    ['pins everyone', [topic, everyone], [topic, { ...everyone, Condition: pinned }]],
    [
      'splits off those it names',
      [{ ...everyone, Principal: { AWS: ['*', '999988887777'] } }, topic],
      [
        { ...everyone, Principal: { AWS: ['999988887777'] } },
        { ...everyone, Sid: 'AllOfAccount', Principal: { AWS: ['*'] }, Condition: pinned },
        topic,
      ],
    ],
  ])('%s', async (_, before, after) => {
    const plan = await planFor(382, QueueUrl, withPolicy(policy(...before)));
    expect(callsOf(plan)).toEqual({ steps: [put(policy(...after))], undo: [put(policy(...before))] });
    expect(await judge(382, QueueUrl, withPolicy(policy(...after)))).toBe('pass');
  });

  it('wants an account', async () => {
    const plan = await planFor(382, QueueUrl, withPolicy(policy(everyone)), { parameters: { callerAccountId: '*' } });
    expect(plan.guide[0]?.text).toContain('set it to twelve digits');
  });
});

describe('452', () => {
  it('adds a statement and keeps the rest', async () => {
    const plan = await planFor(452, QueueUrl, withPolicy(policy(topic)));
    expect(callsOf(plan)).toEqual({ steps: [put(policy(topic, tls))], undo: [put(policy(topic))] });
    expect(await judge(452, QueueUrl, withPolicy(policy(topic, tls)))).toBe('pass');
  });

  it('makes a policy where there is none; undone, there is none', async () => {
    expect(callsOf(await planFor(452, QueueUrl, answers({})))).toEqual({
      steps: [put({ Version: '2012-10-17', Statement: [tls] })],
      undo: [set({ Policy: '' })],
    });
  });

  it('goes with 382 in one write', async () => {
    const plans = await plansFor([382, 452], QueueUrl, withPolicy(policy(topic, everyone)));
    expect(plans.map(({ controls }) => controls)).toEqual([[382, 452]]);
  });
});

describe('504', () => {
  const dlq = `${ARN}-dlq`;
  const state = (Attributes: object, url: object = awsError('QueueDoesNotExist')) => ({
    ...answers(Attributes),
    'sqs:GetQueueUrl': url,
    'sqs:ListDeadLetterSourceQueues': {},
  });
  const redrive = (deadLetterTargetArn: string, maxReceiveCount = 10) =>
    JSON.stringify({ deadLetterTargetArn, maxReceiveCount });
  const created = (Attributes: object) => [
    'sqs:CreateQueue',
    { QueueName: 'orders-dlq', Attributes: { MessageRetentionPeriod: '1209600', ...Attributes } },
  ];

  it.each<[string, object, object]>([
    ['by SQS', { SqsManagedSseEnabled: 'true' }, { SqsManagedSseEnabled: 'true' }],
    ['by the same key', { KmsMasterKeyId: KEY }, { KmsMasterKeyId: KEY }],
    ['not at all, as the first', {}, { SqsManagedSseEnabled: 'false' }],
  ])('makes a queue, encrypted %s, and sends failed messages there', async (_, before, made) => {
    const plan = await planFor(504, QueueUrl, state(before));
    expect(callsOf(plan)).toEqual({
      steps: [created(made), set({ RedrivePolicy: redrive(dlq) })],
      undo: [set({ RedrivePolicy: '' })],
    });
    expect(plan).toMatchObject({ mode: 'approve', undo: { class: 'best-effort' } });
    expect(plan.steps.map(({ repeat }) => repeat)).toEqual(['once', 'safe']);
  });

  it('makes a FIFO queue for one', async () => {
    const { steps } = callsOf(await planFor(504, `${QueueUrl}.fifo`, state({})));
    expect(steps[0]).toEqual([
      'sqs:CreateQueue',
      {
        QueueName: 'orders-dlq.fifo',
        Attributes: { MessageRetentionPeriod: '1209600', FifoQueue: 'true', SqsManagedSseEnabled: 'false' },
      },
    ]);
  });

  it('uses the queue that the operator has, and remembers one that is gone', async () => {
    const parameters = { deadLetterQueueArn: `arn:aws:sqs:eu-west-1:${ACCOUNT}:failed`, maxReceiveCount: '3' };
    const before = { RedrivePolicy: redrive(`${ARN}-gone`, 7) };
    expect(callsOf(await planFor(504, QueueUrl, state(before), { parameters }))).toEqual({
      steps: [set({ RedrivePolicy: redrive(parameters.deadLetterQueueArn, 3) })],
      undo: [set(before)],
    });
  });

  it.each<[string, Record<string, string>, string]>([
    ['no number', { maxReceiveCount: 'x' }, 'maxReceiveCount is "x"'],
    ['too few', { maxReceiveCount: '0' }, 'maxReceiveCount is "0"'],
    [
      'a FIFO queue for a standard one',
      { deadLetterQueueArn: `arn:aws:sqs:eu-west-1:${ACCOUNT}:f.fifo` },
      'only a standard queue',
    ],
    ['of another region', { deadLetterQueueArn: `arn:aws:sqs:us-east-1:${ACCOUNT}:f` }, 'account and region'],
    ['itself', { deadLetterQueueArn: ARN }, 'this is the dead-letter queue itself'],
  ])('leaves to a person: %s', async (_, parameters, text) => {
    const plan = await planFor(504, QueueUrl, state({}), { parameters });
    expect(plan).toMatchObject({ mode: 'guided', steps: [] });
    expect(plan.guide[0]?.text).toContain(text);
  });

  it('takes no queue that happens to have the name', async () => {
    const plan = await planFor(504, QueueUrl, state({}, { QueueUrl: `${QueueUrl}-dlq` }));
    expect(plan.guide[0]?.text).toContain('a queue orders-dlq exists already');
  });

  it('makes no name that is too long', async () => {
    const plan = await planFor(504, `https://sqs.eu-west-1.amazonaws.com/${ACCOUNT}/${'o'.repeat(78)}`, state({}));
    expect(plan.guide[0]?.text).toContain('too long a name');
  });
});
