import { instanceNetwork, publicAddresses, publicSubnets } from '../../detectors/ec2/instance-network.ts';
import { instance, profileName } from '../../detectors/ec2/instances.ts';
import { inOrder } from '../../detectors/in-order.ts';
import {
  byHand,
  call,
  concrete,
  derive,
  guide,
  optional,
  read,
  remediations,
  steps,
  until,
} from '../../src/control.ts';
import { ownTags } from './tags.ts';

const elasticAddresses = read(
  'ec2',
  'DescribeAddresses',
  ({ id }) => ({ Filters: [{ Name: 'instance-id', Values: [id] }] }),
  (out) => out.Addresses ?? [],
);

/** Every public address with what is needed to take it off, and to put an Elastic IP back. */
const reachable = derive({ instance, elasticAddresses }, ({ instance, elasticAddresses }) =>
  inOrder(
    publicAddresses(instance).map((one) => {
      const elastic = elasticAddresses.find(({ PublicIp }) => PublicIp === one.ip);
      return {
        ...one,
        isElastic: one.isElastic || elastic !== undefined,
        allocation: elastic?.AllocationId,
        association: elastic?.AssociationId,
        privateIp: elastic?.PrivateIpAddress,
        managedBy: elastic?.ServiceManaged ?? (instance.Operator?.Managed ? instance.Operator.Principal : undefined),
        primaryInterface: instance.NetworkInterfaces?.find(({ Attachment }) => Attachment?.DeviceIndex === 0)
          ?.NetworkInterfaceId,
      };
    }),
    ({ ip }) => ip,
  ),
);

