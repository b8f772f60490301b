import {
  canRecordIam,
  channel,
  config,
  EVERYTHING,
  IAM_TYPES,
  type Recorded,
  type Recorder,
  recordedIamTypes,
  recorder,
  retention,
  SEVEN_YEARS,
} from '../detectors/configservice.ts';
import { bucket } from '../detectors/s3.ts';
import {
  type At,
  byHand,
  call,
  derive,
  document,
  edit,
  optional,
  type PolicyDocument,
  remediations,
  required,
  steps,
} from '../src/control.ts';
import { policyDocument } from './s3.ts';
import { withGrant } from './with-grant.ts';

// The call replaces the recorder whole: its role, its frequency and what it records.
const recorderDocument = document(recorder, {
  write: call('configservice', 'PutConfigurationRecorder', (_, wanted) => ({ ConfigurationRecorder: wanted })),
  remove: call('configservice', 'DeleteConfigurationRecorder', (_, current) => ({
    ConfigurationRecorderName: current?.name,
  })),
});

const retentionDocument = document(retention, {
  write: call('configservice', 'PutRetentionConfiguration', (_, days) => ({ RetentionPeriodInDays: days })),
  remove: call('configservice', 'DeleteRetentionConfiguration', () => ({ RetentionConfigurationName: 'default' })),
});

const hasRecorder = derive({ recorder }, ({ recorder }) => recorder !== undefined);

const configRoleArn = optional(
  'Role that AWS Config records with; only needed where a region has no recorder. Its service-linked role AWSServiceRoleForConfig will do.',
  '',
);

/** The recorder that is there, or a first one. There can be no second: it must keep its name. */
function recorderOr(current: Recorder | undefined, roleARN: string, { partition, account }: At) {
  if (current !== undefined) return current;
  if (roleARN === '')
    return byHand(
      'this region has no recorder: set up AWS Config here, or set configRoleArn and Redress makes one (start it when it has a delivery channel, control 233)',
    );
  if (!roleARN.startsWith(`arn:${partition}:iam::${account}:role/`))
    return byHand(`configRoleArn is "${roleARN}", which is no role of this account; set it to the ARN of one`);
  return { name: 'default', roleARN, recordingGroup: EVERYTHING };
}

/** Records all types. IAM goes on being recorded where it is now, whichever way that was said. */
const everything = (group: Recorded, region: string): Recorded =>
  group.allSupported
    ? group
    : {
        ...EVERYTHING,
        includeGlobalResourceTypes: canRecordIam(region) && recordedIamTypes(group).length > 0,
      };

/** Records the types of IAM too, and leaves the rest as it is. */
function withIam(group: Recorded): Recorded {
  const isIam = (type: string) => IAM_TYPES.some((one) => one === type);
  if (group.allSupported) return { ...group, includeGlobalResourceTypes: true };
  const { resourceTypes = [] } = group;
  if (group.recordingStrategy?.useOnly === 'INCLUSION_BY_RESOURCE_TYPES')
    return {
      ...group,
      resourceTypes: [...resourceTypes, ...IAM_TYPES.filter((type) => !resourceTypes.includes(type))],
    };
  const excluded = group.exclusionByResourceTypes?.resourceTypes?.filter((type) => !isIam(type)) ?? [];
  // AWS Config takes no empty list of exclusions: that is to record everything.
  return excluded.length === 0
    ? { ...EVERYTHING, includeGlobalResourceTypes: true }
    : { ...group, exclusionByResourceTypes: { resourceTypes: excluded } };
}

const CONFIG = { Service: 'config.amazonaws.com' };
const FULL_CONTROL = { 's3:x-amz-acl': 'bucket-owner-full-control' };

/** The bucket's policy with what AWS Config needs ("Permissions for the Amazon S3 Bucket" in its developer guide). */
function withConfigDelivery(
  policy: PolicyDocument | undefined,
  { other, account, prefix }: { other: At; account: string; prefix: string },
): PolicyDocument | undefined {
  const context = { 'aws:sourceaccount': account };
  const Condition = { StringEquals: { 'aws:SourceAccount': account } };
  const ask = (action: string) => ({ principal: CONFIG, action, resource: other.arn, context });
  const acl = withGrant(policy, 'AllowConfigAclCheck', ask('s3:GetBucketAcl'), Condition);
  const list = withGrant(acl, 'AllowConfigExistenceCheck', ask('s3:ListBucket'), Condition);
  const write = {
    principal: CONFIG,
    action: 's3:PutObject',
    resource: `${other.arn}/${prefix === '' ? '' : `${prefix}/`}AWSLogs/${account}/Config/*`,
    context: { ...context, ...FULL_CONTROL },
  };
  return withGrant(list, 'AllowConfigDelivery', write, {
    StringEquals: { ...Condition.StringEquals, ...FULL_CONTROL },
  });
}

