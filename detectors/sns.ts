import {
  allowsAction,
  covers,
  deniesPlaintext,
  detectors,
  fail,
  ids,
  isEveryone,
  listOf,
  nextToken,
  openStatements,
  type PolicyDocument,
  parsePolicy,
  pass,
  read,
  readPages,
  resource,
  type Statement,
  statementsOf,
  tagsFrom,
} from '../src/control.ts';
import { encryptionKey, isCustomerManaged } from './customer-key.ts';

export const topicPolicy = read(
  'sns',
  'GetTopicAttributes',
  ({ id }) => ({ TopicArn: id }),
  (out) => parsePolicy(out.Attributes?.Policy),
);

/** The KMS key that encrypts the topic, or nothing. */
export const topicKey = read(
  'sns',
  'GetTopicAttributes',
  ({ id }) => ({ TopicArn: id }),
  (out) => out.Attributes?.KmsMasterKeyId || undefined,
);

const key = encryptionKey(topicKey);

const topicArn = ids('requestParameters.topicArn');
const policyChanges = {
  'sns:CreateTopic': ids('responseElements.topicArn'),
  'sns:SetTopicAttributes': topicArn,
  'sns:AddPermission': topicArn,
  'sns:RemovePermission': topicArn,
};

const keyChanges = { 'sns:CreateTopic': policyChanges['sns:CreateTopic'], 'sns:SetTopicAttributes': topicArn };

export const PUBLISH = 'sns:Publish';
/** SNS:Receive is an old name that its console still wrote for a while. */
export const SUBSCRIBE = ['sns:Subscribe', 'sns:Receive'];

const sidsOf = (statements: readonly Statement[]): string =>
  statements.map(({ Sid }) => Sid ?? 'without a Sid').join(', ');

/** Whether everyone is denied to subscribe over plain HTTP, and over nothing else that would narrow the Deny. */
function deniesHttpSubscribers(policy: PolicyDocument | undefined, topic: string): boolean {
  return statementsOf(policy).some((one) => {
    const [[operator = '', keys = {}] = [], ...more] = Object.entries(one.Condition ?? {});
    const [[name = '', protocols] = [], ...others] = Object.entries(keys);
    return (
      one.Effect === 'Deny' &&
      isEveryone(one) &&
      one.NotAction === undefined &&
      allowsAction(one, 'sns:Subscribe') &&
      listOf(one.Resource).some((pattern) => covers(pattern, topic)) &&
      more.length + others.length === 0 &&
      /^string(equals|equalsignorecase|like)$/i.test(operator) &&
      name.toLowerCase() === 'sns:protocol' &&
      listOf(protocols).some((pattern) => covers(String(pattern), 'http'))
    );
  });
}

export const topics = detectors(
  resource('AWS::SNS::Topic', {
    service: 'sns',
    arn: ({ id }) => id,
    list: readPages(
      'sns',
      'ListTopics',
      () => ({}),
      (out) => (out.Topics ?? []).flatMap(({ TopicArn }) => TopicArn ?? []),
      nextToken,
    ),
    gone: ['NotFound'],
    tags: read(
      'sns',
      'ListTagsForResource',
      ({ id }) => ({ ResourceArn: id }),
      (out) => tagsFrom(out.Tags),
    ),
  }),
  {
    182: {
      title: 'Topic lets nobody publish without naming them',
      criticality: 'LOW',
      on: policyChanges,
      reads: { topicPolicy },
      check: ({ topicPolicy }) => {
        const open = openStatements(topicPolicy, [PUBLISH]);
        if (open.length === 0) return pass;
        return fail(`everyone may publish to this topic (statement ${sidsOf(open)})`);
      },
      note: "AWS's default topic policy names everyone and pins them to the owner's account: that passes. The document's own remedy does the same, and pasting it whole would delete the grants that alarms and S3 notifications need.",
    },
    183: {
      title: 'Topic lets nobody subscribe without naming them',
      criticality: 'LOW',
      on: policyChanges,
      reads: { topicPolicy },
      check: ({ topicPolicy }) => {
        const open = openStatements(topicPolicy, SUBSCRIBE);
        return open.length === 0 ? pass : fail(`everyone may subscribe to this topic (statement ${sidsOf(open)})`);
      },
      note: "Subscribing and SNS:Receive, each by itself, count. AWS's default policy names everyone and pins them to the owner's account: that passes, as in control 182.",
    },
    290: {
      title: 'Topic is encrypted at rest',
      criticality: 'LOW',
      on: keyChanges,
      reads: { topicKey },
      check: ({ topicKey }) => (topicKey === undefined ? fail('messages are stored without encryption') : pass),
      note: "Any key passes. Redress takes one of your own only: with AWS's key, whose policy nobody can change, alarms, S3 and EventBridge can no longer publish.",
    },
    383: {
      title: 'Topic lets nobody in without naming them',
      criticality: 'HIGH',
      on: policyChanges,
      reads: { topicPolicy },
      check: ({ topicPolicy }) => {
        const open = openStatements(topicPolicy);
        return open.length === 0 ? pass : fail(`everyone is let in by the topic policy (statement ${sidsOf(open)})`);
      },
      note: "The document's own policy still names everyone, pinned to the owner: that passes. It also contains an action that does not exist.",
    },
    436: {
      title: 'Topic refuses messages published without TLS',
      criticality: 'LOW',
      on: policyChanges,
      reads: { topicPolicy },
      check: ({ topicPolicy }, { arn }) =>
        deniesPlaintext(topicPolicy, { action: PUBLISH, resource: arn })
          ? pass
          : fail('no statement of the policy denies publishing without TLS to everyone'),
      note: "The document uses one Sid for this statement and for another control's, and calls a Deny an Allow; SNS wants Sids to be unique.",
    },
    438: {
      title: 'Topic refuses new subscriptions over plain HTTP',
      criticality: 'LOW',
      on: policyChanges,
      reads: { topicPolicy },
      check: ({ topicPolicy }, { arn }) =>
        deniesHttpSubscribers(topicPolicy, arn)
          ? pass
          : fail('no statement of the policy denies everyone to subscribe over http'),
      note: 'The document gives the statement the Sid of control 436 and speaks of publishers; it concerns subscribers. Subscriptions that are there already go on.',
    },
    518: {
      title: 'Topic is encrypted with a customer managed key',
      criticality: 'HIGH',
      on: keyChanges,
      reads: { key },
      check: ({ key }) => isCustomerManaged(key, 'the topic is not encrypted'),
      note: 'An alias of AWS (alias/aws/sns) means a key of AWS, without asking KMS.',
    },
  },
);
