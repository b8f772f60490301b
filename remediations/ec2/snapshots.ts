import type { CreateVolumePermission } from '@aws-sdk/client-ec2';
import { createVolumePermissions, snapshots } from '../../detectors/ec2/snapshots.ts';
import { call, document, edit, remediations } from '../../src/control.ts';
import { difference } from '../difference.ts';

const change = (id: string, OperationType: 'add' | 'remove', permissions: readonly CreateVolumePermission[]) => {
  const GroupNames = permissions.flatMap(({ Group }) => Group ?? []);
  const UserIds = permissions.flatMap(({ UserId }) => UserId ?? []);
  if (permissions.length === 0) return undefined;
  return {
    SnapshotId: id,
    Attribute: 'createVolumePermission' as const,
    OperationType,
    ...(GroupNames.length > 0 ? { GroupNames } : {}),
    ...(UserIds.length > 0 ? { UserIds } : {}),
  };
};

const createVolumePermissionDocument = document(createVolumePermissions, {
  write: [
    call('ec2', 'ModifySnapshotAttribute', ({ id }, wanted, current) =>
      change(id, 'remove', difference(current, wanted).removed),
    ),
    call('ec2', 'ModifySnapshotAttribute', ({ id }, wanted, current) =>
      change(id, 'add', difference(current, wanted).added),
    ),
  ],
});

export const snapshotRemediations = remediations(snapshots, {
  146: edit(
    createVolumePermissionDocument,
    {
      mode: 'auto',
      impact: 'outsiders lose the snapshot; own volumes and accounts it is shared with by number notice nothing',
    },
    (current) => current.filter(({ Group }) => Group !== 'all'),
  ),
});
