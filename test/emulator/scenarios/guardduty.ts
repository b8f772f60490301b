import {
  CreateDetectorCommand,
  CreateFilterCommand,
  type DetectorFeatureConfigurationResult,
  GetDetectorCommand,
  GetFilterCommand,
  ListDetectorsCommand,
} from '@aws-sdk/client-guardduty';
import { ACCOUNT, type Aws } from '../clients.ts';
import { event } from '../event.ts';
import { scenario } from '../scenario.ts';

const filter = {
  Name: 'known-scanner',
  Action: 'ARCHIVE' as const,
  Rank: 1,
  FindingCriteria: { Criterion: { type: { Equals: ['Recon:EC2/Portscan'] } } },
};

async function detectors({ guardduty }: Aws) {
  const { DetectorIds = [] } = await guardduty.send(new ListDetectorsCommand({}));
  return Promise.all(
    DetectorIds.map(async (DetectorId) => {
      const {
        Status,
        FindingPublishingFrequency,
        Tags,
        Features = [],
      } = await guardduty.send(new GetDetectorCommand({ DetectorId }));
      return { DetectorId, Status, FindingPublishingFrequency, Tags, plans: plansOf(Features) };
    }),
  );
}

const plansOf = (features: readonly DetectorFeatureConfigurationResult[]) =>
  features.filter(({ Status }) => Status === 'ENABLED').map(({ Name }) => Name);

export const guardduty = [
  scenario({
    control: 387,
    variant: 'suspended',
    arrange: async ({ guardduty }) => {
      const { DetectorId = '' } = await guardduty.send(
        new CreateDetectorCommand({
          Enable: false,
          FindingPublishingFrequency: 'ONE_HOUR',
          Tags: { team: 'security' },
          Features: [{ Name: 'S3_DATA_EVENTS', Status: 'ENABLED' }],
        }),
      );
      await guardduty.send(new CreateFilterCommand({ DetectorId, ...filter }));
      return { id: ACCOUNT, event: event('guardduty:UpdateDetector', { detectorId: DetectorId, enable: false }) };
    },
    state: async (aws) => {
      const found = await detectors(aws);
      const [first] = found;
      const { Action, FindingCriteria } = await aws.guardduty.send(
        new GetFilterCommand({ DetectorId: first?.DetectorId, FilterName: filter.Name }),
      );
      return { found, filter: { Action, FindingCriteria } };
    },
    expected: (before) => ({ ...before, found: before.found.map((one) => ({ ...one, Status: 'ENABLED' as const })) }),
  }),
  scenario({
    control: 387,
    variant: 'never enabled',
    arrange: async () => ({
      id: ACCOUNT,
      event: event('guardduty:DeleteDetector', { detectorId: '12abc34d567e8fa901bc2d34e56789f0' }),
      parameters: { protectionPlans: 'S3_DATA_EVENTS' },
    }),
    state: async (aws) => (await detectors(aws)).map(({ Status, plans }) => `${Status}: ${plans.join(', ')}`),
    expected: () => ['ENABLED: S3_DATA_EVENTS'],
    undone: () => ['DISABLED: S3_DATA_EVENTS'],
  }),
];
