import { named, networkAcls } from '../../detectors/ec2/network-acls.ts';
import { byHand, call, remediations, steps, until } from '../../src/control.ts';
import { whyLeftToStack } from './tags.ts';

export const networkAclRemediations = remediations(networkAcls, {
  386: steps(
    {
      mode: 'approve',
      impact:
        'none for traffic: no subnet uses it. Its rules and tags stay readable in this plan, but a network ACL made from them has another id. If it is meant for a subnet, deny this and associate it by hand, rules first',
      undo: 'none',
      reads: { named },
      note: 'AWS refuses to delete a network ACL that a subnet has come to use in the meantime.',
    },
    ({ step }) => [
      step(
        'delete',
        call('ec2', 'DeleteNetworkAcl', ({ id }) => ({ NetworkAclId: id }), {
          already: ['InvalidNetworkAclID.NotFound'],
        }),
        { repeat: 'once', until: until(named, (all) => all.length === 0) },
      ),
    ],
    ({ named }) => {
      const kept = whyLeftToStack(named[0]?.Tags);
      return kept === undefined ? { named: [] } : byHand(kept);
    },
  ),
});
