import { z } from 'zod';

/** The environment variables of the functions. The stack that deploys them sets them by these names. */
export const variables = {
  /** Name of the DynamoDB table that holds the state. */
  table: 'REDRESS_TABLE',
  /** URL of the FIFO queue with one message for each event and resource. */
  resourcesQueueUrl: 'REDRESS_RESOURCES_QUEUE_URL',
  /** URL of the queue for events that cannot be read. */
  eventsDeadLetterUrl: 'REDRESS_EVENTS_DEAD_LETTER_URL',
  /** Numbers of the controls that are watched, with commas between; without it all of them. */
  controls: 'REDRESS_CONTROLS',
  /** Path of the configuration file; without it `redress.yaml` next to the functions. */
  config: 'REDRESS_CONFIG',
  /** What the roles in other accounts ask for, so that nobody else can have Redress take them. */
  externalId: 'REDRESS_EXTERNAL_ID',
  /** How much is logged: `debug`, `info`, `warn` or `error`. */
  log: 'REDRESS_LOG',
  /** `emf` writes metrics into the log, from which CloudWatch takes them. */
  metrics: 'REDRESS_METRICS',
  /** Bus for lifecycle events, instead of the configuration's. */
  bus: 'REDRESS_BUS',
  /** Topic for notices, instead of the configuration's. */
  topicArn: 'REDRESS_TOPIC_ARN',
} as const;

/** Thrown when a function's environment is not as the stack sets it. Names every variable that is wrong. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
}

/** CloudFormation sets what is not wanted to an empty text. */
const optional = z
  .string()
  .optional()
  .transform((value) => value || undefined);

const numbers = optional.pipe(
  z
    .string()
    .regex(/^\d+(,\d+)*$/, 'is not a list of numbers with commas between')
    .transform((list) => list.split(',').map(Number))
    .optional(),
);

const schema = z.object({
  [variables.table]: z.string('is missing').min(1, 'is empty'),
  [variables.resourcesQueueUrl]: optional,
  [variables.eventsDeadLetterUrl]: optional,
  [variables.controls]: numbers,
  [variables.config]: optional,
  [variables.externalId]: optional,
  [variables.log]: optional.pipe(z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info')),
  [variables.metrics]: optional.pipe(z.enum(['emf', 'none'], 'is neither emf nor none').optional()),
  [variables.bus]: optional,
  [variables.topicArn]: optional,
});

/** What a function is told by its environment. */
export interface Environment {
  readonly table: string;
  readonly resourcesQueueUrl: string | undefined;
  readonly eventsDeadLetterUrl: string | undefined;
  readonly controls: 'all' | readonly number[];
  readonly config: string | undefined;
  readonly externalId: string | undefined;
  readonly log: string;
  readonly metrics: 'emf' | 'none' | undefined;
  readonly bus: string | undefined;
  readonly topicArn: string | undefined;
}

/**
 * Reads a function's environment.
 *
 * @throws EnvironmentError naming the variables that are wrong
 */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): Environment {
  const read = schema.safeParse(env);
  if (!read.success) {
    const wrong = read.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
    throw new EnvironmentError(`The function's environment is not complete: ${wrong.join('; ')}.`);
  }
  const given = read.data;
  return {
    table: given[variables.table],
    resourcesQueueUrl: given[variables.resourcesQueueUrl],
    eventsDeadLetterUrl: given[variables.eventsDeadLetterUrl],
    controls: given[variables.controls] ?? 'all',
    config: given[variables.config],
    externalId: given[variables.externalId],
    log: given[variables.log],
    metrics: given[variables.metrics],
    bus: given[variables.bus],
    topicArn: given[variables.topicArn],
  };
}