export const instanceNetworkRemediations = remediations(instanceNetwork, {
  328: steps(
    {
      mode: 'approve',
      impact:
        'nobody on the internet reaches the instance any more, and without NAT or VPC endpoints it reaches nothing either, Systems Manager included. An Elastic IP stays yours and is billed; an address that EC2 gave is lost',
      undo: 'best-effort',
      reads: { reachable },
      note: 'Undoing brings back Elastic IPs; in place of an address that EC2 gave comes another one.',
    },
    ({ step }) => [
      step(
        'take-off-elastic-ips',
        call(
          'ec2',
          'DisassociateAddress',
          ({ reachable }) =>
            reachable.flatMap(({ association }) => (association ? [{ AssociationId: association }] : [])),
          { already: ['InvalidAssociationID.NotFound'] },
        ),
        {
          repeat: 'safe',
          undo: call('ec2', 'AssociateAddress', ({ reachable }) =>
            reachable.flatMap((one) =>
              one.association
                ? [
                    {
                      AllocationId: one.allocation,
                      NetworkInterfaceId: one.interface,
                      ...(one.privateIp ? { PrivateIpAddress: one.privateIp } : {}),
                    },
                  ]
                : [],
            ),
          ),
        },
      ),
      step(
        'give-no-address',
        call('ec2', 'ModifyNetworkInterfaceAttribute', ({ reachable }) => {
          const primary = reachable[0]?.primaryInterface;
          return primary ? { NetworkInterfaceId: primary, AssociatePublicIpAddress: false } : undefined;
        }),
        {
          repeat: 'safe',
          undo: call('ec2', 'ModifyNetworkInterfaceAttribute', ({ reachable }) => {
            const primary = reachable.find(({ isElastic }) => !isElastic)?.primaryInterface;
            return primary ? { NetworkInterfaceId: primary, AssociatePublicIpAddress: true } : undefined;
          }),
          until: until(reachable, (found) => found.length === 0),
        },
      ),
    ],
    ({ reachable }) => {
      const managed = reachable.find(({ managedBy }) => managedBy !== undefined);
      if (managed) return byHand(`${managed.ip} is managed by ${managed.managedBy}: change it there`);
      const unknown = reachable.find(({ isElastic, association }) => isElastic && association === undefined);
      if (unknown) return byHand(`${unknown.ip} belongs to another account, which alone can take it off`);
      return { reachable: [] };
    },
  ),
  434: guide(
    {
      impact:
        'the instance is replaced by another with a new id and private address; instance store, and what is written while the image is made, can be lost',
      reads: { instance, publicSubnets },
      parameters: {
        privateSubnetId: optional('Private subnet for backend instances; empty leaves it open in the runbook.', ''),
      },
      note: 'The subnet of an interface cannot be changed. The command of the document leaves out security groups, role, user data and tags, and makes an image of a disk in motion.',
    },
    ({ id, instance, publicSubnets, parameters }) => {
      const group = instance.Tags?.find(({ Key }) => Key === 'aws:autoscaling:groupName')?.Value;
      const name = profileName(instance);
      const [first] = publicSubnets;
      const where = `${publicSubnets.join(', ')} in ${instance.VpcId}`;
      if (group)
        return [
          {
            text: `${id} belongs to the Auto Scaling group ${group} and sits in ${where}: give the group private subnets, which it then moves to one instance at a time.`,
            call: concrete('autoscaling', 'UpdateAutoScalingGroup', {
              AutoScalingGroupName: group,
              VPCZoneIdentifier: parameters.privateSubnetId || '<private-subnet-1>,<private-subnet-2>',
            }),
          },
          {
            text: 'Replace the instances when their targets are healthy in the new subnets.',
            call: concrete('autoscaling', 'StartInstanceRefresh', { AutoScalingGroupName: group }),
          },
        ];
      return [
        {
          text: `Ask the owner first what ${id} (${instance.InstanceType}) in ${where} does. A bastion, a proxy or a NAT instance belongs there: exempt it.`,
        },
        {
          text: `If nothing in ${first ?? 'the subnet'} needs to be reached from outside, the subnet itself can become private: a route table whose default route leads to a NAT gateway. Then no instance has to move.`,
        },
        {
          text: 'Otherwise look for a private subnet in the same zone, with NAT or VPC endpoints for what the instance calls. Note what names its id or private address: target groups, DNS records, security groups, alarms, peers.',
        },
        {
          text: 'Save the settings that are not shown here: aws ec2 describe-instance-attribute --attribute userData, and disks with their options.',
        },
        {
          text: 'Stop writes, and make an image. It reboots the instance, so that the disks are whole.',
          call: concrete('ec2', 'CreateImage', { InstanceId: id, Name: `${id}-to-private-subnet` }),
        },
        {
          text: 'Start its successor in the private subnet, with everything it has now. Add the user data if it must run again.',
          call: concrete('ec2', 'RunInstances', {
            ImageId: '<image-id>',
            MinCount: 1,
            MaxCount: 1,
            InstanceType: instance.InstanceType,
            ...(instance.KeyName ? { KeyName: instance.KeyName } : {}),
            NetworkInterfaces: [
              {
                DeviceIndex: 0,
                SubnetId: parameters.privateSubnetId || '<private-subnet-id>',
                Groups: (instance.SecurityGroups ?? []).flatMap(({ GroupId }) => GroupId ?? []),
                AssociatePublicIpAddress: false,
              },
            ],
            ...(name ? { IamInstanceProfile: { Name: name } } : {}),
            MetadataOptions: { HttpTokens: 'required' },
            ...(ownTags(instance.Tags).length > 0
              ? { TagSpecifications: [{ ResourceType: 'instance', Tags: ownTags(instance.Tags) }] }
              : {}),
          }),
        },
        { text: 'Register the successor where the old one is known, and check the application.' },
        {
          text: 'Stop the old one and leave it for some days: to go back, start it and register it again.',
          call: concrete('ec2', 'StopInstances', { InstanceIds: [id] }),
        },
        {
          text: 'When nobody misses it, terminate it. That cannot be taken back.',
          call: concrete('ec2', 'TerminateInstances', { InstanceIds: [id] }),
        },
      ];
    },
  ),
});
