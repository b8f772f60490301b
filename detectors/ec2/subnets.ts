import {
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
  through,
} from '../../src/control.ts';
import { tags } from './tags.ts';

export const subnet = read(
  'ec2',
  'DescribeSubnets',
  ({ id }) => ({ SubnetIds: [id] }),
  (out) => only(out.Subnets),
);

const subnetsOfVpc = readPages(
  'ec2',
  'DescribeSubnets',
  ({ id }) => ({ Filters: [{ Name: 'vpc-id', Values: [id] }] }),
  (out) => (out.Subnets ?? []).flatMap(({ SubnetId }) => SubnetId ?? []),
  nextToken,
);

export const subnets = detectors(
  resource('AWS::EC2::Subnet', {
    service: 'ec2',
    arn: ({ partition, region, account, id }) => `arn:${partition}:ec2:${region}:${account}:subnet/${id}`,
    list: readPages(
      'ec2',
      'DescribeSubnets',
      () => ({}),
      (out) => (out.Subnets ?? []).flatMap(({ SubnetId }) => SubnetId ?? []),
      nextToken,
    ),
    gone: ['InvalidSubnetID.NotFound'],
    tags,
  }),
  {
    196: {
      title: 'Subnet gives no public IPv4 address by itself',
      criticality: 'HIGH',
      on: {
        'ec2:ModifySubnetAttribute': ids('requestParameters.subnetId'),
        'ec2:CreateDefaultSubnet': ids(
          'responseElements.subnet.subnetId',
          'responseElements.CreateDefaultSubnetResponse.subnet.subnetId',
        ),
        'ec2:CreateDefaultVpc': through(
          subnetsOfVpc,
          ids('responseElements.vpc.vpcId', 'responseElements.CreateDefaultVpcResponse.vpc.vpcId'),
        ),
      },
      reads: { subnet },
      check: ({ subnet }, { account }) => {
        if (subnet.OwnerId !== undefined && subnet.OwnerId !== account)
          return skip('the subnet is shared from another account, which alone can change it');
        if (subnet.Ipv6Native === true) return skip('an IPv6-only subnet gives no IPv4 addresses');
        return subnet.MapPublicIpOnLaunch === true ? fail('new instances get a public IPv4 address here') : pass;
      },
    },
  },
);
