import { describe, expect, it } from 'vitest';
import { ACCOUNT, callsOf, judge, planFor, plansFor } from '../controls.ts';

const ROLE = `arn:aws:iam::${ACCOUNT}:role/config`;
const recordingMode = {
  recordingFrequency: 'DAILY',
  recordingModeOverrides: [{ resourceTypes: ['AWS::EC2::Instance'], recordingFrequency: 'CONTINUOUS' }],
};
const NONE = { resourceTypes: [] };
const all = (includeGlobalResourceTypes: boolean) => ({
  allSupported: true,
  includeGlobalResourceTypes,
  resourceTypes: [],
  exclusionByResourceTypes: NONE,
  recordingStrategy: { useOnly: 'ALL_SUPPORTED_RESOURCE_TYPES' },
});
const recordingOf = (...resourceTypes: string[]) => ({
  allSupported: false,
  includeGlobalResourceTypes: false,
  resourceTypes,
  exclusionByResourceTypes: NONE,
  recordingStrategy: { useOnly: 'INCLUSION_BY_RESOURCE_TYPES' },
});
const allBut = (...resourceTypes: string[]) => ({
  ...recordingOf(),
  exclusionByResourceTypes: { resourceTypes },
  recordingStrategy: { useOnly: 'EXCLUSION_BY_RESOURCE_TYPES' },
});
const recorder = (recordingGroup: object) => ({ name: 'audit', roleARN: ROLE, recordingMode, recordingGroup });
const answered = (...ConfigurationRecorders: object[]) => ({
  'configservice:DescribeConfigurationRecorders': { ConfigurationRecorders },
});
const put = (ConfigurationRecorder: object) => ['configservice:PutConfigurationRecorder', { ConfigurationRecorder }];
const IAM = ['AWS::IAM::Group', 'AWS::IAM::Policy', 'AWS::IAM::Role', 'AWS::IAM::User'];

describe('230', () => {
  it.each<[string, object, object]>([
    ['records everything, and not IAM', recordingOf('AWS::S3::Bucket'), all(false)],
    ['goes on recording IAM that was named', recordingOf('AWS::IAM::Role'), all(true)],
    ['goes on recording IAM that was not left out', allBut('AWS::EC2::Subnet'), all(true)],
    ['does not start to record IAM', allBut(...IAM), all(false)],
  ])('%s', async (_, before, after) => {
    const plan = await planFor(230, undefined, answered({ ...recorder(before), arn: 'arn:…', recordingScope: 'PAID' }));
    expect(callsOf(plan)).toEqual({ steps: [put(recorder(after))], undo: [put(recorder(before))] });
    expect(await judge(230, undefined, answered(recorder(after)))).toBe('pass');
  });
});

describe('231', () => {
  it.each<[string, object, object]>([
    ['raises the flag', all(false), all(true)],
    [
      'names IAM where types are named',
      recordingOf('AWS::S3::Bucket', 'AWS::IAM::User'),
      recordingOf('AWS::S3::Bucket', 'AWS::IAM::User', ...IAM.slice(0, 3)),
    ],
    [
      'leaves out all that is left out but IAM',
      allBut('AWS::EC2::Subnet', 'AWS::IAM::User'),
      allBut('AWS::EC2::Subnet'),
    ],
    ['records everything where IAM alone was left out', allBut(...IAM), all(true)],
  ])('%s', async (_, before, after) => {
    const plan = await planFor(231, undefined, answered(recorder(before)));
    expect(callsOf(plan)).toEqual({ steps: [put(recorder(after))], undo: [put(recorder(before))] });
    expect(await judge(231, undefined, answered(recorder(after)))).toBe('pass');
  });

  it('keeps to the regions that the operator names', async () => {
    const before = answered(recorder(all(false)));
    const elsewhere = { parameters: { globalRecordingRegions: 'us-east-1, us-east-2' } };
    const plan = await planFor(231, undefined, before, elsewhere);
    expect(plan).toMatchObject({ mode: 'guided', steps: [] });
    expect(plan.guide[0]?.text).toContain('exempt eu-west-1');
    const here = { parameters: { globalRecordingRegions: 'us-east-1, eu-west-1' } };
    expect(callsOf(await planFor(231, undefined, before, here)).steps).toEqual([put(recorder(all(true)))]);
  });
});

describe('230 and 231', () => {
  it.each([
    ['named types', recordingOf('AWS::S3::Bucket')],
    ['types left out', allBut('AWS::IAM::User')],
  ])('are one write: %s', async (_, before) => {
    const plans = await plansFor([230, 231], undefined, answered(recorder(before)));
    expect(plans.map(({ controls }) => controls)).toEqual([[230, 231]]);
    expect(plans[0] && callsOf(plans[0]).steps).toEqual([put(recorder(all(true)))]);
  });

  it.each([
    [230, false],
    [231, true],
  ])('%i makes the first recorder with the role that was chosen', async (number, iam) => {
    const plan = await planFor(number, undefined, answered(), { parameters: { configRoleArn: ROLE } });
    expect(callsOf(plan)).toEqual({
      steps: [put({ name: 'default', roleARN: ROLE, recordingGroup: all(iam) })],
      undo: [['configservice:DeleteConfigurationRecorder', { ConfigurationRecorderName: 'default' }]],
    });
  });

  it.each([230, 231])('%i asks for a role of this account', async (number) => {
    for (const [configRoleArn, says] of [
      ['', 'set configRoleArn'],
      ['arn:aws:iam::999988887777:role/config', 'no role of this account'],
    ] as const) {
      const plan = await planFor(number, undefined, answered(), { parameters: { configRoleArn } });
      expect(plan).toMatchObject({ mode: 'guided', steps: [] });
      expect(plan.guide[0]?.text).toContain(says);
    }
  });
});

