import { describe, expect, it } from 'vitest';
import { RSA_1024, RSA_2048, SEVERAL_NAMES } from '../certificates.ts';
import {
  ACCOUNT,
  type Answer,
  type Answers,
  awsError,
  controlOf,
  judge,
  NOW,
  placeOf,
  sessionOn,
} from '../controls.ts';

const none = awsError('NoSuchEntityException');
const denied = awsError('AccessDenied');
const DAY = 24 * 60 * 60 * 1000;
const daysAgo = (days: number) => new Date(NOW.getTime() - days * DAY);

describe('password policy', () => {
  const strong = {
    ...{ MinimumPasswordLength: 14, RequireSymbols: true, RequireNumbers: true, AllowUsersToChangePassword: true },
    ...{
      RequireUppercaseCharacters: true,
      RequireLowercaseCharacters: true,
      ExpirePasswords: true,
      MaxPasswordAge: 90,
    },
  };
  const noPolicy = 'fail: the account has no password policy of its own';
  const cannotRead = 'unknown: iam:GetAccountPasswordPolicy was denied; allow iam:GetAccountPasswordPolicy';
  it.each<[number, string, Answer, string]>([
    ...[6, 7, 8, 9, 10, 13].flatMap((control): [number, string, Answer, string][] => [
      [control, 'a strong policy', { PasswordPolicy: strong }, 'pass'],
      [control, 'no policy', none, noPolicy],
      [control, 'denied', denied, cannotRead],
    ]),
    [6, 'any policy at all', { PasswordPolicy: { MinimumPasswordLength: 6 } }, 'pass'],
    [
      7,
      'off',
      { PasswordPolicy: { ...strong, RequireUppercaseCharacters: false } },
      'fail: uppercase letters are not required',
    ],
    [7, 'left out', { PasswordPolicy: {} }, 'fail: uppercase letters are not required'],
    [
      8,
      'off',
      { PasswordPolicy: { ...strong, RequireLowercaseCharacters: false } },
      'fail: lowercase letters are not required',
    ],
    [8, 'left out', { PasswordPolicy: {} }, 'fail: lowercase letters are not required'],
    [9, 'off', { PasswordPolicy: { ...strong, RequireSymbols: false } }, 'fail: symbols are not required'],
    [9, 'left out', { PasswordPolicy: {} }, 'fail: symbols are not required'],
    [10, 'off', { PasswordPolicy: { ...strong, RequireNumbers: false } }, 'fail: digits are not required'],
    [10, 'left out', { PasswordPolicy: {} }, 'fail: digits are not required'],
    [13, 'stricter', { PasswordPolicy: { ...strong, MaxPasswordAge: 1 } }, 'pass'],
    [
      13,
      'a day too late',
      { PasswordPolicy: { ...strong, MaxPasswordAge: 91 } },
      'fail: passwords expire only after 91 days',
    ],
    [13, 'zero is never', { PasswordPolicy: { ...strong, MaxPasswordAge: 0 } }, 'fail: passwords never expire'],
    [
      13,
      'absent is never',
      { PasswordPolicy: { ...strong, MaxPasswordAge: undefined } },
      'fail: passwords never expire',
    ],
  ])('%i: %s', async (control, _, answer, expected) => {
    expect(await judge(control, undefined, { 'iam:GetAccountPasswordPolicy': answer })).toBe(expected);
  });
});

