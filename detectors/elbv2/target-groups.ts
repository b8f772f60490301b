import { detectors, fail, ids, only, pass, read, readPages, resource, skip } from '../../src/control.ts';
import { nextPage } from './pages.ts';
import { tags } from './tags.ts';

export const targetGroup = read(
  'elbv2',
  'DescribeTargetGroups',
  ({ id }) => ({ TargetGroupArns: [id] }),
  (out) => only(out.TargetGroups),
);

/** The load balancers that send to a target group. */
export const users = readPages(
  'elbv2',
  'DescribeLoadBalancers',
  ({ targetGroup }) => {
    const arns = targetGroup.LoadBalancerArns ?? [];
    return arns.length === 0 ? [] : [{ LoadBalancerArns: arns }];
  },
  (out) => out.LoadBalancers ?? [],
  nextPage,
  { needs: { targetGroup } },
);

const inDefaultActions = ids(
  'requestParameters.defaultActions[].targetGroupArn',
  'requestParameters.defaultActions[].forwardConfig.targetGroups[].targetGroupArn',
);
const inRuleActions = ids(
  'requestParameters.actions[].targetGroupArn',
  'requestParameters.actions[].forwardConfig.targetGroups[].targetGroupArn',
);

export const targetGroupDetectors = detectors(
  resource('AWS::ElasticLoadBalancingV2::TargetGroup', {
    service: 'elbv2',
    arn: ({ id }) => id,
    list: readPages(
      'elbv2',
      'DescribeTargetGroups',
      () => ({}),
      (out) => (out.TargetGroups ?? []).flatMap(({ TargetGroupArn }) => TargetGroupArn ?? []),
      nextPage,
    ),
    gone: ['TargetGroupNotFound'],
    tags,
  }),
  {
    187: {
      title: 'Application Load Balancer reaches its targets by HTTPS on port 443',
      criticality: 'MEDIUM',
      on: {
        'elasticloadbalancing:CreateTargetGroup': ids('responseElements.targetGroups[].targetGroupArn'),
        'elasticloadbalancing:DeleteTargetGroup': ids('requestParameters.targetGroupArn'),
        'elasticloadbalancing:CreateListener': inDefaultActions,
        'elasticloadbalancing:ModifyListener': inDefaultActions,
        'elasticloadbalancing:CreateRule': inRuleActions,
        'elasticloadbalancing:ModifyRule': inRuleActions,
      },
      reads: { targetGroup, users },
      check: ({ targetGroup, users }) => {
        const { Protocol, Port, TargetType } = targetGroup;
        if (TargetType === 'lambda') return skip('a Lambda function has neither protocol nor port');
        if (Protocol !== 'HTTP' && Protocol !== 'HTTPS') return skip(`${Protocol} belongs to another type of balancer`);
        if (!users.some(({ Type }) => Type === 'application')) return skip('no Application Load Balancer sends to it');
        if (Protocol === 'HTTP') return fail(`targets are reached by HTTP on port ${Port}`);
        return Port === 443 ? pass : fail(`targets are reached by HTTPS, but on port ${Port} instead of 443`);
      },
      note: 'The title speaks of listeners, the evaluation of target groups: those are judged. HTTPS on another port is encrypted but fails by the text. Targets may be registered with ports of their own, which a target group does not show.',
    },
  },
);
