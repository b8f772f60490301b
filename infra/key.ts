import { ArnFormat, Aws, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';

/** Log groups that the key is for begin like this. */
export const LOG_GROUPS = { functions: '/aws/lambda/Redress', vended: '/aws/vendedlogs/redress' } as const;

export const KEY_ALIAS = 'alias/redress';

/**
 * The key that everything of the hub lies under: table, queues, topics, buses,
 * logs. Each AWS service that needs it by itself is named, and may use it only
 * for things of this account. Functions get it by their own roles.
 */
export function encryptionKey(stack: Stack): Key {
  const key = new Key(stack, 'Key', {
    alias: KEY_ALIAS,
    description: 'What Redress stores: findings, queues, notices, logs',
    enableKeyRotation: true,
    // Without the key nothing of the table can be read any more, not even from a backup.
    removalPolicy: RemovalPolicy.RETAIN,
  });
  const logGroups = Object.values(LOG_GROUPS).map((prefix) =>
    stack.formatArn({
      service: 'logs',
      resource: 'log-group',
      resourceName: `${prefix}*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    }),
  );
  key.addToResourcePolicy(
    new PolicyStatement({
      sid: 'Logs',
      effect: Effect.ALLOW,
      // CloudWatch Logs user guide, "Encrypt log data using AWS KMS". In China the name ends as all names do there.
      principals: [new ServicePrincipal(`logs.${stack.region}.${Aws.URL_SUFFIX}`)],
      actions: [
        'kms:Decrypt',
        'kms:DescribeKey',
        'kms:Encrypt',
        'kms:GenerateDataKey',
        'kms:ReEncryptFrom',
        'kms:ReEncryptTo',
      ],
      resources: ['*'],
      conditions: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': logGroups } },
    }),
  );
  key.addToResourcePolicy(
    new PolicyStatement({
      sid: 'SendersToQueuesAndTopics',
      effect: Effect.ALLOW,
      // EventBridge sends to the queues of its rules, CloudWatch tells topics of its alarms.
      principals: [new ServicePrincipal('events.amazonaws.com'), new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      resources: ['*'],
      conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
    }),
  );
  key.addToResourcePolicy(
    new PolicyStatement({
      sid: 'EventsToQueues',
      effect: Effect.ALLOW,
      // Whether EventBridge's account comes along when SQS asks the key, no guide says. The queue does, in the encryption
      // context; and who may send to it, its own policy says.
      principals: [new ServicePrincipal('events.amazonaws.com')],
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      resources: ['*'],
      conditions: {
        ArnLike: { 'kms:EncryptionContext:aws:sqs:arn': stack.formatArn({ service: 'sqs', resource: 'redress-*' }) },
      },
    }),
  );
  return key;
}
