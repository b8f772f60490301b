import {
  type App,
  Aws,
  BootstraplessSynthesizer,
  CfnCondition,
  CfnParameter,
  type CfnResource,
  Duration,
  Fn,
  Stack,
} from 'aws-cdk-lib';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { CfnManagedPolicy, CfnRole } from 'aws-cdk-lib/aws-iam';
import { CfnQueue, CfnQueuePolicy } from 'aws-cdk-lib/aws-sqs';
import { roles as memberRoles } from '../src/aws/sessions.ts';
import type { Catalogue } from '../src/catalogue.ts';
import type { Config } from '../src/config.ts';
import { partitionOf } from '../src/partition.ts';
import { accept } from './accept.ts';
import { type BoundaryControls, boundary, wholeServices } from './boundary.ts';
import { forwardRoleName } from './bus.ts';
import { eventPattern } from './event-pattern.ts';
import { KEY_ALIAS, LOG_GROUPS } from './key.ts';
import { busNames, hubName, type MemberRole, takers } from './names.ts';
import { chosenControls, type HubOptions, summariesOf, writingControls } from './options.ts';
import { memberPolicies } from './policies.ts';
import { TABLE_NAME } from './table.ts';

interface Parameters {
  readonly hubAccount: CfnParameter;
  readonly hubBusArn: CfnParameter;
  readonly externalId: CfnParameter;
  readonly roles: CfnParameter;
  readonly rolesRegion: CfnParameter;
}

/** What the member template is made from. */
export interface MemberProps {
  readonly options: HubOptions;
  readonly catalogue: Catalogue;
  /** Says which controls may write anywhere: the writing role is made for these, unless the options say otherwise. */
  readonly config: Config;
}

/**
 * The stack of every account, the hub's own among them, in every region that
 * is watched: rules that forward to the hub, and, in one of the regions, the
 * roles that the hub takes. It is a plain template for StackSets: no assets,
 * no bootstrapping, everything else by parameters.
 */
export function memberStack(app: App, { options, catalogue, config }: MemberProps): Stack {
  const stack = new Stack(app, 'RedressMember', {
    description: 'Redress: forwards events to the hub, and lets the hub read and, if you like, set right',
    synthesizer: new BootstraplessSynthesizer(),
    // StackSets take 51,200 bytes from the command line.
    suppressTemplateIndentation: true,
  });
  const parameters = declareParameters(stack, options);
  const chosen = chosenControls(options, catalogue);
  forwarding(stack, chosen, parameters);
  const controls = { read: summariesOf(chosen), write: summariesOf(writingControls(options, catalogue, config)) };
  roles(stack, options, controls, parameters);
  return stack;
}

function declareParameters(stack: Stack, options: HubOptions): Parameters {
  const { account, region, externalId } = options;
  const { partition } = partitionOf(region);
  const parameter = (id: string, description: string, rest: object): CfnParameter =>
    new CfnParameter(stack, id, { type: 'String', description, ...rest });
  return {
    hubAccount: parameter('HubAccount', 'Account of the hub', { default: account, allowedPattern: '\\d{12}' }),
    hubBusArn: parameter('HubBusArn', 'ARN of the bus of the hub', {
      default: `arn:${partition}:events:${region}:${account}:event-bus/${busNames.events}`,
      allowedPattern: 'arn:[^:]+:events:[^:]+:\\d{12}:event-bus/.+',
    }),
    externalId: parameter('ExternalId', 'What the hub has to name to take the roles', {
      default: externalId,
      minLength: 16,
    }),
    roles: parameter('Roles', 'Which roles to make. Without the one that writes, nothing can be set right here.', {
      default: 'read',
      allowedValues: ['both', 'read', 'none'],
    }),
    rolesRegion: parameter('RolesRegion', 'The one region whose stack makes the roles, as IAM is the same in all', {
      default: partitionOf(region).home,
    }),
  };
}

/** Rules on the default bus, one queue for what they cannot deliver, and the role that they send as. */
function forwarding(stack: Stack, catalogue: Catalogue, { hubBusArn }: Parameters): void {
  const role = new CfnRole(stack, 'ForwardRole', {
    roleName: forwardRoleName(Aws.REGION),
    description: 'Sends events to the bus of Redress',
    assumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          ...{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'events.amazonaws.com' } },
          Condition: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
        },
      ],
    },
    policies: [
      {
        policyName: 'Own',
        policyDocument: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: 'events:PutEvents', Resource: hubBusArn.valueAsString }],
        },
      },
    ],
  });
  const queue = new CfnQueue(stack, 'Undelivered', {
    queueName: 'redress-undelivered-events',
    messageRetentionPeriod: Duration.days(14).toSeconds(),
    sqsManagedSseEnabled: true,
  });
  accept(queue, 'It is the dead-letter queue of the rules, which cdk-nag does not look for', 'SQS3');
  const rules = eventPattern(catalogue).map(
    (pattern, index) =>
      new CfnRule(stack, `Forward${index + 1}`, {
        name: `redress-forward-${index + 1}`,
        description: 'Sends to Redress what some control listens to',
        eventPattern: pattern,
        targets: [
          {
            ...{ id: 'hub', arn: hubBusArn.valueAsString, roleArn: role.attrArn },
            deadLetterConfig: { arn: queue.attrArn },
          },
        ],
      }),
  );
  new CfnQueuePolicy(stack, 'UndeliveredPolicy', {
    queues: [queue.ref],
    policyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          ...{ Sid: 'TlsOnly', Effect: 'Deny', Principal: '*', Action: 'sqs:*', Resource: queue.attrArn },
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
        {
          ...{ Sid: 'Rules', Effect: 'Allow', Action: 'sqs:SendMessage', Resource: queue.attrArn },
          Principal: { Service: 'events.amazonaws.com' },
          Condition: { ArnEquals: { 'aws:SourceArn': rules.map(({ attrArn }) => attrArn) } },
        },
      ],
    },
  });
}

