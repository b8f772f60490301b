import {
  DisableEbsEncryptionByDefaultCommand,
  GetEbsDefaultKmsKeyIdCommand,
  GetEbsEncryptionByDefaultCommand,
} from '@aws-sdk/client-ec2';
import { CreateKeyCommand } from '@aws-sdk/client-kms';
import { ACCOUNT } from '../clients.ts';
import { event } from '../event.ts';
import { scenario } from '../scenario.ts';

export const ec2Region = [
  scenario({
    control: 339,
    lacks: {
      operation: 'ec2:GetEbsDefaultKmsKeyId',
      ask: ({ ec2 }) => ec2.send(new GetEbsDefaultKmsKeyIdCommand({})),
    },
    arrange: async ({ ec2, kms }) => {
      const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Description: 'volumes' }));
      await ec2.send(new DisableEbsEncryptionByDefaultCommand({}));
      return {
        id: ACCOUNT,
        event: event('ec2:DisableEbsEncryptionByDefault', { DisableEbsEncryptionByDefaultRequest: {} }),
        parameters: { volumeKeyArn: KeyMetadata?.Arn ?? '' },
      };
    },
    state: async ({ ec2 }) => {
      const { EbsEncryptionByDefault } = await ec2.send(new GetEbsEncryptionByDefaultCommand({}));
      const { KmsKeyId } = await ec2.send(new GetEbsDefaultKmsKeyIdCommand({}));
      return { encrypted: EbsEncryptionByDefault, key: KmsKeyId === 'alias/aws/ebs' ? 'of AWS' : 'of the customer' };
    },
    expected: () => ({ encrypted: true, key: 'of the customer' }),
  }),
];
