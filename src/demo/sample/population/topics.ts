import type { Setting } from '../setting.ts';
import type { Topic } from '../world.ts';

/** A topic that everyone may publish to, next to statements that must stay; and one without fault. */
export function topics({ account, partition, region }: Setting): Record<string, Topic> {
  const arn = (name: string) => `arn:${partition}:sns:${region}:${account}:${name}`;
  const attributes = (name: string, Statement: readonly object[]) => ({
    TopicArn: arn(name),
    Owner: account,
    DisplayName: name,
    SubscriptionsConfirmed: '1',
    SubscriptionsPending: '0',
    SubscriptionsDeleted: '0',
    Policy: JSON.stringify({ Version: '2008-10-17', Id: name, Statement }),
  });
  const ownAccount = (name: string) => ({
    Sid: 'OwnAccount',
    Effect: 'Allow',
    Principal: { AWS: '*' },
    Action: ['SNS:Publish', 'SNS:Subscribe', 'SNS:GetTopicAttributes'],
    Resource: arn(name),
    Condition: { StringEquals: { 'AWS:SourceOwner': account } },
  });
  const bucketNotifies = (name: string) => ({
    Sid: 'BucketNotifies',
    Effect: 'Allow',
    Principal: { Service: 's3.amazonaws.com' },
    Action: 'SNS:Publish',
    Resource: arn(name),
    Condition: { StringEquals: { 'aws:SourceAccount': account } },
  });
  const everyonePublishes = (name: string) => ({
    Sid: 'EveryonePublishes',
    Effect: 'Allow',
    Principal: '*',
    Action: 'SNS:Publish',
    Resource: arn(name),
  });
  const tlsOnly = (name: string) => ({
    Sid: 'TlsOnly',
    Effect: 'Deny',
    Principal: '*',
    Action: 'SNS:Publish',
    Resource: arn(name),
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  });
  return {
    [arn('orders')]: {
      attributes: attributes('orders', [ownAccount('orders'), bucketNotifies('orders'), everyonePublishes('orders')]),
      tags: [{ Key: 'team', Value: 'shop' }],
    },
    [arn('alarms')]: { attributes: attributes('alarms', [ownAccount('alarms'), tlsOnly('alarms')]), tags: [] },
  };
}
