import { joinCatalogue } from '../../src/catalogue.ts';
import {
  accountSettings,
  call,
  detectors,
  document,
  edit,
  guide,
  ids,
  idsAs,
  optional,
  pass,
  place,
  placeIn,
  read,
  readPages,
  regionSettings,
  remediations,
  required,
  resource,
  through,
} from '../../src/control.ts';

export const bucket = resource('AWS::S3::Bucket', {
  service: 's3',
  arn: ({ partition, id }) => `arn:${partition}:s3:::${id}`,
  list: readPages(
    's3',
    'ListBuckets',
    () => ({}),
    (out) => (out.Buckets ?? []).flatMap(({ Name }) => Name ?? []),
    () => undefined,
  ),
});
const versioning = read(
  's3',
  'GetBucketVersioning',
  ({ id }) => ({ Bucket: id }),
  (out) => ({ status: out.Status }),
);
const versioningDocument = document(versioning, {
  write: call('s3', 'PutBucketVersioning', ({ id }, { status }) => ({
    Bucket: id,
    VersioningConfiguration: { Status: status },
  })),
});
const bucketName = ids('requestParameters.bucketName');

const buckets = detectors(bucket, {
  47: {
    title: 'Bucket writes access logs',
    criticality: 'HIGH',
    on: { 's3:CreateBucket': bucketName, 's3:PutBucketLogging': bucketName },
    reads: { versioning },
    check: () => pass,
  },
  48: {
    title: 'Bucket keeps versions',
    criticality: 'HIGH',
    // Not the same object as `bucketName`: routing must not depend on that.
    on: { 's3:CreateBucket': ids('requestParameters.bucketName'), 's3:PutBucketVersioning': bucketName },
    reads: { versioning },
    check: () => pass,
  },
  49: {
    title: 'Bucket holds nothing that only a person can move',
    criticality: 'LOW',
    on: { 's3:PutBucketLogging': bucketName },
    reads: { versioning },
    check: () => pass,
  },
});

export const accessKey = resource('AWS::IAM::AccessKey', {
  service: 'iam',
  global: true,
  arn: ({ partition, account, id }) => `arn:${partition}:iam::${account}:access-key/${id}`,
  list: read(
    'iam',
    'ListAccessKeys',
    () => ({}),
    () => [],
  ),
});
const keys = detectors(accessKey, {
  3: {
    title: 'Access key is in use',
    criticality: 'HIGH',
    on: {
      'iam:CreateAccessKey': ids('responseElements.accessKey.accessKeyId'),
      'iam:UpdateAccessKey': ids('requestParameters.accessKeyId'),
    },
    reads: {},
    check: () => pass,
  },
});

const passwords = detectors(accountSettings('iam'), {
  10: {
    title: 'Passwords are long',
    criticality: 'MEDIUM',
    on: { 'iam:UpdateAccountPasswordPolicy': place },
    reads: {},
    check: () => pass,
  },
  11: {
    title: 'Passwords end',
    criticality: 'MEDIUM',
    on: { 'iam:UpdateAccountPasswordPolicy': place, 'iam:DeleteAccountPasswordPolicy': place },
    reads: {},
    check: () => pass,
  },
});

const regional = detectors(regionSettings('ec2'), {
  464: {
    title: 'New volumes are encrypted',
    criticality: 'MEDIUM',
    on: {
      'ec2:DisableEbsEncryptionByDefault': place,
      'account:EnableRegion': placeIn('requestParameters.RegionName'),
    },
    reads: {},
    check: () => pass,
  },
});

export const volumesOf = read(
  'ec2',
  'DescribeVolumes',
  ({ id }) => ({ Filters: [{ Name: 'attachment.instance-id', Values: [id] }] }),
  (out) => (out.Volumes ?? []).flatMap(({ VolumeId }) => VolumeId ?? []),
);
export const volume = resource('AWS::EC2::Volume', {
  service: 'ec2',
  arn: ({ partition, account, region, id }) => `arn:${partition}:ec2:${region}:${account}:volume/${id}`,
  list: volumesOf,
});
const volumes = detectors(volume, {
  115: {
    title: 'Volume is encrypted',
    criticality: 'HIGH',
    on: {
      'ec2:CreateVolume': ids('responseElements.volumeId'),
      'ec2:RunInstances': through(volumesOf, ids('responseElements.instancesSet.items[].instanceId')),
    },
    reads: {},
    check: () => pass,
  },
});

const distribution = resource('AWS::CloudFront::Distribution', {
  service: 's3',
  global: true,
  arn: ({ partition, account, id }) => `arn:${partition}:cloudfront::${account}:distribution/${id}`,
  list: volumesOf,
});
const distributions = detectors(distribution, {
  314: {
    title: 'Distribution is behind a firewall',
    criticality: 'HIGH',
    on: {
      'cloudfront:UpdateDistribution': ids('requestParameters.id'),
      'cloudfront:CreateDistribution': idsAs(
        (arn) => arn.split('/')[1] ?? '',
        'responseElements.distribution.aRN',
        'responseElements.distribution.id',
      ),
    },
    reads: {},
    check: () => pass,
  },
});

const nothing = guide({ impact: 'none', reads: {} }, () => [{ text: 'Look at it.' }]);
const versioned = edit(
  versioningDocument,
  { mode: 'approve', impact: 'storage grows', parameters: { keepDays: optional('how long', '30') } },
  () => ({ status: 'Enabled' }),
);

/** A few controls of every kind that intake and configuration have to tell apart. */
export const catalogue = joinCatalogue(
  [buckets, keys, passwords, regional, volumes, distributions],
  [
    remediations(buckets, {
      47: edit(
        versioningDocument,
        {
          mode: 'approve',
          impact: 'logs cost',
          parameters: { logBucket: required('bucket that receives the logs'), logPrefix: optional('prefix', 'logs/') },
        },
        () => ({ status: 'Enabled' }),
      ),
      48: versioned,
      49: nothing,
    }),
    remediations(keys, { 3: nothing }),
    remediations(passwords, { 10: nothing, 11: nothing }),
    remediations(regional, { 464: nothing }),
    remediations(volumes, {
      115: edit(
        versioningDocument,
        {
          mode: 'auto',
          impact: 'none',
          parameters: {
            kmsKeyArn: optional('key', 'arn:aws:kms:us-east-1:123456789012:key/abc'),
            roleArn: optional('role', ''),
            topicArn: optional('topic', ''),
            logGroup: optional('log group', ''),
            logGroupArn: optional('log group', ''),
            ownersGroup: optional('group', ''),
            retentionDays: optional('days', '7'),
            certificateArn: optional('certificate', ''),
            tlsPolicyName: optional('policy', 'x'),
          },
        },
        () => ({ status: 'Enabled' }),
      ),
    }),
    remediations(distributions, { 314: nothing }),
  ],
);
