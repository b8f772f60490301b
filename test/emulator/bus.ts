import { PutEventsCommand, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateQueueCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { ACCOUNT, type Aws } from './clients.ts';

/** A queue, and a rule of a bus that delivers matching events to it. */
export async function queueOn({ events, sqs }: Aws, bus: string, name: string, pattern: object): Promise<string> {
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  const QueueArn = `arn:aws:sqs:us-east-1:${ACCOUNT}:${name}`;
  const { RuleArn } = await events.send(
    new PutRuleCommand({ Name: name, EventBusName: bus, EventPattern: JSON.stringify(pattern) }),
  );
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: QueueArn,
        Condition: { ArnEquals: { 'aws:SourceArn': RuleArn } },
      },
    ],
  });
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
  const target = { Rule: name, EventBusName: bus, Targets: [{ Id: 'queue', Arn: QueueArn }] };
  await events.send(new PutTargetsCommand(target));
  return QueueUrl;
}

/** Puts a CloudTrail record on the bus, wrapped as EventBridge wraps it. */
export async function happens({ events }: Aws, bus: string, record: Readonly<Record<string, unknown>>): Promise<void> {
  const Entries = [
    {
      EventBusName: bus,
      Source: 'aws.s3',
      DetailType: 'AWS API Call via CloudTrail',
      Detail: JSON.stringify(record),
    },
  ];
  const { FailedEntryCount } = await events.send(new PutEventsCommand({ Entries }));
  if (FailedEntryCount !== 0) throw new Error(`Bus ${bus} did not take the event.`);
}
