import { describe, expect, it } from 'vitest';
import { validateInput } from '../../src/aws/validate.ts';

const VALID: readonly [string, string, object][] = [
  ['ec2', 'ModifySubnetAttribute', { SubnetId: 'subnet-1', MapPublicIpOnLaunch: { Value: false } }],
  ['ec2', 'CreateTags', { Resources: ['vol-1'], Tags: [{ Key: 'a', Value: 'b' }] }],
  ['ec2', 'DescribeInstances', {}],
  ['events', 'PutRule', { Name: 'r', EventPattern: '{}', State: 'ENABLED' }],
  ['iam', 'UpdateAccessKey', { UserName: 'u', AccessKeyId: 'AKIA', Status: 'Inactive' }],
  ['iam', 'GetAccountSummary', {}],
  ['kms', 'ScheduleKeyDeletion', { KeyId: 'k', PendingWindowInDays: 7 }],
  [
    'kms',
    'ImportKeyMaterial',
    { KeyId: 'k', ImportToken: new Uint8Array([1]), EncryptedKeyMaterial: new Uint8Array() },
  ],
  ['s3', 'PutBucketVersioning', { Bucket: 'b', VersioningConfiguration: { Status: 'Enabled' } }],
  ['s3', 'PutBucketVersioning', { Bucket: 'b', VersioningConfiguration: {}, MFA: undefined }],
  ['s3control', 'PutPublicAccessBlock', { AccountId: '1', PublicAccessBlockConfiguration: { BlockPublicAcls: true } }],
  ['sns', 'SetTopicAttributes', { TopicArn: 't', AttributeName: 'KmsMasterKeyId', AttributeValue: 'k' }],
  ['sqs', 'SetQueueAttributes', { QueueUrl: 'q', Attributes: { SqsManagedSseEnabled: 'true' } }],
  ['ssm', 'UpdateServiceSetting', { SettingId: 's', SettingValue: 'v' }],
  ['sts', 'AssumeRole', { RoleArn: 'r', RoleSessionName: 's', PolicyArns: [{ arn: 'a' }], DurationSeconds: 900 }],
];

const INVALID: readonly [string, string, object, string[]][] = [
  [
    's3',
    'PutBucketVersioning',
    { Bucket: 'b', VersioningConfiguration: { Statuss: 'Enabled' } },
    ['PutBucketVersioning: VersioningConfiguration.Statuss is not a member'],
  ],
  [
    's3',
    'PutBucketEncryption',
    { Bucket: 'b', ServerSideEncryptionConfiguration: { Rules: [{ ApplyServerSideEncryptionByDefault: {} }] } },
    [
      'PutBucketEncryption: ServerSideEncryptionConfiguration.Rules[0].ApplyServerSideEncryptionByDefault.SSEAlgorithm is required',
    ],
  ],
  [
    's3',
    'PutBucketVersioning',
    {},
    ['PutBucketVersioning: Bucket is required', 'PutBucketVersioning: VersioningConfiguration is required'],
  ],
  [
    'ec2',
    'ModifySubnetAttribute',
    { SubnetId: 'subnet-1', MapPublicIpOnLaunch: false },
    ['ModifySubnetAttribute: MapPublicIpOnLaunch must be a structure, not false'],
  ],
  [
    'ec2',
    'CreateTags',
    { Resources: 'vol-1', Tags: [{ Key: 'a', Value: 1 }] },
    [
      'CreateTags: Resources must be a list, not the string "vol-1"',
      'CreateTags: Tags[0].Value must be a string, not the number 1',
    ],
  ],
  ['ec2', 'CreateTags', { Resources: [null], Tags: [] }, ['CreateTags: Resources[0] must be a string, not null']],
  ['events', 'PutRule', { Name: 'r', Tags: {} }, ['PutRule: Tags must be a list, not a structure']],
  [
    'iam',
    'UpdateAccountPasswordPolicy',
    { MinimumPasswordLength: '14' },
    ['UpdateAccountPasswordPolicy: MinimumPasswordLength must be a number, not the string "14"'],
  ],
  ['iam', 'GetAccountSummary', { Verbose: true }, ['GetAccountSummary: Verbose is not a member']],
  ['kms', 'EnableKeyRotation', {}, ['EnableKeyRotation: KeyId is required']],
  [
    'kms',
    'ImportKeyMaterial',
    { KeyId: 'k', ImportToken: 'aGk=', EncryptedKeyMaterial: 'aGk=', ValidTo: 'tomorrow' },
    ['ImportKeyMaterial: ValidTo must be a date, not the string "tomorrow"'],
  ],
  [
    's3control',
    'PutPublicAccessBlock',
    { AccountId: '1', PublicAccessBlockConfiguration: { BlockPublicAcls: 'true' } },
    [
      'PutPublicAccessBlock: PublicAccessBlockConfiguration.BlockPublicAcls must be true or false, not the string "true"',
    ],
  ],
  ['sns', 'SetTopicAttributes', { TopicArn: 't' }, ['SetTopicAttributes: AttributeName is required']],
  [
    'sqs',
    'SetQueueAttributes',
    { QueueUrl: 'q', Attributes: { VisibilityTimeout: 30 } },
    ['SetQueueAttributes: Attributes.VisibilityTimeout must be a string, not the number 30'],
  ],
  [
    'ssm',
    'UpdateServiceSetting',
    { SettingId: 's', SettingValue: true },
    ['UpdateServiceSetting: SettingValue must be a string, not true'],
  ],
  [
    'sts',
    'AssumeRole',
    { RoleArn: 'r', RoleSessionName: 's', DurationSeconds: Number.NaN },
    ['AssumeRole: DurationSeconds must be a number, not the number NaN'],
  ],
];

