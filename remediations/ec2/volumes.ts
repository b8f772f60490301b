import type { Volume } from '@aws-sdk/client-ec2';
import { ownSnapshots, volume, volumes } from '../../detectors/ec2/volumes.ts';
import { inOrder } from '../../detectors/in-order.ts';
import {
  byHand,
  call,
  derive,
  guide,
  nextToken,
  optional,
  readPages,
  ref,
  remediations,
  steps,
  tagsFrom,
  until,
} from '../../src/control.ts';
import { encryptedCopy, REPLACES, snapshotTag, volumeLike } from './encrypted-copy.ts';
import { whyLeftToStack } from './tags.ts';

const instances = readPages(
  'ec2',
  'DescribeInstances',
  ({ volume }) => {
    const InstanceIds = (volume.Attachments ?? []).flatMap(({ InstanceId }) => InstanceId ?? []);
    // Asked for no instance, EC2 answers with all.
    return InstanceIds.length === 0 ? [] : { InstanceIds };
  },
  (out) => (out.Reservations ?? []).flatMap(({ Instances }) => Instances ?? []),
  nextToken,
  { needs: { volume }, absent: ['InvalidInstanceID.NotFound'] },
);

const found = readPages(
  'ec2',
  'DescribeVolumes',
  ({ id }) => ({ Filters: [{ Name: 'volume-id', Values: [id] }] }),
  (out) => out.Volumes ?? [],
  nextToken,
);

/** The volume, or nothing once it is deleted. */
const original = derive({ found }, ({ found: [one] }) =>
  one === undefined || one.State === 'deleting' || one.State === 'deleted' ? undefined : one,
);

const FIRST_SNAPSHOT = 'redress:first-snapshot-of';

const tagged = readPages(
  'ec2',
  'DescribeVolumes',
  ({ id }) => ({ Filters: [{ Name: `tag:${REPLACES}`, Values: [id] }] }),
  (out) => (out.Volumes ?? []).map(({ State, Encrypted }) => ({ state: State, encrypted: Encrypted })),
  nextToken,
);
const copies = derive({ tagged }, ({ tagged }) => inOrder(tagged));

const replacing = derive({ ownSnapshots }, ({ ownSnapshots }) =>
  ownSnapshots.filter(({ tags }) => tags[REPLACES] !== undefined).map(({ state }) => state),
);

/** Why the id of a volume must not change, or nothing. Kubernetes detaches what no pod uses just now. */
function whyKept({ Tags, Operator, OutpostArn }: Volume): string | undefined {
  if (Operator?.Managed === true)
    return `the volume is managed by ${Operator.Principal ?? 'another AWS service'}: set encryption there`;
  if (OutpostArn) return 'the volume is on an Outpost, where snapshots go elsewhere: replace it by hand';
  const tags = tagsFrom(Tags);
  const kubernetes = Object.keys(tags).find((key) =>
    /^(kubernetes\.io|ebs\.csi\.aws\.com)\/|^CSIVolumeName$/.test(key),
  );
  if (kubernetes !== undefined)
    return `the volume belongs to Kubernetes (tag ${kubernetes}), which looks for it by its id even while no pod uses it: let an encrypted storage class make a new one, and copy the data`;
  return whyLeftToStack(Tags);
}

const volumeKeyArn = optional('KMS key for the encrypted copy; empty means the default key of EBS.', '');

