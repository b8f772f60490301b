import type { IpPermission, SecurityGroupRule } from '@aws-sdk/client-ec2';
import { rules, securityGroups } from '../../detectors/ec2/security-groups.ts';
import { call, document, edit, optional, remediations } from '../../src/control.ts';

/** The rules whose description is to change, one way, in the form that identifies a rule by what it allows. */
function redescribed(wanted: readonly SecurityGroupRule[], current: readonly SecurityGroupRule[], egress: boolean) {
  const old = new Map(current.map((rule) => [rule.SecurityGroupRuleId, rule.Description]));
  return wanted
    .filter((rule) => rule.IsEgress === egress && old.get(rule.SecurityGroupRuleId) !== rule.Description)
    .map(permissionOf);
}

/** Any other protocol, "-1" for all of them included, has no ports: they would be ignored. */
const WITH_PORTS = ['tcp', 'udp', 'icmp', 'icmpv6'];

function permissionOf(rule: SecurityGroupRule): IpPermission {
  const described = rule.Description ? { Description: rule.Description } : {};
  return {
    IpProtocol: rule.IpProtocol,
    ...(WITH_PORTS.includes(rule.IpProtocol ?? '') ? { FromPort: rule.FromPort, ToPort: rule.ToPort } : {}),
    ...(rule.CidrIpv4 ? { IpRanges: [{ CidrIp: rule.CidrIpv4, ...described }] } : {}),
    ...(rule.CidrIpv6 ? { Ipv6Ranges: [{ CidrIpv6: rule.CidrIpv6, ...described }] } : {}),
    ...(rule.PrefixListId ? { PrefixListIds: [{ PrefixListId: rule.PrefixListId, ...described }] } : {}),
    ...(rule.ReferencedGroupInfo
      ? {
          UserIdGroupPairs: [
            { GroupId: rule.ReferencedGroupInfo.GroupId, UserId: rule.ReferencedGroupInfo.UserId, ...described },
          ],
        }
      : {}),
  };
}

// Only rules that change are sent: one that is sent without a description loses the one it has.
const descriptions = document(rules, {
  write: [
    call('ec2', 'UpdateSecurityGroupRuleDescriptionsIngress', ({ id }, wanted, current) => {
      const IpPermissions = redescribed(wanted, current, false);
      return IpPermissions.length === 0 ? undefined : { GroupId: id, IpPermissions };
    }),
    call('ec2', 'UpdateSecurityGroupRuleDescriptionsEgress', ({ id }, wanted, current) => {
      const IpPermissions = redescribed(wanted, current, true);
      return IpPermissions.length === 0 ? undefined : { GroupId: id, IpPermissions };
    }),
  ],
});

export const securityGroupRemediations = remediations(securityGroups, {
  289: edit(
    descriptions,
    {
      mode: 'approve',
      impact: 'none for traffic; groups made from a template drift until the template says the same',
      parameters: {
        ruleDescription: optional(
          'Description for rules without one; `{rule}` stands for what the rule allows.',
          '{rule}; purpose to be confirmed by the owner',
        ),
      },
    },
    (current, { parameters }) =>
      current.map((rule) =>
        rule.Description?.trim()
          ? rule
          : { ...rule, Description: accepted(parameters.ruleDescription.replaceAll('{rule}', summary(rule))) },
      ),
  ),
});

function summary(rule: SecurityGroupRule): string {
  const what = rule.IpProtocol === '-1' ? 'all traffic' : `${rule.IpProtocol} ${ports(rule)}`.trim();
  const peer = rule.CidrIpv4 ?? rule.CidrIpv6 ?? rule.PrefixListId ?? rule.ReferencedGroupInfo?.GroupId ?? 'unknown';
  return `${what} ${rule.IsEgress ? 'to' : 'from'} ${peer}`;
}

const ports = ({ FromPort, ToPort }: SecurityGroupRule): string =>
  FromPort === undefined || FromPort === -1 ? '' : FromPort === ToPort ? `${FromPort}` : `${FromPort}-${ToPort}`;

/** EC2 takes 255 characters of a small alphabet. */
const accepted = (text: string): string => text.replace(/[^a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]/g, ' ').slice(0, 255);
