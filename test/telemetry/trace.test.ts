import { InMemorySpanExporter } from '@opentelemetry/sdk-trace-base';
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import type { Request } from '../../src/aws/port.ts';
import { createSampleAccount, sampleEvents } from '../../src/demo/sample-account.ts';
import { createRouter } from '../../src/intake/route.ts';
import { createIntake } from '../../src/lambda/intake.ts';
import { createSubjectReader } from '../../src/lambda/subjects.ts';
import { judgeBatch } from '../../src/lambda/worker.ts';
import { catalogue } from '../../src/redress.ts';
import { measuredJudge } from '../../src/telemetry/measured.ts';
import { telemetryWith } from '../../src/telemetry/opentelemetry.ts';
import { quiet } from '../workflow/bench.ts';

const place = { account: '123456789012', region: 'us-east-1' };
const queue = 'https://sqs.us-east-1.amazonaws.com/123456789012/redress-resources.fifo';

const message = (body: string, messageAttributes: SQSRecord['messageAttributes'] = {}): SQSEvent => ({
  Records: [
    {
      ...{ messageId: 'm-1', receiptHandle: '', body, messageAttributes, md5OfBody: '' },
      ...{ eventSource: 'aws:sqs', eventSourceARN: '', awsRegion: 'us-east-1' },
      attributes: {
        ...{ ApproximateReceiveCount: '1', SentTimestamp: '0', SenderId: '', ApproximateFirstReceiveTimestamp: '0' },
      },
    },
  ],
});

describe('a trace', () => {
  it('goes on from the intake to the worker, in a message attribute', async () => {
    const spans = new InMemorySpanExporter();
    const telemetry = telemetryWith({ metrics: undefined, spans });
    const sent: Request[] = [];
    const home = {
      send: async (request: Request) => {
        sent.push(request);
        return { output: {}, requestId: undefined };
      },
    };
    const router = createRouter(catalogue);
    const record = sampleEvents(createSampleAccount().world).find(
      ({ eventName }) => eventName === 'PutBucketVersioning',
    );
    const intake = createIntake({
      ...{ router, home, place, resourcesQueueUrl: queue, deadLetterUrl: queue, log: quiet, telemetry },
    });
    await intake(message(JSON.stringify({ Records: [record] })));

    const [entry] = entriesOf(sent[0]);
    const { StringValue: stringValue } = entry?.MessageAttributes.traceparent ?? { StringValue: '' };
    const judge = measuredJudge(async () => {}, telemetry);
    const attribute = { stringValue, dataType: 'String' } as const;
    await judgeBatch(
      {
        ...{ judge, home, place, deadLetterUrl: undefined, log: quiet, workflow: { run: async () => {} } },
        reader: createSubjectReader(catalogue, router),
      },
      message(entry?.MessageBody ?? '', { traceparent: attribute }),
      new AbortController().signal,
    );
    await telemetry.flush();
    const finished = spans.getFinishedSpans();
    const taken = finished.find(({ name }) => name === 'take in');
    const judged = finished.find(({ name }) => name === 'judge');
    expect(judged?.parentSpanContext?.spanId).toBe(taken?.spanContext().spanId);
    expect(judged?.spanContext().traceId).toBe(taken?.spanContext().traceId);
    expect(judged?.attributes['redress.event']).toBe(record?.eventID);
  });
});

interface Entry {
  readonly MessageBody: string;
  readonly MessageAttributes: Readonly<Record<string, { readonly StringValue: string } | undefined>>;
}

function entriesOf(request: Request | undefined): readonly Entry[] {
  const input = request?.input ?? {};
  return 'Entries' in input && Array.isArray(input.Entries) ? input.Entries : [];
}
