import { expect, it } from 'vitest';
import { type Answer, awsError, controlOf, judge } from '../controls.ts';

const summary = (more: object) => ({ StreamDescriptionSummary: { StreamStatus: 'ACTIVE', ...more } });

it.each<[string, Answer, string]>([
  ['a day', summary({ RetentionPeriodHours: 24 }), 'fail: records are kept for 24 hours only'],
  ['an hour less than a week', summary({ RetentionPeriodHours: 167 }), 'fail: records are kept for 167 hours only'],
  ['a week', summary({ RetentionPeriodHours: 168 }), 'pass'],
  ['a year', summary({ RetentionPeriodHours: 8760 }), 'pass'],
  ['changing', summary({ RetentionPeriodHours: 168, StreamStatus: 'UPDATING' }), 'pass'],
  [
    'being made, which nothing announces the end of',
    summary({ RetentionPeriodHours: 24, StreamStatus: 'CREATING' }),
    'fail: records are kept for 24 hours only',
  ],
  ['going', summary({ RetentionPeriodHours: 24, StreamStatus: 'DELETING' }), 'skip: the stream is being deleted'],
  ['gone', awsError('ResourceNotFoundException'), 'skip: orders does not exist (any more)'],
  [
    'denied',
    awsError('AccessDeniedException'),
    'unknown: kinesis:DescribeStreamSummary was denied; allow kinesis:DescribeStreamSummary',
  ],
])('514: %s', async (_, answer, expected) => {
  expect(await judge(514, 'orders', { 'kinesis:DescribeStreamSummary': answer })).toBe(expected);
});

it('514 closes when the resource is deleted', () => {
  const trigger = controlOf(514).detector.on['kinesis:DeleteStream'];
  expect(trigger?.kind === 'paths' && trigger.paths).toContain('requestParameters.streamName');
});
