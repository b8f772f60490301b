import { type At, type Grant, grants, optional, type PolicyDocument, required } from '../src/control.ts';
import { type Delivery, FULL_CONTROL, objects } from './log-delivery.ts';
import { withGrant } from './with-grant.ts';

/** What an operator chooses for the access logs of load balancers. */
export const logParameters = {
  logBucket: required(
    'Bucket that receives the access logs of load balancers: in their region, encrypted with SSE-S3 (Network Load Balancers may use a customer managed key). For more than some fifty load balancers let its policy allow their log delivery for the whole bucket beforehand.',
  ),
  logFolder: optional(
    'Folder of the log bucket in which every load balancer gets a folder of its own; empty means the top of the bucket.',
    '',
  ),
};

/** Elastic Load Balancing adds `AWSLogs` itself and refuses a prefix that holds it. */
export const isRefusedPrefix = (prefix: string): boolean => prefix.includes('AWSLogs');

export const whyRefused = (prefix: string): string =>
  `the logs would go to "${prefix}", and Elastic Load Balancing takes no prefix with AWSLogs in it; choose another logFolder, or set the logs up by hand`;

/**
 * The accounts that Elastic Load Balancing writes logs from, in regions older
 * than August 2022. Newer ones have a service principal instead ("Access logs
 * for your Classic Load Balancer" in its user guide).
 */
const LOG_ACCOUNTS: Readonly<Record<string, string>> = {
  'af-south-1': '098369216593',
  'ap-east-1': '754344448648',
  'ap-northeast-1': '582318560864',
  'ap-northeast-2': '600734575887',
  'ap-northeast-3': '383597477331',
  'ap-south-1': '718504428378',
  'ap-southeast-1': '114774131450',
  'ap-southeast-2': '783225319266',
  'ap-southeast-3': '589379963580',
  'ca-central-1': '985666609251',
  'cn-north-1': '638102146993',
  'cn-northwest-1': '037604701340',
  'eu-central-1': '054676820928',
  'eu-north-1': '897822967062',
  'eu-south-1': '635631232127',
  'eu-west-1': '156460612806',
  'eu-west-2': '652711504416',
  'eu-west-3': '009996457667',
  'me-south-1': '076674570225',
  'sa-east-1': '507241528517',
  'us-east-1': '127311923021',
  'us-east-2': '033677994240',
  'us-gov-east-1': '190560391635',
  'us-gov-west-1': '048591011584',
  'us-west-1': '027434742980',
  'us-west-2': '797873946194',
};

const OWN_SERVICE = { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' };

/** Load balancers are named as well. */
interface ElbDelivery extends Delivery, Pick<At, 'arn'> {}

/** The log bucket's policy with what Application and Classic Load Balancers need. */
export function withElbDelivery(policy: PolicyDocument | undefined, delivery: ElbDelivery): PolicyDocument | undefined {
  const { arn, partition, account, region } = delivery;
  const logAccount = LOG_ACCOUNTS[region];
  const write = { action: 's3:PutObject', resource: objects(delivery) };
  const asService: Grant = {
    ...write,
    principal: OWN_SERVICE,
    context: { 'aws:sourceaccount': account, 'aws:sourcearn': arn, ...FULL_CONTROL },
  };
  const asAccount: Grant = {
    ...write,
    principal: { AWS: `arn:${partition}:iam::${logAccount}:root` },
    context: FULL_CONTROL,
  };
  if (grants(policy, asService) || (logAccount !== undefined && grants(policy, asAccount))) return policy;
  return withGrant(policy, 'AllowLoadBalancerLogs', logAccount === undefined ? asService : asAccount);
}
