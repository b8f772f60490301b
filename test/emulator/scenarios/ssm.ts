import { GetServiceSettingCommand, UpdateServiceSettingCommand } from '@aws-sdk/client-ssm';
import { ACCOUNT, type Aws } from '../clients.ts';
import { event } from '../event.ts';
import { scenario } from '../scenario.ts';

const SettingId = '/ssm/documents/console/public-sharing-permission';

export const ssm = [
  scenario({
    control: 464,
    lacks: {
      operation: 'ssm:GetServiceSetting',
      ask: ({ ssm }) => ssm.send(new GetServiceSettingCommand({ SettingId })),
    },
    arrange: async ({ ssm }) => {
      const { ServiceSetting } = await ssm.send(new GetServiceSettingCommand({ SettingId }));
      if (ServiceSetting?.SettingValue !== 'Enable') {
        await ssm.send(new UpdateServiceSettingCommand({ SettingId, SettingValue: 'Enable' }));
      }
      const parameters = { settingId: SettingId, settingValue: 'Enable' };
      return { id: ACCOUNT, event: event('ssm:UpdateServiceSetting', parameters) };
    },
    state: async ({ ssm }: Aws) => {
      const { ServiceSetting } = await ssm.send(new GetServiceSettingCommand({ SettingId }));
      return { value: ServiceSetting?.SettingValue };
    },
    expected: () => ({ value: 'Disable' }),
  }),
];