describe('232', () => {
  const keep = (RetentionPeriodInDays: number) => [
    'configservice:PutRetentionConfiguration',
    { RetentionPeriodInDays },
  ];
  const asAnswer = (...RetentionConfigurations: object[]) => ({
    'configservice:DescribeRetentionConfigurations': { RetentionConfigurations },
  });

  it('keeps seven years', async () => {
    const plan = await planFor(232, undefined, asAnswer({ Name: 'default', RetentionPeriodInDays: 365 }));
    expect(callsOf(plan)).toEqual({ steps: [keep(2557)], undo: [keep(365)] });
    expect(plan).toMatchObject({ mode: 'auto', undo: { class: 'exact' } });
  });

  it('takes the setting away again where there was none', async () => {
    const remove = ['configservice:DeleteRetentionConfiguration', { RetentionConfigurationName: 'default' }];
    expect(callsOf(await planFor(232, undefined, asAnswer()))).toEqual({ steps: [keep(2557)], undo: [remove] });
  });
});

describe('233', () => {
  const others = {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'Trail',
        Effect: 'Allow',
        Principal: { Service: 'cloudtrail.amazonaws.com' },
        Action: 's3:PutObject',
        Resource: 'arn:aws:s3:::records/AWSLogs/*',
      },
    ],
  };
  const state = (recorders: object[], policy: object = others) => ({
    ...answered(...recorders),
    'configservice:DescribeDeliveryChannels': { DeliveryChannels: [] },
    's3:GetBucketPolicy': { Policy: JSON.stringify(policy) },
  });
  const parameters = { configBucket: 'records' };
  const account = { 'aws:SourceAccount': ACCOUNT };
  const statement = (Sid: string, Action: string, Resource: string, more: object = {}) => ({
    ...{ Sid, Effect: 'Allow', Principal: { Service: 'config.amazonaws.com' }, Action, Resource },
    Condition: { StringEquals: { ...account, ...more } },
  });
  const added = (folder = '') => [
    statement('AllowConfigAclCheck', 's3:GetBucketAcl', 'arn:aws:s3:::records'),
    statement('AllowConfigExistenceCheck', 's3:ListBucket', 'arn:aws:s3:::records'),
    statement('AllowConfigDelivery', 's3:PutObject', `arn:aws:s3:::records/${folder}AWSLogs/${ACCOUNT}/Config/*`, {
      's3:x-amz-acl': 'bucket-owner-full-control',
    }),
  ];
  const putPolicy = (policy: object) => ['s3:PutBucketPolicy', { Bucket: 'records', Policy: JSON.stringify(policy) }];
  const deliver = (more: object = {}) => [
    'configservice:PutDeliveryChannel',
    { DeliveryChannel: { name: 'default', s3BucketName: 'records', ...more } },
  ];
  const stop = ['configservice:DeleteDeliveryChannel', { DeliveryChannelName: 'default' }];

  it('lets AWS Config write, then makes the channel, and back', async () => {
    const plan = await planFor(233, undefined, state([recorder(all(true))]), { parameters });
    const after = { ...others, Statement: [...others.Statement, ...added()] };
    expect(callsOf(plan)).toEqual({ steps: [putPolicy(after), deliver()], undo: [stop, putPolicy(others)] });
  });

  it('uses the folder and the key, and leaves a policy alone that allows it', async () => {
    const allowing = { ...others, Statement: added('audit/') };
    const chosen = { ...parameters, configPrefix: 'audit', configBucketKeyArn: 'arn:aws:kms:eu-west-1:1:key/1' };
    const plan = await planFor(233, undefined, state([recorder(all(true))], allowing), { parameters: chosen });
    expect(callsOf(plan).steps).toEqual([
      deliver({ s3KeyPrefix: 'audit', s3KmsKeyArn: 'arn:aws:kms:eu-west-1:1:key/1' }),
    ]);
  });

  it('wants a recorder first, a bucket, and a proper folder', async () => {
    expect((await planFor(233, undefined, state([recorder(all(true))]))).missing).toEqual(['configBucket']);
    const without = await planFor(233, undefined, state([]), { parameters });
    expect(without.guide[0]?.text).toContain('control 230 first');
    const slash = { parameters: { ...parameters, configPrefix: '/audit' } };
    const plan = await planFor(233, undefined, state([recorder(all(true))]), slash);
    expect(plan.guide[0]?.text).toContain('without slashes');
  });
});
