import { describe, expect, it } from 'vitest';
import { ACCOUNT, type Answer, awsError, controlOf, judge, placeOf, sessionOn } from '../controls.ts';

const TOPIC = `arn:aws:sns:eu-west-1:${ACCOUNT}:orders`;
const policy = (...Statement: object[]) => ({
  Attributes: { TopicArn: TOPIC, Policy: JSON.stringify({ Version: '2008-10-17', Statement }) },
});
const everyone = { Sid: 'All', Effect: 'Allow', Principal: { AWS: '*' }, Action: 'SNS:Publish', Resource: TOPIC };
const asked = (answer: Answer) => ({ 'sns:GetTopicAttributes': answer });

describe('182: nobody publishes unnamed', () => {
  const open = 'fail: everyone may publish to this topic (statement All)';
  const default_ = {
    ...everyone,
    Sid: '__default_statement_ID',
    Action: ['SNS:GetTopicAttributes', 'SNS:SetTopicAttributes', 'SNS:Subscribe', 'SNS:Publish'],
    Condition: { StringEquals: { 'AWS:SourceOwner': ACCOUNT } },
  };
  it.each<[string, Answer, string]>([
    ["AWS's default policy", policy(default_), 'pass'],
    ['no policy', { Attributes: {} }, 'pass'],
    ['everyone', policy(everyone), open],
    ['everyone, bare', policy({ ...everyone, Principal: '*' }), open],
    ['everyone in a list', policy({ ...everyone, Principal: { AWS: [ACCOUNT, '*'] } }), open],
    ['a wildcard action', policy({ ...everyone, Action: ['sns:pub*'] }), open],
    ['every action but one', policy({ ...everyone, Action: undefined, NotAction: 'SNS:Subscribe' }), open],
    ['everyone but one', policy({ ...everyone, Principal: undefined, NotPrincipal: { AWS: '1' } }), open],
    ['subscribing only', policy({ ...everyone, Action: 'SNS:Subscribe' }), 'pass'],
    ['over TLS', policy({ ...everyone, Condition: { Bool: { 'aws:SecureTransport': 'true' } } }), open],
    ['by protocol', policy({ ...everyone, Condition: { StringEquals: { 'SNS:Protocol': 'https' } } }), open],
    [
      'from buckets of an account',
      policy({ ...everyone, Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:s3:*:*:b' } } }),
      open,
    ],
    ['from one bucket', policy({ ...everyone, Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:s3:::b' } } }), 'pass'],
    ['a service', policy({ ...everyone, Principal: { Service: 's3.amazonaws.com' } }), 'pass'],
    ['an account', policy({ ...everyone, Principal: { AWS: '999988887777' } }), 'pass'],
    ['taken back', policy(everyone, { ...everyone, Sid: 'No', Effect: 'Deny' }), 'pass'],
    [
      'taken back over HTTP only',
      policy(everyone, {
        ...{ ...everyone, Sid: 'No', Effect: 'Deny' },
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
      open,
    ],
    [
      'two statements, one without a Sid',
      policy(everyone, { ...everyone, Sid: undefined }),
      'fail: everyone may publish to this topic (statement All, without a Sid)',
    ],
    ['gone', awsError('NotFoundException'), `skip: ${TOPIC} does not exist (any more)`],
    [
      'denied',
      awsError('AuthorizationErrorException'),
      'unknown: sns:GetTopicAttributes was denied; allow sns:GetTopicAttributes',
    ],
  ])('%s', async (_, answer, expected) => {
    expect(await judge(182, TOPIC, asked(answer))).toBe(expected);
  });
});

describe('436: TLS', () => {
  const missing = 'fail: no statement of the policy denies publishing without TLS to everyone';
  const tls = {
    ...{ Effect: 'Deny', Principal: '*', Action: 'sns:Publish', Resource: TOPIC },
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
  it.each<[string, Answer, string]>([
    ['the usual form', policy(everyone, tls), 'pass'],
    [
      'other case, boolean, more actions',
      policy({
        ...tls,
        Action: ['SNS:Subscribe', 'SNS:PUBLISH'],
        Condition: { Bool: { 'AWS:SecureTransport': false } },
      }),
      'pass',
    ],
    ['for one account', policy({ ...tls, Principal: { AWS: ACCOUNT } }), missing],
    ['for subscribing', policy({ ...tls, Action: 'SNS:Subscribe' }), missing],
    ['of another topic', policy({ ...tls, Resource: `${TOPIC}-2` }), missing],
    ['an Allow over TLS', policy({ ...tls, Effect: 'Allow' }), missing],
    ['no policy', { Attributes: {} }, missing],
  ])('%s', async (_, answer, expected) => {
    expect(await judge(436, TOPIC, asked(answer))).toBe(expected);
  });
});

describe('183: nobody subscribes unnamed', () => {
  const subscribes = { ...everyone, Action: 'SNS:Subscribe' };
  const open = 'fail: everyone may subscribe to this topic (statement All)';
  it.each<[string, Answer, string]>([
    ['everyone', policy(subscribes), open],
    ['receiving, as it was called', policy({ ...everyone, Action: ['SNS:Receive'] }), open],
    ['a wildcard action', policy({ ...everyone, Action: 'sns:Sub*' }), open],
    ['everything', policy({ ...everyone, Action: 'SNS:*' }), open],
    ['publishing only', policy(everyone), 'pass'],
    [
      "the owner's account",
      policy({ ...subscribes, Condition: { StringEquals: { 'aws:sourceowner': ACCOUNT } } }),
      'pass',
    ],
    ['any account', policy({ ...subscribes, Condition: { StringLike: { 'AWS:SourceOwner': '*' } } }), open],
    ['by protocol', policy({ ...subscribes, Condition: { StringEquals: { 'SNS:Protocol': 'https' } } }), open],
    ['taken back', policy(subscribes, { ...subscribes, Sid: 'No', Effect: 'Deny' }), 'pass'],
    ['a service', policy({ ...subscribes, Principal: { Service: 'sqs.amazonaws.com' } }), 'pass'],
    ['no policy', { Attributes: {} }, 'pass'],
    ['gone', awsError('NotFoundException'), `skip: ${TOPIC} does not exist (any more)`],
  ])('%s', async (_, answer, expected) => {
    expect(await judge(183, TOPIC, asked(answer))).toBe(expected);
  });
});

describe('383: nobody unnamed', () => {
  const open = 'fail: everyone is let in by the topic policy (statement All)';
  it.each<[string, Answer, string]>([
    ['publishing', policy(everyone), open],
    ['listing', policy({ ...everyone, Action: 'SNS:ListSubscriptionsByTopic' }), open],
    ['everyone but one', policy({ ...everyone, Principal: undefined, NotPrincipal: { AWS: '1' } }), open],
    ['to an endpoint', policy({ ...everyone, Condition: { StringLike: { 'SNS:Endpoint': '*@example.com' } } }), open],
    [
      "the owner's account",
      policy({ ...everyone, Condition: { StringEquals: { 'AWS:SourceOwner': ACCOUNT } } }),
      'pass',
    ],
    ['a Deny protects', policy({ ...everyone, Effect: 'Deny' }), 'pass'],
    [
      'without a Sid',
      policy({ ...everyone, Sid: undefined }),
      'fail: everyone is let in by the topic policy (statement without a Sid)',
    ],
  ])('%s', async (_, answer, expected) => {
    expect(await judge(383, TOPIC, asked(answer))).toBe(expected);
  });
});

describe('438: no new subscriptions over http', () => {
  const missing = 'fail: no statement of the policy denies everyone to subscribe over http';
  const deny = {
    ...{ Effect: 'Deny', Principal: '*', Action: 'SNS:Subscribe', Resource: TOPIC },
    Condition: { StringEquals: { 'SNS:Protocol': 'http' } },
  };
  it.each<[string, Answer, string]>([
    ['the usual form', policy(everyone, deny), 'pass'],
    [
      'other case, a list',
      policy({
        ...deny,
        Principal: { AWS: '*' },
        Action: ['sns:*'],
        Condition: { StringLike: { 'sns:protocol': ['email', 'HTTP', 'http*'] } },
      }),
      'pass',
    ],
    ['https', policy({ ...deny, Condition: { StringEquals: { 'SNS:Protocol': 'https' } } }), missing],
    [
      'only sometimes',
      policy({ ...deny, Condition: { StringEquals: { 'SNS:Protocol': 'http', 'aws:PrincipalAccount': ACCOUNT } } }),
      missing,
    ],
    [
      'two conditions',
      policy({ ...deny, Condition: { ...deny.Condition, Bool: { 'aws:SecureTransport': 'false' } } }),
      missing,
    ],
    ['for one account', policy({ ...deny, Principal: { AWS: ACCOUNT } }), missing],
    ['publishing', policy({ ...deny, Action: 'SNS:Publish' }), missing],
    [
      'an Allow over https',
      policy({ ...deny, Effect: 'Allow', Condition: { StringEquals: { 'SNS:Protocol': 'https' } } }),
      missing,
    ],
    ['without a condition', policy({ ...deny, Condition: undefined }), missing],
    ['of another topic', policy({ ...deny, Resource: `${TOPIC}2` }), missing],
    ['no policy', { Attributes: {} }, missing],
  ])('%s', async (_, answer, expected) => {
    expect(await judge(438, TOPIC, asked(answer))).toBe(expected);
  });
});

describe('290 and 518: encryption', () => {
  const KEY = `arn:aws:kms:eu-west-1:${ACCOUNT}:key/1`;
  const off290 = 'fail: messages are stored without encryption';
  const off518 = 'fail: the topic is not encrypted';
  const managed = (KeyManager: string) => ({ KeyMetadata: { KeyManager } });
  it.each<[string, string | undefined, Answer, string, string]>([
    ['none', undefined, awsError('Unasked'), off290, off518],
    ['an empty one', '', awsError('Unasked'), off290, off518],
    ["AWS's alias", 'alias/aws/sns', awsError('Unasked'), 'pass', 'fail: its key alias/aws/sns is managed by AWS'],
    ["AWS's key", KEY, managed('AWS'), 'pass', `fail: its key ${KEY} is managed by AWS`],
    ['a key of your own', KEY, managed('CUSTOMER'), 'pass', 'pass'],
    ['an alias of your own', 'alias/topics', managed('CUSTOMER'), 'pass', 'pass'],
    ['of another account', KEY.replace(ACCOUNT, '999988887777'), awsError('Unasked'), 'pass', 'pass'],
    ['one that is gone', KEY, awsError('NotFoundException'), 'pass', `fail: its key ${KEY} does not exist (any more)`],
    [
      'one that may not be read',
      KEY,
      awsError('AccessDeniedException'),
      'pass',
      'unknown: kms:DescribeKey was denied; allow kms:DescribeKey',
    ],
  ])('%s', async (_, KmsMasterKeyId, describeKey, encrypted, ownKey) => {
    const answers = { 'sns:GetTopicAttributes': { Attributes: { KmsMasterKeyId } }, 'kms:DescribeKey': describeKey };
    expect(await judge(290, TOPIC, answers)).toBe(encrypted);
    expect(await judge(518, TOPIC, answers)).toBe(ownKey);
  });
});

it('lists every page of topics, whose id is their ARN', async () => {
  const { list, arn } = controlOf(182).detector.resource;
  const session = sessionOn({
    'sns:ListTopics': ({ NextToken }) =>
      NextToken === undefined ? { Topics: [{ TopicArn: 'a' }], NextToken: '2' } : { Topics: [{ TopicArn: 'b' }] },
  });
  expect(list && (await session.value(list, placeOf(182), []))).toEqual(['a', 'b']);
  expect(arn(placeOf(182, TOPIC))).toBe(TOPIC);
});
