import { expect, it } from 'vitest';
import { ACCOUNT, callsOf, planFor } from '../controls.ts';

const KEY = `arn:aws:kms:eu-west-1:${ACCOUNT}:key/1`;
const passwords = {
  ConnectionPasswordEncryption: { ReturnConnectionPasswordEncrypted: true, AwsKmsKeyId: 'passwords' },
};
const put = (DataCatalogEncryptionSettings: object) => [
  'glue:PutDataCatalogEncryptionSettings',
  { DataCatalogEncryptionSettings },
];
const plan = (EncryptionAtRest: object, catalogKeyArn = KEY) =>
  planFor(
    332,
    undefined,
    {
      'glue:GetDataCatalogEncryptionSettings': { DataCatalogEncryptionSettings: { EncryptionAtRest, ...passwords } },
      'kms:DescribeKey': { KeyMetadata: { KeyManager: 'AWS' } },
    },
    { parameters: { catalogKeyArn } },
  );

it.each([
  [{ CatalogEncryptionMode: 'DISABLED' }, { CatalogEncryptionMode: 'SSE-KMS' }],
  [
    { CatalogEncryptionMode: 'SSE-KMS-WITH-SERVICE-ROLE', CatalogEncryptionServiceRole: 'role', SseAwsKmsKeyId: 'old' },
    { CatalogEncryptionMode: 'SSE-KMS-WITH-SERVICE-ROLE', CatalogEncryptionServiceRole: 'role' },
  ],
])('332 keeps the encryption of passwords and the role', async (before, after) => {
  const made = await plan(before);
  expect(made).toMatchObject({ mode: 'approve', undo: { class: 'best-effort' } });
  expect(callsOf(made)).toEqual({
    steps: [put({ EncryptionAtRest: { ...after, SseAwsKmsKeyId: KEY }, ...passwords })],
    undo: [put({ EncryptionAtRest: before, ...passwords })],
  });
});

it.each(['alias/aws/glue', KEY.replace('eu-west-1', 'us-east-1')])('332 refuses %s', async (key) => {
  expect(await plan({ CatalogEncryptionMode: 'DISABLED' }, key)).toMatchObject({ steps: [] });
});
