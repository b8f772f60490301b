import { describe, expect, it } from 'vitest';
import { type Answer, awsError, judge } from '../controls.ts';

const flags = { 63: 'BlockPublicPolicy', 64: 'RestrictPublicBuckets', 65: 'BlockPublicAcls', 66: 'IgnorePublicAcls' };
const all = Object.fromEntries(Object.values(flags).map((flag) => [flag, true]));

describe.each(Object.entries(flags))('%s: %s of the account', (number, flag) => {
  const off = `fail: ${flag} is off for the account`;
  it.each<[string, Answer, string]>([
    ['all on', { PublicAccessBlockConfiguration: all }, 'pass'],
    ['only this one on', { PublicAccessBlockConfiguration: { [flag]: true } }, 'pass'],
    ['only this one off', { PublicAccessBlockConfiguration: { ...all, [flag]: false } }, off],
    ['only this one left out', { PublicAccessBlockConfiguration: { ...all, [flag]: undefined } }, off],
    ['never set', awsError('NoSuchPublicAccessBlockConfiguration'), 'fail: the account blocks no public access at all'],
    [
      'denied',
      awsError('AccessDenied'),
      'unknown: s3control:GetPublicAccessBlock was denied; allow s3:GetAccountPublicAccessBlock',
    ],
  ])('%s', async (_, answer, expected) => {
    expect(await judge(Number(number), undefined, { 's3control:GetPublicAccessBlock': answer })).toBe(expected);
  });
});
