import { isAwsAlias } from '../detectors/customer-key.ts';
import { type At, byHand } from '../src/control.ts';

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
