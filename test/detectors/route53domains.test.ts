import { describe, expect, it } from 'vitest';
import { type Answer, awsError, judge } from '../controls.ts';

const hidden = { AdminPrivacy: true, RegistrantPrivacy: true, TechPrivacy: true };
const until = (day: string) => ({ ExpirationDate: new Date(`${day}T12:00:00Z`) });

describe('registered domains', () => {
  it.each<[number, Answer, string]>([
    [162, { StatusList: ['clientTransferProhibited'] }, 'pass'],
    [162, { StatusList: ['ok'] }, 'fail: the domain can be transferred to another registrar'],
    [162, {}, 'fail: the domain can be transferred to another registrar'],
    [163, { AutoRenew: true }, 'pass'],
    [163, { AutoRenew: false }, 'fail: the domain is not renewed by itself'],
    [164, until('2026-07-01'), 'pass'],
    [164, until('2026-06-29'), 'fail: the domain expired on 2026-06-29'],
    [445, hidden, 'pass'],
    [445, { ...hidden, BillingPrivacy: false }, 'fail: the register shows everyone the contacts: Billing'],
    [445, { ...hidden, AdminPrivacy: false }, 'fail: the register shows everyone the contacts: Admin'],
    [162, awsError('InvalidInput'), 'skip: a.com does not exist (any more)'],
    [
      445,
      awsError('AccessDeniedException'),
      'unknown: route53domains:GetDomainDetail was denied; allow route53domains:GetDomainDetail',
    ],
  ])('%i: %j', async (control, answer, expected) => {
    expect(await judge(control, 'a.com', { 'route53domains:GetDomainDetail': answer })).toBe(expected);
  });
});