interface Chosen {
  readonly configBucket: string;
  readonly configPrefix: string;
  readonly configBucketKeyArn: string;
}

const channelTo = (current: { name?: string } | undefined, chosen: Chosen) => ({
  ...current,
  name: current?.name ?? 'default',
  s3BucketName: chosen.configBucket,
  ...(chosen.configPrefix ? { s3KeyPrefix: chosen.configPrefix } : {}),
  ...(chosen.configBucketKeyArn ? { s3KmsKeyArn: chosen.configBucketKeyArn } : {}),
});

export const configRemediations = remediations(config, {
  230: edit(
    recorderDocument,
    {
      mode: 'approve',
      impact:
        'none for resources; every change of every type is recorded and billed, ones included that were left out because they change all the time',
      parameters: { configRoleArn },
    },
    (current, { parameters, ...at }) => {
      const one = recorderOr(current, parameters.configRoleArn, at);
      return 'byHand' in one ? one : { ...one, recordingGroup: everything(one.recordingGroup, at.region) };
    },
  ),

  231: edit(
    recorderDocument,
    {
      mode: 'approve',
      impact: 'none for resources; every change in IAM is recorded and billed once more by each region that does this',
      parameters: {
        configRoleArn,
        globalRecordingRegions: optional(
          'Regions that may record IAM, separated by commas; empty means all. AWS advises to name one, and to exempt the others.',
          '',
        ),
      },
    },
    (current, { parameters, ...at }) => {
      const regions = parameters.globalRecordingRegions.split(',').map((region) => region.trim());
      if (parameters.globalRecordingRegions.trim() !== '' && !regions.includes(at.region))
        return byHand(`IAM is to be recorded in ${regions.join(', ')} only; exempt ${at.region} from this control`);
      const one = recorderOr(current, parameters.configRoleArn, at);
      return 'byHand' in one ? one : { ...one, recordingGroup: withIam(one.recordingGroup) };
    },
  ),

  232: edit(
    retentionDocument,
    {
      mode: 'auto',
      impact:
        'none: what was recorded is only kept longer. Ask the owner where a shorter time was chosen for privacy; undoing goes back to it, and AWS then deletes what is older',
    },
    () => SEVEN_YEARS,
  ),

  233: steps(
    {
      mode: 'approve',
      impact: 'none for resources; what AWS Config records is written into the bucket, which grows and costs',
      reads: { channel, hasRecorder },
      parameters: {
        configBucket: required(
          'Bucket of this account that receives what AWS Config records. Where the bucket is central, in another account, set up the channel by hand.',
        ),
        configPrefix: optional('Folder of the bucket; empty means the top.', ''),
        configBucketKeyArn: optional(
          "KMS key for what is delivered, in the bucket's region, whose policy lets AWS Config use it; empty means the encryption of the bucket.",
          '',
        ),
      },
      note: 'What AWS Config needs is added to what the policy of the bucket says. Whether a recorder runs is not judged: start it afterwards (StartConfigurationRecorder).',
    },
    ({ step, editOf }) => [
      editOf(
        'allow-config-delivery',
        { document: policyDocument, resource: bucket, id: ({ parameters }) => parameters.configBucket },
        (current, { other, account, parameters }) =>
          withConfigDelivery(current, { other, account, prefix: parameters.configPrefix }),
      ),
      step(
        'deliver',
        call('configservice', 'PutDeliveryChannel', ({ channel, parameters }) => ({
          DeliveryChannel: channelTo(channel, parameters),
        })),
        {
          repeat: 'safe',
          // A channel is never without a bucket: where none was, there was no channel.
          undo: call('configservice', 'DeleteDeliveryChannel', ({ channel, parameters }) => ({
            DeliveryChannelName: channelTo(channel, parameters).name,
          })),
        },
      ),
    ],
    ({ channel, hasRecorder, parameters }) => {
      if (!hasRecorder)
        return byHand(
          'this region has no recorder, without which AWS takes no delivery channel: see to control 230 first',
        );
      if (parameters.configPrefix.startsWith('/') || parameters.configPrefix.endsWith('/'))
        return byHand(`configPrefix is "${parameters.configPrefix}"; write it without slashes at its ends`);
      return { channel: channelTo(channel, parameters), hasRecorder };
    },
  ),
});
