import type { CertificateDetail, DomainValidation } from '@aws-sdk/client-acm';
import { certificate, certificates, namesOf, stored, unvalidated } from '../detectors/acm.ts';
import { byHand, call, concrete, type GuideLine, guide, remediations, steps } from '../src/control.ts';

const reads = { certificate };

const listed = (names: readonly string[]): string => names.join(', ') || 'nothing';

/** What uses a certificate and how each is given another one. */
function swapLines({ InUseBy = [] }: CertificateDetail): GuideLine[] {
  if (InUseBy.length === 0)
    return [{ text: 'Nothing in this account uses it, as far as ACM knows. Look for exported copies outside of AWS.' }];
  return InUseBy.map((arn) => ({ text: `${arn} uses it: ${howToSwap(arn)}` }));
}

function howToSwap(arn: string): string {
  const service = arn.split(':')[2];
  if (service === 'elasticloadbalancing')
    return arn.includes(':loadbalancer/app/') || arn.includes(':loadbalancer/net/')
      ? 'on each of its HTTPS or TLS listeners, aws elbv2 modify-listener with --certificates for the default one; add and remove-listener-certificates for those chosen by server name.'
      : 'aws elb set-load-balancer-listener-ssl-certificate for each port.';
  if (service === 'cloudfront')
    return 'read its configuration, change ViewerCertificate and nothing else, and write it back. The certificate must be in us-east-1.';
  if (service === 'apigateway') return 'aws apigateway update-domain-name (or apigatewayv2), for the domain behind it.';
  if (service === 'cognito-idp') return 'aws cognito-idp update-user-pool-domain.';
  return 'change it where that service is configured.';
}

/** The last steps of every replacement. */
const removeLast = (id: string): GuideLine[] => [
  { text: 'Check every name with a browser or openssl s_client: issuer, chain, and that the name is covered.' },
  {
    text: 'To go back, let what you changed point to the old certificate again: it stays until the very end.',
  },
  {
    text: 'When nothing uses the old certificate any more, delete it. Its key cannot be had again.',
    call: concrete('acm', 'DeleteCertificate', { CertificateArn: id }),
  },
];

const importedAnew =
  'aws acm import-certificate --certificate fileb://certificate.pem --private-key fileb://key.pem --certificate-chain fileb://chain.pem';

/** The command puts new files under the same ARN, so that everything that uses it goes on. */
const importedAgain = (id: string): string => `${importedAnew} --certificate-arn ${id}`;

/** How the owner of a name proves it, name by name. */
function validationLines(id: string, options: readonly DomainValidation[]): GuideLine[] {
  return options.map(({ DomainName, ValidationDomain, ValidationMethod, ResourceRecord }) => {
    if (ValidationMethod === 'EMAIL')
      return {
        text: `${DomainName}: send the mail again, once, to admin, administrator, hostmaster, postmaster and webmaster of ${ValidationDomain ?? DomainName}. Its owner approves it only if they expect it.`,
        call: concrete('acm', 'ResendValidationEmail', {
          CertificateArn: id,
          Domain: DomainName,
          ValidationDomain: ValidationDomain ?? DomainName,
        }),
      };
    if (ResourceRecord === undefined)
      return { text: `${DomainName}: AWS has not made up its DNS record yet; look again in a minute.` };
    return {
      text: `${DomainName}: publish the record ${ResourceRecord.Name} ${ResourceRecord.Type} ${ResourceRecord.Value}, and leave it there: renewals need it. Check CAA records too; they must allow amazon.com.`,
    };
  });
}

