import { derive, detectors, place, placeIn, read, regionSettings } from '../src/control.ts';
import { encryptionKey, isCustomerManaged } from './customer-key.ts';

/** All encryption settings of the Data Catalog: they are written as one. */
export const encryptionSettings = read(
  'glue',
  'GetDataCatalogEncryptionSettings',
  () => ({}),
  (out) => out.DataCatalogEncryptionSettings ?? {},
);

const keyId = derive({ encryptionSettings }, ({ encryptionSettings: { EncryptionAtRest: atRest } }) => {
  if (atRest?.CatalogEncryptionMode === undefined || atRest.CatalogEncryptionMode === 'DISABLED') return undefined;
  return atRest.SseAwsKmsKeyId || 'alias/aws/glue';
});
const catalogKey = encryptionKey(keyId);

export const dataCatalog = detectors(regionSettings('glue'), {
  332: {
    title: 'Metadata of the Glue Data Catalog is encrypted with a customer managed key',
    criticality: 'HIGH',
    on: {
      'glue:PutDataCatalogEncryptionSettings': place,
      'account:EnableRegion': placeIn('requestParameters.regionName'),
    },
    reads: { encryptionSettings, catalogKey },
    check: ({ catalogKey }) => isCustomerManaged(catalogKey, 'metadata is stored without a KMS key'),
    note: "The document's sample sends one half of the settings, which would switch the encryption of connection passwords off. Only what is written from now on is encrypted. Regions that are not switched on are not judged.",
  },
});
