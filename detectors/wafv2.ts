import { derive, detectors, fail, idsAs, pass, readEach, skip } from '../src/control.ts';
import { stage, stageChanges, stages } from './apigateway/stages.ts';
import { isInternetFacing, loadBalancer, loadBalancers, notFor, replacements } from './elbv2/load-balancers.ts';

// WAF refuses to be asked about anything else than an Application Load Balancer.
const associated = readEach(
  'wafv2',
  'GetWebACLForResource',
  ({ arn, loadBalancer }) => (loadBalancer.Type === 'application' ? [{ ResourceArn: arn }] : []),
  (out) => out.WebACL?.ARN,
  { needs: { loadBalancer } },
);

/** The web ACL in front of a load balancer, or nothing. */
export const webAcl = derive({ associated }, ({ associated: [arn] }) => arn);

/** The web ACL in front of a stage, or nothing. */
export const stageWebAcl = derive({ stage }, ({ stage }) => stage.webAclArn || undefined);

/** WAF protects other things too: only load balancers count here. */
const protectedBalancer = idsAs(
  (arn) => (arn.includes(':loadbalancer/app/') ? arn : ''),
  'requestParameters.resourceArn',
);

export const protectedLoadBalancers = detectors(loadBalancers, {
  403: {
    title: 'Internet-facing Application Load Balancer has a web ACL',
    criticality: 'HIGH',
    on: {
      ...replacements,
      'wafv2:AssociateWebACL': protectedBalancer,
      'wafv2:DisassociateWebACL': protectedBalancer,
      'waf-regional:DisassociateWebACL': protectedBalancer,
    },
    reads: { loadBalancer, webAcl },
    check: ({ loadBalancer, webAcl }) => {
      const other = notFor(loadBalancer, 'application');
      if (other !== undefined) return other;
      if (!isInternetFacing(loadBalancer)) return skip('the load balancer is internal');
      return webAcl === undefined ? fail('no web ACL stands in front of the load balancer') : pass;
    },
    note: 'Only AWS WAF of today counts: WAF Classic is at the end of its life. The command of the document makes a web ACL without rules, which passes and protects nothing.',
  },
});

const protectedStage = idsAs(
  (arn) => (/:\/restapis\/.+\/stages\//.test(arn) ? arn : ''),
  'requestParameters.resourceArn',
);

/** WAF Classic is past its end of life: what hangs on it is not protected by anything that is looked after. */
export const isClassicAcl = (arn: string): boolean => !/^arn:[^:]+:wafv2:/.test(arn);

export const protectedStages = detectors(stages, {
  426: {
    title: 'Stage of a REST API has a web ACL',
    criticality: 'HIGH',
    on: {
      ...stageChanges,
      'wafv2:AssociateWebACL': protectedStage,
      'wafv2:DisassociateWebACL': protectedStage,
      'waf-regional:AssociateWebACL': protectedStage,
      'waf-regional:DisassociateWebACL': protectedStage,
    },
    reads: { stageWebAcl },
    check: ({ stageWebAcl }) => {
      if (stageWebAcl === undefined) return fail('no web ACL stands in front of the stage');
      return isClassicAcl(stageWebAcl) ? fail(`the web ACL is one of WAF Classic (${stageWebAcl})`) : pass;
    },
    note: 'The title speaks of the API, but a web ACL is associated with a stage: each is judged. HTTP and WebSocket APIs cannot have one. A web ACL of WAF Classic does not count.',
  },
});
