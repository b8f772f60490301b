import { expect, it } from 'vitest';
import { type Answers, awsError, judge } from '../controls.ts';

const policy = (...Statement: object[]): Answers => ({
  'glacier:DescribeVault': { VaultName: 'archive' },
  'glacier:GetVaultAccessPolicy': { policy: { Policy: JSON.stringify({ Statement }) } },
});
const none: Answers = { ...policy(), 'glacier:GetVaultAccessPolicy': awsError('ResourceNotFoundException') };
const allow = { Sid: 'All', Effect: 'Allow', Principal: '*', Action: 'glacier:*', Resource: 'arn:vault' };
const open = 'fail: everyone is let in by the policy (statement All)';
const role = 'arn:aws:iam::999988887777:role/r';

it.each<[string, Answers, string]>([
  ['no policy', none, 'pass'],
  ['everyone', policy(allow), open],
  ['everyone in a list', policy({ ...allow, Principal: { AWS: [role, '*'] } }), open],
  ['everyone but some', policy({ ...allow, Principal: undefined, NotPrincipal: { AWS: role } }), open],
  ['a role', policy({ ...allow, Principal: { AWS: role } }), 'pass'],
  ['an organisation', policy({ ...allow, Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } } }), 'pass'],
  ['everyone is denied something', policy({ ...allow, Effect: 'Deny' }), 'pass'],
  [
    'no vault',
    { ...none, 'glacier:DescribeVault': awsError('ResourceNotFoundException') },
    'skip: archive does not exist (any more)',
  ],
  [
    'denied',
    { ...none, 'glacier:GetVaultAccessPolicy': awsError('AccessDeniedException') },
    'unknown: glacier:GetVaultAccessPolicy was denied; allow glacier:GetVaultAccessPolicy',
  ],
])('381: %s', async (_, answers, expected) => {
  expect(await judge(381, 'archive', answers)).toBe(expected);
});
