/**
 * The AWS SDK as Redress sees it: which client serves which service, and the
 * SDK's own input and output types by service and operation name.
 *
 * A client is loaded when it is first needed: sixty of them at once cost a
 * second of start-up, none of them cost nothing. Service names are spelled as
 * in the AWS CLI (`s3control`, `elbv2`), operations as in the API.
 */
export const clients = {
  acm: () => import('@aws-sdk/client-acm'),
  apigateway: () => import('@aws-sdk/client-api-gateway'),
  apigatewayv2: () => import('@aws-sdk/client-apigatewayv2'),
  appmesh: () => import('@aws-sdk/client-app-mesh'),
  'application-autoscaling': () => import('@aws-sdk/client-application-auto-scaling'),
  athena: () => import('@aws-sdk/client-athena'),
  autoscaling: () => import('@aws-sdk/client-auto-scaling'),
  backup: () => import('@aws-sdk/client-backup'),
  cloudformation: () => import('@aws-sdk/client-cloudformation'),
  cloudfront: () => import('@aws-sdk/client-cloudfront'),
  cloudtrail: () => import('@aws-sdk/client-cloudtrail'),
  codebuild: () => import('@aws-sdk/client-codebuild'),
  configservice: () => import('@aws-sdk/client-config-service'),
  datasync: () => import('@aws-sdk/client-datasync'),
  dms: () => import('@aws-sdk/client-database-migration-service'),
  ds: () => import('@aws-sdk/client-directory-service'),
  dynamodb: () => import('@aws-sdk/client-dynamodb'),
  ec2: () => import('@aws-sdk/client-ec2'),
  ecr: () => import('@aws-sdk/client-ecr'),
  ecs: () => import('@aws-sdk/client-ecs'),
  efs: () => import('@aws-sdk/client-efs'),
  elasticache: () => import('@aws-sdk/client-elasticache'),
  elb: () => import('@aws-sdk/client-elastic-load-balancing'),
  elbv2: () => import('@aws-sdk/client-elastic-load-balancing-v2'),
  emr: () => import('@aws-sdk/client-emr'),
  events: () => import('@aws-sdk/client-eventbridge'),
  firehose: () => import('@aws-sdk/client-firehose'),
  glacier: () => import('@aws-sdk/client-glacier'),
  globalaccelerator: () => import('@aws-sdk/client-global-accelerator'),
  glue: () => import('@aws-sdk/client-glue'),
  guardduty: () => import('@aws-sdk/client-guardduty'),
  iam: () => import('@aws-sdk/client-iam'),
  kafka: () => import('@aws-sdk/client-kafka'),
  kinesis: () => import('@aws-sdk/client-kinesis'),
  kms: () => import('@aws-sdk/client-kms'),
  logs: () => import('@aws-sdk/client-cloudwatch-logs'),
  mq: () => import('@aws-sdk/client-mq'),
  opensearch: () => import('@aws-sdk/client-opensearch'),
  rds: () => import('@aws-sdk/client-rds'),
  route53: () => import('@aws-sdk/client-route-53'),
  route53domains: () => import('@aws-sdk/client-route-53-domains'),
  s3: () => import('@aws-sdk/client-s3'),
  s3control: () => import('@aws-sdk/client-s3-control'),
  sagemaker: () => import('@aws-sdk/client-sagemaker'),
  secretsmanager: () => import('@aws-sdk/client-secrets-manager'),
  securityhub: () => import('@aws-sdk/client-securityhub'),
  sns: () => import('@aws-sdk/client-sns'),
  sqs: () => import('@aws-sdk/client-sqs'),
  ssm: () => import('@aws-sdk/client-ssm'),
  stepfunctions: () => import('@aws-sdk/client-sfn'),
  sts: () => import('@aws-sdk/client-sts'),
  transfer: () => import('@aws-sdk/client-transfer'),
  wafv2: () => import('@aws-sdk/client-wafv2'),
  workspaces: () => import('@aws-sdk/client-workspaces'),
};

type Clients = typeof clients;

/** An AWS service, by its name in the AWS CLI. */
export type Service = keyof Clients;

type Sdk = { [S in Service]: Awaited<ReturnType<Clients[S]>> };

/** The operations of a service, by their API names. */
export type Operation<S extends Service> = {
  [Name in keyof Sdk[S] & string]: Name extends `${infer Op}Command` ? (Op extends '$' ? never : Op) : never;
}[keyof Sdk[S] & string];

/** Operations that only read. The door refuses any other as a read. */
export type ReadOperation<S extends Service> = Extract<
  Operation<S>,
  `${'Get' | 'List' | 'Describe' | 'Head' | 'Search' | 'BatchGet'}${string}` | 'LookupEvents'
>;

/** Operations that may change something: everything that is not a read. */
export type WriteOperation<S extends Service> = Exclude<Operation<S>, ReadOperation<S>>;

type Command<S extends Service, O extends string> = `${O}Command` extends keyof Sdk[S]
  ? Sdk[S][`${O}Command`] extends abstract new (
      ...args: never
    ) => infer Instance
    ? Instance
    : never
  : never;

/** The SDK's input type of an operation. */
export type Input<S extends Service, O extends string> = Command<S, O> extends { readonly input: infer I } ? I : never;

/** The SDK's output type of an operation, without its transport metadata. */
export type Output<S extends Service, O extends string> =
  Command<S, O> extends {
    resolveMiddleware(...args: never): (...args: never) => Promise<{ output: infer Out }>;
  }
    ? Omit<Out, '$metadata'>
    : never;
