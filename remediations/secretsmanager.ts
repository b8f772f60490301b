import {
  isReplica,
  LONGEST_INTERVAL,
  longestInterval,
  rotation,
  secret,
  secretKey,
  secrets,
} from '../detectors/secretsmanager.ts';
import { type At, byHand, call, document, edit, optional, remediations, required } from '../src/control.ts';
import { chosenKey } from './chosen.ts';

/** No value is sent, so that no version is made; an empty key means AWS's default. */
const secretKeyDocument = document(secretKey, {
  write: call('secretsmanager', 'UpdateSecret', ({ id }, key) => ({ SecretId: id, KmsKeyId: key })),
  remove: call('secretsmanager', 'UpdateSecret', ({ id }) => ({ SecretId: id, KmsKeyId: '' })),
});

const secretKeyArn = required(
  'KMS key for secrets, in the region of the secret. Its policy must let all who read the secret decrypt, the rotation function and other accounts included.',
);
const keyMeta = {
  mode: 'approve' as const,
  impact:
    'readers without kms:Decrypt on the new key (applications, the rotation function, other accounts) are refused at their next read',
  parameters: { secretKeyArn },
  reads: { secret },
};

function withKey({
  secret,
  parameters,
  ...at
}: At & { secret: { PrimaryRegion?: string }; parameters: { secretKeyArn: string } }) {
  if (isReplica(secret, at))
    return byHand(
      `this is a copy of a secret in ${secret.PrimaryRegion}: there, take ${at.region} out of its replication and replicate it again with a KmsKeyId for ${at.region}`,
    );
  const chosen = chosenKey('secretKeyArn', parameters.secretKeyArn, at);
  return 'key' in chosen ? chosen.key : chosen;
}

const rotationDocument = document(rotation, {
  write: [
    call('secretsmanager', 'RotateSecret', ({ id }, { enabled, lambdaArn, rules }) =>
      enabled
        ? {
            SecretId: id,
            ...(lambdaArn === undefined ? {} : { RotationLambdaARN: lambdaArn }),
            // Either the days or a schedule; AWS works the days out of a schedule by itself.
            RotationRules:
              rules.ScheduleExpression === undefined ? rules : { ...rules, AutomaticallyAfterDays: undefined },
            RotateImmediately: false,
          }
        : undefined,
    ),
    call('secretsmanager', 'CancelRotateSecret', ({ id }, { enabled }) => (enabled ? undefined : { SecretId: id })),
  ],
});

export const secretRemediations = remediations(secrets, {
  119: edit(secretKeyDocument, keyMeta, (_, context) => withKey(context)),
  366: edit(secretKeyDocument, keyMeta, (_, context) => withKey(context)),

  510: edit(
    rotationDocument,
    {
      mode: 'approve',
      impact:
        'the value changes at the next scheduled time, not at once; whoever keeps a copy of it then fails to sign in, and a function that does not fit the secret leaves it half rotated',
      undo: 'best-effort',
      parameters: {
        rotationLambdaArn: optional(
          'Function that rotates secrets which have none yet. It must fit the kind of secret; empty means that a person decides.',
          '',
        ),
        rotationDays: optional('Days between rotations, 90 at most.', '90'),
      },
      note: 'Secrets Manager keeps rules and function of a rotation that is cancelled: undoing switches it off and leaves them.',
    },
    (current, { parameters }) => {
      const days = Number(parameters.rotationDays);
      if (!Number.isInteger(days) || days < 1 || days > LONGEST_INTERVAL)
        return byHand(`rotationDays is "${parameters.rotationDays}"; set it to a number from 1 to ${LONGEST_INTERVAL}`);
      const lambdaArn = current.lambdaArn ?? (parameters.rotationLambdaArn || undefined);
      if (!current.enabled && lambdaArn === undefined)
        return byHand(
          'no function rotates this secret yet: make one that fits what it holds (AWS has templates for databases) and set rotationLambdaArn, or exempt the secret if nothing can rotate it, such as a key of a third party',
        );
      const { rules } = current;
      const interval = longestInterval(rules);
      const isShortEnough = interval !== undefined && interval <= LONGEST_INTERVAL;
      if (isShortEnough) return { enabled: true, lambdaArn, rules };
      if (rules.ScheduleExpression?.startsWith('cron'))
        return byHand(
          `the secret rotates by ${rules.ScheduleExpression}: choose months that are at most two apart, and keep the window that was agreed`,
        );
      const { Duration } = rules;
      const shorter =
        rules.ScheduleExpression === undefined
          ? { AutomaticallyAfterDays: days }
          : { ScheduleExpression: days === 1 ? 'rate(1 day)' : `rate(${days} days)` };
      return { enabled: true, lambdaArn, rules: { ...shorter, ...(Duration ? { Duration } : {}) } };
    },
  ),
});
