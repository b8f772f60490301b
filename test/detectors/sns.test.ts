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

it('lists every page of topics, whose id is their ARN', async () => {
  const { list, arn } = controlOf(182).detector.resource;
  const session = sessionOn({
    'sns:ListTopics': ({ NextToken }) =>
      NextToken === undefined ? { Topics: [{ TopicArn: 'a' }], NextToken: '2' } : { Topics: [{ TopicArn: 'b' }] },
  });
  expect(list && (await session.value(list, placeOf(182), []))).toEqual(['a', 'b']);
  expect(arn(placeOf(182, TOPIC))).toBe(TOPIC);
});
