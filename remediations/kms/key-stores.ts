import { connection, keyStores } from '../../detectors/kms/key-stores.ts';
import { byHand, call, document, edit, remediations } from '../../src/control.ts';

const connectionDocument = document(connection, {
  write: [
    call('kms', 'ConnectCustomKeyStore', ({ id }, state) =>
      state === 'CONNECTED' ? { CustomKeyStoreId: id } : undefined,
    ),
    call('kms', 'DisconnectCustomKeyStore', ({ id }, state) =>
      state === 'DISCONNECTED' ? { CustomKeyStoreId: id } : undefined,
    ),
  ],
});

export const keyStoreRemediations = remediations(keyStores, {
  124: edit(
    connectionDocument,
    {
      mode: 'approve',
      impact:
        'the keys of the store can be used again, also where it was cut off on purpose; the cluster needs a running HSM, and kmsuser may not be signed in elsewhere',
    },
    (current) => {
      switch (current) {
        case 'DISCONNECTED':
          return 'CONNECTED' as const;
        case 'FAILED':
          return byHand(
            'connecting failed before: disconnect the store, mend what its ConnectionErrorCode says (a running HSM, the password of kmsuser, the network), then connect it',
          );
        default:
          return byHand(`the key store is ${current}: wait until KMS has finished, then look again`);
      }
    },
  ),
});
