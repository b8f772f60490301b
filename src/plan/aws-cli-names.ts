/**
 * How the AWS CLI spells services, operations and options.
 *
 * It derives nearly all names from the API's by one rule; the tables below hold
 * what its own code changes afterwards.
 */

/** `DBInstanceIdentifier` to `db-instance-identifier`, by the CLI's rule. */
export function kebab(name: string): string {
  const special = SPECIAL_NAMES[name];
  if (special !== undefined) return special;
  if (name.includes('-')) return name;
  return name
    .replace(/[A-Z]{2,}s$/, (plural) => `-${plural.toLowerCase()}`)
    .replace(/(.)([A-Z][a-z]+)/g, '$1-$2')
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase();
}

/** Names whose capitals the rule would take apart. */
const SPECIAL_NAMES: Readonly<Record<string, string>> = {
  CreateCachediSCSIVolume: 'create-cached-iscsi-volume',
  CreateStorediSCSIVolume: 'create-stored-iscsi-volume',
  DescribeCachediSCSIVolumes: 'describe-cached-iscsi-volumes',
  DescribeStorediSCSIVolumes: 'describe-stored-iscsi-volumes',
  ExecutePartiQLBatch: 'execute-partiql-batch',
  ExecutePartiQLStatement: 'execute-partiql-statement',
  ExecutePartiQLTransaction: 'execute-partiql-transaction',
  GetOTelEnrichment: 'get-otel-enrichment',
  StartOTelEnrichment: 'start-otel-enrichment',
  StopOTelEnrichment: 'stop-otel-enrichment',
  UpdateOTelEnrichment: 'update-otel-enrichment',
};

/** The CLI's command for a service. Ours are already spelled its way, but for S3: `aws s3` is another tool. */
export function serviceCommand(service: string): string {
  return service === 's3' ? 's3api' : service;
}

/** The option for a member of an operation's input, without its dashes. */
export function optionName(service: string, operation: string, member: string): string {
  const renamed =
    RENAMED_OPTIONS[`${service}.${operation}.${member}`] ?? RENAMED_OPTIONS[`${service}.*.${member}`] ?? member;
  return kebab(renamed);
}

/** Options that would clash with one of the CLI's own, and a few that were given better names. */
const RENAMED_OPTIONS: Readonly<Record<string, string>> = {
  'apigateway.CreateRestApi.version': 'api-version',
  'apigatewayv2.CreateApi.Version': 'api-version',
  'apigatewayv2.UpdateApi.Version': 'api-version',
  'eks.CreateCluster.version': 'kubernetes-version',
  'eks.CreateNodegroup.version': 'kubernetes-version',
  'eks.UpdateClusterVersion.version': 'kubernetes-version',
  'eks.UpdateNodegroupVersion.version': 'kubernetes-version',
  'emr.*.JobFlowId': 'cluster-id',
  'emr.*.JobFlowIds': 'cluster-ids',
  'emr.SetTerminationProtection.JobFlowIds': 'cluster-id',
  'emr.SetVisibleToAllUsers.JobFlowIds': 'cluster-id',
  'sns.Subscribe.Endpoint': 'notification-endpoint',
  'stepfunctions.SendTaskSuccess.output': 'task-output',
};

/** The option that says `false`: `no-` before the name, with a few exceptions. */
export function negativeOption(service: string, operation: string, member: string): string {
  return (
    NEGATIVE_OPTIONS[`${service}.${operation}.${member}`] ??
    NEGATIVE_OPTIONS[`${service}.*.${member}`] ??
    `no-${optionName(service, operation, member)}`
  );
}

const NEGATIVE_OPTIONS: Readonly<Record<string, string>> = {
  'ec2.CreateImage.NoReboot': 'reboot',
  'ec2.*.Egress': 'ingress',
  'ec2.RunInstances.DisableApiTermination': 'enable-api-termination',
  'ecs.*.enableExecuteCommand': 'disable-execute-command',
};

/** Lists of one-member structures that these options take apart themselves: shorthand would be read as a value. */
export function takesPlainWords(service: string, operation: string): boolean {
  return PLAIN_WORD_LISTS.has(`${service}.${operation}`);
}

const PLAIN_WORD_LISTS: ReadonlySet<string> = new Set([
  'elb.DeregisterInstancesFromLoadBalancer',
  'elb.DescribeInstanceHealth',
  'elb.RegisterInstancesWithLoadBalancer',
  'elb.RemoveTags',
  'workspaces.RebootWorkspaces',
  'workspaces.RebuildWorkspaces',
  'workspaces.TerminateWorkspaces',
]);

/** Whether the CLI knows no command for an operation, nor another that does the same. */
export function hasNoCommand(service: string, operation: string): boolean {
  return NO_COMMAND.has(`${service}.${operation}`);
}

const NO_COMMAND: ReadonlySet<string> = new Set([
  'ec2.ImportInstance',
  'ec2.ImportVolume',
  'emr.AddInstanceGroups',
  'emr.AddJobFlowSteps',
  'emr.DescribeJobFlows',
  'emr.RunJobFlow',
  'kinesis.SubscribeToShard',
]);

/** Whether a service answers in one region of the partition, so that the line needs none. */
export function needsNoRegion(service: string, region: string): boolean {
  return GLOBAL_SERVICES.has(service) && !OTHER_PARTITION.test(region);
}

const GLOBAL_SERVICES: ReadonlySet<string> = new Set(['cloudfront', 'iam', 'organizations', 'route53']);

/** Outside the commercial partition the region is what leads the CLI to the right one. */
const OTHER_PARTITION = /^(cn|us-gov|us-iso[a-z]?|eu-isoe|eusc)-/;
