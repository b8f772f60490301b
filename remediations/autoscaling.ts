import type { CreateLaunchConfigurationType } from '@aws-sdk/client-auto-scaling';
import {
  disks,
  group,
  groups,
  groupsUsing,
  groupTags,
  healthChecks,
  launchConfigurations,
  loadBalancersOf,
  named,
  settingsOf,
  successor,
  successorNamed,
} from '../detectors/autoscaling.ts';
import {
  byHand,
  call,
  concrete,
  derive,
  document,
  edit,
  guide,
  optional,
  readEach,
  remediations,
  steps,
  until,
} from '../src/control.ts';
import { difference } from './difference.ts';

const original = derive({ named }, ({ named }) => named.map(settingsOf));
const copies = derive({ successorNamed }, ({ successorNamed }) => successorNamed.map(settingsOf));

const LONGEST_NAME = 255;

const monitored = (settings: Partial<CreateLaunchConfigurationType> | undefined) => ({
  ...settings,
  InstanceMonitoring: { Enabled: true },
});

/** A type of volume by EC2's own name; Auto Scaling knows them as text only. */
const volumeType = (name: string | undefined) => VOLUME_TYPES.find((one) => one === name);
const VOLUME_TYPES = ['gp2', 'gp3', 'io1', 'io2', 'sc1', 'st1', 'standard'] as const;

