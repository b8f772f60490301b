import { describe, expect, it } from 'vitest';
import { stringsAt } from '../../src/control/event.ts';
import { ACCOUNT, type Answer, awsError, controlOf, judge, placeOf, sessionOn } from '../controls.ts';

const KEY = '1234abcd-12ab-34cd-56ef-1234567890ab';
const ARN = `arn:aws:kms:eu-west-1:${ACCOUNT}:key/${KEY}`;
const ROOT = `arn:aws:iam::${ACCOUNT}:root`;
const ROLE = `arn:aws:iam::${ACCOUNT}:role/app`;

const metadata = (more: object = {}) => ({
  KeyMetadata: {
    ...{ KeyId: KEY, KeyManager: 'CUSTOMER', KeyState: 'Enabled', KeySpec: 'SYMMETRIC_DEFAULT', Origin: 'AWS_KMS' },
    ...more,
  },
});
const gone = awsError('NotFoundException');
const noKey = `skip: ${KEY} does not exist (any more)`;
const managed = 'skip: AWS manages this key';
const denied = 'unknown: kms:DescribeKey was denied; allow kms:DescribeKey';

function table(number: number, rows: readonly (readonly [string, Answer, string])[]) {
  it.each(rows)('%s', async (_, answer, expected) => {
    expect(await judge(number, KEY, { 'kms:DescribeKey': answer })).toBe(expected);
  });
}

