import { CreateStreamCommand, DescribeStreamSummaryCommand } from '@aws-sdk/client-kinesis';
import { event } from '../event.ts';
import { scenario } from '../scenario.ts';

export const kinesis = [
  scenario({
    control: 514,
    arrange: async (aws) => {
      await aws.kinesis.send(new CreateStreamCommand({ StreamName: 'orders', ShardCount: 2 }));
      return { id: 'orders', event: event('kinesis:CreateStream', { streamName: 'orders', shardCount: 2 }) };
    },
    state: async ({ kinesis }, id) => {
      const { StreamDescriptionSummary: stream } = await kinesis.send(
        new DescribeStreamSummaryCommand({ StreamName: id }),
      );
      const { RetentionPeriodHours, OpenShardCount, EncryptionType } = stream ?? {};
      return { RetentionPeriodHours, OpenShardCount, EncryptionType };
    },
    expected: (before) => ({ ...before, RetentionPeriodHours: 168 }),
  }),
];
