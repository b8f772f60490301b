import type { ConfigurationRecorder, RecordingGroup } from '@aws-sdk/client-config-service';
import {
  derive,
  detectors,
  fail,
  nextToken,
  pass,
  place,
  placeIn,
  read,
  readPages,
  regionSettings,
  skip,
} from '../src/control.ts';

const newRegion = { 'account:EnableRegion': placeIn('requestParameters.regionName') };
const recorderChanges = {
  'config:PutConfigurationRecorder': place,
  'config:DeleteConfigurationRecorder': place,
  ...newRegion,
};

/** What a recorder records, with everything said that AWS may leave out. */
export interface Recorded extends RecordingGroup {
  readonly allSupported: boolean;
  readonly includeGlobalResourceTypes: boolean;
}

const NO_TYPES = { resourceTypes: [] };

/** Records everything there is, but for the global types of IAM: what AWS does when nothing is said. */
export const EVERYTHING: Recorded = {
  allSupported: true,
  includeGlobalResourceTypes: false,
  resourceTypes: [],
  exclusionByResourceTypes: NO_TYPES,
  recordingStrategy: { useOnly: 'ALL_SUPPORTED_RESOURCE_TYPES' },
};

function recorded(group: RecordingGroup | undefined): Recorded {
  if (group === undefined || group.allSupported === true)
    return { ...EVERYTHING, includeGlobalResourceTypes: group?.includeGlobalResourceTypes === true };
  const excluded = group.exclusionByResourceTypes?.resourceTypes ?? [];
  return {
    allSupported: false,
    includeGlobalResourceTypes: false,
    resourceTypes: group.resourceTypes ?? [],
    exclusionByResourceTypes: { resourceTypes: excluded },
    recordingStrategy: {
      useOnly:
        group.recordingStrategy?.useOnly ??
        (excluded.length > 0 ? 'EXCLUSION_BY_RESOURCE_TYPES' : 'INCLUSION_BY_RESOURCE_TYPES'),
    },
  };
}

/** The recorder of a region that the customer manages, as far as it can be written. There is one at most. */
export interface Recorder extends Pick<ConfigurationRecorder, 'name' | 'roleARN' | 'recordingMode'> {
  readonly recordingGroup: Recorded;
}

export const recorder = read(
  'configservice',
  'DescribeConfigurationRecorders',
  () => ({}),
  (out): Recorder | undefined => {
    // Recorders of AWS services and of other clouds are not the customer's to set.
    const own = (out.ConfigurationRecorders ?? []).find((one) => !one.servicePrincipal && !one.connectorArn);
    if (own === undefined) return undefined;
    const { name, roleARN, recordingMode, recordingGroup } = own;
    return { name, roleARN, ...(recordingMode ? { recordingMode } : {}), recordingGroup: recorded(recordingGroup) };
  },
);

/** The global types that Config records in every region it served before February 2022. */
export const IAM_TYPES = ['AWS::IAM::Group', 'AWS::IAM::Policy', 'AWS::IAM::Role', 'AWS::IAM::User'] as const;

/** The types of IAM that are recorded, one way or the other. */
export function recordedIamTypes(group: Recorded): readonly (typeof IAM_TYPES)[number][] {
  switch (group.recordingStrategy?.useOnly) {
    case 'EXCLUSION_BY_RESOURCE_TYPES':
      return IAM_TYPES.filter((type) => !group.exclusionByResourceTypes?.resourceTypes?.includes(type));
    case 'INCLUSION_BY_RESOURCE_TYPES':
      return IAM_TYPES.filter((type) => group.resourceTypes?.includes(type));
    default:
      return group.includeGlobalResourceTypes ? IAM_TYPES : [];
  }
}

