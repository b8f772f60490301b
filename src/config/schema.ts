import { z } from 'zod';
import { oneLine } from '../one-line.ts';

/** A value as it is quoted in a message. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(oneLine(value, 60));
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a group of settings';
  return String(value);
}

interface Rejected {
  readonly input?: unknown;
}
const not =
  (what: string, remedy: string) =>
  ({ input }: Rejected): string =>
    input === undefined ? `is missing; ${remedy}` : `${shown(input)} is not ${what}; ${remedy}`;

/** The text of a rejection for one kind of value. */
const because = (what: string, remedy: string) => ({ error: not(what, remedy) });

const mode = z.enum(['auto', 'approve', 'guided', 'off'], because('a mode', 'use auto, approve, guided or off'));
const yesNo = z.boolean(because('true or false', 'write true or false, without quotes'));
const accountText = because('an account id', 'use the 12 digits, in quotes');
const account = z.string(accountText).regex(/^\d{12}$/, accountText);
const regionText = because('a region', 'use a name like eu-west-1');
const region = z.string(regionText).regex(/^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/, regionText);
const text = (what: string, remedy: string) => {
  const rejected = because(what, remedy);
  return z.string(rejected).trim().min(1, rejected);
};
const numberKey = z.string().regex(/^[1-9]\d*$/, because('a control number', 'write it like "47"'));
const controlNumber = z.int(because('a control number', 'write it like 47')).positive();
const count = (least: number, most: number) => {
  const rejected = because(`a whole number from ${least} to ${most}`, `use one from ${least} to ${most}`);
  return z.int(rejected).min(least, rejected).max(most, rejected);
};
const url = (what: string) => {
  const rejected = because('a queue URL', `give the ${what} as https://sqs.<region>.amazonaws.com/<account>/<name>`);
  return z.string(rejected).regex(/^https?:\/\/\S+\/\d{12}\/[\w.-]+$/, rejected);
};

const parameters = z
  .record(
    z.string(),
    z
      .union([z.string(), z.number(), z.boolean()], because('a text or a number', 'write one value'))
      .transform((value) => String(value)),
  )
  .describe('Values that only you can choose, by the names that `redress controls` shows.');

const controlSettings = z.strictObject({
  mode: mode.optional().describe('How a fix may happen. Without it, as the control itself says.'),
  apply: yesNo.optional().describe('Whether fixes of this control are written at all.'),
  approvals: count(1, 10).optional().describe('How many different people must say yes.'),
  fourEyes: yesNo.optional().describe('Whether whoever caused a finding is kept from approving its fix.'),
  parameters: parameters.default({}),
  regions: z
    .record(region, z.strictObject({ parameters: parameters.default({}) }))
    .default({})
    .describe('Parameters that differ by region.'),
});

const controls = z.record(numberKey, controlSettings).default({});

const day = because('a date', 'use one that exists, as YYYY-MM-DD');

/** Whether this is a day of the calendar, written YYYY-MM-DD. */
function isDay(value: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  const time = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(value);
}

const exemption = z.strictObject({
  control: z.union(
    [controlNumber, z.array(controlNumber).nonempty()],
    because('a control number or a list of them', 'write it like 48 or [48, 67]'),
  ),
  resource: text('an ARN', 'give the ARN of the resource; * stands for any text').refine(
    (arn) => arn.startsWith('arn:') || arn.startsWith('*'),
    because('an ARN', 'give the ARN of the resource; * stands for any text'),
  ),
  owner: text('an owner', 'say who answers for it'),
  reason: text('a reason', 'say why it is accepted'),
  until: z.string(day).refine(isDay, day).describe('The last day, in UTC.'),
});

const numbers = z
  .union(
    [z.literal('all'), z.array(controlNumber).nonempty()],
    because('all or a list of control numbers', 'write all, or a list like [47, 48]'),
  )
  .describe('Which controls.');
const accountIds = z
  .union(
    [z.literal('all'), z.array(account).nonempty()],
    because('all or a list of account ids', 'write all, or the 12-digit ids in quotes'),
  )
  .default('all');
const criticalities = z
  .union(
    [z.literal('all'), z.array(z.enum(['HIGH', 'MEDIUM', 'LOW'])).nonempty()],
    because('all or a list of criticalities', 'write all, or a list like [HIGH, MEDIUM]'),
  )
  .default('all');

