import { describe, expect, it } from 'vitest';
import { ACCOUNT, type Answers, callsOf, planFor } from '../controls.ts';

const everyone = { Group: 'all' };

describe('114', () => {
  const ImageId = 'ami-1';
  const state = (...LaunchPermissions: object[]) => ({
    'ec2:DescribeImages': { Images: [{ ImageId, OwnerId: ACCOUNT }] },
    'ec2:DescribeImageAttribute': { LaunchPermissions },
  });
  const modify = (LaunchPermission: object) => ['ec2:ModifyImageAttribute', { ImageId, LaunchPermission }];

  it('takes everyone away, and nobody who is named', async () => {
    const plan = await planFor(114, ImageId, state({ UserId: '1' }, everyone, { OrganizationArn: 'o' }));
    expect(callsOf(plan)).toEqual({ steps: [modify({ Remove: [everyone] })], undo: [modify({ Add: [everyone] })] });
    expect(plan.after).toEqual([{ OrganizationArn: 'o' }, { UserId: '1' }]);
  });

  it('makes the same plan in whatever order AWS answers', async () => {
    const one = await planFor(114, ImageId, state({ UserId: '1' }, everyone));
    expect(await planFor(114, ImageId, state(everyone, { UserId: '1' }))).toEqual(one);
  });
});

describe('146', () => {
  const SnapshotId = 'snap-1';
  const state = (...CreateVolumePermissions: object[]) => ({
    'ec2:DescribeSnapshots': { Snapshots: [{ SnapshotId, OwnerId: ACCOUNT }] },
    'ec2:DescribeSnapshotAttribute': { CreateVolumePermissions },
  });
  const modify = (OperationType: string) => [
    'ec2:ModifySnapshotAttribute',
    { SnapshotId, Attribute: 'createVolumePermission', OperationType, GroupNames: ['all'] },
  ];

  it('takes everyone away, and nobody who is named', async () => {
    const plan = await planFor(146, SnapshotId, state({ UserId: '1' }, everyone));
    expect(callsOf(plan)).toEqual({ steps: [modify('remove')], undo: [modify('add')] });
    expect(plan).toMatchObject({ mode: 'auto', after: [{ UserId: '1' }] });
  });

  it('makes the same plan in whatever order AWS answers', async () => {
    const one = await planFor(146, SnapshotId, state({ UserId: '1' }, everyone));
    expect(await planFor(146, SnapshotId, state(everyone, { UserId: '1' }))).toEqual(one);
  });
});

describe('196', () => {
  it('switches one attribute', async () => {
    const SubnetId = 'subnet-1';
    const Subnets = [{ SubnetId, OwnerId: ACCOUNT, MapPublicIpOnLaunch: true }];
    const plan = await planFor(196, SubnetId, { 'ec2:DescribeSubnets': { Subnets } });
    const set = (Value: boolean) => ['ec2:ModifySubnetAttribute', { SubnetId, MapPublicIpOnLaunch: { Value } }];
    expect(callsOf(plan)).toEqual({ steps: [set(false)], undo: [set(true)] });
  });
});

