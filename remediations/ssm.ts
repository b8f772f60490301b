import { documentSharing, publicSharing, SETTING } from '../detectors/ssm.ts';
import { call, document, edit, remediations } from '../src/control.ts';

const publicSharingDocument = document(publicSharing, {
  write: [
    call('ssm', 'UpdateServiceSetting', (_, { value, status }) =>
      value === undefined || status === 'Default' ? undefined : { SettingId: SETTING, SettingValue: value },
    ),
    call('ssm', 'ResetServiceSetting', (_, { status }) => (status === 'Default' ? { SettingId: SETTING } : undefined)),
  ],
});

export const documentSharingRemediations = remediations(documentSharing, {
  464: edit(
    publicSharingDocument,
    {
      mode: 'auto',
      impact:
        'documents can no longer be shared with everyone; ones that are public stay public, shares with named accounts go on',
    },
    () => ({ value: 'Disable', status: 'Customized' }),
  ),
});
