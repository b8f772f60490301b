import type { Detectors, Remediations } from '../src/control.ts';
import * as acm from './acm.ts';
import * as apigateway from './apigateway.ts';
import * as apigatewayv2 from './apigatewayv2.ts';
import * as appmesh from './appmesh.ts';
import * as athena from './athena.ts';
import * as autoscaling from './autoscaling.ts';
import * as backup from './backup.ts';
import * as cloudformation from './cloudformation.ts';
import * as cloudfront from './cloudfront.ts';
import * as cloudtrail from './cloudtrail.ts';
import * as codebuild from './codebuild.ts';
import * as configservice from './configservice.ts';
import * as datasync from './datasync.ts';
import * as dms from './dms.ts';
import * as ds from './ds.ts';
import * as dynamodb from './dynamodb.ts';
import * as ec2 from './ec2.ts';
import * as ecr from './ecr.ts';
import * as ecs from './ecs.ts';
import * as efs from './efs.ts';
import * as elasticache from './elasticache.ts';
import * as elb from './elb.ts';
import * as elbv2 from './elbv2.ts';
import * as emr from './emr.ts';
import * as firehose from './firehose.ts';
import * as glacier from './glacier.ts';
import * as globalaccelerator from './globalaccelerator.ts';
import * as glue from './glue.ts';
import * as guardduty from './guardduty.ts';
import * as iam from './iam.ts';
import * as kafka from './kafka.ts';
import * as kinesis from './kinesis.ts';
import * as kms from './kms.ts';
import * as logs from './logs.ts';
import * as mq from './mq.ts';
import * as opensearch from './opensearch.ts';
import * as rds from './rds.ts';
import * as route53 from './route53.ts';
import * as route53domains from './route53domains.ts';
import * as s3 from './s3.ts';
import * as s3control from './s3control.ts';
import * as sagemaker from './sagemaker.ts';
import * as secretsmanager from './secretsmanager.ts';
import * as sns from './sns.ts';
import * as sqs from './sqs.ts';
import * as ssm from './ssm.ts';
import * as stepfunctions from './stepfunctions.ts';
import * as transfer from './transfer.ts';
import * as wafv2 from './wafv2.ts';
import * as workspaces from './workspaces.ts';

/** Every table of remediations, one service a line. */
export const remediationTables: readonly Remediations<Detectors>[] = [
  acm.certificateRemediations,
  ...Object.values(apigateway),
  apigatewayv2.apiRemediations,
  appmesh.meshRemediations,
  athena.workGroupRemediations,
  autoscaling.launchConfigurationRemediations,
  autoscaling.groupRemediations,
  backup.vaultRemediations,
  cloudformation.stackRemediations,
  cloudfront.distributionRemediations,
  cloudtrail.trailRemediations,
  codebuild.projectRemediations,
  configservice.configRemediations,
  datasync.taskRemediations,
  dms.replicationInstanceRemediations,
  ds.directoryRemediations,
  dynamodb.tableRemediations,
  ...Object.values(ec2),
  ecr.repositoryRemediations,
  ecs.clusterRemediations,
  ecs.taskDefinitionRemediations,
  efs.fileSystemRemediations,
  elasticache.memcachedRemediations,
  elasticache.redisRemediations,
  elb.classicLoadBalancerRemediations,
  ...Object.values(elbv2),
  emr.clusterRemediations,
  emr.publicAccessBlockRemediations,
  firehose.deliveryStreamRemediations,
  glacier.vaultRemediations,
  globalaccelerator.acceleratorRemediations,
  glue.dataCatalogRemediations,
  guardduty.threatDetectionRemediations,
  ...Object.values(iam),
  kafka.clusterRemediations,
  kinesis.streamRemediations,
  ...Object.values(kms),
  logs.logGroupRemediations,
  mq.brokerRemediations,
  ...Object.values(opensearch),
  rds.databaseInstanceRemediations,
  route53.hostedZoneRemediations,
  route53.addressRecordRemediations,
  route53domains.registeredDomainRemediations,
  s3.bucketRemediations,
  s3control.accountPublicAccessRemediations,
  ...Object.values(sagemaker),
  secretsmanager.secretRemediations,
  sns.topicRemediations,
  sqs.queueRemediations,
  ssm.documentSharingRemediations,
  ssm.parameterRemediations,
  ssm.sessionPreferenceRemediations,
  stepfunctions.stateMachineRemediations,
  transfer.serverRemediations,
  wafv2.protectedLoadBalancerRemediations,
  wafv2.protectedStageRemediations,
  ...Object.values(workspaces),
];
