import { expect, it } from 'vitest';
import { ACCOUNT, type Answers, awsError, judge } from '../controls.ts';

const KEY = `arn:aws:kms:eu-west-1:${ACCOUNT}:key/1`;
const OPERATION = 'glue:GetDataCatalogEncryptionSettings';
const atRest = (EncryptionAtRest?: object): Answers => ({
  [OPERATION]: { DataCatalogEncryptionSettings: { EncryptionAtRest } },
});
const sse = (SseAwsKmsKeyId?: string, CatalogEncryptionMode = 'SSE-KMS') =>
  atRest({ CatalogEncryptionMode, SseAwsKmsKeyId });
const key = (answer: object): Answers => ({ 'kms:DescribeKey': answer });
const none = 'fail: metadata is stored without a KMS key';

it.each<[string, Answers, string]>([
  ['nothing said', { [OPERATION]: {} }, none],
  ['off', sse(undefined, 'DISABLED'), none],
  ['off, with a key', sse(KEY, 'DISABLED'), none],
  ['no key named', sse(), 'fail: its key alias/aws/glue is managed by AWS'],
  ["AWS's alias", sse('alias/aws/glue'), 'fail: its key alias/aws/glue is managed by AWS'],
  ['yours', { ...sse(KEY), ...key({ KeyMetadata: { KeyManager: 'CUSTOMER' } }) }, 'pass'],
  [
    'yours, by a role',
    { ...sse(KEY, 'SSE-KMS-WITH-SERVICE-ROLE'), ...key({ KeyMetadata: { KeyManager: 'CUSTOMER' } }) },
    'pass',
  ],
  ['deleted', { ...sse(KEY), ...key(awsError('NotFoundException')) }, `fail: its key ${KEY} does not exist (any more)`],
  [
    'denied',
    { [OPERATION]: awsError('AccessDeniedException') },
    `unknown: ${OPERATION} was denied; allow ${OPERATION}`,
  ],
])('332: %s', async (_, answers, expected) => {
  expect(await judge(332, undefined, answers)).toBe(expected);
});
