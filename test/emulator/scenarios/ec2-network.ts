import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSubnetsCommand,
  ModifySubnetAttributeCommand,
} from '@aws-sdk/client-ec2';
import type { Aws } from '../clients.ts';
import { event, terraform } from '../event.ts';
import { scenario } from '../scenario.ts';

export async function makeVpc({ ec2 }: Aws): Promise<string> {
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.20.0.0/16' }));
  return Vpc?.VpcId ?? '';
}

export async function makeSubnet({ ec2 }: Aws, VpcId: string, CidrBlock: string): Promise<string> {
  const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock }));
  const SubnetId = Subnet?.SubnetId ?? '';
  await ec2.send(new CreateTagsCommand({ Resources: [SubnetId], Tags: [{ Key: 'tier', Value: 'web' }] }));
  await ec2.send(new ModifySubnetAttributeCommand({ SubnetId, MapPublicIpOnLaunch: { Value: true } }));
  return SubnetId;
}

async function subnetState({ ec2 }: Aws, SubnetId: string) {
  const { Subnets: [one] = [] } = await ec2.send(new DescribeSubnetsCommand({ SubnetIds: [SubnetId] }));
  const { Subnets = [] } = await ec2.send(
    new DescribeSubnetsCommand({ Filters: [{ Name: 'vpc-id', Values: [one?.VpcId ?? ''] }] }),
  );
  return Object.fromEntries(
    Subnets.map((subnet) => [
      subnet.SubnetId === SubnetId ? 'judged' : 'neighbour',
      {
        publicIpOnLaunch: subnet.MapPublicIpOnLaunch,
        ipv6OnLaunch: subnet.AssignIpv6AddressOnCreation,
        cidr: subnet.CidrBlock,
        tags: subnet.Tags,
      },
    ]),
  );
}

/** What an operator has configured as the text for rules that nobody described. */
const DESCRIPTION = 'No purpose recorded, ask the platform team';

async function ruleState({ ec2 }: Aws, groupId: string) {
  const answer = await ec2.send(
    new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: 'group-id', Values: [groupId] }] }),
  );
  const rules = answer.SecurityGroupRules ?? [];
  return rules
    .map((rule) => ({
      rule: [
        rule.IsEgress ? 'out' : 'in',
        rule.IpProtocol,
        rule.FromPort,
        rule.ToPort,
        rule.CidrIpv4 ?? rule.CidrIpv6 ?? rule.ReferencedGroupInfo?.GroupId ?? rule.PrefixListId,
      ].join(' '),
      description: rule.Description ?? '',
    }))
    .sort((a, b) => (a.rule < b.rule ? -1 : 1));
}

type Rules = Awaited<ReturnType<typeof ruleState>>;
const described = (before: Rules): Rules =>
  before.map((rule) => (rule.description === '' ? { ...rule, description: DESCRIPTION } : rule));

export const ec2Network = [
  scenario({
    control: 196,
    arrange: async (aws) => {
      const VpcId = await makeVpc(aws);
      await makeSubnet(aws, VpcId, '10.20.2.0/24');
      const SubnetId = await makeSubnet(aws, VpcId, '10.20.1.0/24');
      const parameters = { subnetId: SubnetId, mapPublicIpOnLaunch: { value: true } };
      return { id: SubnetId, event: event('ec2:ModifySubnetAttribute', parameters, { by: terraform }) };
    },
    state: subnetState,
    expected: (before) => ({
      ...before,
      ...(before.judged && { judged: { ...before.judged, publicIpOnLaunch: false } }),
    }),
  }),
  scenario({
    control: 289,
    noUndoHere: 'the emulator keeps a description that a call leaves out; AWS drops it',
    arrange: async (aws) => {
      const { ec2 } = aws;
      const group = { VpcId: await makeVpc(aws), GroupName: 'web', Description: 'web tier' };
      const { GroupId = '' } = await ec2.send(new CreateSecurityGroupCommand(group));
      const tcp = (port: number) => ({ IpProtocol: 'tcp', FromPort: port, ToPort: port });
      const IpPermissions = [
        {
          ...tcp(443),
          IpRanges: [{ CidrIp: '0.0.0.0/0', Description: 'TLS from the internet' }, { CidrIp: '10.20.0.0/16' }],
        },
        { ...tcp(443), Ipv6Ranges: [{ CidrIpv6: '2001:db8::/32', Description: 'partner' }] },
      ];
      await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
      const outgoing = [{ ...tcp(53), IpRanges: [{ CidrIp: '10.20.0.2/32', Description: 'resolver' }] }];
      await ec2.send(new AuthorizeSecurityGroupEgressCommand({ GroupId, IpPermissions: outgoing }));
      const items = [
        {
          ipProtocol: 'tcp',
          fromPort: 443,
          toPort: 443,
          groups: {},
          ipRanges: { items: [{ cidrIp: '10.20.0.0/16' }] },
          ipv6Ranges: {},
          prefixListIds: {},
        },
      ];
      return {
        id: GroupId,
        event: event('ec2:AuthorizeSecurityGroupIngress', { groupId: GroupId, ipPermissions: { items } }),
        parameters: { ruleDescription: DESCRIPTION },
      };
    },
    state: ruleState,
    expected: described,
  }),
];
