import {
  certificateKey,
  derive,
  detectors,
  fail,
  ids,
  missing,
  nextMarker,
  pass,
  read,
  readPages,
  resource,
  skip,
  tagsFrom,
} from '../../src/control.ts';

const WEAK_BITS = 1024;

export const certificate = read(
  'iam',
  'GetServerCertificate',
  ({ id }) => ({ ServerCertificateName: id }),
  (out) =>
    out.ServerCertificate === undefined
      ? missing
      : {
          body: out.ServerCertificate.CertificateBody ?? '',
          id: out.ServerCertificate.ServerCertificateMetadata?.ServerCertificateId,
          arn: out.ServerCertificate.ServerCertificateMetadata?.Arn,
        },
);

const tagList = readPages(
  'iam',
  'ListServerCertificateTags',
  ({ id }) => ({ ServerCertificateName: id }),
  (out) => out.Tags ?? [],
  nextMarker,
);

const name = ids('requestParameters.serverCertificateName');

export const serverCertificates = detectors(
  resource('AWS::IAM::ServerCertificate', {
    service: 'iam',
    global: true,
    arn: ({ partition, account, id }) => `arn:${partition}:iam::${account}:server-certificate/${id}`,
    list: readPages(
      'iam',
      'ListServerCertificates',
      () => ({}),
      (out) => (out.ServerCertificateMetadataList ?? []).flatMap(({ ServerCertificateName: one }) => one ?? []),
      nextMarker,
    ),
    gone: ['NoSuchEntity'],
    tags: derive({ tagList }, ({ tagList }) => tagsFrom(tagList)),
  }),
  {
    448: {
      title: 'Server certificate has an RSA key of more than 1024 bits',
      criticality: 'LOW',
      on: {
        'iam:UploadServerCertificate': name,
        'iam:UpdateServerCertificate': ids(
          'requestParameters.newServerCertificateName',
          'requestParameters.serverCertificateName',
        ),
        'iam:DeleteServerCertificate': name,
      },
      reads: { certificate },
      check: ({ certificate }) => {
        const { type, bits } = certificateKey(certificate.body);
        if (type !== 'rsa' || bits === undefined) return skip(`the key of the certificate is not RSA (${type})`);
        return bits > WEAK_BITS ? pass : fail(`the RSA key of the certificate has ${bits} bits only`);
      },
      note: 'The title wants 2048 bits, evaluation and remedy reject 1024 and less: the latter is judged. The length is read from the certificate itself.',
    },
  },
);
