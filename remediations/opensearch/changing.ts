import type { DomainStatus } from '@aws-sdk/client-opensearch';
import { byHand } from '../../src/control.ts';

/** Why a domain must be left alone for now: AWS takes one change at a time. */
export function whileChanging({ Processing, UpgradeProcessing }: DomainStatus) {
  if (UpgradeProcessing) return byHand('the domain is being upgraded; plan again when that is done');
  if (Processing) return byHand('the domain is being made or changed; plan again when that is done');
  return undefined;
}
