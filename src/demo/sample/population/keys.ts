import { ago, type Setting, sampleIds } from '../setting.ts';
import type { KmsKey, World } from '../world.ts';

/** A key of the account's own for volumes, and the one that AWS keeps for EBS. */
export function keys(setting: Setting): World['kms'] {
  const { account, partition, region } = setting;
  const key = (KeyId: string, KeyManager: 'AWS' | 'CUSTOMER', Description: string): KmsKey => ({
    KeyId,
    Arn: `arn:${partition}:kms:${region}:${account}:key/${KeyId}`,
    AWSAccountId: account,
    CreationDate: ago(setting, 500),
    Enabled: true,
    KeyState: 'Enabled',
    KeyManager,
    KeySpec: 'SYMMETRIC_DEFAULT',
    KeyUsage: 'ENCRYPT_DECRYPT',
    Origin: 'AWS_KMS',
    MultiRegion: false,
    Description,
  });
  return {
    keys: {
      [sampleIds.volumeKey]: key(sampleIds.volumeKey, 'CUSTOMER', 'volumes'),
      [sampleIds.awsVolumeKey]: key(sampleIds.awsVolumeKey, 'AWS', 'default key of EBS'),
    },
    aliases: { 'alias/volumes': sampleIds.volumeKey, 'alias/aws/ebs': sampleIds.awsVolumeKey },
  };
}
