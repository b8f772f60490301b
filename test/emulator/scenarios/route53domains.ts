import {
  EnableDomainAutoRenewCommand,
  EnableDomainTransferLockCommand,
  RenewDomainCommand,
  UpdateDomainContactPrivacyCommand,
} from '@aws-sdk/client-route-53-domains';
import type { Aws } from '../clients.ts';
import { event } from '../event.ts';
import { type Scenario, scenario } from '../scenario.ts';

const DomainName = 'example.com';

const lacking = (control: number, operation: string, ask: (aws: Aws) => Promise<unknown>): Scenario =>
  scenario({
    control,
    arrange: async () => ({
      id: DomainName,
      event: event('route53domains:RegisterDomain', { domainName: DomainName }),
    }),
    state: async () => ({}),
    expected: (before) => before,
    lacks: { operation, ask },
  });

export const route53domains = [
  lacking(162, 'EnableDomainTransferLock', ({ route53domains }) =>
    route53domains.send(new EnableDomainTransferLockCommand({ DomainName })),
  ),
  lacking(163, 'EnableDomainAutoRenew', ({ route53domains }) =>
    route53domains.send(new EnableDomainAutoRenewCommand({ DomainName })),
  ),
  lacking(164, 'RenewDomain', ({ route53domains }) =>
    route53domains.send(new RenewDomainCommand({ DomainName, CurrentExpiryYear: 2026 })),
  ),
  lacking(445, 'UpdateDomainContactPrivacy', ({ route53domains }) =>
    route53domains.send(new UpdateDomainContactPrivacyCommand({ DomainName })),
  ),
];
