import { answerOf } from '../sdk-error.ts';

/** Answers of AWS that say: not now. The call was not made and may be tried again. */
const busyNames: readonly string[] = [
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'RequestThrottled',
  'RequestThrottledException',
  'TooManyRequestsException',
  'RequestLimitExceeded',
  'BandwidthLimitExceeded',
  'ProvisionedThroughputExceededException',
  'SlowDown',
  'OperationAborted',
  'ConcurrentModificationException',
  'TransactionInProgressException',
  // A stream, a table or a function that is just being made or changed.
  'ResourceInUseException',
];

/**
 * Whether AWS has answered that it did not do it. Anything else (no answer, an
 * answer of the 5xx kind, an error of ours) leaves open what happened.
 */
export function wasRefused(error: unknown): boolean {
  const { status } = answerOf(error);
  if (status !== undefined) return status >= 400 && status < 500 && status !== 408;
  return typeof error === 'object' && error !== null && '$fault' in error && error.$fault === 'client';
}

/** Whether a refusal only means that AWS was busy. */
export function isBusy(error: unknown): boolean {
  return error instanceof Error && busyNames.includes(error.name);
}

export const requestIdOf = (error: unknown): string | null => answerOf(error).requestId;
