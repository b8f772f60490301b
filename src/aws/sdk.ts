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
  autoscaling: () => import('@aws-sdk/client-auto-scaling'),
  backup: () => import('@aws-sdk/client-backup'),
  cloudformation: () => import('@aws-sdk/client-cloudformation'),
  cloudtrail: () => import('@aws-sdk/client-cloudtrail'),
  configservice: () => import('@aws-sdk/client-config-service'),
  ec2: () => import('@aws-sdk/client-ec2'),
  ecr: () => import('@aws-sdk/client-ecr'),
  ecs: () => import('@aws-sdk/client-ecs'),
  efs: () => import('@aws-sdk/client-efs'),
  elb: () => import('@aws-sdk/client-elastic-load-balancing'),
  elbv2: () => import('@aws-sdk/client-elastic-load-balancing-v2'),
  events: () => import('@aws-sdk/client-eventbridge'),
  glacier: () => import('@aws-sdk/client-glacier'),
  guardduty: () => import('@aws-sdk/client-guardduty'),
  iam: () => import('@aws-sdk/client-iam'),
  kms: () => import('@aws-sdk/client-kms'),
  logs: () => import('@aws-sdk/client-cloudwatch-logs'),
  s3: () => import('@aws-sdk/client-s3'),
  s3control: () => import('@aws-sdk/client-s3-control'),
  secretsmanager: () => import('@aws-sdk/client-secrets-manager'),
  sns: () => import('@aws-sdk/client-sns'),
  sqs: () => import('@aws-sdk/client-sqs'),
  ssm: () => import('@aws-sdk/client-ssm'),
  sts: () => import('@aws-sdk/client-sts'),
  transfer: () => import('@aws-sdk/client-transfer'),
  wafv2: () => import('@aws-sdk/client-wafv2'),
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
  `${'Get' | 'List' | 'Describe' | 'Head' | 'Search' | 'BatchGet'}${string}`
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
