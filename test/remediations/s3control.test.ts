import { describe, expect, it } from 'vitest';
import { ACCOUNT, awsError, callsOf, planFor, plansFor } from '../controls.ts';

const flags = { 63: 'BlockPublicPolicy', 64: 'RestrictPublicBuckets', 65: 'BlockPublicAcls', 66: 'IgnorePublicAcls' };
const allOff = Object.fromEntries(Object.values(flags).map((flag) => [flag, false]));
const allOn = Object.fromEntries(Object.values(flags).map((flag) => [flag, true]));
const put = (PublicAccessBlockConfiguration: object) => [
  's3control:PutPublicAccessBlock',
  { AccountId: ACCOUNT, PublicAccessBlockConfiguration },
];
const remove = ['s3control:DeletePublicAccessBlock', { AccountId: ACCOUNT }];
const unset = { 's3control:GetPublicAccessBlock': awsError('NoSuchPublicAccessBlockConfiguration') };

describe.each(Object.entries(flags))('%s', (number, flag) => {
  it('turns its flag on and sends the other three as they were', async () => {
    const before = { ...allOn, [flag]: false };
    const answers = { 's3control:GetPublicAccessBlock': { PublicAccessBlockConfiguration: before } };
    const plan = await planFor(Number(number), undefined, answers);
    expect(callsOf(plan)).toEqual({ steps: [put(allOn)], undo: [put(before)] });
  });

  it('says what was left out, and undoes to nothing where nothing was', async () => {
    const plan = await planFor(Number(number), undefined, unset);
    expect(callsOf(plan)).toEqual({ steps: [put({ ...allOff, [flag]: true })], undo: [remove] });
  });
});

it('fixes all four with one write', async () => {
  const [plan, ...more] = await plansFor([66, 63, 65, 64], undefined, unset);
  expect(more).toEqual([]);
  expect(plan && callsOf(plan)).toEqual({ steps: [put(allOn)], undo: [remove] });
  expect(plan).toMatchObject({ controls: [63, 64, 65, 66], mode: 'approve' });
});
