import { buckets, versioning } from '../detectors/s3.ts';
import { call, document, edit, remediations } from '../src/control.ts';

const versioningDocument = document(versioning, {
  write: call('s3', 'PutBucketVersioning', ({ id }, { status }) => ({
    Bucket: id,
    VersioningConfiguration: { Status: status },
  })),
});
export const x = remediations(buckets, {
  48: edit(
    versioningDocument,
    { mode: 'approve', impact: 'storage grows; a bucket can never return to unversioned' },
    (current) => ({ ...current, status: 'Enabled' }),
  ),
});
