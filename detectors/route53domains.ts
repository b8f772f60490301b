import { derive, detectors, fail, idsAs, pass, read, readPages, resource, tagsFrom } from '../src/control.ts';

export const domain = read(
  'route53domains',
  'GetDomainDetail',
  ({ id }) => ({ DomainName: id }),
  (out) => out,
);

/** Whether the registry refuses to transfer the domain to another registrar. */
export const locked = derive({ domain }, ({ domain }) =>
  (domain.StatusList ?? []).includes('clientTransferProhibited'),
);

export const renews = derive({ domain }, ({ domain }) => domain.AutoRenew === true);

/** Whose details the public register hides. The API did not always have the fourth. */
export const privacy = derive({ domain }, ({ domain }) => ({
  AdminPrivacy: domain.AdminPrivacy === true,
  RegistrantPrivacy: domain.RegistrantPrivacy === true,
  TechPrivacy: domain.TechPrivacy === true,
  BillingPrivacy: domain.BillingPrivacy ?? domain.TechPrivacy === true,
}));

// Records write the name in different ways.
const named = idsAs(
  (name) => name.toLowerCase(),
  'requestParameters.domainName',
  'requestParameters.domainName.name',
  'requestParameters.DomainName',
);
const arrivals = {
  'route53domains:RegisterDomain': named,
  'route53domains:TransferDomain': named,
  'route53domains:AcceptDomainTransferFromAnotherAwsAccount': named,
};

export const registeredDomains = detectors(
  resource('AWS::Route53Domains::Domain', {
    service: 'route53domains',
    global: true,
    arn: ({ partition, account, id }) => `arn:${partition}:route53domains::${account}:domain/${id}`,
    list: readPages(
      'route53domains',
      'ListDomains',
      () => ({}),
      (out) => (out.Domains ?? []).flatMap(({ DomainName }) => DomainName ?? []),
      ({ NextPageMarker }) => (NextPageMarker ? { Marker: NextPageMarker } : undefined),
    ),
    // This is how it says that the domain is not one of the account.
    gone: ['InvalidInput'],
    tags: read(
      'route53domains',
      'ListTagsForDomain',
      ({ id }) => ({ DomainName: id }),
      (out) => tagsFrom(out.TagList),
    ),
  }),
  {
    162: {
      title: 'Registered domain has the transfer lock',
      criticality: 'MEDIUM',
      on: {
        ...arrivals,
        'route53domains:EnableDomainTransferLock': named,
        'route53domains:DisableDomainTransferLock': named,
      },
      reads: { locked },
      check: ({ locked }) => (locked ? pass : fail('the domain can be transferred to another registrar')),
      note: 'A wanted transfer begins with unlocking: exempt the domain until it is over. Domains whose registry has no lock need an exemption too; AWS does not show it beforehand.',
    },
    163: {
      title: 'Registered domain renews by itself',
      criticality: 'MEDIUM',
      on: {
        ...arrivals,
        'route53domains:EnableDomainAutoRenew': named,
        'route53domains:DisableDomainAutoRenew': named,
      },
      reads: { renews },
      check: ({ renews }) => (renews ? pass : fail('the domain is not renewed by itself')),
      note: 'How long before its end a domain is renewed depends on its ending, not always 30 days. A domain that is meant to lapse needs an exemption.',
    },
    164: {
      title: 'Registered domain has not expired',
      criticality: 'HIGH',
      on: { ...arrivals, 'route53domains:RenewDomain': named, 'route53domains:DisableDomainAutoRenew': named },
      reads: { domain },
      check: ({ domain: { ExpirationDate } }, { now }) => {
        if (ExpirationDate === undefined || ExpirationDate > now) return pass;
        return fail(`the domain expired on ${ExpirationDate.toISOString().slice(0, 10)}`);
      },
      note: 'Time alone breaks this: a sweep finds it.',
    },
    445: {
      title: 'Register hides who is behind a domain',
      criticality: 'MEDIUM',
      on: { ...arrivals, 'route53domains:UpdateDomainContactPrivacy': named },
      reads: { privacy },
      check: ({ privacy }) => {
        const shown = Object.entries(privacy).flatMap(([name, on]) => (on ? [] : [name.replace('Privacy', '')]));
        return shown.length === 0 ? pass : fail(`the register shows everyone the contacts: ${shown.join(', ')}`);
      },
      note: 'The document lists three contacts; there is a fourth, for billing, that must be like the others. Endings without privacy need an exemption.',
    },
  },
);
