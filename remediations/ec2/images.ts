import { image, images, launchPermissions, plainDisks } from '../../detectors/ec2/images.ts';
import { call, concrete, document, edit, guide, optional, remediations } from '../../src/control.ts';
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
  126: guide(
    {
      impact:
        'the copy has another id: launches, Auto Scaling and other accounts that name the old one fail once it is deregistered',
      reads: { image, launchPermissions },
      parameters: {
        volumeKeyArn: optional(
          'Customer managed KMS key for the copy, in the region of the image; empty leaves it open in the runbook.',
          '',
        ),
      },
      note: 'The snapshots of an image cannot be encrypted in place: the image is copied.',
    },
    ({ id, region, image, launchPermissions, parameters }) => [
      {
        text: `${id} (${image.Name}) has disks without encryption: ${plainDisks(image)
          .map(({ DeviceName, Ebs }) => `${DeviceName} from ${Ebs?.SnapshotId ?? 'a snapshot'}`)
          .join(', ')}.`,
      },
      {
        text: 'Copy it. Use a key of your own: an image under the AWS managed key can never be shared with another account, and Auto Scaling needs the key policy to admit its service-linked role.',
        call: concrete('ec2', 'CopyImage', {
          SourceImageId: id,
          SourceRegion: region,
          Name: `${image.Name ?? id}-encrypted`.slice(-128),
          ...(image.Description ? { Description: image.Description } : {}),
          Encrypted: true,
          KmsKeyId: parameters.volumeKeyArn || '<key-arn>',
          CopyImageTags: true,
        }),
      },
      {
        text: 'Wait until the copy is available, start an instance from it, and see that it works: aws ec2 wait image-available --image-ids <new-image-id>',
      },
      ...(launchPermissions.length > 0
        ? [
            {
              text: 'Share the copy as the image was shared, and let the key policy allow those accounts kms:Decrypt, kms:DescribeKey and kms:CreateGrant. A share with everyone is not possible any more.',
              call: concrete('ec2', 'ModifyImageAttribute', {
                ImageId: '<new-image-id>',
                LaunchPermission: { Add: launchPermissions.filter(({ Group }) => Group !== 'all') },
              }),
            },
          ]
        : []),
      {
        text: `Let everything that names ${id} name the copy: launch templates, launch configurations, Auto Scaling groups, CloudFormation, SSM parameters, Image Builder, other accounts.`,
      },
      {
        text: 'Then disable the old image for a while: launches that still name it fail now, and can be helped at once.',
        call: concrete('ec2', 'DisableImage', { ImageId: id }),
      },
      { text: 'To go back, enable it again.', call: concrete('ec2', 'EnableImage', { ImageId: id }) },
      ...(image.DeregistrationProtection?.startsWith('enabled')
        ? [
            {
              text: 'It is protected from being deregistered. Take the protection off when you are sure.',
              call: concrete('ec2', 'DisableImageDeregistrationProtection', { ImageId: id }),
            },
          ]
        : []),
      {
        text: 'When nobody has missed it, deregister it, and its snapshots with it. Only a Recycle Bin rule could bring it back.',
        call: concrete('ec2', 'DeregisterImage', { ImageId: id, DeleteAssociatedSnapshots: true }),
      },
    ],
  ),
});
