import { isAwsAlias } from '../detectors/customer-key.ts';
import {
  type At,
  byHand,
  openStatements,
  type PolicyDocument,
  pinEveryone,
  replaceStatements,
} from '../src/control.ts';

/**
 * The key that an operator chose, or why it cannot be the one: AWS's own keys
 * would leave the finding as it is, and a resource takes keys of its region only.
 */
export function chosenKey(parameter: string, key: string, { region, partition }: At) {
  if (isAwsAlias(key)) return byHand(`${parameter} is "${key}", a key that AWS manages; set it to one of your own`);
  if (!key.startsWith('arn:')) return { key };
  const [, itsPartition, service, itsRegion] = key.split(':');
  if (itsPartition !== partition || service !== 'kms')
    return byHand(`${parameter} is "${key}", which is no KMS key of this partition; set it to a key's ARN`);
  if (itsRegion !== region)
    return byHand(`${parameter} is "${key}", a key in ${itsRegion}; set it to a key in ${region}`);
  return { key };
}

/** The account that an operator chose, or why it is none. */
export function chosenAccount(parameter: string, account: string) {
  if (!/^\d{12}$/.test(account))
    return byHand(`${parameter} is "${account}", which is no account number; set it to twelve digits`);
  return { account };
}

/** A policy in which what everyone may do, callers of one account may do: what 381, 382 and 383 ask for. */
export function pinOpenStatements(policy: PolicyDocument | undefined, callerAccountId: string) {
  const chosen = chosenAccount('callerAccountId', callerAccountId);
  if ('byHand' in chosen) return chosen;
  const open = new Set(openStatements(policy));
  return replaceStatements(policy, (statement) =>
    open.has(statement) ? pinEveryone(statement, chosen.account) : [statement],
  );
}