/** The two roles with their policies and the boundary, where and as far as the parameters say. */
function roles(stack: Stack, options: HubOptions, controls: BoundaryControls, parameters: Parameters): void {
  const here = Fn.conditionEquals(Aws.REGION, parameters.rolesRegion.valueAsString);
  const isNot = (value: string) => Fn.conditionNot(Fn.conditionEquals(parameters.roles.valueAsString, value));
  const reads = new CfnCondition(stack, 'Reads', { expression: Fn.conditionAnd(here, isNot('none')) });
  const writes = new CfnCondition(stack, 'Writes', {
    expression: Fn.conditionAnd(here, Fn.conditionEquals(parameters.roles.valueAsString, 'both')),
  });

  const ofRedress = ['role', 'policy'].map((kind) =>
    stack.formatArn({ service: 'iam', region: '', resource: kind, resourceName: 'Redress*' }),
  );
  const limits = new CfnManagedPolicy(stack, 'Boundary', {
    managedPolicyName: 'RedressBoundary',
    description: 'What the roles of Redress can do at most',
    policyDocument: boundary(controls, {
      ...{ own: ofRedress, hub: ofTheHub(), keyAlias: KEY_ALIAS },
      regions: options.regions === 'all' ? 'all' : withHome(options.regions),
    }),
  });
  onlyIf(limits, reads);
  accept(
    limits,
    'A boundary gives nothing; it says which services the policies may speak of',
    'IAM5[Resource::*]',
    ...wholeServices(controls).map((action) => `IAM5[Action::${action}]`),
  );

  const role = (kind: MemberRole, condition: CfnCondition): void => {
    const policies = memberPolicies(controls[kind], kind).map((policyDocument, index) => {
      const policy = new CfnManagedPolicy(stack, `${memberRoles[kind]}Policy${index + 1}`, {
        managedPolicyName: `${memberRoles[kind]}-${index + 1}`,
        description: 'Made from the definitions of the controls',
        policyDocument,
      });
      onlyIf(policy, condition);
      accept(
        policy,
        'The resources are those of a whole account, and are not known before; writes are narrowed to a plan by its session policy',
        'IAM5[Resource::*]',
      );
      return policy;
    });
    const made = new CfnRole(stack, memberRoles[kind], {
      roleName: memberRoles[kind],
      description: kind === 'read' ? 'Lets Redress read' : 'Lets Redress carry out approved plans',
      assumeRolePolicyDocument: trust(stack, kind, parameters),
      managedPolicyArns: policies.map(({ ref }) => ref),
      permissionsBoundary: limits.ref,
      maxSessionDuration: Duration.hours(1).toSeconds(),
    });
    onlyIf(made, condition);
  };
  role('read', reads);
  role('write', writes);
}

/** Only the roles of the functions that need it, from the hub's account, and only with the external id. */
function trust(stack: Stack, kind: MemberRole, { hubAccount, externalId }: Parameters): object {
  const inHub = { service: 'iam', region: '', account: hubAccount.valueAsString };
  return {
    Version: '2012-10-17',
    Statement: [
      {
        ...{ Effect: 'Allow', Action: 'sts:AssumeRole' },
        Principal: { AWS: stack.formatArn({ ...inHub, resource: 'root' }) },
        Condition: {
          StringEquals: { 'sts:ExternalId': externalId.valueAsString },
          ArnEquals: {
            'aws:PrincipalArn': takers[kind].map((name) =>
              stack.formatArn({ ...inHub, resource: 'role', resourceName: hubName(name) }),
            ),
          },
        },
      },
    ],
  };
}

/** Things of the hub by the names that its stack gives them; in other accounts there are only some of the kind. */
function ofTheHub(): readonly string[] {
  const arn = (service: string, rest: string): string => `arn:${Aws.PARTITION}:${service}:*:${Aws.ACCOUNT_ID}:${rest}`;
  return [
    ...['event-bus/redress-*', 'rule/redress-*'].map((rest) => arn('events', rest)),
    ...Object.values(LOG_GROUPS).map((prefix) => arn('logs', `log-group:${prefix}*`)),
    arn('dynamodb', `table/${TABLE_NAME}`),
    arn('lambda', 'function:Redress*'),
    arn('sns', 'redress-*'),
    arn('sqs', 'redress-*'),
  ];
}

/** Besides the chosen regions the one where global services keep what belongs to them: certificates, web ACLs, logs. */
const withHome = (regions: readonly string[]): readonly string[] => [
  ...new Set([...regions, ...regions.map((region) => partitionOf(region).home)]),
];

function onlyIf(resource: CfnResource, condition: CfnCondition): void {
  resource.cfnOptions.condition = condition;
}
