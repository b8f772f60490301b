import type { AlsoNeeded } from './permissions.ts';

/** IAM prefixes that differ from the service's name in the AWS CLI. */
export const IAM_PREFIXES: Readonly<Record<string, string>> = {
  accessanalyzer: 'access-analyzer',
  amp: 'aps',
  apigatewayv2: 'apigateway',
  configservice: 'config',
  deploy: 'codedeploy',
  docdb: 'rds',
  efs: 'elasticfilesystem',
  elb: 'elasticloadbalancing',
  elbv2: 'elasticloadbalancing',
  emr: 'elasticmapreduce',
  kinesisanalyticsv2: 'kinesisanalytics',
  mwaa: 'airflow',
  neptune: 'rds',
  opensearch: 'es',
  resourcegroupstaggingapi: 'tag',
  s3control: 's3',
  sesv2: 'ses',
  'sso-admin': 'sso',
  stepfunctions: 'states',
  'timestream-write': 'timestream',
};

/**
 * Operations whose IAM action has another name than they have, by service and
 * operation. For S3 see "Required permissions for Amazon S3 API operations" in
 * its user guide: deleting a configuration mostly needs the right to put it.
 */
export const OTHER_ACTIONS: Readonly<Record<string, readonly string[]>> = {
  's3.CompleteMultipartUpload': ['s3:PutObject'],
  's3.CopyObject': ['s3:GetObject', 's3:PutObject'],
  's3.CreateBucketMetadataConfiguration': ['s3:CreateBucketMetadataTableConfiguration'],
  's3.CreateMultipartUpload': ['s3:PutObject'],
  's3.CreateSession': ['s3express:CreateSession'],
  's3.DeleteBucketAnalyticsConfiguration': ['s3:PutAnalyticsConfiguration'],
  's3.DeleteBucketCors': ['s3:PutBucketCORS'],
  's3.DeleteBucketEncryption': ['s3:PutEncryptionConfiguration'],
  's3.DeleteBucketIntelligentTieringConfiguration': ['s3:PutIntelligentTieringConfiguration'],
  's3.DeleteBucketInventoryConfiguration': ['s3:PutInventoryConfiguration'],
  's3.DeleteBucketLifecycle': ['s3:PutLifecycleConfiguration'],
  's3.DeleteBucketMetadataConfiguration': ['s3:DeleteBucketMetadataTableConfiguration'],
  's3.DeleteBucketMetricsConfiguration': ['s3:PutMetricsConfiguration'],
  's3.DeleteBucketOwnershipControls': ['s3:PutBucketOwnershipControls'],
  's3.DeleteBucketReplication': ['s3:PutReplicationConfiguration'],
  's3.DeleteBucketTagging': ['s3:PutBucketTagging'],
  's3.DeleteObjects': ['s3:DeleteObject', 's3:DeleteObjectVersion'],
  's3.DeletePublicAccessBlock': ['s3:PutBucketPublicAccessBlock'],
  's3.GetBucketAccelerateConfiguration': ['s3:GetAccelerateConfiguration'],
  's3.GetBucketAnalyticsConfiguration': ['s3:GetAnalyticsConfiguration'],
  's3.GetBucketCors': ['s3:GetBucketCORS'],
  's3.GetBucketEncryption': ['s3:GetEncryptionConfiguration'],
  's3.GetBucketIntelligentTieringConfiguration': ['s3:GetIntelligentTieringConfiguration'],
  's3.GetBucketInventoryConfiguration': ['s3:GetInventoryConfiguration'],
  's3.GetBucketLifecycleConfiguration': ['s3:GetLifecycleConfiguration'],
  's3.GetBucketMetadataConfiguration': ['s3:GetBucketMetadataTableConfiguration'],
  's3.GetBucketMetricsConfiguration': ['s3:GetMetricsConfiguration'],
  's3.GetBucketNotificationConfiguration': ['s3:GetBucketNotification'],
  's3.GetBucketReplication': ['s3:GetReplicationConfiguration'],
  's3.GetObjectLockConfiguration': ['s3:GetBucketObjectLockConfiguration'],
  's3.GetPublicAccessBlock': ['s3:GetBucketPublicAccessBlock'],
  's3.HeadBucket': ['s3:ListBucket'],
  's3.HeadObject': ['s3:GetObject'],
  's3.ListBucketAnalyticsConfigurations': ['s3:GetAnalyticsConfiguration'],
  's3.ListBucketIntelligentTieringConfigurations': ['s3:GetIntelligentTieringConfiguration'],
  's3.ListBucketInventoryConfigurations': ['s3:GetInventoryConfiguration'],
  's3.ListBucketMetricsConfigurations': ['s3:GetMetricsConfiguration'],
  's3.ListBuckets': ['s3:ListAllMyBuckets'],
  's3.ListDirectoryBuckets': ['s3express:ListAllMyDirectoryBuckets'],
  's3.ListMultipartUploads': ['s3:ListBucketMultipartUploads'],
  's3.ListObjectVersions': ['s3:ListBucketVersions'],
  's3.ListObjects': ['s3:ListBucket'],
  's3.ListObjectsV2': ['s3:ListBucket'],
  's3.ListParts': ['s3:ListMultipartUploadParts'],
  's3.PutBucketAccelerateConfiguration': ['s3:PutAccelerateConfiguration'],
  's3.PutBucketAnalyticsConfiguration': ['s3:PutAnalyticsConfiguration'],
  's3.PutBucketCors': ['s3:PutBucketCORS'],
  's3.PutBucketEncryption': ['s3:PutEncryptionConfiguration'],
  's3.PutBucketIntelligentTieringConfiguration': ['s3:PutIntelligentTieringConfiguration'],
  's3.PutBucketInventoryConfiguration': ['s3:PutInventoryConfiguration'],
  's3.PutBucketLifecycleConfiguration': ['s3:PutLifecycleConfiguration'],
  's3.PutBucketMetricsConfiguration': ['s3:PutMetricsConfiguration'],
  's3.PutBucketNotificationConfiguration': ['s3:PutBucketNotification'],
  's3.PutBucketReplication': ['s3:PutReplicationConfiguration'],
  's3.PutObjectLockConfiguration': ['s3:PutBucketObjectLockConfiguration'],
  's3.PutPublicAccessBlock': ['s3:PutBucketPublicAccessBlock'],
  's3.RenameObject': ['s3express:CreateSession'],
  's3.SelectObjectContent': ['s3:GetObject'],
  's3.UploadPart': ['s3:PutObject'],
  's3.UploadPartCopy': ['s3:GetObject', 's3:PutObject'],
  's3.WriteGetObjectResponse': ['s3-object-lambda:WriteGetObjectResponse'],
  // S3 Control without a bucket is the whole account's.
  's3control.DeletePublicAccessBlock': ['s3:PutAccountPublicAccessBlock'],
  's3control.GetPublicAccessBlock': ['s3:GetAccountPublicAccessBlock'],
  's3control.PutPublicAccessBlock': ['s3:PutAccountPublicAccessBlock'],
  's3control.DeleteAccessPointScope': ['s3express:DeleteAccessPointScope'],
  's3control.GetAccessPointScope': ['s3express:GetAccessPointScope'],
  's3control.ListAccessPointsForDirectoryBuckets': ['s3express:ListAccessPointsForDirectoryBuckets'],
  's3control.PutAccessPointScope': ['s3express:PutAccessPointScope'],
  // The bucket operations of S3 Control are those of S3 on Outposts.
  's3control.DeleteBucketLifecycleConfiguration': ['s3-outposts:PutLifecycleConfiguration'],
  's3control.DeleteBucketReplication': ['s3-outposts:PutReplicationConfiguration'],
  's3control.DeleteBucketTagging': ['s3-outposts:PutBucketTagging'],
  's3control.GetBucketLifecycleConfiguration': ['s3-outposts:GetLifecycleConfiguration'],
  's3control.GetBucketReplication': ['s3-outposts:GetReplicationConfiguration'],
  's3control.PutBucketLifecycleConfiguration': ['s3-outposts:PutLifecycleConfiguration'],
  's3control.PutBucketReplication': ['s3-outposts:PutReplicationConfiguration'],
  'cloudfront.CreateDistributionWithTags': ['cloudfront:CreateDistribution', 'cloudfront:TagResource'],
  'kms.ReEncrypt': ['kms:ReEncryptFrom', 'kms:ReEncryptTo'],
  'lambda.GetLayerVersionByArn': ['lambda:GetLayerVersion'],
  'lambda.Invoke': ['lambda:InvokeFunction'],
  'lambda.InvokeWithResponseStream': ['lambda:InvokeFunction'],
  'sns.PublishBatch': ['sns:Publish'],
  'sqs.ChangeMessageVisibilityBatch': ['sqs:ChangeMessageVisibility'],
  'sqs.DeleteMessageBatch': ['sqs:DeleteMessage'],
  'sqs.SendMessageBatch': ['sqs:SendMessage'],
};