export const launchConfigurationRemediations = remediations(launchConfigurations, {
  286: guide(
    {
      impact:
        'none until instances are replaced; then launches fail if the key of EBS does not admit the service-linked role of Auto Scaling, and the group shrinks',
      reads: { named, disks, groupsUsing },
      parameters: {
        volumeKeyArn: optional(
          'KMS key for the volumes, which the service-linked role of Auto Scaling may use; empty means the default key of EBS.',
          '',
        ),
      },
      note: 'A launch configuration cannot be changed, AWS has replaced the kind by launch templates, and only those can name a key.',
    },
    ({ id, named: [configuration], disks, groupsUsing, parameters }) => {
      const plain = disks.filter(({ encrypted }) => !encrypted);
      const own = configuration?.BlockDeviceMappings ?? [];
      const stacks = [...new Set(groupsUsing.flatMap(({ stack }) => stack ?? []))];
      return [
        {
          text: `${id} starts ${configuration?.InstanceType} from ${configuration?.ImageId}${plain.length > 0 ? `; not encrypted: ${plain.map(({ device }) => device).join(', ')}` : ''}. Groups that use it: ${groupsUsing.map(({ name }) => name).join(', ') || 'none'}.`,
        },
        ...(stacks.length > 0
          ? [
              {
                text: `Make the change in the template of ${stacks.join(', ')}, which made the groups, and stop reading here.`,
              },
            ]
          : []),
        {
          text: `Save what it says: aws autoscaling describe-launch-configurations --launch-configuration-names ${id}. Whatever you do not take over is missing on new instances: user data, role, key pair, security groups, Spot price, tenancy, metadata options.`,
        },
        {
          text: `Make a launch template of the same settings. Add what is not shown here: the instance type (${configuration?.InstanceType}), and the user data above all.`,
          call: concrete('ec2', 'CreateLaunchTemplate', {
            LaunchTemplateName: id.slice(0, 128),
            LaunchTemplateData: {
              ImageId: configuration?.ImageId,
              ...(configuration?.KeyName ? { KeyName: configuration.KeyName } : {}),
              ...(configuration?.SecurityGroups?.length ? { SecurityGroupIds: configuration.SecurityGroups } : {}),
              ...(configuration?.IamInstanceProfile
                ? { IamInstanceProfile: { Name: configuration.IamInstanceProfile } }
                : {}),
              BlockDeviceMappings: disks.map(({ device }) => {
                const { VolumeSize, VolumeType, Iops, DeleteOnTermination } =
                  own.find(({ DeviceName }) => DeviceName === device)?.Ebs ?? {};
                return {
                  DeviceName: device,
                  Ebs: {
                    Encrypted: true,
                    ...(parameters.volumeKeyArn ? { KmsKeyId: parameters.volumeKeyArn } : {}),
                    ...(VolumeSize ? { VolumeSize } : {}),
                    ...(Iops ? { Iops } : {}),
                    ...(volumeType(VolumeType) ? { VolumeType: volumeType(VolumeType) } : {}),
                    ...(DeleteOnTermination === undefined ? {} : { DeleteOnTermination }),
                  },
                };
              }),
              MetadataOptions: { HttpTokens: 'required' },
            },
          }),
        },
        {
          text: 'Start one instance from the template by hand, and see that it works and that its volumes are encrypted.',
        },
        ...groupsUsing.flatMap(({ name }) => [
          {
            text: `Let ${name} use the template. Instances that run stay. To go back, give it --launch-configuration-name ${id}.`,
            call: concrete('autoscaling', 'UpdateAutoScalingGroup', {
              AutoScalingGroupName: name,
              LaunchTemplate: { LaunchTemplateName: id.slice(0, 128), Version: '$Default' },
            }),
          },
          {
            text: `Replace the instances of ${name} in a quiet hour, bit by bit.`,
            call: concrete('autoscaling', 'StartInstanceRefresh', {
              AutoScalingGroupName: name,
              Preferences: { MinHealthyPercentage: 90 },
            }),
          },
        ]),
        {
          text: 'Delete the launch configuration when no group uses it and nobody needs it to go back.',
          call: concrete('autoscaling', 'DeleteLaunchConfiguration', { LaunchConfigurationName: id }),
        },
      ];
    },
  ),
  529: steps(
    {
      mode: 'approve',
      impact:
        'instances that run stay as they are; new ones are monitored every minute, which is billed. A copy under another name takes the place of the launch configuration: whatever else names it must be told. The plan shows the user data',
      reads: { original, copies, groupsUsing },
      note: 'A launch configuration cannot be changed: it is copied whole, groups are moved to the copy, and the old one is deleted.',
    },
    ({ step }) => [
      step(
        'copy',
        call('autoscaling', 'CreateLaunchConfiguration', ({ id, original: [settings] }) => ({
          ...monitored(settings),
          LaunchConfigurationName: successor(id),
        })),
        {
          repeat: 'once',
          undo: call('autoscaling', 'DeleteLaunchConfiguration', ({ id }) => ({
            LaunchConfigurationName: successor(id),
          })),
          until: until(copies, (all) => all.length > 0),
        },
      ),
      step(
        'move',
        call('autoscaling', 'UpdateAutoScalingGroup', ({ id, groupsUsing }) =>
          groupsUsing.map(({ name }) => ({ AutoScalingGroupName: name, LaunchConfigurationName: successor(id) })),
        ),
        {
          repeat: 'safe',
          undo: call('autoscaling', 'UpdateAutoScalingGroup', ({ id, groupsUsing }) =>
            groupsUsing.map(({ name }) => ({ AutoScalingGroupName: name, LaunchConfigurationName: id })),
          ),
          until: until(groupsUsing, (all) => all.length === 0),
        },
      ),
      step(
        'delete-old',
        call('autoscaling', 'DeleteLaunchConfiguration', ({ id }) => ({ LaunchConfigurationName: id })),
        {
          repeat: 'once',
          undo: call('autoscaling', 'CreateLaunchConfiguration', ({ id, original: [settings] }) => ({
            ...settings,
            LaunchConfigurationName: id,
          })),
          until: until(original, (all) => all.length === 0),
        },
      ),
    ],
    ({ id, original: [settings], copies, groupsUsing }) => {
      const stacks = [...new Set(groupsUsing.flatMap(({ stack }) => stack ?? []))];
      if (groupsUsing.length === 0)
        return byHand(
          'no group uses the launch configuration: delete it, or start groups from a launch template instead',
        );
      if (stacks.length > 0)
        return byHand(
          `its groups belong to the CloudFormation stack ${stacks.join(', ')}: switch monitoring on in the template`,
        );
      if (copies.length > 0)
        return byHand(
          `there is a launch configuration ${successor(id)} already: move the groups to it, or delete it and plan again`,
        );
      if (successor(id).length > LONGEST_NAME)
        return byHand('its name leaves no room for that of a copy: copy it by hand');
      return { original: [], copies: [monitored(settings)], groupsUsing: [] };
    },
  ),
});

// --- groups ---

/** Only tags that change are sent, each with its value: a tag is replaced as a whole. */
const tagsDocument = document(groupTags, {
  write: [
    call('autoscaling', 'CreateOrUpdateTags', ({ id }, wanted, current) => {
      const { added } = difference(current, wanted);
      if (added.length === 0) return undefined;
      return {
        Tags: added.map(({ key, value, propagated }) => ({
          ...{ ResourceId: id, ResourceType: 'auto-scaling-group' },
          ...{ Key: key, Value: value, PropagateAtLaunch: propagated },
        })),
      };
    }),
    call('autoscaling', 'DeleteTags', ({ id }, wanted, current) => {
      const left = current.filter(({ key }) => !wanted.some((one) => one.key === key));
      if (left.length === 0) return undefined;
      return { Tags: left.map(({ key }) => ({ ResourceId: id, ResourceType: 'auto-scaling-group', Key: key })) };
    }),
  ],
});

