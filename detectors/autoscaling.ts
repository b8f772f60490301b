import type { AutoScalingGroup, BlockDeviceMapping, LaunchConfiguration } from '@aws-sdk/client-auto-scaling';
import {
  derive,
  detectors,
  fail,
  ids,
  nextToken,
  only,
  pass,
  read,
  readPages,
  resource,
  skip,
  tagsFrom,
} from '../src/control.ts';
import { inOrder } from './in-order.ts';

// --- launch configurations ---

/** Launch configurations of these names; ones that are gone are left out, without an error. */
const configurationsNamed = (name: (id: string) => string) =>
  readPages(
    'autoscaling',
    'DescribeLaunchConfigurations',
    ({ id }) => ({ LaunchConfigurationNames: [name(id)] }),
    (out) => out.LaunchConfigurations ?? [],
    nextToken,
  );

export const named = configurationsNamed((id) => id);

/** A launch configuration cannot be changed: this one takes its place. */
export const successor = (id: string): string => `${id}-monitored`;
export const successorNamed = configurationsNamed(successor);

const configuration = derive({ named }, ({ named }) => only(named));

const everyConfiguration = readPages(
  'autoscaling',
  'DescribeLaunchConfigurations',
  () => ({}),
  (out) => (out.LaunchConfigurations ?? []).flatMap(({ LaunchConfigurationName }) => LaunchConfigurationName ?? []),
  nextToken,
);

const everyGroup = readPages(
  'autoscaling',
  'DescribeAutoScalingGroups',
  () => ({}),
  (out) => out.AutoScalingGroups ?? [],
  nextToken,
);

/** The groups that launch by a launch configuration. */
export const groupsUsing = derive({ everyGroup }, ({ id, everyGroup }) =>
  everyGroup
    .filter(({ LaunchConfigurationName }) => LaunchConfigurationName === id)
    .map(({ AutoScalingGroupName = '', Tags }) => ({
      name: AutoScalingGroupName,
      stack: tagsFrom(Tags)['aws:cloudformation:stack-name'],
    })),
);

const encryptedByDefault = read(
  'ec2',
  'GetEbsEncryptionByDefault',
  () => ({}),
  (out) => out.EbsEncryptionByDefault === true,
);

/** The image of a launch configuration, in a list of one; empty when it is gone or not shared any more. */
const images = read(
  'ec2',
  'DescribeImages',
  ({ configuration }) => ({ ImageIds: [configuration.ImageId ?? ''] }),
  (out) => out.Images ?? [],
  { needs: { configuration }, absent: ['InvalidAMIID.NotFound', 'InvalidAMIID.Unavailable', 'InvalidAMIID.Malformed'] },
);

const snapshots = readPages(
  'ec2',
  'DescribeSnapshots',
  ({ configuration }) => {
    const all = ebsOf(configuration.BlockDeviceMappings).flatMap(({ Ebs }) => Ebs?.SnapshotId ?? []);
    return all.length === 0 ? [] : { Filters: [{ Name: 'snapshot-id', Values: [...new Set(all)] }] };
  },
  (out) => out.Snapshots ?? [],
  nextToken,
  { needs: { configuration } },
);

const ebsOf = (mappings: readonly BlockDeviceMapping[] = []) => mappings.filter(({ Ebs }) => Ebs !== undefined);

/** EBS disks that instances get, from the image and from the launch configuration over it; with what encrypts them. */
export const disks = derive({ configuration, images, snapshots }, ({ configuration, images: [image], snapshots }) => {
  const own = configuration.BlockDeviceMappings ?? [];
  const ofImage = image?.BlockDeviceMappings ?? [];
  const isEncrypted = (name: string | undefined) =>
    ofImage.find((one) => one.DeviceName === name)?.Ebs?.Encrypted === true;
  return [
    ...ofImage.flatMap(({ DeviceName, Ebs }) =>
      Ebs === undefined || own.some((one) => one.DeviceName === DeviceName)
        ? []
        : [{ device: DeviceName, encrypted: Ebs.Encrypted === true }],
    ),
    ...ebsOf(own).map(({ DeviceName, Ebs }) => ({
      device: DeviceName,
      encrypted:
        Ebs?.Encrypted === true ||
        (Ebs?.SnapshotId
          ? snapshots.some(({ SnapshotId, Encrypted }) => SnapshotId === Ebs.SnapshotId && Encrypted === true)
          : isEncrypted(DeviceName)),
    })),
  ];
});

