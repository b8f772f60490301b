import type { DestinationStream, Logger } from 'pino';

/** Fields that may hold a secret, wherever somebody might once put them. */
const secretFields = ['token', 'botToken', 'appToken', 'signingSecret', 'secret', 'password', 'authorization'];
const redact = { paths: secretFields.flatMap((name) => [name, `*.${name}`]), censor: '[secret]' };

/** Tokens of Slack, and keys of AWS that stand behind their names, in the middle of any text. */
const SECRETS =
  /\b(?:xox[a-z]|xapp)-[\w-]+|((?:secretAccessKey|sessionToken|X-Amz-Security-Token)[^\w/+]{1,8})[\w/+=%-]{16,}/gi;

/** A line of the log without secrets. */
const withoutSecrets = (line: string): string => line.replace(SECRETS, (_all, name = '') => `${name}[secret]`);

/**
 * The bot's own log: JSON lines, written before anything goes on, so that
 * nothing is missing when the process ends or is frozen. Secrets are left out.
 *
 * Fields are named the same everywhere: `finding`, `plan`, `control`,
 * `account`, `event` (the id of a CloudTrail event), `requestId` (of a call
 * to AWS), `error` and `because`.
 *
 * @param fd 2 where standard output belongs to people; 1 in a function, whose output is its log
 */
export async function createLog(level: string, fd: 1 | 2 | DestinationStream): Promise<Logger> {
  const { default: pino } = await import('pino');
  const destination = typeof fd === 'number' ? pino.destination({ fd, sync: true }) : fd;
  return pino({ level, base: null, redact, hooks: { streamWrite: withoutSecrets } }, destination);
}
