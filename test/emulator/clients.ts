import { Agent } from 'node:http';
import type { LookupFunction } from 'node:net';
import { ACMClient } from '@aws-sdk/client-acm';
import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { BackupClient } from '@aws-sdk/client-backup';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { ConfigServiceClient } from '@aws-sdk/client-config-service';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ECRClient } from '@aws-sdk/client-ecr';
import { ECSClient } from '@aws-sdk/client-ecs';
import { EFSClient } from '@aws-sdk/client-efs';
import { ElasticLoadBalancingClient } from '@aws-sdk/client-elastic-load-balancing';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { GlacierClient } from '@aws-sdk/client-glacier';
import { GuardDutyClient } from '@aws-sdk/client-guardduty';
import { IAMClient } from '@aws-sdk/client-iam';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { S3ControlClient } from '@aws-sdk/client-s3-control';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { TransferClient } from '@aws-sdk/client-transfer';
import { WAFV2Client } from '@aws-sdk/client-wafv2';

export const ACCOUNT = '123456789012';
export const REGION = 'us-east-1';

/** Plain clients, for arranging a state and for looking at it. The product's own door to AWS is not involved. */
export type Aws = ReturnType<typeof connect>;

/** Clients for the emulator at an address. */
export function connect(endpoint: string) {
  const settings = {
    endpoint,
    region: REGION,
    credentials: { accessKeyId: 'testing', secretAccessKey: 'testing' },
    maxAttempts: 1,
  };
  return {
    acm: new ACMClient(settings),
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
