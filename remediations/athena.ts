import { isDeepStrictEqual } from 'node:util';
import type { EncryptionConfiguration } from '@aws-sdk/client-athena';
import { type Results, results, workGroups } from '../detectors/athena.ts';
import { byHand, call, document, edit, optional, remediations } from '../src/control.ts';

// What an update does not name stays as it is.
const resultsDocument = document(results, {
  write: call('athena', 'UpdateWorkGroup', ({ id }, wanted, current) => ({
    WorkGroup: id,
    ConfigurationUpdates: {
      ...(wanted.enforced === current.enforced ? {} : { EnforceWorkGroupConfiguration: wanted.enforced }),
      ...(isDeepStrictEqual(wanted.encryption, current.encryption)
        ? {}
        : {
            ResultConfigurationUpdates: wanted.encryption
              ? { EncryptionConfiguration: wanted.encryption }
              : { RemoveEncryptionConfiguration: true },
          }),
    },
  })),
});

const parameters = {
  queryResultsKeyArn: optional(
    'KMS key for the results of Athena queries; empty means keys of S3. Everybody who queries needs kms:GenerateDataKey and kms:Decrypt on it.',
    '',
  ),
};

/** Encryption that is there stays, whichever it is. */
function encrypted({ managed, encryption }: Results, key: string): EncryptionConfiguration | undefined {
  if (managed || encryption?.EncryptionOption) return encryption;
  return key === '' ? { EncryptionOption: 'SSE_S3' } : { EncryptionOption: 'SSE_KMS', KmsKey: key };
}

export const workGroupRemediations = remediations(workGroups, {
  325: edit(
    resultsDocument,
    {
      mode: 'approve',
      impact:
        "results go to the place of the work group, whatever clients ask for: scripts that look for theirs elsewhere no longer find them, and users need rights on the work group's bucket",
      parameters,
    },
    (current, { parameters: { queryResultsKeyArn } }) => {
      if (!current.managed && current.location === undefined)
        return byHand('the work group has no place for results, and every query would fail: give it one first');
      return { ...current, enforced: true, encryption: encrypted(current, queryResultsKeyArn) };
    },
  ),

  374: edit(
    resultsDocument,
    {
      mode: 'approve',
      impact:
        'results are encrypted from now on. With a key of yours, queries fail for users who lack rights on it; so they do where the policy of the bucket demands another encryption',
      parameters,
    },
    (current, { parameters: { queryResultsKeyArn } }) => ({
      ...current,
      encryption: encrypted(current, queryResultsKeyArn),
    }),
  ),
});
