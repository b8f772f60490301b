import { CreateServerCommand, type CreateServerCommandInput, DescribeServerCommand } from '@aws-sdk/client-transfer';
import { event } from '../event.ts';
import { scenario } from '../scenario.ts';

const publicServer = (variant: string, input: CreateServerCommandInput) =>
  scenario({
    control: 378,
    variant,
    kind: 'guide',
    arrange: async ({ transfer }) => {
      const { ServerId = '' } = await transfer.send(new CreateServerCommand({ Protocols: ['SFTP'], ...input }));
      const parameters = { endpointType: input.EndpointType, protocols: ['SFTP'] };
      return {
        id: ServerId,
        event: event('transfer:CreateServer', parameters, { responseElements: { serverId: ServerId } }),
      };
    },
    state: async ({ transfer }, ServerId) => {
      const { Server } = await transfer.send(new DescribeServerCommand({ ServerId }));
      return { type: Server?.EndpointType, details: Server?.EndpointDetails, protocols: Server?.Protocols };
    },
    expected: (before) => before,
  });

export const transfer = [
  publicServer('a public endpoint', { EndpointType: 'PUBLIC' }),
  publicServer('public addresses in a VPC', {
    EndpointType: 'VPC',
    EndpointDetails: { VpcId: 'vpc-1', SubnetIds: ['subnet-1'], AddressAllocationIds: ['eipalloc-1'] },
  }),
];
