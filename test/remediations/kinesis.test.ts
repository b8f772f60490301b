import { expect, it } from 'vitest';
import { callsOf, planFor } from '../controls.ts';

it('514 keeps records for a week, and goes back by the other call', async () => {
  const summary = { StreamDescriptionSummary: { StreamStatus: 'ACTIVE', RetentionPeriodHours: 30 } };
  const plan = await planFor(514, 'orders', { 'kinesis:DescribeStreamSummary': summary });
  expect(plan).toMatchObject({ mode: 'approve', undo: { class: 'best-effort' } });
  expect(callsOf(plan)).toEqual({
    steps: [['kinesis:IncreaseStreamRetentionPeriod', { StreamName: 'orders', RetentionPeriodHours: 168 }]],
    undo: [['kinesis:DecreaseStreamRetentionPeriod', { StreamName: 'orders', RetentionPeriodHours: 30 }]],
  });
});
