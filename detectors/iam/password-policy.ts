import { accountSettings, detectors, fail, pass, place, read } from '../../src/control.ts';

/** The password policy as its put call takes it, or nothing where AWS's default is in force. */
export const passwordPolicy = read(
  'iam',
  'GetAccountPasswordPolicy',
  () => ({}),
  ({ PasswordPolicy }) => {
    if (PasswordPolicy === undefined) return undefined;
    // ExpirePasswords only mirrors MaxPasswordAge and is refused on write, as are zeros.
    const { ExpirePasswords: _, HardExpiry = false, MaxPasswordAge, PasswordReusePrevention, ...rest } = PasswordPolicy;
    return {
      ...rest,
      HardExpiry,
      ...(MaxPasswordAge ? { MaxPasswordAge } : {}),
      ...(PasswordReusePrevention ? { PasswordReusePrevention } : {}),
    };
  },
  { absent: ['NoSuchEntity'] },
);

const policyChanges = { 'iam:UpdateAccountPasswordPolicy': place, 'iam:DeleteAccountPasswordPolicy': place };
const noPolicy = fail('the account has no password policy of its own');

export const passwordPolicies = detectors(accountSettings('iam'), {
  6: {
    title: 'Account has a password policy of its own',
    criticality: 'HIGH',
    on: policyChanges,
    reads: { passwordPolicy },
    check: ({ passwordPolicy }) => (passwordPolicy === undefined ? noPolicy : pass),
    note: "The document's bare command creates a policy weaker than AWS's default; Redress writes a strong baseline.",
  },
  7: {
    title: 'Passwords need an uppercase letter',
    criticality: 'HIGH',
    on: policyChanges,
    reads: { passwordPolicy },
    check: ({ passwordPolicy }) => {
      if (passwordPolicy === undefined) return noPolicy;
      return passwordPolicy.RequireUppercaseCharacters === true ? pass : fail('uppercase letters are not required');
    },
    note: 'The call replaces the whole policy: all other settings are read first and sent along.',
  },
  8: {
    title: 'Passwords need a lowercase letter',
    criticality: 'HIGH',
    on: policyChanges,
    reads: { passwordPolicy },
    check: ({ passwordPolicy }) => {
      if (passwordPolicy === undefined) return noPolicy;
      return passwordPolicy.RequireLowercaseCharacters === true ? pass : fail('lowercase letters are not required');
    },
    note: 'The call replaces the whole policy: all other settings are read first and sent along.',
  },
  9: {
    title: 'Passwords need a symbol',
    criticality: 'HIGH',
    on: policyChanges,
    reads: { passwordPolicy },
    check: ({ passwordPolicy }) => {
      if (passwordPolicy === undefined) return noPolicy;
      return passwordPolicy.RequireSymbols === true ? pass : fail('symbols are not required');
    },
    note: 'The call replaces the whole policy: all other settings are read first and sent along.',
  },
  10: {
    title: 'Passwords need a digit',
    criticality: 'HIGH',
    on: policyChanges,
    reads: { passwordPolicy },
    check: ({ passwordPolicy }) => {
      if (passwordPolicy === undefined) return noPolicy;
      return passwordPolicy.RequireNumbers === true ? pass : fail('digits are not required');
    },
    note: 'The call replaces the whole policy: all other settings are read first and sent along.',
  },
  13: {
    title: 'Passwords expire after at most 90 days',
    criticality: 'HIGH',
    on: policyChanges,
    reads: { passwordPolicy },
    check: ({ passwordPolicy }) => {
      if (passwordPolicy === undefined) return noPolicy;
      const age = passwordPolicy.MaxPasswordAge;
      if (age === undefined) return fail('passwords never expire');
      return age <= 90 ? pass : fail(`passwords expire only after ${age} days`);
    },
    note: 'Unlike the character rules, expiry acts at once on every password that is already older.',
  },
});
