import { derive, detectors, fail, ids, only, pass, read, resource, skip, through } from '../../src/control.ts';
import { tags } from './tags.ts';

/** An Elastic IP address in a list of one, empty when there is none. */
export const named = read(
  'ec2',
  'DescribeAddresses',
  ({ id }) => ({ Filters: [{ Name: 'allocation-id', Values: [id] }] }),
  (out) => out.Addresses ?? [],
);

const address = derive({ named }, ({ named }) => only(named));

// The API gives all addresses at once.
const every = read(
  'ec2',
  'DescribeAddresses',
  () => ({}),
  (out) => out.Addresses ?? [],
);

const idsOf = (addresses: readonly { AllocationId?: string }[]) =>
  addresses.flatMap(({ AllocationId }) => AllocationId ?? []);

/** What loses its address is seldom named together with it: asked is for all that are attached to nothing. */
const idle = derive({ every }, ({ every }) =>
  idsOf(every.filter(({ AssociationId, ServiceManaged }) => !AssociationId && !ServiceManaged)),
);
/** An address takes the place of another one, which no event names. */
const itselfAndIdle = derive({ idle }, ({ id, idle }) => [...new Set([id, ...idle])]);

const allocationId = ids('requestParameters.allocationId');

export const addresses = detectors(
  resource('AWS::EC2::EIP', {
    service: 'ec2',
    arn: ({ partition, region, account, id }) => `arn:${partition}:ec2:${region}:${account}:elastic-ip/${id}`,
    list: derive({ every }, ({ every }) => idsOf(every)),
    gone: ['InvalidAllocationID.NotFound', 'InvalidAddressID.NotFound'],
    tags,
  }),
  {
    398: {
      title: 'Elastic IP address is attached to something',
      criticality: 'MEDIUM',
      on: {
        'ec2:AllocateAddress': ids('responseElements.allocationId'),
        'ec2:AcceptAddressTransfer': through(
          idle,
          ids('requestParameters.address', 'requestParameters.AcceptAddressTransferRequest.Address'),
        ),
        'ec2:AssociateAddress': through(itselfAndIdle, allocationId),
        'ec2:DisassociateAddress': through(idle, ids('requestParameters.associationId')),
        'ec2:ReleaseAddress': allocationId,
        'ec2:TerminateInstances': through(idle, ids('requestParameters.instancesSet.items[].instanceId')),
        'ec2:DeleteNetworkInterface': through(idle, ids('requestParameters.networkInterfaceId')),
        'ec2:DeleteNatGateway': through(
          idle,
          ids('requestParameters.DeleteNatGatewayRequest.NatGatewayId', 'requestParameters.natGatewayId'),
        ),
        'ec2:DisassociateNatGatewayAddress': through(
          idle,
          ids('requestParameters.DisassociateNatGatewayAddressRequest.NatGatewayId', 'requestParameters.natGatewayId'),
        ),
        'elasticloadbalancing:DeleteLoadBalancer': through(idle, ids('requestParameters.loadBalancerArn')),
      },
      reads: { address },
      check: ({ address: { AssociationId, PublicIp, ServiceManaged } }) => {
        if (ServiceManaged) return skip(`the address is managed by ${ServiceManaged}`);
        return AssociationId ? pass : fail(`${PublicIp} is attached to nothing`);
      },
      note: 'The title speaks of instances; the document also takes network interfaces, as NAT gateways and load balancers have them. Attached to a stopped instance is attached.',
    },
  },
);
