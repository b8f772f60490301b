import { forwardedTo } from '../../detectors/elbv2/listeners.ts';
import { nextPage } from '../../detectors/elbv2/pages.ts';
import { targetGroup, targetGroupDetectors, users } from '../../detectors/elbv2/target-groups.ts';
import { concrete, guide, read, readPages, remediations } from '../../src/control.ts';
import { placeholderFor, twinLines, withGroups } from './copies.ts';

const targets = read(
  'elbv2',
  'DescribeTargetHealth',
  ({ id }) => ({ TargetGroupArn: id }),
  (out) => (out.TargetHealthDescriptions ?? []).flatMap(({ Target }) => Target ?? []),
);

const attributes = read(
  'elbv2',
  'DescribeTargetGroupAttributes',
  ({ id }) => ({ TargetGroupArn: id }),
  (out) => out.Attributes ?? [],
);

const listeners = readPages(
  'elbv2',
  'DescribeListeners',
  ({ users }) => users.map(({ LoadBalancerArn }) => ({ LoadBalancerArn })),
  (out) => out.Listeners ?? [],
  nextPage,
  { needs: { users } },
);

const rules = readPages(
  'elbv2',
  'DescribeRules',
  ({ listeners }) => listeners.map(({ ListenerArn }) => ({ ListenerArn })),
  (out) => out.Rules ?? [],
  nextPage,
  { needs: { listeners } },
);

export const targetGroupRemediations = remediations(targetGroupDetectors, {
  187: guide(
    {
      impact: 'if the targets do not speak TLS on port 443 they count as unhealthy, and clients get errors 502 and 503',
      reads: { targetGroup, users, targets, attributes, listeners, rules },
      note: 'Protocol and port of a target group are fixed: a second group takes its place. The document makes one and leaves it unused.',
    },
    ({ id, targetGroup, users, targets, attributes, listeners, rules }) => {
      const rename = (arn: string) => (arn === id ? placeholderFor(id) : arn);
      const names = users.map(({ LoadBalancerName }) => LoadBalancerName).join(', ');
      const sending = listeners.filter((one) => forwardedTo(one.DefaultActions).includes(id));
      const ruled = rules.filter(({ IsDefault, Actions }) => !IsDefault && forwardedTo(Actions).includes(id));
      return [
        {
          text: `First let every target speak TLS on port 443 (any certificate will do, it is not checked), and let its security group admit the port from ${names}.`,
        },
        ...twinLines(targetGroup, attributes, targets, 'HTTPS'),
        {
          text: 'Let Auto Scaling groups and ECS services register in both groups for now: what starts later must be in the new one.',
        },
        ...sending.map((one) => ({
          text: `When all targets are healthy, send the default traffic of ${one.Protocol} on port ${one.Port} there. Nothing else of its actions changes.`,
          call: concrete('elbv2', 'ModifyListener', {
            ListenerArn: one.ListenerArn,
            DefaultActions: withGroups(one.DefaultActions, rename),
          }),
        })),
        ...ruled.map(({ RuleArn, Priority, Actions }) => ({
          text: `Likewise in rule ${Priority}.`,
          call: concrete('elbv2', 'ModifyRule', { RuleArn, Actions: withGroups(Actions, rename) }),
        })),
        { text: `To go back, put ${id} into the same places again.` },
        {
          text: 'When connections have drained and nothing registers there any more, delete the old group.',
          call: concrete('elbv2', 'DeleteTargetGroup', { TargetGroupArn: id }),
        },
      ];
    },
  ),
});
