import { expect, it } from 'vitest';
import { undated } from '../../src/intake/cloudtrail.ts';

it.each([
  ['CreateFunction20150331', 'CreateFunction'],
  ['CreateFunction20150331v2', 'CreateFunction'],
  ['RemovePermission20150331v2', 'RemovePermission'],
  ['UpdateFunctionConfiguration20150331v2', 'UpdateFunctionConfiguration'],
  ['UpdateDistribution2020_05_31', 'UpdateDistribution'],
  ['CreateDistributionWithTags2016_09_29', 'CreateDistributionWithTags'],
  ['CreateClusterV2', 'CreateClusterV2'],
  ['UpdateFunctionUrlConfigV2', 'UpdateFunctionUrlConfigV2'],
  ['PutBucketAcl', 'PutBucketAcl'],
  ['Enable2FA', 'Enable2FA'],
  ['CreateReport2024', 'CreateReport2024'],
  ['CreateJob20159931', 'CreateJob20159931'],
  ['CreateJob20150399', 'CreateJob20150399'],
  ['ListThings10150331', 'ListThings10150331'],
])('%s is %s', (recorded, expected) => {
  expect(undated(recorded)).toBe(expected);
});
