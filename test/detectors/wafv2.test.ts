import { describe, expect, it } from 'vitest';
import { createRouter } from '../../src/intake/route.ts';
import { ACCOUNT, type Answer, awsError, catalogue, judge } from '../controls.ts';

const LB = `arn:aws:elasticloadbalancing:eu-west-1:${ACCOUNT}:loadbalancer/app/web/1`;
const balancer = (more: object) => ({
  LoadBalancers: [{ LoadBalancerArn: LB, Type: 'application', Scheme: 'internet-facing', ...more }],
});
const WebACL = { ARN: `arn:aws:wafv2:eu-west-1:${ACCOUNT}:regional/webacl/shop/1`, Name: 'shop' };

describe('403: a web ACL', () => {
  it.each<[string, object, Answer, string]>([
    ['associated', {}, { WebACL }, 'pass'],
    ['without rules', {}, { WebACL: { ...WebACL, Rules: [] } }, 'pass'],
    ['none', {}, {}, 'fail: no web ACL stands in front of the load balancer'],
    ['no scheme is public', { Scheme: undefined }, {}, 'fail: no web ACL stands in front of the load balancer'],
    ['internal', { Scheme: 'internal' }, {}, 'skip: the load balancer is internal'],
    [
      'another type',
      { Type: 'network' },
      awsError('WAFInvalidParameterException'),
      'skip: this is a network load balancer',
    ],
    ['not set up', { State: { Code: 'failed' } }, {}, 'skip: the load balancer could not be set up'],
    ['gone for WAF', {}, awsError('WAFNonexistentItemException'), `skip: ${LB} does not exist (any more)`],
    [
      'denied',
      {},
      awsError('AccessDeniedException', 'User: x is not authorized to perform: wafv2:GetWebACL on resource: y'),
      'unknown: wafv2:GetWebACLForResource was denied; allow wafv2:GetWebACL',
    ],
  ])('%s', async (_, more, answer, expected) => {
    const answers = { 'elbv2:DescribeLoadBalancers': balancer(more), 'wafv2:GetWebACLForResource': answer };
    expect(await judge(403, LB, answers)).toBe(expected);
  });

  it.each([
    ['wafv2', LB, [LB]],
    ['waf-regional', LB, [LB]],
    ['wafv2', `arn:aws:cognito-idp:eu-west-1:${ACCOUNT}:userpool/p`, []],
  ])('hears of what %s takes away from %s', (source, resourceArn, expected) => {
    const { subjects } = createRouter(catalogue).route({
      ...{ eventID: '1', eventSource: `${source}.amazonaws.com`, eventName: 'DisassociateWebACL', eventTime: '' },
      ...{ awsRegion: 'eu-west-1', account: ACCOUNT, requestID: undefined, userIdentity: {}, userAgent: undefined },
      ...{ requestParameters: { resourceArn }, responseElements: null },
    });
    const balancers = subjects.filter(({ controls }) => controls.includes(403));
    expect(balancers.map(({ target }) => (target.kind === 'id' ? target.id : target.from))).toEqual(expected);
  });
});

const STAGE = 'arn:aws:apigateway:eu-west-1::/restapis/a1b2/stages/prod';

describe('426: a web ACL in front of a stage', () => {
  it.each<[string, Answer, string]>([
    ['associated', { webAclArn: WebACL.ARN }, 'pass'],
    ['none', {}, 'fail: no web ACL stands in front of the stage'],
    ['an empty one', { webAclArn: '' }, 'fail: no web ACL stands in front of the stage'],
    [
      'of WAF Classic',
      { webAclArn: `arn:aws:waf-regional:eu-west-1:${ACCOUNT}:webacl/1` },
      `fail: the web ACL is one of WAF Classic (arn:aws:waf-regional:eu-west-1:${ACCOUNT}:webacl/1)`,
    ],
    ['gone', awsError('NotFoundException'), `skip: ${STAGE} does not exist (any more)`],
    ['denied', awsError('AccessDeniedException'), 'unknown: apigateway:GetStage was denied; allow apigateway:GET'],
  ])('%s', async (_, answer, expected) => {
    expect(await judge(426, STAGE, { 'apigateway:GetStage': answer })).toBe(expected);
  });

  it.each([
    ['a stage', 'wafv2', 'DisassociateWebACL', { resourceArn: STAGE }, [STAGE]],
    ['a load balancer', 'wafv2', 'DisassociateWebACL', { resourceArn: LB }, []],
    ['a new stage', 'apigateway', 'CreateStage', { restApiId: 'a1b2' }, ['a1b2']],
    ['a stage of an HTTP API', 'apigateway', 'CreateStage', { apiId: 'h1' }, []],
  ])('hears of %s', (_, source, eventName, requestParameters, expected) => {
    const { subjects } = createRouter(catalogue).route({
      ...{ eventID: '1', eventSource: `${source}.amazonaws.com`, eventName, eventTime: '' },
      ...{ awsRegion: 'eu-west-1', account: ACCOUNT, requestID: undefined, userIdentity: {}, userAgent: undefined },
      ...{ requestParameters, responseElements: null },
    });
    const stages = subjects.filter(({ controls }) => controls.includes(426));
    expect(stages.map(({ target }) => (target.kind === 'id' ? target.id : target.from))).toEqual(expected);
  });
});