describe('289', () => {
  const GroupId = 'sg-1';
  const base = { GroupId, GroupOwnerId: ACCOUNT, IsEgress: false, IpProtocol: 'tcp', FromPort: 443, ToPort: 443 };
  const rule = (SecurityGroupRuleId: string, more: object) => ({ SecurityGroupRuleId, ...base, ...more });
  const state = (...SecurityGroupRules: object[]): Answers => ({
    'ec2:DescribeSecurityGroupRules': { SecurityGroupRules },
  });
  const parameters = { ruleDescription: 'x' };
  const Description = 'x';
  const described = async (more: object) => {
    const plan = await planFor(289, GroupId, state(rule('sgr-1', more)), { parameters });
    return plan.steps.map(({ operation, input }) => [operation, input]);
  };
  const ingress = (permission: object) => [
    ['UpdateSecurityGroupRuleDescriptionsIngress', { GroupId, IpPermissions: [permission] }],
  ];
  const tcp = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443 };

  it.each<[string, object, object]>([
    ['IPv4', { CidrIpv4: '10.0.0.0/8' }, { ...tcp, IpRanges: [{ CidrIp: '10.0.0.0/8', Description }] }],
    ['IPv6', { CidrIpv6: '::/0' }, { ...tcp, Ipv6Ranges: [{ CidrIpv6: '::/0', Description }] }],
    ['a prefix list', { PrefixListId: 'pl-1' }, { ...tcp, PrefixListIds: [{ PrefixListId: 'pl-1', Description }] }],
    [
      'a group of another account',
      { ReferencedGroupInfo: { GroupId: 'sg-2', UserId: '999988887777', VpcPeeringConnectionId: 'pcx-1' } },
      { ...tcp, UserIdGroupPairs: [{ GroupId: 'sg-2', UserId: '999988887777', Description }] },
    ],
    [
      'everything',
      { IpProtocol: '-1', FromPort: -1, ToPort: -1, CidrIpv4: '0.0.0.0/0' },
      { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0', Description }] },
    ],
    [
      'a protocol without ports',
      { IpProtocol: '50', FromPort: -1, ToPort: -1, CidrIpv4: '10.0.0.0/8' },
      { IpProtocol: '50', IpRanges: [{ CidrIp: '10.0.0.0/8', Description }] },
    ],
    [
      'ping',
      { IpProtocol: 'icmp', FromPort: 8, ToPort: -1, CidrIpv4: '10.0.0.0/8' },
      { IpProtocol: 'icmp', FromPort: 8, ToPort: -1, IpRanges: [{ CidrIp: '10.0.0.0/8', Description }] },
    ],
  ])('names the rule by what it allows: %s', async (_, more, permission) => {
    expect(await described(more)).toEqual(ingress(permission));
  });

  it('sends only rules without a description, each way by its own call, and undoes to none', async () => {
    const plan = await planFor(
      289,
      GroupId,
      state(
        rule('sgr-3', { CidrIpv4: '10.3.0.0/16', IsEgress: true }),
        rule('sgr-2', { CidrIpv4: '10.2.0.0/16', Description: 'the shop' }),
        rule('sgr-1', { CidrIpv4: '10.1.0.0/16', Description: ' ' }),
      ),
      { parameters },
    );
    const call = (way: string, CidrIp: string, more: object) => [
      `ec2:UpdateSecurityGroupRuleDescriptions${way}`,
      { GroupId, IpPermissions: [{ ...tcp, IpRanges: [{ CidrIp, ...more }] }] },
    ];
    expect(callsOf(plan)).toEqual({
      steps: [call('Ingress', '10.1.0.0/16', { Description }), call('Egress', '10.3.0.0/16', { Description })],
      undo: [call('Ingress', '10.1.0.0/16', { Description: ' ' }), call('Egress', '10.3.0.0/16', {})],
    });
  });

  it('makes the same plan in whatever order AWS answers', async () => {
    const [one, two] = [rule('sgr-1', { CidrIpv4: '10.1.0.0/16' }), rule('sgr-2', { CidrIpv4: '10.2.0.0/16' })];
    expect(await planFor(289, GroupId, state(two, one))).toEqual(await planFor(289, GroupId, state(one, two)));
  });

  it.each<[string, object, string]>([
    ['{rule}', { CidrIpv4: '10.0.0.0/8' }, 'tcp 443 from 10.0.0.0/8'],
    ['{rule}', { CidrIpv4: '10.0.0.0/8', ToPort: 445 }, 'tcp 443-445 from 10.0.0.0/8'],
    ['{rule}', { IpProtocol: '-1', ReferencedGroupInfo: { GroupId: 'sg-2' } }, 'all traffic from sg-2'],
    ['Büro «Ost» <a|b>', {}, 'B ro  Ost   a b '],
    ['x'.repeat(300), {}, 'x'.repeat(255)],
  ])('writes what EC2 accepts: %s', async (ruleDescription, more, text) => {
    const answers = state(
      rule('sgr-1', {
        CidrIpv4: '10.0.0.0/8',
        ...('ReferencedGroupInfo' in more ? { CidrIpv4: undefined } : {}),
        ...more,
      }),
    );
    const plan = await planFor(289, GroupId, answers, { parameters: { ruleDescription } });
    expect(plan.after).toMatchObject([{ Description: text }]);
  });
});

describe('322', () => {
  it('requires tokens and sends every other option as it was', async () => {
    const InstanceId = 'i-1';
    const options = {
      ...{ HttpEndpoint: 'enabled', HttpPutResponseHopLimit: 2, HttpProtocolIpv6: 'disabled' },
      InstanceMetadataTags: 'enabled',
    };
    const MetadataOptions = { State: 'applied', HttpTokens: 'optional', ...options };
    const answers = {
      'ec2:DescribeInstances': { Reservations: [{ Instances: [{ InstanceId, MetadataOptions }] }] },
    };
    const set = (HttpTokens: string) => ['ec2:ModifyInstanceMetadataOptions', { InstanceId, HttpTokens, ...options }];
    expect(callsOf(await planFor(322, InstanceId, answers))).toEqual({
      steps: [set('required')],
      undo: [set('optional')],
    });
  });
});

describe('339', () => {
  const KEY = `arn:aws:kms:eu-west-1:${ACCOUNT}:key/new`;
  const OLD = `arn:aws:kms:eu-west-1:${ACCOUNT}:key/old`;
  const state = (EbsEncryptionByDefault: boolean, KmsKeyId: string): Answers => ({
    'ec2:GetEbsEncryptionByDefault': { EbsEncryptionByDefault },
    'ec2:GetEbsDefaultKmsKeyId': { KmsKeyId },
  });
  const key = (KmsKeyId: string) => ['ec2:ModifyEbsDefaultKmsKeyId', { KmsKeyId }];
  const [on, off, reset] = [
    ['ec2:EnableEbsEncryptionByDefault', {}],
    ['ec2:DisableEbsEncryptionByDefault', {}],
    ['ec2:ResetEbsDefaultKmsKeyId', {}],
  ];

  it.each([
    ['off, key of AWS', state(false, 'alias/aws/ebs'), [key(KEY), on], [off, reset]],
    ['off, another key', state(false, OLD), [key(KEY), on], [key(OLD), off]],
    ['off, this key', state(false, KEY), [on], [off]],
    ['on, key of AWS', state(true, 'alias/aws/ebs'), [key(KEY)], [reset]],
    ['on, a key that is going', state(true, OLD), [key(KEY)], [key(OLD)]],
  ])('%s: the key first, so that nothing uses the key of AWS in between', async (_, answers, steps, undo) => {
    const plan = await planFor(339, undefined, answers, { parameters: { volumeKeyArn: KEY } });
    expect(callsOf(plan)).toEqual({ steps, undo });
  });

  it('names the key as missing', async () => {
    expect(await planFor(339, undefined, {})).toMatchObject({ missing: ['volumeKeyArn'], steps: [] });
  });
});

