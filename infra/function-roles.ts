import { ArnFormat, type Stack } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Effect, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { roles as memberRoles } from '../src/aws/sessions.ts';
import { keys } from '../src/store/dynamodb-items.ts';
import { INTERACTION } from '../src/workflow/inbox.ts';
import { accept } from './accept.ts';
import type { Buses } from './bus.ts';
import { LOG_GROUPS } from './key.ts';
import { type FunctionName, hubName, type MemberRole, takers } from './names.ts';
import type { HubOptions } from './options.ts';
import type { Queues } from './queues.ts';
import { indexArns } from './table.ts';
import type { Topics } from './topics.ts';

/** What the functions work on. */
export interface Things {
  readonly key: IKey;
  readonly table: Table;
  readonly queues: Queues;
  readonly buses: Buses;
  readonly topics: Topics;
  /** Names of the SSM parameters with Slack's secrets. None without Slack. */
  readonly slackParameters: { readonly botToken: string; readonly signingSecret: string } | undefined;
  /** Whether findings go to Security Hub. */
  readonly securityHub: boolean;
  readonly tracing: boolean;
}

type Chosen = Pick<HubOptions, 'organization' | 'accounts'>;

/** The role of a function: written by hand, what its code does and no more. */
export function functionRole(stack: Stack, name: FunctionName, things: Things, options: Chosen): Role {
  const statements = [...everyFunction(stack, name, things), ...own(stack, name, things, options)];
  const role = new Role(stack, `${hubName(name)}Role`, {
    // Roles of member accounts trust this name.
    roleName: hubName(name),
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    inlinePolicies: { Own: new PolicyDocument({ statements }) },
  });
  acceptWildcards(role, stack, name, things);
  return role;
}

const allow = (sid: string, actions: readonly string[], resources: readonly string[], conditions?: object) =>
  new PolicyStatement({
    ...{ sid, effect: Effect.ALLOW, actions: [...actions], resources: [...resources] },
    ...(conditions === undefined ? {} : { conditions: Object.fromEntries(Object.entries(conditions)) }),
  });

