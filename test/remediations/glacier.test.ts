import { expect, it } from 'vitest';
import { ACCOUNT, type Answers, callsOf, judge, planFor } from '../controls.ts';

const document = (Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const state = (...Statement: object[]): Answers => ({
  'glacier:DescribeVault': { VaultName: 'archive' },
  'glacier:GetVaultAccessPolicy': { policy: { Policy: document(Statement) } },
});
const put = (...Statement: object[]) => [
  'glacier:SetVaultAccessPolicy',
  { accountId: ACCOUNT, vaultName: 'archive', policy: { Policy: document(Statement) } },
];
const open = { Sid: 'All', Effect: 'Allow', Principal: '*', Action: 'glacier:GetJobOutput', Resource: 'arn:vault' };
const worm = { Sid: 'Keep', Effect: 'Deny', Principal: '*', Action: 'glacier:DeleteArchive', Resource: 'arn:vault' };
const pinned = (account: string) => ({ ...open, Condition: { StringEquals: { 'aws:PrincipalAccount': account } } });

it('381: pins everyone to the account, and keeps what is forbidden', async () => {
  const plan = await planFor(381, 'archive', state(worm, open));
  expect(callsOf(plan)).toEqual({ steps: [put(worm, pinned(ACCOUNT))], undo: [put(worm, open)] });
  expect(plan).toMatchObject({ mode: 'approve', undo: { class: 'exact' } });
  const after = { ...state(), 'glacier:GetVaultAccessPolicy': { policy: { Policy: JSON.stringify(plan.after) } } };
  expect(await judge(381, 'archive', after)).toBe('pass');
});

it('381: pins everyone to the account that the operator chose', async () => {
  const parameters = { callerAccountId: '999988887777' };
  const plan = await planFor(381, 'archive', state(open), { parameters });
  expect(callsOf(plan).steps).toEqual([put(pinned('999988887777'))]);
});

it('381: takes no account that is none', async () => {
  const plan = await planFor(381, 'archive', state(open), { parameters: { callerAccountId: 'partner' } });
  expect(plan).toMatchObject({ kind: 'guide', steps: [] });
});
