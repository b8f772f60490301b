import { describe, expect, it } from 'vitest';
import { ACCOUNT, type Answer, awsError, controlOf, judge, NOW, placeOf, sessionOn } from '../controls.ts';

const ARN = `arn:aws:acm:eu-west-1:${ACCOUNT}:certificate/1`;
const days = (count: number) => new Date(NOW.getTime() + count * 24 * 60 * 60 * 1000);
const certificate = (more: object = {}) => ({
  Certificate: {
    ...{ CertificateArn: ARN, DomainName: 'shop.example.com', SubjectAlternativeNames: ['shop.example.com'] },
    ...{ Status: 'ISSUED', Type: 'AMAZON_ISSUED', KeyAlgorithm: 'RSA-2048', NotAfter: days(100), ...more },
  },
});
const asked = (answer: Answer) => ({ 'acm:DescribeCertificate': answer });
const gone = awsError('ResourceNotFoundException');
const byCloudFront = 'skip: CloudFront made this certificate and looks after it';

describe.each<[number, [string, object, string][]]>([
  [
    238,
    [
      ['imported', { Type: 'IMPORTED' }, 'pass'],
      ['issued by Amazon', {}, 'fail: Amazon issued it'],
      ['requested', { Status: 'PENDING_VALIDATION', NotAfter: undefined }, 'fail: Amazon issued it'],
      ['private', { Type: 'PRIVATE' }, 'fail: a private CA issued it through ACM'],
      ['expired', { Status: 'EXPIRED' }, 'skip: the certificate is expired'],
      ['failed', { Status: 'VALIDATION_TIMED_OUT' }, 'skip: the certificate is validation timed out'],
      ['of CloudFront', { ManagedBy: 'CLOUDFRONT' }, byCloudFront],
    ],
  ],
  [
    239,
    [
      ['valid', {}, 'pass'],
      ['expired', { Status: 'EXPIRED', NotAfter: days(-2) }, 'fail: the certificate has expired on 2026-06-28'],
      ['past its end', { NotAfter: days(-1) }, 'fail: the certificate has expired on 2026-06-29'],
      ['expired without a date', { Status: 'EXPIRED', NotAfter: undefined }, 'fail: the certificate has expired'],
      ['never issued', { Status: 'PENDING_VALIDATION' }, 'skip: the certificate is pending validation'],
      ['of CloudFront', { Status: 'EXPIRED', ManagedBy: 'CLOUDFRONT' }, byCloudFront],
    ],
  ],
  [
    240,
    [
      ['named hosts', {}, 'pass'],
      ['a wildcard', { DomainName: '*.example.com' }, 'fail: it is for any name under *.example.com'],
      [
        'a wildcard among others',
        { SubjectAlternativeNames: ['shop.example.com', '*.shop.example.com'] },
        'fail: it is for any name under *.shop.example.com',
      ],
      ['expired', { Status: 'EXPIRED' }, 'skip: the certificate is expired'],
      ['of CloudFront', { ManagedBy: 'CLOUDFRONT' }, byCloudFront],
    ],
  ],
  [
    241,
    [
      ['with a hyphen', {}, 'pass'],
      ['with an underscore', { KeyAlgorithm: 'RSA_3072' }, 'pass'],
      ['RSA of 4096 bits', { KeyAlgorithm: 'RSA-4096' }, 'pass'],
      ['short', { KeyAlgorithm: 'RSA-1024' }, 'fail: its key is RSA_1024'],
      ['elliptic', { KeyAlgorithm: 'EC-prime256v1' }, 'fail: its key is EC_prime256v1'],
      ['revoked', { Status: 'REVOKED', KeyAlgorithm: 'RSA-1024' }, 'skip: the certificate is revoked'],
    ],
  ],
  [
    516,
    [
      ['time left', { NotAfter: days(7.1) }, 'pass'],
      ['seven days', { NotAfter: days(7) }, 'fail: the certificate ends on 2026-07-07T12:00:00.000Z'],
      ['over', { NotAfter: days(-1) }, 'fail: the certificate has expired'],
      ['expired', { Status: 'EXPIRED' }, 'fail: the certificate has expired'],
      ['imported', { Type: 'IMPORTED', NotAfter: days(1) }, 'fail: the certificate ends on 2026-07-01T12:00:00.000Z'],
      ['pending', { Status: 'PENDING_VALIDATION' }, 'skip: the certificate is pending validation'],
      ['no end', { NotAfter: undefined }, 'skip: the certificate has no end yet'],
    ],
  ],
  [
    533,
    [
      ['validated', { DomainValidationOptions: [{ DomainName: 'a', ValidationStatus: 'SUCCESS' }] }, 'pass'],
      ['imported', { Type: 'IMPORTED' }, 'skip: only certificates that Amazon issues are validated'],
      [
        'young',
        { Status: 'PENDING_VALIDATION', CreatedAt: days(-1 / 48) },
        'skip: it was requested less than an hour ago',
      ],
      [
        'pending',
        {
          ...{ Status: 'PENDING_VALIDATION', CreatedAt: days(-1) },
          DomainValidationOptions: [
            { DomainName: 'a', ValidationStatus: 'SUCCESS' },
            { DomainName: 'b', ValidationStatus: 'PENDING_VALIDATION' },
          ],
        },
        'fail: validation is pending for b',
      ],
      ['timed out', { Status: 'VALIDATION_TIMED_OUT' }, 'fail: validation has failed'],
      ['refused', { Status: 'FAILED' }, 'fail: validation has failed'],
      [
        'renewal waits',
        {
          DomainValidationOptions: [{ DomainName: 'a', ValidationStatus: 'SUCCESS' }],
          RenewalSummary: {
            RenewalStatus: 'PENDING_VALIDATION',
            DomainValidationOptions: [{ DomainName: 'a', ValidationStatus: 'PENDING_VALIDATION' }],
          },
        },
        'fail: validation for its renewal is pending for a',
      ],
      [
        'renewal failed',
        { RenewalSummary: { RenewalStatus: 'FAILED' } },
        'fail: validation for its renewal has failed',
      ],
      ['renewal done', { RenewalSummary: { RenewalStatus: 'SUCCESS' } }, 'pass'],
      ['expired', { Status: 'EXPIRED' }, 'skip: the certificate is expired'],
    ],
  ],
])('%i', (control, cases) => {
  it.each(cases)('%s', async (_, more, expected) => {
    expect(await judge(control, ARN, asked(certificate(more)))).toBe(expected);
  });

  it('gone, denied', async () => {
    const removed = control === 239 ? 'pass' : `skip: ${ARN} does not exist (any more)`;
    expect(await judge(control, ARN, asked(gone))).toBe(removed);
    expect(await judge(control, ARN, asked(awsError('AccessDeniedException')))).toBe(
      'unknown: acm:DescribeCertificate was denied; allow acm:DescribeCertificate',
    );
  });
});

it('lists certificates with every type of key, page by page, and knows their tags', async () => {
  const { list, tags } = controlOf(241).detector.resource;
  const session = sessionOn({
    'acm:ListCertificates': ({ Includes, NextToken }) => ({
      CertificateSummaryList: [{ CertificateArn: `${Object(Includes).keyTypes.length} ${NextToken}` }],
      ...(NextToken === undefined ? { NextToken: '2' } : {}),
    }),
    'acm:ListTagsForCertificate': { Tags: [{ Key: 'team', Value: 'shop' }] },
  });
  expect(list && (await session.value(list, placeOf(241), []))).toEqual(['7 undefined', '7 2']);
  expect(tags && (await session.value(tags, placeOf(241, ARN), []))).toEqual({ team: 'shop' });
});
