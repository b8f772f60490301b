import { describe, expect, it } from 'vitest';
import { longestInterval } from '../../detectors/secretsmanager.ts';
import { stringsAt } from '../../src/control/event.ts';
import { ACCOUNT, type Answer, type Answers, awsError, controlOf, judge, placeOf, sessionOn } from '../controls.ts';

const SECRET = `arn:aws:secretsmanager:eu-west-1:${ACCOUNT}:secret:orders/db-AbCdEf`;
const KEY = `arn:aws:kms:eu-west-1:${ACCOUNT}:key/1234abcd`;
const secret = (more: object = {}) => ({ ARN: SECRET, Name: 'orders/db', ...more });
const managed = (KeyManager: string) => ({ KeyMetadata: { KeyManager } });

describe.each([119, 366])('%i: a key of your own', (number) => {
  const fallback = 'fail: the secret is encrypted with the default key of Secrets Manager';
  it.each<[string, Answer, Answer, string]>([
    ['one of the account', secret({ KmsKeyId: KEY }), managed('CUSTOMER'), 'pass'],
    ['by alias', secret({ KmsKeyId: 'alias/orders' }), managed('CUSTOMER'), 'pass'],
    ['none named', secret(), awsError('Unasked'), fallback],
    ['the default by alias', secret({ KmsKeyId: 'alias/aws/secretsmanager' }), awsError('Unasked'), fallback],
    [
      'the default by its ARN',
      secret({ KmsKeyId: `arn:aws:kms:eu-west-1:${ACCOUNT}:alias/aws/secretsmanager` }),
      awsError('Unasked'),
      fallback,
    ],
    ['the default by id', secret({ KmsKeyId: KEY }), managed('AWS'), `fail: its key ${KEY} is managed by AWS`],
    ['of another account', secret({ KmsKeyId: KEY.replace(ACCOUNT, '999988887777') }), awsError('Unasked'), 'pass'],
    [
      'unknown to KMS',
      secret({ KmsKeyId: KEY }),
      awsError('NotFoundException'),
      `fail: its key ${KEY} does not exist (any more)`,
    ],
    [
      'KMS denied',
      secret({ KmsKeyId: KEY }),
      awsError('AccessDeniedException'),
      'unknown: kms:DescribeKey was denied; allow kms:DescribeKey',
    ],
    ['a replica', secret({ PrimaryRegion: 'us-east-1' }), awsError('Unasked'), fallback],
    [
      'being deleted',
      secret({ DeletedDate: new Date(0) }),
      awsError('Unasked'),
      'skip: the secret is scheduled for deletion',
    ],
    [
      'of RDS',
      secret({ OwningService: 'rds' }),
      awsError('Unasked'),
      'skip: the secret belongs to rds, which manages it',
    ],
    ['gone', awsError('ResourceNotFoundException'), awsError('Unasked'), `skip: ${SECRET} does not exist (any more)`],
    [
      'denied',
      awsError('AccessDeniedException'),
      awsError('Unasked'),
      'unknown: secretsmanager:DescribeSecret was denied; allow secretsmanager:DescribeSecret',
    ],
  ])('%s', async (_, describeSecret, describeKey, expected) => {
    const answers: Answers = { 'secretsmanager:DescribeSecret': describeSecret, 'kms:DescribeKey': describeKey };
    expect(await judge(number, SECRET, answers)).toBe(expected);
  });
});

