import { detectors, fail, ids, pass, read, readPages, resource } from '../../src/control.ts';

export const domain = read(
  'apigateway',
  'GetDomainName',
  ({ id }) => ({ domainName: id }),
  (out) => out,
);

/** Custom domains of the older and the newer API alike: both show the same. Private ones know TLS 1.2 only. */
const domains = resource('AWS::ApiGateway::DomainName', {
  service: 'apigateway',
  arn: ({ partition, region, id }) => `arn:${partition}:apigateway:${region}::/domainnames/${id}`,
  list: readPages(
    'apigateway',
    'GetDomainNames',
    () => ({ limit: 500 }),
    (out) => (out.items ?? []).flatMap(({ domainName, domainNameId }) => (domainNameId ? [] : (domainName ?? []))),
    ({ position }) => (position ? { position } : undefined),
  ),
  gone: ['NotFound'],
  tags: read(
    'apigateway',
    'GetDomainName',
    ({ id }) => ({ domainName: id }),
    (out) => ({ ...out.tags }),
  ),
});

export const domainDetectors = detectors(domains, {
  503: {
    title: 'Custom domain of API Gateway asks for TLS 1.2 at least',
    criticality: 'HIGH',
    on: {
      'apigateway:CreateDomainName': ids(
        'responseElements.domainName',
        'requestParameters.createDomainNameInput.domainName',
        'requestParameters.domainName',
      ),
      'apigateway:UpdateDomainName': ids('requestParameters.domainName'),
    },
    reads: { domain },
    check: ({ domain: { securityPolicy } }) => {
      if (securityPolicy === undefined) return fail('the domain names no TLS version that it asks for');
      return securityPolicy === 'TLS_1_0' ? fail('the domain accepts TLS 1.0') : pass;
    },
    note: 'AWS has added stricter policies since (SecurityPolicy_TLS13_…): they pass, and are never taken back to TLS_1_2.',
  },
});