describe('validateInput', () => {
  it.each(VALID)('%s %s accepts %j', async (service, operation, input) => {
    expect(await validateInput(service, operation, input)).toEqual([]);
  });

  it.each(INVALID)('%s %s refuses %j', async (service, operation, input, problems) => {
    expect(await validateInput(service, operation, input)).toEqual(problems);
  });

  it('takes a value of an earlier step wherever a scalar belongs, but not for a structure', async () => {
    const input = { SnapshotId: 'ref:copy/SnapshotId', Size: 'ref:copy/VolumeSize', AvailabilityZone: 'ref:a/b' };
    expect(await validateInput('ec2', 'CreateVolume', input)).toEqual([]);
    expect(
      await validateInput('s3', 'PutBucketVersioning', { Bucket: 'b', VersioningConfiguration: 'ref:a/b' }),
    ).toEqual(['PutBucketVersioning: VersioningConfiguration must be a structure, not the string "ref:a/b"']);
  });

  it('needs no token that the SDK makes by itself', async () => {
    const input = { Content: '{}', Name: 'd', DocumentVersion: '1' };
    expect(await validateInput('ssm', 'UpdateDocument', input)).toEqual([]);
    expect(await validateInput('ec2', 'CreateFlowLogs', { ResourceIds: ['vpc-1'], ResourceType: 'VPC' })).toEqual([]);
  });

  it('wants exactly one member of a union', async () => {
    const rules = (Filter: object) => ({
      Bucket: 'b',
      LifecycleConfiguration: { Rules: [{ Status: 'Enabled', Filter }] },
    });
    expect(await validateInput('s3', 'PutBucketLifecycleConfiguration', rules({ Prefix: 'a' }))).toEqual([]);
    expect(
      await validateInput('s3', 'PutBucketMetricsConfiguration', {
        Bucket: 'b',
        Id: 'm',
        MetricsConfiguration: { Id: 'm', Filter: { Prefix: 'a', AccessPointArn: 'b' } },
      }),
    ).toEqual(['PutBucketMetricsConfiguration: MetricsConfiguration.Filter must have exactly one member, not 2']);
  });

  it('says when there is no such service or operation', async () => {
    expect(await validateInput('lightsale', 'Get', {})).toEqual([
      'Get: lightsale is not a service that Redress has a client for',
    ]);
    expect(await validateInput('s3', 'PutBucketVersionning', {})).toEqual([
      'PutBucketVersionning is not an operation of s3',
    ]);
    expect(await validateInput('toString', 'x', {})).toHaveLength(1);
  });
});
