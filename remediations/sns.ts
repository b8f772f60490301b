import { PUBLISH, topicPolicy, topics } from '../detectors/sns.ts';
import {
  addStatement,
  allowsAction,
  byHand,
  call,
  document,
  edit,
  listOf,
  openStatements,
  optional,
  remediations,
  replaceStatements,
  type Statement,
  splitPrincipals,
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
        open.has(statement) ? narrowed(statement, publisher) : [statement],
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

/**
 * Pins everyone to one account where they may publish. What the statement says
 * besides (actions that do not publish, principals that it names) is split off
 * and stays as it was.
 */
function narrowed(statement: Statement, account: string): Statement[] {
  const split = splitPrincipals(statement, ({ name }) => name === '*');
  // "Everyone but some" names nobody to split off.
  const { everyone, others } =
    split.chosen === undefined
      ? { everyone: statement, others: [] }
      : { everyone: split.chosen, others: listOf(split.rest) };
  const actions = listOf(everyone.Action);
  const harmless = actions.filter((action) => !allowsAction({ Effect: 'Allow', Action: action }, PUBLISH));
  const publishing = actions.filter((action) => !harmless.includes(action));
  const pinned = { ...everyone, Condition: pinnedTo(account, everyone.Condition) };
  if (harmless.length === 0) return [...others, { ...pinned, ...(others.length > 0 ? publishSid(statement) : {}) }];
  return [...others, { ...everyone, Action: harmless }, { ...pinned, ...publishSid(statement), Action: publishing }];
}

const publishSid = ({ Sid }: Statement) => (Sid ? { Sid: `${Sid}Publish` } : {});

function pinnedTo(account: string, condition: Statement['Condition']): Statement['Condition'] {
  const equals = Object.entries(condition?.StringEquals ?? {}).filter(
    ([key]) => key.toLowerCase() !== 'aws:principalaccount',
  );
  return { ...condition, StringEquals: { ...Object.fromEntries(equals), 'aws:PrincipalAccount': account } };
}
