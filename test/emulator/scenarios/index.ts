import type { Scenario } from '../scenario.ts';
import { acm } from './acm.ts';
import { apigatewayApis } from './apigateway-apis.ts';
import { apigatewayStages } from './apigateway-stages.ts';
import { appmesh } from './appmesh.ts';
import { athena } from './athena.ts';
import { autoscaling } from './autoscaling.ts';
import { backup } from './backup.ts';
import { cloudformation } from './cloudformation.ts';
import { cloudfront } from './cloudfront.ts';
import { cloudtrail } from './cloudtrail.ts';
import { codebuild } from './codebuild.ts';
import { configservice } from './configservice.ts';
import { datasync } from './datasync.ts';
import { dms } from './dms.ts';
import { ds } from './ds.ts';
import { dynamodb } from './dynamodb.ts';
import { ec2Connections } from './ec2-connections.ts';
import { ec2Instances } from './ec2-instances.ts';
import { ec2Network } from './ec2-network.ts';
import { ec2Region } from './ec2-region.ts';
import { ec2Sharing } from './ec2-sharing.ts';
import { ec2Volumes } from './ec2-volumes.ts';
import { ecr } from './ecr.ts';
import { ecs } from './ecs.ts';
import { efs } from './efs.ts';
import { elasticache } from './elasticache.ts';
import { elb } from './elb.ts';
import { elbv2 } from './elbv2.ts';
import { emr } from './emr.ts';
import { firehose } from './firehose.ts';
import { glacier } from './glacier.ts';
import { globalaccelerator } from './globalaccelerator.ts';
import { glue } from './glue.ts';
import { guardduty } from './guardduty.ts';
import { iam } from './iam.ts';
import { iamUsers } from './iam-users.ts';
import { kafka } from './kafka.ts';
import { kinesis } from './kinesis.ts';
import { kms } from './kms.ts';
import { logs } from './logs.ts';
import { mq } from './mq.ts';
import { opensearch } from './opensearch.ts';
import { passwordPolicy } from './password-policy.ts';
import { rds } from './rds.ts';
import { route53 } from './route53.ts';
import { route53domains } from './route53domains.ts';
import { s3 } from './s3.ts';
import { s3LogBucket } from './s3-log-bucket.ts';
import { s3control } from './s3control.ts';
import { sagemaker } from './sagemaker.ts';
import { secretsmanager } from './secretsmanager.ts';
import { sns } from './sns.ts';
import { sqs } from './sqs.ts';
import { ssm } from './ssm.ts';
import { stepfunctions } from './stepfunctions.ts';
import { transfer } from './transfer.ts';
import { wafv2 } from './wafv2.ts';
import { workspaces } from './workspaces.ts';

/** Every scenario, by control. */
export const scenarios: readonly Scenario[] = [
  ...acm,
  ...apigatewayApis,
  ...apigatewayStages,
  ...appmesh,
  ...cloudfront,
  ...codebuild,
  ...cloudformation,
  ...cloudtrail,
  ...configservice,
  ...guardduty,
  ...logs,
  ...dms,
  ...ds,
  ...dynamodb,
  ...mq,
  ...rds,
  ...route53,
  ...route53domains,
  ...s3,
  ...s3LogBucket,
  ...s3control,
  ...opensearch,
  ...passwordPolicy,
  ...iam,
  ...iamUsers,
  ...firehose,
  ...kinesis,
  ...kafka,
  ...emr,
  ...globalaccelerator,
  ...glue,
  ...datasync,
  ...athena,
  ...kms,
  ...ec2Connections,
  ...ec2Instances,
  ...ec2Network,
  ...ec2Region,
  ...ec2Sharing,
  ...ec2Volumes,
  ...elasticache,
  ...elb,
  ...elbv2,
  ...sagemaker,
  ...secretsmanager,
  ...ecr,
  ...ecs,
  ...sns,
  ...sqs,
  ...ssm,
  ...stepfunctions,
  ...transfer,
  ...wafv2,
  ...workspaces,
  ...autoscaling,
  ...efs,
  ...backup,
  ...glacier,
].sort((a, b) => a.control - b.control);
