import {
  derive,
  detectors,
  fail,
  idsAs,
  missing,
  nextToken,
  pass,
  read,
  readPages,
  resource,
  skip,
  tagsFrom,
} from '../src/control.ts';

export const summary = read(
  'kinesis',
  'DescribeStreamSummary',
  ({ id }) => ({ StreamName: id }),
  (out) => out.StreamDescriptionSummary ?? missing,
);

/** The KMS key that a stream is encrypted with, or nothing. */
export const streamKeyId = derive({ summary }, ({ summary }) =>
  summary.EncryptionType === 'KMS' ? summary.KeyId : undefined,
);

/** How many hours records are kept. */
export const retention = derive({ summary }, ({ summary }) => summary.RetentionPeriodHours ?? 24);

/** Hours in a week. */
export const WEEK = 168;

const streamName = idsAs(
  (id) => id.replace(/^.*:stream\//, ''),
  'requestParameters.streamName',
  'requestParameters.streamARN',
);

export const stream = resource('AWS::Kinesis::Stream', {
  service: 'kinesis',
  arn: ({ partition, region, account, id }) => `arn:${partition}:kinesis:${region}:${account}:stream/${id}`,
  list: readPages(
    'kinesis',
    'ListStreams',
    () => ({}),
    (out) => out.StreamNames ?? [],
    nextToken,
  ),
  gone: ['ResourceNotFoundException'],
  // A stream has at most fifty tags, which fit on one page.
  tags: read(
    'kinesis',
    'ListTagsForStream',
    ({ id }) => ({ StreamName: id, Limit: 50 }),
    (out) => tagsFrom(out.Tags),
  ),
});

export const streams = detectors(stream, {
  514: {
    title: 'Data stream keeps its records for seven days or more',
    criticality: 'MEDIUM',
    on: {
      'kinesis:CreateStream': streamName,
      'kinesis:DeleteStream': streamName,
      'kinesis:IncreaseStreamRetentionPeriod': streamName,
      'kinesis:DecreaseStreamRetentionPeriod': streamName,
    },
    reads: { summary, retention },
    check: ({ summary: { StreamStatus }, retention }) => {
      if (StreamStatus === 'DELETING') return skip('the stream is being deleted');
      return retention >= WEEK ? pass : fail(`records are kept for ${retention} hours only`);
    },
    note: 'The document speaks as if seven days were the longest time; AWS keeps records for a year. Seven days or more pass. A stream that is still being made is judged too, because nothing announces its end, and every new one keeps its records for a day.',
  },
});
