import { describe, expect, it } from 'vitest';
import { callsOf, planFor } from '../controls.ts';

const never = { 'guardduty:ListDetectors': { DetectorIds: [] } };
const suspended = (Administrator?: object) => ({
  'guardduty:ListDetectors': { DetectorIds: ['d1'] },
  'guardduty:GetDetector': { Status: 'DISABLED' },
  'guardduty:GetAdministratorAccount': { Administrator },
});
const set = (DetectorId: string, Enable: boolean) => ['guardduty:UpdateDetector', { DetectorId, Enable }];

describe('387', () => {
  it('resumes a suspended detector, and touches nothing else of it', async () => {
    const plan = await planFor(387, undefined, suspended());
    expect(callsOf(plan)).toEqual({ steps: [set('d1', true)], undo: [set('d1', false)] });
  });

  it.each<[string, string[]]>([
    ['', []],
    ['S3_DATA_EVENTS, RUNTIME_MONITORING', ['S3_DATA_EVENTS', 'RUNTIME_MONITORING']],
  ])('makes a detector with the plans that were chosen: "%s"', async (protectionPlans, on) => {
    const plan = await planFor(387, undefined, never, { parameters: { protectionPlans } });
    const status = (Name: string) => ({ Name, Status: on.includes(Name) ? 'ENABLED' : 'DISABLED' });
    const names = [
      'EBS_MALWARE_PROTECTION',
      'EKS_AUDIT_LOGS',
      'LAMBDA_NETWORK_LOGS',
      'RDS_LOGIN_EVENTS',
      'S3_DATA_EVENTS',
    ];
    const Features = [...names, ...on.filter((name) => name === 'RUNTIME_MONITORING')].map(status);
    expect(callsOf(plan)).toEqual({
      steps: [['guardduty:CreateDetector', { Enable: true, Features }]],
      undo: [set('ref:enable/DetectorId', false)],
    });
    expect(plan).toMatchObject({ mode: 'approve', undo: { class: 'best-effort' } });
  });

  it('leaves a member to its administrator', async () => {
    const managed = suspended({ AccountId: '999988887777', RelationshipStatus: 'Enabled' });
    const plan = await planFor(387, undefined, managed);
    expect(plan).toMatchObject({ mode: 'guided', steps: [] });
    expect(plan.guide[0]?.text).toContain('account 999988887777 manages GuardDuty');
    const left = suspended({ AccountId: '999988887777', RelationshipStatus: 'Removed' });
    expect(callsOf(await planFor(387, undefined, left)).steps).toEqual([set('d1', true)]);
  });

  it('takes only plans that there are', async () => {
    const plan = await planFor(387, undefined, never, { parameters: { protectionPlans: 'S3' } });
    expect(plan).toMatchObject({ mode: 'guided', steps: [] });
    expect(plan.guide[0]?.text).toContain('protectionPlans names "S3"');
  });
});
