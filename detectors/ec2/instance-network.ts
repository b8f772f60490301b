import type { Instance, RouteTable } from '@aws-sdk/client-ec2';
import { derive, detectors, fail, ids, nextToken, pass, readPages, skip, through } from '../../src/control.ts';
import { ec2Instance, everyInstance, idsOf, instance, named, notApplicable, started } from './instances.ts';

/** Public IPv4 addresses of an instance, each with where it sits. AWS owns those that it gives by itself. */
export function publicAddresses({ NetworkInterfaces = [], PublicIpAddress }: Instance) {
  const found = NetworkInterfaces.flatMap(({ NetworkInterfaceId, Attachment, Association, PrivateIpAddresses = [] }) =>
    [{ Association, PrivateIpAddress: undefined }, ...PrivateIpAddresses].flatMap((one) =>
      one.Association?.PublicIp
        ? [
            {
              ip: one.Association.PublicIp,
              isElastic: one.Association.IpOwnerId !== 'amazon',
              interface: NetworkInterfaceId,
              isPrimary: Attachment?.DeviceIndex === 0,
            },
          ]
        : [],
    ),
  );
  const bare = PublicIpAddress
    ? [{ ip: PublicIpAddress, isElastic: false, interface: undefined, isPrimary: true }]
    : [];
  return [...new Map([...bare, ...found].map((one) => [one.ip, one])).values()];
}

/** Instances by their own id or that of one of their network interfaces. */
const behind = readPages(
  'ec2',
  'DescribeInstances',
  ({ id }) => ({
    Filters: [{ Name: id.startsWith('eni-') ? 'network-interface.network-interface-id' : 'instance-id', Values: [id] }],
  }),
  (out) => idsOf(out.Reservations),
  nextToken,
);

const inSubnet = readPages(
  'ec2',
  'DescribeInstances',
  ({ id }) => ({ Filters: [{ Name: 'network-interface.subnet-id', Values: [id] }] }),
  (out) => idsOf(out.Reservations),
  nextToken,
);

const vpcOfTable = readPages(
  'ec2',
  'DescribeRouteTables',
  ({ id }) => ({ Filters: [{ Name: 'route-table-id', Values: [id] }] }),
  (out) => (out.RouteTables ?? []).flatMap(({ VpcId }) => VpcId ?? []),
  nextToken,
);

const inVpcs = (vpcs: readonly string[]) =>
  vpcs.length === 0 ? [] : { Filters: [{ Name: 'vpc-id', Values: [...vpcs] }] };

/** A table may serve subnets by being the main one of its VPC: all instances there are asked for. */
const behindTable = readPages(
  'ec2',
  'DescribeInstances',
  ({ vpcOfTable }) => inVpcs(vpcOfTable),
  (out) => idsOf(out.Reservations),
  nextToken,
  { needs: { vpcOfTable } },
);

const inVpc = readPages(
  'ec2',
  'DescribeInstances',
  ({ id }) => inVpcs([id]),
  (out) => idsOf(out.Reservations),
  nextToken,
);

const routeTables = readPages(
  'ec2',
  'DescribeRouteTables',
  ({ instance }) => inVpcs(instance.VpcId ? [instance.VpcId] : []),
  (out) => out.RouteTables ?? [],
  nextToken,
  { needs: { instance } },
);

/** Whether a route table leads to the internet both ways. NAT and egress-only gateways let nobody in. */
const isPublic = ({ Routes = [] }: RouteTable): boolean =>
  Routes.some(
    ({ DestinationCidrBlock, DestinationIpv6CidrBlock, GatewayId, State }) =>
      (DestinationCidrBlock === '0.0.0.0/0' || DestinationIpv6CidrBlock === '::/0') &&
      GatewayId?.startsWith('igw-') === true &&
      State !== 'blackhole',
  );

/** The table that counts for a subnet: its own, or else the main one of the VPC. */
const tableOf = (subnet: string, tables: readonly RouteTable[]): RouteTable | undefined =>
  tables.find(({ Associations = [] }) => Associations.some(({ SubnetId }) => SubnetId === subnet)) ??
  tables.find(({ Associations = [] }) => Associations.some(({ Main }) => Main === true));

/** Public subnets that an instance has an interface in. */
export const publicSubnets = derive({ instance, routeTables }, ({ instance, routeTables }) => {
  const subnets = [instance.SubnetId, ...(instance.NetworkInterfaces ?? []).map(({ SubnetId }) => SubnetId)];
  return [...new Set(subnets.flatMap((subnet) => subnet ?? []))].filter((subnet) => {
    const table = tableOf(subnet, routeTables);
    return table !== undefined && isPublic(table);
  });
});

const routeTable = through(behindTable, ids('requestParameters.routeTableId'));

export const instanceNetwork = detectors(ec2Instance, {
  328: {
    title: 'Instance has no public IPv4 address',
    criticality: 'MEDIUM',
    on: {
      'ec2:RunInstances': started,
      'ec2:StartInstances': named,
      'ec2:AssociateAddress': through(
        behind,
        ids('requestParameters.instanceId', 'requestParameters.networkInterfaceId'),
      ),
      'ec2:AttachNetworkInterface': ids('requestParameters.instanceId'),
      'ec2:ModifyNetworkInterfaceAttribute': through(behind, ids('requestParameters.networkInterfaceId')),
      'ec2:TerminateInstances': named,
    },
    reads: { instance },
    check: ({ instance }) => {
      const skipped = notApplicable(instance);
      if (skipped !== undefined) return skipped;
      const found = publicAddresses(instance).map(({ ip, isElastic }) => `${ip}${isElastic ? ' (Elastic IP)' : ''}`);
      return found.length === 0 ? pass : fail(`the instance has the public address ${found.join(', ')}`);
    },
    note: 'The document takes off Elastic IPs only, after which EC2 may give a fresh address. Both kinds are judged and taken off.',
  },
  434: {
    title: 'Backend instance is in no public subnet',
    criticality: 'HIGH',
    on: {
      'ec2:RunInstances': started,
      'ec2:AttachNetworkInterface': ids('requestParameters.instanceId'),
      'ec2:CreateRoute': routeTable,
      'ec2:ReplaceRoute': routeTable,
      'ec2:DeleteRoute': routeTable,
      'ec2:AssociateRouteTable': through(inSubnet, ids('requestParameters.subnetId')),
      'ec2:ReplaceRouteTableAssociation': routeTable,
      'ec2:DisassociateRouteTable': through(everyInstance, ids('requestParameters.associationId')),
      'ec2:AttachInternetGateway': through(inVpc, ids('requestParameters.vpcId')),
      'ec2:DetachInternetGateway': through(inVpc, ids('requestParameters.vpcId')),
      'ec2:TerminateInstances': named,
    },
    reads: { instance, publicSubnets },
    check: ({ instance, publicSubnets }) => {
      const skipped = notApplicable(instance);
      if (skipped !== undefined) return skipped;
      if (!instance.VpcId) return skip('the instance is in no VPC');
      return publicSubnets.length === 0
        ? pass
        : fail(`the instance is in ${publicSubnets.join(', ')}, which an internet gateway leads to`);
    },
    note: 'The document does not say what a backend is: every instance counts. Exempt bastions, proxies and NAT instances by tag. A default route for IPv6 counts like one for IPv4, and so does every further interface.',
  },
});
