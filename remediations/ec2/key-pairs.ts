import { keyPairs, named } from '../../detectors/ec2/key-pairs.ts';
import { byHand, call, remediations, steps, until } from '../../src/control.ts';
import { whyLeftToStack } from './tags.ts';

export const keyPairRemediations = remediations(keyPairs, {
  437: steps(
    {
      mode: 'approve',
      impact:
        'none for what runs: whoever holds the private key still gets in where it is installed. Launches that name the key pair fail from now on; look for scripts, and for versions of launch templates that are neither default nor newest',
      undo: 'none',
      reads: { named },
      note: 'This plan keeps the public key: aws ec2 import-key-pair with it makes a key pair of the same name again, with another id.',
    },
    ({ step }) => [
      step(
        'delete',
        call('ec2', 'DeleteKeyPair', ({ id }) => ({ KeyName: id }), { already: ['InvalidKeyPair.NotFound'] }),
        { repeat: 'once', until: until(named, (found) => found.length === 0) },
      ),
    ],
    ({ named }) => {
      const kept = whyLeftToStack(named[0]?.Tags);
      return kept === undefined ? { named: [] } : byHand(kept);
    },
  ),
});
