import type { EncryptionType } from '@aws-sdk/client-kinesis';
import { retention, streamKeyId, streams, WEEK } from '../detectors/kinesis.ts';
import { call, document, edit, remediations } from '../src/control.ts';

export const KMS: EncryptionType = 'KMS';

/** Which KMS key encrypts a data stream. Taking it away needs the name of the key. */
export const streamKeyDocument = document(streamKeyId, {
  write: call('kinesis', 'StartStreamEncryption', ({ id }, KeyId) => ({
    StreamName: id,
    EncryptionType: KMS,
    KeyId,
  })),
  remove: call('kinesis', 'StopStreamEncryption', ({ id }, current) => ({
    StreamName: id,
    EncryptionType: KMS,
    KeyId: current,
  })),
});

// There is a call for longer and one for shorter, and each refuses the other's values.
const retentionDocument = document(retention, {
  write: [
    call('kinesis', 'IncreaseStreamRetentionPeriod', ({ id }, hours: number, current: number) =>
      hours > current ? { StreamName: id, RetentionPeriodHours: hours } : undefined,
    ),
    call('kinesis', 'DecreaseStreamRetentionPeriod', ({ id }, hours: number, current: number) =>
      hours < current ? { StreamName: id, RetentionPeriodHours: hours } : undefined,
    ),
  ],
});

export const streamRemediations = remediations(streams, {
  514: edit(
    retentionDocument,
    {
      mode: 'approve',
      impact:
        'none for producers and consumers. Keeping records beyond a day is billed by shard and hour, or by volume on demand: with many shards it can be as much again as the shards. Undoing it deletes at once whatever is older than the old time',
      undo: 'best-effort',
    },
    (current) => Math.max(current, WEEK),
  ),
});