function everyFunction(stack: Stack, name: FunctionName, { key, table, tracing }: Things): PolicyStatement[] {
  return [
    allow('Logs', ['logs:CreateLogStream', 'logs:PutLogEvents'], [logStreams(stack, name)]),
    ...usesState(name, table),
    allow(
      'Key',
      ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey', 'kms:ReEncryptFrom', 'kms:ReEncryptTo'],
      [key.keyArn],
      { StringEquals: { 'kms:ViaService': viaServices(stack, name) } },
    ),
    ...(tracing ? [allow('Traces', ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'], ['*'])] : []),
  ];
}

/**
 * Two functions stand where strangers send to, and write one kind of thing
 * each: the intake remembers events, the endpoint lays down what was clicked.
 * The table's other items, such as decisions and locks, are not theirs.
 */
function usesState(name: FunctionName, table: Table): PolicyStatement[] {
  const only = (action: string, partitions: string) =>
    allow('StateWrite', [action], [table.tableArn], {
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [partitions] },
      Null: { 'dynamodb:LeadingKeys': 'false' },
    });
  if (name === 'intake') return [only('dynamodb:BatchWriteItem', `${keys.seen('').pk}*`)];
  if (name === 'slack') return [only('dynamodb:UpdateItem', `${keys.effect(INTERACTION).pk}*`)];
  return [
    allow(
      'StateRead',
      ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query'],
      [table.tableArn, ...indexArns(table)],
    ),
    // TransactWriteItems has no action of its own: each part of it needs its own.
    allow(
      'StateWrite',
      [
        'dynamodb:BatchWriteItem',
        'dynamodb:ConditionCheckItem',
        'dynamodb:DeleteItem',
        'dynamodb:PutItem',
        'dynamodb:UpdateItem',
      ],
      [table.tableArn],
    ),
  ];
}

/** The services through which a function uses the key. How they are called in China, AWS's guides say in two ways. */
function viaServices({ region }: Stack, name: FunctionName): string[] {
  const services: Readonly<Record<FunctionName, readonly string[]>> = {
    intake: ['dynamodb', 'sqs'],
    worker: ['dynamodb', 'sqs'],
    decisions: ['dynamodb', 'sns', 'sqs', 'ssm'],
    sweep: ['dynamodb', 'sns', 'sqs'],
    slack: ['dynamodb', 'ssm'],
  };
  const endings = region.startsWith('cn-') ? ['amazonaws.com', 'amazonaws.com.cn'] : ['amazonaws.com'];
  return services[name].flatMap((service) => endings.map((ending) => `${service}.${region}.${ending}`));
}

function own(stack: Stack, name: FunctionName, things: Things, options: Chosen): PolicyStatement[] {
  const { queues, buses, topics } = things;
  switch (name) {
    case 'intake':
      return [
        takeFrom(queues.events),
        allow('HandOver', ['sqs:SendMessage'], [queues.resources.queueArn, queues.eventsDead.queueArn]),
      ];
    case 'worker':
      return [
        takeFrom(queues.resources),
        allow('LayAside', ['sqs:SendMessage'], [queues.eventsDead.queueArn]),
        ...wokenByTable(things),
        ...takesRoles(stack, name, options),
      ];
    case 'decisions':
      return [
        ...wokenByTable(things),
        ...slackSecrets(stack, things, 'all'),
        ...takesRoles(stack, name, options),
        ...(things.securityHub ? [importsFindings(stack)] : []),
        allow('Tell', ['sns:Publish'], [topics.notices.topicArn]),
        allow('TellBus', ['events:PutEvents'], [buses.lifecycle.eventBusArn], {
          StringEquals: { 'events:source': 'redress' },
        }),
      ];
    case 'sweep':
      return [
        allow('HandOver', ['sqs:SendMessage'], [queues.resources.queueArn]),
        ...takesRoles(stack, name, options),
        // Of events that never came.
        allow('Tell', ['sns:Publish'], [topics.notices.topicArn]),
      ];
    case 'slack':
      return slackSecrets(stack, things, 'signature');
  }
}

const takeFrom = (queue: IQueue): PolicyStatement =>
  allow(
    'TakeFromQueue',
    ['sqs:ChangeMessageVisibility', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
    [queue.queueArn],
  );

function wokenByTable({ table, queues }: Things): PolicyStatement[] {
  const stream = table.tableStreamArn;
  if (stream === undefined) throw new Error('The table has no stream.');
  return [
    allow('Stream', ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'], [stream]),
    // Lambda asks for it, and IAM knows no resource for it.
    allow('Streams', ['dynamodb:ListStreams'], ['*']),
    allow('WakesThatFailed', ['sqs:SendMessage'], [queues.wakesDead.queueArn]),
  ];
}

/** Into member accounts, and nowhere else: by the names of the roles, and within the organization. */
function takesRoles(stack: Stack, name: FunctionName, { organization, accounts }: Chosen): PolicyStatement[] {
  const roles: readonly MemberRole[] = ['read', 'write'];
  const taken = roles.filter((role) => takers[role].includes(name));
  const resources = taken.map((role) =>
    stack.formatArn({ service: 'iam', region: '', account: '*', resource: 'role', resourceName: memberRoles[role] }),
  );
  return [
    allow('MemberAccounts', ['sts:AssumeRole'], resources, {
      StringEquals: {
        'aws:ResourceOrgID': organization,
        // Each account once, however many roles it has: a role's inline policies share 10,240 characters.
        ...(accounts === 'all' ? {} : { 'aws:ResourceAccount': accounts }),
      },
    }),
  ];
}

/** The endpoint verifies signatures and nothing else; only who tells people holds the token. */
function slackSecrets(stack: Stack, { slackParameters: names }: Things, which: 'all' | 'signature'): PolicyStatement[] {
  if (names === undefined) return [];
  const wanted = which === 'all' ? [names.botToken, names.signingSecret] : [names.signingSecret];
  return [
    allow(
      'SlackSecrets',
      ['ssm:GetParameter'],
      wanted.map((name) => parameterArn(stack, name)),
    ),
  ];
}

/** Under the product that every account has for its own findings. */
function importsFindings(stack: Stack): PolicyStatement {
  const product = stack.formatArn({
    ...{ service: 'securityhub', resource: 'product', resourceName: `${stack.account}/default` },
  });
  return allow('SecurityHub', ['securityhub:BatchImportFindings'], [product]);
}

/** The slash that a name begins with is not doubled in its ARN. */
const parameterArn = (stack: Stack, name: string): string =>
  stack.formatArn({ service: 'ssm', resource: 'parameter', resourceName: name.replace(/^\//, '') });

const logStreams = (stack: Stack, name: FunctionName): string =>
  stack.formatArn({
    service: 'logs',
    resource: 'log-group',
    resourceName: `${logGroupName(name)}:log-stream:*`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });

export const logGroupName = (name: FunctionName): string =>
  `${LOG_GROUPS.functions}${hubName(name).slice('Redress'.length)}`;

function acceptWildcards(role: Role, stack: Stack, name: FunctionName, { tracing }: Things): void {
  const arn = (rest: string): string => `IAM5[Resource::arn:<AWS::Partition>:${rest}]`;
  accept(
    role,
    'Lambda names the log streams; they are those of the one log group of this function',
    arn(`logs:${stack.region}:${stack.account}:log-group:${logGroupName(name)}:log-stream:*`),
  );
  const reads = name === 'worker' || name === 'decisions';
  if (tracing || reads) {
    accept(role, 'IAM knows no resource for traces of X-Ray, nor for listing streams', 'IAM5[Resource::*]');
  }
  for (const member of ['read', 'write'] as const) {
    if (!takers[member].includes(name)) continue;
    accept(
      role,
      'One role, by its full name, in any account; the condition keeps it within the organization, or the chosen accounts',
      arn(`iam::*:role/${memberRoles[member]}`),
    );
  }
}
