import { derive, detectors, fail, ids, nextToken, read, readPages, resource, skip } from '../src/control.ts';
import { encryptionKey, isCustomerManaged } from './customer-key.ts';

export const vault = read(
  'backup',
  'DescribeBackupVault',
  ({ id }) => ({ BackupVaultName: id }),
  ({ BackupVaultArn, EncryptionKeyArn, EncryptionKeyType, VaultType, Locked, NumberOfRecoveryPoints }) => ({
    arn: BackupVaultArn,
    key: EncryptionKeyArn,
    keyType: EncryptionKeyType,
    type: VaultType,
    locked: Locked === true,
    recoveryPoints: NumberOfRecoveryPoints ?? 0,
  }),
);

const key = encryptionKey(derive({ vault }, ({ vault }) => vault.key));

const vaultName = ids('requestParameters.backupVaultName');

const arnOf = ({
  partition,
  region,
  account,
  id,
}: {
  partition: string;
  region: string;
  account: string;
  id: string;
}) => `arn:${partition}:backup:${region}:${account}:backup-vault:${id}`;

export const vaults = detectors(
  resource('AWS::Backup::BackupVault', {
    service: 'backup',
    arn: arnOf,
    list: readPages(
      'backup',
      'ListBackupVaults',
      () => ({}),
      (out) => (out.BackupVaultList ?? []).flatMap(({ BackupVaultName }) => BackupVaultName ?? []),
      nextToken,
    ),
    gone: ['ResourceNotFoundException'],
    tags: read(
      'backup',
      'ListTags',
      (at) => ({ ResourceArn: arnOf(at) }),
      (out) => out.Tags ?? {},
    ),
  }),
  {
    380: {
      title: 'Backup vault is encrypted with a customer managed key',
      criticality: 'HIGH',
      on: {
        'backup:CreateBackupVault': vaultName,
        'backup:CreateLogicallyAirGappedBackupVault': vaultName,
        'backup:DeleteBackupVault': vaultName,
      },
      reads: { vault, key },
      check: ({ vault, key }) => {
        if (vault.type === 'RESTORE_ACCESS_BACKUP_VAULT')
          return skip('the vault only gives access to one of another account');
        if (vault.keyType === 'AWS_OWNED_KMS_KEY') return fail('the vault is encrypted with a key that AWS owns');
        return isCustomerManaged(key, 'the vault names no key of yours');
      },
      note: 'Nothing but KMS tells the key of AWS from one of yours. The document only shows how a vault is made: plans, policy and backups have to move too. Vaults of AWS (Default, aws/efs/automatic-backup-vault) fail for good: exempt them once they are empty.',
    },
  },
);
