import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Control } from '../../src/catalogue.ts';
import {
  appliesSomewhere,
  appliesTo,
  exemptionsOf,
  modeOf,
  parametersOf,
  parseConfig,
  planSettings,
  policyOf,
  timesOf,
} from '../../src/config.ts';
import { holdingAt } from '../../src/workflow/exemptions.ts';
import { defaultTimes } from '../../src/workflow/settings.ts';
import { catalogue } from '../intake/small-catalogue.ts';

const parse = (value: object) => parseConfig(JSON.stringify(value), 'redress.yaml', catalogue);
function control(number: number): Control {
  const found = catalogue.get(number);
  if (found === undefined) throw new Error(`No control ${number}.`);
  return found;
}
const HERE = '111122223333';
const here = { account: HERE, region: 'eu-west-1' };
const ELSEWHERE = '444455556666';

describe('mode', () => {
  const config = parse({
    controls: { 48: { mode: 'auto' } },
    accounts: { [HERE]: { controls: { 48: { mode: 'off' }, 115: { mode: 'approve' } } } },
  });
  it.each([
    [48, HERE, 'off'],
    [48, ELSEWHERE, 'auto'],
    [115, HERE, 'approve'],
    [115, ELSEWHERE, 'auto'],
    [47, HERE, 'approve'],
    [49, HERE, 'guided'],
  ])('of control %i in %s is %s', (number, account, mode) => {
    expect(modeOf(config, control(number), { account, region: 'eu-west-1' })).toBe(mode);
  });
});

describe('parameters', () => {
  const logBucket = (name: string) => ({ parameters: { logBucket: name } });
  const config = parse({
    controls: { 47: { ...logBucket('everywhere'), regions: { 'eu-west-1': logBucket('ireland') } } },
    accounts: {
      [HERE]: { controls: { 47: { ...logBucket('mine'), regions: { 'us-east-1': logBucket('mine-virginia') } } } },
      [ELSEWHERE]: { controls: { 47: { parameters: { logPrefix: 'other/' } } } },
    },
  });
  it.each([
    ['999999999999', 'us-east-1', { logBucket: 'everywhere', logPrefix: 'logs/' }],
    ['999999999999', 'eu-west-1', { logBucket: 'ireland', logPrefix: 'logs/' }],
    [ELSEWHERE, 'eu-west-1', { logBucket: 'ireland', logPrefix: 'other/' }],
    [HERE, 'eu-west-1', { logBucket: 'mine', logPrefix: 'logs/' }],
    [HERE, 'us-east-1', { logBucket: 'mine-virginia', logPrefix: 'logs/' }],
  ])('in %s and %s', (account, region, expected) => {
    expect(parametersOf(config, control(47), { account, region })).toEqual(expected);
  });

  it('leave out what nobody set', () => {
    expect(parametersOf(parse({}), control(47), here)).toEqual({ logPrefix: 'logs/' });
    expect(planSettings(config).parameters(48, here)).toEqual({});
  });
});

