import type { CertificateDetail, CertificateStatus } from '@aws-sdk/client-acm';
import {
  derive,
  detectors,
  fail,
  ids,
  missing,
  nextToken,
  pass,
  read,
  readPages,
  resource,
  skip,
  tagsFrom,
  type Verdict,
} from '../src/control.ts';

/** Every type of key. A list that is not asked for them names only RSA certificates of up to 2048 bits. */
export const Includes = {
  keyTypes: [
    'RSA_1024' as const,
    'RSA_2048' as const,
    'RSA_3072' as const,
    'RSA_4096' as const,
    'EC_prime256v1' as const,
    'EC_secp384r1' as const,
    'EC_secp521r1' as const,
  ],
};

/** A certificate, or nothing once it is deleted. */
export const stored = read(
  'acm',
  'DescribeCertificate',
  ({ id }) => ({ CertificateArn: id }),
  (out) => out.Certificate,
  { absent: ['ResourceNotFound'] },
);

export const certificate = derive({ stored }, ({ stored }) => stored ?? missing);

/** Why nothing is said of a certificate that is in none of these states, or that a service keeps for itself. */
function notFor({ Status, ManagedBy }: CertificateDetail, ...states: CertificateStatus[]): Verdict | undefined {
  if (ManagedBy === 'CLOUDFRONT') return skip('CloudFront made this certificate and looks after it');
  if (Status === undefined || states.includes(Status)) return undefined;
  return skip(`the certificate is ${Status.toLowerCase().replaceAll('_', ' ')}`);
}
const WITHOUT_END: readonly CertificateStatus[] = ['ISSUED', 'PENDING_VALIDATION', 'INACTIVE'];

/** The names that a certificate is for. */
export const namesOf = ({ DomainName, SubjectAlternativeNames = [] }: CertificateDetail): string[] => [
  ...new Set([...(DomainName ? [DomainName] : []), ...SubjectAlternativeNames]),
];

/** AWS answers `RSA-2048` although its own list of values says `RSA_2048`. */
const keyOf = ({ KeyAlgorithm }: CertificateDetail): string => (KeyAlgorithm ?? 'unknown').replace('-', '_');
const ACCEPTED_KEYS = ['RSA_2048', 'RSA_3072', 'RSA_4096'];

const DAY = 24 * 60 * 60 * 1000;

/** Validation takes a while: a request this young is not late. */
const GRACE = 60 * 60 * 1000;

/** Names of which it is not proven, for the certificate or for its renewal, that they belong to the account. */
export function unvalidated({ DomainValidationOptions, RenewalSummary }: CertificateDetail) {
  const isRenewing = RenewalSummary?.RenewalStatus?.startsWith('PENDING') || RenewalSummary?.RenewalStatus === 'FAILED';
  const options = isRenewing ? RenewalSummary?.DomainValidationOptions : DomainValidationOptions;
  return (options ?? []).filter(({ ValidationStatus }) => ValidationStatus !== 'SUCCESS');
}

const requested = ids('responseElements.certificateArn');
const imported = ids('responseElements.certificateArn', 'requestParameters.certificateArn');
const named = ids('requestParameters.certificateArn');
const changes = {
  'acm:RequestCertificate': requested,
  'acm:ImportCertificate': imported,
  'acm:DeleteCertificate': named,
};

