import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import {
  derive,
  detectors,
  fail,
  ids,
  nextToken,
  only,
  pass,
  read,
  readEach,
  readPages,
  resource,
  skip,
  through,
} from '../../src/control.ts';

/** A key pair in a list of one, empty when there is none. With its public key, which is all that brings it back. */
export const named = read(
  'ec2',
  'DescribeKeyPairs',
  ({ id }) => ({ Filters: [{ Name: 'key-name', Values: [id] }], IncludePublicKey: true }),
  (out) => out.KeyPairs ?? [],
);

const keyPair = derive({ named }, ({ named }) => only(named));

const everyKeyPair = read(
  'ec2',
  'DescribeKeyPairs',
  () => ({}),
  (out) => (out.KeyPairs ?? []).flatMap(({ KeyName }) => KeyName ?? []),
);

const instances = readPages(
  'ec2',
  'DescribeInstances',
  ({ id }) => ({
    Filters: [
      { Name: 'key-name', Values: [id] },
      { Name: 'instance-state-name', Values: ['pending', 'running', 'stopping', 'stopped'] },
    ],
  }),
  (out) =>
    (out.Reservations ?? []).flatMap(({ Instances }) => Instances ?? []).map(({ InstanceId }) => `${InstanceId}`),
  nextToken,
);

const spotRequests = readPages(
  'ec2',
  'DescribeSpotInstanceRequests',
  ({ id }) => ({
    Filters: [
      { Name: 'launch.key-name', Values: [id] },
      { Name: 'state', Values: ['open', 'active'] },
    ],
  }),
  (out) => (out.SpotInstanceRequests ?? []).map(({ SpotInstanceRequestId }) => `${SpotInstanceRequestId}`),
  nextToken,
);

const launchConfigurations = readPages(
  'autoscaling',
  'DescribeLaunchConfigurations',
  () => ({}),
  (out, { id }) =>
    (out.LaunchConfigurations ?? []).flatMap(({ KeyName, LaunchConfigurationName }) =>
      KeyName === id ? [`launch configuration ${LaunchConfigurationName}`] : [],
    ),
  nextToken,
);

/** The default and the newest version of every template: what launches use that name no version. */
const templates = readPages(
  'ec2',
  'DescribeLaunchTemplateVersions',
  () => ({ Versions: ['$Default', '$Latest'] }),
  (out, { id }) =>
    (out.LaunchTemplateVersions ?? []).flatMap(({ LaunchTemplateName, LaunchTemplateData }) =>
      LaunchTemplateData?.KeyName === id ? [`launch template ${LaunchTemplateName}`] : [],
    ),
  nextToken,
);

/** Versions that Auto Scaling groups name by number. */
const pinnedVersions = readPages(
  'autoscaling',
  'DescribeAutoScalingGroups',
  () => ({}),
  (out) =>
    (out.AutoScalingGroups ?? [])
      .flatMap(templatesOf)
      .flatMap((one) =>
        one?.LaunchTemplateId && /^\d+$/.test(one.Version ?? '') ? [`${one.LaunchTemplateId} ${one.Version}`] : [],
      ),
  nextToken,
);

const templatesOf = ({ LaunchTemplate, MixedInstancesPolicy }: AutoScalingGroup) => [
  LaunchTemplate,
  MixedInstancesPolicy?.LaunchTemplate?.LaunchTemplateSpecification,
  ...(MixedInstancesPolicy?.LaunchTemplate?.Overrides ?? []).map((one) => one.LaunchTemplateSpecification),
];

const pinnedTemplates = readEach(
  'ec2',
  'DescribeLaunchTemplateVersions',
  ({ pinnedVersions }) =>
    [...new Set(pinnedVersions)].map((one) => {
      const [LaunchTemplateId, version = ''] = one.split(' ');
      return { LaunchTemplateId, Versions: [version] };
    }),
  (out) => {
    const version = out.LaunchTemplateVersions?.[0];
    return {
      name: `launch template ${version?.LaunchTemplateName}, version ${version?.VersionNumber}`,
      key: version?.LaunchTemplateData?.KeyName,
    };
  },
  {
    needs: { pinnedVersions },
    absent: ['InvalidLaunchTemplateId.NotFound', 'InvalidLaunchTemplateId.VersionNotFound'],
  },
);

/** Everything that would miss the key pair. */
const users = derive(
  { instances, spotRequests, launchConfigurations, templates, pinnedTemplates },
  ({ id, instances, spotRequests, launchConfigurations, templates, pinnedTemplates }) => [
    ...instances,
    ...spotRequests,
    ...launchConfigurations,
    ...templates,
    ...pinnedTemplates.filter(({ key }) => key === id).map(({ name }) => name),
  ],
);

const keyOfInstance = read(
  'ec2',
  'DescribeInstances',
  ({ id }) => ({ InstanceIds: [id] }),
  (out) =>
    (out.Reservations ?? []).flatMap(({ Instances }) => (Instances ?? []).flatMap(({ KeyName }) => KeyName ?? [])),
  { absent: ['InvalidInstanceID.NotFound'] },
);

/** What is made for a launch that comes later the same day is left alone. */
const GRACE = 24 * 60 * 60 * 1000;

const keyName = ids('requestParameters.keyName');

export const keyPairs = detectors(
  resource('AWS::EC2::KeyPair', {
    service: 'ec2',
    arn: ({ partition, region, account, id }) => `arn:${partition}:ec2:${region}:${account}:key-pair/${id}`,
    list: everyKeyPair,
    gone: ['InvalidKeyPair.NotFound'],
    tags: derive({ keyPair }, ({ keyPair }) =>
      Object.fromEntries((keyPair.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value])),
    ),
  }),
  {
    437: {
      title: 'Key pair is in use',
      criticality: 'HIGH',
      on: {
        'ec2:CreateKeyPair': keyName,
        'ec2:ImportKeyPair': keyName,
        'ec2:DeleteKeyPair': keyName,
        'ec2:RunInstances': ids('responseElements.instancesSet.items[].keyName'),
        'ec2:TerminateInstances': through(keyOfInstance, ids('requestParameters.instancesSet.items[].instanceId')),
        'ec2:DeleteLaunchTemplate': through(
          everyKeyPair,
          ids(
            'requestParameters.DeleteLaunchTemplateRequest.LaunchTemplateId',
            'requestParameters.DeleteLaunchTemplateRequest.LaunchTemplateName',
          ),
        ),
        'autoscaling:DeleteLaunchConfiguration': through(
          everyKeyPair,
          ids('requestParameters.launchConfigurationName'),
        ),
      },
      reads: { keyPair, users },
      check: ({ keyPair, users }, { now }) => {
        if (users.length > 0) return pass;
        if (keyPair.CreateTime && now.getTime() - keyPair.CreateTime.getTime() < GRACE)
          return skip('it was made less than a day ago');
        return fail('no instance, launch template, launch configuration or Spot request names the key pair');
      },
      note: 'The document looks at instances only: whatever a launch template or configuration names is in use too, or the next scale-out fails. Of templates, the default and newest version count, and those that Auto Scaling groups name. A new key pair is given a day. Deleting one takes nobody off machines that run.',
    },
  },
);
