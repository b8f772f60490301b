import { derive, detectors, fail, ids, only, pass, read, readPages, resource, skip } from '../../src/control.ts';
import { nextPage } from './keys.ts';

export const keyStore = read(
  'kms',
  'DescribeCustomKeyStores',
  ({ id }) => ({ CustomKeyStoreId: id }),
  (out) => only(out.CustomKeyStores),
);

export const connection = derive({ keyStore }, ({ keyStore }) => keyStore.ConnectionState);

const keyStoreId = ids('requestParameters.customKeyStoreId');

export const keyStores = detectors(
  resource('AWS::KMS::CustomKeyStore', {
    service: 'kms',
    // KMS has no ARN for key stores; this one is ours, so that findings have one form.
    arn: ({ partition, region, account, id }) => `arn:${partition}:kms:${region}:${account}:custom-key-store/${id}`,
    list: readPages(
      'kms',
      'DescribeCustomKeyStores',
      () => ({}),
      (out) => (out.CustomKeyStores ?? []).flatMap(({ CustomKeyStoreId }) => CustomKeyStoreId ?? []),
      nextPage,
    ),
    gone: ['CustomKeyStoreNotFoundException'],
  }),
  {
    124: {
      title: 'Key store in CloudHSM is connected to its cluster',
      criticality: 'HIGH',
      on: {
        'kms:CreateCustomKeyStore': ids('responseElements.customKeyStoreId'),
        'kms:ConnectCustomKeyStore': keyStoreId,
        'kms:DisconnectCustomKeyStore': keyStoreId,
        'kms:UpdateCustomKeyStore': keyStoreId,
        'kms:DeleteCustomKeyStore': keyStoreId,
      },
      reads: { keyStore },
      check: ({ keyStore }) => {
        if (keyStore.CustomKeyStoreType === 'EXTERNAL_KEY_STORE') return skip('the key store is not in CloudHSM');
        switch (keyStore.ConnectionState) {
          case 'CONNECTED':
            return pass;
          case 'CONNECTING':
            return fail('the key store is not connected yet: KMS is at it, which can take 20 minutes');
          case 'FAILED':
            return fail(`connecting the key store failed (${keyStore.ConnectionErrorCode})`);
          default:
            return fail('the key store is disconnected: its keys cannot be used');
        }
      },
      note: "The document's remedy only repeats the finding; Redress connects the store. A cluster that loses its HSMs makes no event of KMS: that is found by the sweep.",
    },
  },
);