describe('510: rotation', () => {
  const rotating = (RotationRules: object, more: object = {}) =>
    secret({ RotationEnabled: true, RotationRules, ...more });
  it.each<[string, Answer, string]>([
    ['90 days', rotating({ AutomaticallyAfterDays: 90 }), 'pass'],
    ['91 days', rotating({ AutomaticallyAfterDays: 91 }), 'fail: the secret rotates only every 91 days'],
    ['a rate in hours', rotating({ ScheduleExpression: 'rate(12 hours)' }), 'pass'],
    [
      'a long rate',
      rotating({ ScheduleExpression: 'rate(100 days)', AutomaticallyAfterDays: 1 }),
      'fail: the secret rotates only every rate(100 days)',
    ],
    ['every month', rotating({ ScheduleExpression: 'cron(0 16 1,15 * ? *)' }), 'pass'],
    [
      'every quarter',
      rotating({ ScheduleExpression: 'cron(0 16 1 1/3 ? *)' }),
      'fail: the secret rotates only every cron(0 16 1 1/3 ? *)',
    ],
    ['no rules', rotating({}), 'fail: the secret rotates, but how often cannot be told from its schedule'],
    ['never set up', secret(), 'fail: the secret does not rotate'],
    [
      'cancelled',
      secret({ RotationEnabled: false, RotationRules: { AutomaticallyAfterDays: 30 } }),
      'fail: the secret does not rotate',
    ],
    [
      'a replica',
      secret({ PrimaryRegion: 'us-east-1' }),
      'skip: the secret is copied from us-east-1, where it rotates',
    ],
    ['the primary of replicas', rotating({ AutomaticallyAfterDays: 30 }, { PrimaryRegion: 'eu-west-1' }), 'pass'],
    ['of RDS', secret({ OwningService: 'rds' }), 'skip: the secret belongs to rds, which manages it'],
    ['being deleted', secret({ DeletedDate: new Date(0) }), 'skip: the secret is scheduled for deletion'],
    ['gone', awsError('ResourceNotFoundException'), `skip: ${SECRET} does not exist (any more)`],
  ])('%s', async (_, answer, expected) => {
    expect(await judge(510, SECRET, { 'secretsmanager:DescribeSecret': answer })).toBe(expected);
  });

  it.each([
    ['rate(1 day)', 1],
    ['rate(4 hours)', 4 / 24],
    ['cron(0 8 1 * ? *)', 35],
    ['cron(0 8 ? * MON#1 *)', 35],
    ['cron(0 8 1 */2 ? *)', 66],
    ['cron(0 8 1 JAN-DEC ? *)', 35],
    ['cron(0 8 1 1,3,5,7,9,11 ? *)', 66],
    ['cron(0 8 1 FEB,MAY ? *)', 9 * 31],
    ['cron(0 8 1 6 ? *)', 12 * 31],
    ['cron(0 8 1 2-4 ? *)', 10 * 31],
    ['at sunset', undefined],
  ])('%s is at most %s days', (ScheduleExpression, days) => {
    expect(longestInterval({ ScheduleExpression })).toBe(days);
  });
});

describe('secrets', () => {
  const { resource, on } = controlOf(119).detector;

  it('are listed page by page', async () => {
    const session = sessionOn({
      'secretsmanager:ListSecrets': ({ NextToken }) =>
        NextToken === undefined ? { SecretList: [{ ARN: 'a' }], NextToken: '2' } : { SecretList: [{ ARN: 'b' }] },
    });
    expect(resource.list && (await session.value(resource.list, placeOf(119), []))).toEqual(['a', 'b']);
  });

  it.each([
    ['by the ARN of the response', { requestParameters: { name: 'x' }, responseElements: { arn: SECRET } }, SECRET],
    ['as DeleteSecret spells it', { requestParameters: { secretId: 'x' }, responseElements: { aRN: SECRET } }, SECRET],
    ['by name', { requestParameters: { secretId: 'orders/db' } }, 'orders/db'],
  ])('are found in events %s, and have their ARN as id', async (_, record, asked) => {
    const ids = on['secretsmanager:UpdateSecret'];
    if (ids?.kind !== 'through' || ids.from.kind !== 'paths') throw new Error('A secret is looked up.');
    const [id] = ids.from.paths.flatMap((path) => stringsAt(record, path));
    expect(id).toBe(asked);
    const session = sessionOn({ 'secretsmanager:DescribeSecret': secret() });
    expect(await session.value(ids.read, placeOf(119, id), [])).toEqual([SECRET]);
  });
});
