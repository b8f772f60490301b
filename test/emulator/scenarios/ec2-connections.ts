import {
  AllocateAddressCommand,
  CreateNetworkAclCommand,
  CreateNetworkAclEntryCommand,
  CreateTransitGatewayCommand,
  CreateVpcCommand,
  CreateVpcEndpointServiceConfigurationCommand,
  DescribeAddressesCommand,
  DescribeNetworkAclsCommand,
  DescribeTransitGatewaysCommand,
  DescribeVpcEndpointServiceConfigurationsCommand,
} from '@aws-sdk/client-ec2';
import { CreateLoadBalancerCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Aws } from '../clients.ts';
import { event } from '../event.ts';
import { scenario } from '../scenario.ts';
import { makeSubnet, makeVpc } from './ec2-network.ts';

const team = { Key: 'team', Value: 'shop' };

async function makeTransitGateway({ ec2 }: Aws) {
  const Options = {
    DnsSupport: 'disable',
    AutoAcceptSharedAttachments: 'enable',
    DefaultRouteTableAssociation: 'enable',
    DefaultRouteTablePropagation: 'enable',
  } as const;
  const made = await ec2.send(new CreateTransitGatewayCommand({ Description: 'hub', Options }));
  const id = made.TransitGateway?.TransitGatewayId ?? '';
  const responseElements = { CreateTransitGatewayResponse: { transitGateway: { transitGatewayId: id } } };
  const request = { CreateTransitGatewayRequest: { Description: 'hub' } };
  return { id, event: event('ec2:CreateTransitGateway', request, { responseElements }) };
}

async function transitGatewayState({ ec2 }: Aws, id: string) {
  const { TransitGateways } = await ec2.send(new DescribeTransitGatewaysCommand({ TransitGatewayIds: [id] }));
  const { Description, Options } = TransitGateways?.[0] ?? {};
  return { description: Description, options: Options };
}

type TransitGateway = Awaited<ReturnType<typeof transitGatewayState>>;
const withOptions = (before: TransitGateway, options: TransitGateway['options']): TransitGateway => ({
  ...before,
  options: { ...before.options, ...options },
});

async function makeService(aws: Aws, name: string): Promise<string> {
  const Subnets = [await makeSubnet(aws, await makeVpc(aws), '10.20.1.0/24')];
  const { LoadBalancers = [] } = await aws.elbv2.send(
    new CreateLoadBalancerCommand({ Name: name, Type: 'network', Scheme: 'internal', Subnets }),
  );
  const { ServiceConfiguration } = await aws.ec2.send(
    new CreateVpcEndpointServiceConfigurationCommand({
      NetworkLoadBalancerArns: LoadBalancers.flatMap(({ LoadBalancerArn }) => LoadBalancerArn ?? []),
      AcceptanceRequired: false,
    }),
  );
  return ServiceConfiguration?.ServiceId ?? '';
}

async function aclState({ ec2 }: Aws, id: string) {
  const { NetworkAcls = [] } = await ec2.send(new DescribeNetworkAclsCommand({}));
  const others = NetworkAcls.filter(({ NetworkAclId }) => NetworkAclId !== id);
  return {
    rules: NetworkAcls.find(({ NetworkAclId }) => NetworkAclId === id)?.Entries?.length ?? null,
    others: others.map(({ NetworkAclId, Associations }) => `${NetworkAclId} ${Associations?.length}`).sort(),
  };
}

async function addressState({ ec2 }: Aws) {
  const { Addresses = [] } = await ec2.send(new DescribeAddressesCommand({}));
  return Addresses.map(({ PublicIp, Tags }) => ({ ip: PublicIp, tags: Tags ?? [] })).sort((a, b) =>
    `${a.ip}` < `${b.ip}` ? -1 : 1,
  );
}

