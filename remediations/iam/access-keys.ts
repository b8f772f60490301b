import { accessKey, accessKeys } from '../../detectors/iam/access-keys.ts';
import { call, document, edit, remediations } from '../../src/control.ts';

const accessKeyDocument = document(accessKey, {
  write: call('iam', 'UpdateAccessKey', ({ id }, { userName, status }) => ({
    UserName: userName,
    AccessKeyId: id,
    Status: status,
  })),
});

export const accessKeyRemediations = remediations(accessKeys, {
  3: edit(
    accessKeyDocument,
    {
      mode: 'auto',
      impact: 'low: nothing used the key for 90 days; a yearly job or an emergency login may still count on it',
    },
    (current) => ({ ...current, status: 'Inactive' }),
  ),
});
