import { accountSettings, detector, detectors, fail, pass, place, read } from '../src/control.ts';

const account = accountSettings('s3control');

/** The four flags of the account, or nothing where the account never set any. */
export const publicAccessBlock = read(
  's3control',
  'GetPublicAccessBlock',
  ({ account }) => ({ AccountId: account }),
  (out) => out.PublicAccessBlockConfiguration,
  { absent: ['NoSuchPublicAccessBlockConfiguration'] },
);

export type Flag = 'BlockPublicAcls' | 'IgnorePublicAcls' | 'BlockPublicPolicy' | 'RestrictPublicBuckets';

const on = { 's3:PutAccountPublicAccessBlock': place, 's3:DeleteAccountPublicAccessBlock': place };

const flagIsOn = (flag: Flag, title: string) =>
  detector({
    title,
    criticality: 'HIGH',
    on,
    reads: { publicAccessBlock },
    check: ({ publicAccessBlock }) => {
      if (publicAccessBlock === undefined) return fail('the account blocks no public access at all');
      return publicAccessBlock[flag] === true ? pass : fail(`${flag} is off for the account`);
    },
  });

export const accountPublicAccess = detectors(account, {
  63: flagIsOn('BlockPublicPolicy', 'Account refuses new public bucket policies'),
  64: {
    ...flagIsOn('RestrictPublicBuckets', 'Account restricts buckets whose policy is public'),
    note: "The document's rationale for this control describes another flag; title, evaluation and command agree on RestrictPublicBuckets.",
  },
  65: flagIsOn('BlockPublicAcls', 'Account refuses new public ACLs'),
  66: {
    ...flagIsOn('IgnorePublicAcls', 'Account ignores public ACLs'),
    note: 'Nothing is removed, whatever the old console label said: the ACLs stay and count again once the flag is off.',
  },
});
