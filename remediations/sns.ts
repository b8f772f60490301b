import { PUBLISH, topicPolicy, topics } from '../detectors/sns.ts';
import {
  addStatement,
  allowsAction,
  call,
  document,
  edit,
  listOf,
  openStatements,
  optional,
  remediations,
  type Statement,
  withStatements,
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
      const open = new Set(openStatements(current, [PUBLISH]));
      return withStatements(current, (statements) =>
        statements.flatMap((one) => (open.has(one) ? narrowed(one, parameters.publisherAccountId || account) : [one])),
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

/** Pins a statement's callers to one account. Actions that do not publish are split off and left as they were. */
function narrowed(statement: Statement, account: string): Statement[] {
  const actions = listOf(statement.Action);
  const others = actions.filter((action) => !allowsAction({ Effect: 'Allow', Action: action }, PUBLISH));
  const publishing = actions.filter((action) => !others.includes(action));
  const pinned = { ...statement, Condition: pinnedTo(account, statement.Condition) };
  if (statement.NotAction !== undefined || others.length === 0) return [pinned];
  return [
    { ...statement, Action: others },
    { ...pinned, ...(statement.Sid ? { Sid: `${statement.Sid}Publish` } : {}), Action: publishing },
  ];
}

function pinnedTo(account: string, condition: Statement['Condition']): Statement['Condition'] {
  const equals = Object.entries(condition?.StringEquals ?? {}).filter(
    ([key]) => key.toLowerCase() !== 'aws:principalaccount',
  );
  return { ...condition, StringEquals: { ...Object.fromEntries(equals), 'aws:PrincipalAccount': account } };
}
