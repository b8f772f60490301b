import { isClassicAcl, protectedLoadBalancers, protectedStages, stageWebAcl, webAcl } from '../detectors/wafv2.ts';
import { type At, byHand, call, document, edit, type Read, remediations, required } from '../src/control.ts';

// A resource has one web ACL: associating another replaces the first.
const associationOf = (read: Read<string | undefined>) =>
  document(read, {
    write: call('wafv2', 'AssociateWebACL', ({ arn }, WebACLArn) => ({ ResourceArn: arn, WebACLArn })),
    remove: call('wafv2', 'DisassociateWebACL', ({ arn }) => ({ ResourceArn: arn })),
  });

const meta = {
  mode: 'approve' as const,
  impact:
    'requests that a blocking rule matches get 403 at once: let new rules count for some days first. WAF bills by web ACL, rule and request',
  note: 'Redress makes no web ACL: an empty one would pass and protect nothing. One that is in place already is never replaced.',
};

const regionalAcl = (what: string) =>
  required(
    `Web ACL to put in front: of AWS WAF, REGIONAL scope, in the region of the ${what}, with rules that were tried on its traffic.`,
  );

/** The chosen web ACL, unless it cannot stand in front of a resource of this region. */
function chosenAcl(webAclArn: string, { partition, region }: Pick<At, 'partition' | 'region'>) {
  const fits = webAclArn.startsWith(`arn:${partition}:wafv2:${region}:`) && webAclArn.includes(':regional/webacl/');
  return fits
    ? webAclArn
    : byHand(`webAclArn is ${webAclArn}, which is no regional web ACL of ${region}; set it to one`);
}

export const protectedLoadBalancerRemediations = remediations(protectedLoadBalancers, {
  403: edit(
    associationOf(webAcl),
    { ...meta, parameters: { webAclArn: regionalAcl('load balancer') } },
    (current, { parameters, ...at }) =>
      current === undefined ? chosenAcl(parameters.webAclArn, at) : byHand(`${current} stands in front of it already`),
  ),
});

export const protectedStageRemediations = remediations(protectedStages, {
  426: edit(
    associationOf(stageWebAcl),
    { ...meta, parameters: { webAclArn: regionalAcl('stage') } },
    (current, { parameters, ...at }) => {
      if (current === undefined) return chosenAcl(parameters.webAclArn, at);
      return byHand(
        isClassicAcl(current)
          ? `${current} of WAF Classic stands in front of it; rebuild its rules in AWS WAF, try them, and associate that web ACL in its place`
          : `${current} stands in front of it already`,
      );
    },
  ),
});
