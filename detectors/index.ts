import type { Detectors } from '../src/control.ts';
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

/** Every table of detectors, one service a line. */
export const detectorTables: readonly Detectors[] = [
  acm.certificates,
  ...Object.values(apigateway),
  apigatewayv2.apis,
  appmesh.meshes,
  athena.workGroups,
  autoscaling.launchConfigurations,
  autoscaling.groups,
  backup.vaults,
  cloudformation.stacks,
  cloudfront.distributions,
  cloudtrail.trails,
  codebuild.projects,
  configservice.config,
  datasync.tasks,
  dms.replicationInstances,
  ds.directories,
  dynamodb.tables,
  ...Object.values(ec2),
  ecr.repositories,
  ecs.clusters,
  ecs.taskDefinitions,
  efs.fileSystems,
  elasticache.memcachedClusters,
  elasticache.redisCaches,
  elb.classicLoadBalancers,
  ...Object.values(elbv2),
  emr.clusters,
  emr.publicAccessBlock,
  firehose.deliveryStreams,
  glacier.vaults,
  globalaccelerator.accelerators,
  glue.dataCatalog,
  guardduty.threatDetection,
  ...Object.values(iam),
  kafka.clusters,
  kinesis.streams,
  ...Object.values(kms),
  logs.logGroups,
  mq.brokers,
  ...Object.values(opensearch),
  rds.databaseInstances,
  route53.hostedZones,
  route53.addressRecords,
  route53domains.registeredDomains,
  s3.buckets,
  s3control.accountPublicAccess,
  ...Object.values(sagemaker),
  secretsmanager.secrets,
  sns.topics,
  sqs.queues,
  ssm.documentSharing,
  ssm.parameters,
  ssm.sessionPreferences,
  stepfunctions.stateMachines,
  transfer.servers,
  wafv2.protectedLoadBalancers,
  wafv2.protectedStages,
  ...Object.values(workspaces),
];
