import type { Setting } from '../setting.ts';
import type { World } from '../world.ts';
import { buckets } from './buckets.ts';
import { identities } from './identities.ts';
import { images } from './images.ts';
import { keys } from './keys.ts';
import { machines } from './machines.ts';
import { network } from './network.ts';
import { topics } from './topics.ts';

/** The account as the demo finds it: about a dozen things wrong, next to as many that are as they should be. */
export function populate(setting: Setting): World {
  return {
    ...setting,
    s3: {
      // Half of the block was lost when somebody set the other half: the call replaces all four.
      publicAccessBlock: {
        BlockPublicAcls: false,
        IgnorePublicAcls: true,
        BlockPublicPolicy: false,
        RestrictPublicBuckets: true,
      },
      buckets: buckets(setting),
    },
    iam: identities(setting),
    ec2: {
      ...machines(setting),
      ...network(setting),
      ...images(setting),
      ebsEncryptionByDefault: false,
      ebsDefaultKmsKeyId: 'alias/aws/ebs',
    },
    sns: { topics: topics(setting) },
    ssm: { settings: {} },
    kms: keys(setting),
  };
}
