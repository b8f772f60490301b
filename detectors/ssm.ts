import { detectors, fail, pass, place, placeIn, read, regionSettings, skip } from '../src/control.ts';

export const SETTING = '/ssm/documents/console/public-sharing-permission';

/** The setting names the permission, not the block: `Disable` is the safe value. */
export const publicSharing = read(
  'ssm',
  'GetServiceSetting',
  () => ({ SettingId: SETTING }),
  (out) => ({ value: out.ServiceSetting?.SettingValue, status: out.ServiceSetting?.Status }),
  { absent: ['ServiceSettingNotFound'] },
);

export const documentSharing = detectors(regionSettings('ssm'), {
  464: {
    title: 'Systems Manager documents cannot be shared publicly',
    criticality: 'HIGH',
    on: {
      'ssm:UpdateServiceSetting': place,
      'ssm:ResetServiceSetting': place,
      'account:EnableRegion': placeIn('requestParameters.regionName'),
    },
    reads: { publicSharing },
    check: ({ publicSharing }) => {
      if (publicSharing.value === undefined) return skip('this region does not know the setting');
      if (publicSharing.value !== 'Disable') return fail('SSM documents can be shared with everyone in this region');
      return publicSharing.status === 'PendingUpdate' ? fail('the block is not in force yet: AWS is at it') : pass;
    },
    note: 'The document wants the block ON and its command sends Disable: the setting names the permission. Judged and fixed region by region. Documents that are public already stay so.',
  },
});
