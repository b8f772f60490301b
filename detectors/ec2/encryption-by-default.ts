import { derive, detectors, fail, pass, place, placeIn, read, readEach, regionSettings } from '../../src/control.ts';

const enabled = read(
  'ec2',
  'GetEbsEncryptionByDefault',
  () => ({}),
  (out) => out.EbsEncryptionByDefault === true,
);

const AWS_MANAGED = 'alias/aws/ebs';

const defaultKey = read(
  'ec2',
  'GetEbsDefaultKmsKeyId',
  () => ({}),
  (out) => out.KmsKeyId ?? AWS_MANAGED,
);

/** AWS's own key, by its alias: KMS does not know the alias in an account that never used it. */
export const isAwsManaged = (key: string): boolean => key.endsWith(AWS_MANAGED);

const keys = readEach(
  'kms',
  'DescribeKey',
  ({ defaultKey }) => (isAwsManaged(defaultKey) ? [] : [{ KeyId: defaultKey }]),
  (out) => ({ manager: out.KeyMetadata?.KeyManager, state: out.KeyMetadata?.KeyState }),
  { needs: { defaultKey }, absent: ['NotFound'] },
);

/** Whether EBS encrypts new volumes in this region, and with which key. */
export const encryptionByDefault = derive({ enabled, defaultKey }, ({ enabled, defaultKey }) => ({
  enabled,
  key: defaultKey,
}));

export const ebsEncryption = detectors(regionSettings('ec2'), {
  339: {
    title: 'EBS encrypts new volumes with a customer managed key',
    criticality: 'HIGH',
    on: {
      'ec2:DisableEbsEncryptionByDefault': place,
      'ec2:EnableEbsEncryptionByDefault': place,
      'ec2:ModifyEbsDefaultKmsKeyId': place,
      'ec2:ResetEbsDefaultKmsKeyId': place,
      'kms:ScheduleKeyDeletion': place,
      'kms:CancelKeyDeletion': place,
      'kms:DisableKey': place,
      'kms:EnableKey': place,
      'account:EnableRegion': placeIn('requestParameters.regionName'),
    },
    reads: { encryptionByDefault, keys },
    check: ({ encryptionByDefault: { enabled, key }, keys: [described] }) => {
      if (!enabled) return fail('new volumes are not encrypted by default in this region');
      if (isAwsManaged(key)) return fail('new volumes are encrypted with the AWS managed key');
      if (described?.manager === undefined) return fail(`the default key ${key} does not exist`);
      if (described.manager !== 'CUSTOMER') return fail('new volumes are encrypted with an AWS managed key');
      return described.state === 'Enabled' ? pass : fail(`the default key ${key} is ${described.state}`);
    },
    note: 'The document enables encryption before it sets the key, which leaves a window with the AWS managed key: the key comes first. Regions that the account has not enabled cannot be fixed and are not judged.',
  },
});
