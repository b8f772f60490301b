import { dataCatalog, encryptionSettings } from '../detectors/glue.ts';
import { call, document, edit, remediations, required } from '../src/control.ts';
import { chosenKey } from './chosen.ts';

// Whatever is left out is switched off: the settings are always sent whole.
const settingsDocument = document(encryptionSettings, {
  write: call('glue', 'PutDataCatalogEncryptionSettings', (_at, DataCatalogEncryptionSettings) => ({
    DataCatalogEncryptionSettings,
  })),
});

export const dataCatalogRemediations = remediations(dataCatalog, {
  332: edit(
    settingsDocument,
    {
      mode: 'approve',
      impact:
        'crawlers, jobs, Athena, Redshift Spectrum, EMR and everybody else who reads or writes the catalog needs kms:Decrypt, kms:Encrypt and kms:GenerateDataKey on the key from then on, or fails: give the roles their rights first',
      undo: 'best-effort',
      parameters: {
        catalogKeyArn: required(
          'ARN of a symmetric customer managed key, in the region, for the Glue Data Catalog. Set one for each region.',
        ),
      },
      note: 'What was written meanwhile stays under the key when the fix is undone, and goes on needing it.',
    },
    (current, { parameters: { catalogKeyArn }, ...at }) => {
      const chosen = chosenKey('catalogKeyArn', catalogKeyArn, at);
      if ('byHand' in chosen) return chosen;
      const { CatalogEncryptionMode: mode } = current.EncryptionAtRest ?? {};
      return {
        ...current,
        EncryptionAtRest: {
          ...current.EncryptionAtRest,
          CatalogEncryptionMode: mode === undefined || mode === 'DISABLED' ? 'SSE-KMS' : mode,
          SseAwsKmsKeyId: chosen.key,
        },
      };
    },
  ),
});