/** Operations of S3 Control that keep their name under the prefix of S3 on Outposts. */
export const S3_OUTPOSTS: ReadonlySet<string> = new Set([
  'CreateBucket',
  'DeleteBucket',
  'DeleteBucketPolicy',
  'GetBucket',
  'GetBucketPolicy',
  'GetBucketTagging',
  'GetBucketVersioning',
  'ListRegionalBuckets',
  'PutBucketPolicy',
  'PutBucketTagging',
  'PutBucketVersioning',
]);

/** HTTP methods of API Gateway's operations, by the first word of their name, and the exceptions. */
export const API_GATEWAY_METHODS: Readonly<Record<string, string>> = {
  Create: 'POST',
  Delete: 'DELETE',
  Export: 'GET',
  Flush: 'DELETE',
  Generate: 'POST',
  Get: 'GET',
  Import: 'POST',
  Put: 'PUT',
  Reimport: 'PUT',
  Reject: 'POST',
  Reset: 'DELETE',
  Tag: 'POST',
  Test: 'POST',
  Untag: 'DELETE',
  Update: 'PATCH',
  'apigateway.ImportDocumentationParts': 'PUT',
  'apigateway.TagResource': 'PUT',
  'apigatewayv2.ImportApi': 'PUT',
};

/** Actions that guard parts of API Gateway's resources, by operation and the path that a patch touches. */
export const API_GATEWAY_ALSO: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  UpdateRestApi: { '/policy': 'apigateway:UpdateRestApiPolicy' },
  UpdateDomainName: {
    '/policy': 'apigateway:UpdateDomainNamePolicy',
    '/managementPolicy': 'apigateway:UpdateDomainNameManagementPolicy',
  },
};

