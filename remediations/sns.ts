import { PUBLISH, topicPolicy, topics } from '../detectors/sns.ts';
import {
  addStatement,
  allowsAction,
  byHand,
  call,
  document,
  edit,
  openStatements,
  optional,
  pinEveryone,
  remediations,
  replaceStatements,
} from '../src/control.ts';

const topicPolicyDocument = document(topicPolicy, {
  write: call('sns', 'SetTopicAttributes', ({ id }, policy) => ({
    TopicArn: id,
    AttributeName: 'Policy',
    AttributeValue: JSON.stringify(policy),
  })),
});

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
      const publisher = parameters.publisherAccountId || account;
      if (!/^\d{12}$/.test(publisher))
        return byHand(`publisherAccountId is "${publisher}", which is no account number; set it to twelve digits`);
      const open = new Set(openStatements(current, [PUBLISH]));
      return replaceStatements(current, (statement) =>
        open.has(statement) ? pinEveryone(statement, publisher, publishing) : [statement],
      );
    },
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
});

const publishing = {
  isConcerned: (Action: string) => allowsAction({ Effect: 'Allow', Action }, PUBLISH),
  suffix: 'Publish',
};
