import { Includes } from '../../detectors/acm.ts';
import { foreignCertificates } from '../../detectors/elbv2/load-balancers.ts';
import { certificateNames, coversName, derive, nextToken, readEach, readPages } from '../../src/control.ts';

/** Certificates that were uploaded to IAM, by the name at the end of their ARN. */
const uploaded = readEach(
  'iam',
  'GetServerCertificate',
  ({ foreignCertificates }) =>
    foreignCertificates.map((arn) => ({ ServerCertificateName: arn.slice(arn.lastIndexOf('/') + 1) })),
  (out) => (out.ServerCertificate?.CertificateBody ? certificateNames(out.ServerCertificate.CertificateBody) : []),
  { needs: { foreignCertificates }, absent: ['NoSuchEntity'] },
);

const issued = readPages(
  'acm',
  'ListCertificates',
  () => ({ CertificateStatuses: ['ISSUED' as const], Includes }),
  (out) => (out.CertificateSummaryList ?? []).flatMap(({ CertificateArn }) => CertificateArn ?? []),
  nextToken,
);

// The list shortens the names of a certificate that has many.
const described = readEach(
  'acm',
  'DescribeCertificate',
  ({ issued }) => issued.map((CertificateArn) => ({ CertificateArn })),
  (out) => out.Certificate,
  { needs: { issued }, absent: ['ResourceNotFound'] },
);

/** For each certificate that is not from ACM: the ones of ACM that are valid and cover all of its names. */
export const replacements = derive(
  { foreignCertificates, uploaded, described },
  ({ foreignCertificates, uploaded, described, now }) =>
    foreignCertificates.map((certificate, index) => {
      const names = uploaded[index] ?? [];
      const candidates = described
        .filter((one) => one?.NotAfter === undefined || one.NotAfter > now)
        .filter((one) => names.every((name) => coversName(one?.SubjectAlternativeNames ?? [], name)))
        .flatMap((one) =>
          one?.CertificateArn ? [{ arn: one.CertificateArn, publicly: one.Type === 'AMAZON_ISSUED' }] : [],
        );
      return { certificate, names, candidates: candidates.sort((a, b) => (a.arn < b.arn ? -1 : 1)) };
    }),
);
