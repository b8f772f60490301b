import { protectedLoadBalancers, webAcl } from '../detectors/wafv2.ts';
import { byHand, call, document, edit, remediations, required } from '../src/control.ts';

// A resource has one web ACL: associating another replaces the first.
const webAclDocument = document(webAcl, {
  write: call('wafv2', 'AssociateWebACL', ({ arn }, WebACLArn) => ({ ResourceArn: arn, WebACLArn })),
  remove: call('wafv2', 'DisassociateWebACL', ({ arn }) => ({ ResourceArn: arn })),
});

export const protectedLoadBalancerRemediations = remediations(protectedLoadBalancers, {
  403: edit(
    webAclDocument,
    {
      mode: 'approve',
      impact:
        'requests that a blocking rule matches get 403 at once: let new rules count for some days first. WAF bills by web ACL, rule and request',
      parameters: {
        webAclArn: required(
          'Web ACL to put in front: of AWS WAF, REGIONAL scope, in the region of the load balancer, with rules that were tried on its traffic.',
        ),
      },
      note: 'Redress makes no web ACL: an empty one would pass and protect nothing. One that is in place already is never replaced.',
    },
    (current, { partition, region, parameters: { webAclArn } }) => {
      if (current !== undefined) return byHand(`${current} stands in front of it already`);
      if (!webAclArn.startsWith(`arn:${partition}:wafv2:${region}:`) || !webAclArn.includes(':regional/webacl/'))
        return byHand(`webAclArn is ${webAclArn}, which is no regional web ACL of ${region}; set it to one`);
      return webAclArn;
    },
  ),
});
