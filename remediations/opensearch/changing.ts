import type { DomainStatus } from '@aws-sdk/client-opensearch';
import { byHand } from '../../src/control.ts';

/** Why a domain must be left alone for now, or nothing: AWS takes one change at a time. */
export function whyChanging({ Processing, UpgradeProcessing }: DomainStatus): string | undefined {
  if (UpgradeProcessing) return 'the domain is being upgraded; plan again when that is done';
  return Processing ? 'the domain is being made or changed; plan again when that is done' : undefined;
}

/** The same as an answer to a plan. */
export function whileChanging(domain: DomainStatus) {
  const why = whyChanging(domain);
  return why === undefined ? undefined : byHand(why);
}