const configurationName = ids('requestParameters.launchConfigurationName');
const configurationChanges = {
  'autoscaling:CreateLaunchConfiguration': configurationName,
  'autoscaling:DeleteLaunchConfiguration': configurationName,
  // Made from an instance, a group gets a launch configuration of its own name.
  'autoscaling:CreateAutoScalingGroup': ids(
    'requestParameters.launchConfigurationName',
    'requestParameters.autoScalingGroupName',
  ),
};

/** What is left of a launch configuration when names and dates that AWS gave are taken off. */
export function settingsOf({
  LaunchConfigurationName: _name,
  LaunchConfigurationARN: _arn,
  CreatedTime: _time,
  ...settings
}: LaunchConfiguration) {
  // AWS answers with empty texts and lists where nothing is set, and takes none of them back.
  const isSet = (value: unknown) => value !== '' && !(Array.isArray(value) && value.length === 0);
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => isSet(value)));
}

export const launchConfigurations = detectors(
  resource('AWS::AutoScaling::LaunchConfiguration', {
    service: 'autoscaling',
    // The middle of the ARN is a number that only AWS knows; names are unique.
    arn: ({ partition, region, account, id }) =>
      `arn:${partition}:autoscaling:${region}:${account}:launchConfiguration:*:launchConfigurationName/${id}`,
    list: everyConfiguration,
  }),
  {
    286: {
      title: 'Launch configuration gives instances encrypted volumes',
      criticality: 'HIGH',
      on: configurationChanges,
      reads: { configuration, encryptedByDefault, disks, images },
      check: ({ encryptedByDefault, disks, images: [image] }) => {
        if (disks.length === 0)
          return image === undefined
            ? fail('it says nothing of volumes, and its image cannot be seen')
            : skip('its instances have no EBS volumes');
        const plain = disks.filter(({ encrypted }) => !encrypted).map(({ device }) => device);
        if (plain.length === 0 || encryptedByDefault) return pass;
        return fail(`volumes without encryption: ${plain.join(', ')}`);
      },
      note: 'Judged is what instances get: volumes of the image too, and encryption by default, which encrypts whatever the launch configuration says. The example of the document encrypts an extra disk and leaves the root volume as it is.',
    },
    529: {
      title: 'Launch configuration has instances monitored every minute',
      criticality: 'HIGH',
      on: configurationChanges,
      reads: { configuration },
      check: ({ configuration }) =>
        configuration.InstanceMonitoring?.Enabled === true ? pass : fail('detailed monitoring of instances is off'),
      note: 'The command of the document makes a bare launch configuration that no group uses. Redress copies all settings, moves the groups and then deletes the old one.',
    },
  },
);

// --- groups ---

/** A group that is not there is an empty answer, not an error. */
export const group = read(
  'autoscaling',
  'DescribeAutoScalingGroups',
  ({ id }) => ({ AutoScalingGroupNames: [id] }),
  (out) => only(out.AutoScalingGroups),
);

/** Tags that a person may set, without those of AWS. */
export const groupTags = derive({ group }, ({ group }) =>
  inOrder(
    (group.Tags ?? [])
      .filter(({ Key }) => !Key?.startsWith('aws:'))
      .map(({ Key = '', Value = '', PropagateAtLaunch }) => ({
        key: Key,
        value: Value,
        propagated: PropagateAtLaunch === true,
      })),
    ({ key }) => key,
  ),
);

