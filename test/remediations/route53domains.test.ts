import { describe, expect, it } from 'vitest';
import { callsOf, controlOf, planFor } from '../controls.ts';

const ends = (day: string, more: object = {}) => ({
  'route53domains:GetDomainDetail': { ExpirationDate: new Date(`${day}T12:00:00Z`), ...more },
});
const all = (on: boolean) => ({ AdminPrivacy: on, RegistrantPrivacy: on, TechPrivacy: on, BillingPrivacy: on });

describe('registered domains', () => {
  it.each<[number, string, object, string, object]>([
    [162, 'EnableDomainTransferLock', {}, 'DisableDomainTransferLock', {}],
    [163, 'EnableDomainAutoRenew', {}, 'DisableDomainAutoRenew', {}],
    [445, 'UpdateDomainContactPrivacy', all(true), 'UpdateDomainContactPrivacy', all(false)],
  ])('%i: %s', async (control, fix, input, undo, back) => {
    const plan = await planFor(control, 'a.com', ends('2027-01-01'));
    expect(callsOf(plan)).toEqual({
      steps: [[`route53domains:${fix}`, { DomainName: 'a.com', ...input }]],
      undo: [[`route53domains:${undo}`, { DomainName: 'a.com', ...back }]],
    });
    expect(plan.mode).toBe('auto');
  });

  it.each([
    [162, false, true],
    [445, { ...all(true), TechPrivacy: false }, all(true)],
  ])('%i waits for the registry, and takes an operation that runs already', async (control, before, after) => {
    const plan = await planFor(control, 'a.com', ends('2027-01-01'));
    expect(plan.steps).toMatchObject([{ already: ['DuplicateRequest'] }]);
    const { remediation } = controlOf(control);
    const [step] = remediation.kind === 'steps' ? remediation.steps : [];
    const until = step?.kind === 'call' ? step.until : undefined;
    expect([before, after].map((value) => until?.holds(value))).toEqual([false, true]);
  });

  it('163 asks a person when the fee would be charged soon', async () => {
    const plan = await planFor(163, 'a.com', ends('2026-08-01'));
    expect(plan).toMatchObject({ kind: 'guide', steps: [] });
    expect(plan.guide[0]?.text).toContain('ends in 32 days');
  });

  it.each([
    [['ok'], ['renew-domain']],
    [['redemptionPeriod'], []],
  ])('164 with status %j', async (StatusList, commands) => {
    const plan = await planFor(164, 'a.com', ends('2026-06-01', { StatusList }));
    expect(plan).toMatchObject({ kind: 'guide', steps: [] });
    expect(plan.guide.flatMap(({ cli }) => cli?.split(' ').find((word) => word.startsWith('renew')) ?? [])).toEqual(
      commands,
    );
  });
});
