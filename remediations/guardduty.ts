import type { DetectorFeatureConfiguration } from '@aws-sdk/client-guardduty';
import { guardDutyDetector, threatDetection } from '../detectors/guardduty.ts';
import { byHand, call, derive, optional, readEach, ref, remediations, steps } from '../src/control.ts';

/** The account that GuardDuty is managed from, if it is another one. Only who has a detector can have one. */
const administrators = readEach(
  'guardduty',
  'GetAdministratorAccount',
  ({ guardDutyDetector: one }) => (one === undefined ? [] : [{ DetectorId: one.id }]),
  (out) => (out.Administrator?.RelationshipStatus === 'Enabled' ? out.Administrator.AccountId : undefined),
  { needs: { guardDutyDetector } },
);
const administrator = derive({ administrators }, ({ administrators: [one] }) => one);

/** Whether and how GuardDuty runs. The id of a detector that is made is not known beforehand. */
const status = derive({ guardDutyDetector }, ({ guardDutyDetector: one }) => one?.status ?? 'NONE');

/** Plans that a new detector has at once unless it is told otherwise. */
const DEFAULT_PLANS = [
  'EBS_MALWARE_PROTECTION',
  'EKS_AUDIT_LOGS',
  'LAMBDA_NETWORK_LOGS',
  'RDS_LOGIN_EVENTS',
  'S3_DATA_EVENTS',
] as const;
const PLANS = [...DEFAULT_PLANS, 'RUNTIME_MONITORING'] as const;

const namesOf = (text: string): string[] => text.split(/[\s,]+/).filter(Boolean);

/** All plans by name, so that none comes with the detector that nobody chose to pay for. */
const features = (chosen: readonly string[]): DetectorFeatureConfiguration[] =>
  PLANS.filter((name) => chosen.includes(name) || DEFAULT_PLANS.some((one) => one === name)).map((Name) => ({
    Name,
    Status: chosen.includes(Name) ? 'ENABLED' : 'DISABLED',
  }));

export const threatDetectionRemediations = remediations(threatDetection, {
  387: steps(
    {
      mode: 'approve',
      impact: 'none for applications: GuardDuty reads logs; after a trial of 30 days it is billed by their volume',
      undo: 'best-effort',
      reads: { guardDutyDetector, administrator, status },
      parameters: {
        protectionPlans: optional(
          `Plans that a new detector gets besides the foundation, separated by commas: ${PLANS.join(', ')}. Empty means none. One that is resumed keeps the plans it has.`,
          '',
        ),
      },
      note: 'A new detector would have nearly all paid protection plans at once: Redress names the ones that the operator chose. Undoing suspends it; deleting a detector would delete its findings.',
    },
    ({ step }) => [
      step(
        'enable',
        call('guardduty', 'CreateDetector', ({ guardDutyDetector, parameters }) =>
          guardDutyDetector === undefined
            ? { Enable: true, Features: features(namesOf(parameters.protectionPlans)) }
            : undefined,
        ),
        {
          repeat: 'once',
          undo: call('guardduty', 'UpdateDetector', ({ guardDutyDetector }) =>
            guardDutyDetector === undefined ? { DetectorId: ref('enable', 'DetectorId'), Enable: false } : undefined,
          ),
        },
      ),
      step(
        'resume',
        call('guardduty', 'UpdateDetector', ({ guardDutyDetector: one }) =>
          one === undefined ? undefined : { DetectorId: one.id, Enable: true },
        ),
        {
          repeat: 'safe',
          undo: call('guardduty', 'UpdateDetector', ({ guardDutyDetector: one }) =>
            one === undefined ? undefined : { DetectorId: one.id, Enable: false },
          ),
        },
      ),
    ],
    ({ account, guardDutyDetector, administrator, parameters }) => {
      if (administrator !== undefined && administrator !== account)
        return byHand(
          `account ${administrator} manages GuardDuty for this account: let it start monitoring again (StartMonitoringMembers), and enable GuardDuty for all accounts of the organization there`,
        );
      const unknown = namesOf(parameters.protectionPlans).find((name) => !PLANS.some((one) => one === name));
      if (unknown !== undefined)
        return byHand(
          `protectionPlans names "${unknown}", which GuardDuty does not know; choose from ${PLANS.join(', ')}`,
        );
      const enabled = guardDutyDetector && { ...guardDutyDetector, status: 'ENABLED' as const };
      return { guardDutyDetector: enabled, administrator, status: 'ENABLED' as const };
    },
  ),
});
