import { isDeepStrictEqual } from 'node:util';
import type { EncryptionConfiguration } from '@aws-sdk/client-athena';
import { type Results, results, workGroups } from '../detectors/athena.ts';
import { type At, byHand, call, document, edit, optional, remediations } from '../src/control.ts';
import { chosenKey } from './chosen.ts';

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

/** The results encrypted, or why not. Encryption that is there stays, whichever it is. */
function encrypted(results: Results, key: string, at: At) {
  if (results.managed || results.encryption?.EncryptionOption) return results;
  const by = (encryption: EncryptionConfiguration): Results => ({ ...results, encryption });
  if (key === '') return by({ EncryptionOption: 'SSE_S3' });
  const chosen = chosenKey('queryResultsKeyArn', key, at);
  return 'byHand' in chosen ? chosen : by({ EncryptionOption: 'SSE_KMS', KmsKey: chosen.key });
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
    (current, { parameters: { queryResultsKeyArn }, ...at }) => {
      if (!current.managed && current.location === undefined)
        return byHand(
          `the work group has no place for results, and every query would fail. Choose a folder that all its users may write to and read, name it (aws athena update-work-group --work-group ${at.id} --configuration-updates 'ResultConfigurationUpdates={OutputLocation=s3://<bucket>/<folder>/}' --region ${at.region}), and plan again`,
        );
      return encrypted({ ...current, enforced: true }, queryResultsKeyArn, at);
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
    (current, { parameters: { queryResultsKeyArn }, ...at }) => encrypted(current, queryResultsKeyArn, at),
  ),
});
