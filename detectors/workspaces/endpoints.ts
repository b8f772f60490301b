import {
  derive,
  detectors,
  fail,
  ids,
  nextToken,
  pass,
  place,
  readEach,
  readPages,
  skip,
  through,
} from '../../src/control.ts';
import { inOrder } from '../in-order.ts';
import { directory, directoryIds, directoryResource, ifRegistered } from './directories.ts';

const described = readEach(
  'ec2',
  'DescribeSubnets',
  ({ directory }) => (directory.SubnetIds?.length ? [{ SubnetIds: directory.SubnetIds }] : []),
  (out) => out.Subnets ?? [],
  { needs: { directory } },
);

/** Where the desktops of a directory are: its VPC, whose it is, and one subnet for each zone. */
export const network = derive({ described }, ({ described: [subnets = []] }) => {
  const byZone = new Map(
    inOrder(subnets, ({ SubnetId }) => SubnetId ?? '').map((one) => [one.AvailabilityZoneId, one]),
  );
  const [first] = subnets;
  return {
    vpc: first?.VpcId,
    owner: first?.OwnerId,
    subnets: [...byZone.values()].flatMap(({ SubnetId }) => SubnetId ?? []),
  };
});

const endpointsOfVpc = readPages(
  'ec2',
  'DescribeVpcEndpoints',
  ({ network }) => (network.vpc ? [{ Filters: [{ Name: 'vpc-id', Values: [network.vpc] }] }] : []),
  (out) => out.VpcEndpoints ?? [],
  nextToken,
  { needs: { network } },
);

/** The endpoints of a VPC for the API of WorkSpaces. In China the name has a prefix. */
export const endpoints = derive({ endpointsOfVpc }, ({ endpointsOfVpc, region }) =>
  inOrder(
    endpointsOfVpc
      .filter(({ ServiceName }) => ServiceName?.endsWith(`com.amazonaws.${region}.workspaces`))
      .filter(({ VpcEndpointType }) => VpcEndpointType?.toLowerCase() === 'interface')
      .map(({ State }) => ({ state: State?.toLowerCase() ?? 'unknown' }))
      .filter(({ state }) => state !== 'deleted' && state !== 'deleting'),
  ),
);

// The endpoint is gone or new: its VPC may be that of any directory.
const everyDirectory = through(directoryIds, place);

export const endpointDetectors = detectors(directoryResource, {
  198: {
    title: 'VPC of a WorkSpaces directory has an endpoint for the WorkSpaces API',
    criticality: 'HIGH',
    on: {
      'workspaces:RegisterWorkspaceDirectory': ids('requestParameters.directoryId', 'responseElements.directoryId'),
      'workspaces:DeregisterWorkspaceDirectory': ids('requestParameters.directoryId'),
      'ec2:CreateVpcEndpoint': everyDirectory,
      'ec2:DeleteVpcEndpoints': everyDirectory,
    },
    reads: { directory, network, endpoints },
    check: ({ directory, network, endpoints }, { account }) =>
      ifRegistered(directory, () => {
        if (network.vpc === undefined) return skip('the directory names no subnet');
        if (network.owner !== undefined && network.owner !== account)
          return skip(`the VPC ${network.vpc} belongs to ${network.owner}, where an endpoint would be`);
        if (endpoints.some(({ state }) => state === 'available')) return pass;
        const [first] = endpoints;
        return first === undefined
          ? fail(`${network.vpc} has no endpoint for the API of WorkSpaces`)
          : fail(`the endpoint for the API of WorkSpaces in ${network.vpc} is ${first.state}`);
      }),
    note: "The endpoint carries calls of the API only, not the desktops' pictures, so it does less than the document promises. Its command names neither subnets nor security groups: such an endpoint would have no address, or the group that lets everything in.",
  },
});
