import type { At, Grant, PolicyDocument } from '../src/control.ts';
import { withGrant } from './with-grant.ts';

const SERVICE = { Service: 'delivery.logs.amazonaws.com' };

/** S3 lets the owner of the bucket have what other accounts write into it. */
export const FULL_CONTROL = { 's3:x-amz-acl': 'bucket-owner-full-control' };

/** What log delivery is about: the log bucket, the prefix in it, and the account whose logs go there. */
export interface Delivery extends Pick<At, 'partition' | 'account'> {
  /** Where deliveries come from; `*` for those of services without a region. */
  readonly region: string;
  readonly other: At;
  readonly prefix: string;
}

/** A folder for each resource, so that undoing one fix never silences the logs of another. */
export const logPrefix = (folder: string, name: string): string =>
  [...folder.split('/').filter((part) => part !== ''), name].join('/');

/** The objects that an account's logs become: services add `AWSLogs` and the account to the prefix. */
export const objects = ({ other, prefix, account }: Delivery): string => `${other.arn}/${prefix}/AWSLogs/${account}/*`;

/**
 * The log bucket's policy with what the delivery service of CloudWatch Logs
 * needs ("Enable logging from AWS services" in its user guide).
 */
export function withLogDelivery(policy: PolicyDocument | undefined, delivery: Delivery): PolicyDocument | undefined {
  const { other, partition, account, region } = delivery;
  const source = `arn:${partition}:logs:${region}:${account}:*`;
  const context = { 'aws:sourceaccount': account, 'aws:sourcearn': source };
  const Condition = { StringEquals: { 'aws:SourceAccount': account }, ArnLike: { 'aws:SourceArn': source } };
  const check: Grant = { principal: SERVICE, action: 's3:GetBucketAcl', resource: other.arn, context };
  const write: Grant = {
    principal: SERVICE,
    action: 's3:PutObject',
    resource: objects(delivery),
    context: { ...context, ...FULL_CONTROL },
  };
  return withGrant(withGrant(policy, 'AllowLogDeliveryAclCheck', check, Condition), 'AllowLogDelivery', write, {
    ...Condition,
    StringEquals: { ...Condition.StringEquals, ...FULL_CONTROL },
  });
}
