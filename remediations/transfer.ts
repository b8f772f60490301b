import { server, servers } from '../detectors/transfer.ts';
import { concrete, type GuideLine, guide, remediations } from '../src/control.ts';

export const serverRemediations = remediations(servers, {
  378: guide(
    {
      impact:
        'the server is offline for some minutes, and clients on the internet lose it for good unless they get a way into the VPC',
      reads: { server },
      note: 'The server is kept: a new one would have no users, another host key and another name. Public addresses are taken away by themselves, because AWS does not change addresses and subnets in one call.',
    },
    ({ id, server }) => {
      const { EndpointType, EndpointDetails, Protocols = [], UserCount, State } = server;
      const inVpc = EndpointType === 'VPC';
      const addresses = EndpointDetails?.AddressAllocationIds ?? [];
      return [
        {
          text: `${id} (${Protocols.join(', ')}; ${UserCount ?? 0} users of its own) is ${State?.toLowerCase() ?? 'in an unknown state'}. Find out who connects from where: its logs in CloudWatch, and partners. Agree on a window, and on their way in: VPN, Direct Connect, or an exemption.`,
        },
        {
          text: `Save what is there: aws transfer describe-server --server-id ${id}${EndpointDetails?.VpcEndpointId ? `, and its security groups: aws ec2 describe-vpc-endpoints --vpc-endpoint-ids ${EndpointDetails.VpcEndpointId}` : ''}`,
        },
        {
          text: 'Stop the server, and wait until it is OFFLINE. It is billed all the same. STOP_FAILED: try again, and ask AWS if it stays.',
          call: concrete('transfer', 'StopServer', { ServerId: id }),
        },
        inVpc
          ? {
              text: `Take the public addresses away (${addresses.join(', ')}). VPC, subnets and security groups stay: they are not sent.`,
              call: concrete('transfer', 'UpdateServer', {
                ServerId: id,
                EndpointDetails: { AddressAllocationIds: [] },
              }),
            }
          : {
              text: 'Move the endpoint into the VPC. This is the one time that security groups can be given here; without them it gets the default group.',
              call: concrete('transfer', 'UpdateServer', {
                ServerId: id,
                EndpointType: 'VPC',
                EndpointDetails: {
                  VpcId: '<vpc-id>',
                  SubnetIds: ['<subnet-1>', '<subnet-2>'],
                  SecurityGroupIds: ['<security-group-id>'],
                },
              }),
            },
        {
          text: 'Start the server, and wait until it is ONLINE.',
          call: concrete('transfer', 'StartServer', { ServerId: id }),
        },
        {
          text: `Log in from within the VPC with one user, and look at the host key: it must be the old one${server.HostKeyFingerprint ? ` (${server.HostKeyFingerprint})` : ''}. Point the names that clients use to the endpoint in the VPC.`,
        },
        ...wayBack(id, inVpc, addresses),
      ];
    },
  ),
});

/** Undoing takes the server offline as well. */
function wayBack(id: string, inVpc: boolean, addresses: string[]): GuideLine[] {
  return [
    {
      text: 'To go back, stop the server again, make this change, and start it.',
      call: inVpc
        ? concrete('transfer', 'UpdateServer', { ServerId: id, EndpointDetails: { AddressAllocationIds: addresses } })
        : concrete('transfer', 'UpdateServer', { ServerId: id, EndpointType: 'PUBLIC' }),
    },
    ...(inVpc
      ? [{ text: 'Release the addresses only when you are sure: partners may have them in their allow lists.' }]
      : []),
  ];
}
