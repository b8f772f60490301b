import { describe, expect, it } from 'vitest';
import { ACCOUNT, callsOf, judge, planFor, plansFor } from '../controls.ts';

const SecretId = `arn:aws:secretsmanager:eu-west-1:${ACCOUNT}:secret:orders/db-AbCdEf`;
const KEY = `arn:aws:kms:eu-west-1:${ACCOUNT}:key/1234abcd`;
const FUNCTION = `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:rotate`;
const answers = (more: object = {}, KeyManager = 'CUSTOMER') => ({
  'secretsmanager:DescribeSecret': { ARN: SecretId, ...more },
  'kms:DescribeKey': { KeyMetadata: { KeyManager } },
});
const parameters = { secretKeyArn: KEY };

describe('119 and 366', () => {
  it('set the key and send no value; undone, the default is back', async () => {
    const [plan, ...more] = await plansFor([119, 366], SecretId, answers(), { parameters });
    expect(more).toEqual([]);
    if (plan === undefined) throw new Error('There is no plan.');
    expect(callsOf(plan)).toEqual({
      steps: [['secretsmanager:UpdateSecret', { SecretId, KmsKeyId: KEY }]],
      undo: [['secretsmanager:UpdateSecret', { SecretId, KmsKeyId: '' }]],
    });
    expect(plan).toMatchObject({ controls: [119, 366], mode: 'approve', undo: { class: 'exact' } });
    for (const number of [119, 366]) expect(await judge(number, SecretId, answers({ KmsKeyId: KEY }))).toBe('pass');
  });

  it('undo to the key that there was', async () => {
    const plan = await planFor(119, SecretId, answers({ KmsKeyId: 'old' }, 'AWS'), { parameters });
    expect(callsOf(plan).undo).toEqual([['secretsmanager:UpdateSecret', { SecretId, KmsKeyId: 'old' }]]);
  });

  it('need a key', async () => {
    expect((await planFor(119, SecretId, answers())).missing).toEqual(['secretKeyArn']);
  });

  it.each([
    ['alias/aws/secretsmanager', 'a key that AWS manages'],
    [KEY.replace('eu-west-1', 'us-east-1'), 'a key in us-east-1'],
    [KEY.replace('arn:aws:', 'arn:aws-cn:'), 'no KMS key of this partition'],
    [FUNCTION, 'no KMS key of this partition'],
  ])('refuse %s', async (secretKeyArn, text) => {
    const plan = await planFor(366, SecretId, answers(), { parameters: { secretKeyArn } });
    expect(plan).toMatchObject({ mode: 'guided', steps: [] });
    expect(plan.guide[0]?.text).toContain(text);
  });

  it('send a person to the primary of a replica', async () => {
    const plan = await planFor(119, SecretId, answers({ PrimaryRegion: 'us-east-1' }), { parameters });
    expect(plan).toMatchObject({ mode: 'guided', steps: [] });
    expect(plan.guide[0]?.text).toContain('a copy of a secret in us-east-1');
  });
});

describe('510', () => {
  const rotate = (input: object) => ['secretsmanager:RotateSecret', { SecretId, ...input, RotateImmediately: false }];
  const cancel = ['secretsmanager:CancelRotateSecret', { SecretId }];
  const rotationLambdaArn = FUNCTION;

  it.each<[string, object, Record<string, string>, object[], object[]]>([
    [
      'starts with the function of the operator',
      {},
      { rotationLambdaArn },
      [rotate({ RotationLambdaARN: FUNCTION, RotationRules: { AutomaticallyAfterDays: 90 } })],
      [cancel],
    ],
    [
      'starts again what was cancelled, as it was',
      {
        RotationLambdaARN: 'theirs',
        RotationRules: { ScheduleExpression: 'rate(10 days)', AutomaticallyAfterDays: 10, Duration: '3h' },
      },
      { rotationLambdaArn },
      [rotate({ RotationLambdaARN: 'theirs', RotationRules: { ScheduleExpression: 'rate(10 days)', Duration: '3h' } })],
      [cancel],
    ],
    [
      'shortens the days, and keeps function and window',
      {
        RotationEnabled: true,
        RotationLambdaARN: 'theirs',
        RotationRules: { AutomaticallyAfterDays: 365, Duration: '2h' },
      },
      { rotationDays: '30' },
      [rotate({ RotationLambdaARN: 'theirs', RotationRules: { AutomaticallyAfterDays: 30, Duration: '2h' } })],
      [rotate({ RotationLambdaARN: 'theirs', RotationRules: { AutomaticallyAfterDays: 365, Duration: '2h' } })],
    ],
    [
      'shortens a rate, and needs no function for managed rotation',
      { RotationEnabled: true, RotationRules: { ScheduleExpression: 'rate(200 days)' } },
      {},
      [rotate({ RotationRules: { ScheduleExpression: 'rate(90 days)' } })],
      [rotate({ RotationRules: { ScheduleExpression: 'rate(200 days)' } })],
    ],
  ])('%s', async (_, before, parameters, steps, undo) => {
    const plan = await planFor(510, SecretId, answers(before), { parameters });
    const plain = JSON.parse(JSON.stringify(callsOf(plan)));
    expect(plain).toEqual({ steps, undo });
    expect(plan).toMatchObject({ mode: 'approve', undo: { class: 'best-effort' } });
  });

  it.each<[string, object, Record<string, string>, string]>([
    ['no function', {}, {}, 'no function rotates this secret yet'],
    ['too many days', {}, { rotationLambdaArn, rotationDays: '91' }, 'rotationDays is "91"'],
    ['no days', {}, { rotationLambdaArn, rotationDays: 'x' }, 'rotationDays is "x"'],
    [
      'a cron of its own',
      { RotationEnabled: true, RotationRules: { ScheduleExpression: 'cron(0 8 1 1/6 ? *)' } },
      {},
      'cron(0 8 1 1/6 ? *)',
    ],
  ])('leaves to a person: %s', async (_, before, parameters, text) => {
    const plan = await planFor(510, SecretId, answers(before), { parameters });
    expect(plan).toMatchObject({ mode: 'guided', steps: [] });
    expect(plan.guide[0]?.text).toContain(text);
  });
});