/** The load balancers behind which instances of a group stand: target groups by ARN, classic ones by name. */
export function loadBalancersOf({
  TargetGroupARNs = [],
  LoadBalancerNames = [],
  TrafficSources = [],
}: AutoScalingGroup) {
  const sources = (type: string) =>
    TrafficSources.flatMap(({ Type, Identifier }) => (Type === type && Identifier ? [Identifier] : []));
  return {
    targetGroups: [...new Set([...TargetGroupARNs, ...sources('elbv2')])],
    classic: [...new Set([...LoadBalancerNames, ...sources('elb')])],
  };
}

/** Kinds of health checks: a list in one text. */
export const healthChecks = derive({ group }, ({ group }): { types: readonly string[]; gracePeriod: number } => ({
  types: (group.HealthCheckType ?? 'EC2').split(',').map((type) => type.trim()),
  gracePeriod: group.HealthCheckGracePeriod ?? 0,
}));

const beingDeleted = ({ Status }: AutoScalingGroup) =>
  Status ? skip(`the group is being deleted (${Status})`) : undefined;

const groupName = ids('requestParameters.autoScalingGroupName');
const taggedGroup = ids('requestParameters.tags[].resourceId');

export const groups = detectors(
  resource('AWS::AutoScaling::AutoScalingGroup', {
    service: 'autoscaling',
    arn: ({ partition, region, account, id }) =>
      `arn:${partition}:autoscaling:${region}:${account}:autoScalingGroup:*:autoScalingGroupName/${id}`,
    list: derive({ everyGroup }, ({ everyGroup }) =>
      everyGroup.flatMap(({ AutoScalingGroupName }) => AutoScalingGroupName ?? []),
    ),
    tags: derive({ group }, ({ group }) => tagsFrom(group.Tags)),
  }),
  {
    370: {
      title: 'Auto Scaling group gives its tags to instances',
      criticality: 'MEDIUM',
      on: {
        'autoscaling:CreateAutoScalingGroup': groupName,
        'autoscaling:CreateOrUpdateTags': taggedGroup,
        'autoscaling:DeleteTags': taggedGroup,
        'autoscaling:DeleteAutoScalingGroup': groupName,
      },
      reads: { group, groupTags },
      check: ({ group, groupTags }) => {
        const skipped = beingDeleted(group);
        if (skipped !== undefined) return skipped;
        if (groupTags.length === 0) return fail('the group has no tags that instances could get');
        const kept = groupTags.filter(({ propagated }) => !propagated).map(({ key }) => key);
        return kept.length === 0 ? pass : fail(`instances do not get the tags ${kept.join(', ')}`);
      },
      note: 'The title speaks of launch configurations, which have no tags: those of groups are meant. Every tag has to reach the instances.',
    },
    395: {
      title: 'Auto Scaling group behind a load balancer uses its health checks',
      criticality: 'MEDIUM',
      on: {
        'autoscaling:CreateAutoScalingGroup': groupName,
        'autoscaling:UpdateAutoScalingGroup': groupName,
        'autoscaling:AttachLoadBalancers': groupName,
        'autoscaling:AttachLoadBalancerTargetGroups': groupName,
        'autoscaling:AttachTrafficSources': groupName,
        'autoscaling:DetachLoadBalancers': groupName,
        'autoscaling:DetachLoadBalancerTargetGroups': groupName,
        'autoscaling:DetachTrafficSources': groupName,
        'autoscaling:DeleteAutoScalingGroup': groupName,
      },
      reads: { group, healthChecks },
      check: ({ group, healthChecks }) => {
        const skipped = beingDeleted(group);
        if (skipped !== undefined) return skipped;
        const { targetGroups, classic } = loadBalancersOf(group);
        if (targetGroups.length + classic.length === 0) return skip('the group stands behind no load balancer');
        return healthChecks.types.includes('ELB')
          ? pass
          : fail(`instances that the load balancer finds unhealthy stay (checks: ${healthChecks.types.join(', ')})`);
      },
      note: 'The grace period of 600 seconds is an example in the document: yours is kept, unless it is 0.',
    },
  },
);
