import { detectors, fail, ids, nextToken, only, pass, read, readPages, resource, skip } from '../../src/control.ts';
import { inOrder } from '../in-order.ts';
import { tags } from './tags.ts';

const image = read(
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
  },
);
