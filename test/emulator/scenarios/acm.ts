import { generateKeyPairSync } from 'node:crypto';
import {
  DescribeCertificateCommand,
  ImportCertificateCommand,
  ListCertificatesCommand,
  RequestCertificateCommand,
  type RequestCertificateCommandInput,
} from '@aws-sdk/client-acm';
import { SEVERAL_NAMES } from '../../certificates.ts';
import { ACCOUNT, type Aws } from '../clients.ts';
import { event } from '../event.ts';
import { scenario } from '../scenario.ts';

/** With one, the emulator issues at once. */
const CertificateAuthorityArn = `arn:aws:acm-pca:us-east-1:${ACCOUNT}:certificate-authority/5f1e0b6a-3a4c-4a6b-9f43-1a2b3c4d5e6f`;

async function request({ acm }: Aws, input: Partial<RequestCertificateCommandInput>) {
  const DomainName = 'shop.example.com';
  const { CertificateArn = '' } = await acm.send(new RequestCertificateCommand({ DomainName, ...input }));
  const responseElements = { certificateArn: CertificateArn };
  return {
    id: CertificateArn,
    event: event('acm:RequestCertificate', { domainName: DomainName }, { responseElements }),
  };
}

/** Every certificate of the account. */
async function state({ acm }: Aws) {
  const { CertificateSummaryList = [] } = await acm.send(new ListCertificatesCommand({}));
  const all = CertificateSummaryList.map(async ({ CertificateArn }) => {
    const { Certificate } = await acm.send(new DescribeCertificateCommand({ CertificateArn }));
    return { arn: CertificateArn, status: Certificate?.Status, names: Certificate?.SubjectAlternativeNames?.sort() };
  });
  return Promise.all(all);
}

const runbook = (control: number, arrange: (aws: Aws) => ReturnType<typeof request>, daysLater?: number) =>
  scenario({
    control,
    kind: 'guide',
    arrange: async (aws) => ({ ...(await arrange(aws)), daysLater }),
    state,
    expected: (before) => before,
  });

export const acm = [
  runbook(238, (aws) => request(aws, { CertificateAuthorityArn })),
  scenario({
    control: 239,
    noUndoHere: 'a certificate that is deleted is gone for good, here as in AWS',
    arrange: async (aws) => {
      await request(aws, { CertificateAuthorityArn, DomainName: 'other.example.com' });
      const { id } = await request(aws, { CertificateAuthorityArn });
      return { id, event: event('acm:ImportCertificate', { certificateArn: id }), daysLater: 400 };
    },
    state,
    expected: (before, id) => before.filter(({ arn }) => arn !== id),
  }),
  runbook(240, (aws) => request(aws, { CertificateAuthorityArn, SubjectAlternativeNames: ['*.shop.example.com'] })),
  runbook(241, async ({ acm }) => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' });
    const imported = { Certificate: Buffer.from(SEVERAL_NAMES), PrivateKey: Buffer.from(key) };
    const { CertificateArn = '' } = await acm.send(new ImportCertificateCommand(imported));
    const responseElements = { certificateArn: CertificateArn };
    return { id: CertificateArn, event: event('acm:ImportCertificate', {}, { responseElements }) };
  }),
  runbook(516, (aws) => request(aws, { CertificateAuthorityArn }), 360),
  runbook(533, (aws) => request(aws, { ValidationMethod: 'DNS' }), 1),
];
