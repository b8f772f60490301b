import { vaultPolicy, vaults } from '../detectors/glacier.ts';
import { call, document, edit, optional, orNoPolicy, remediations } from '../src/control.ts';
import { pinOpenStatements } from './chosen.ts';

const policyDocument = document(vaultPolicy, {
  write: call('glacier', 'SetVaultAccessPolicy', ({ id, account }, policy) => ({
    accountId: account,
    vaultName: id,
    policy: { Policy: JSON.stringify(policy) },
  })),
  remove: call('glacier', 'DeleteVaultAccessPolicy', ({ id, account }) => ({ accountId: account, vaultName: id })),
  settle: orNoPolicy,
});

export const vaultRemediations = remediations(vaults, {
  381: edit(
    policyDocument,
    {
      mode: 'approve',
      impact:
        'callers of other accounts that relied on "everyone" are refused at once; statements that name them, and those that forbid, stay',
      parameters: {
        callerAccountId: optional('Account that may go on using the vault; empty means the account of the vault.', ''),
      },
    },
    (current, { account, parameters }) => pinOpenStatements(current, parameters.callerAccountId || account),
  ),
});