export const volumeRemediations = remediations(volumes, {
  115: guide(
    {
      impact:
        'the instance is stopped and started: data on instance store and a public address that is not an Elastic IP are lost',
      reads: { volume, instances },
      parameters: { volumeKeyArn },
      note: 'Encryption cannot be switched on for a volume that exists: it is replaced by an encrypted copy.',
    },
    ({ parameters, ...original }) => encryptedCopy({ ...original, key: parameters.volumeKeyArn }),
  ),
  116: steps(
    {
      mode: 'approve',
      impact:
        'an encrypted copy under another id takes the place of the volume, which is deleted: whatever names the old id no longer finds it. A snapshot without encryption stays until you delete it (control 127 will name it). A volume whose snapshot takes over half an hour is left alone',
      undo: 'none',
      reads: { original, replacing, copies },
      parameters: { volumeKeyArn },
      note: 'The volume is deleted only when its snapshot is complete and the copy can be used. The snapshot is kept, so that nothing is ever in one place only.',
    },
    ({ step }) => [
      step(
        'save',
        call('ec2', 'CreateSnapshot', ({ id }) => ({
          VolumeId: id,
          Description: `Before encrypting ${id}`,
          TagSpecifications: snapshotTag(REPLACES, id),
        })),
        { repeat: 'once', until: until(replacing, (states) => states.includes('completed')) },
      ),
      step(
        'copy',
        call('ec2', 'CreateVolume', ({ id, original, parameters }) => ({
          SnapshotId: ref('save', 'SnapshotId'),
          ...volumeLike(original ?? {}, [{ Key: REPLACES, Value: id }]),
          Encrypted: true,
          ...(parameters.volumeKeyArn ? { KmsKeyId: parameters.volumeKeyArn } : {}),
        })),
        {
          repeat: 'once',
          until: until(copies, (made) => made.some(({ state, encrypted }) => state === 'available' && encrypted)),
        },
      ),
      step(
        'delete-old',
        call('ec2', 'DeleteVolume', ({ id }) => ({ VolumeId: id }), { already: ['InvalidVolume.NotFound'] }),
        { repeat: 'once', until: until(original, (one) => one === undefined) },
      ),
    ],
    ({ original, replacing, copies }) => {
      const kept = original && whyKept(original);
      if (kept !== undefined) return byHand(kept);
      if (replacing.length > 0 || copies.length > 0)
        return byHand(
          `an earlier attempt left a snapshot or a copy (tag ${REPLACES}): use what it made and delete the volume, or delete what it made and plan again`,
        );
      return {
        original: undefined,
        replacing: ['completed' as const],
        copies: [{ state: 'available' as const, encrypted: true }],
      };
    },
  ),
  203: guide(
    {
      impact:
        'an attached volume is swapped while its instance is stopped: data on instance store and a public address that is not an Elastic IP are lost',
      reads: { volume, instances },
      parameters: {
        volumeKeyArn: optional(
          'Customer managed KMS key for the copy, in the region of the volume; empty leaves it open in the runbook.',
          '',
        ),
      },
      note: 'The key of a volume cannot be changed: it is replaced by a copy under another key, made from a snapshot.',
    },
    ({ parameters, ...original }) => encryptedCopy({ ...original, key: parameters.volumeKeyArn || '<key-arn>' }),
  ),
  508: steps(
    {
      mode: 'approve',
      impact:
        'no interruption; the snapshot is billed and holds what is on the disk at this moment, not what applications keep in memory. Volumes that come and go (Auto Scaling, Kubernetes nodes) are better exempted by tag',
      reads: { ownSnapshots },
    },
    ({ step }) => [
      step(
        'snapshot',
        call('ec2', 'CreateSnapshot', ({ id }) => ({
          VolumeId: id,
          Description: `First snapshot of ${id}`,
          TagSpecifications: snapshotTag(FIRST_SNAPSHOT, id),
        })),
        {
          repeat: 'once',
          undo: call('ec2', 'DeleteSnapshot', () => ({ SnapshotId: ref('snapshot', 'SnapshotId') }), {
            already: ['InvalidSnapshot.NotFound'],
          }),
          until: until(ownSnapshots, (all) => all.some(({ state }) => state === 'completed')),
        },
      ),
    ],
    ({ id, ownSnapshots }) => {
      if (ownSnapshots.some(({ state }) => state === 'pending'))
        return byHand('a snapshot of the volume is under way already: nothing has to be done but to wait for it');
      return {
        ownSnapshots: inOrder([...ownSnapshots, { state: 'completed' as const, tags: { [FIRST_SNAPSHOT]: id } }]),
      };
    },
  ),
});