describe('what is written', () => {
  it.each<[string, object, boolean]>([
    ['nothing by itself', {}, false],
    ['everything, when the file says so', { apply: true }, true],
    ['one control', { controls: { 48: { apply: true } } }, true],
    ['not another control', { controls: { 47: { apply: true } } }, false],
    ['one account', { accounts: { [HERE]: { apply: true } } }, true],
    ['not another account', { accounts: { [ELSEWHERE]: { apply: true } } }, false],
    ['all but one control', { apply: true, controls: { 48: { apply: false } } }, false],
    ['all but one account', { apply: true, accounts: { [HERE]: { apply: false } } }, false],
    ['no beats yes: control', { controls: { 48: { apply: false } }, accounts: { [HERE]: { apply: true } } }, false],
    ['no beats yes: account', { controls: { 48: { apply: true } }, accounts: { [HERE]: { apply: false } } }, false],
    [
      'the control in this account has the last word',
      { accounts: { [HERE]: { apply: false, controls: { 48: { apply: true } } } } },
      true,
    ],
    ['a region that is listed', { apply: true, accounts: { [HERE]: { regions: ['eu-west-1'] } } }, true],
    ['no region that is not', { apply: true, accounts: { [HERE]: { regions: ['us-east-1'] } } }, false],
    [
      'not even by its last word',
      { accounts: { [HERE]: { regions: ['us-east-1'], controls: { 48: { apply: true } } } } },
      false,
    ],
  ])('%s', (_name, config, expected) => {
    expect(appliesTo(parse(config), 48, here)).toBe(expected);
  });

  it('nothing without a true somewhere', () => {
    const perhaps = fc.constantFrom({}, { apply: false });
    fc.assert(
      fc.property(perhaps, perhaps, perhaps, perhaps, (file, own, account, both) => {
        const config = parse({
          ...file,
          controls: { 48: own },
          accounts: { [HERE]: { ...account, controls: { 48: both } } },
        });
        expect(appliesTo(config, 48, here)).toBe(false);
      }),
    );
  });

  it('is written somewhere only where a "true" is left standing', () => {
    const maybe = fc.constantFrom({}, { apply: false }, { apply: true });
    const tagSets: Readonly<Record<string, string>>[] = [{}, { env: 'x' }];
    fc.assert(
      fc.property(maybe, maybe, maybe, maybe, maybe, maybe, (file, own, account, inAccount, tag, tagged) => {
        const config = parse({
          ...file,
          controls: { 48: own },
          accounts: { [HERE]: { ...account, controls: { 48: inAccount } } },
          tags: [{ key: 'env', ...tag, controls: { 48: tagged } }],
        });
        const places = [HERE, ELSEWHERE].flatMap((account) =>
          tagSets.map((tags) => ({ account, region: 'eu-west-1', tags })),
        );
        const somewhere = places.some((where) => appliesTo(config, 48, where));
        // It may say yes once too often, where an account and a tag are each other's no; never no too often.
        expect(appliesSomewhere(config, 48) || !somewhere).toBe(true);
        const anyTrue = [file, own, account, inAccount, tag, tagged].some((one) => 'apply' in one && one.apply);
        expect(anyTrue || !appliesSomewhere(config, 48)).toBe(true);
      }),
    );
    expect(appliesSomewhere(parse({ apply: true, controls: { 48: { apply: false } } }), 48)).toBe(false);
    expect(appliesSomewhere(parse({ controls: { 47: { apply: true } } }), 48)).toBe(false);
  });

  it('goes to the workflow as one policy', () => {
    const config = parse({ apply: true, controls: { 48: { approvals: 2 } }, limits: { writesPerControlPerHour: 5 } });
    expect(policyOf(config, [control(48)], here)).toEqual({
      apply: true,
      approvalsNeeded: 2,
      limits: { perControl: 5, perAccount: 50 },
      mostRecurrences: 3,
    });
    expect(policyOf(config, [control(47)], here).approvalsNeeded).toBe(1);
  });

  it('is, for a plan of several controls, the most careful of theirs', () => {
    const config = parse({ controls: { 47: { apply: true }, 48: { approvals: 2 } } });
    expect(policyOf(config, [control(47)], here)).toMatchObject({ apply: true, approvalsNeeded: 1 });
    expect(policyOf(config, [control(47), control(48)], here)).toMatchObject({ apply: false, approvalsNeeded: 2 });
  });
});

describe('tags', () => {
  const config = parse({
    controls: { 47: { parameters: { logBucket: 'everywhere' } } },
    accounts: { [HERE]: { controls: { 47: { parameters: { logBucket: 'in-the-account' } } } } },
    tags: [
      { key: 'env', value: 'sandbox', apply: true, controls: { 48: { mode: 'auto' } } },
      { key: 'team', controls: { 47: { parameters: { logBucket: 'of-the-team' } } } },
    ],
  });
  const tagged = (tags: Readonly<Record<string, string>>) => ({ ...here, tags });

  it.each([
    ['the value fits', { env: 'sandbox' }, 'auto', true],
    ['the value is another', { env: 'production' }, 'approve', false],
    ['the resource has no tags', {}, 'approve', false],
  ])('decide on mode and writing when %s', (_, tags, mode, applies) => {
    const where = tagged(tags);
    expect(modeOf(parse({ ...config, controls: {} }), { ...control(48) }, where)).toBe(
      mode === 'auto' ? 'auto' : control(48).remediation.mode,
    );
    expect(appliesTo(config, 48, where)).toBe(applies);
  });

  it('count before the account, and the account before everything', () => {
    const bucket = (where: Parameters<typeof parametersOf>[2]) => parametersOf(config, control(47), where).logBucket;
    expect(bucket(tagged({ team: 'web' }))).toBe('of-the-team');
    expect(bucket(tagged({}))).toBe('in-the-account');
    expect(bucket({ account: ELSEWHERE, region: 'eu-west-1', tags: {} })).toBe('everywhere');
  });

  it('that could not be read let nothing be written', () => {
    expect(appliesTo(parse({ apply: true }), 48, here)).toBe(true);
    expect(appliesTo(parse({ apply: true, tags: [{ key: 'env' }] }), 48, here)).toBe(false);
    expect(appliesTo(parse({ apply: true, tags: [{ key: 'env' }] }), 48, tagged({}))).toBe(true);
  });

  it('cannot overrule a false for the account', () => {
    const closed = parse({ accounts: { [HERE]: { apply: false } }, tags: [{ key: 'env', apply: true }] });
    expect(appliesTo(closed, 48, tagged({ env: 'x' }))).toBe(false);
  });
});