/** Regions that Config served before February 2022: in later ones it cannot record the types of IAM. */
const WITH_IAM_TYPES: ReadonlySet<string> = new Set([
  ...['us-east-1', 'us-east-2', 'us-west-1', 'us-west-2', 'ca-central-1', 'sa-east-1'],
  ...['eu-central-1', 'eu-north-1', 'eu-south-1', 'eu-west-1', 'eu-west-2', 'eu-west-3', 'af-south-1', 'me-south-1'],
  ...['ap-east-1', 'ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3', 'ap-south-1'],
  ...['ap-southeast-1', 'ap-southeast-2', 'ap-southeast-3'],
  ...['cn-north-1', 'cn-northwest-1', 'us-gov-east-1', 'us-gov-west-1'],
]);
export const canRecordIam = (region: string): boolean => WITH_IAM_TYPES.has(region);

/** The one channel that a region has, or nothing. */
export const channel = read(
  'configservice',
  'DescribeDeliveryChannels',
  () => ({}),
  (out) => out.DeliveryChannels?.[0],
);

const retentions = readPages(
  'configservice',
  'DescribeRetentionConfigurations',
  () => ({}),
  (out) => out.RetentionConfigurations ?? [],
  nextToken,
);

/** How many days Config keeps what it recorded; nothing where nobody has said. */
export const retention = derive({ retentions }, ({ retentions: [first] }) => first?.RetentionPeriodInDays);

/** Seven years, the longest that AWS Config keeps anything. */
export const SEVEN_YEARS = 2557;

const NO_RECORDER = 'AWS Config has no recorder of your own in this region';
const PER_REGION = 'Judged region by region; the document fails an account for any region.';

export const config = detectors(regionSettings('configservice'), {
  230: {
    title: 'AWS Config records every supported type of resource',
    criticality: 'HIGH',
    on: recorderChanges,
    reads: { recorder },
    check: ({ recorder }) => {
      if (recorder === undefined) return fail(NO_RECORDER);
      const { allSupported, recordingStrategy, exclusionByResourceTypes, resourceTypes = [] } = recorder.recordingGroup;
      if (allSupported) return pass;
      return fail(
        recordingStrategy?.useOnly === 'EXCLUSION_BY_RESOURCE_TYPES'
          ? `the recorder leaves out ${exclusionByResourceTypes?.resourceTypes?.join(', ')}`
          : `the recorder records ${resourceTypes.length} types of resource only`,
      );
    },
    note: `${PER_REGION} Whether the recorder runs is not judged: the document leaves that to another control. Its command would switch off the recording of IAM and set the frequency back.`,
  },
  231: {
    title: 'AWS Config records the users, groups, roles and policies of IAM',
    criticality: 'HIGH',
    on: recorderChanges,
    reads: { recorder },
    check: ({ recorder }, { region }) => {
      if (!canRecordIam(region)) return skip('AWS Config cannot record IAM in this region');
      if (recorder === undefined) return fail(NO_RECORDER);
      const recorded = recordedIamTypes(recorder.recordingGroup);
      const left = IAM_TYPES.filter((type) => !recorded.includes(type));
      return left.length === 0 ? pass : fail(`the recorder leaves out ${left.join(', ')}`);
    },
    note: `${PER_REGION} AWS advises to record IAM in one region, because each further one records and bills every change again: exempt the others. Recorders that leave out or name types count by what they record.`,
  },
  232: {
    title: 'AWS Config is told to keep what it records for seven years',
    criticality: 'HIGH',
    on: { 'config:PutRetentionConfiguration': place, 'config:DeleteRetentionConfiguration': place, ...newRegion },
    reads: { retention },
    check: ({ retention }) => {
      if (retention === SEVEN_YEARS) return pass;
      return fail(
        retention === undefined
          ? `no retention is configured; by its default AWS keeps ${SEVEN_YEARS} days now`
          : `what is recorded is kept for ${retention} days`,
      );
    },
    note: `${PER_REGION} Where nothing is configured AWS keeps seven years anyway; the document wants it said.`,
  },
  233: {
    title: 'AWS Config delivers what it records to a bucket',
    criticality: 'HIGH',
    on: {
      'config:PutDeliveryChannel': place,
      'config:DeleteDeliveryChannel': place,
      'config:PutConfigurationRecorder': place,
      ...newRegion,
    },
    reads: { channel },
    check: ({ channel }) =>
      channel?.s3BucketName ? pass : fail('AWS Config has no delivery channel with a bucket in this region'),
    note: PER_REGION,
  },
});
