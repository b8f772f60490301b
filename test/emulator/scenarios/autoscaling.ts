import {
  CreateAutoScalingGroupCommand,
  CreateLaunchConfigurationCommand,
  DescribeAutoScalingGroupsCommand,
  DescribeLaunchConfigurationsCommand,
} from '@aws-sdk/client-auto-scaling';
import { DescribeImagesCommand } from '@aws-sdk/client-ec2';
import { CreateTargetGroupCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { type Aws, REGION } from '../clients.ts';
import { event, terraform } from '../event.ts';
import { scenario } from '../scenario.ts';
import { makeVpc } from './ec2-network.ts';

const AvailabilityZones = [`${REGION}a`];

async function makeConfiguration({ autoscaling, ec2 }: Aws, LaunchConfigurationName: string) {
  const { Images: [image] = [] } = await ec2.send(new DescribeImagesCommand({ Owners: ['amazon'] }));
  await autoscaling.send(
    new CreateLaunchConfigurationCommand({
      LaunchConfigurationName,
      ...{ ImageId: image?.ImageId, InstanceType: 't3.micro', UserData: 'IyEvYmluL3NoCg==', KeyName: 'deploy' },
      BlockDeviceMappings: [{ DeviceName: '/dev/sdf', Ebs: { VolumeSize: 50, VolumeType: 'gp3', Encrypted: false } }],
      InstanceMonitoring: { Enabled: false },
    }),
  );
  const parameters = { launchConfigurationName: LaunchConfigurationName };
  return { id: LaunchConfigurationName, event: event('autoscaling:CreateLaunchConfiguration', parameters) };
}

async function makeGroup({ autoscaling }: Aws, AutoScalingGroupName: string, more: object = {}) {
  const size = { MinSize: 0, MaxSize: 2, DesiredCapacity: 0 };
  await autoscaling.send(
    new CreateAutoScalingGroupCommand({
      ...{ AutoScalingGroupName, AvailabilityZones, LaunchConfigurationName: 'web', HealthCheckType: 'EC2' },
      ...{ ...size, HealthCheckGracePeriod: 120, ...more },
    }),
  );
  const parameters = { autoScalingGroupName: AutoScalingGroupName };
  return {
    id: AutoScalingGroupName,
    event: event('autoscaling:CreateAutoScalingGroup', parameters, { by: terraform }),
  };
}

async function state({ autoscaling }: Aws) {
  const { AutoScalingGroups = [] } = await autoscaling.send(new DescribeAutoScalingGroupsCommand({}));
  const { LaunchConfigurations = [] } = await autoscaling.send(new DescribeLaunchConfigurationsCommand({}));
  return {
    groups: AutoScalingGroups.map((one) => ({
      name: one.AutoScalingGroupName,
      configuration: one.LaunchConfigurationName,
      health: `${one.HealthCheckType} ${one.HealthCheckGracePeriod}`,
      tags: (one.Tags ?? []).map(({ Key, Value, PropagateAtLaunch }) => `${Key}=${Value} ${PropagateAtLaunch}`).sort(),
    })),
    configurations: LaunchConfigurations.map((one) => ({
      name: one.LaunchConfigurationName,
      image: one.ImageId,
      type: one.InstanceType,
      userData: one.UserData,
      key: one.KeyName,
      disks: one.BlockDeviceMappings,
      monitored: one.InstanceMonitoring?.Enabled,
    })).sort((a, b) => (`${a.name}` < `${b.name}` ? -1 : 1)),
  };
}

const tag = (Key: string, Value: string, PropagateAtLaunch: boolean) => ({ Key, Value, PropagateAtLaunch });

export const autoscaling = [
  scenario({
    control: 286,
    kind: 'guide',
    arrange: async (aws) => {
      const made = await makeConfiguration(aws, 'web');
      await makeGroup(aws, 'shop');
      return made;
    },
    state,
    expected: (before) => before,
  }),
  scenario({
    control: 370,
    arrange: async (aws) => {
      await makeConfiguration(aws, 'web');
      await makeGroup(aws, 'neighbour', { Tags: [tag('team', 'search', false)] });
      return makeGroup(aws, 'shop', { Tags: [tag('team', 'shop', false), tag('stage', 'live', true)] });
    },
    state,
    expected: (before) => ({
      ...before,
      groups: before.groups.map((one) =>
        one.name === 'shop' ? { ...one, tags: ['stage=live true', 'team=shop true'] } : one,
      ),
    }),
  }),
  scenario({
    control: 395,
    arrange: async (aws) => {
      await makeConfiguration(aws, 'web');
      const VpcId = await makeVpc(aws);
      const { TargetGroups = [] } = await aws.elbv2.send(
        new CreateTargetGroupCommand({ Name: 'shop', Protocol: 'HTTP', Port: 80, VpcId }),
      );
      const TargetGroupARNs = TargetGroups.flatMap(({ TargetGroupArn }) => TargetGroupArn ?? []);
      await makeGroup(aws, 'neighbour');
      return makeGroup(aws, 'shop', { TargetGroupARNs });
    },
    state,
    expected: (before) => ({
      ...before,
      groups: before.groups.map((one) => (one.name === 'shop' ? { ...one, health: 'ELB 120' } : one)),
    }),
  }),
  scenario({
    control: 529,
    removes: true,
    arrange: async (aws) => {
      await makeConfiguration(aws, 'other');
      const made = await makeConfiguration(aws, 'web');
      await makeGroup(aws, 'shop');
      await makeGroup(aws, 'neighbour', { LaunchConfigurationName: 'other' });
      return made;
    },
    state,
    expected: (before) => ({
      groups: before.groups.map((one) => (one.name === 'shop' ? { ...one, configuration: 'web-monitored' } : one)),
      configurations: before.configurations.map((one) =>
        one.name === 'web' ? { ...one, name: 'web-monitored', monitored: true } : one,
      ),
    }),
  }),
];
