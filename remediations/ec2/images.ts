import { images, launchPermissions } from '../../detectors/ec2/images.ts';
import { call, document, edit, remediations } from '../../src/control.ts';
import { difference } from '../difference.ts';

const launchPermissionDocument = document(launchPermissions, {
  write: call('ec2', 'ModifyImageAttribute', ({ id }, wanted, current) => {
    const { added, removed } = difference(current, wanted);
    if (added.length + removed.length === 0) return undefined;
    return {
      ImageId: id,
      LaunchPermission: {
        ...(added.length > 0 ? { Add: added } : {}),
        ...(removed.length > 0 ? { Remove: removed } : {}),
      },
    };
  }),
});

export const imageRemediations = remediations(images, {
  114: edit(
    launchPermissionDocument,
    {
      mode: 'approve',
      impact:
        'running instances go on; accounts that launched the public image can no longer, and their Auto Scaling fails at the next launch. Making it public again is refused while block public access for AMIs is on',
    },
    (current) => current.filter(({ Group }) => Group !== 'all'),
  ),
});
