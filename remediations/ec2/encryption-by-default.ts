import { ebsEncryption, encryptionByDefault, isAwsManaged } from '../../detectors/ec2/encryption-by-default.ts';
import { call, document, edit, remediations, required } from '../../src/control.ts';

const encryptionDocument = document(encryptionByDefault, {
  // The key first: nothing may be encrypted with the AWS managed key in between.
  write: [
    call('ec2', 'ModifyEbsDefaultKmsKeyId', (_, wanted, current) =>
      wanted.key === current.key || isAwsManaged(wanted.key) ? undefined : { KmsKeyId: wanted.key },
    ),
    call('ec2', 'EnableEbsEncryptionByDefault', (_, wanted, current) =>
      wanted.enabled && !current.enabled ? {} : undefined,
    ),
    call('ec2', 'DisableEbsEncryptionByDefault', (_, wanted, current) =>
      !wanted.enabled && current.enabled ? {} : undefined,
    ),
    call('ec2', 'ResetEbsDefaultKmsKeyId', (_, wanted, current) =>
      wanted.key !== current.key && isAwsManaged(wanted.key) ? {} : undefined,
    ),
  ],
});

export const ebsEncryptionRemediations = remediations(ebsEncryption, {
  339: edit(
    encryptionDocument,
    {
      mode: 'approve',
      impact:
        'volumes that exist stay as they are; Auto Scaling, Spot and EMR fail at their next launch if the key policy does not let their service-linked roles use the key',
      parameters: {
        volumeKeyArn: required(
          'Customer managed KMS key of this region (symmetric) whose policy lets the Auto Scaling and Spot service-linked roles use it.',
        ),
      },
    },
    (_, { parameters }) => ({ enabled: true, key: parameters.volumeKeyArn }),
  ),
});
