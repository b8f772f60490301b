import {
  DeleteAccountPasswordPolicyCommand,
  GetAccountPasswordPolicyCommand,
  type PasswordPolicy,
  UpdateAccountPasswordPolicyCommand,
  type UpdateAccountPasswordPolicyCommandInput,
} from '@aws-sdk/client-iam';
import { ACCOUNT, type Aws } from '../clients.ts';
import { event } from '../event.ts';
import { scenario } from '../scenario.ts';

/** A good policy in which nothing has its default value: whatever a write leaves out is lost. */
const GOOD = {
  MinimumPasswordLength: 17,
  RequireSymbols: true,
  RequireNumbers: true,
  RequireUppercaseCharacters: true,
  RequireLowercaseCharacters: true,
  AllowUsersToChangePassword: true,
  MaxPasswordAge: 60,
  PasswordReusePrevention: 24,
  HardExpiry: false,
} satisfies UpdateAccountPasswordPolicyCommandInput;

async function policyState({ iam }: Aws): Promise<PasswordPolicy | null> {
  try {
    const { PasswordPolicy } = await iam.send(new GetAccountPasswordPolicyCommand({}));
    return PasswordPolicy ?? null;
  } catch (error) {
    if (error instanceof Error && error.name === 'NoSuchEntityException') return null;
    throw error;
  }
}

async function setPolicy({ iam }: Aws, settings: UpdateAccountPasswordPolicyCommandInput) {
  await iam.send(new UpdateAccountPasswordPolicyCommand(settings));
  const parameters = Object.entries(settings).map(([name, value]) => [name[0]?.toLowerCase() + name.slice(1), value]);
  return { id: ACCOUNT, event: event('iam:UpdateAccountPasswordPolicy', Object.fromEntries(parameters)) };
}

const deleted = async ({ iam }: Aws) => {
  await iam.send(new UpdateAccountPasswordPolicyCommand(GOOD));
  await iam.send(new DeleteAccountPasswordPolicyCommand({}));
  return { id: ACCOUNT, event: event('iam:DeleteAccountPasswordPolicy', null) };
};

/** How strong a policy is: which values make a baseline is a choice, how strong it must be is not. */
function strength(policy: PasswordPolicy | null) {
  if (policy === null) return null;
  const { MinimumPasswordLength: length = 0, MaxPasswordAge: age = 0 } = policy;
  const classes = [
    policy.RequireUppercaseCharacters,
    policy.RequireLowercaseCharacters,
    policy.RequireNumbers,
    policy.RequireSymbols,
  ];
  return {
    length: length >= 14 ? 'at least 14' : `${length}`,
    classes: classes.filter((required) => required === true).length,
    expiry: age >= 1 && age <= 90 ? 'within 90 days' : `${age}`,
    usersMayChangeTheirs: policy.AllowUsersToChangePassword ?? false,
    hardExpiry: policy.HardExpiry ?? false,
  };
}

const { MaxPasswordAge: _, ...WITHOUT_EXPIRY } = GOOD;

export const passwordPolicy = [
  scenario({
    control: 6,
    also: [7, 8, 9, 10, 13],
    arrange: deleted,
    state: async (aws) => strength(await policyState(aws)),
    expected: () => ({
      length: 'at least 14',
      classes: 4,
      expiry: 'within 90 days',
      usersMayChangeTheirs: true,
      hardExpiry: false,
    }),
  }),
  scenario({
    control: 7,
    arrange: (aws) => setPolicy(aws, { ...GOOD, RequireUppercaseCharacters: false }),
    state: policyState,
    expected: (before) => ({ ...before, RequireUppercaseCharacters: true }),
  }),
  scenario({
    control: 8,
    arrange: (aws) => setPolicy(aws, { ...GOOD, RequireLowercaseCharacters: false }),
    state: policyState,
    expected: (before) => ({ ...before, RequireLowercaseCharacters: true }),
  }),
  scenario({
    control: 9,
    arrange: (aws) => setPolicy(aws, { ...GOOD, RequireSymbols: false }),
    state: policyState,
    expected: (before) => ({ ...before, RequireSymbols: true }),
  }),
  scenario({
    control: 10,
    arrange: (aws) => setPolicy(aws, { ...GOOD, RequireNumbers: false }),
    state: policyState,
    expected: (before) => ({ ...before, RequireNumbers: true }),
  }),
  scenario({
    control: 7,
    variant: 'together with 8',
    also: [8],
    arrange: (aws) => setPolicy(aws, { ...GOOD, RequireUppercaseCharacters: false, RequireLowercaseCharacters: false }),
    state: policyState,
    expected: (before) => ({ ...before, RequireUppercaseCharacters: true, RequireLowercaseCharacters: true }),
  }),
  scenario({
    control: 7,
    variant: 'alone, though 8 fails too',
    leaves: [8],
    arrange: (aws) => setPolicy(aws, { ...GOOD, RequireUppercaseCharacters: false, RequireLowercaseCharacters: false }),
    state: policyState,
    expected: (before) => ({ ...before, RequireUppercaseCharacters: true }),
  }),
  scenario({
    control: 13,
    variant: 'passwords never expire',
    arrange: (aws) => setPolicy(aws, WITHOUT_EXPIRY),
    state: policyState,
    expected: (before) => ({ ...before, ExpirePasswords: true, MaxPasswordAge: 90 }),
  }),
  scenario({
    control: 13,
    variant: 'they expire after a year',
    arrange: (aws) => setPolicy(aws, { ...GOOD, MaxPasswordAge: 365 }),
    state: policyState,
    expected: (before) => ({ ...before, MaxPasswordAge: 90 }),
  }),
];
