import { describe, expect, it } from 'vitest';
import { ACCOUNT, callsOf, NOW, planFor } from '../controls.ts';
import { expectInOrder, runbookOf } from '../runbook.ts';

const ARN = `arn:aws:acm:eu-west-1:${ACCOUNT}:certificate/1`;
const LB = `arn:aws:elasticloadbalancing:eu-west-1:${ACCOUNT}:loadbalancer/app/web/1`;
const asked = (more: object = {}) => ({
  'acm:DescribeCertificate': {
    Certificate: {
      ...{ CertificateArn: ARN, DomainName: 'example.com', SubjectAlternativeNames: ['example.com', '*.example.com'] },
      ...{ Status: 'ISSUED', Type: 'AMAZON_ISSUED', NotAfter: NOW, InUseBy: [LB], ...more },
    },
  },
});
const option = (ValidationMethod: string, ValidationStatus = 'PENDING_VALIDATION') => ({
  ...{ DomainName: `${ValidationMethod.toLowerCase()}.example.com`, ValidationMethod, ValidationStatus },
  ...(ValidationMethod === 'DNS'
    ? { ResourceRecord: { Name: '_x.example.com.', Type: 'CNAME', Value: '_y.aws.' } }
    : {}),
});

describe('239', () => {
  it('deletes what nothing uses, and says that this is for good', async () => {
    const plan = await planFor(239, ARN, asked({ Status: 'EXPIRED', InUseBy: [] }));
    expect(callsOf(plan)).toEqual({ steps: [['acm:DeleteCertificate', { CertificateArn: ARN }]], undo: [] });
    expect(plan).toMatchObject({ mode: 'approve', undo: { class: 'none' } });
  });

  it.each([
    ['IMPORTED', `import-certificate`],
    ['AMAZON_ISSUED', 'Give it another one'],
  ])('leaves one in use to a person: %s', async (Type, because) => {
    const plan = await planFor(239, ARN, asked({ Status: 'EXPIRED', Type }));
    expect(plan).toMatchObject({ kind: 'guide', mode: 'guided', steps: [] });
    expect(plan.guide[0]?.text).toContain(because);
    expect(plan.guide[0]?.text).toContain(LB);
  });
});

describe('runbooks', () => {
  it('238 swaps before it deletes', async () => {
    const text = await runbookOf(238, ARN, asked());
    expectInOrder(
      text,
      'Weigh it first',
      'import-certificate',
      LB,
      'modify-listener',
      'To go back',
      'delete-certificate',
    );
    expect(text).not.toContain(`--certificate-arn ${ARN} uses`);
  });

  it.each([
    [`arn:aws:cloudfront::${ACCOUNT}:distribution/E1`, 'ViewerCertificate'],
    [LB.replace('/app/', '/'), 'set-load-balancer-listener-ssl-certificate'],
    [`arn:aws:apigateway:eu-west-1::/domainnames/api.example.com`, 'update-domain-name'],
    [`arn:aws:cognito-idp:eu-west-1:${ACCOUNT}:userpool/p`, 'update-user-pool-domain'],
    [`arn:aws:apprunner:eu-west-1:${ACCOUNT}:service/s`, 'where that service is configured'],
  ])('238 knows how %s gets another one', async (user, how) => {
    expectInOrder(await runbookOf(238, ARN, asked({ InUseBy: [user] })), user, how);
  });

  it('240 requests the hosts one by one', async () => {
    const text = await runbookOf(240, ARN, asked());
    expectInOrder(text, 'under *.example.com', 'request-certificate', '<host>.example.com', LB, 'delete-certificate');
  });

  it('240 imports under the same ARN what was imported', async () => {
    const text = await runbookOf(240, ARN, asked({ Type: 'IMPORTED' }));
    expectInOrder(text, 'import-certificate', `--certificate-arn ${ARN}`);
    expect(text).not.toContain('delete-certificate');
  });

  it('241 asks for an RSA key', async () => {
    expectInOrder(
      await runbookOf(241, ARN, asked({ KeyAlgorithm: 'EC_prime256v1' })),
      ...['EC_prime256v1', 'no weaker', 'request-certificate', 'RSA_2048', LB, 'delete-certificate'],
    );
    const text = await runbookOf(241, ARN, asked({ KeyAlgorithm: 'RSA_1024', Type: 'IMPORTED', InUseBy: [] }));
    expectInOrder(text, 'too short', 'import-certificate', 'Nothing in this account uses it');
  });

  it.each<[string, object, string[]]>([
    ['imported', { Type: 'IMPORTED' }, [LB, 'same ARN', `--certificate-arn ${ARN}`, 'old files']],
    ['private', { Type: 'PRIVATE' }, ['private CA', 'renew-certificate']],
    ['unused', { RenewalEligibility: 'INELIGIBLE', InUseBy: [] }, ['Nothing uses this one']],
    [
      'of Amazon',
      {
        RenewalSummary: {
          ...{ RenewalStatus: 'PENDING_VALIDATION', RenewalStatusReason: 'CAA_ERROR' },
          DomainValidationOptions: [option('DNS')],
        },
      },
      ['PENDING_VALIDATION (CAA_ERROR)', '_x.example.com. CNAME _y.aws.', LB],
    ],
    [
      'of Amazon, with nothing open',
      { DomainValidationOptions: [option('DNS', 'SUCCESS')] },
      ['not under way', '_x.example'],
    ],
  ])('516, %s', async (_, more, parts) => {
    expectInOrder(await runbookOf(516, ARN, asked(more)), ...parts);
  });

  it('533 names the records and the mails, once each', async () => {
    const pending = { Status: 'PENDING_VALIDATION', DomainValidationOptions: [option('DNS'), option('EMAIL')] };
    expectInOrder(
      await runbookOf(533, ARN, asked(pending)),
      ...['If nobody did', 'delete-certificate', '_x.example.com. CNAME', 'resend-validation-email', '72 hours'],
    );
    const early = { ...option('DNS'), ResourceRecord: undefined };
    const text = await runbookOf(533, ARN, asked({ Status: 'PENDING_VALIDATION', DomainValidationOptions: [early] }));
    expect(text).toContain('has not made up its DNS record yet');
  });

  it('533 requests another one where the first cannot be revived', async () => {
    const failed = { Status: 'FAILED', FailureReason: 'CAA_ERROR' };
    expectInOrder(await runbookOf(533, ARN, asked(failed)), 'CAA_ERROR', 'request-certificate', 'example.com', 'DNS');
  });
});
