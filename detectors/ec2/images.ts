import type { Image } from '@aws-sdk/client-ec2';
import {
  detectors,
  fail,
  ids,
  nextToken,
  only,
  pass,
  read,
  readPages,
  resource,
  skip,
  through,
} from '../../src/control.ts';
import { inOrder } from '../in-order.ts';
import { tags } from './tags.ts';

export const image = read(
  'ec2',
  'DescribeImages',
  ({ id }) => ({ ImageIds: [id], IncludeDisabled: true }),
  (out) => only(out.Images),
);

/** Whom an image may be launched by: groups, accounts, organisations and OUs. */
export const launchPermissions = read(
  'ec2',
  'DescribeImageAttribute',
  ({ id }) => ({ ImageId: id, Attribute: 'launchPermission' as const }),
  (out) => inOrder(out.LaunchPermissions ?? []),
);

const ENDED = ['deregistered', 'invalid', 'failed', 'error'];

const imageId = ids('requestParameters.imageId');

const imported = readPages(
  'ec2',
  'DescribeImportImageTasks',
  ({ id }) => ({ ImportTaskIds: [id] }),
  (out) => (out.ImportImageTasks ?? []).flatMap(({ ImageId }) => ImageId ?? []),
  nextToken,
);

/** Disks of an image that its instances get from snapshots without encryption. */
export const plainDisks = ({ BlockDeviceMappings = [] }: Image) =>
  BlockDeviceMappings.filter(({ Ebs }) => Ebs !== undefined && Ebs.Encrypted !== true);

export const images = detectors(
  resource('AWS::EC2::Image', {
    service: 'ec2',
    arn: ({ partition, region, id }) => `arn:${partition}:ec2:${region}::image/${id}`,
    list: readPages(
      'ec2',
      'DescribeImages',
      () => ({ Owners: ['self'], IncludeDisabled: true }),
      (out) => (out.Images ?? []).flatMap(({ ImageId }) => ImageId ?? []),
      nextToken,
    ),
    gone: ['InvalidAMIID.NotFound', 'InvalidAMIID.Unavailable'],
    tags,
  }),
  {
    114: {
      title: 'AMI can be launched only by accounts it is shared with',
      criticality: 'HIGH',
      on: { 'ec2:ModifyImageAttribute': imageId, 'ec2:ResetImageAttribute': imageId },
      reads: { image, launchPermissions },
      check: ({ image, launchPermissions }, { account }) => {
        if (image.OwnerId !== undefined && image.OwnerId !== account)
          return skip('the image belongs to another account');
        if (image.ImageOwnerAlias === 'aws-backup-vault') return skip('the image belongs to an AWS Backup vault');
        if (ENDED.includes(image.State ?? '')) return skip(`the image is ${image.State}`);
        return launchPermissions.some(({ Group }) => Group === 'all') ? fail('everyone may launch this image') : pass;
      },
      note: "Resetting the launch permission, the tempting shortcut, would drop the shares with named accounts too. The document's command has a stray character and a broken option.",
    },
    126: {
      title: 'AMI consists of encrypted snapshots',
      criticality: 'MEDIUM',
      on: {
        'ec2:CreateImage': ids('responseElements.imageId'),
        'ec2:CopyImage': ids('responseElements.imageId'),
        'ec2:RegisterImage': ids('responseElements.imageId'),
        'ec2:ImportImage': through(
          imported,
          ids('responseElements.importTaskId', 'responseElements.ImportImageResponse.importTaskId'),
        ),
        'ec2:RestoreImageFromRecycleBin': ids(
          'requestParameters.RestoreImageFromRecycleBinRequest.ImageId',
          'requestParameters.imageId',
        ),
        'ec2:CreateRestoreImageTask': ids(
          'responseElements.CreateRestoreImageTaskResponse.imageId',
          'responseElements.imageId',
        ),
        'ec2:DeregisterImage': imageId,
      },
      reads: { image },
      check: ({ image }, { account }) => {
        if (image.OwnerId !== undefined && image.OwnerId !== account)
          return skip('the image belongs to another account');
        if (image.State !== 'available' && image.State !== 'pending') return skip(`the image is ${image.State}`);
        if (!image.BlockDeviceMappings?.some(({ Ebs }) => Ebs !== undefined))
          return skip('the image has no EBS snapshots (yet)');
        const plain = plainDisks(image).map(
          ({ DeviceName, Ebs }) => `${DeviceName} (${Ebs?.SnapshotId ?? 'no snapshot'})`,
        );
        return plain.length === 0 ? pass : fail(`without encryption: ${plain.join(', ')}`);
      },
      note: "The document's delete-image belongs to AppStream, and a deregistered image breaks every launch template that names it. The runbook moves the references, tries by disabling, and deregisters last.",
    },
  },
);
