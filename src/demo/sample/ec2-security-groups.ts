import { SampleAwsError } from './aws-error.ts';
import { byIds, type Filterable, filtered, notFound } from './ec2-filters.ts';
import { operations, page } from './operations.ts';
import type { SecurityGroup, SecurityGroupRule, World } from './world.ts';

const groupFilters: Filterable<SecurityGroup> = {
  'group-id': ({ GroupId }) => GroupId,
  'group-name': ({ GroupName }) => GroupName,
  'vpc-id': ({ VpcId }) => VpcId,
};
const ruleFilters: Filterable<SecurityGroupRule> = {
  'group-id': ({ GroupId }) => GroupId,
  'security-group-rule-id': ({ SecurityGroupRuleId }) => SecurityGroupRuleId,
};

interface Described {
  readonly SecurityGroupRuleId?: string | undefined;
  readonly Description?: string | undefined;
}
interface Permission {
  readonly IpProtocol?: string | undefined;
  readonly FromPort?: number | undefined;
  readonly ToPort?: number | undefined;
  readonly IpRanges?: readonly { CidrIp?: string | undefined; Description?: string | undefined }[] | undefined;
  readonly Ipv6Ranges?: readonly { CidrIpv6?: string | undefined; Description?: string | undefined }[] | undefined;
  readonly PrefixListIds?:
    | readonly { PrefixListId?: string | undefined; Description?: string | undefined }[]
    | undefined;
  readonly UserIdGroupPairs?: readonly { GroupId?: string | undefined; Description?: string | undefined }[] | undefined;
}
interface Update {
  readonly GroupId?: string | undefined;
  readonly IpPermissions?: readonly Permission[] | undefined;
  readonly SecurityGroupRuleDescriptions?: readonly Described[] | undefined;
}

/** Groups and their rules. A rule that is updated without a description loses the one it had. */
export const securityGroups = operations('ec2', {
  DescribeSecurityGroups: (world, { GroupIds, Filters, MaxResults, NextToken }) => {
    const groups = byIds(world.ec2.securityGroups, GroupIds, 'Group').map((group) => withPermissions(world, group));
    const { items, next } = page(filtered(groups, Filters, groupFilters), MaxResults, NextToken);
    return { SecurityGroups: [...items], NextToken: next };
  },
  DescribeSecurityGroupRules: (world, { SecurityGroupRuleIds, Filters, MaxResults, NextToken }) => {
    const byId = Object.fromEntries(world.ec2.rules.map((rule) => [rule.SecurityGroupRuleId, rule]));
    const wanted = filtered(byIds(byId, SecurityGroupRuleIds, 'SecurityGroupRuleId'), Filters, ruleFilters);
    const { items, next } = page(wanted, MaxResults, NextToken);
    return { SecurityGroupRules: [...items], NextToken: next };
  },
  UpdateSecurityGroupRuleDescriptionsIngress: (world, input) => describeRules(world, input, false),
  UpdateSecurityGroupRuleDescriptionsEgress: (world, input) => describeRules(world, input, true),
});

function describeRules(world: World, update: Update, egress: boolean) {
  const { GroupId, IpPermissions = [], SecurityGroupRuleDescriptions = [] } = update;
  if (world.ec2.securityGroups[GroupId ?? ''] === undefined) throw notFound('Group', GroupId);
  const rules = world.ec2.rules.filter((rule) => rule.GroupId === GroupId && rule.IsEgress === egress);
  const byPermission = IpPermissions.flatMap((permission) =>
    targetsOf(permission).map(({ target, Description }) => ({ key: keyOf(permission, target), Description })),
  );
  const found = [
    ...SecurityGroupRuleDescriptions.map(({ SecurityGroupRuleId, Description }) => ({
      rule: rules.find((rule) => rule.SecurityGroupRuleId === SecurityGroupRuleId),
      Description,
    })),
    ...byPermission.map(({ key, Description }) => ({ rule: rules.find((rule) => ruleKey(rule) === key), Description })),
  ];
  for (const { rule } of found) {
    if (rule !== undefined) continue;
    throw new SampleAwsError('InvalidPermission.NotFound', 'The specified rule does not exist in this security group.');
  }
  for (const { rule, Description } of found) {
    if (rule === undefined) continue;
    delete rule.Description;
    if (Description !== undefined && Description !== '') rule.Description = Description;
  }
  return { Return: true };
}

function targetsOf({ IpRanges = [], Ipv6Ranges = [], PrefixListIds = [], UserIdGroupPairs = [] }: Permission) {
  return [
    ...IpRanges.map(({ CidrIp, Description }) => ({ target: CidrIp, Description })),
    ...Ipv6Ranges.map(({ CidrIpv6, Description }) => ({ target: CidrIpv6, Description })),
    ...PrefixListIds.map(({ PrefixListId, Description }) => ({ target: PrefixListId, Description })),
    ...UserIdGroupPairs.map(({ GroupId, Description }) => ({ target: GroupId, Description })),
  ];
}

function keyOf({ IpProtocol, FromPort = -1, ToPort = -1 }: Permission, target: string | undefined): string {
  return [IpProtocol, FromPort, ToPort, target].join(' ');
}

function ruleKey(rule: SecurityGroupRule): string {
  return keyOf(rule, rule.CidrIpv4 ?? rule.CidrIpv6 ?? rule.PrefixListId ?? rule.ReferencedGroupInfo?.GroupId);
}

/** A group as DescribeSecurityGroups shows it: its rules, folded by protocol and ports. */
function withPermissions(world: World, group: SecurityGroup): SecurityGroup {
  const rules = world.ec2.rules.filter(({ GroupId }) => GroupId === group.GroupId);
  return {
    ...group,
    IpPermissions: folded(rules.filter(({ IsEgress }) => !IsEgress)),
    IpPermissionsEgress: folded(rules.filter(({ IsEgress }) => IsEgress)),
  };
}

function folded(rules: readonly SecurityGroupRule[]) {
  const groups = new Map<string, SecurityGroupRule[]>();
  for (const rule of rules) {
    const key = keyOf(rule, undefined);
    groups.set(key, [...(groups.get(key) ?? []), rule]);
  }
  return [...groups.values()].map((same) => ({
    IpProtocol: same[0]?.IpProtocol,
    ...(same[0]?.IpProtocol !== '-1' && { FromPort: same[0]?.FromPort, ToPort: same[0]?.ToPort }),
    IpRanges: same.flatMap(({ CidrIpv4, Description }) => (CidrIpv4 ? [{ CidrIp: CidrIpv4, Description }] : [])),
    Ipv6Ranges: same.flatMap(({ CidrIpv6, Description }) => (CidrIpv6 ? [{ CidrIpv6, Description }] : [])),
    PrefixListIds: same.flatMap(({ PrefixListId, Description }) =>
      PrefixListId ? [{ PrefixListId, Description }] : [],
    ),
    UserIdGroupPairs: same.flatMap(({ ReferencedGroupInfo: info, Description }) =>
      info ? [{ GroupId: info.GroupId, UserId: info.UserId, Description }] : [],
    ),
  }));
}
