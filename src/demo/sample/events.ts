import { assumedRole, type Caller, cloudTrailRecord, consoleUser } from './cloudtrail.ts';
import { PARTNER, sampleIds } from './setting.ts';
import type { World } from './world.ts';

const alice = consoleUser('alice');
const bob = consoleUser('bob');
const terraform = assumedRole('terraform-apply', 'run-4711', 'APN/1.0 HashiCorp/1.0 Terraform/1.9.5');
const pipeline = assumedRole('release-pipeline', 'build-982', 'aws-cli/2.31.0 md/Botocore#1.40.2');

interface Told {
  readonly by: Caller;
  readonly call: `${string}:${string}`;
  readonly requestParameters: Readonly<Record<string, unknown>> | null;
  readonly responseElements?: Readonly<Record<string, unknown>>;
}

/** CloudTrail's account of how each misconfiguration came about, in the order in which it happened. */
export function sampleEvents(world: World): readonly Readonly<Record<string, unknown>>[] {
  const start = world.now().getTime() - 60 * 60 * 1000;
  return story(world).map(({ call, ...told }, index) => {
    const [source = '', name = ''] = call.split(':');
    const at = new Date(start + index * 3 * 60 * 1000);
    // IAM, and S3's settings of the whole account, are told of in the partition's first region.
    const region = source === 'iam' ? 'us-east-1' : world.region;
    return cloudTrailRecord({ source, name, account: world.account, region, at, ...told });
  });
}

function story(world: World): readonly Told[] {
  const { account, partition, region } = world;
  const topic = `arn:${partition}:sns:${region}:${account}:orders`;
  const bucket = (bucketName: string) => ({ bucketName, Host: `${bucketName}.s3.${region}.amazonaws.com` });
  return [
    { by: alice, call: 's3:CreateBucket', requestParameters: bucket('acme-press-kit') },
    {
      by: alice,
      call: 's3:PutBucketAcl',
      requestParameters: { ...bucket('acme-press-kit'), acl: '', 'x-amz-acl': 'public-read' },
    },
    {
      by: alice,
      call: 's3:PutBucketPolicy',
      requestParameters: {
        ...bucket('acme-press-kit'),
        policy: '',
        bucketPolicy: JSON.parse(world.s3.buckets['acme-press-kit']?.policy ?? '{}'),
      },
    },
    {
      by: bob,
      call: 's3:PutBucketVersioning',
      requestParameters: {
        ...bucket('acme-exports'),
        versioning: '',
        VersioningConfiguration: { Status: 'Suspended' },
      },
    },
    {
      by: terraform,
      call: 's3:PutAccountPublicAccessBlock',
      requestParameters: {
        accountId: account,
        publicAccessBlock: '',
        PublicAccessBlockConfiguration: { IgnorePublicAcls: true, RestrictPublicBuckets: true },
      },
    },
    {
      by: terraform,
      call: 'iam:UpdateAccountPasswordPolicy',
      requestParameters: {
        minimumPasswordLength: 14,
        requireSymbols: true,
        requireNumbers: true,
        requireLowercaseCharacters: true,
        requireUppercaseCharacters: false,
        allowUsersToChangePassword: true,
        passwordReusePrevention: 12,
        hardExpiry: false,
      },
    },
    {
      by: pipeline,
      call: 'iam:PutUserPolicy',
      requestParameters: {
        userName: 'ci-deploy',
        policyName: 'update-services',
        policyDocument: world.iam.users['ci-deploy']?.inline['update-services'],
      },
    },
    {
      by: bob,
      call: 'iam:UpdateAccessKey',
      requestParameters: { userName: 'ci-deploy', accessKeyId: sampleIds.staleKey, status: 'Active' },
    },
    {
      by: pipeline,
      call: 'ec2:RunInstances',
      requestParameters: {
        instancesSet: { items: [{ imageId: sampleIds.goldenImage, minCount: 1, maxCount: 1 }] },
        instanceType: 't3.small',
        subnetId: sampleIds.publicSubnet,
      },
      responseElements: {
        ownerId: account,
        instancesSet: { items: [{ instanceId: sampleIds.web1, imageId: sampleIds.goldenImage }] },
      },
    },
    {
      by: alice,
      call: 'ec2:AttachVolume',
      requestParameters: { volumeId: sampleIds.web1Data, instanceId: sampleIds.web1, device: '/dev/sdf' },
      responseElements: { volumeId: sampleIds.web1Data, instanceId: sampleIds.web1, status: 'attaching' },
    },
    {
      by: alice,
      call: 'ec2:ModifySnapshotAttribute',
      requestParameters: {
        snapshotId: sampleIds.ordersSnapshot,
        createVolumePermission: { add: { items: [{ group: 'all' }] } },
        attributeType: 'CREATE_VOLUME_PERMISSION',
      },
      responseElements: { _return: true },
    },
    {
      by: pipeline,
      call: 'ec2:ModifyImageAttribute',
      requestParameters: {
        imageId: sampleIds.goldenImage,
        launchPermission: { add: { items: [{ userId: PARTNER }, { group: 'all' }] } },
        attributeType: 'launchPermission',
      },
      responseElements: { _return: true },
    },
    {
      by: terraform,
      call: 'ec2:ModifySubnetAttribute',
      requestParameters: { subnetId: sampleIds.publicSubnet, mapPublicIpOnLaunch: { value: true } },
      responseElements: { _return: true },
    },
    {
      by: bob,
      call: 'ec2:AuthorizeSecurityGroupIngress',
      requestParameters: {
        groupId: sampleIds.webGroup,
        ipPermissions: {
          items: [
            {
              ipProtocol: 'tcp',
              fromPort: 22,
              toPort: 22,
              groups: {},
              ipRanges: { items: [{ cidrIp: '203.0.113.0/24' }] },
              ipv6Ranges: {},
              prefixListIds: {},
            },
          ],
        },
      },
      responseElements: { _return: true },
    },
    {
      by: bob,
      call: 'ec2:DisableEbsEncryptionByDefault',
      requestParameters: { DisableEbsEncryptionByDefaultRequest: {} },
      responseElements: { DisableEbsEncryptionByDefaultResponse: { ebsEncryptionByDefault: false } },
    },
    {
      by: pipeline,
      call: 'sns:SetTopicAttributes',
      requestParameters: {
        topicArn: topic,
        attributeName: 'Policy',
        attributeValue: world.sns.topics[topic]?.attributes.Policy,
      },
    },
    {
      by: alice,
      call: 'ssm:ResetServiceSetting',
      requestParameters: { settingId: '/ssm/documents/console/public-sharing-permission' },
    },
  ];
}