describe('58: imported material expires', () => {
  const imported = (more: object = {}) => metadata({ Origin: 'EXTERNAL', ...more });
  const forEver = 'fail: the imported key material never expires';
  const ValidTo = new Date('2027-01-01T00:00:00Z');
  table(58, [
    ['it does', imported({ ExpirationModel: 'KEY_MATERIAL_EXPIRES', ValidTo }), 'pass'],
    ['it does not', imported({ ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' }), forEver],
    ['no model', imported(), forEver],
    ['no date', imported({ ExpirationModel: 'KEY_MATERIAL_EXPIRES' }), forEver],
    ['made by AWS', metadata(), 'skip: the key material is not imported'],
    ['nothing imported yet', imported({ KeyState: 'PendingImport' }), 'skip: the key is in state PendingImport'],
    ['being deleted', imported({ KeyState: 'PendingDeletion' }), 'skip: the key is in state PendingDeletion'],
    ['disabled, all the same', imported({ KeyState: 'Disabled' }), forEver],
    ['gone', gone, noKey],
    ['denied', awsError('AccessDeniedException'), denied],
  ]);
});

describe('120: no deletion pending', () => {
  const DeletionDate = new Date('2026-07-10T18:00:00Z');
  table(120, [
    ['enabled', metadata(), 'pass'],
    ['disabled', metadata({ KeyState: 'Disabled' }), 'pass'],
    [
      'with a date',
      metadata({ KeyState: 'PendingDeletion', DeletionDate }),
      'fail: the key will be deleted on 2026-07-10, in 11 days',
    ],
    ['without', metadata({ KeyState: 'PendingDeletion' }), 'fail: the key will be deleted'],
    [
      'a primary key with replicas',
      metadata({ KeyState: 'PendingReplicaDeletion' }),
      'fail: the key will be deleted once its replicas in other regions are',
    ],
    ["AWS's own", metadata({ KeyManager: 'AWS' }), managed],
    ['gone', gone, noKey],
    ['denied', awsError('AccessDeniedException'), denied],
  ]);
});

describe('174: imported material', () => {
  table(174, [
    ['imported', metadata({ Origin: 'EXTERNAL' }), 'pass'],
    ['imported, but not there yet', metadata({ Origin: 'EXTERNAL', KeyState: 'PendingImport' }), 'pass'],
    ['made by AWS', metadata(), 'fail: AWS made the key material'],
    [
      'in CloudHSM',
      metadata({ Origin: 'AWS_CLOUDHSM' }),
      'fail: the key material is not imported but held in a key store of your own (AWS_CLOUDHSM)',
    ],
    [
      'in a store outside AWS',
      metadata({ Origin: 'EXTERNAL_KEY_STORE' }),
      'fail: the key material is not imported but held in a key store of your own (EXTERNAL_KEY_STORE)',
    ],
    [
      'by its old name',
      metadata({ KeySpec: undefined, CustomerMasterKeySpec: 'RSA_2048' }),
      'skip: the key is not symmetric (RSA_2048)',
    ],
    ['HMAC', metadata({ KeySpec: 'HMAC_256' }), 'skip: the key is not symmetric (HMAC_256)'],
    ['being made', metadata({ KeyState: 'Creating' }), 'skip: the key is in state Creating'],
    ['being deleted', metadata({ KeyState: 'PendingDeletion' }), 'skip: the key is in state PendingDeletion'],
    ["AWS's own", metadata({ KeyManager: 'AWS' }), managed],
    ['gone', gone, noKey],
  ]);
});

describe('517: not disabled', () => {
  table(517, [
    ['enabled', metadata(), 'pass'],
    ['disabled', metadata({ KeyState: 'Disabled' }), 'fail: the key is disabled: nothing can be decrypted with it'],
    ['being deleted', metadata({ KeyState: 'PendingDeletion' }), 'skip: the key is in state PendingDeletion'],
    ['without material', metadata({ KeyState: 'PendingImport' }), 'skip: the key is in state PendingImport'],
    ['its key store is away', metadata({ KeyState: 'Unavailable' }), 'skip: the key is in state Unavailable'],
    ["AWS's own", metadata({ KeyManager: 'AWS', KeyState: 'Disabled' }), managed],
    ['gone', gone, noKey],
    ['denied', awsError('AccessDeniedException'), denied],
  ]);
});

const root = { Sid: 'Root', Effect: 'Allow', Principal: { AWS: ROOT }, Action: 'kms:*', Resource: '*' };
const role = { ...root, Sid: 'Role', Principal: { AWS: ROLE } };
const policy = (...Statement: object[]) => ({ Policy: JSON.stringify({ Version: '2012-10-17', Statement }) });

function policyTable(number: number, rows: readonly (readonly [string, Answer, string])[]) {
  it.each(rows)('%s', async (_, answer, expected) => {
    expect(await judge(number, KEY, { 'kms:DescribeKey': metadata(), 'kms:GetKeyPolicy': answer })).toBe(expected);
  });
}

describe.each([121, 122, 123, 294])('%i, as every control of key policies', (number) => {
  const open = policy({ ...root, Principal: '*' });
  it.each<[string, Answer, Answer, string]>([
    ['gone', gone, gone, noKey],
    [
      'denied',
      metadata(),
      awsError('AccessDeniedException'),
      'unknown: kms:GetKeyPolicy was denied; allow kms:GetKeyPolicy',
    ],
    ["AWS's own key", metadata({ KeyManager: 'AWS' }), open, managed],
    ['being deleted', metadata({ KeyState: 'PendingDeletion' }), open, 'skip: the key is in state PendingDeletion'],
    [
      'being deleted, with replicas',
      metadata({ KeyState: 'PendingReplicaDeletion' }),
      open,
      'skip: the key is in state PendingReplicaDeletion',
    ],
    ["AWS's default policy", metadata(), policy(root), 'pass'],
  ])('%s', async (_, describeKey, keyPolicy, expected) => {
    expect(await judge(number, KEY, { 'kms:DescribeKey': describeKey, 'kms:GetKeyPolicy': keyPolicy })).toBe(expected);
  });
});

describe('121: full access for the account alone', () => {
  const noRoot = 'the account itself has no full access, so IAM policies do not count';
  const everything = (who: string) => `${who} may do everything with the key`;
  policyTable(121, [
    [
      'by number, in lists, on this key',
      policy({ ...root, Principal: { AWS: [ACCOUNT] }, Action: ['KMS:*'], Resource: [ARN] }),
      'pass',
    ],
    ['a single statement', { Policy: JSON.stringify({ Statement: root }) }, 'pass'],
    ['users with less', policy(root, { ...role, Action: ['kms:Decrypt', 'kms:Create*'] }), 'pass'],
    ['another with everything', policy(root, role), `fail: ${everything(ROLE)}`],
    ['in one statement', policy({ ...root, Principal: { AWS: [ROOT, ROLE] } }), `fail: ${everything(ROLE)}`],
    [
      'a service',
      policy(root, { ...role, Principal: { Service: 's3.amazonaws.com' } }),
      `fail: ${everything('s3.amazonaws.com')}`,
    ],
    [
      'another account',
      policy(root, { ...role, Principal: { AWS: '999988887777' } }),
      `fail: ${everything('999988887777')}`,
    ],
    ['everyone', policy(root, { ...role, Principal: '*' }), `fail: ${everything('*')}`],
    ['nobody', policy({ ...role, Action: 'kms:Decrypt' }), `fail: ${noRoot}`],
    ['the wrong one only', policy(role), `fail: ${noRoot}; ${everything(ROLE)}`],
    [
      'the account, but only sometimes',
      policy({ ...root, Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } }),
      `fail: ${noRoot}`,
    ],
    [
      'another, but only sometimes',
      policy(root, { ...role, Condition: { Bool: { 'kms:GrantIsForAWSResource': 'true' } } }),
      'pass',
    ],
    ['everything but', policy(root, { ...role, Action: undefined, NotAction: 'kms:Decrypt' }), 'pass'],
    ['wildcards in names', policy(root, { ...role, Action: ['kms:Cre*', 'kms:S*'] }), 'pass'],
    ['a Deny', policy(root, { ...role, Effect: 'Deny' }), 'pass'],
    [
      'another partition',
      policy({ ...root, Principal: { AWS: ROOT.replace('aws', 'aws-cn') } }),
      `fail: ${noRoot}; ${everything(ROOT.replace('aws', 'aws-cn'))}`,
    ],
  ]);
});

describe('122: deletion', () => {
  const may = (who: string) => `fail: the key policy lets ${who} schedule the deletion`;
  policyTable(122, [
    ['by name', policy(root, { ...role, Action: ['kms:Put*', 'kms:scheduleKEYdeletion'] }), may(ROLE)],
    ['with everything', policy(root, role), may(ROLE)],
    ['with a star', policy(root, { ...role, Action: '*' }), may(ROLE)],
    ['sometimes', policy(root, { ...role, Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } }), may(ROLE)],
    [
      'two',
      policy({ ...root, Principal: { AWS: [ROLE, ROOT], Service: 's3.amazonaws.com' } }),
      may(`${ROLE}, s3.amazonaws.com`),
    ],
    ['by a wildcard in the name', policy(root, { ...role, Action: ['kms:Schedule*', 'kms:S*'] }), 'pass'],
    ['denied', policy(root, { ...role, Effect: 'Deny' }), 'pass'],
    ['the account by its number', policy({ ...root, Principal: { AWS: ACCOUNT } }), 'pass'],
  ]);
});

const administration = [
  ...['kms:Create*', 'kms:Describe*', 'kms:Enable*', 'kms:List*', 'kms:Put*', 'kms:Update*', 'kms:Revoke*'],
  ...['kms:Disable*', 'kms:Get*', 'kms:Delete*', 'kms:TagResource', 'kms:UntagResource'],
];
const use = ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'];
const administrators = { ...role, Sid: 'Allow access for Key Administrators', Action: administration };
const users = { ...role, Sid: 'Allow use of the key', Action: use };

describe('123: administrators are no users', () => {
  const both = (who: string) => `fail: ${who} may both administer the key and use it`;
  policyTable(123, [
    ['the same role', policy(root, administrators, users), both(ROLE)],
    [
      'two of three',
      policy(
        { ...administrators, Principal: { AWS: [ROLE, ACCOUNT] } },
        { ...users, Principal: { AWS: [ROOT, ROLE, 'x'] } },
      ),
      both(`${ROLE}, ${ROOT}`),
    ],
    [
      'with more actions',
      policy(
        { ...administrators, Action: [...administration, 'kms:ScheduleKeyDeletion', 'kms:RotateKeyOnDemand'] },
        { ...users, Action: ['kms:*'] },
      ),
      both(ROLE),
    ],
    ['others', policy(administrators, { ...users, Principal: { AWS: `${ROLE}2` } }), 'pass'],
    ['no users', policy(root, administrators), 'pass'],
    ['other Sids', policy({ ...administrators, Sid: 'A' }, { ...users, Sid: 'B' }), 'pass'],
    ['less than an administrator', policy({ ...administrators, Action: administration.slice(1) }, users), 'pass'],
    [
      'a key that signs',
      policy(administrators, { ...users, Action: ['kms:Sign', 'kms:Verify', 'kms:DescribeKey'] }),
      'pass',
    ],
    ['denied use', policy(administrators, { ...users, Effect: 'Deny' }), 'pass'],
  ]);
});

describe('294: nobody unnamed', () => {
  const open = 'fail: everyone is let in by the key policy (statement Role)';
  const everyone = { ...role, Principal: { AWS: '*' }, Action: 'kms:Decrypt' };
  policyTable(294, [
    ['everyone', policy(root, everyone), open],
    ['bare', policy(root, { ...everyone, Principal: '*' }), open],
    ['in a list', policy(root, { ...everyone, Principal: { AWS: [ROLE, '*'] } }), open],
    [
      'through a service',
      policy(root, { ...everyone, Condition: { StringEquals: { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' } } }),
      open,
    ],
    [
      'of one account',
      policy(root, { ...everyone, Condition: { StringEquals: { 'kms:CallerAccount': ACCOUNT } } }),
      'pass',
    ],
    [
      'of one organisation',
      policy(root, { ...everyone, Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } } }),
      'pass',
    ],
    ['a Deny for everyone protects', policy(root, { ...everyone, Effect: 'Deny' }), 'pass'],
    [
      'without a Sid',
      policy({ ...everyone, Sid: undefined }),
      'fail: everyone is let in by the key policy (statement without a Sid)',
    ],
  ]);
});

describe('124: key stores', () => {
  const STORE = 'cks-1234567890abcdef0';
  const store = (more: object) => ({
    CustomKeyStores: [{ CustomKeyStoreId: STORE, CustomKeyStoreType: 'AWS_CLOUDHSM', ...more }],
  });
  it.each<[string, Answer, string]>([
    ['connected', store({ ConnectionState: 'CONNECTED' }), 'pass'],
    [
      'disconnected',
      store({ ConnectionState: 'DISCONNECTED' }),
      'fail: the key store is disconnected: its keys cannot be used',
    ],
    [
      'connecting',
      store({ ConnectionState: 'CONNECTING' }),
      'fail: the key store is not connected yet: KMS is at it, which can take 20 minutes',
    ],
    [
      'failed',
      store({ ConnectionState: 'FAILED', ConnectionErrorCode: 'INVALID_CREDENTIALS' }),
      'fail: connecting the key store failed (INVALID_CREDENTIALS)',
    ],
    [
      'outside AWS',
      store({ CustomKeyStoreType: 'EXTERNAL_KEY_STORE', ConnectionState: 'DISCONNECTED' }),
      'skip: the key store is not in CloudHSM',
    ],
    ['gone', awsError('CustomKeyStoreNotFoundException'), `skip: ${STORE} does not exist (any more)`],
    ['gone without an error', { CustomKeyStores: [] }, `skip: ${STORE} does not exist (any more)`],
    [
      'denied',
      awsError('AccessDeniedException'),
      'unknown: kms:DescribeCustomKeyStores was denied; allow kms:DescribeCustomKeyStores',
    ],
  ])('%s', async (_, answer, expected) => {
    expect(await judge(124, STORE, { 'kms:DescribeCustomKeyStores': answer })).toBe(expected);
  });

  it('are listed page by page', async () => {
    const { list } = controlOf(124).detector.resource;
    const session = sessionOn({
      'kms:DescribeCustomKeyStores': ({ Marker }) =>
        Marker === undefined
          ? { CustomKeyStores: [{ CustomKeyStoreId: 'a' }], Truncated: true, NextMarker: '2' }
          : { CustomKeyStores: [{ CustomKeyStoreId: 'b' }] },
    });
    expect(list && (await session.value(list, placeOf(124), []))).toEqual(['a', 'b']);
  });
});

describe('keys', () => {
  const { resource, on } = controlOf(121).detector;

  it('are listed page by page, and have ARNs of their partition', async () => {
    const session = sessionOn({
      'kms:ListKeys': ({ Marker }) =>
        Marker === undefined
          ? { Keys: [{ KeyId: 'a' }], Truncated: true, NextMarker: '2' }
          : { Keys: [{ KeyId: 'b' }] },
    });
    expect(resource.list && (await session.value(resource.list, placeOf(121), []))).toEqual(['a', 'b']);
    expect(resource.arn({ partition: 'aws-cn', account: '1', region: 'cn-north-1', id: KEY })).toBe(
      `arn:aws-cn:kms:cn-north-1:1:key/${KEY}`,
    );
  });

  it('have tags', async () => {
    const session = sessionOn({ 'kms:ListResourceTags': { Tags: [{ TagKey: 'team', TagValue: 'shop' }] } });
    expect(resource.tags && (await session.value(resource.tags, placeOf(121, KEY), []))).toEqual({ team: 'shop' });
  });

  it.each([
    ['kms:PutKeyPolicy', { requestParameters: { keyId: ARN } }],
    ['kms:PutKeyPolicy', { requestParameters: { keyId: KEY } }],
    ['kms:CreateKey', { responseElements: { keyMetadata: { keyId: KEY, arn: ARN } } }],
    ['kms:CreateKey', { responseElements: { keyMetadata: { arn: ARN } } }],
  ] as const)('are found in %s %j by their bare id', (trigger, record) => {
    const ids = on[trigger];
    if (ids?.kind !== 'paths') throw new Error('A key id has a path.');
    expect(ids.paths.flatMap((path) => stringsAt(record, path)).map(ids.normalise)[0]).toBe(KEY);
  });
});
