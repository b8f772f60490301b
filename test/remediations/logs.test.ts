import { describe, expect, it } from 'vitest';
import { ACCOUNT, callsOf, judge, planFor, REGION } from '../controls.ts';

const GROUP = '/aws/lambda/orders';
const groups = (more: object = {}) => ({ 'logs:DescribeLogGroups': { logGroups: [{ logGroupName: GROUP, ...more }] } });

describe('313', () => {
  const keep = (retentionInDays: number) => ['logs:PutRetentionPolicy', { logGroupName: GROUP, retentionInDays }];
  const chosen = (retentionDays: string) => ({ parameters: { retentionDays } });

  it.each<[string, object, unknown]>([
    ['a group that kept everything', {}, ['logs:DeleteRetentionPolicy', { logGroupName: GROUP }]],
    ['a group that kept a day', { retentionInDays: 1 }, keep(1)],
  ])('%s', async (_, before, back) => {
    const plan = await planFor(313, GROUP, groups(before), chosen('365'));
    expect(callsOf(plan)).toEqual({ steps: [keep(365)], undo: [back] });
    expect(plan).toMatchObject({ mode: 'approve', undo: { class: 'best-effort' } });
    expect(await judge(313, GROUP, groups({ retentionInDays: 365 }))).toBe('pass');
  });

  it('chooses nothing by itself, and takes only what AWS takes', async () => {
    expect((await planFor(313, GROUP, groups())).missing).toEqual(['retentionDays']);
    for (const days of ['5', '8', 'a year', '4000']) {
      const plan = await planFor(313, GROUP, groups(), chosen(days));
      expect(plan).toMatchObject({ mode: 'guided', steps: [] });
      expect(plan.guide[0]?.text).toContain(`retentionDays is "${days}"`);
    }
  });
});

describe('373', () => {
  const KEY = `arn:aws:kms:${REGION}:${ACCOUNT}:key/1234`;
  const ARN = `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${GROUP}`;
  const root = { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'kms:*', Resource: '*' };
  const added = {
    Sid: 'AllowCloudWatchLogs',
    Effect: 'Allow',
    Principal: { Service: `logs.${REGION}.amazonaws.com` },
    Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
    Resource: '*',
    Condition: { ArnEquals: { 'kms:EncryptionContext:aws:logs:arn': ARN } },
  };
  const policy = (...Statement: object[]) => ({ Version: '2012-10-17', Id: 'kept', Statement });
  const state = (document: object) => ({ ...groups(), 'kms:GetKeyPolicy': { Policy: JSON.stringify(document) } });
  const parameters = { logKeyArn: KEY };
  const associate = ['logs:AssociateKmsKey', { logGroupName: GROUP, kmsKeyId: KEY }];
  const undo = [['logs:DisassociateKmsKey', { logGroupName: GROUP }]];

  it('adds the grant to the key, then takes the key; the grant stays when it is undone', async () => {
    const plan = await planFor(373, GROUP, state(policy(root)), { parameters });
    const put = [
      'kms:PutKeyPolicy',
      { KeyId: '1234', PolicyName: 'default', Policy: JSON.stringify(policy(root, added)) },
    ];
    expect(callsOf(plan)).toEqual({ steps: [put, associate], undo });
    expect(plan.undo.class).toBe('best-effort');
    expect(await judge(373, GROUP, groups({ kmsKeyId: KEY }))).toBe('pass');
  });

  it.each<[string, object]>([
    ['this group', added],
    [
      'all groups',
      {
        ...added,
        Action: ['kms:Encrypt*', 'kms:Decrypt*', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:Describe*'],
        Condition: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': `arn:aws:logs:${REGION}:${ACCOUNT}:*` } },
      },
    ],
  ])('leaves a key alone that allows %s', async (_, allowing) => {
    const plan = await planFor(373, GROUP, state(policy(root, allowing)), { parameters });
    expect(callsOf(plan)).toEqual({ steps: [associate], undo });
  });

  it.each<[string, object]>([
    ['another group', { ...added, Condition: { ArnEquals: { 'kms:EncryptionContext:aws:logs:arn': `${ARN}-test` } } }],
    ['another region', { ...added, Principal: { Service: 'logs.us-east-1.amazonaws.com' } }],
    ['to decrypt only', { ...added, Action: 'kms:Decrypt' }],
  ])('adds the grant beside one for %s', async (_, other) => {
    const plan = await planFor(373, GROUP, state(policy(root, other)), { parameters });
    const put = { ...added, Sid: 'AllowCloudWatchLogs2' };
    expect(callsOf(plan).steps[0]).toEqual([
      'kms:PutKeyPolicy',
      { KeyId: '1234', PolicyName: 'default', Policy: JSON.stringify(policy(root, other, put)) },
    ]);
  });

  it.each([
    'alias/aws/logs',
    'alias/logs',
    '1234',
    KEY.replace(REGION, 'us-east-1'),
    KEY.replace(ACCOUNT, '999988887777'),
  ])('does not take %s', async (logKeyArn) => {
    const plan = await planFor(373, GROUP, state(policy(root)), { parameters: { logKeyArn } });
    expect(plan).toMatchObject({ mode: 'guided', steps: [] });
    expect(plan.guide[0]?.text).toContain(`logKeyArn is "${logKeyArn}"`);
  });
});