export const certificateRemediations = remediations(certificates, {
  238: guide(
    {
      impact:
        'whatever is switched to a certificate that clients do not trust stops working, and renewal becomes your own task',
      reads,
      note: 'The document imports a certificate and leaves the one that fails. Keys never pass through Redress or Slack.',
    },
    ({ id, certificate }) => [
      {
        text: `Weigh it first: ${listed(namesOf(certificate))} ${certificate.Type === 'PRIVATE' ? 'is issued by your private CA' : 'renews by itself now'}; an imported one must be replaced by hand before every end (control 516). If that is not wanted, exempt it.`,
      },
      {
        text: `Get a certificate for the same names from a CA that your clients trust, and import it as a new one, from a machine that may hold the key: ${importedAnew}`,
      },
      ...swapLines(certificate),
      ...removeLast(id),
    ],
  ),

  239: steps(
    {
      mode: 'approve',
      impact: 'the certificate and its private key are gone for good; nothing that ACM knows of uses it',
      undo: 'none',
      reads: { stored },
      note: 'Only a certificate that nothing uses is deleted. One in use is better renewed, or imported again under the same ARN, which keeps all that uses it.',
    },
    ({ step }) => [
      step(
        'delete',
        call('acm', 'DeleteCertificate', ({ id }) => ({ CertificateArn: id }), {
          already: ['ResourceNotFoundException'],
        }),
        { repeat: 'safe' },
      ),
    ],
    ({ id, stored }) => {
      const users = stored?.InUseBy ?? [];
      if (users.length === 0) return { stored: undefined };
      return byHand(
        stored?.Type === 'IMPORTED'
          ? `${users.join(', ')} still uses this certificate. Get a new one for ${listed(namesOf(stored))} from its CA and import it under the same ARN: ${importedAgain(id)}`
          : `${users.join(', ')} still uses this certificate. Give it another one; then this one can be deleted`,
      );
    },
  ),

  240: guide(
    {
      impact: 'a host under the wildcard that is forgotten in the new list loses TLS',
      reads,
      note: 'The names of a certificate are fixed: another one takes its place.',
    },
    ({ id, certificate }) => {
      const [first = '<host-name>', ...more] = namesOf(certificate).map((name) => name.replace('*', '<host>'));
      return [
        {
          text: `Find every host that lives under ${namesOf(certificate)
            .filter((name) => name.includes('*'))
            .join(', ')}: DNS records, rules of load balancers, aliases of CloudFront, access logs of some weeks.`,
        },
        certificate.Type === 'IMPORTED'
          ? {
              text: `Get a certificate for just these names from the CA. Under the same ARN everything that uses it goes on: ${importedAgain(id)}`,
            }
          : {
              text: 'Request one for just these names. Publish the DNS records that it asks for, and wait until it is issued.',
              call: concrete('acm', 'RequestCertificate', {
                DomainName: first,
                ...(more.length > 0 ? { SubjectAlternativeNames: [first, ...more] } : {}),
                ValidationMethod: 'DNS',
                ...(certificate.CertificateAuthorityArn
                  ? { CertificateAuthorityArn: certificate.CertificateAuthorityArn }
                  : {}),
              }),
            },
        ...(certificate.Type === 'IMPORTED' ? [] : [...swapLines(certificate), ...removeLast(id)]),
      ];
    },
  ),

  241: guide(
    {
      impact: 'clients that pin the key break, and some services take RSA keys of 2048 bits only',
      reads,
      note: 'The key of a certificate is fixed: another one takes its place. Going from an elliptic curve to RSA gains nothing but the check mark.',
    },
    ({ id, certificate }) => {
      const [first = '<host-name>', ...more] = namesOf(certificate);
      return [
        {
          text: `The key is ${certificate.KeyAlgorithm}. ${certificate.KeyAlgorithm?.startsWith('EC') ? 'It is no weaker than RSA; an exemption is a good answer here.' : 'It is too short: replace it soon.'}`,
        },
        certificate.Type === 'IMPORTED'
          ? {
              text: `Make an RSA key of 2048 bits, get a certificate for ${listed(namesOf(certificate))} from the CA, and import it as a new one: ${importedAnew}`,
            }
          : {
              text: 'Request one for the same names with an RSA key. Publish the DNS records that it asks for (they may be there already), and wait until it is issued.',
              call: concrete('acm', 'RequestCertificate', {
                DomainName: first,
                ...(more.length > 0 ? { SubjectAlternativeNames: [first, ...more] } : {}),
                ValidationMethod: 'DNS',
                KeyAlgorithm: 'RSA_2048',
                ...(certificate.CertificateAuthorityArn
                  ? { CertificateAuthorityArn: certificate.CertificateAuthorityArn }
                  : {}),
              }),
            },
        ...swapLines(certificate),
        ...removeLast(id),
      ];
    },
  ),

  516: guide(
    {
      impact: 'a wrong chain, key or missing name breaks TLS for everything that uses the certificate',
      reads,
      note: 'Only imported certificates are imported again, and under the same ARN: without it a new one would appear that nothing uses. Keys never pass through Redress or Slack.',
    },
    ({ id, certificate }) => {
      const { Type, NotAfter, InUseBy = [], RenewalEligibility, RenewalSummary } = certificate;
      const head = {
        text: `${listed(namesOf(certificate))} ends on ${NotAfter?.toISOString() ?? 'an unknown day'}. In use by: ${listed(InUseBy)}.`,
      };
      if (Type === 'IMPORTED')
        return [
          head,
          { text: 'Get the new certificate from its CA: the same names at least, with key and full chain.' },
          {
            text: `Keep the old files: ACM does not give them back. Then import under the same ARN, from a machine that may hold the key, and send no tags: ${importedAgain(id)}`,
          },
          { text: 'Check every name with openssl s_client. To go back, import the old files the same way.' },
        ];
      if (Type === 'PRIVATE')
        return [
          head,
          {
            text: 'A certificate of a private CA renews by itself while ACM may use the CA: check that the CA is active and shared with ACM. One that was exported is renewed by this call, and exported again.',
            call: concrete('acm', 'RenewCertificate', { CertificateArn: id }),
          },
        ];
      if (RenewalEligibility === 'INELIGIBLE' && InUseBy.length === 0)
        return [
          head,
          {
            text: 'Amazon renews only what is in use. Nothing uses this one: let it end, and delete it (control 239).',
          },
        ];
      const open = unvalidated(certificate);
      return [
        head,
        {
          text: `Amazon renews it by itself, and has not: its renewal is ${RenewalSummary?.RenewalStatus ?? 'not under way'}${RenewalSummary?.RenewalStatusReason ? ` (${RenewalSummary.RenewalStatusReason})` : ''}. Importing over it is refused; repair the validation.`,
        },
        ...validationLines(id, open.length > 0 ? open : (certificate.DomainValidationOptions ?? [])),
        {
          text: 'ACM tries again by itself within hours. If the end comes first, request a new certificate for the same names and give it to what uses the old one:',
        },
        ...swapLines(certificate),
      ];
    },
  ),

  533: guide(
    {
      impact: 'none for traffic: a mail is sent, or a DNS record is added',
      reads,
      note: 'Redress never sends mails by itself: in a row they teach people to click on approve.',
    },
    ({ id, certificate }) => {
      const { Status, FailureReason, CertificateAuthorityArn } = certificate;
      const [first = '<host-name>', ...more] = namesOf(certificate);
      const lines: GuideLine[] = [
        {
          text: `Ask who requested a certificate for ${listed(namesOf(certificate))}. If nobody did, approve nothing and delete it.`,
          call: concrete('acm', 'DeleteCertificate', { CertificateArn: id }),
        },
      ];
      if (Status === 'VALIDATION_TIMED_OUT' || Status === 'FAILED')
        return [
          ...lines,
          {
            text: `It cannot be revived (${FailureReason ?? 'not validated within 72 hours'}). Request another one, which gets another ARN, and publish its DNS records at once.`,
            call: concrete('acm', 'RequestCertificate', {
              DomainName: first,
              ...(more.length > 0 ? { SubjectAlternativeNames: [first, ...more] } : {}),
              ValidationMethod: 'DNS',
              ...(CertificateAuthorityArn ? { CertificateAuthorityArn } : {}),
            }),
          },
          {
            text: 'Let what waits for the old ARN (templates, listeners) use the new one. Then delete the old one as above.',
          },
        ];
      return [
        ...lines,
        ...validationLines(id, unvalidated(certificate)),
        {
          text: `ACM looks again every few minutes, for 72 hours in all. See where it stands: aws acm describe-certificate --certificate-arn ${id}`,
        },
      ];
    },
  ),
});
