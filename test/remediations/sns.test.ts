import { describe, expect, it } from 'vitest';
import { ACCOUNT, callsOf, judge, planFor, plansFor } from '../controls.ts';

const TOPIC = `arn:aws:sns:eu-west-1:${ACCOUNT}:orders`;
const everyone = { Sid: 'All', Effect: 'Allow', Principal: { AWS: '*' }, Action: 'SNS:Publish', Resource: TOPIC };
const bucket = { ...everyone, Sid: 'Bucket', Principal: { Service: 's3.amazonaws.com' } };
const pinned = { StringEquals: { 'aws:PrincipalAccount': ACCOUNT } };
const policy = (...Statement: object[]) => ({ Version: '2008-10-17', Id: 'kept', Statement });
const asAnswer = (document: object) => ({
  'sns:GetTopicAttributes': { Attributes: { Policy: JSON.stringify(document) } },
});
const set = (document: object) => [
  'sns:SetTopicAttributes',
  { TopicArn: TOPIC, AttributeName: 'Policy', AttributeValue: JSON.stringify(document) },
];
const tls = { Bool: { 'aws:SecureTransport': 'true' } };

describe('182', () => {
  it.each<[string, object[], object[]]>([
    ['pins everyone to the account', [bucket, everyone], [bucket, { ...everyone, Condition: pinned }]],
    [
      'keeps the conditions that are there',
      [{ ...everyone, Condition: tls }],
      [{ ...everyone, Condition: { ...tls, ...pinned } }],
    ],
    [
      'replaces a pin that pins nobody',
      [{ ...everyone, Condition: { StringEquals: { 'AWS:PrincipalAccount': '*', 'sns:Protocol': 'sqs' } } }],
      [
        {
          ...everyone,
          Condition: { StringEquals: { 'sns:Protocol': 'sqs', 'aws:PrincipalAccount': ACCOUNT } },
        },
      ],
    ],
    [
      'leaves actions that do not publish to everyone',
      [{ ...everyone, Action: ['SNS:Subscribe', 'SNS:Publish'] }],
      [
        { ...everyone, Action: ['SNS:Subscribe'] },
        { ...everyone, Sid: 'AllPublish', Action: ['SNS:Publish'], Condition: pinned },
      ],
    ],
    [
      'never gives one Sid twice',
      [
        { ...everyone, Action: ['SNS:Subscribe', 'SNS:Publish'] },
        { ...bucket, Sid: 'AllPublish' },
      ],
      [
        { ...everyone, Action: ['SNS:Subscribe'] },
        { ...everyone, Sid: 'AllPublish2', Action: ['SNS:Publish'], Condition: pinned },
        { ...bucket, Sid: 'AllPublish' },
      ],
    ],
    [
      'leaves those alone that the statement names besides everyone',
      [{ ...everyone, Principal: { AWS: ['*', '999988887777'], Service: 's3.amazonaws.com' } }],
      [
        { ...everyone, Principal: { AWS: ['999988887777'], Service: ['s3.amazonaws.com'] } },
        { ...everyone, Principal: { AWS: ['*'] }, Sid: 'AllPublish', Condition: pinned },
      ],
    ],
    [
      'pins "everyone but" and "everything but" whole',
      [{ Effect: 'Allow', NotPrincipal: { AWS: '1' }, NotAction: 'SNS:Subscribe', Resource: TOPIC }],
      [
        {
          ...{ Effect: 'Allow', NotPrincipal: { AWS: '1' }, NotAction: 'SNS:Subscribe', Resource: TOPIC },
          Condition: pinned,
        },
      ],
    ],
  ])('%s', async (_, before, after) => {
    const plan = await planFor(182, TOPIC, asAnswer(policy(...before)));
    expect(callsOf(plan)).toEqual({ steps: [set(policy(...after))], undo: [set(policy(...before))] });
    expect(await judge(182, TOPIC, asAnswer(policy(...after)))).toBe('pass');
  });

  it('pins to the account that the operator chose', async () => {
    const configured = { parameters: { publisherAccountId: '999988887777' } };
    const plan = await planFor(182, TOPIC, asAnswer(policy(everyone)), configured);
    const after = { ...everyone, Condition: { StringEquals: { 'aws:PrincipalAccount': '999988887777' } } };
    expect(callsOf(plan).steps).toEqual([set(policy(after))]);
  });

  it.each(['*', 'shop', '99998888777'])('asks for a proper account instead of %s', async (publisherAccountId) => {
    const plan = await planFor(182, TOPIC, asAnswer(policy(everyone)), { parameters: { publisherAccountId } });
    expect(plan).toMatchObject({ mode: 'guided', steps: [] });
    expect(plan.guide[0]?.text).toContain('set it to twelve digits');
  });
});

describe('436', () => {
  it('adds the Deny under a Sid of its own, and keeps the rest', async () => {
    const other = { ...bucket, Sid: 'DenyPublishWithoutTLS' };
    const plan = await planFor(436, TOPIC, asAnswer(policy(other)));
    const added = {
      ...{ Sid: 'DenyPublishWithoutTLS2', Effect: 'Deny', Principal: '*', Action: 'SNS:Publish', Resource: TOPIC },
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    };
    expect(callsOf(plan)).toEqual({ steps: [set(policy(other, added))], undo: [set(policy(other))] });
    expect(await judge(436, TOPIC, asAnswer(policy(other, added)))).toBe('pass');
  });

  it('promises no undo where there was no policy: AWS has no call to remove one', async () => {
    const plan = await planFor(436, TOPIC, { 'sns:GetTopicAttributes': { Attributes: {} } });
    expect(plan.undo).toEqual({ class: 'none', steps: [] });
  });
});

