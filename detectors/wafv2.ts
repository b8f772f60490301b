import { derive, detectors, fail, idsAs, pass, readEach, skip } from '../src/control.ts';
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
