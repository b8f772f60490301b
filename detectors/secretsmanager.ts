import {
  derive,
  detectors,
  fail,
  ids,
  nextToken,
  pass,
  read,
  readPages,
  resource,
  skip,
  tagsFrom,
  through,
  type Verdict,
} from '../src/control.ts';
import { encryptionKey, isCustomerManaged } from './customer-key.ts';

export const DEFAULT_KEY = 'alias/aws/secretsmanager';
export const LONGEST_INTERVAL = 90;

export const secret = read(
  'secretsmanager',
  'DescribeSecret',
  ({ id }) => ({ SecretId: id }),
  (out) => out,
);

/** The key that encrypts the secret; none where it is AWS's default. */
export const secretKey = derive({ secret }, ({ secret }) =>
  secret.KmsKeyId && !secret.KmsKeyId.endsWith(DEFAULT_KEY) ? secret.KmsKeyId : undefined,
);

const key = encryptionKey(secretKey);

/** Rules and function outlive a rotation that was cancelled: only `enabled` says whether it happens. */
export const rotation = derive({ secret }, ({ secret }) => ({
  enabled: secret.RotationEnabled === true,
  lambdaArn: secret.RotationLambdaARN || undefined,
  rules: {
    ...(secret.RotationRules?.AutomaticallyAfterDays
      ? { AutomaticallyAfterDays: secret.RotationRules.AutomaticallyAfterDays }
      : {}),
    ...(secret.RotationRules?.Duration ? { Duration: secret.RotationRules.Duration } : {}),
    ...(secret.RotationRules?.ScheduleExpression
      ? { ScheduleExpression: secret.RotationRules.ScheduleExpression }
      : {}),
  },
}));

/** Events name a secret by name or ARN; findings have its ARN. */
const itsArn = read(
  'secretsmanager',
  'DescribeSecret',
  ({ id }) => ({ SecretId: id }),
  (out): readonly string[] => (out.ARN === undefined ? [] : [out.ARN]),
  { absent: ['ResourceNotFoundException'] },
);
const secretArn = through(
  itsArn,
  ids('responseElements.arn', 'responseElements.aRN', 'responseElements.ARN', 'requestParameters.secretId'),
);

function notApplicable({
  DeletedDate,
  OwningService,
}: {
  DeletedDate?: Date;
  OwningService?: string;
}): Verdict | undefined {
  if (DeletedDate !== undefined) return skip('the secret is scheduled for deletion');
  if (OwningService) return skip(`the secret belongs to ${OwningService}, which manages it`);
  return undefined;
}

/** A secret that is copied here from another region takes its settings from there. */
export const isReplica = (secret: { PrimaryRegion?: string }, { region }: { region: string }): boolean =>
  secret.PrimaryRegion !== undefined && secret.PrimaryRegion !== region;

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];

/**
 * How many days may pass between rotations, at most; nothing where the
 * schedule cannot be understood.
 *
 * Of a `cron` only the months count: up to two apart are at most 66 days,
 * three or more are over 90 (Secrets Manager user guide, schedule expressions).
 */
export function longestInterval(rules: {
  AutomaticallyAfterDays?: number;
  ScheduleExpression?: string;
}): number | undefined {
  const { AutomaticallyAfterDays: days, ScheduleExpression: schedule } = rules;
  if (schedule === undefined) return days;
  const [, count, unit] = /^rate\((\d+) (hour|day)s?\)$/.exec(schedule) ?? [];
  if (count !== undefined) return unit === 'hour' ? Number(count) / 24 : Number(count);
  const months = monthsOf(/^cron\((.+)\)$/.exec(schedule)?.[1]?.split(/\s+/)[3]);
  const [first] = months;
  if (first === undefined) return days;
  const gaps = months.map((month, index) => (months[index + 1] ?? first + 12) - month);
  return Math.max(...gaps) * 31 + (Math.max(...gaps) > 2 ? 0 : 4);
}

/** The months that a field of a cron expression names, in order. */
function monthsOf(field: string | undefined): number[] {
  const months = new Set<number>();
  for (const part of (field ?? '').toUpperCase().split(',')) {
    const [, range = '', step] = /^([^/]+)(?:\/(\d+))?$/.exec(part) ?? [];
    const [from = '', to] = range === '*' || range === '?' ? ['1', '12'] : range.split('-');
    const start = monthOf(from);
    const end = monthOf(to ?? (step === undefined ? from : '12'));
    if (start < 1) continue;
    for (let month = start; month <= end; month += Number(step ?? 1) || 12) months.add(month);
  }
  return [...months].sort((a, b) => a - b);
}

const monthOf = (name: string): number => (MONTHS.includes(name) ? MONTHS.indexOf(name) + 1 : Number(name));

const keyChanges = {
  'secretsmanager:CreateSecret': secretArn,
  'secretsmanager:UpdateSecret': secretArn,
  'secretsmanager:ReplicateSecretToRegions': secretArn,
  'secretsmanager:RestoreSecret': secretArn,
  'secretsmanager:DeleteSecret': secretArn,
};

export const secrets = detectors(
  resource('AWS::SecretsManager::Secret', {
    service: 'secretsmanager',
    arn: ({ id }) => id,
    list: readPages(
      'secretsmanager',
      'ListSecrets',
      () => ({}),
      (out) => (out.SecretList ?? []).flatMap(({ ARN }) => ARN ?? []),
      nextToken,
    ),
    gone: ['ResourceNotFoundException'],
    tags: derive({ secret }, ({ secret }) => tagsFrom(secret.Tags)),
  }),
  {
    119: {
      title: 'Secret is not protected by the default key of Secrets Manager',
      criticality: 'HIGH',
      on: keyChanges,
      reads: { secret, key },
      check: ({ secret, key }) =>
        notApplicable(secret) ??
        isCustomerManaged(key, 'the secret is encrypted with the default key of Secrets Manager'),
      note: 'The same rule as control 366, judged the same way; both are closed by one write. The new version that the console offers is not needed: no value is sent.',
    },
    366: {
      title: 'Secret is encrypted with a customer managed key',
      criticality: 'HIGH',
      on: keyChanges,
      reads: { secret, key },
      check: ({ secret, key }) =>
        notApplicable(secret) ??
        isCustomerManaged(key, 'the secret is encrypted with the default key of Secrets Manager'),
      note: 'The evaluation asks only for KMS, which is always so; the heading asks for a key of your own. Replicas are judged too: each has a key of its own.',
    },
    510: {
      title: 'Secret rotates by itself at least every 90 days',
      criticality: 'HIGH',
      on: {
        'secretsmanager:CreateSecret': secretArn,
        'secretsmanager:RotateSecret': secretArn,
        'secretsmanager:CancelRotateSecret': secretArn,
        'secretsmanager:RestoreSecret': secretArn,
        'secretsmanager:DeleteSecret': secretArn,
      },
      reads: { secret, rotation },
      check: ({ secret, rotation }, at) => {
        const skipped = notApplicable(secret);
        if (skipped !== undefined) return skipped;
        if (isReplica(secret, at)) return skip(`the secret is copied from ${secret.PrimaryRegion}, where it rotates`);
        if (!rotation.enabled) return fail('the secret does not rotate');
        const days = longestInterval(rotation.rules);
        if (days === undefined) return fail('the secret rotates, but how often cannot be told from its schedule');
        return days <= LONGEST_INTERVAL
          ? pass
          : fail(`the secret rotates only every ${rotation.rules.ScheduleExpression ?? `${days} days`}`);
      },
      note: "The document's command rotates every 10 days, and at once: that changes a live password. Redress sets the schedule only.",
    },
  },
);
