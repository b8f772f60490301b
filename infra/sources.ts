import type { Stack } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { CfnEventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { table as definition } from '../src/store/dynamodb-table.ts';
import type { Functions } from './functions.ts';
import { type FunctionName, hubName } from './names.ts';
import type { HubOptions } from './options.ts';
import type { Queues } from './queues.ts';

/** Lanes of the outbox whose new effects wake a function. */
const wakes = { worker: ['work'], decisions: ['inbox', 'notice'] } as const;

/**
 * Places of the worker that its queue leaves free: four for the shards that an
 * on-demand table begins with, and some for the clock, whose calls overlap.
 * Without them a full queue would keep approved fixes waiting.
 */
const FREE_FOR_WAKES = 8;

/** What Lambda takes from, and how. */
export function eventSources(
  stack: Stack,
  functions: Functions,
  queues: Queues,
  table: Table,
  options: HubOptions,
): void {
  const places = options.functions;
  // A standard queue may be waited at: a second makes batches of a burst, and nobody notices it.
  fromQueue(stack, functions, 'intake', queues.events, places.intake.concurrency, {
    batchSize: 25,
    maximumBatchingWindowInSeconds: 1,
  });
  // FIFO: ten are the most, and there is no waiting ("Lambda parameters for Amazon SQS event source mappings").
  fromQueue(stack, functions, 'worker', queues.resources, places.worker.concurrency - FREE_FOR_WAKES, {
    batchSize: 10,
  });
  fromStream(stack, functions, 'worker', table, queues.wakesDead);
  fromStream(stack, functions, 'decisions', table, queues.wakesDead);
}

/**
 * The mapping's own limit lies within the function's reserved concurrency.
 * Without it Lambda reads more than the function may take, and messages that
 * were only throttled end in the dead-letter queue.
 */
function fromQueue(
  stack: Stack,
  functions: Functions,
  name: FunctionName,
  queue: IQueue,
  maximumConcurrency: number,
  batch: { readonly batchSize: number; readonly maximumBatchingWindowInSeconds?: number },
): void {
  new CfnEventSourceMapping(stack, `${hubName(name)}FromQueue`, {
    functionName: functionNamed(functions, name),
    eventSourceArn: queue.queueArn,
    // One bad message takes nothing else of its batch along.
    functionResponseTypes: ['ReportBatchItemFailures'],
    scalingConfig: { maximumConcurrency },
    ...batch,
  });
}

/**
 * Wakes are hints; what is to be done stands in the table, and the clock finds
 * it too. So a wake is tried only twice more, for five minutes at most, half
 * by half, and then laid aside where an alarm sees it.
 */
function fromStream(stack: Stack, functions: Functions, name: keyof typeof wakes, table: Table, failed: IQueue): void {
  const { entity, attributes } = definition.wakes;
  // Lambda's guide lets DynamoDB's records be filtered by the key `dynamodb` alone, so not by `eventName`. An effect that
  // nobody holds is new or was put back; one that was just taken wakes nobody.
  const image = {
    [attributes.entity]: { S: [entity] },
    [attributes.lane]: { S: [...wakes[name]] },
    [attributes.holder]: { S: [{ exists: false }] },
  };
  new CfnEventSourceMapping(stack, `${hubName(name)}FromStream`, {
    functionName: functionNamed(functions, name),
    eventSourceArn: table.tableStreamArn,
    startingPosition: 'LATEST',
    batchSize: 100,
    // The index that lists due effects lags a little behind the stream.
    maximumBatchingWindowInSeconds: 1,
    maximumRetryAttempts: 2,
    maximumRecordAgeInSeconds: 300,
    bisectBatchOnFunctionError: true,
    filterCriteria: {
      filters: [{ pattern: JSON.stringify({ dynamodb: { NewImage: image } }) }],
    },
    destinationConfig: { onFailure: { destination: failed.queueArn } },
  });
}

function functionNamed(functions: Functions, name: FunctionName): string {
  const found = functions.get(name);
  if (found === undefined) throw new Error(`There is no function ${name}.`);
  return found.functionName;
}
