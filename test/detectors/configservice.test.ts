import { describe, expect, it } from 'vitest';
import { atOf, evaluate } from '../../src/judge/judge.ts';
import { ACCOUNT, type Answer, awsError, controlOf, judge, sessionOn } from '../controls.ts';

const ROLE = `arn:aws:iam::${ACCOUNT}:role/config`;
const none = 'fail: AWS Config has no recorder of your own in this region';
const recorders = (...ConfigurationRecorders: object[]) => ({
  'configservice:DescribeConfigurationRecorders': { ConfigurationRecorders },
});
const recording = (recordingGroup?: object) => recorders({ name: 'default', roleARN: ROLE, recordingGroup });
const all = (includeGlobalResourceTypes: boolean) => ({
  allSupported: true,
  includeGlobalResourceTypes,
  resourceTypes: [],
  recordingStrategy: { useOnly: 'ALL_SUPPORTED_RESOURCE_TYPES' },
});
const recordingOf = (...resourceTypes: string[]) => ({
  allSupported: false,
  resourceTypes,
  exclusionByResourceTypes: { resourceTypes: [] },
  recordingStrategy: { useOnly: 'INCLUSION_BY_RESOURCE_TYPES' },
});
const allBut = (...resourceTypes: string[]) => ({
  allSupported: false,
  includeGlobalResourceTypes: false,
  exclusionByResourceTypes: { resourceTypes },
  recordingStrategy: { useOnly: 'EXCLUSION_BY_RESOURCE_TYPES' },
});
const IAM = ['AWS::IAM::Group', 'AWS::IAM::Policy', 'AWS::IAM::Role', 'AWS::IAM::User'];
const noIam = `fail: the recorder leaves out ${IAM.join(', ')}`;

describe('230 and 231: what is recorded', () => {
  it.each<[string, Record<string, Answer>, string, string]>([
    ['everything, IAM included', recording(all(true)), 'pass', 'pass'],
    ['everything but IAM', recording(all(false)), 'pass', noIam],
    ['nothing said', recording(), 'pass', noIam],
    [
      'two types',
      recording(recordingOf('AWS::EC2::Instance', 'AWS::S3::Bucket')),
      'fail: the recorder records 2 types of resource only',
      noIam,
    ],
    [
      'two types, without a strategy',
      recording({ allSupported: false, resourceTypes: ['AWS::EC2::Instance', 'AWS::IAM::User'] }),
      'fail: the recorder records 2 types of resource only',
      'fail: the recorder leaves out AWS::IAM::Group, AWS::IAM::Policy, AWS::IAM::Role',
    ],
    ['the types of IAM', recording(recordingOf(...IAM)), 'fail: the recorder records 4 types of resource only', 'pass'],
    [
      'everything but one',
      recording(allBut('AWS::EC2::Subnet')),
      'fail: the recorder leaves out AWS::EC2::Subnet',
      'pass',
    ],
    [
      'everything but users',
      recording(allBut('AWS::IAM::User')),
      'fail: the recorder leaves out AWS::IAM::User',
      'fail: the recorder leaves out AWS::IAM::User',
    ],
    ['no recorder', recorders(), none, none],
    [
      'only one of an AWS service',
      recorders({
        name: 'AWSConfigurationRecorderForX',
        servicePrincipal: 'x.amazonaws.com',
        recordingGroup: all(true),
      }),
      none,
      none,
    ],
    [
      'one of an AWS service beside',
      recorders({ servicePrincipal: 'x.amazonaws.com' }, { name: 'default', recordingGroup: all(true) }),
      'pass',
      'pass',
    ],
    [
      'denied',
      { 'configservice:DescribeConfigurationRecorders': awsError('AccessDeniedException') },
      'unknown: configservice:DescribeConfigurationRecorders was denied; allow config:DescribeConfigurationRecorders',
      'unknown: configservice:DescribeConfigurationRecorders was denied; allow config:DescribeConfigurationRecorders',
    ],
  ])('%s', async (_, answers, everything, iam) => {
    expect(await judge(230, undefined, answers)).toBe(everything);
    expect(await judge(231, undefined, answers)).toBe(iam);
  });

  it.each([
    ['eu-central-2', 'skip'],
    ['us-gov-west-1', 'fail'],
  ])('IAM in %s: %s', async (region, expected) => {
    const control = controlOf(231);
    const at = atOf(control.detector.resource, { partition: 'aws', account: ACCOUNT, region, id: ACCOUNT }, new Date());
    expect((await evaluate(sessionOn(recording(all(false))), control, at)).verdict).toBe(expected);
  });
});

describe('232: retention', () => {
  it.each<[string, Answer, string]>([
    ['seven years', { RetentionConfigurations: [{ Name: 'default', RetentionPeriodInDays: 2557 }] }, 'pass'],
    [
      'a year',
      { RetentionConfigurations: [{ Name: 'default', RetentionPeriodInDays: 365 }] },
      'fail: what is recorded is kept for 365 days',
    ],
    [
      'nothing said',
      { RetentionConfigurations: [] },
      'fail: no retention is configured; by its default AWS keeps 2557 days now',
    ],
  ])('%s', async (_, answer, expected) => {
    expect(await judge(232, undefined, { 'configservice:DescribeRetentionConfigurations': answer })).toBe(expected);
  });
});

describe('233: delivery', () => {
  const off = 'fail: AWS Config has no delivery channel with a bucket in this region';
  it.each<[string, Answer, string]>([
    ['to a bucket', { DeliveryChannels: [{ name: 'default', s3BucketName: 'config' }] }, 'pass'],
    ['no channel', { DeliveryChannels: [] }, off],
    ['without a bucket', { DeliveryChannels: [{ name: 'default', s3BucketName: '' }] }, off],
  ])('%s', async (_, answer, expected) => {
    expect(await judge(233, undefined, { 'configservice:DescribeDeliveryChannels': answer })).toBe(expected);
  });
});
