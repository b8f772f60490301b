import { derive, detector, detectors, fail, nextToken, pass, readPages, skip } from '../../src/control.ts';
import { encryptionKey, isCustomerManaged } from '../customer-key.ts';
import { changes, domain, domains, engineName, engineOf, isBefore, replacements, upgrades } from './domains.ts';

const versions = readPages(
  'opensearch',
  'ListVersions',
  () => ({}),
  (out) => out.Versions ?? [],
  nextToken,
);

/** The newest version of the engine that a domain runs, or nothing where AWS offers none. */
export const newest = derive({ domain, versions }, ({ domain, versions }) => {
  const { line } = engineOf(domain.EngineVersion);
  const own = versions.filter((version) => engineOf(version).line === line);
  const rank = (version: string) => engineOf(version).major * 1000 + engineOf(version).minor;
  return own.sort((a, b) => rank(b) - rank(a))[0];
});

const atRestKey = encryptionKey(
  derive({ domain }, ({ domain: { EncryptionAtRestOptions: own } }) =>
    own?.Enabled ? own.KmsKeyId || 'alias/aws/es' : undefined,
  ),
);

const isInVpc = (title: string) =>
  detector({
    title,
    criticality: 'HIGH',
    on: replacements,
    reads: { domain },
    check: ({ domain: { VPCOptions } }) =>
      VPCOptions?.VPCId || VPCOptions?.SubnetIds?.length ? pass : fail('its endpoint is on the internet'),
    note: 'Whether a domain is in a VPC is fixed when it is made. A strict access policy makes a public endpoint safer, and the control fails all the same. 158 and 359 ask for the same thing: one new domain closes both.',
  });

export const domainRebuilds = detectors(domains, {
  158: isInVpc('OpenSearch domain has no public endpoint'),
  159: {
    title: 'OpenSearch domain runs the newest version of its engine',
    criticality: 'MEDIUM',
    on: upgrades,
    reads: { domain, newest },
    check: ({ domain, newest }) => {
      if (domain.UpgradeProcessing) return skip('the domain is being upgraded');
      if (newest === undefined) return skip('AWS offers no versions of its engine to compare with');
      if (newest === domain.EngineVersion) return pass;
      return fail(`it runs ${engineName(domain)}; ${engineName({ EngineVersion: newest })} is there`);
    },
    note: 'Compared within one engine: Elasticsearch ended with 7.10, and a domain of that version passes although OpenSearch goes on. New versions come without an event, so sweeps find this.',
  },
  359: isInVpc('OpenSearch domain is inside a VPC'),
  495: {
    title: 'OpenSearch domain has fine-grained access control',
    criticality: 'HIGH',
    on: changes,
    reads: { domain },
    check: ({ domain }) => {
      if (domain.AdvancedSecurityOptions?.Enabled) return pass;
      if (isBefore(domain, 6, 7)) return skip(`${engineName(domain)} does not have it; 159 has it upgraded`);
      return fail('fine-grained access control is off');
    },
    note: 'The second command of the document gives a role and a password together, which is refused, and leaves the migration period out, which locks every client out that has no role yet.',
  },
  497: {
    title: 'OpenSearch domain is encrypted with a key of your own',
    criticality: 'HIGH',
    on: changes,
    reads: { atRestKey },
    check: ({ atRestKey }) => isCustomerManaged(atRestKey, 'it is not encrypted at rest'),
    note: 'The document accepts any KMS key, and switches fine-grained access control off on its way, which 495 forbids. A key that a customer manages is asked for. A domain that was never encrypted can still get one in place: see 285.',
  },
});
