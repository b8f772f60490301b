import type { DeliveryStreamType } from '@aws-sdk/client-firehose';
import { derive, idsAs, missing, read, readEach, readPages, through } from '../../src/control.ts';
import { encryptionKey } from '../customer-key.ts';

export const deliveryStream = read(
  'firehose',
  'DescribeDeliveryStream',
  ({ id }) => ({ DeliveryStreamName: id }),
  (out) => out.DeliveryStreamDescription ?? missing,
);

/** The data stream that a delivery stream reads, or nothing. */
export const sourceArn = derive({ deliveryStream }, ({ deliveryStream: { DeliveryStreamType, Source } }) =>
  DeliveryStreamType === 'KinesisStreamAsSource' ? Source?.KinesisStreamSourceDescription?.KinesisStreamARN : undefined,
);

const described = readEach(
  'kinesis',
  'DescribeStreamSummary',
  ({ sourceArn }) => (sourceArn === undefined ? [] : [{ StreamARN: sourceArn }]),
  (out) => out.StreamDescriptionSummary,
  { needs: { sourceArn }, absent: ['ResourceNotFoundException'] },
);

/** How the data stream is encrypted that a delivery stream reads; nothing when it is gone. */
export const source = derive({ described }, ({ described: [summary] }) =>
  summary === undefined
    ? undefined
    : { type: summary.EncryptionType ?? 'NONE', ...(summary.KeyId ? { key: summary.KeyId } : {}) },
);
/** The key of that data stream, and who manages it. */
export const sourceKey = encryptionKey(derive({ source }, ({ source }) => source?.key));

const FROM_KINESIS: DeliveryStreamType = 'KinesisStreamAsSource';

const fromKinesis = readPages(
  'firehose',
  'ListDeliveryStreams',
  () => ({ DeliveryStreamType: FROM_KINESIS, Limit: 1000 }),
  (out) => out.DeliveryStreamNames ?? [],
  ({ HasMoreDeliveryStreams, DeliveryStreamNames }) =>
    HasMoreDeliveryStreams ? { ExclusiveStartDeliveryStreamName: DeliveryStreamNames?.at(-1) } : undefined,
);
const readers = readEach(
  'firehose',
  'DescribeDeliveryStream',
  ({ fromKinesis }) => fromKinesis.map((DeliveryStreamName) => ({ DeliveryStreamName })),
  (out) => out.DeliveryStreamDescription,
  // One that is deleted meanwhile says nothing about the others.
  { needs: { fromKinesis }, absent: ['ResourceNotFoundException'] },
);
/** The delivery streams that read a data stream, by its name. */
const readersOf = derive({ readers }, ({ readers, id }) =>
  readers.flatMap((one) =>
    one?.Source?.KinesisStreamSourceDescription?.KinesisStreamARN?.endsWith(`:stream/${id}`)
      ? (one.DeliveryStreamName ?? [])
      : [],
  ),
);

/** What reads the data stream that an event is about. */
export const ofDataStream = through(
  readersOf,
  idsAs((id) => id.replace(/^.*:stream\//, ''), 'requestParameters.streamName', 'requestParameters.streamARN'),
);