export const certificates = detectors(
  resource('AWS::CertificateManager::Certificate', {
    service: 'acm',
    arn: ({ id }) => id,
    list: readPages(
      'acm',
      'ListCertificates',
      () => ({ Includes }),
      (out) => (out.CertificateSummaryList ?? []).flatMap(({ CertificateArn }) => CertificateArn ?? []),
      nextToken,
    ),
    gone: ['ResourceNotFound'],
    tags: read(
      'acm',
      'ListTagsForCertificate',
      ({ id }) => ({ CertificateArn: id }),
      (out) => tagsFrom(out.Tags),
    ),
  }),
  {
    238: {
      title: 'Certificate was imported into ACM',
      criticality: 'MEDIUM',
      on: changes,
      reads: { certificate },
      check: ({ certificate }) => {
        const other = notFor(certificate, ...WITHOUT_END);
        if (other !== undefined) return other;
        if (certificate.Type === 'IMPORTED') return pass;
        return fail(certificate.Type === 'PRIVATE' ? 'a private CA issued it through ACM' : 'Amazon issued it');
      },
      note: 'Taken as it stands, against the usual advice: certificates that Amazon issues renew themselves, imported ones do not (see 516). The reason given, that imported ones are self-signed, is no reason.',
    },
    239: {
      title: 'Expired certificate is removed',
      criticality: 'HIGH',
      on: { 'acm:ImportCertificate': imported, 'acm:RenewCertificate': named, 'acm:DeleteCertificate': named },
      reads: { stored },
      check: ({ stored }, { now }) => {
        if (stored === undefined) return pass;
        const other = notFor(stored, 'ISSUED', 'EXPIRED', 'INACTIVE', 'REVOKED');
        if (other !== undefined) return other;
        const { Status, NotAfter } = stored;
        if (Status !== 'EXPIRED' && (NotAfter === undefined || NotAfter > now)) return pass;
        return fail(`the certificate has expired${NotAfter ? ` on ${NotAfter.toISOString().slice(0, 10)}` : ''}`);
      },
      note: 'Time alone makes it fail, so it is a sweep that finds it. A certificate that is gone passes. Renewing closes it too, which is the way while something still uses it.',
    },
    240: {
      title: 'Certificate is for named hosts only',
      criticality: 'HIGH',
      on: changes,
      reads: { certificate },
      check: ({ certificate }) => {
        const other = notFor(certificate, ...WITHOUT_END);
        if (other !== undefined) return other;
        const wildcards = namesOf(certificate).filter((name) => name.includes('*'));
        return wildcards.length === 0 ? pass : fail(`it is for any name under ${wildcards.join(', ')}`);
      },
      note: 'Alternative names count as much as the first one. The sample commands switch certificate transparency off, which makes browsers distrust the certificate: leave it on.',
    },
    241: {
      title: 'Certificate has an RSA key of 2048 bits or more',
      criticality: 'MEDIUM',
      on: changes,
      reads: { certificate },
      check: ({ certificate }) => {
        const other = notFor(certificate, ...WITHOUT_END);
        if (other !== undefined) return other;
        const key = keyOf(certificate);
        return ACCEPTED_KEYS.includes(key) ? pass : fail(`its key is ${key}`);
      },
      note: 'The document names RSA of 2048 and 4096 bits, and a step of it would take any RSA: RSA of 2048 bits or more passes. Elliptic curves fail by the text although they are no weaker; exempt them.',
    },
    516: {
      title: 'Certificate has more than seven days left',
      criticality: 'MEDIUM',
      on: { ...changes, 'acm:RenewCertificate': named },
      reads: { certificate },
      check: ({ certificate }, { now }) => {
        const { Status, NotAfter } = certificate;
        if (Status === 'EXPIRED') return fail('the certificate has expired');
        if (Status !== undefined && Status !== 'ISSUED')
          return skip(`the certificate is ${Status.toLowerCase().replaceAll('_', ' ')}`);
        if (NotAfter === undefined) return skip('the certificate has no end yet');
        const left = NotAfter.getTime() - now.getTime();
        if (left > 7 * DAY) return pass;
        return fail(left <= 0 ? 'the certificate has expired' : `the certificate ends on ${NotAfter.toISOString()}`);
      },
      note: 'Time alone makes it fail, so it is a sweep that finds it. The document imports every certificate again; those that Amazon issued renew themselves, and one that comes this close to its end has lost its validation.',
    },
    533: {
      title: 'Certificate is validated',
      criticality: 'MEDIUM',
      on: { 'acm:RequestCertificate': requested, 'acm:DeleteCertificate': named, 'acm:RenewCertificate': named },
      reads: { certificate },
      check: ({ certificate }, { now }) => {
        const { Type, Status, CreatedAt, RenewalSummary } = certificate;
        if (Type !== 'AMAZON_ISSUED') return skip('only certificates that Amazon issues are validated');
        if (Status === 'EXPIRED' || Status === 'REVOKED' || Status === 'INACTIVE')
          return skip(`the certificate is ${Status.toLowerCase()}`);
        if (Status === 'PENDING_VALIDATION' && CreatedAt && now.getTime() - CreatedAt.getTime() < GRACE)
          return skip('it was requested less than an hour ago');
        const names = unvalidated(certificate).map(({ DomainName }) => DomainName);
        const whose = names.length > 0 ? ` for ${names.join(', ')}` : '';
        if (Status === 'PENDING_VALIDATION') return fail(`validation is pending${whose}`);
        if (Status !== 'ISSUED') return fail(`validation has failed${whose}`);
        const renewal = RenewalSummary?.RenewalStatus;
        if (renewal === 'PENDING_VALIDATION' || renewal === 'FAILED')
          return fail(`validation for its renewal ${renewal === 'FAILED' ? 'has failed' : 'is pending'}${whose}`);
        return names.length === 0 ? pass : fail(`validation is not complete${whose}`);
      },
      note: 'A request is given an hour before it counts. Renewals count too. Mails no longer go to the contacts of the registrar, as the document says, but to five fixed addresses of the domain.',
    },
  },
);