describe('exemptions', () => {
  const exempt = (over: object) =>
    parse({
      exemptions: [
        { control: 48, resource: 'arn:aws:s3:::scratch', owner: 'me', reason: 'r', until: '2027-03-31', ...over },
      ],
    });
  const before = new Date('2027-03-01T00:00:00Z');
  const covers = (over: object, number = 48, arn = 'arn:aws:s3:::scratch', now = before): boolean =>
    holdingAt(now, exemptionsOf(exempt(over)))(number, arn) !== undefined;

  it('cover the control and the resource that they name', () => {
    expect(covers({})).toBe(true);
    expect(covers({}, 47)).toBe(false);
    expect(covers({ control: [47, 48] }, 47)).toBe(true);
    expect(covers({}, 48, 'arn:aws:s3:::scratch2')).toBe(false);
    expect(covers({}, 48, 'x-arn:aws:s3:::scratch')).toBe(false);
  });

  it('end with their last day, in UTC', () => {
    expect(covers({}, 48, 'arn:aws:s3:::scratch', new Date('2027-03-31T23:59:59.999Z'))).toBe(true);
    expect(covers({}, 48, 'arn:aws:s3:::scratch', new Date('2027-04-01T00:00:00Z'))).toBe(false);
  });

  it.each([
    ['arn:aws:s3:::scratch-*', 'arn:aws:s3:::scratch-1', true],
    ['arn:aws:s3:::scratch-*', 'arn:aws:s3:::scratch-', true],
    ['arn:aws:s3:::scratch-*', 'arn:aws:s3:::scratch', false],
    ['arn:*:s3:::*-tmp', 'arn:aws-cn:s3:::a-tmp', true],
    ['arn:*:s3:::*-tmp', 'arn:aws-cn:s3:::a-tmp-not', false],
    ['*', 'anything', true],
    ['arn:aws:s3:::a.c', 'arn:aws:s3:::abc', false],
    ['arn:*ab*ba', 'arn:aba', false],
    ['arn:*ab*ba', 'arn:abba', true],
  ])('%s and %s', (resource, arn, expected) => {
    expect(covers({ resource }, 48, arn)).toBe(expected);
  });

  it('match as regular expressions would', () => {
    const piece = fc.array(fc.constantFrom('a', 'b', '*'), { maxLength: 6 }).map((all) => all.join(''));
    const text = fc.array(fc.constantFrom('a', 'b'), { maxLength: 8 }).map((all) => all.join(''));
    fc.assert(
      fc.property(piece, text, (pattern, arn) => {
        const expression = new RegExp(`^${`arn:${pattern}`.split('*').join('.*')}$`);
        expect(covers({ resource: `arn:${pattern}` }, 48, `arn:${arn}`)).toBe(expression.test(`arn:${arn}`));
      }),
    );
  });
});

describe('times', () => {
  it('are those of the workflow when nothing is set', () => {
    expect({ ...defaultTimes, ...timesOf(parse({})) }).toEqual(defaultTimes);
  });

  it('are what is set', () => {
    const config = parse({
      timing: { approvalExpiryHours: 2, verifyTimeoutMinutes: 3 },
      limits: { recurrenceWindowHours: 1 },
    });
    expect(timesOf(config)).toMatchObject({
      states: { waiting: 7_200_000, approved: defaultTimes.states.approved },
      verify: { most: 180_000, first: defaultTimes.verify.first },
      window: 3_600_000,
    });
  });
});
