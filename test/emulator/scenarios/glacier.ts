import { CreateVaultCommand, GetVaultAccessPolicyCommand, SetVaultAccessPolicyCommand } from '@aws-sdk/client-glacier';
import { ACCOUNT, type Aws, REGION } from '../clients.ts';
import { event } from '../event.ts';
import { scenario } from '../scenario.ts';

const vaultName = 'archive';
const Resource = `arn:aws:glacier:${REGION}:${ACCOUNT}:vaults/${vaultName}`;
const statements = [
  { Sid: 'Keep', Effect: 'Deny', Principal: '*', Action: 'glacier:DeleteArchive', Resource },
  { Sid: 'All', Effect: 'Allow', Principal: '*', Action: 'glacier:GetJobOutput', Resource },
];

export const glacier = [
  scenario({
    control: 381,
    lacks: {
      operation: 'glacier:GetVaultAccessPolicy',
      // A web page, with status 404.
      refusal: 'SyntaxError',
      ask: async ({ glacier }) => {
        await glacier.send(new CreateVaultCommand({ accountId: '-', vaultName }));
        await glacier.send(new GetVaultAccessPolicyCommand({ accountId: '-', vaultName }));
      },
    },
    arrange: async ({ glacier }) => {
      await glacier.send(new CreateVaultCommand({ accountId: '-', vaultName }));
      const Policy = JSON.stringify({ Version: '2012-10-17', Statement: statements });
      await glacier.send(new SetVaultAccessPolicyCommand({ accountId: '-', vaultName, policy: { Policy } }));
      return { id: vaultName, event: event('glacier:SetVaultAccessPolicy', { accountId: '-', vaultName }) };
    },
    state: async ({ glacier }: Aws) => {
      const { policy } = await glacier.send(new GetVaultAccessPolicyCommand({ accountId: '-', vaultName }));
      return JSON.parse(policy?.Policy ?? '{}');
    },
    expected: (before) => ({
      ...before,
      Statement: [
        statements[0],
        { ...statements[1], Condition: { StringEquals: { 'aws:PrincipalAccount': ACCOUNT } } },
      ],
    }),
  }),
];
