import type { SQSEvent, SQSRecord } from 'aws-lambda';
import type { AwsPort, Request } from '../../src/aws/port.ts';

export const eventsDead = 'https://sqs.eu-west-1.amazonaws.com/123456789012/dead';
export const resources = 'https://sqs.eu-west-1.amazonaws.com/123456789012/resources.fifo';

interface Entry {
  readonly Id: string;
  readonly MessageBody: string;
  readonly MessageGroupId: string;
  readonly MessageDeduplicationId: string;
}

/** SQS as far as the functions use it: a FIFO queue that takes a message once, and a dead-letter queue. */
export function fakeQueues() {
  const entries: Entry[] = [];
  const batches: number[] = [];
  const dead: { readonly body: string; readonly reason: string }[] = [];
  let refuse: (entry: Entry) => boolean = () => false;
  const home: Pick<AwsPort, 'send'> = {
    async send({ operation, input }: Request) {
      if (operation === 'SendMessage') {
        const { MessageBody, MessageAttributes } = JSON.parse(JSON.stringify(input));
        dead.push({ body: MessageBody, reason: MessageAttributes.reason.StringValue });
        return { output: {}, requestId: undefined };
      }
      const batch: Entry[] = JSON.parse(JSON.stringify(input)).Entries;
      batches.push(batch.length);
      const Failed = batch.filter(refuse).map(({ Id }) => ({ Id, Code: 'InternalError', SenderFault: false }));
      for (const entry of batch) {
        const known = entries.some((one) => one.MessageDeduplicationId === entry.MessageDeduplicationId);
        if (!refuse(entry) && !known) entries.push(entry);
      }
      return { output: { Failed }, requestId: undefined };
    },
  };
  return {
    ...{ home, entries, batches, dead },
    refuseIf: (when: (entry: Entry) => boolean) => {
      refuse = when;
    },
  };
}

/** Messages as Lambda hands them over. */
export function sqsEvent(
  messages: readonly { readonly id: string; readonly body: string; readonly group?: string }[],
): SQSEvent {
  return { Records: messages.map(toRecord) };
}

function toRecord({ id, body, group }: { id: string; body: string; group?: string }): SQSRecord {
  return {
    ...{ messageId: id, body, receiptHandle: id, messageAttributes: {}, md5OfBody: '' },
    ...{ eventSource: 'aws:sqs', eventSourceARN: 'arn:aws:sqs:eu-west-1:123456789012:q', awsRegion: 'eu-west-1' },
    attributes: {
      ...{ ApproximateReceiveCount: '1', SentTimestamp: '0', SenderId: 's', ApproximateFirstReceiveTimestamp: '0' },
      ...(group ? { MessageGroupId: group } : {}),
    },
  };
}
