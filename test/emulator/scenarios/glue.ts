import { GetDataCatalogEncryptionSettingsCommand, PutDataCatalogEncryptionSettingsCommand } from '@aws-sdk/client-glue';
import { CreateKeyCommand } from '@aws-sdk/client-kms';
import { ACCOUNT } from '../clients.ts';
import { event } from '../event.ts';
import { scenario } from '../scenario.ts';

export const glue = [
  scenario({
    control: 332,
    arrange: async ({ glue, kms }) => {
      const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
      const DataCatalogEncryptionSettings = {
        EncryptionAtRest: { CatalogEncryptionMode: 'DISABLED' as const },
        ConnectionPasswordEncryption: { ReturnConnectionPasswordEncrypted: true, AwsKmsKeyId: KeyMetadata?.Arn },
      };
      await glue.send(new PutDataCatalogEncryptionSettingsCommand({ DataCatalogEncryptionSettings }));
      return {
        id: ACCOUNT,
        event: event('glue:PutDataCatalogEncryptionSettings', {}),
        parameters: { catalogKeyArn: KeyMetadata?.Arn ?? '' },
      };
    },
    state: async ({ glue }) => {
      const { DataCatalogEncryptionSettings: settings } = await glue.send(
        new GetDataCatalogEncryptionSettingsCommand({}),
      );
      const { SseAwsKmsKeyId, CatalogEncryptionMode } = settings?.EncryptionAtRest ?? {};
      const { ReturnConnectionPasswordEncrypted: passwords, AwsKmsKeyId } =
        settings?.ConnectionPasswordEncryption ?? {};
      return { passwords, hasPasswordKey: AwsKmsKeyId !== undefined, CatalogEncryptionMode, hasKey: !!SseAwsKmsKeyId };
    },
    expected: (before) => ({ ...before, CatalogEncryptionMode: 'SSE-KMS' as const, hasKey: true }),
  }),
];