describe('3: access keys', () => {
  const KEY = 'AKIAIOSFODNN7EXAMPLE';
  const other = { UserName: 'ann', AccessKeyId: 'AKIAOTHER', Status: 'Active', CreateDate: daysAgo(1000) };
  const key = (created: number, lastUsed: number | undefined, Status = 'Active'): Answers => ({
    'iam:GetAccessKeyLastUsed': {
      UserName: 'ann',
      AccessKeyLastUsed:
        lastUsed === undefined
          ? { ServiceName: 'N/A', Region: 'N/A' }
          : { LastUsedDate: daysAgo(lastUsed), ServiceName: 's3', Region: 'eu-west-1' },
    },
    'iam:ListAccessKeys': ({ UserName }) => ({
      AccessKeyMetadata: [other, { UserName, AccessKeyId: KEY, Status, CreateDate: daysAgo(created) }],
    }),
  });
  it.each<[string, Answers, string]>([
    ['used today', key(400, 0), 'pass'],
    ['used 89 days ago', key(400, 89), 'pass'],
    ['used almost 90 days ago', key(400, 89.99), 'pass'],
    ['used 90 days ago', key(400, 90), 'fail: the key of ann is active and was last used 90 days ago'],
    ['made today, never used', key(0, undefined), 'pass'],
    [
      'made 90 days ago, never used',
      key(90, undefined),
      'fail: the key of ann is active and was never used since it was made 90 days ago',
    ],
    ['inactive', key(400, 400, 'Inactive'), 'pass'],
    [
      'of unknown age',
      { ...key(0, undefined), 'iam:ListAccessKeys': { AccessKeyMetadata: [{ AccessKeyId: KEY, Status: 'Active' }] } },
      'skip: IAM does not say when the key was made or used',
    ],
    ['deleted', { 'iam:GetAccessKeyLastUsed': none }, `skip: ${KEY} does not exist (any more)`],
    [
      'deleted between two reads',
      { ...key(400, 400), 'iam:ListAccessKeys': { AccessKeyMetadata: [other] } },
      `skip: ${KEY} does not exist (any more)`,
    ],
    [
      'of a user deleted between two reads',
      { ...key(400, 400), 'iam:ListAccessKeys': none },
      `skip: ${KEY} does not exist (any more)`,
    ],
    [
      'denied',
      { 'iam:GetAccessKeyLastUsed': denied },
      'unknown: iam:GetAccessKeyLastUsed was denied; allow iam:GetAccessKeyLastUsed',
    ],
  ])('%s', async (_, answers, expected) => {
    expect(await judge(3, KEY, answers)).toBe(expected);
  });

  it('lists the keys of all users on all pages, and none of a user who vanishes meanwhile', async () => {
    const { list } = controlOf(3).detector.resource;
    const session = sessionOn({
      'iam:ListUsers': ({ Marker }) =>
        Marker === undefined
          ? { Users: [{ UserName: 'ann' }, { UserName: 'bob' }], IsTruncated: true, Marker: '2' }
          : { Users: [{ UserName: 'eve' }], IsTruncated: false },
      'iam:ListAccessKeys': ({ UserName }) =>
        UserName === 'bob'
          ? none
          : { AccessKeyMetadata: [{ AccessKeyId: `1 of ${UserName}` }, { AccessKeyId: `2 of ${UserName}` }] },
    });
    expect(list && (await session.value(list, placeOf(3), []))).toEqual([
      '1 of ann',
      '2 of ann',
      '1 of eve',
      '2 of eve',
    ]);
  });
});

describe('17: policies of users', () => {
  const attached = (...arns: string[]) => ({ AttachedPolicies: arns.map((PolicyArn) => ({ PolicyArn })) });
  const QUARANTINE = 'arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV2';
  it.each<[string, Answer, Answer, string]>([
    ['none', attached(), { PolicyNames: [] }, 'pass'],
    [
      'attached',
      attached('arn:aws:iam::aws:policy/ReadOnlyAccess'),
      {},
      'fail: policies sit directly on the user: arn:aws:iam::aws:policy/ReadOnlyAccess',
    ],
    ['inline', attached(), { PolicyNames: ['mine'] }, 'fail: policies sit directly on the user: mine (inline)'],
    ['quarantined by AWS', attached(QUARANTINE), {}, 'pass'],
    ['quarantined in another partition', attached(QUARANTINE.replace('aws', 'aws-us-gov')), {}, 'pass'],
    [
      'quarantined, and more',
      attached(QUARANTINE, 'arn:aws:iam::1:policy/x'),
      {},
      'fail: policies sit directly on the user: arn:aws:iam::1:policy/x',
    ],
    [
      "a policy of one's own with that name",
      attached(`arn:aws:iam::${ACCOUNT}:policy/AWSCompromisedKeyQuarantineV2`),
      {},
      `fail: policies sit directly on the user: arn:aws:iam::${ACCOUNT}:policy/AWSCompromisedKeyQuarantineV2`,
    ],
    ['gone', none, {}, 'skip: ann does not exist (any more)'],
    ['gone and denied: gone counts, whichever is quicker', denied, none, 'skip: ann does not exist (any more)'],
  ])('%s', async (_, policies, names, expected) => {
    const answers = { 'iam:ListAttachedUserPolicies': policies, 'iam:ListUserPolicies': names };
    expect(await judge(17, 'ann', answers)).toBe(expected);
  });

  it('reads every page', async () => {
    const pages =
      (first: object, second: object): Answer =>
      ({ Marker }) =>
        Marker === undefined ? { ...first, IsTruncated: true, Marker: 'next' } : { ...second, IsTruncated: false };
    expect(
      await judge(17, 'ann', {
        'iam:ListAttachedUserPolicies': pages(attached(), attached('arn:aws:iam::1:policy/late')),
        'iam:ListUserPolicies': pages({ PolicyNames: [] }, { PolicyNames: ['later'] }),
      }),
    ).toBe('fail: policies sit directly on the user: arn:aws:iam::1:policy/late, later (inline)');
  });
});

