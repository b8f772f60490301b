import type { SQSEvent, SQSRecord } from 'aws-lambda';
import type { AwsPort } from '../../src/aws/port.ts';
import { createJudge } from '../../src/bot/judge.ts';
import { createEngine } from '../../src/engine.ts';
import { gather } from '../../src/intake/coalesce.ts';
import { takeIn } from '../../src/intake/intake.ts';
import { createRouter } from '../../src/intake/route.ts';
import { groupOf, messageFor } from '../../src/lambda/messages.ts';
import { createSubjectReader } from '../../src/lambda/subjects.ts';
import { judgeBatch } from '../../src/lambda/worker.ts';
import { catalogue } from '../../src/redress.ts';
import { openLibsqlStore } from '../../src/store/libsql.ts';
import { createWorkflow } from '../../src/workflow/driver.ts';
import { silent } from '../../src/workflow/notifier.ts';
import { compare, perSecond, type Result } from './measure.ts';
import { bucketRecordAt } from './records.ts';
import { stubBuckets } from './stub-buckets.ts';

const BATCH = 10;
const quiet = { info: () => {}, warn: () => {}, error: () => {} };

/** Messages through the worker function, from the batch to stored findings, against judging the same resources alone. */
export async function working(size: { readonly events: number; readonly rounds: number }): Promise<Result[]> {
  const router = createRouter(catalogue);
  const port = stubBuckets(size.events);
  const engine = createEngine({ port, catalogue, mode: 'dry-run' });
  const arrivals = Array.from({ length: size.events }, (_, number) => bucketRecordAt(number)).flatMap(
    (record) => takeIn(JSON.stringify(record), router).arrivals,
  );
  const records = arrivals.map((arrival, index) => recordOf(messageFor(arrival).body, arrival.subject.key, index));
  const batches = Array.from({ length: Math.ceil(records.length / BATCH) }, (_, index) =>
    records.slice(index * BATCH, index * BATCH + BATCH),
  );

  const { ratio, baseline, measured } = await compare(
    async () => {
      for (const { subject } of gather(arrivals)) for await (const _ of engine.assessSubjects([subject]));
    },
    () => throughWorker(batches, port),
    size.rounds,
  );
  return [
    {
      name: 'worker',
      means: 'time of a worker from message to stored finding, with a stubbed AWS, to that of judging alone',
      ratio,
      aim: undefined,
      detail: `${perSecond(size.events, measured)} events a worker, judging alone ${perSecond(size.events, baseline)}`,
    },
  ];
}

async function throughWorker(batches: readonly SQSRecord[][], port: AwsPort): Promise<void> {
  const store = openLibsqlStore(':memory:');
  const engine = createEngine({ port, catalogue, mode: 'dry-run' });
  const workflow = createWorkflow({
    ...{ store, remediator: engine, notifier: silent, log: quiet, now: () => new Date(), sleep: async () => {} },
    settings: {
      policyFor: ({ mode }) => ({
        ...{ apply: false, mode, approvalsNeeded: 1, mostRecurrences: 3 },
        limits: { perControl: 0, perAccount: 0 },
      }),
    },
  });
  const parts = {
    ...{
      reader: createSubjectReader(catalogue, createRouter(catalogue)),
      judge: createJudge(engine, workflow),
      workflow,
    },
    ...{ home: port, place: { account: '111122223333', region: 'us-east-1' }, deadLetterUrl: undefined, log: quiet },
  };
  for (const Records of batches) await judgeBatch(parts, { Records } satisfies SQSEvent, new AbortController().signal);
  await store.close();
}

function recordOf(body: string, key: string, index: number): SQSRecord {
  const times = { SentTimestamp: '0', ApproximateFirstReceiveTimestamp: '0' };
  return {
    ...{
      messageId: `m-${index}`,
      receiptHandle: '',
      body,
      messageAttributes: {},
      md5OfBody: '',
      awsRegion: 'us-east-1',
    },
    attributes: { ...times, ApproximateReceiveCount: '1', SenderId: 'bench', MessageGroupId: groupOf(key) },
    ...{ eventSource: 'aws:sqs', eventSourceARN: 'arn:aws:sqs:us-east-1:111122223333:redress-resources.fifo' },
  };
}
