import { PUBLISH, SUBSCRIBE, topicKey, topicPolicy, topics } from '../detectors/sns.ts';
import {
  addStatement,
  allowsAction,
  call,
  document,
  edit,
  openStatements,
  optional,
  pinEveryone,
  remediations,
  replaceStatements,
  required,
} from '../src/control.ts';
import { chosenAccount, chosenKey, pinOpenStatements } from './chosen.ts';

const topicPolicyDocument = document(topicPolicy, {
  write: call('sns', 'SetTopicAttributes', ({ id }, policy) => ({
    TopicArn: id,
    AttributeName: 'Policy',
    AttributeValue: JSON.stringify(policy),
  })),
});

const topicKeyDocument = document(topicKey, {
  write: call('sns', 'SetTopicAttributes', ({ id }, key) => ({
    TopicArn: id,
    AttributeName: 'KmsMasterKeyId',
    AttributeValue: key,
  })),
  remove: call('sns', 'SetTopicAttributes', ({ id }) => ({
    TopicArn: id,
    AttributeName: 'KmsMasterKeyId',
    AttributeValue: '',
  })),
});

const topicKeyArn = required(
  'KMS key for topics, in the region of the topic. Its policy must let all who publish (kms:GenerateDataKey, kms:Decrypt) use it: roles, and AWS services by name.',
);
const keyMeta = {
  mode: 'approve' as const,
  impact:
    'publishers without rights on the key are refused; AWS services (alarms, S3, EventBridge, Budgets) then publish into nothing, without an error anywhere',
  parameters: { topicKeyArn },
};

export const topicRemediations = remediations(topics, {
  182: edit(
    topicPolicyDocument,
    {
      mode: 'approve',
      impact:
        'publishers of other accounts, and services that relied on "everyone", are refused at once; statements that name them stay',
      parameters: {
        publisherAccountId: optional('Account that may go on publishing; empty means the account of the topic.', ''),
      },
    },
    (current, { account, parameters }) => {
      const chosen = chosenAccount('publisherAccountId', parameters.publisherAccountId || account);
      if ('byHand' in chosen) return chosen;
      const open = new Set(openStatements(current, [PUBLISH]));
      return replaceStatements(current, (statement) =>
        open.has(statement) ? pinEveryone(statement, chosen.account, publishing) : [statement],
      );
    },
  ),

  183: edit(
    topicPolicyDocument,
    {
      mode: 'approve',
      impact:
        'subscribers of other accounts that relied on "everyone" can no longer subscribe; subscriptions that are there go on',
      parameters: {
        subscriberAccountId: optional('Account that may go on subscribing; empty means the account of the topic.', ''),
      },
    },
    (current, { account, parameters }) => {
      const chosen = chosenAccount('subscriberAccountId', parameters.subscriberAccountId || account);
      if ('byHand' in chosen) return chosen;
      const open = new Set(openStatements(current, SUBSCRIBE));
      return replaceStatements(current, (statement) =>
        open.has(statement) ? pinEveryone(statement, chosen.account, subscribing) : [statement],
      );
    },
  ),

  // Control 518 may have put a key already.
  290: edit(topicKeyDocument, keyMeta, (current, { parameters, ...at }) => {
    const chosen = chosenKey('topicKeyArn', parameters.topicKeyArn, at);
    return 'key' in chosen ? (current ?? chosen.key) : chosen;
  }),

  383: edit(
    topicPolicyDocument,
    {
      mode: 'approve',
      impact:
        'publishers and subscribers of other accounts, and services that relied on "everyone", are refused at once; statements that name them stay',
      parameters: {
        callerAccountId: optional('Account that may go on using the topic; empty means the account of the topic.', ''),
      },
    },
    (current, { account, parameters }) => pinOpenStatements(current, parameters.callerAccountId || account),
  ),

  436: edit(
    topicPolicyDocument,
    { mode: 'approve', impact: 'publishers that use plain HTTP endpoints are refused' },
    (current, { arn }) =>
      addStatement(current, {
        Sid: 'DenyPublishWithoutTLS',
        Effect: 'Deny',
        Principal: '*',
        Action: 'SNS:Publish',
        Resource: arn,
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
  ),

  438: edit(
    topicPolicyDocument,
    { mode: 'auto', impact: 'none now: subscriptions go on, only new ones over http are refused' },
    (current, { arn }) =>
      addStatement(current, {
        Sid: 'DenySubscribingOverHTTP',
        Effect: 'Deny',
        Principal: '*',
        Action: 'SNS:Subscribe',
        Resource: arn,
        Condition: { StringEquals: { 'SNS:Protocol': 'http' } },
      }),
  ),

  518: edit(topicKeyDocument, keyMeta, (_, { parameters, ...at }) => {
    const chosen = chosenKey('topicKeyArn', parameters.topicKeyArn, at);
    return 'key' in chosen ? chosen.key : chosen;
  }),
});

const publishing = {
  isConcerned: (Action: string) => allowsAction({ Effect: 'Allow', Action }, PUBLISH),
  suffix: 'Publish',
};

const subscribing = {
  isConcerned: (Action: string) => SUBSCRIBE.some((one) => allowsAction({ Effect: 'Allow', Action }, one)),
  suffix: 'Subscribe',
};