export const ec2Connections = [
  scenario({
    control: 228,
    off: [229],
    arrange: makeTransitGateway,
    state: transitGatewayState,
    expected: (before) => withOptions(before, { DefaultRouteTableAssociation: 'disable' }),
  }),
  scenario({
    control: 228,
    variant: 'together with 229',
    also: [229],
    arrange: makeTransitGateway,
    state: transitGatewayState,
    expected: (before) =>
      withOptions(before, { DefaultRouteTableAssociation: 'disable', DefaultRouteTablePropagation: 'disable' }),
  }),
  scenario({
    control: 229,
    off: [228],
    arrange: makeTransitGateway,
    state: transitGatewayState,
    expected: (before) => withOptions(before, { DefaultRouteTablePropagation: 'disable' }),
  }),
  scenario({
    control: 348,
    arrange: async (aws) => {
      await makeService(aws, 'neighbour');
      const serviceId = await makeService(aws, 'payments');
      const serviceConfiguration = { serviceId, acceptanceRequired: false };
      const responseElements = { CreateVpcEndpointServiceConfigurationResponse: { serviceConfiguration } };
      const request = { CreateVpcEndpointServiceConfigurationRequest: { AcceptanceRequired: false } };
      return {
        id: serviceId,
        event: event('ec2:CreateVpcEndpointServiceConfiguration', request, { responseElements }),
      };
    },
    state: async ({ ec2 }: Aws, id) => {
      const { ServiceConfigurations = [] } = await ec2.send(new DescribeVpcEndpointServiceConfigurationsCommand({}));
      const asks = (own: boolean) =>
        ServiceConfigurations.filter(({ ServiceId }) => (ServiceId === id) === own).map(
          ({ AcceptanceRequired, NetworkLoadBalancerArns }) => ({ AcceptanceRequired, NetworkLoadBalancerArns }),
        );
      return { own: asks(true), others: asks(false) };
    },
    expected: (before) => ({ ...before, own: before.own.map((one) => ({ ...one, AcceptanceRequired: true })) }),
  }),
  scenario({
    control: 386,
    removes: true,
    arrange: async (aws) => {
      const { ec2 } = aws;
      const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.20.0.0/16' }));
      const vpcId = Vpc?.VpcId ?? '';
      await makeSubnet(aws, vpcId, '10.20.1.0/24');
      await ec2.send(new CreateNetworkAclCommand({ VpcId: vpcId }));
      const { NetworkAcl } = await ec2.send(new CreateNetworkAclCommand({ VpcId: vpcId }));
      const NetworkAclId = NetworkAcl?.NetworkAclId ?? '';
      const rule = { NetworkAclId, RuleNumber: 100, Protocol: '6', PortRange: { From: 443, To: 443 } };
      await ec2.send(
        new CreateNetworkAclEntryCommand({ ...rule, RuleAction: 'allow', Egress: false, CidrBlock: '10.0.0.0/8' }),
      );
      const responseElements = { networkAcl: { networkAclId: NetworkAclId, vpcId, default: false } };
      return { id: NetworkAclId, event: event('ec2:CreateNetworkAcl', { vpcId }, { responseElements }) };
    },
    state: aclState,
    expected: (before) => ({ ...before, rules: null }),
    undone: (before) => ({ ...before, rules: null }),
  }),
  scenario({
    control: 398,
    removes: true,
    noUndoHere: 'the emulator gives another number than the one that is asked for',
    arrange: async ({ ec2 }) => {
      const TagSpecifications = [{ ResourceType: 'elastic-ip' as const, Tags: [team] }];
      await ec2.send(new AllocateAddressCommand({ Domain: 'vpc', TagSpecifications }));
      const { AllocationId = '', PublicIp } = await ec2.send(new AllocateAddressCommand({ Domain: 'vpc' }));
      const responseElements = { allocationId: AllocationId, publicIp: PublicIp, domain: 'vpc' };
      return { id: AllocationId, event: event('ec2:AllocateAddress', { domain: 'vpc' }, { responseElements }) };
    },
    state: addressState,
    expected: (before) => before.filter(({ tags }) => tags.length > 0),
  }),
];