/** Operations that can hand a role to a service: the caller then needs `iam:PassRole` for it. */
export const PASSES_ROLE: ReadonlySet<string> = new Set([
  'apigateway.UpdateAccount',
  'application-autoscaling.RegisterScalableTarget',
  'autoscaling.CreateAutoScalingGroup',
  'autoscaling.CreateLaunchConfiguration',
  'autoscaling.UpdateAutoScalingGroup',
  'backup.StartCopyJob',
  'cloudformation.UpdateStack',
  'cloudtrail.CreateTrail',
  'cloudtrail.UpdateTrail',
  'codebuild.UpdateProject',
  'configservice.PutConfigurationRecorder',
  'ec2.AssociateIamInstanceProfile',
  'ec2.CreateFlowLogs',
  'ec2.ReplaceIamInstanceProfileAssociation',
  'ec2.RunInstances',
  'ecs.RegisterTaskDefinition',
  'ecs.RunTask',
  'ecs.UpdateService',
  'emr.RunJobFlow',
  'events.PutRule',
  'events.PutTargets',
  'firehose.CreateDeliveryStream',
  'firehose.UpdateDestination',
  'glue.UpdateJob',
  'lambda.CreateFunction',
  'lambda.UpdateFunctionConfiguration',
  'opensearch.CreateDomain',
  'opensearch.UpdateDomainConfig',
  'rds.CreateDBInstance',
  'rds.ModifyDBCluster',
  'rds.ModifyDBInstance',
  's3.PutBucketReplication',
  'sagemaker.CreateEndpointConfig',
  'sagemaker.CreateHyperParameterTuningJob',
  'sagemaker.CreateModel',
  'sagemaker.CreateNotebookInstance',
  'sagemaker.CreateProcessingJob',
  'sagemaker.CreateTrainingJob',
  'sagemaker.UpdateNotebookInstance',
  'sns.SetTopicAttributes',
  'ssm.UpdateServiceSetting',
  'stepfunctions.CreateStateMachine',
  'stepfunctions.UpdateStateMachine',
  'transfer.CreateServer',
  'transfer.UpdateServer',
  'workspaces.ModifyWorkspaceCreationProperties',
]);

/**
 * Which services get the roles of operations that Redress calls, as in
 * `iam:PassedToService`. `kept`: the call repeats a role, or names a profile
 * with one. `asked`: only where the operator names one (a parameter `…RoleArn`).
 * `never`: our calls leave the role out, and it stays as it is.
 */
export const PASSED_TO: Readonly<
  Record<string, { readonly when: 'kept' | 'asked'; readonly services: readonly string[] } | { readonly when: 'never' }>
