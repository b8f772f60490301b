import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { CreateEventBusCommand, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateRoleCommand } from '@aws-sdk/client-iam';
import { CreateQueueCommand } from '@aws-sdk/client-sqs';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { eventPattern } from '../../../infra/event-pattern.ts';
import { catalogue } from '../../../src/redress.ts';
import { ACCOUNT, type Aws, connect, REGION } from '../clients.ts';

/** The hub as the stack makes it, by hand: what the functions are given. */
export interface Hub {
  readonly table: string;
  readonly bus: string;
  readonly lifecycle: string;
  readonly events: string;
  readonly eventsDead: string;
  readonly resources: string;
  readonly resourcesDead: string;
  /** Takes what goes out on the lifecycle bus. */
  readonly told: string;
}

/** A message that failed so often is a dead letter. */
const MOST_RECEIVES = 8;
/** Longer than a function may take, as in the stack. */
const VISIBILITY = 40;

/**
 * @param controls what the rules are made for, as with the option of the stack
 */
export async function buildHub(
  aws: Aws,
  controls: readonly number[],
  createTable: (name: string) => ConstructorParameters<typeof CreateTableCommand>[0],
): Promise<Hub> {
  const table = 'redress';
  await aws.dynamodb.send(new CreateTableCommand(createTable(table)));
  const eventsDead = await queue(aws, 'redress-events-dead', {});
  const events = await queue(aws, 'redress-events', redriven('redress-events-dead'));
  const fifo = { FifoQueue: 'true' };
  const resourcesDead = await queue(aws, 'redress-resources-dead.fifo', fifo);
  const resources = await queue(aws, 'redress-resources.fifo', { ...fifo, ...redriven('redress-resources-dead.fifo') });
  await aws.events.send(new CreateEventBusCommand({ Name: 'redress' }));
  const chosen = new Map([...catalogue].filter(([number]) => controls.includes(number)));
  for (const [index, pattern] of eventPattern(chosen).entries()) {
    await rule(aws, 'redress', `redress-${index}`, pattern, 'redress-events');
  }
  await aws.events.send(new CreateEventBusCommand({ Name: 'redress-lifecycle' }));
  const told = await queue(aws, 'redress-told', {});
  await rule(aws, 'redress-lifecycle', 'told', { source: [{ prefix: 'redress' }] }, 'redress-told');
  return { table, bus: 'redress', lifecycle: 'redress-lifecycle', events, eventsDead, resources, resourcesDead, told };
}

const redriven = (name: string) => ({
  VisibilityTimeout: String(VISIBILITY),
  RedrivePolicy: JSON.stringify({
    deadLetterTargetArn: `arn:aws:sqs:${REGION}:${ACCOUNT}:${name}`,
    maxReceiveCount: MOST_RECEIVES,
  }),
});

async function queue(aws: Aws, name: string, Attributes: Record<string, string>): Promise<string> {
  const { QueueUrl = '' } = await aws.sqs.send(new CreateQueueCommand({ QueueName: name, Attributes }));
  return QueueUrl;
}

/**
 * Hands on the whole event, which a target without it does too. Only that the
 * emulator takes an eighth of the time, having one path to parse instead of eight.
 */
const asItIs = { InputPathsMap: { id: '$.id' }, InputTemplate: '<aws.events.event.json>' };

async function rule(aws: Aws, bus: string, name: string, pattern: object, to: string): Promise<void> {
  await aws.events.send(new PutRuleCommand({ Name: name, EventBusName: bus, EventPattern: JSON.stringify(pattern) }));
  const Arn = `arn:aws:sqs:${REGION}:${ACCOUNT}:${to}`;
  const Targets = [{ Id: 'queue', Arn, InputTransformer: asItIs }];
  await aws.events.send(new PutTargetsCommand({ Rule: name, EventBusName: bus, Targets }));
}

/** A member account with the roles of the member stack, and clients in it. */
export async function joinAccount(endpoint: string, account: string): Promise<Aws> {
  const sts = new STSClient({
    ...{ endpoint, region: REGION, credentials: { accessKeyId: 'testing', secretAccessKey: 'testing' } },
  });
  const { Credentials } = await sts.send(
    new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${account}:role/admin`, RoleSessionName: 'test' }),
  );
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
  const aws = connect(endpoint, {
    ...{ accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken },
  });
  const AssumeRolePolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'sts:AssumeRole' }],
  });
  for (const RoleName of ['RedressRead', 'RedressRemediate']) {
    await aws.iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
  }
  return aws;
}
