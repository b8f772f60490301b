import { addresses, named } from '../../detectors/ec2/addresses.ts';
import { byHand, call, remediations, steps, until } from '../../src/control.ts';
import { ownTags, whyLeftToStack } from './tags.ts';

/** The group of zones has to be named where it is not the region itself. */
const borderGroup = (group: string | undefined, region: string) =>
  group && group !== region ? { NetworkBorderGroup: group } : {};

export const addressRemediations = remediations(addresses, {
  398: steps(
    {
      mode: 'approve',
      impact:
        'none for traffic, but the number is given away: look first for DNS records and allow lists of partners that name it, because its next owner takes over what points to it. If it is kept for something, deny this and attach it',
      undo: 'best-effort',
      reads: { named },
      note: 'Undoing asks for the same number, which works only while nobody else got it; reverse DNS is not brought back. To attach it to just any instance would replace the address of that one.',
    },
    ({ step }) => [
      step(
        'release',
        call(
          'ec2',
          'ReleaseAddress',
          ({ id, region, named }) => ({
            AllocationId: id,
            ...borderGroup(named[0]?.NetworkBorderGroup, region),
          }),
          { already: ['InvalidAllocationID.NotFound'] },
        ),
        {
          repeat: 'once',
          until: until(named, (all) => all.length === 0),
          undo: call('ec2', 'AllocateAddress', ({ region, named: [address] }) => {
            const tags = ownTags(address?.Tags);
            return {
              Domain: 'vpc' as const,
              Address: address?.PublicIp,
              ...borderGroup(address?.NetworkBorderGroup, region),
              ...(tags.length > 0 ? { TagSpecifications: [{ ResourceType: 'elastic-ip' as const, Tags: tags }] } : {}),
            };
          }),
        },
      ),
    ],
    ({ named }) => {
      const kept = whyLeftToStack(named[0]?.Tags);
      return kept === undefined ? { named: [] } : byHand(kept);
    },
  ),
});
