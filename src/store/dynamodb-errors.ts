import type { Item } from './dynamodb-items.ts';
import { createTableCommand } from './dynamodb-table.ts';
import { StoreError } from './port.ts';

/** Why an action of a transaction was in the way. Codes are DynamoDB's. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
  /** The item that a condition did not hold of, where it was asked for. */
  readonly item: Item | undefined;
}

/**
 * Why a transaction was cancelled, action by action; undefined for other errors.
 *
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
 */
export function refusals(error: unknown): readonly Refusal[] | undefined {
  if (!isNamed(error, 'TransactionCanceledException') || !('CancellationReasons' in error)) return undefined;
  const reasons: unknown = error.CancellationReasons;
  return Array.isArray(reasons) ? reasons.map(refusalOf) : undefined;
}

function refusalOf(reason: unknown): Refusal {
  const { Code, Message, Item } = { Code: 'None', Message: '', Item: undefined, ...Object(reason) };
  return { code: String(Code), message: String(Message ?? ''), item: isItem(Item) ? Item : undefined };
}

const isItem = (value: unknown): value is Item => typeof value === 'object' && value !== null;

export const isNamed = (error: unknown, name: string): error is Error => error instanceof Error && error.name === name;

/** An error of the table, for people: what happened, and what to do about it. */
export function storeError(error: unknown, operation: string, table: string): StoreError {
  if (error instanceof StoreError) return error;
  return new StoreError(explain(error, operation, table), { cause: error });
}

function explain(error: unknown, operation: string, table: string): string {
  const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
  switch (name) {
    case 'ResourceNotFoundException':
      return (
        `There is no table ${table} in this account and region, or it lacks an index (${operation}). The hub stack ` +
        `makes it; without the stack: ${createTableCommand(table)}`
      );
    case 'AccessDeniedException':
      return (
        `The table ${table} may not be used: ${actionOf(message, operation)} is not allowed, on the table and ` +
        `its indexes. AWS said: ${message}`
      );
    case 'CredentialsProviderError':
      return `The table ${table} could not be used: there are no credentials. ${message}`;
    case 'ThrottlingException':
    case 'RequestLimitExceeded':
    case 'ProvisionedThroughputExceededException':
      return `The table ${table} is being asked more than it takes (${operation}); nothing was given up but this try.`;
    default:
      return `The table ${table} could not be used (${operation}): ${name === 'Error' ? '' : `${name}: `}${message}`;
  }
}

/** AWS names the action that is missing; a transaction needs those of its parts. */
const actionOf = (message: string, operation: string): string =>
  /dynamodb:[A-Za-z]+/.exec(message)?.[0] ?? `dynamodb:${operation}`;
