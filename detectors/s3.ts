import { detectors, fail, ids, pass, read, readPages, resource } from '../src/control.ts';

export const bucket = resource('AWS::S3::Bucket', {
  service: 's3',
  arn: ({ partition, id }) => `arn:${partition}:s3:::${id}`,
  list: readPages(
    's3',
    'ListBuckets',
    ({ region }) => ({ BucketRegion: region }),
    (out) => (out.Buckets ?? []).flatMap(({ Name }) => Name ?? []),
    (out) => (out.ContinuationToken ? { ContinuationToken: out.ContinuationToken } : undefined),
  ),
  gone: ['NoSuchBucket'],
});
const bucketName = ids('requestParameters.bucketName');

export const versioning = read(
  's3',
  'GetBucketVersioning',
  ({ id }) => ({ Bucket: id }),
  (out) => ({ status: out.Status }),
);

export const buckets = detectors(bucket, {
  48: {
    title: 'Bucket keeps every version of its objects',
    criticality: 'HIGH',
    on: { 's3:CreateBucket': bucketName, 's3:PutBucketVersioning': bucketName },
    reads: { versioning },
    check: ({ versioning }) =>
      versioning.status === 'Enabled' ? pass : fail(`versioning is ${versioning.status ?? 'not set'}`),
  },
});
