import { oneLine } from '../one-line.ts';
import { answerOf } from '../sdk-error.ts';

/** Thrown by the door for every write while nothing may be written. */
export class DryRunError extends Error {
  override readonly name = 'DryRunError';
}

/** Thrown by the door for a call that the permit's plan does not hold, or without a permit at all. */
export class NotPermittedError extends Error {
  override readonly name = 'NotPermittedError';
}

/** What keeps Redress out of an account. */
export interface Obstacle {
  readonly account: string;
  /** The role that cannot be taken. */
  readonly role: string;
  readonly because: string;
  readonly mend: string;
}

/**
 * Thrown when a role of an account cannot be taken. It stays so until a person
 * mends it; nothing was sent.
 */
export class ObstacleError extends Error {
  override readonly name = 'ObstacleError';
  readonly obstacle: Obstacle;

  constructor(obstacle: Obstacle) {
    super(`${obstacle.because}; ${obstacle.mend}`);
    this.obstacle = obstacle;
  }
}

/**
 * Thrown when Redress's own limit of calls is used up for longer than it could
 * be waited for, or AWS has asked it to slow down. Nothing was sent.
 */
export class RateLimitError extends Error {
  override readonly name = 'RateLimitError';
}

/** What kind of trouble an AWS error means, as far as it changes what Redress says or does. */
export type AwsTrouble = 'denied' | 'throttled' | 'unreachable' | 'credentials' | 'obstacle' | 'other';

/** AWS's code of an error, the way its documentation writes it: without `Exception` behind it. */
export function errorCode(error: unknown): string {
  const name = error instanceof Error ? error.name : String(error);
  return name.replace(/Exception$/, '');
}

/** Whether an error carries one of these codes. */
export function hasCode(error: unknown, codes: readonly string[]): boolean {
  const code = errorCode(error);
  return codes.some((one) => one.replace(/Exception$/, '') === code);
}

const DENIED = [
  'AccessDenied',
  'UnauthorizedOperation',
  'Client.UnauthorizedOperation',
  'AuthorizationError',
  'NotAuthorized',
  'Forbidden',
];
const THROTTLED = [
  'Throttling',
  'ThrottledException',
  'TooManyRequests',
  'RequestLimitExceeded',
  'SlowDown',
  'RequestThrottled',
  'EC2Throttled',
  'ProvisionedThroughputExceeded',
  'BandwidthLimitExceeded',
  'LimitExceeded.Throttling',
  'PriorRequestNotComplete',
];
const CREDENTIALS = [
  'CredentialsProviderError',
  'TokenProviderError',
  'ExpiredToken',
  'InvalidToken',
  'InvalidClientTokenId',
  'UnrecognizedClient',
  'InvalidAccessKeyId',
  'MissingAuthenticationToken',
  'SignatureDoesNotMatch',
  'InvalidSignature',
  'IncompleteSignature',
  'RequestExpired',
];
const UNREACHABLE = ['TimeoutError', 'NetworkingError', 'AggregateError', 'RequestTimeout'];
const SOCKET = /ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EPIPE|socket hang up/;

/** Sorts an AWS error into the kinds that Redress treats differently. */
export function troubleOf(error: unknown): AwsTrouble {
  if (error instanceof ObstacleError) return 'obstacle';
  // EC2 uses one code for credentials that it does not know (or a region that is off) and for what belongs to others.
  if (hasCode(error, ['AuthFailure'])) return /credential/i.test(messageOf(error)) ? 'credentials' : 'denied';
  if (hasCode(error, DENIED)) return 'denied';
  if (hasCode(error, THROTTLED)) return 'throttled';
  if (hasCode(error, CREDENTIALS)) return 'credentials';
  if (hasCode(error, UNREACHABLE) || isSocketError(error)) return 'unreachable';
  return 'other';
}

/**
 * Whether an error passes by itself: AWS is busy or away, or our own limit is used up.
 * What AWS cannot do here, or fails at without saying why (500), may stay so: nobody can tell.
 */
export function isPassing(error: unknown): boolean {
  if (error instanceof RateLimitError) return true;
  const trouble = troubleOf(error);
  if (trouble !== 'other') return trouble === 'throttled' || trouble === 'unreachable' || trouble === 'credentials';
  const { status = 0 } = answerOf(error);
  return [502, 503, 504].includes(status);
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** An error of the network. AWS's own answers, whatever words are in them, are none. */
function isSocketError(error: unknown): boolean {
  if (error instanceof Error && '$fault' in error && '$response' in error && error.$response !== undefined)
    return false;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return SOCKET.test(`${code} ${messageOf(error)}`);
}

/** An AWS error in words: what failed, why, and what to do. One line. */
export function explain(error: unknown, call: { service: string; operation: string }, permission?: string): string {
  const what = `${call.service}:${call.operation}`;
  switch (troubleOf(error)) {
    case 'denied':
      return `${what} was denied; ${remedyFor(messageOf(error), permission ?? what)}`;
    case 'throttled':
      return `${what} was throttled by AWS; try again later`;
    case 'unreachable':
      return `AWS could not be reached for ${what}; check the network and AWS_ENDPOINT_URL`;
    case 'credentials':
      return `the AWS credentials were not accepted for ${what}; check the profile or role`;
    case 'obstacle':
      return oneLine(messageOf(error), 500);
    case 'other':
      if (error instanceof RateLimitError) return `${what} has to wait: ${error.message}`;
      return oneLine(`${what} failed: ${errorCode(error)}: ${withoutHint(messageOf(error))}`, 300);
  }
}

/** The SDK adds advice for its own developers to answers that it cannot read. */
const withoutHint = (message: string): string => message.split(/\s+Deserialization error: /)[0] ?? message;

/** AWS often says which action it misses (that of taking the role, say), and which kind of policy forbids it. */
function remedyFor(message: string, permission: string): string {
  const [, action = permission] = /not authorized to perform: ([\w-]+:\w+)/.exec(message) ?? [];
  const [, policy] = /explicit deny in an? ([\w -]+ policy|permissions boundary)/.exec(message) ?? [];
  return policy === undefined ? `allow ${action}` : `an explicit deny in a ${policy} forbids ${action}`;
}
