import { Aws, Duration, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { DeduplicationScope, FifoThroughputLimit, Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import { accept } from './accept.ts';

/** The queues of the hub. */
export interface Queues {
  /** CloudTrail records as the bus hands them over. */
  readonly events: Queue;
  readonly eventsDead: Queue;
  /** One message for each record and resource, in order per resource. */
  readonly resources: Queue;
  readonly resourcesDead: Queue;
  /** What EventBridge and the clock could not hand over. */
  readonly undelivered: Queue;
  /** Parts of the table's stream that woke nobody. */
  readonly wakesDead: Queue;
}

/** Every dead-letter queue that holds what nobody has judged, by the name that its alarm bears. */
export const deadLetterQueues = ({ eventsDead, resourcesDead, undelivered }: Queues) => ({
  'events-dead': eventsDead,
  'resources-dead': resourcesDead,
  undelivered,
});

/** A message that failed so often does so for a reason. Lambda's own throttling counts too, so not fewer. */
const MOST_RECEIVES = 5;

/**
 * Lambda asks for a visibility time of six times the function's time-out at
 * least ("Creating and configuring an Amazon SQS event source mapping"): when
 * the function is throttled, Lambda keeps a batch and tries it again, and the
 * messages must not appear to others meanwhile. It is also how long a message
 * that failed stays away; in the FIFO queue the later messages of its resource
 * wait as long, and no other resource does.
 */
const visibleAfter = (timeoutSeconds: number): Duration => Duration.seconds(6 * timeoutSeconds);

/**
 * Makes the queues, each open to TLS only.
 *
 * @param settleSeconds how long a resource is left alone before it is judged: the delay of the FIFO queue
 */
export function queues(
  stack: Stack,
  key: IKey,
  times: { readonly intakeSeconds: number; readonly workerSeconds: number; readonly settleSeconds: number },
): Queues {
  const make = (id: string, props: QueueProps): Queue =>
    new Queue(stack, id, {
      encryption: QueueEncryption.KMS,
      encryptionMasterKey: key,
      // Each key is paid for by use; an hour is a few cents instead of dollars.
      dataKeyReuse: Duration.hours(1),
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      removalPolicy: RemovalPolicy.DESTROY,
      ...props,
    });
  const fifo: QueueProps = { fifo: true, contentBasedDeduplication: false };

  const eventsDead = make('EventsDead', { queueName: 'redress-events-dead' });
  const resourcesDead = make('ResourcesDead', { queueName: 'redress-resources-dead.fifo', ...fifo });
  const wakesDead = make('WakesDead', { queueName: 'redress-wakes-dead' });
  const undelivered = make('Undelivered', {
    queueName: 'redress-undelivered',
    // Not under our key: events land here when the key cannot be used.
    ...{ encryption: QueueEncryption.SQS_MANAGED, encryptionMasterKey: undefined, dataKeyReuse: undefined },
  });
  for (const queue of [wakesDead, undelivered]) {
    accept(
      queue,
      'It is a dead-letter queue, of rules, schedules and a stream, which cdk-nag does not look for',
      'SQS3',
    );
  }

  const events = make('Events', {
    queueName: 'redress-events',
    visibilityTimeout: visibleAfter(times.intakeSeconds),
    deadLetterQueue: { queue: eventsDead, maxReceiveCount: MOST_RECEIVES },
  });
  const resources = make('Resources', {
    queueName: 'redress-resources.fifo',
    ...fifo,
    // High throughput: groups are spread, and a message is a duplicate only within its group.
    deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
    fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
    // FIFO queues take a delay for the queue, never for a message.
    deliveryDelay: Duration.seconds(times.settleSeconds),
    visibilityTimeout: visibleAfter(times.workerSeconds),
    deadLetterQueue: { queue: resourcesDead, maxReceiveCount: MOST_RECEIVES },
  });
  return { events, eventsDead, resources, resourcesDead, undelivered, wakesDead };
}

/** Lets EventBridge put messages into a queue, for things of this account only. */
export function letEventBridgeSend(queue: Queue, sid: string, sourceArn: string): void {
  queue.addToResourcePolicy(
    new PolicyStatement({
      sid,
      effect: Effect.ALLOW,
      principals: [new ServicePrincipal('events.amazonaws.com')],
      actions: ['sqs:SendMessage'],
      resources: [queue.queueArn],
      conditions: { ArnLike: { 'aws:SourceArn': sourceArn }, StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
    }),
  );
}
