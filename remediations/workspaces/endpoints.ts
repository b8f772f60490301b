import { endpointDetectors, endpoints, network } from '../../detectors/workspaces/endpoints.ts';
import {
  byHand,
  call,
  nextToken,
  optional,
  readEach,
  readPages,
  ref,
  remediations,
  required,
  steps,
  until,
} from '../../src/control.ts';

const groups = readPages(
  'ec2',
  'DescribeSecurityGroups',
  ({ network }) => (network.vpc ? [{ Filters: [{ Name: 'vpc-id', Values: [network.vpc] }] }] : []),
  (out) =>
    (out.SecurityGroups ?? []).map(({ GroupId, IpPermissions = [] }) => ({
      id: GroupId,
      https: IpPermissions.some(
        ({ IpProtocol, FromPort = 0, ToPort = 65535 }) =>
          IpProtocol === '-1' || (IpProtocol === 'tcp' && FromPort <= 443 && ToPort >= 443),
      ),
    })),
  nextToken,
  { needs: { network } },
);

/** Whether the VPC resolves names, and gives some: private names of endpoints need both. */
const dns = readEach(
  'ec2',
  'DescribeVpcAttribute',
  ({ network }) =>
    network.vpc
      ? [
          { VpcId: network.vpc, Attribute: 'enableDnsSupport' as const },
          { VpcId: network.vpc, Attribute: 'enableDnsHostnames' as const },
        ]
      : [],
  (out) => (out.EnableDnsSupport ?? out.EnableDnsHostnames)?.Value === true,
  { needs: { network } },
);

const isYes = (value: string): boolean => value.toLowerCase() === 'yes';

export const endpointRemediations = remediations(endpointDetectors, {
  198: steps(
    {
      mode: 'approve',
      impact:
        'the endpoint costs by the hour and zone. With private DNS every call to the API of WorkSpaces in this VPC goes through it at once, and fails if the security group does not let the caller in',
      parameters: {
        endpointSecurityGroupId: required(
          'Security group of the VPC that lets those who call the API of WorkSpaces in on port 443.',
        ),
        privateDns: optional('Whether the usual name of the API leads to the endpoint: yes or no.', 'yes'),
      },
      reads: { network, endpoints, groups, dns },
      note: 'The endpoint is made in the subnets of the directory, one for each zone, and gets the security group that the operator chose.',
    },
    ({ step }) => [
      step(
        'endpoint',
        call('ec2', 'CreateVpcEndpoint', ({ partition, region, network, parameters }) => ({
          VpcEndpointType: 'Interface' as const,
          VpcId: network.vpc,
          ServiceName: `${partition === 'aws-cn' ? 'cn.' : ''}com.amazonaws.${region}.workspaces`,
          SubnetIds: [...network.subnets],
          SecurityGroupIds: [parameters.endpointSecurityGroupId],
          PrivateDnsEnabled: isYes(parameters.privateDns),
        })),
        {
          repeat: 'once',
          undo: call('ec2', 'DeleteVpcEndpoints', () => ({
            VpcEndpointIds: [ref('endpoint', 'VpcEndpoint.VpcEndpointId')],
          })),
          until: until(endpoints, (found) => found.some(({ state }) => state === 'available')),
        },
      ),
    ],
    ({ region, network, endpoints, groups, dns, parameters }) => {
      const [there] = endpoints;
      const chosen = parameters.endpointSecurityGroupId;
      const group = groups.find(({ id }) => id === chosen);
      if (there !== undefined)
        return byHand(
          `an endpoint is there already and is ${there.state}: see to it first (aws ec2 describe-vpc-endpoints --filters Name=vpc-id,Values=${network.vpc} --region ${region}), a second one would clash with its names`,
        );
      if (group === undefined)
        return byHand(
          `endpointSecurityGroupId is "${chosen}", which is no group of ${network.vpc}; choose one of its own`,
        );
      if (!group.https) return byHand(`${chosen} lets nobody in on port 443: add a rule for those who call the API`);
      if (isYes(parameters.privateDns) && dns.includes(false))
        return byHand(
          `${network.vpc} has DNS support or DNS host names off, which private DNS needs: switch them on, or set privateDns to no`,
        );
      return { network, groups, dns, endpoints: [{ state: 'available' }] };
    },
  ),
});
