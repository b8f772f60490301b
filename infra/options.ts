import { z } from 'zod';
import { type Catalogue, chosenFrom } from '../src/catalogue.ts';
import { appliesSomewhere, type Config } from '../src/config.ts';
import { type ControlSummary, summarise } from '../src/control-summary.ts';
import type { FunctionName } from './names.ts';

/** Thrown when the stacks cannot be made as asked. Names every option that is wrong, and what to write instead. */
export class OptionsError extends Error {
  override readonly name = 'OptionsError';
}

const wrong = (what: string, remedy: string) => ({
  error: ({ input }: { readonly input?: unknown }) =>
    input === undefined ? `is missing; ${remedy}` : `${JSON.stringify(input)} is not ${what}; ${remedy}`,
});
const matching = (pattern: RegExp, what: string, remedy: string) =>
  z.string(wrong(what, remedy)).regex(pattern, wrong(what, remedy));

const account = matching(/^\d{12}$/, 'an account id', 'use the 12 digits');
const region = matching(/^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/, 'a region', 'use a name like eu-west-1');
const wholeNumber = (least: number, most: number) => {
  const text = wrong(`a whole number from ${least} to ${most}`, `use one from ${least} to ${most}`);
  return z.coerce.number(text).int(text).min(least, text).max(most, text);
};

/** One of some words, or a list, which the command line gives as text with commas: `-c controls=47,48`. */
const wordOr = <W extends string, T extends z.ZodType>(words: readonly [W, ...W[]], item: T) => {
  const word = z.enum(words);
  return z.preprocess(
    (given) => (typeof given === 'string' && !word.safeParse(given).success ? given.split(',').map(trimmed) : given),
    z.union([word, z.array(item).nonempty()], {
      error: ({ input }) =>
        `${JSON.stringify(input)} is neither ${words.join(' nor ')} nor a list of what belongs here, with commas between`,
    }),
  );
};
const trimmed = (one: string): string => one.trim();
const allOr = <T extends z.ZodType>(item: T) => wordOr(['all'], item).default('all');
const number = z.coerce.number().int().positive();

/** Ids of accounts stand in policies of 10,240 characters: that of the worker's role, and that of the bus. */
const MOST_ACCOUNTS = 400;

/** CloudWatch Logs keeps logs for these many days and no others. */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];
const retention = wrong('a time that CloudWatch Logs keeps', `use one of ${RETENTION_DAYS.join(', ')} days`);

const yesNo = z.preprocess(
  (given) => (given === 'true' ? true : given === 'false' ? false : given),
  z.boolean(wrong('true or false', 'write true or false')),
);

/**
 * How a function runs. `concurrency` is reserved: at most so often at the same
 * time, and nobody else in the account can take these places. The worker and
 * the decisions have several sources; the least number leaves each of them one.
 */
const settings = (memoryMb: number, timeoutSeconds: number, concurrency: number, least = 1) =>
  z
    .strictObject({
      memoryMb: wholeNumber(128, 10_240).default(memoryMb),
      timeoutSeconds: wholeNumber(5, 900).default(timeoutSeconds),
      concurrency: wholeNumber(least, 1000).default(concurrency),
    })
    .prefault({});

const functions = z
  .strictObject({
    intake: settings(512, 60, 5, 2),
    worker: settings(1024, 120, 20, 10),
    decisions: settings(512, 60, 10, 6),
    sweep: settings(1024, 240, 2),
    // Slack waits three seconds for an answer. The rest is for the first start.
    slack: settings(512, 10, 10),
  } satisfies Record<FunctionName, z.ZodType>)
  .prefault({});

const schema = z.strictObject({
  organization: matching(/^o-[a-z0-9]{10,32}$/, 'the id of an organization', 'it looks like o-a1b2c3d4e5'),
  account,
  region,
  externalId: matching(
    /^[\w+=,.@:/-]{16,1224}$/,
    'an external id',
    'make one up, of 16 characters or more: letters, digits, and + = , . @ : / -',
  ),
  controls: allOr(number),
  writeControls: wordOr(['configured', 'all'], number).default('configured'),
  accounts: allOr(account).refine((ids) => ids === 'all' || ids.length <= MOST_ACCOUNTS, {
    error: `are more than the ${MOST_ACCOUNTS} that a policy has room for; write all, and send the member stack only to those that you want`,
  }),
  regions: allOr(region),
  retentionDays: wholeNumber(1, 3653)
    .default(90)
    .refine((days) => RETENTION_DAYS.includes(days), retention),
  functions,
  slack: yesNo.optional(),
  archiveDays: wholeNumber(0, 365).default(0),
  configFile: z.string(wrong('a path', 'give the path of redress.yaml')).min(1).optional(),
});

export const OPTION_NAMES: readonly string[] = Object.keys(schema.shape);

/** What can be chosen about a deployment. See the table in infra/README.md. */
export type HubOptions = z.output<typeof schema>;

/**
 * Checks the options.
 *
 * @param given from `cdk.json` or `-c name=value`
 * @throws OptionsError naming each that is wrong
 */
export function readOptions(given: Readonly<Record<string, unknown>>, catalogue: Catalogue): HubOptions {
  const read = schema.safeParse(given);
  if (!read.success) {
    throw new OptionsError(
      read.error.issues.map(({ path, message }) => `${path.join('.') || 'options'}: ${message}.`).join('\n'),
    );
  }
  for (const name of ['controls', 'writeControls'] as const) {
    const chosen = read.data[name];
    const unknown = typeof chosen === 'string' ? [] : chosen.filter((one) => !catalogue.has(one));
    if (unknown.length > 0) {
      throw new OptionsError(`${name}: there is no control ${unknown.join(', ')}; "redress controls" lists them.`);
    }
  }
  return read.data;
}

/** The controls that a deployment is made for. */
export const chosenControls = ({ controls }: Pick<HubOptions, 'controls'>, catalogue: Catalogue): Catalogue =>
  chosenFrom(catalogue, controls);

/** Those of them that the writing role is made for: by default where the configuration lets fixes be written at all. */
export function writingControls(
  options: Pick<HubOptions, 'controls' | 'writeControls'>,
  catalogue: Catalogue,
  config: Config,
): Catalogue {
  const chosen = chosenControls(options, catalogue);
  const { writeControls } = options;
  if (writeControls !== 'configured') return chosenFrom(chosen, writeControls);
  return chosenFrom(
    chosen,
    [...chosen.keys()].filter((one) => appliesSomewhere(config, one)),
  );
}

/** What the permissions are made from. */
export const summariesOf = (catalogue: Catalogue): readonly ControlSummary[] => [...catalogue.values()].map(summarise);