/** `team=shop,stage=live`, as an operator writes it; nothing where it cannot be read. */
function tagsIn(text: string): { key: string; value: string; propagated: boolean }[] | undefined {
  const pairs = text.split(',').map((pair) => /^\s*([^=]+?)\s*=\s*(.*?)\s*$/.exec(pair));
  const tags = pairs.flatMap((pair) => (pair?.[1] ? [{ key: pair[1], value: pair[2] ?? '', propagated: true }] : []));
  return tags.length === pairs.length && tags.every(({ key }) => !key.startsWith('aws:')) ? tags : undefined;
}

const targetHealth = readEach(
  'elbv2',
  'DescribeTargetHealth',
  ({ group }) => loadBalancersOf(group).targetGroups.map((TargetGroupArn) => ({ TargetGroupArn })),
  (out) =>
    (out.TargetHealthDescriptions ?? []).map(({ Target, TargetHealth }) => ({
      id: Target?.Id,
      state: TargetHealth?.State,
    })),
  { needs: { group }, absent: ['TargetGroupNotFound'] },
);

const classicHealth = readEach(
  'elb',
  'DescribeInstanceHealth',
  ({ group }) => loadBalancersOf(group).classic.map((LoadBalancerName) => ({ LoadBalancerName })),
  (out) => (out.InstanceStates ?? []).map(({ InstanceId, State }) => ({ id: InstanceId, state: State })),
  { needs: { group }, absent: ['LoadBalancerNotFound', 'AccessPointNotFound'] },
);

/** Instances in service that a load balancer finds unhealthy: they would be replaced at once. */
const unhealthy = derive({ group, targetHealth, classicHealth }, ({ group, targetHealth, classicHealth }) => {
  const inService = (group.Instances ?? []).flatMap(({ InstanceId, LifecycleState }) =>
    InstanceId && LifecycleState === 'InService' ? [InstanceId] : [],
  );
  const seen = [...targetHealth, ...classicHealth].flat();
  const isBad = (state: string | undefined) => !['healthy', 'initial', 'draining', 'InService'].includes(state ?? '');
  return inService.filter((id) => seen.some((one) => one.id === id && isBad(one.state)));
});

/** Without time to start, every new instance would be found unhealthy. The console's own value. */
const USUAL_GRACE = 300;

const healthChecksDocument = document(healthChecks, {
  write: call('autoscaling', 'UpdateAutoScalingGroup', ({ id }, wanted, current) => ({
    AutoScalingGroupName: id,
    HealthCheckType: wanted.types.join(','),
    ...(wanted.gracePeriod === current.gracePeriod ? {} : { HealthCheckGracePeriod: wanted.gracePeriod }),
  })),
});

export const groupRemediations = remediations(groups, {
  370: edit(
    tagsDocument,
    {
      mode: 'approve',
      impact:
        'instances launched from now on get the tags; what goes by tags (backups, schedules, permissions) then sees them. Those that run, and volumes, get none',
      parameters: {
        groupTags: optional(
          'Tags for groups that have none, such as "team=shop,stage=live"; empty means that a person decides.',
          '',
        ),
      },
    },
    (current, { parameters }) => {
      if (current.length > 0) return current.map((tag) => ({ ...tag, propagated: true }));
      if (parameters.groupTags === '')
        return byHand('the group has no tags: give it some that instances get too, or set groupTags');
      return (
        tagsIn(parameters.groupTags) ??
        byHand(`groupTags is "${parameters.groupTags}"; write key=value pairs, with commas between them`)
      );
    },
  ),
  395: edit(
    healthChecksDocument,
    {
      mode: 'approve',
      impact:
        'from now on the group terminates and replaces instances that the load balancer finds unhealthy: a wrong health check or a slow start then means one replacement after the other. A grace period of 0 becomes 300 seconds',
      reads: { unhealthy },
    },
    (current, { unhealthy }) => {
      if (unhealthy.length > 0)
        return byHand(
          `the load balancer finds ${unhealthy.join(', ')} unhealthy now, and the group would terminate them at once: mend the health check or the instances first`,
        );
      // EC2's own checks are always part of it.
      const kept = current.types.filter((type) => type !== 'EC2');
      return { types: [...kept, 'ELB'], gracePeriod: current.gracePeriod || USUAL_GRACE };
    },
  ),
});
