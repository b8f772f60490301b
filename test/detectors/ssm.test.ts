import { describe, expect, it } from 'vitest';
import { ACCOUNT, type Answer, type Answers, awsError, judge, placeOf } from '../controls.ts';

const shared = 'fail: SSM documents can be shared with everyone in this region';
const setting = (SettingValue: string, Status = 'Customized') => ({ ServiceSetting: { SettingValue, Status } });

it.each<[string, Answer, string]>([
  ['blocked', setting('Disable'), 'pass'],
  ['allowed', setting('Enable'), shared],
  ['never touched', setting('Enable', 'Default'), shared],
  ['on its way', setting('Disable', 'PendingUpdate'), 'fail: the block is not in force yet: AWS is at it'],
  ['unknown here', awsError('ServiceSettingNotFound'), 'skip: this region does not know the setting'],
  [
    'denied',
    awsError('AccessDeniedException'),
    'unknown: ssm:GetServiceSetting was denied; allow ssm:GetServiceSetting',
  ],
])('464: %s', async (_, answer, expected) => {
  expect(await judge(464, undefined, { 'ssm:GetServiceSetting': answer })).toBe(expected);
});

describe('236: parameters', () => {
  const parameter = (more: object): Answers => ({ 'ssm:DescribeParameters': { Parameters: [more] } });
  it.each<[string, string, Answers, string]>([
    ['encrypted', '/shop/key', parameter({ Type: 'SecureString' }), 'pass'],
    [
      'a text',
      '/shop/key',
      parameter({ Type: 'String' }),
      'fail: the value is stored as String, which is not encrypted',
    ],
    [
      'a list',
      'keys',
      parameter({ Type: 'StringList' }),
      'fail: the value is stored as StringList, which is not encrypted',
    ],
    [
      'the name of an image',
      'ami',
      parameter({ Type: 'String', DataType: 'aws:ec2:image' }),
      'skip: names of images cannot be encrypted',
    ],
    ['of AWS', '/aws/service/x', parameter({ Type: 'String' }), 'skip: the parameter belongs to AWS and is public'],
    ['gone', 'k', { 'ssm:DescribeParameters': { Parameters: [] } }, 'skip: k does not exist (any more)'],
    [
      'throttled',
      'k',
      { 'ssm:DescribeParameters': awsError('ThrottlingException') },
      'unknown: ssm:DescribeParameters was throttled by AWS; try again later',
    ],
  ])('%s', async (_, id, answers, expected) => {
    expect(await judge(236, id, answers)).toBe(expected);
  });

  it('has one ARN, with or without a slash before its name', () => {
    const arn = `arn:aws:ssm:eu-west-1:${ACCOUNT}:parameter/shop/key`;
    expect([placeOf(236, '/shop/key').arn, placeOf(236, 'shop/key').arn]).toEqual([arn, arn]);
  });
});

describe('461, 462, 463: preferences of Session Manager', () => {
  const version = (inputs: object, DocumentVersion = '1') => ({ Content: JSON.stringify({ inputs }), DocumentVersion });
  const state = (inputs: object, newer?: object): Answers => ({
    'ssm:GetDocument': ({ DocumentVersion }) =>
      DocumentVersion === '$LATEST' && newer !== undefined ? version(newer, '2') : version(inputs),
  });
  const never: Answers = { 'ssm:GetDocument': awsError('InvalidDocument') };
  const denied: Answers = { 'ssm:GetDocument': awsError('AccessDeniedException') };
  const idle = (idleSessionTimeout: unknown) => state({ idleSessionTimeout });
  it.each<[number, string, Answers, string]>([
    [461, '15 minutes', idle('15'), 'pass'],
    [461, 'a number', idle(1), 'pass'],
    [461, '20 minutes', idle('20'), 'fail: idle sessions end after 20 minutes'],
    [461, 'no time at all', idle('0'), 'fail: idle sessions end after 0 minutes'],
    [461, 'nothing', idle(''), 'fail: no idle timeout is set, so that sessions end after 20 minutes'],
    [461, 'a parameter', idle('{{ t }}'), 'fail: the idle timeout is {{ t }}, not a number'],
    [461, 'never saved', never, 'fail: preferences were never saved here: idle sessions end after 20 minutes'],
    [
      461,
      'a newer version that is no default',
      state({ idleSessionTimeout: '15' }, { idleSessionTimeout: '60' }),
      'fail: in version 2, not the default yet: idle sessions end after 60 minutes',
    ],
    [
      461,
      'only the newer version is right',
      state({ idleSessionTimeout: '60' }, { idleSessionTimeout: '15' }),
      'fail: idle sessions end after 60 minutes',
    ],
    [461, 'denied', denied, 'unknown: ssm:GetDocument was denied; allow ssm:GetDocument'],
    [462, 'a log group', state({ cloudWatchLogGroupName: 'g', s3BucketName: '' }), 'pass'],
    [462, 'a bucket', state({ s3BucketName: 'b' }), 'pass'],
    [462, 'nowhere', state({ s3BucketName: '', cloudWatchLogGroupName: '' }), 'fail: sessions are logged nowhere'],
    [462, 'no inputs', { 'ssm:GetDocument': { Content: '{}' } }, 'fail: sessions are logged nowhere'],
    [462, 'never saved', never, 'fail: preferences were never saved here: sessions are logged nowhere'],
    [463, 'encrypted', state({ cloudWatchLogGroupName: 'g', cloudWatchEncryptionEnabled: true }), 'pass'],
    [463, 'as a text', state({ s3BucketName: 'b', s3EncryptionEnabled: 'true' }), 'pass'],
    [
      463,
      'one of two',
      state({ cloudWatchLogGroupName: 'g', cloudWatchEncryptionEnabled: true, s3BucketName: 'b' }),
      'fail: logs may go unencrypted to bucket b',
    ],
    [
      463,
      'none of two',
      state({ cloudWatchLogGroupName: 'g', cloudWatchEncryptionEnabled: false, s3BucketName: 'b' }),
      'fail: logs may go unencrypted to log group g and bucket b',
    ],
    [463, 'nowhere', state({ s3EncryptionEnabled: true }), 'fail: sessions are logged nowhere, so nowhere encrypted'],
    [463, 'never saved', never, 'fail: preferences were never saved here: sessions are logged nowhere'],
  ])('%i: %s', async (control, _, answers, expected) => {
    expect(await judge(control, undefined, answers)).toBe(expected);
  });
});
