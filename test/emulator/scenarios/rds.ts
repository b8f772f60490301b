import {
  CreateDBInstanceCommand,
  CreateOptionGroupCommand,
  DescribeOptionGroupsCommand,
  ModifyOptionGroupCommand,
} from '@aws-sdk/client-rds';
import { event } from '../event.ts';
import { scenario } from '../scenario.ts';

const VERSION = 'SQLNET.SSL_VERSION';
const CIPHERS = 'SQLNET.CIPHER_SUITE';

export const rds = [
  scenario({
    control: 393,
    arrange: async ({ rds }) => {
      const OptionGroupName = 'ledger-options';
      await rds.send(
        new CreateOptionGroupCommand({
          OptionGroupName,
          EngineName: 'oracle-ee',
          MajorEngineVersion: '19',
          OptionGroupDescription: 'of the ledger',
        }),
      );
      const settings = [
        { Name: 'FIPS.SSLFIPS_140', Value: 'TRUE' },
        { Name: VERSION, Value: '1.0' },
        { Name: CIPHERS, Value: 'SSL_RSA_WITH_AES_256_CBC_SHA' },
      ];
      await rds.send(
        new ModifyOptionGroupCommand({
          OptionGroupName,
          OptionsToInclude: [
            { OptionName: 'SSL', Port: 2484, OptionSettings: settings },
            { OptionName: 'Timezone', OptionSettings: [{ Name: 'TIME_ZONE', Value: 'Europe/Berlin' }] },
          ],
        }),
      );
      await rds.send(
        new CreateDBInstanceCommand({
          DBInstanceIdentifier: 'ledger',
          DBInstanceClass: 'db.m5.large',
          Engine: 'oracle-ee',
          AllocatedStorage: 20,
          MasterUsername: 'ledger',
          MasterUserPassword: 'only-for-the-emulator',
          OptionGroupName,
        }),
      );
      return { id: 'ledger', event: event('rds:ModifyOptionGroup', { optionGroupName: OptionGroupName }) };
    },
    state: async ({ rds }) => {
      const { OptionGroupsList = [] } = await rds.send(
        new DescribeOptionGroupsCommand({ OptionGroupName: 'ledger-options' }),
      );
      return OptionGroupsList.flatMap(({ Options = [] }) => Options).map(({ OptionName, OptionSettings = [] }) => ({
        OptionName,
        settings: Object.fromEntries(OptionSettings.map(({ Name = '', Value }) => [Name, Value])),
      }));
    },
    expected: (before) =>
      before.map((one) =>
        one.OptionName === 'SSL'
          ? {
              ...one,
              settings: { ...one.settings, [VERSION]: '1.2', [CIPHERS]: 'SSL_RSA_WITH_AES_256_GCM_SHA384' },
            }
          : one,
      ),
  }),
];
