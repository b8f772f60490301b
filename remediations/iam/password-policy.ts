import { passwordPolicies, passwordPolicy } from '../../detectors/iam/password-policy.ts';
import { byHand, call, document, edit, optional, remediations } from '../../src/control.ts';

const passwordPolicyDocument = document(passwordPolicy, {
  write: call('iam', 'UpdateAccountPasswordPolicy', (_, policy) => policy),
  remove: call('iam', 'DeleteAccountPasswordPolicy', () => ({})),
});

// Where there is no policy, a call with one flag alone would make a weaker one than AWS's default.
const baseline = {
  MinimumPasswordLength: 14,
  RequireSymbols: true,
  RequireNumbers: true,
  RequireUppercaseCharacters: true,
  RequireLowercaseCharacters: true,
  AllowUsersToChangePassword: true,
  PasswordReusePrevention: 24,
  HardExpiry: false,
};

const noSurprise = 'none: passwords in use stay valid; the rule bites when one is next changed';

export const passwordPolicyRemediations = remediations(passwordPolicies, {
  6: edit(passwordPolicyDocument, { mode: 'auto', impact: noSurprise }, (current) => current ?? baseline),
  7: edit(passwordPolicyDocument, { mode: 'auto', impact: noSurprise }, (current) => ({
    ...(current ?? baseline),
    RequireUppercaseCharacters: true,
  })),
  8: edit(passwordPolicyDocument, { mode: 'auto', impact: noSurprise }, (current) => ({
    ...(current ?? baseline),
    RequireLowercaseCharacters: true,
  })),
  9: edit(passwordPolicyDocument, { mode: 'auto', impact: noSurprise }, (current) => ({
    ...(current ?? baseline),
    RequireSymbols: true,
  })),
  10: edit(passwordPolicyDocument, { mode: 'auto', impact: noSurprise }, (current) => ({
    ...(current ?? baseline),
    RequireNumbers: true,
  })),
  13: edit(
    passwordPolicyDocument,
    {
      mode: 'approve',
      impact:
        'users whose password is older must change it at their next sign-in; where HardExpiry is on they are locked out until an administrator resets it',
      undo: 'best-effort',
      parameters: { maxPasswordAgeDays: optional('Days until a password expires, 90 at most.', '90') },
    },
    (current, { parameters }) => {
      const days = Number(parameters.maxPasswordAgeDays);
      if (!Number.isInteger(days) || days < 1 || days > 90)
        return byHand(`maxPasswordAgeDays is "${parameters.maxPasswordAgeDays}"; set it to a number from 1 to 90`);
      return { ...(current ?? baseline), MaxPasswordAge: Math.min(days, current?.MaxPasswordAge ?? days) };
    },
  ),
});
