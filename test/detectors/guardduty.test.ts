import { describe, expect, it } from 'vitest';
import { type Answer, awsError, judge } from '../controls.ts';

describe('387: GuardDuty', () => {
  it.each<[string, Answer, Answer, string]>([
    ['on', { DetectorIds: ['d1'] }, { Status: 'ENABLED' }, 'pass'],
    ['suspended', { DetectorIds: ['d1'] }, { Status: 'DISABLED' }, 'fail: GuardDuty is suspended in this region'],
    ['never enabled', { DetectorIds: [] }, awsError('Unasked'), 'fail: GuardDuty was never enabled in this region'],
    [
      'denied',
      awsError('AccessDeniedException'),
      awsError('Unasked'),
      'unknown: guardduty:ListDetectors was denied; allow guardduty:ListDetectors',
    ],
    [
      'on the second page',
      ({ NextToken }) => (NextToken ? { DetectorIds: ['d1'] } : { DetectorIds: [], NextToken: '2' }),
      { Status: 'ENABLED' },
      'pass',
    ],
  ])('%s', async (_, listDetectors, getDetector, expected) => {
    const answers = { 'guardduty:ListDetectors': listDetectors, 'guardduty:GetDetector': getDetector };
    expect(await judge(387, undefined, answers)).toBe(expected);
  });
});
