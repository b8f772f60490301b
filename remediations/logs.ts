import { keyPolicy } from '../detectors/kms/key-policies.ts';
import { key } from '../detectors/kms/keys.ts';
import { groupKey, logGroups, retention, SHORTEST } from '../detectors/logs.ts';
import {
  type At,
  addStatement,
  byHand,
  call,
  document,
  edit,
  grants,
  type PolicyDocument,
  remediations,
  required,
  statementsOf,
  steps,
} from '../src/control.ts';
import { chosenKey } from './chosen.ts';

const retentionDocument = document(retention, {
  write: call('logs', 'PutRetentionPolicy', ({ id }, retentionInDays) => ({ logGroupName: id, retentionInDays })),
  remove: call('logs', 'DeleteRetentionPolicy', ({ id }) => ({ logGroupName: id })),
});

/** The days that CloudWatch Logs takes ("PutRetentionPolicy" in its API reference). */
const DAYS: ReadonlySet<number> = new Set([
  ...[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653],
]);

// A grant that a fix has added stays when the fix is undone: what was written under the key could not be read without it.
const grantingKeyPolicy = document(keyPolicy, {
  write: call('kms', 'PutKeyPolicy', ({ id }, wanted, current) =>
    statementsOf(wanted).length < statementsOf(current).length
      ? undefined
      : { KeyId: id, PolicyName: 'default', Policy: JSON.stringify(wanted) },
  ),
});

/** CloudWatch Logs has a principal per region, with the domain of the partition. */
const principalOf = ({ partition, region }: At) => ({
  Service: `logs.${region}.amazonaws.com${partition === 'aws-cn' ? '.cn' : ''}`,
});

const NEEDED = [
  ...['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncryptFrom', 'kms:ReEncryptTo'],
  ...['kms:GenerateDataKey', 'kms:GenerateDataKeyWithoutPlaintext', 'kms:DescribeKey'],
];

/** The key's policy with what CloudWatch Logs needs for one group ("Encrypt log data using KMS" in its user guide). */
function withLogs<P extends PolicyDocument>(policy: P, group: At, keyArn: string): P | PolicyDocument {
  const Principal = principalOf(group);
  const context = { 'kms:encryptioncontext:aws:logs:arn': group.arn };
  const isAllowed = (action: string) => grants(policy, { principal: Principal, action, resource: keyArn, context });
  if (NEEDED.every(isAllowed)) return policy;
  return addStatement(policy, {
    Sid: 'AllowCloudWatchLogs',
    Effect: 'Allow',
    Principal,
    Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
    Resource: '*',
    Condition: { ArnEquals: { 'kms:EncryptionContext:aws:logs:arn': group.arn } },
  });
}

export const logGroupRemediations = remediations(logGroups, {
  313: edit(
    retentionDocument,
    {
      mode: 'approve',
      impact:
        'in a group that kept everything, all events older than this are deleted within days and cannot be had again: ask who needs them (audit trails, flow logs, a legal hold) and export them first',
      undo: 'best-effort',
      parameters: {
        retentionDays: required(
          `Days that log groups keep their events: ${[...DAYS].filter((days) => days >= SHORTEST).join(', ')}. Set a longer time, by tag or account, for what is an audit trail.`,
        ),
      },
    },
    (_, { parameters: { retentionDays } }) => {
      const days = Number(retentionDays);
      if (!DAYS.has(days) || days < SHORTEST)
        return byHand(
          `retentionDays is "${retentionDays}", which CloudWatch Logs or this control does not take; set it to 7, 14, 30, 60, 90, 365 or another of its steps`,
        );
      return days;
    },
  ),

  373: steps(
    {
      mode: 'approve',
      impact:
        'events from now on are encrypted with the key, older ones stay as they are; whoever reads or subscribes needs kms:Decrypt, and KMS bills its requests. If the key is disabled or deleted later, events can neither be written nor read',
      undo: 'best-effort',
      reads: { groupKey },
      parameters: {
        logKeyArn: required(
          'ARN of a symmetric KMS key of this account and region. For more than some fifty log groups let its policy allow CloudWatch Logs for all of them beforehand.',
        ),
      },
      note: "What CloudWatch Logs needs is added to the policy of the key, for this group; the document's sample would replace that policy. The grant stays when the fix is undone, because events written meanwhile can be read with it only.",
    },
    ({ step, editOf }) => [
      editOf(
        'allow-logs',
        {
          document: grantingKeyPolicy,
          resource: key,
          id: ({ parameters }) => parameters.logKeyArn.replace(/^.*:key\//, ''),
        },
        (current, { other, ...group }) => withLogs(current, group, other.arn),
      ),
      step(
        'associate',
        call('logs', 'AssociateKmsKey', ({ id, parameters }) => ({ logGroupName: id, kmsKeyId: parameters.logKeyArn })),
        {
          repeat: 'safe',
          undo: call('logs', 'DisassociateKmsKey', ({ id }) => ({ logGroupName: id })),
        },
      ),
    ],
    ({ parameters: { logKeyArn }, ...at }) => {
      const chosen = chosenKey('logKeyArn', logKeyArn, at);
      if ('byHand' in chosen) return chosen;
      const { partition, region, account } = at;
      if (!logKeyArn.startsWith(`arn:${partition}:kms:${region}:${account}:key/`))
        return byHand(
          `logKeyArn is "${logKeyArn}"; set it to the ARN of a key of this account (CloudWatch Logs takes no alias). With a key of another account let its owner allow CloudWatch Logs, and associate it by hand`,
        );
      return { groupKey: logKeyArn };
    },
  ),
});
