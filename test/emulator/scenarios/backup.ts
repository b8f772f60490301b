import {
  CreateBackupPlanCommand,
  CreateBackupVaultCommand,
  GetBackupPlanCommand,
  ListBackupPlansCommand,
  ListBackupVaultsCommand,
} from '@aws-sdk/client-backup';
import type { Aws } from '../clients.ts';
import { event, terraform } from '../event.ts';
import { scenario } from '../scenario.ts';

export const backup = [
  scenario({
    control: 380,
    kind: 'guide',
    arrange: async ({ backup }) => {
      const BackupVaultName = 'daily';
      await backup.send(new CreateBackupVaultCommand({ BackupVaultName }));
      const Rules = [{ RuleName: 'nightly', TargetBackupVaultName: BackupVaultName }];
      await backup.send(new CreateBackupPlanCommand({ BackupPlan: { BackupPlanName: 'all', Rules } }));
      const parameters = { backupVaultName: BackupVaultName };
      return { id: BackupVaultName, event: event('backup:CreateBackupVault', parameters, { by: terraform }) };
    },
    state: async ({ backup }: Aws) => {
      const { BackupVaultList = [] } = await backup.send(new ListBackupVaultsCommand({}));
      const { BackupPlansList = [] } = await backup.send(new ListBackupPlansCommand({}));
      const plans = await Promise.all(
        BackupPlansList.map(({ BackupPlanId }) => backup.send(new GetBackupPlanCommand({ BackupPlanId }))),
      );
      return {
        vaults: BackupVaultList.map(({ BackupVaultName }) => BackupVaultName),
        rules: plans.flatMap(({ BackupPlan }) => BackupPlan?.Rules?.map((rule) => rule.TargetBackupVaultName)),
      };
    },
    expected: (before) => before,
  }),
];