const names = (what: string) => z.array(text(what, 'write a list of names')).default([]);

const approver = z
  .strictObject({
    users: names('a user').describe('Names at the terminal, or Slack user ids.'),
    groups: names('a group').describe('Slack user group ids.'),
    controls: numbers.describe('What they may decide.'),
    accounts: accountIds,
    criticalities,
  })
  .refine(({ users, groups }) => users.length + groups.length > 0, {
    error: 'names nobody; add users or groups',
  });

const slackId = (what: string, letters: string, example: string) => {
  const rejected = because(`the id of a Slack ${what}`, `it looks like ${example}`);
  return z.string(rejected).regex(new RegExp(`^[${letters}][A-Z0-9]{2,}$`), rejected);
};
const channel = slackId('channel', 'CG', 'C0123456789').describe('A channel that the bot was invited to.');
const parameterName = z
  .string()
  .regex(/^\/?[\w.-]+(\/[\w.-]+)*$/, because('the name of an SSM parameter', 'it looks like /redress/slack/bot-token'))
  .optional();

const person = z.strictObject({
  name: text('a name', 'give the name at the terminal'),
  slack: slackId('user', 'UW', 'U0123456789').optional(),
  aws: z
    .array(text('an ARN', 'give the ARN of a user or of a session; * stands for any text'))
    .default([])
    .describe('Who they are in CloudTrail: ARNs of users or of assumed roles; * stands for any text.'),
});

const slack = z.strictObject({
  channel: channel.describe('Where questions go that no route takes.'),
  routes: z
    .array(z.strictObject({ channel, controls: numbers.default('all'), accounts: accountIds, criticalities }))
    .default([])
    .describe('Where other questions go. The first that fits counts.'),
  transport: z
    .enum(['socket', 'http'], because('a transport', 'use socket or http'))
    .default('socket')
    .describe('Socket Mode needs no address of your own; http listens on the port.'),
  port: count(1, 65_535).default(3000),
  storm: z
    .strictObject({ findings: count(1, 30).default(3), seconds: count(1, 3600).default(60) })
    .prefault({})
    .describe('More findings of one control or one actor within this time become one message.'),
  tellFixes: yesNo
    .default(true)
    .describe('Whether fixes that were applied without a question are told, with an Undo button.'),
  parameters: z
    .strictObject({ botToken: parameterName, appToken: parameterName, signingSecret: parameterName })
    .prefault({})
    .describe(
      'SSM parameters that hold the secrets. Without them: SLACK_BOT_TOKEN, SLACK_APP_TOKEN, SLACK_SIGNING_SECRET.',
    ),
});

const sweep = z.strictObject({
  everyHours: count(0, 168)
    .default(24)
    .describe('How often everything that exists is judged, spread over these hours. 0 switches sweeps off.'),
  resourcesPerMinute: count(1, 100_000)
    .default(600)
    .describe('No process judges more than so many resources in a minute for a sweep.'),
  missed: yesNo
    .default(true)
    .describe('Whether CloudTrail is asked, once a sweep, for events that never came. They are then judged, too.'),
  places: z
    .array(z.strictObject({ account, regions: z.array(region).nonempty() }))
    .nonempty()
    .refine((all) => isUnique(all.map((one) => one.account)), {
      error: 'names an account twice; give each account one entry',
    })
    .optional()
    .describe('Which accounts and regions are swept. Without it, the account and region that Redress runs in.'),
});

