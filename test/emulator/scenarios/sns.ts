import { CreateKeyCommand } from '@aws-sdk/client-kms';
import {
  CreateTopicCommand,
  GetTopicAttributesCommand,
  ListTagsForResourceCommand,
  SetTopicAttributesCommand,
} from '@aws-sdk/client-sns';
import { ACCOUNT, type Aws } from '../clients.ts';
import { event } from '../event.ts';
import { scenario } from '../scenario.ts';
import { type Policy, parsePolicy, type Statement, withoutSidOfPlainHttp } from './policies.ts';

const TOPIC = `arn:aws:sns:us-east-1:${ACCOUNT}:orders`;

const bucketNotifies: Statement = {
  Sid: 'BucketNotifies',
  Effect: 'Allow',
  Principal: { Service: 's3.amazonaws.com' },
  Action: 'SNS:Publish',
  Resource: TOPIC,
  Condition: { StringEquals: { 'aws:SourceAccount': ACCOUNT } },
};
const partnerPublishes: Statement = {
  Sid: 'PartnerPublishes',
  Effect: 'Allow',
  Principal: { AWS: 'arn:aws:iam::999988887777:root' },
  Action: ['SNS:Publish', 'SNS:Subscribe'],
  Resource: TOPIC,
};
const noDeletion: Statement = {
  Sid: 'NoDeletion',
  Effect: 'Deny',
  Principal: '*',
  Action: 'SNS:DeleteTopic',
  Resource: TOPIC,
};
const everyonePublishes: Statement = {
  Sid: 'EveryonePublishes',
  Effect: 'Allow',
  Principal: { AWS: '*' },
  Action: 'SNS:Publish',
  Resource: TOPIC,
};
const noPlainHttp: Statement = {
  Effect: 'Deny',
  Principal: '*',
  Action: 'SNS:Publish',
  Resource: TOPIC,
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
};
const tlsOnly: Statement = { Sid: 'TlsOnly', ...noPlainHttp };
const others: Policy = {
  Version: '2008-10-17',
  Id: 'orders',
  Statement: [bucketNotifies, partnerPublishes, noDeletion],
};

async function topicState({ sns }: Aws, TopicArn: string) {
  const { Attributes = {} } = await sns.send(new GetTopicAttributesCommand({ TopicArn }));
  const { Tags = [] } = await sns.send(new ListTagsForResourceCommand({ ResourceArn: TopicArn }));
  const { Policy, DisplayName, DeliveryPolicy } = Attributes;
  return { displayName: DisplayName, deliveryPolicy: DeliveryPolicy ?? null, tags: Tags, policy: parsePolicy(Policy) };
}

async function makeTopic({ sns }: Aws, policy: Policy) {
  await sns.send(new CreateTopicCommand({ Name: 'orders', Tags: [{ Key: 'team', Value: 'shop' }] }));
  const attributes = { DisplayName: 'Orders', Policy: JSON.stringify(policy) };
  for (const [AttributeName, AttributeValue] of Object.entries(attributes)) {
    await sns.send(new SetTopicAttributesCommand({ TopicArn: TOPIC, AttributeName, AttributeValue }));
  }
  const parameters = { topicArn: TOPIC, attributeName: 'Policy', attributeValue: attributes.Policy };
  return { id: TOPIC, event: event('sns:SetTopicAttributes', parameters) };
}

/**
 * The open statement is narrowed to callers of this account, or goes; either
 * way no statement is left that lets everyone publish. Which of the two is
 * Redress's choice, so it is taken out of the comparison, and the rest is exact.
 */
async function stateForOpenTopic(aws: Aws, id: string) {
  const state = await topicState(aws, id);
  const Statement = state.policy?.Statement ?? [];
  const { Sid } = everyonePublishes;
  const open = Statement.filter((one) => one.Sid === Sid && JSON.stringify(one) === JSON.stringify(everyonePublishes));
  return {
    ...state,
    open: open.length > 0,
    policy: { ...state.policy, Statement: Statement.filter((one) => one.Sid !== Sid) },
  };
}

const everyoneSubscribes: Statement = { ...everyonePublishes, Sid: 'EveryoneSubscribes', Action: 'SNS:Subscribe' };
const everyoneLists: Statement = { ...everyonePublishes, Sid: 'EveryoneLists', Action: 'SNS:ListSubscriptionsByTopic' };
const pinned = { Condition: { StringEquals: { 'aws:PrincipalAccount': ACCOUNT } } };
const noHttpSubscribers: Statement = {
  Sid: 'DenySubscribingOverHTTP',
  Effect: 'Deny',
  Principal: '*',
  Action: 'SNS:Subscribe',
  Resource: TOPIC,
  Condition: { StringEquals: { 'SNS:Protocol': 'http' } },
};

/** One control of the topic's policy, seen alone: one statement breaks several of them. */
function policyScenario(control: number, added: readonly Statement[], after: readonly Statement[]) {
  return scenario({
    control,
    off: [182, 183, 383, 436, 438].filter((one) => one !== control),
    arrange: (aws) => makeTopic(aws, { ...others, Statement: [...others.Statement, ...added] }),
    state: topicState,
    expected: (before) => ({ ...before, policy: { ...others, Statement: [...others.Statement, ...after] } }),
  });
}

let key = '';

async function keyState(aws: Aws, TopicArn: string) {
  const { Attributes = {} } = await aws.sns.send(new GetTopicAttributesCommand({ TopicArn }));
  return { ...(await topicState(aws, TopicArn)), key: Attributes.KmsMasterKeyId || 'none' };
}

function keyScenario(control: number, other: number) {
  return scenario({
    control,
    off: [other],
    arrange: async (aws) => {
      const { KeyMetadata } = await aws.kms.send(new CreateKeyCommand({ Description: 'topics' }));
      key = KeyMetadata?.Arn ?? '';
      return { ...(await makeTopic(aws, others)), parameters: { topicKeyArn: key } };
    },
    state: keyState,
    expected: (before) => ({ ...before, key }),
  });
}

export const sns = [
  policyScenario(183, [everyoneSubscribes], [{ ...everyoneSubscribes, ...pinned }]),
  policyScenario(383, [everyoneLists], [{ ...everyoneLists, ...pinned }]),
  policyScenario(438, [], [noHttpSubscribers]),
  keyScenario(290, 518),
  keyScenario(518, 290),
  scenario({
    control: 182,
    off: [383, 438],
    arrange: (aws) => makeTopic(aws, { ...others, Statement: [tlsOnly, ...others.Statement, everyonePublishes] }),
    state: stateForOpenTopic,
    expected: (before) => ({ ...before, open: false }),
  }),
  scenario({
    control: 436,
    off: [438],
    arrange: (aws) => makeTopic(aws, others),
    state: async (aws, id) => {
      const state = await topicState(aws, id);
      return { ...state, policy: withoutSidOfPlainHttp(state.policy) };
    },
    expected: (before) => ({ ...before, policy: { ...others, Statement: [...others.Statement, noPlainHttp] } }),
  }),
];
