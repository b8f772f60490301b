import type { Context, DynamoDBStreamEvent, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import pMap from 'p-map';
import type { AwsPort, Target } from '../aws/port.ts';
import { UnparseableError } from '../intake/ignored.ts';
import { deadLetterCall } from '../intake/sources/queue.ts';
import { messageOf } from '../one-line.ts';
import type { MeasuredJudge } from '../telemetry/measured.ts';
import { measureOutbox } from '../telemetry/outbox.ts';
import { flushing, type Telemetry } from '../telemetry/port.ts';
import type { Workflow } from '../workflow/driver.ts';
import type { Log } from '../workflow/kit.ts';
import { assembled } from './assembled.ts';
import { withinTime } from './budget.ts';
import { leaving } from './failures.ts';
import { once } from './once.ts';
import { traceAttribute } from './send.ts';
import { createSubjectReader, type SubjectReader, together } from './subjects.ts';

/** What wakes a function: a change of the table, or the clock. Neither is believed; the outbox is the truth. */
export type Wake = DynamoDBStreamEvent | { readonly tick: true };

/** Resources of one batch that are judged at the same time. */
const CONCURRENCY = 4;

export interface WorkerParts {
  readonly reader: SubjectReader;
  readonly judge: MeasuredJudge;
  readonly workflow: Pick<Workflow, 'run'>;
  readonly home: Pick<AwsPort, 'send'>;
  readonly place: Target;
  readonly deadLetterUrl: string | undefined;
  readonly log: Log;
  readonly telemetry: Telemetry;
  /** Measures what waits. */
  readonly measure: () => Promise<void>;
}

/**
 * Judges what a batch of messages is about, each resource once. A message whose
 * resource could not be judged for now, or not in time, comes again.
 */
export async function judgeBatch(
  { reader, judge, home, place, deadLetterUrl, log }: Omit<WorkerParts, 'telemetry' | 'measure'>,
  { Records }: SQSEvent,
  signal: AbortSignal,
): Promise<SQSBatchResponse> {
  const stay = new Set<string>();
  const keep = (messageId: string, error: unknown): void => {
    stay.add(messageId);
    log.warn({ message: messageId, because: messageOf(error) }, 'a message stays in the queue');
  };
  const found = new Map<string, ReturnType<SubjectReader['read']>>();
  const traces = new Map<string, string>();
  for (const { messageId, body, messageAttributes } of Records) {
    try {
      const read = reader.read(body);
      found.set(messageId, read);
      const trace = messageAttributes[traceAttribute]?.stringValue;
      if (trace !== undefined) for (const { subject } of read) traces.set(subject.key, trace);
    } catch (error) {
      if (!(error instanceof UnparseableError) || deadLetterUrl === undefined) {
        keep(messageId, error);
        continue;
      }
      const aside = home.send({ target: place, ...deadLetterCall(deadLetterUrl, body, error.message) });
      await aside.catch((refusal) => keep(messageId, refusal));
    }
  }
  const messagesOf = (key: string): readonly string[] =>
    [...found].flatMap(([messageId, all]) => (all.some(({ subject }) => subject.key === key) ? [messageId] : []));

  await pMap(
    together([...found.values()].flat()),
    async (gathered) => {
      try {
        if (signal.aborted) throw new Error('there was no time left for it');
        await judge(gathered, traces.get(gathered.subject.key));
      } catch (error) {
        for (const messageId of messagesOf(gathered.subject.key)) keep(messageId, error);
      }
    },
    { concurrency: CONCURRENCY },
  );
  return leaving(Records, stay);
}

const start = once(async (context: Context): Promise<WorkerParts> => {
  const { foundation, bot, store, router } = await assembled(context, { slack: 'left out' });
  const { watched, home, place, log, telemetry, environment } = foundation;
  const measure = () => measureOutbox(store, telemetry, new Date());
  const reader = createSubjectReader(watched, router);
  const { judge, workflow } = bot;
  const deadLetterUrl = environment.eventsDeadLetterUrl;
  return { reader, judge, workflow, home, place, log, telemetry, measure, deadLetterUrl };
});

/**
 * The Lambda function `worker`: judges resources, and performs what follows
 * from verdicts and decisions.
 */
export async function handler(event: SQSEvent | Wake, context: Context): Promise<SQSBatchResponse> {
  const parts = await start(context);
  return flushing(parts.telemetry, () =>
    withinTime(context, async (signal) => {
      if (isBatch(event)) return judgeBatch(parts, event, signal);
      await parts.workflow.run({ untilIdle: true, lanes: ['work'], signal, recover: false });
      if ('tick' in event) await parts.measure();
      return { batchItemFailures: [] };
    }),
  );
}

function isBatch(event: SQSEvent | Wake): event is SQSEvent {
  return 'Records' in event && event.Records.some((record) => record.eventSource === 'aws:sqs');
}
