import { accountPublicAccess, type Flag, publicAccessBlock } from '../detectors/s3control.ts';
import { call, document, edit, remediations } from '../src/control.ts';

// The put call replaces all four flags: one that is left out is switched off.
const publicAccessBlockDocument = document(publicAccessBlock, {
  write: call('s3control', 'PutPublicAccessBlock', ({ account }, flags) => ({
    AccountId: account,
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: flags.BlockPublicAcls ?? false,
      IgnorePublicAcls: flags.IgnorePublicAcls ?? false,
      BlockPublicPolicy: flags.BlockPublicPolicy ?? false,
      RestrictPublicBuckets: flags.RestrictPublicBuckets ?? false,
    },
  })),
  remove: call('s3control', 'DeletePublicAccessBlock', ({ account }) => ({ AccountId: account })),
});

const allOff = {
  BlockPublicAcls: false,
  IgnorePublicAcls: false,
  BlockPublicPolicy: false,
  RestrictPublicBuckets: false,
};

const turnOn = (flag: Flag, mode: 'auto' | 'approve', impact: string) =>
  edit(publicAccessBlockDocument, { mode, impact }, (current) => ({ ...(current ?? allOff), [flag]: true }));

export const accountPublicAccessRemediations = remediations(accountPublicAccess, {
  63: turnOn(
    'BlockPublicPolicy',
    'auto',
    'none for current access; attempts to make a bucket policy public are refused',
  ),
  64: turnOn(
    'RestrictPublicBuckets',
    'approve',
    'public sites, downloads and cross-account readers of buckets with a public policy stop at once',
  ),
  65: turnOn('BlockPublicAcls', 'approve', 'current access stays; uploads that ask for a public ACL are refused'),
  66: turnOn(
    'IgnorePublicAcls',
    'approve',
    'anonymous readers who rely on public object or bucket ACLs are cut off at once',
  ),
});
