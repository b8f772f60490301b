import { Duration, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import {
  Architecture,
  type Code,
  Function as LambdaFunction,
  LayerVersion,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { variables } from '../src/lambda/environment.ts';
import { accept } from './accept.ts';
import { functionRole, logGroupName, type Things } from './function-roles.ts';
import { type FunctionName, functionNames, hubName } from './names.ts';
import type { HubOptions } from './options.ts';

/** Where the code of the functions comes from. */
export interface Bundles {
  /** The folder of a function's bundle, with `index.mjs` in it, or a stand-in. */
  readonly code: (name: FunctionName) => Code;
  /** A folder with the configuration, and the file's name. Without it the functions run with the defaults: dry-run. */
  readonly config: { readonly folder: Code; readonly file: string } | undefined;
}

export type Functions = ReadonlyMap<FunctionName, LambdaFunction>;

const purposes: Readonly<Record<FunctionName, string>> = {
  intake: 'Reads CloudTrail records and makes one message for each resource that they touch',
  worker: 'Judges resources, plans, applies and verifies',
  decisions: 'Deals with what people decided, and tells people, the bus and the topic',
  sweep: 'Looks through what exists, and for events that never came',
  slack: 'Checks what Slack sends, stores it, and answers at once',
};

/**
 * Makes the functions, each with its own role and log group. Slack's is left
 * out where no secrets are configured.
 */
export function functions(stack: Stack, things: Things, bundles: Bundles, options: HubOptions): Functions {
  const layer =
    bundles.config === undefined
      ? undefined
      : new LayerVersion(stack, 'Configuration', {
          code: bundles.config.folder,
          description: 'redress.yaml',
          compatibleArchitectures: [Architecture.ARM_64],
        });
  const configPath = bundles.config === undefined ? undefined : `/opt/${bundles.config.file}`;
  const names = functionNames.filter((name) => name !== 'slack' || things.slackParameters !== undefined);
  return new Map(
    names.map((name) => {
      const { memoryMb, timeoutSeconds, concurrency } = options.functions[name];
      const made = new LambdaFunction(stack, hubName(name), {
        functionName: hubName(name),
        description: purposes[name],
        runtime: Runtime.NODEJS_22_X,
        architecture: Architecture.ARM_64,
        handler: 'index.handler',
        code: bundles.code(name),
        ...(layer === undefined ? {} : { layers: [layer] }),
        memorySize: memoryMb,
        timeout: Duration.seconds(timeoutSeconds),
        reservedConcurrentExecutions: concurrency,
        // The role is complete. What CDK would add to it is in it already, narrower.
        role: functionRole(stack, name, things, options).withoutPolicyUpdates(),
        tracing: things.tracing ? Tracing.ACTIVE : Tracing.DISABLED,
        logGroup: new LogGroup(stack, `${hubName(name)}Logs`, {
          logGroupName: logGroupName(name),
          retention: options.retentionDays,
          encryptionKey: things.key,
          // A first deployment that fails takes it along, so that the next one can make it.
          removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        }),
        environment: environmentOf(name, things, options, configPath),
        // The clock comes again in a minute, and Slack by itself: a call that failed is not repeated.
        retryAttempts: 0,
        maxEventAge: Duration.minutes(1),
      });
      accept(
        made,
        'Our code supports Node.js 20 and 22. In 24 Lambda dropped handlers with callbacks, which Slack’s library has',
        'L1',
      );
      return [name, made];
    }),
  );
}

function environmentOf(
  name: FunctionName,
  { table, queues, buses, topics }: Things,
  { controls, externalId }: HubOptions,
  configPath: string | undefined,
): Record<string, string> {
  const common = {
    [variables.table]: table.tableName,
    [variables.log]: 'info',
    [variables.metrics]: 'emf',
    [variables.bus]: buses.lifecycle.eventBusArn,
    [variables.topicArn]: topics.notices.topicArn,
    ...(controls === 'all' ? {} : { [variables.controls]: controls.join(',') }),
    ...(configPath === undefined ? {} : { [variables.config]: configPath }),
  };
  const resources = { [variables.resourcesQueueUrl]: queues.resources.queueUrl };
  const aside = { [variables.eventsDeadLetterUrl]: queues.eventsDead.queueUrl };
  const member = { [variables.externalId]: externalId };
  switch (name) {
    case 'intake':
      return { ...common, ...resources, ...aside };
    case 'worker':
      return { ...common, ...member, ...aside };
    case 'sweep':
      return { ...common, ...resources, ...member };
    case 'decisions':
      return { ...common, ...member };
    case 'slack':
      return common;
  }
}
