import { ec2Id } from '../ids.ts';
import { type Setting, sampleIds } from '../setting.ts';
import type { SecurityGroup, SecurityGroupRule, Subnet, World } from '../world.ts';

/** A subnet that hands out public addresses and a group with rules nobody described; one of each without fault. */
export function network({
  account,
  partition,
  region,
}: Setting): Pick<World['ec2'], 'subnets' | 'securityGroups' | 'rules'> {
  const subnet = (SubnetId: string, name: string, CidrBlock: string, isPublic: boolean): Subnet => ({
    SubnetId,
    SubnetArn: `arn:${partition}:ec2:${region}:${account}:subnet/${SubnetId}`,
    VpcId: sampleIds.vpc,
    CidrBlock,
    OwnerId: account,
    State: 'available',
    AvailabilityZone: `${region}a`,
    DefaultForAz: false,
    MapPublicIpOnLaunch: isPublic,
    AssignIpv6AddressOnCreation: false,
    Ipv6Native: false,
    Tags: [{ Key: 'Name', Value: name }],
  });
  const group = (GroupId: string, GroupName: string, Description: string): SecurityGroup => ({
    GroupId,
    GroupName,
    Description,
    VpcId: sampleIds.vpc,
    OwnerId: account,
    Tags: [],
  });
  const rule = (
    GroupId: string,
    port: number | undefined,
    rest: Partial<Pick<SecurityGroupRule, 'CidrIpv4' | 'ReferencedGroupInfo' | 'Description' | 'IsEgress'>>,
  ): SecurityGroupRule => ({
    SecurityGroupRuleId: ec2Id('sgr', `${GroupId} ${port} ${JSON.stringify(rest)}`),
    GroupId,
    GroupOwnerId: account,
    IsEgress: false,
    IpProtocol: port === undefined ? '-1' : 'tcp',
    FromPort: port ?? -1,
    ToPort: port ?? -1,
    Tags: [],
    ...rest,
  });
  const { webGroup, databaseGroup } = sampleIds;
  return {
    subnets: {
      [sampleIds.publicSubnet]: subnet(sampleIds.publicSubnet, 'shop public a', '10.20.1.0/24', true),
      [sampleIds.privateSubnet]: subnet(sampleIds.privateSubnet, 'shop private a', '10.20.11.0/24', false),
    },
    securityGroups: {
      [webGroup]: group(webGroup, 'web', 'web tier'),
      [databaseGroup]: group(databaseGroup, 'orders-db', 'orders database'),
    },
    rules: [
      rule(webGroup, 443, { CidrIpv4: '0.0.0.0/0', Description: 'TLS from the internet' }),
      rule(webGroup, 22, { CidrIpv4: '203.0.113.0/24' }),
      rule(webGroup, undefined, { CidrIpv4: '0.0.0.0/0', IsEgress: true }),
      rule(databaseGroup, 5432, {
        ReferencedGroupInfo: { GroupId: webGroup, UserId: account },
        Description: 'PostgreSQL from the web tier',
      }),
    ],
  };
}
