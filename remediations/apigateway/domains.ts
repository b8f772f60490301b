import { domain, domainDetectors } from '../../detectors/apigateway/domains.ts';
import { byHand, call, derive, document, edit, remediations } from '../../src/control.ts';
import { replace } from './stages.ts';

const policyDocument = document(
  derive({ domain }, ({ domain }): string => domain.securityPolicy ?? 'TLS_1_0'),
  {
    write: call('apigateway', 'UpdateDomainName', ({ id }, value) => ({
      domainName: id,
      patchOperations: [replace('/securityPolicy', value)],
    })),
  },
);

export const domainRemediations = remediations(domainDetectors, {
  503: edit(
    policyDocument,
    {
      mode: 'approve',
      impact:
        'clients that speak TLS 1.0 or 1.1 only are refused; the domain goes on answering while AWS changes it, which takes up to an hour',
      reads: { domain },
    },
    (_, { domain }) => {
      const { domainNameStatus = 'AVAILABLE', domainNameStatusMessage, endpointConfiguration } = domain;
      if (domainNameStatus !== 'AVAILABLE')
        return byHand(
          `the domain is ${domainNameStatus}${domainNameStatusMessage ? ` (${domainNameStatusMessage})` : ''}, and takes no change; try again when it is AVAILABLE`,
        );
      const types = endpointConfiguration?.types ?? [];
      if (types.length > 1)
        return byHand(
          `the domain has two kinds of endpoints (${types.join(', ')}), and AWS changes the policy of one only; take one away first`,
        );
      return 'TLS_1_2';
    },
  ),
});
