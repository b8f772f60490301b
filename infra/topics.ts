import type { Stack } from 'aws-cdk-lib';
import { Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Alarm } from '../src/telemetry/alarms.ts';

export interface Topics {
  /** What a person has to do or to know. */
  readonly notices: Topic;
  /** What alarms say, by how soon somebody has to look. */
  readonly alarms: Readonly<Record<Alarm['urgency'], Topic>>;
}

/** Makes the topics, encrypted, each open to TLS only. Who subscribes is up to the operator. */
export function topics(stack: Stack, key: IKey): Topics {
  const make = (id: string, topicName: string, displayName: string): Topic =>
    new Topic(stack, id, { topicName, displayName, masterKey: key, enforceSSL: true });
  const forAlarms = (id: string, topicName: string, displayName: string): Topic => {
    const topic = make(id, topicName, displayName);
    topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsMayTell',
        effect: Effect.ALLOW,
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': stack.account } },
      }),
    );
    return topic;
  };
  return {
    notices: make('Notices', 'redress-notices', 'Redress'),
    alarms: {
      page: forAlarms('Pages', 'redress-pages', 'Redress: look now'),
      ticket: forAlarms('Tickets', 'redress-tickets', 'Redress: look in the morning'),
    },
  };
}
