import { vault, vaults } from '../detectors/backup.ts';
import { concrete, guide, nextToken, optional, readEach, readPages, remediations } from '../src/control.ts';

const planIds = readPages(
  'backup',
  'ListBackupPlans',
  () => ({}),
  (out) => (out.BackupPlansList ?? []).flatMap(({ BackupPlanId }) => BackupPlanId ?? []),
  nextToken,
);

const plans = readEach(
  'backup',
  'GetBackupPlan',
  ({ planIds }) => planIds.map((BackupPlanId) => ({ BackupPlanId })),
  (out) => ({ id: out.BackupPlanId, plan: out.BackupPlan }),
  { needs: { planIds }, absent: ['ResourceNotFoundException'] },
);

export const vaultRemediations = remediations(vaults, {
  380: guide(
    {
      impact:
        'none for what is backed up; backups are copied, which is billed, and are kept in both vaults until the old ones end',
      reads: { vault, plans },
      parameters: {
        vaultKeyArn: optional(
          'Customer managed KMS key for backup vaults, in their region; empty leaves it open in the runbook.',
          '',
        ),
      },
      note: 'The key of a vault cannot be changed: another vault takes its place.',
    },
    ({ id, arn, vault, plans, parameters }) => {
      const successor = /^[A-Za-z0-9_-]+$/.test(id) ? `${id.slice(0, 46)}-cmk` : 'backups-cmk';
      const using = plans.flatMap(({ id: planId, plan }) => {
        const rules = plan?.Rules ?? [];
        const concerns = rules.some(
          ({ TargetBackupVaultName, CopyActions = [] }) =>
            TargetBackupVaultName === id || CopyActions.some((copy) => copy.DestinationBackupVaultArn === arn),
        );
        return concerns && plan !== undefined ? [{ planId, plan, rules }] : [];
      });
      const successorArn = arn.replace(/[^:]+$/, successor);
      return [
        {
          text: `${id} holds ${vault.recoveryPoints} recovery points${vault.locked ? ', and is locked: they cannot be deleted before their time' : ''}. Plans that write to it: ${using.map(({ plan }) => plan.BackupPlanName).join(', ') || 'none in this account and region'}. Look for plans of the organisation and for copies from other regions too.`,
        },
        {
          text: 'Make a vault with the key. Its policy must let AWSServiceRoleForBackup and the roles of your plans use it; for copies across accounts, the other account too.',
          call: concrete('backup', 'CreateBackupVault', {
            BackupVaultName: successor,
            EncryptionKeyArn: parameters.vaultKeyArn || '<key-arn>',
          }),
        },
        {
          text: `Give it what the old one has: aws backup get-backup-vault-access-policy, get-backup-vault-notifications and list-tags (of ${arn})${vault.locked ? ', and a lock (put-backup-vault-lock-configuration), when all else has been tried' : ''}.`,
        },
        ...using.map(({ planId, plan, rules }) => ({
          text: `Let the plan ${plan.BackupPlanName} write to it. The call replaces the whole plan: this is all of it, with the vault changed.`,
          call: concrete('backup', 'UpdateBackupPlan', {
            BackupPlanId: planId,
            BackupPlan: {
              BackupPlanName: plan.BackupPlanName,
              ...(plan.AdvancedBackupSettings?.length ? { AdvancedBackupSettings: plan.AdvancedBackupSettings } : {}),
              ...(plan.ScanSettings?.length ? { ScanSettings: plan.ScanSettings } : {}),
              Rules: rules.map(({ RuleId: _, ...rule }) => ({
                ...rule,
                TargetBackupVaultName: rule.TargetBackupVaultName === id ? successor : rule.TargetBackupVaultName,
                ...(rule.CopyActions?.length
                  ? {
                      CopyActions: rule.CopyActions.map((copy) =>
                        copy.DestinationBackupVaultArn === arn
                          ? { ...copy, DestinationBackupVaultArn: successorArn }
                          : copy,
                      ),
                    }
                  : {}),
              })),
            },
          }),
        })),
        {
          text: `Wait for the next backup, see it in ${successor}, and restore it once. To go back, let the plans name ${id} again.`,
        },
        {
          text: `Backups that must outlive the old vault can be copied, one by one: aws backup start-copy-job for each of aws backup list-recovery-points-by-backup-vault --backup-vault-name ${id}. What a service encrypts with its own key (EBS, RDS) keeps that key.`,
        },
        {
          text:
            id === 'Default' || id.startsWith('aws/')
              ? `${id} is made by AWS and comes again: exempt it once nothing is written to it.`
              : 'Let the old recovery points end with their retention; delete none by hand. AWS deletes the vault only when it is empty.',
          ...(id === 'Default' || id.startsWith('aws/')
            ? {}
            : { call: concrete('backup', 'DeleteBackupVault', { BackupVaultName: id }) }),
        },
      ];
    },
  ),
});