export const configSchema = z.strictObject({
  apply: yesNo.default(false).describe('False is dry-run: plans are shown, nothing is written.'),
  controls: controls.describe('Settings by control number.'),
  accounts: z
    .record(
      account,
      z.strictObject({
        apply: yesNo.optional().describe('Whether anything is written in this account.'),
        regions: z.array(region).nonempty().optional().describe('Nothing is written in any other region.'),
        controls,
      }),
    )
    .default({})
    .describe('What differs in an account, by its id.'),
  tags: z
    .array(
      z.strictObject({
        key: text('the key of a tag', 'give the key of a tag'),
        value: z.string().optional().describe('Without it any value counts.'),
        apply: yesNo.optional().describe('Whether anything is written to resources with this tag.'),
        controls,
      }),
    )
    .default([])
    .describe('What differs for resources that carry a tag. The first that fits counts most.'),
  exemptions: z.array(exemption).default([]).describe('Findings that are accepted for a time.'),
  approvers: z.array(approver).default([]).describe('Who may decide. Nobody else can.'),
  people: z
    .array(person)
    .default([])
    .refine((all) => isUnique(all.map(({ name }) => name)) && isUnique(all.flatMap(({ slack: id }) => id ?? [])), {
      error: 'names somebody twice; give each person one entry',
    })
    .describe('Who is who: at the terminal, in Slack and in CloudTrail.'),
  fourEyes: yesNo.default(false).describe('Whether whoever caused a finding is kept from approving its fix.'),
  slack: slack.optional().describe('Where Redress asks in Slack.'),
  limits: z
    .strictObject({
      writesPerControlPerHour: count(0, 10_000).default(20),
      writesPerAccountPerHour: count(0, 10_000).default(50),
      recurrences: count(0, 100).default(3).describe('How often a finding may return before a person is called.'),
      recurrenceWindowHours: count(1, 24 * 365).default(7 * 24),
    })
    .prefault({})
    .describe('Brakes on what may be written.'),
  timing: z
    .strictObject({
      settleSeconds: count(0, 600).default(10).describe('How long a resource is left alone before it is judged.'),
      approvalExpiryHours: count(1, 24 * 30)
        .default(7 * 24)
        .describe('After this, a question is not answered any more.'),
      verifyTimeoutMinutes: count(1, 24 * 60)
        .default(5)
        .describe('How long AWS may take to show a change.'),
    })
    .prefault({}),
  queue: z
    .strictObject({ url: url('URL of the queue'), deadLetterUrl: url('URL of the dead-letter queue').optional() })
    .optional()
    .describe('Where `redress serve` takes events from.'),
  bus: text('an event bus', 'give the name or the ARN of the EventBridge bus for lifecycle events').optional(),
  topicArn: z
    .string()
    .regex(
      /^arn:aws[\w-]*:sns:[a-z0-9-]+:\d{12}:[\w.-]+$/,
      because('the ARN of a topic', 'it looks like arn:aws:sns:eu-west-1:123456789012:notices'),
    )
    .optional()
    .describe('SNS topic for notices.'),
  export: z
    .strictObject({
      securityHub: yesNo
        .default(false)
        .describe('Whether findings are imported into Security Hub of the account and region that Redress runs in.'),
    })
    .prefault({})
    .describe('Where findings are sent besides.'),
  stateFolder: text('a folder', 'give the folder of the embedded store').default('.redress'),
  sweep: sweep
    .prefault({})
    .describe('Judges what exists, whether an event came or not: time alone makes some controls fail.'),
  store: z
    .strictObject({
      table: z.string().regex(/^[\w.-]{3,255}$/, because('the name of a DynamoDB table', 'give the name, not the ARN')),
    })
    .optional()
    .describe('A DynamoDB table that holds the state, instead of the embedded store. Several bots may share it.'),
  rates: z
    .strictObject({
      callsPerSecond: count(1, 1000).default(10).describe('Calls a second, on average.'),
      burst: count(1, 10_000).default(20).describe('Calls that may come at once.'),
    })
    .prefault({})
    .refine(({ callsPerSecond, burst }) => burst >= callsPerSecond, {
      error: 'allows fewer calls at once than a second; set burst to at least callsPerSecond',
    })
    .describe('How fast AWS is called, in each account, region and service, by all bots on one store together.'),
});

export type Config = z.output<typeof configSchema>;
export type ControlSettings = z.output<typeof controlSettings>;
export type Approver = z.output<typeof approver>;
export type SlackConfig = z.output<typeof slack>;
export type Person = z.output<typeof person>;

const isUnique = (names: readonly string[]): boolean => new Set(names).size === names.length;

/** What holds when nothing is configured: dry-run. */
export const defaultConfig: Config = configSchema.parse({});

/** The JSON schema of `redress.yaml`, for editors. */
export function configJsonSchema(): object {
  return { title: 'redress.yaml', ...z.toJSONSchema(configSchema, { io: 'input' }) };
}
