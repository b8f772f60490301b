import { detectors, fail, ids, openStatements, parsePolicy, pass, read, readPages, resource } from '../src/control.ts';

const vault = read(
  'glacier',
  'DescribeVault',
  ({ id, account }) => ({ accountId: account, vaultName: id }),
  (out) => ({ name: out.VaultName }),
);

/** The policy that can be changed. The one of a vault lock is another, and cannot. */
export const vaultPolicy = read(
  'glacier',
  'GetVaultAccessPolicy',
  ({ id, account }) => ({ accountId: account, vaultName: id }),
  (out) => parsePolicy(out.policy?.Policy),
  // Also the answer for a vault that is not there: DescribeVault tells them apart.
  { absent: ['ResourceNotFoundException'] },
);

const vaultName = ids('requestParameters.vaultName');

export const vaults = detectors(
  resource('AWS::Glacier::Vault', {
    service: 'glacier',
    arn: ({ partition, region, account, id }) => `arn:${partition}:glacier:${region}:${account}:vaults/${id}`,
    list: readPages(
      'glacier',
      'ListVaults',
      ({ account }) => ({ accountId: account }),
      (out) => (out.VaultList ?? []).flatMap(({ VaultName }) => VaultName ?? []),
      ({ Marker }) => (Marker ? { marker: Marker } : undefined),
    ),
    gone: ['ResourceNotFoundException'],
    tags: read(
      'glacier',
      'ListTagsForVault',
      ({ id, account }) => ({ accountId: account, vaultName: id }),
      (out) => out.Tags ?? {},
    ),
  }),
  {
    381: {
      title: 'Glacier vault lets nobody in without naming them',
      criticality: 'HIGH',
      on: {
        'glacier:SetVaultAccessPolicy': vaultName,
        'glacier:DeleteVaultAccessPolicy': vaultName,
        'glacier:DeleteVault': vaultName,
      },
      reads: { vault, vaultPolicy },
      check: ({ vaultPolicy }) => {
        const open = openStatements(vaultPolicy);
        if (open.length === 0) return pass;
        return fail(
          `everyone is let in by the policy (statement ${open.map(({ Sid }) => Sid ?? 'without a Sid').join(', ')})`,
        );
      },
      note: 'The policy of the document would replace every statement, those that forbid deleting included. The policy of a vault lock is not judged: once it is locked, nobody can change it.',
    },
  },
);
