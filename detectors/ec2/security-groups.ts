import { derive, detectors, fail, ids, nextToken, pass, readPages, resource, skip } from '../../src/control.ts';
import { inOrder } from '../in-order.ts';
import { tags } from './tags.ts';

const described = readPages(
  'ec2',
  'DescribeSecurityGroupRules',
  ({ id }) => ({ Filters: [{ Name: 'group-id', Values: [id] }] }),
  (out) => out.SecurityGroupRules ?? [],
  nextToken,
);

/** The rules of a group, inbound and outbound. */
export const rules = derive({ described }, ({ described }) =>
  inOrder(described, ({ SecurityGroupRuleId }) => SecurityGroupRuleId ?? ''),
);

// A group of a default VPC may be given by its name: then only the answer holds its id.
const groupId = ids('requestParameters.groupId', 'responseElements.securityGroupRuleSet.items[].groupId');

export const securityGroups = detectors(
  resource('AWS::EC2::SecurityGroup', {
    service: 'ec2',
    arn: ({ partition, region, account, id }) => `arn:${partition}:ec2:${region}:${account}:security-group/${id}`,
    list: readPages(
      'ec2',
      'DescribeSecurityGroups',
      () => ({}),
      (out) => (out.SecurityGroups ?? []).flatMap(({ GroupId }) => GroupId ?? []),
      nextToken,
    ),
    gone: ['InvalidGroup.NotFound', 'InvalidGroupId.NotFound'],
    tags,
  }),
  {
    289: {
      title: 'Every security group rule says what it is for',
      criticality: 'LOW',
      on: {
        'ec2:CreateSecurityGroup': ids('responseElements.groupId'),
        'ec2:AuthorizeSecurityGroupIngress': groupId,
        'ec2:AuthorizeSecurityGroupEgress': groupId,
        'ec2:RevokeSecurityGroupIngress': groupId,
        'ec2:RevokeSecurityGroupEgress': groupId,
        'ec2:ModifySecurityGroupRules': ids(
          'requestParameters.ModifySecurityGroupRulesRequest.GroupId',
          'requestParameters.groupId',
        ),
        'ec2:UpdateSecurityGroupRuleDescriptionsIngress': ids(
          'requestParameters.UpdateSecurityGroupRuleDescriptionsIngressRequest.GroupId',
          'requestParameters.groupId',
        ),
        'ec2:UpdateSecurityGroupRuleDescriptionsEgress': ids(
          'requestParameters.UpdateSecurityGroupRuleDescriptionsEgressRequest.GroupId',
          'requestParameters.groupId',
        ),
      },
      reads: { rules },
      check: ({ rules }, { account }) => {
        if (rules.some(({ GroupOwnerId }) => GroupOwnerId !== undefined && GroupOwnerId !== account))
          return skip('the group belongs to another account');
        const silent = rules.filter(({ Description }) => !Description?.trim());
        if (silent.length === 0) return pass;
        return fail(`${silent.length} of ${rules.length} rules have no description`);
      },
      note: 'Rules are described in place. Revoking and authorising them again, as some tools do, drops connections.',
    },
  },
);
