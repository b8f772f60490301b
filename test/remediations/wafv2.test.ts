import { describe, expect, it } from 'vitest';
import { ACCOUNT, callsOf, planFor } from '../controls.ts';

const LB = `arn:aws:elasticloadbalancing:eu-west-1:${ACCOUNT}:loadbalancer/app/web/1`;
const acl = (place: string) => `arn:aws:wafv2:${place}/webacl/shop/1`;
const HERE = acl(`eu-west-1:${ACCOUNT}:regional`);
const answers = (WebACL?: object) => ({
  'elbv2:DescribeLoadBalancers': { LoadBalancers: [{ LoadBalancerArn: LB, Type: 'application' }] },
  'wafv2:GetWebACLForResource': { WebACL },
});

describe('403', () => {
  it('associates the chosen web ACL, and takes it away again', async () => {
    const plan = await planFor(403, LB, answers(), { parameters: { webAclArn: HERE } });
    expect(callsOf(plan)).toEqual({
      steps: [['wafv2:AssociateWebACL', { ResourceArn: LB, WebACLArn: HERE }]],
      undo: [['wafv2:DisassociateWebACL', { ResourceArn: LB }]],
    });
    expect(plan).toMatchObject({ mode: 'approve', undo: { class: 'exact' } });
    expect(plan.permissions).toContain('elasticloadbalancing:SetWebACL');
  });

  it.each([
    ['of another region', acl(`us-east-1:${ACCOUNT}:regional`), undefined, 'no regional web ACL of eu-west-1'],
    ['of CloudFront', acl(`eu-west-1:${ACCOUNT}:global`), undefined, 'no regional web ACL of eu-west-1'],
    ['in place of another', HERE, { ARN: acl('other') }, 'stands in front of it already'],
  ])('associates none %s', async (_, webAclArn, current, because) => {
    const plan = await planFor(403, LB, answers(current), { parameters: { webAclArn } });
    expect(plan).toMatchObject({ kind: 'guide', mode: 'guided', steps: [] });
    expect(plan.guide[0]?.text).toContain(because);
  });

  it('asks which one', async () => {
    expect(await planFor(403, LB, answers())).toMatchObject({ missing: ['webAclArn'], steps: [] });
  });
});

describe('426', () => {
  const STAGE = 'arn:aws:apigateway:eu-west-1::/restapis/a1b2/stages/prod';
  const stage = (webAclArn?: string) => ({ 'apigateway:GetStage': { stageName: 'prod', webAclArn } });

  it('associates the chosen web ACL, and takes it away again', async () => {
    const plan = await planFor(426, STAGE, stage(), { parameters: { webAclArn: HERE } });
    expect(callsOf(plan)).toEqual({
      steps: [['wafv2:AssociateWebACL', { ResourceArn: STAGE, WebACLArn: HERE }]],
      undo: [['wafv2:DisassociateWebACL', { ResourceArn: STAGE }]],
    });
    expect(plan.permissions).toContain('apigateway:SetWebACL');
  });

  it.each([
    ['of CloudFront', acl(`us-east-1:${ACCOUNT}:global`), undefined, 'no regional web ACL of eu-west-1'],
    ['in place of one of WAF Classic', HERE, 'arn:aws:waf-regional:eu-west-1:1:webacl/1', 'rebuild its rules'],
  ])('associates none %s', async (_, webAclArn, current, because) => {
    const plan = await planFor(426, STAGE, stage(current), { parameters: { webAclArn } });
    expect(plan).toMatchObject({ kind: 'guide', mode: 'guided', steps: [] });
    expect(plan.guide[0]?.text).toContain(because);
  });
});