> = {
  'application-autoscaling.RegisterScalableTarget': { when: 'never' },
  'autoscaling.CreateLaunchConfiguration': { when: 'kept', services: ['ec2.amazonaws.com', 'ec2.amazonaws.com.cn'] },
  'autoscaling.UpdateAutoScalingGroup': { when: 'never' },
  'cloudformation.UpdateStack': { when: 'never' },
  'cloudtrail.UpdateTrail': { when: 'never' },
  'codebuild.UpdateProject': { when: 'never' },
  'configservice.PutConfigurationRecorder': { when: 'asked', services: ['config.amazonaws.com'] },
  'ec2.AssociateIamInstanceProfile': { when: 'kept', services: ['ec2.amazonaws.com', 'ec2.amazonaws.com.cn'] },
  'ecs.RegisterTaskDefinition': { when: 'kept', services: ['ecs-tasks.amazonaws.com'] },
  'ecs.UpdateService': { when: 'never' },
  // The settings of an Iceberg destination's bucket are replaced with their role.
  'firehose.UpdateDestination': { when: 'kept', services: ['firehose.amazonaws.com'] },
  // Domains of before 2021 trust the old name.
  'opensearch.UpdateDomainConfig': {
    when: 'asked',
    services: ['es.amazonaws.com', 'opensearchservice.amazonaws.com'],
  },
  'sagemaker.CreateEndpointConfig': { when: 'kept', services: ['sagemaker.amazonaws.com'] },
  'sagemaker.UpdateNotebookInstance': { when: 'never' },
  'sns.SetTopicAttributes': { when: 'never' },
  'ssm.UpdateServiceSetting': { when: 'never' },
  // Some roles trust the service in one region only.
  'stepfunctions.UpdateStateMachine': { when: 'kept', services: ['states.amazonaws.com', 'states.*.amazonaws.com'] },
  'workspaces.ModifyWorkspaceCreationProperties': { when: 'kept', services: ['workspaces.amazonaws.com'] },
};

/** What EBS does with the caller's rights when it writes under a customer's key (EBS user guide, "Requirements for Amazon EBS encryption"). */
const EBS_KEY: AlsoNeeded = {
  actions: [
    'kms:CreateGrant',
    'kms:Decrypt',
    'kms:DescribeKey',
    'kms:GenerateDataKeyWithoutPlaintext',
    'kms:ReEncryptFrom',
    'kms:ReEncryptTo',
  ],
  whenGiven: ['KmsKeyId'],
};

/** Deliveries of logs are set up with the caller's rights (CloudWatch Logs user guide, "Logging that requires additional permissions"). */
const LOG_DELIVERY = ['logs:CreateLogDelivery', 'logs:DeleteLogDelivery'];

/**
 * Application Auto Scaling asks whether the caller may do this with the target and its alarms (its user guide,
 * "Permissions validation for API calls on target resources"). Tables of DynamoDB are the only targets of ours.
 */
const DYNAMODB_SCALING = [
  'cloudwatch:DeleteAlarms',
  'cloudwatch:DescribeAlarms',
  'cloudwatch:PutMetricAlarm',
  'dynamodb:DescribeTable',
  'dynamodb:UpdateTable',
];

/**
 * What operations need besides their own action, where AWS documents it.
 * `ec2:ModifyEbsDefaultKmsKeyId` is not here: its API reference says that the
 * key is authenticated later, asynchronously, so the call itself needs no KMS action.
 */
