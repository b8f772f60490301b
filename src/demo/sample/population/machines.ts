import { ago, type Setting, sampleIds } from '../setting.ts';
import type { Instance, Volume, World } from '../world.ts';

/** An instance that answers IMDSv1 and has an unencrypted disk; another without fault. */
export function machines(setting: Setting): Pick<World['ec2'], 'instances' | 'volumes'> {
  const { account, partition, region } = setting;
  const zone = `${region}a`;
  const key = `arn:${partition}:kms:${region}:${account}:key/${sampleIds.volumeKey}`;
  const instance = (InstanceId: string, name: string, tokens: 'optional' | 'required'): Instance => ({
    InstanceId,
    ImageId: sampleIds.goldenImage,
    InstanceType: 't3.small',
    State: { Code: 16, Name: 'running' },
    SubnetId: sampleIds.publicSubnet,
    VpcId: sampleIds.vpc,
    LaunchTime: ago(setting, 20),
    Placement: { AvailabilityZone: zone, Tenancy: 'default' },
    RootDeviceName: '/dev/xvda',
    RootDeviceType: 'ebs',
    SecurityGroups: [{ GroupId: sampleIds.webGroup, GroupName: 'web' }],
    // Containers on these machines need the second hop.
    MetadataOptions: {
      State: 'applied',
      HttpTokens: tokens,
      HttpPutResponseHopLimit: 2,
      HttpEndpoint: 'enabled',
      HttpProtocolIpv6: 'disabled',
      InstanceMetadataTags: 'enabled',
    },
    Tags: [
      { Key: 'Name', Value: name },
      { Key: 'team', Value: 'shop' },
    ],
  });
  const volume = (
    VolumeId: string,
    name: string,
    at: [InstanceId: string, Device: string],
    encrypted: boolean,
  ): Volume => ({
    VolumeId,
    AvailabilityZone: zone,
    CreateTime: ago(setting, 20),
    Size: 40,
    VolumeType: 'gp3',
    Iops: 3000,
    Throughput: 125,
    State: 'in-use',
    MultiAttachEnabled: false,
    Encrypted: encrypted,
    ...(encrypted && { KmsKeyId: key }),
    Attachments: [
      {
        VolumeId,
        InstanceId: at[0],
        Device: at[1],
        State: 'attached',
        AttachTime: ago(setting, 20),
        DeleteOnTermination: at[1] === '/dev/xvda',
      },
    ],
    Tags: [{ Key: 'Name', Value: name }],
  });
  const list = [instance(sampleIds.web1, 'web-1', 'optional'), instance(sampleIds.web2, 'web-2', 'required')];
  const disks = [
    volume(sampleIds.web1Root, 'web-1 root', [sampleIds.web1, '/dev/xvda'], true),
    volume(sampleIds.web1Data, 'web-1 data', [sampleIds.web1, '/dev/sdf'], false),
    volume(sampleIds.web2Root, 'web-2 root', [sampleIds.web2, '/dev/xvda'], true),
  ];
  return {
    instances: Object.fromEntries(list.map((one) => [one.InstanceId, one])),
    volumes: Object.fromEntries(disks.map((one) => [one.VolumeId, one])),
  };
}
