import { SampleAwsError } from './aws-error.ts';
import { operations, page } from './operations.ts';
import { statementsOf } from './public-policy.ts';
import type { KmsKey, Topic, World } from './world.ts';

function topicOf(world: World, arn: string | undefined): Topic {
  const topic = world.sns.topics[arn ?? ''];
  if (topic === undefined) throw new SampleAwsError('NotFoundException', 'Topic does not exist', 404);
  return topic;
}

export const sns = operations('sns', {
  ListTopics: (world, { NextToken }) => {
    const { items, next } = page(Object.keys(world.sns.topics).sort(), 100, NextToken);
    return { Topics: items.map((TopicArn) => ({ TopicArn })), NextToken: next };
  },
  GetTopicAttributes: (world, { TopicArn }) => ({ Attributes: topicOf(world, TopicArn).attributes }),
  ListTagsForResource: (world, { ResourceArn }) => ({ Tags: topicOf(world, ResourceArn).tags }),
  /** The policy is replaced whole, and no two statements may share a Sid. */
  SetTopicAttributes: (world, { TopicArn, AttributeName = '', AttributeValue = '' }) => {
    const topic = topicOf(world, TopicArn);
    if (AttributeName === 'Policy') checkTopicPolicy(AttributeValue);
    topic.attributes[AttributeName] = AttributeValue;
    return {};
  },
});

function checkTopicPolicy(text: string): void {
  const sids = parsedStatements(text).flatMap((statement) => ('Sid' in statement ? [statement.Sid] : []));
  if (new Set(sids).size === sids.length) return;
  throw new SampleAwsError('InvalidParameterException', 'Invalid parameter: Policy statement sids must be unique');
}

function parsedStatements(text: string) {
  try {
    return statementsOf(text);
  } catch {
    throw new SampleAwsError('InvalidParameterException', 'Invalid parameter: Policy failed to parse');
  }
}

/** Settings that exist in the sample account, and what they are until somebody changes them. */
const SETTING_DEFAULTS: Readonly<Record<string, string>> = {
  '/ssm/documents/console/public-sharing-permission': 'Enable',
};

/** A setting is named by its path or by its ARN. */
function settingId(id: string | undefined): string {
  const path = id?.startsWith('arn:') ? `/${id.split(':servicesetting/')[1]}` : id;
  if (path !== undefined && path in SETTING_DEFAULTS) return path;
  throw new SampleAwsError('ServiceSettingNotFound', `The specified service setting ${id} was not found.`);
}

function describeSetting(world: World, SettingId: string) {
  const custom = world.ssm.settings[SettingId];
  return {
    SettingId,
    SettingValue: custom?.value ?? SETTING_DEFAULTS[SettingId],
    LastModifiedDate: custom?.changed,
    LastModifiedUser: custom?.by ?? 'System',
    ARN: `arn:${world.partition}:ssm:${world.region}:${world.account}:servicesetting${SettingId}`,
    Status: custom === undefined ? 'Default' : 'Customized',
  };
}

export const ssm = operations('ssm', {
  GetServiceSetting: (world, { SettingId }) => ({ ServiceSetting: describeSetting(world, settingId(SettingId)) }),
  UpdateServiceSetting: (world, { SettingId, SettingValue = '' }) => {
    const by = `arn:${world.partition}:iam::${world.account}:root`;
    world.ssm.settings[settingId(SettingId)] = { value: SettingValue, changed: world.now(), by };
    return {};
  },
  ResetServiceSetting: (world, { SettingId }) => {
    const id = settingId(SettingId);
    delete world.ssm.settings[id];
    return { ServiceSetting: describeSetting(world, id) };
  },
});

/** A key is named by its id, its ARN, an alias or an alias's ARN. */
export function keyOf(world: World, name: string | undefined): KmsKey {
  const short = name?.startsWith('arn:') ? (name.split(':').at(5) ?? '') : (name ?? '');
  const id = short.startsWith('alias/') ? world.kms.aliases[short] : short.replace(/^key\//, '');
  const key = world.kms.keys[id ?? ''];
  if (key === undefined) throw new SampleAwsError('NotFoundException', `Key '${name}' does not exist`);
  return key;
}

export const kms = operations('kms', {
  DescribeKey: (world, { KeyId }) => ({ KeyMetadata: keyOf(world, KeyId) }),
  ListKeys: (world) => ({
    Keys: Object.values(world.kms.keys).map(({ KeyId, Arn }) => ({ KeyId, KeyArn: Arn })),
    Truncated: false,
  }),
  ListAliases: (world) => ({
    Aliases: Object.entries(world.kms.aliases).map(([AliasName, TargetKeyId]) => ({
      AliasName,
      AliasArn: `arn:${world.partition}:kms:${world.region}:${world.account}:${AliasName}`,
      TargetKeyId,
    })),
    Truncated: false,
  }),
});