export const ALSO_NEEDED: Readonly<Record<string, readonly AlsoNeeded[]>> = {
  'application-autoscaling.DeleteScalingPolicy': [{ actions: DYNAMODB_SCALING }],
  'application-autoscaling.DeregisterScalableTarget': [{ actions: DYNAMODB_SCALING }],
  'application-autoscaling.PutScalingPolicy': [{ actions: DYNAMODB_SCALING }],
  'application-autoscaling.RegisterScalableTarget': [{ actions: [...DYNAMODB_SCALING, 'iam:CreateServiceLinkedRole'] }],
  // Backup developer guide, API permissions.
  'backup.CreateBackupVault': [
    {
      actions: ['kms:CreateGrant', 'kms:Decrypt', 'kms:DescribeKey', 'kms:GenerateDataKey', 'kms:RetireGrant'],
      whenGiven: ['EncryptionKeyArn'],
    },
    { actions: ['backup-storage:MountCapsule'] },
  ],
  // CloudTrail user guide, "Prepare for creating a trail for your organization".
  'cloudtrail.UpdateTrail': [
    {
      actions: [
        'iam:CreateServiceLinkedRole',
        'iam:GetRole',
        'organizations:DescribeOrganization',
        'organizations:ListAWSServiceAccessForOrganization',
      ],
      whenGiven: ['IsOrganizationTrail'],
    },
  ],
  // CloudFront developer guide: it sets up log delivery with the caller's rights on the bucket, and looks at the web ACL.
  'cloudfront.UpdateDistribution': [{ actions: ['s3:GetBucketAcl', 's3:PutBucketAcl', 'wafv2:GetWebACL'] }],
  'ec2.CopyImage': [EBS_KEY],
  'ec2.CopySnapshot': [EBS_KEY],
  'ec2.CreateFlowLogs': [{ actions: LOG_DELIVERY, whenGiven: ['LogDestination'] }],
  'ec2.CreateVolume': [EBS_KEY],
  'ec2.RunInstances': [EBS_KEY],
  // Firehose API reference, DeliveryStreamEncryptionConfigurationInput: it creates a grant on the caller's behalf.
  'firehose.StartDeliveryStreamEncryption': [{ actions: ['kms:CreateGrant'], whenGiven: ['KeyARN'] }],
  // Global Accelerator developer guide, flow logs: the delivery is made and taken away with the caller's rights.
  'globalaccelerator.UpdateAcceleratorAttributes': [{ actions: LOG_DELIVERY }],
  'globalaccelerator.UpdateCustomRoutingAcceleratorAttributes': [{ actions: LOG_DELIVERY }],
  'guardduty.CreateDetector': [{ actions: ['iam:CreateServiceLinkedRole'] }],
  // Amazon MQ developer guide, ActiveMQ logs: the log groups are made with the caller's rights.
  'mq.UpdateBroker': [{ actions: ['logs:CreateLogGroup'], whenGiven: ['Logs'] }],
  // OpenSearch Service developer guide, "Encryption of data at rest": it uses the key by a grant of the caller's.
  'opensearch.UpdateDomainConfig': [
    { actions: ['kms:CreateGrant', 'kms:DescribeKey'], whenGiven: ['EncryptionAtRestOptions'] },
  ],
  // MSK developer guide, broker logs: deliveries are set up with the caller's rights.
  'kafka.UpdateMonitoring': [
    {
      actions: [
        ...LOG_DELIVERY,
        'logs:DescribeLogGroups',
        'logs:DescribeResourcePolicies',
        'logs:GetLogDelivery',
        'logs:ListLogDeliveries',
        'logs:PutResourcePolicy',
        'logs:UpdateLogDelivery',
      ],
      whenGiven: ['LoggingInfo'],
    },
  ],
  // S3 user guide, "Required permissions for Amazon S3 API operations": conditionally required.
  's3.CreateBucket': [
    { actions: ['s3:PutBucketAcl'], whenGiven: ['ACL', 'GrantFullControl', 'GrantRead', 'GrantWrite'] },
    {
      actions: ['s3:PutBucketObjectLockConfiguration', 's3:PutBucketVersioning'],
      whenGiven: ['ObjectLockEnabledForBucket'],
    },
    { actions: ['s3:PutBucketOwnershipControls'], whenGiven: ['ObjectOwnership'] },
  ],
  // Secrets Manager API reference, RotateSecret and UpdateSecret.
  'secretsmanager.RotateSecret': [{ actions: ['lambda:InvokeFunction'], whenGiven: ['RotationLambdaARN'] }],
  'secretsmanager.UpdateSecret': [
    { actions: ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'], whenGiven: ['KmsKeyId'] },
  ],
  // Systems Manager user guide: standard parameters are encrypted, advanced ones under a data key.
  'ssm.PutParameter': [{ actions: ['kms:Encrypt', 'kms:GenerateDataKey'], whenGiven: ['KeyId'] }],
  // WAF developer guide, "Actions that require additional permissions settings": both services are asked.
  'wafv2.AssociateWebACL': [
    {
      actions: [
        'apigateway:SetWebACL',
        'elasticloadbalancing:CreateWebACLAssociation',
        'elasticloadbalancing:SetWebACL',
      ],
    },
  ],
  'wafv2.DisassociateWebACL': [
    {
      actions: [
        'apigateway:SetWebACL',
        'elasticloadbalancing:DeleteWebACLAssociation',
        'elasticloadbalancing:SetWebACL',
      ],
    },
  ],
  'wafv2.GetWebACLForResource': [{ actions: ['elasticloadbalancing:GetLoadBalancerWebACL', 'wafv2:GetWebACL'] }],
};
