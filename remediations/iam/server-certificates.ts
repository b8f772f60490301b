import { certificate, serverCertificates } from '../../detectors/iam/server-certificates.ts';
import { certificateNames, concrete, guide, remediations } from '../../src/control.ts';

export const serverCertificateRemediations = remediations(serverCertificates, {
  448: guide(
    {
      impact:
        'a listener whose certificate is deleted too early may stop taking HTTPS; IAM never gives a private key back, so the old one cannot be restored',
      reads: { certificate },
      note: 'Nothing is deleted before every load balancer and distribution has the new certificate. Private keys never pass through Redress.',
    },
    ({ id, certificate }) => {
      const [first = '<name>', ...more] = certificateNames(certificate.body);
      const arn = certificate.arn ?? '<arn>';
      return [
        {
          text: `Find what uses ${arn}. IAM does not say: look in every region with aws elbv2 describe-listeners and describe-listener-certificates, aws elb describe-load-balancers, and at ViewerCertificate.IAMCertificateId (${certificate.id ?? '<id>'}) with aws cloudfront list-distributions.`,
        },
        {
          text: `Get a new certificate for ${[first, ...more].join(', ')}. Best from ACM, which renews it by itself, in the region of the load balancer (us-east-1 for CloudFront); confirm it by the DNS record that ACM names.`,
          call: concrete('acm', 'RequestCertificate', {
            DomainName: first,
            ...(more.length > 0 ? { SubjectAlternativeNames: [first, ...more] } : {}),
            ValidationMethod: 'DNS',
            KeyAlgorithm: 'RSA_2048',
          }),
        },
        {
          text: 'Where ACM is not to be had: make a key of 2048 bits or more on the machine of its owner, have it signed, and upload it from there under another name: aws iam upload-server-certificate --server-certificate-name <new-name> --certificate-body file://cert.pem --private-key file://key.pem --certificate-chain file://chain.pem. Paste no private key into a ticket or a chat.',
        },
        {
          text: 'Give the new certificate to each listener and distribution, one after the other. To go back, give it the old one again: it is still there.',
        },
        {
          text: 'Check each name from outside: openssl s_client -connect <name>:443 -servername <name> shows the new certificate and its key length. Think of clients that pin the old one.',
        },
        {
          text: `Delete the old certificate a week later. A conflict means that a load balancer still has it; CloudFront is not always noticed, so look there yourself.`,
          call: concrete('iam', 'DeleteServerCertificate', { ServerCertificateName: id }),
        },
      ];
    },
  ),
});
