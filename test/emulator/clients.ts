import { Agent } from 'node:http';
import type { LookupFunction } from 'node:net';
import { ACMClient } from '@aws-sdk/client-acm';
import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { ApiGatewayV2Client } from '@aws-sdk/client-apigatewayv2';
import { AppMeshClient } from '@aws-sdk/client-app-mesh';
import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { AthenaClient } from '@aws-sdk/client-athena';
import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { BackupClient } from '@aws-sdk/client-backup';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudFrontClient } from '@aws-sdk/client-cloudfront';
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { CodeBuildClient } from '@aws-sdk/client-codebuild';
import { ConfigServiceClient } from '@aws-sdk/client-config-service';
import { DatabaseMigrationServiceClient } from '@aws-sdk/client-database-migration-service';
import { DataSyncClient } from '@aws-sdk/client-datasync';
import { DirectoryServiceClient } from '@aws-sdk/client-directory-service';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ECRClient } from '@aws-sdk/client-ecr';
import { ECSClient } from '@aws-sdk/client-ecs';
import { EFSClient } from '@aws-sdk/client-efs';
import { ElasticLoadBalancingClient } from '@aws-sdk/client-elastic-load-balancing';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { ElastiCacheClient } from '@aws-sdk/client-elasticache';
import { EMRClient } from '@aws-sdk/client-emr';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { FirehoseClient } from '@aws-sdk/client-firehose';
import { GlacierClient } from '@aws-sdk/client-glacier';
import { GlobalAcceleratorClient } from '@aws-sdk/client-global-accelerator';
import { GlueClient } from '@aws-sdk/client-glue';
import { GuardDutyClient } from '@aws-sdk/client-guardduty';
import { IAMClient } from '@aws-sdk/client-iam';
import { KafkaClient } from '@aws-sdk/client-kafka';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { KMSClient } from '@aws-sdk/client-kms';
import { MqClient } from '@aws-sdk/client-mq';
import { OpenSearchClient } from '@aws-sdk/client-opensearch';
import { RDSClient } from '@aws-sdk/client-rds';
import { Route53Client } from '@aws-sdk/client-route-53';
import { Route53DomainsClient } from '@aws-sdk/client-route-53-domains';
import { S3Client } from '@aws-sdk/client-s3';
import { S3ControlClient } from '@aws-sdk/client-s3-control';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { TransferClient } from '@aws-sdk/client-transfer';
import { WAFV2Client } from '@aws-sdk/client-wafv2';
import { WorkSpacesClient } from '@aws-sdk/client-workspaces';
import { NodeHttpHandler } from '@smithy/node-http-handler';

export const ACCOUNT = '123456789012';
export const REGION = 'us-east-1';

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Plain clients, for arranging a state and for looking at it. The product's own door to AWS is not involved. */
export type Aws = ReturnType<typeof connect>;

/** Clients for the emulator at an address, in its own account or with the credentials of another. */
export function connect(
  endpoint: string,
  credentials: Credentials = { accessKeyId: 'testing', secretAccessKey: 'testing' },
) {
  const settings = { endpoint, region: REGION, credentials, maxAttempts: 1 };
  return {
    acm: new ACMClient(settings),
    'application-autoscaling': new ApplicationAutoScalingClient(settings),
    autoscaling: new AutoScalingClient(settings),
    backup: new BackupClient(settings),
    cloudformation: new CloudFormationClient(settings),
    cloudtrail: new CloudTrailClient(settings),
    configservice: new ConfigServiceClient(settings),
    ecr: new ECRClient(settings),
    ecs: new ECSClient(settings),
    efs: new EFSClient(settings),
    elb: new ElasticLoadBalancingClient(settings),
    elbv2: new ElasticLoadBalancingV2Client(settings),
    glacier: new GlacierClient(settings),
    guardduty: new GuardDutyClient(settings),
    logs: new CloudWatchLogsClient(settings),
    secretsmanager: new SecretsManagerClient(settings),
    transfer: new TransferClient(settings),
    wafv2: new WAFV2Client(settings),
    opensearch: new OpenSearchClient(settings),
    elasticache: new ElastiCacheClient(settings),
    rds: new RDSClient(settings),
    dynamodb: new DynamoDBClient(settings),
    dms: new DatabaseMigrationServiceClient(settings),
    kinesis: new KinesisClient({ ...settings, requestHandler: new NodeHttpHandler() }),
    firehose: new FirehoseClient(settings),
    kafka: new KafkaClient(settings),
    emr: new EMRClient(settings),
    glue: new GlueClient(settings),
    athena: new AthenaClient(settings),
    sagemaker: new SageMakerClient(settings),
    apigateway: new APIGatewayClient(settings),
    apigatewayv2: new ApiGatewayV2Client(settings),
    cloudfront: new CloudFrontClient(settings),
    route53: new Route53Client(settings),
    route53domains: new Route53DomainsClient(settings),
    globalaccelerator: new GlobalAcceleratorClient(settings),
    appmesh: new AppMeshClient(settings),
    ds: new DirectoryServiceClient(settings),
    workspaces: new WorkSpacesClient(settings),
    mq: new MqClient(settings),
    codebuild: new CodeBuildClient(settings),
    stepfunctions: new SFNClient(settings),
    datasync: new DataSyncClient(settings),
    ec2: new EC2Client(settings),
    events: new EventBridgeClient(settings),
    iam: new IAMClient(settings),
    kms: new KMSClient(settings),
    s3: new S3Client({ ...settings, forcePathStyle: true }),
    s3control: new S3ControlClient({
      ...settings,
      endpoint: endpoint.replace('127.0.0.1', 'localhost'),
      requestHandler: { httpAgent: new Agent({ lookup: loopback }) },
    }),
    sns: new SNSClient(settings),
    sqs: new SQSClient({ ...settings, useQueueUrlAsEndpoint: false }),
    ssm: new SSMClient(settings),
  };
}

/** S3 Control puts the account id before the host: a name that is no address, and that no resolver knows. */
const loopback: LookupFunction = (_host, options, answer) => {
  if (options.all) answer(null, [{ address: '127.0.0.1', family: 4 }]);
  else answer(null, '127.0.0.1', 4);
};