describe('399: groups', () => {
  it.each<[string, Answer, string]>([
    ['in one', { Groups: [{ GroupName: 'builders' }] }, 'pass'],
    ['in none', { Groups: [] }, 'fail: the user is in no group'],
    ['nothing said', {}, 'fail: the user is in no group'],
    ['gone', none, 'skip: ann does not exist (any more)'],
    ['denied', denied, 'unknown: iam:ListGroupsForUser was denied; allow iam:ListGroupsForUser'],
  ])('%s', async (_, answer, expected) => {
    expect(await judge(399, 'ann', { 'iam:ListGroupsForUser': answer })).toBe(expected);
  });
});

describe('400: passwords', () => {
  const ann = { User: { UserName: 'ann' } };
  it.each<[string, Answer, Answer, string]>([
    ['none', ann, none, 'pass'],
    ['one', ann, { LoginProfile: { UserName: 'ann' } }, 'fail: the user can sign in to the console with a password'],
    ['no user is no user without a password', none, none, 'skip: ann does not exist (any more)'],
    ['denied is not none', ann, denied, 'unknown: iam:GetLoginProfile was denied; allow iam:GetLoginProfile'],
    [
      'throttled is not none',
      ann,
      awsError('Throttling'),
      'unknown: iam:GetLoginProfile was throttled by AWS; try again later',
    ],
  ])('%s', async (_, user, profile, expected) => {
    expect(await judge(400, 'ann', { 'iam:GetUser': user, 'iam:GetLoginProfile': profile })).toBe(expected);
  });
});

describe('448: server certificates', () => {
  const certificate = (CertificateBody: string) => ({ ServerCertificate: { CertificateBody } });
  it.each<[string, Answer, string]>([
    ['1024 bits', certificate(RSA_1024), 'fail: the RSA key of the certificate has 1024 bits only'],
    ['2048 bits', certificate(RSA_2048), 'pass'],
    ['no RSA', certificate(SEVERAL_NAMES), 'skip: the key of the certificate is not RSA (ec)'],
    ['gone', none, 'skip: old does not exist (any more)'],
    ['denied', denied, 'unknown: iam:GetServerCertificate was denied; allow iam:GetServerCertificate'],
  ])('%s', async (_, answer, expected) => {
    expect(await judge(448, 'old', { 'iam:GetServerCertificate': answer })).toBe(expected);
  });

  it('is not judged by what is no certificate', async () => {
    const verdict = await judge(448, 'old', { 'iam:GetServerCertificate': certificate('nonsense') });
    expect(verdict).toMatch(/^unknown: /);
  });

  it('are listed page by page, and have tags', async () => {
    const { resource } = controlOf(448).detector;
    const session = sessionOn({
      'iam:ListServerCertificates': ({ Marker }) =>
        Marker === undefined
          ? { ServerCertificateMetadataList: [{ ServerCertificateName: 'a' }], IsTruncated: true, Marker: '2' }
          : { ServerCertificateMetadataList: [{ ServerCertificateName: 'b' }] },
      'iam:ListServerCertificateTags': { Tags: [{ Key: 'team', Value: 'shop' }] },
    });
    expect(resource.list && (await session.value(resource.list, placeOf(448), []))).toEqual(['a', 'b']);
    expect(resource.tags && (await session.value(resource.tags, placeOf(448, 'a'), []))).toEqual({ team: 'shop' });
  });
});