describe('115', () => {
  const ID = 'vol-1';
  const volume = {
    ...{ VolumeId: ID, State: 'in-use', Encrypted: false, Size: 8, VolumeType: 'gp3', Iops: 3000, Throughput: 125 },
    ...{ AvailabilityZone: 'eu-west-1a', Attachments: [{ InstanceId: 'i-1', Device: '/dev/sda1' }] },
  };
  const instance = { InstanceId: 'i-1', RootDeviceName: '/dev/sda1', RootDeviceType: 'ebs' };
  const guide = async (more: object = {}, ofInstance: object = {}, parameters: Record<string, string> = {}) => {
    const plan = await planFor(
      115,
      ID,
      {
        'ec2:DescribeVolumes': { Volumes: [{ ...volume, ...more }] },
        'ec2:DescribeInstances': { Reservations: [{ Instances: [{ ...instance, ...ofInstance }] }] },
      },
      { parameters },
    );
    expect(plan).toMatchObject({ kind: 'guide', mode: 'guided', steps: [], undo: { class: 'none', steps: [] } });
    return { text: plan.guide.map(({ text }) => text).join('\n'), cli: plan.guide.flatMap(({ cli }) => cli ?? []) };
  };
  const verbs = (cli: readonly string[]) => cli.map((line) => line.split(' ')[2]);

  it('stops first, and deletes last', async () => {
    const { text, cli } = await guide();
    expect(verbs(cli)).toEqual([
      'stop-instances',
      'create-snapshot',
      'create-volume',
      'detach-volume',
      'attach-volume',
      'start-instances',
      'delete-volume',
      'enable-ebs-encryption-by-default',
    ]);
    expect(text).toContain('the root device');
    expect(text).toContain('When the copy has proven itself');
  });

  it('copies zone, type, size, speed and own tags', async () => {
    const { cli } = await guide({
      MultiAttachEnabled: true,
      Tags: [
        { Key: 'team', Value: 'shop' },
        { Key: 'aws:cloudformation:stack-name', Value: 's' },
      ],
    });
    const create = cli.find((line) => line.includes('create-volume')) ?? '';
    for (const part of [
      '--availability-zone eu-west-1a',
      '--volume-type gp3',
      '--size 8',
      '--iops 3000',
      '--throughput 125',
      '--encrypted',
      '--multi-attach-enabled',
      'shop',
    ])
      expect(create).toContain(part);
    expect(create).not.toContain('aws:cloudformation');
    expect(create).not.toContain('--kms-key-id');
  });

  it.each<[string, object, object, string]>([
    ['Auto Scaling', {}, { Tags: [{ Key: 'aws:autoscaling:groupName', Value: 'web' }] }, 'Auto Scaling group web'],
    ['instance store', {}, { RootDeviceType: 'instance-store' }, 'instance store'],
    ['a public address', {}, { PublicIpAddress: '198.51.100.7' }, '198.51.100.7 changes'],
    [
      'several instances',
      { Attachments: [...volume.Attachments, { InstanceId: 'i-2', Device: '/dev/sdf' }] },
      {},
      'several instances',
    ],
  ])('warns of %s', async (_, ofVolume, ofInstance, warning) => {
    expect((await guide()).text).not.toContain(warning);
    expect((await guide(ofVolume, ofInstance)).text).toContain(warning);
  });

  it('lets the copy go with the instance where the old one did', async () => {
    const Attachments = [{ InstanceId: 'i-1', Device: '/dev/sda1', DeleteOnTermination: true }];
    expect(verbs((await guide({ Attachments })).cli)).toContain('modify-instance-attribute');
  });

  it('uses the key that the operator chose', async () => {
    const { cli } = await guide({}, {}, { volumeKeyArn: 'arn:aws:kms:eu-west-1:1:key/k' });
    expect(cli.find((line) => line.includes('create-volume'))).toContain('--kms-key-id arn:aws:kms:eu-west-1:1:key/k');
  });

  it('leaves a volume to the service that manages it', async () => {
    const { text, cli } = await guide({ Operator: { Managed: true, Principal: 'workspaces.amazonaws.com' } });
    expect(cli).toEqual([]);
    expect(text).toContain('workspaces.amazonaws.com');
  });
});
