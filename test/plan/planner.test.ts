import { describe, expect, it } from 'vitest';
import { isIntact } from '../../src/plan/digest.ts';
import { observeFix, planFixes } from '../../src/plan/planner.ts';
import {
  ACCOUNT,
  type Answers,
  awsError,
  callsOf,
  controlOf,
  placeOf,
  plansFor,
  sessionOn,
  settingsOf,
} from '../controls.ts';

const noPasswordPolicy: Answers = { 'iam:GetAccountPasswordPolicy': awsError('NoSuchEntityException') };
const weak = { MinimumPasswordLength: 6, RequireUppercaseCharacters: false, RequireLowercaseCharacters: false };
const weakPasswords: Answers = { 'iam:GetAccountPasswordPolicy': { PasswordPolicy: weak } };
const READ = { Sid: 'Read', Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*' };
const bucket = (...Statement: object[]): Answers => ({
  's3:GetBucketPolicy': { Policy: JSON.stringify({ Version: '2012-10-17', Statement }) },
  's3:GetBucketVersioning': {},
  's3:GetBucketLogging': {},
});

describe('merging', () => {
  it('fixes all controls of one document with one write', async () => {
    const [plan, ...more] = await plansFor([13, 8, 6, 7], undefined, noPasswordPolicy);
    expect(more).toEqual([]);
    expect(plan?.controls).toEqual([6, 7, 8, 13]);
    expect(plan?.findings).toHaveLength(4);
    expect(plan?.titles).toHaveLength(4);
    expect(plan && callsOf(plan).steps).toEqual([
      [
        'iam:UpdateAccountPasswordPolicy',
        {
          ...{
            MinimumPasswordLength: 14,
            RequireSymbols: true,
            RequireNumbers: true,
            RequireUppercaseCharacters: true,
          },
          ...{ RequireLowercaseCharacters: true, AllowUsersToChangePassword: true, PasswordReusePrevention: 24 },
          ...{ HardExpiry: false, MaxPasswordAge: 90 },
        },
      ],
    ]);
    expect(plan?.locks).toEqual([`iam:GetAccountPasswordPolicy arn:aws:account::${ACCOUNT}:account`]);
  });

  it('keeps documents apart, and what is no edit', async () => {
    const plans = await plansFor([57, 48, 46, 47], 'b', bucket(READ), { parameters: { logBucket: 'logs' } });
    expect(plans.map(({ controls, kind }) => [kind, ...controls])).toEqual([
      ['edit', 46, 57],
      ['steps', 47],
      ['edit', 48],
    ]);
  });

  it('takes the most careful mode, the worst undo, every impact once, and the gravest criticality', async () => {
    const [plan] = await plansFor([7, 8, 13], undefined, weakPasswords);
    expect(plan).toMatchObject({ mode: 'approve', undo: { class: 'best-effort' }, criticality: 'HIGH' });
    expect(plan?.impact.split('; ')).toHaveLength(new Set(plan?.impact.split('; ')).size);
    const [auto] = await plansFor([7, 8], undefined, weakPasswords);
    expect(auto).toMatchObject({ mode: 'auto', undo: { class: 'exact' } });
    const [low] = await plansFor([182, 436], 'arn:t', {
      'sns:GetTopicAttributes': { Attributes: { Policy: '{"Statement":[]}' } },
    });
    expect(low?.criticality).toBe('LOW');
  });

  it('leaves out what must not be applied', async () => {
    const plans = await plansFor([6, 7, 8], undefined, noPasswordPolicy, { modes: { 7: 'guided', 8: 'off' } });
    expect(plans.map(({ controls, mode }) => [mode, ...controls])).toEqual([
      ['auto', 6],
      ['guided', 7],
      ['off', 8],
    ]);
  });

  it('leaves out what lacks a parameter or needs a person, and writes the rest', async () => {
    const plans = await plansFor([7, 8, 13], undefined, weakPasswords, { parameters: { maxPasswordAgeDays: 'soon' } });
    expect(plans.map(({ controls, kind, mode }) => [kind, mode, ...controls])).toEqual([
      ['edit', 'auto', 7, 8],
      ['guide', 'guided', 13],
    ]);
    expect(plans[0]?.steps[0]?.input).not.toHaveProperty('MaxPasswordAge');
  });
});

describe('the same state gives the same plan', () => {
  it('byte for byte, whenever it is made', async () => {
    const at = placeOf(46, 'b');
    const make = (now: Date) =>
      planFixes(sessionOn(bucket(READ)), [46, 57].map(controlOf), { ...at, now }, settingsOf({})).then(
        ({ plans }) => plans,
      );
    const [one, two] = [await make(new Date(0)), await make(new Date('2030-01-01'))];
    expect(JSON.stringify(two)).toBe(JSON.stringify(one));
    expect(one.every(isIntact)).toBe(true);
  });

  it('and another state, setting or mode another digest', async () => {
    const digests = await Promise.all([
      plansFor([46], 'b', bucket(READ)),
      plansFor([46], 'b', bucket(READ, { ...READ, Sid: 'Other', Effect: 'Deny' })),
      plansFor([46, 57], 'b', bucket(READ)),
      plansFor([46], 'c', bucket(READ)),
      plansFor([46], 'b', bucket(READ), { modes: { 46: 'auto' } }),
    ]);
    expect(new Set(digests.flatMap((plans) => plans.map(({ digest }) => digest))).size).toBe(digests.length);
  });
});

describe('what keeps a plan from being applied', () => {
  it('is named: missing parameters', async () => {
    const [plan] = await plansFor([47], 'b', {});
    expect(plan).toMatchObject({ missing: ['logBucket'], steps: [], undo: { steps: [] }, before: null, after: null });
    const [empty] = await plansFor([47], 'b', {}, { parameters: { logBucket: '' } });
    expect(empty?.missing).toEqual(['logBucket']);
  });

  it('is said: state that cannot be read', async () => {
    const [plan] = await plansFor([46], 'b', { 's3:GetBucketPolicy': awsError('AccessDenied') });
    expect(plan).toMatchObject({ kind: 'guide', mode: 'guided', steps: [], undo: { class: 'none', steps: [] } });
    expect(plan?.guide).toEqual([
      { text: 'No plan could be made: s3:GetBucketPolicy was denied; allow s3:GetBucketPolicy.' },
    ]);
  });

  it('is said: a change that would change nothing', async () => {
    const strong = {
      'iam:GetAccountPasswordPolicy': { PasswordPolicy: { RequireUppercaseCharacters: true, HardExpiry: false } },
    };
    const [plan] = await plansFor([7], undefined, strong);
    expect(plan).toMatchObject({ kind: 'guide', mode: 'guided', steps: [] });
    expect(plan?.guide[0]?.text).toContain('would alter nothing');
  });

  it('is only that plan: others of the resource go on', async () => {
    const plans = await plansFor([46, 48], 'b', { ...bucket(), 's3:GetBucketPolicy': awsError('AccessDenied') });
    expect(plans.map(({ kind, controls }) => [kind, ...controls])).toEqual([
      ['guide', 46],
      ['edit', 48],
    ]);
  });

  it('is no runbook when it passes by itself: it is left for later', async () => {
    const session = sessionOn({ ...bucket(), 's3:GetBucketPolicy': awsError('SlowDown') });
    const { plans, undecided } = await planFixes(session, [46, 48].map(controlOf), placeOf(46, 'b'), settingsOf({}));
    expect(plans.map(({ kind, controls }) => [kind, ...controls])).toEqual([['edit', 48]]);
    expect(undecided.map(({ controls, because }) => [controls.map(({ number }) => number), because])).toEqual([
      [[46], 's3:GetBucketPolicy was throttled by AWS; try again later'],
    ]);
  });
});

describe('a plan', () => {
  it('names what applying needs, its finding, and its commands', async () => {
    const [plan] = await plansFor([57], 'b', { 's3:GetBucketPolicy': awsError('NoSuchBucketPolicy') });
    expect(plan).toMatchObject({
      permissions: ['s3:PutBucketPolicy'],
      resource: { type: 'AWS::S3::Bucket', id: 'b', arn: 'arn:aws:s3:::b', account: ACCOUNT, region: 'eu-west-1' },
      before: null,
      locks: ['s3:GetBucketPolicy arn:aws:s3:::b'],
    });
    expect(plan?.cli[0]).toMatch(/^aws s3api put-bucket-policy --bucket b --policy /);
    expect(plan?.cli).toHaveLength(1);
  });

  it('says what is there now in the same words as before', async () => {
    const session = sessionOn(bucket(READ));
    const [plan] = await plansFor([46], 'b', bucket(READ));
    expect(await observeFix(session, controlOf(46), placeOf(46, 'b'), settingsOf({}))).toEqual(plan?.before);
    expect(await observeFix(session, controlOf(115), placeOf(115, 'vol-1'), settingsOf({}))).toBeNull();
  });
});
