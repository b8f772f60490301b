interface Rule {
  /** How the parameter's name ends. Longer ends come first: a log group is not just any group. */
  readonly suffix: string;
  readonly pattern: RegExp;
  readonly remedy: string;
}

const arn = (service: string, resource: string): RegExp =>
  new RegExp(`^arn:aws[a-z-]*:${service}:[a-z0-9-]*:\\d{12}:${resource}$`);

const rules: readonly Rule[] = [
  {
    suffix: 'LogGroupArn',
    pattern: arn('logs', 'log-group:[\\w./#-]{1,512}(:\\*)?'),
    remedy: 'is not the ARN of a log group; it looks like arn:aws:logs:eu-west-1:123456789012:log-group:name',
  },
  {
    suffix: 'KeyArn',
    pattern: arn('kms', '(key|alias)/[\\w/-]+'),
    remedy: 'is not the ARN of a KMS key; it looks like arn:aws:kms:eu-west-1:123456789012:key/…',
  },
  {
    suffix: 'TopicArn',
    pattern: arn('sns', '[\\w-]{1,256}(\\.fifo)?'),
    remedy: 'is not the ARN of a topic; it looks like arn:aws:sns:eu-west-1:123456789012:name',
  },
  {
    suffix: 'RoleArn',
    pattern: arn('iam', 'role/[\\w+=,.@/-]+'),
    remedy: 'is not the ARN of a role; it looks like arn:aws:iam::123456789012:role/name',
  },
  {
    suffix: 'Arn',
    pattern: /^arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:(\d{12}|aws)?:\S+$/,
    remedy: 'is not an ARN; it looks like arn:aws:service:region:account:resource',
  },
  {
    suffix: 'Bucket',
    pattern: /^(?!xn--|sthree-)(?!(\d{1,3}\.){3}\d{1,3}$)(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
    remedy: 'is not the name of a bucket; give the name (not the ARN): 3 to 63 small letters, digits, dots and hyphens',
  },
  {
    suffix: 'LogGroup',
    pattern: /^[\w./#-]{1,512}$/,
    remedy: 'is not the name of a log group; give the name (not the ARN): letters, digits and . _ / # -',
  },
  {
    suffix: 'Group',
    pattern: /^[\w+=,.@/-]{1,128}$/,
    remedy: 'is not the name of a group; give the name or id (not the ARN): letters, digits and + = , . @ / _ -',
  },
  { suffix: 'Days', pattern: /^\d{1,5}$/, remedy: 'is not a number of days; give a whole number' },
];

/** What is wrong with a parameter's value, going by the end of its name; nothing if it fits. */
export function whyUnfit(name: string, value: string): string | undefined {
  const rule = rules.find(({ suffix }) => hasSuffix(name, suffix));
  if (rule !== undefined) return rule.pattern.test(value) ? undefined : rule.remedy;
  return value.trim() === '' ? 'is empty; give a value, or leave the parameter out' : undefined;
}

/** `logBucket` and `bucket` hold a bucket, `roleArn` a role. */
function hasSuffix(name: string, suffix: string): boolean {
  return name.endsWith(suffix) || name === `${suffix.charAt(0).toLowerCase()}${suffix.slice(1)}`;
}