describe('183', () => {
  it.each<[string, object[], object[]]>([
    [
      'pins everyone to the account',
      [bucket, { ...everyone, Action: ['SNS:Subscribe', 'SNS:Receive'] }],
      [bucket, { ...everyone, Action: ['SNS:Subscribe', 'SNS:Receive'], Condition: pinned }],
    ],
    [
      'leaves publishing to everyone, which is the matter of 182',
      [{ ...everyone, Action: ['SNS:Publish', 'SNS:Subscribe'] }],
      [
        { ...everyone, Action: ['SNS:Publish'] },
        { ...everyone, Sid: 'AllSubscribe', Action: ['SNS:Subscribe'], Condition: pinned },
      ],
    ],
  ])('%s', async (_, before, after) => {
    const plan = await planFor(183, TOPIC, asAnswer(policy(...before)));
    expect(callsOf(plan)).toEqual({ steps: [set(policy(...after))], undo: [set(policy(...before))] });
    expect(await judge(183, TOPIC, asAnswer(policy(...after)))).toBe('pass');
  });
});

describe('383', () => {
  it('pins everyone, whatever they may do', async () => {
    const list = { ...everyone, Action: 'SNS:ListSubscriptionsByTopic' };
    const plan = await planFor(383, TOPIC, asAnswer(policy(bucket, list)));
    const after = policy(bucket, { ...list, Condition: pinned });
    expect(callsOf(plan)).toEqual({ steps: [set(after)], undo: [set(policy(bucket, list))] });
    expect(await judge(383, TOPIC, asAnswer(after))).toBe('pass');
  });
});

it.each([
  [183, 'subscriberAccountId'],
  [383, 'callerAccountId'],
])('%i asks for a proper account', async (number, parameter) => {
  const before = asAnswer(policy({ ...everyone, Action: 'SNS:*' }));
  const plan = await planFor(number, TOPIC, before, { parameters: { [parameter]: '*' } });
  expect(plan).toMatchObject({ mode: 'guided', steps: [] });
  expect(plan.guide[0]?.text).toContain('set it to twelve digits');
});

describe('438', () => {
  it('adds its Deny, by itself, beside that of 436', async () => {
    const plan = await planFor(438, TOPIC, asAnswer(policy(bucket)));
    const added = {
      ...{ Sid: 'DenySubscribingOverHTTP', Effect: 'Deny', Principal: '*', Action: 'SNS:Subscribe', Resource: TOPIC },
      Condition: { StringEquals: { 'SNS:Protocol': 'http' } },
    };
    expect(callsOf(plan)).toEqual({ steps: [set(policy(bucket, added))], undo: [set(policy(bucket))] });
    expect(plan).toMatchObject({ mode: 'auto', undo: { class: 'exact' } });
    expect(await judge(438, TOPIC, asAnswer(policy(bucket, added)))).toBe('pass');
  });
});

it('all controls of one policy are one write, and all pass', async () => {
  const before = asAnswer(
    policy(bucket, { ...everyone, Action: ['SNS:Publish', 'SNS:Subscribe', 'SNS:GetTopicAttributes'] }),
  );
  const all = [182, 183, 383, 436, 438];
  const plans = await plansFor(all, TOPIC, before);
  expect(plans.map(({ controls }) => controls)).toEqual([all]);
  const after = asAnswer(Object(plans[0]?.after));
  for (const number of all) expect(await judge(number, TOPIC, after)).toBe('pass');
});

describe('290 and 518', () => {
  const KEY = `arn:aws:kms:eu-west-1:${ACCOUNT}:key/1`;
  const answers = (KmsMasterKeyId?: string) => ({
    'sns:GetTopicAttributes': { Attributes: { KmsMasterKeyId } },
    'kms:DescribeKey': { KeyMetadata: { KeyManager: 'CUSTOMER' } },
  });
  const setKey = (AttributeValue: string) => [
    'sns:SetTopicAttributes',
    { TopicArn: TOPIC, AttributeName: 'KmsMasterKeyId', AttributeValue },
  ];
  const parameters = { topicKeyArn: KEY };

  it('set the key in one write; undone, there is none', async () => {
    const [plan, ...more] = await plansFor([290, 518], TOPIC, answers(), { parameters });
    expect(more).toEqual([]);
    expect(plan && callsOf(plan)).toEqual({ steps: [setKey(KEY)], undo: [setKey('')] });
    for (const number of [290, 518]) expect(await judge(number, TOPIC, answers(KEY))).toBe('pass');
  });

  it("518 puts it in the place of AWS's, and back", async () => {
    const plan = await planFor(518, TOPIC, answers('alias/aws/sns'), { parameters });
    expect(callsOf(plan)).toEqual({ steps: [setKey(KEY)], undo: [setKey('alias/aws/sns')] });
  });

  it.each([290, 518])("%i takes no key of AWS's", async (number) => {
    const plan = await planFor(number, TOPIC, answers(), { parameters: { topicKeyArn: 'alias/aws/sns' } });
    expect(plan).toMatchObject({ mode: 'guided', steps: [] });
    expect((await planFor(number, TOPIC, answers())).missing).toEqual(['topicKeyArn']);
  });
});
