import { describe, expect, it } from 'vitest';
import { createSampleAccount, type SampleAccount, sampleEvents, sampleIds } from '../../src/demo/sample-account.ts';

const ACCOUNT = '123456789012';
const TOPIC = `arn:aws:sns:us-east-1:${ACCOUNT}:orders`;

/** Sends `'s3:GetBucketAcl'` and gives back the output. */
async function send({ port }: SampleAccount, call: `${string}:${string}`, input: object = {}, region = 'us-east-1') {
  const [service = '', operation = ''] = call.split(':');
  const { output } = await port.send({ service, operation, input, target: { account: ACCOUNT, region } });
  return output;
}

const GOOD_POLICY = {
  MinimumPasswordLength: 14,
  RequireSymbols: true,
  RequireNumbers: true,
  RequireUppercaseCharacters: true,
  RequireLowercaseCharacters: true,
  AllowUsersToChangePassword: true,
  MaxPasswordAge: 90,
  PasswordReusePrevention: 24,
};

describe('puts replace whole objects, as on AWS', () => {
  it('resets every field of the password policy that is left out', async () => {
    const account = createSampleAccount();
    await send(account, 'iam:UpdateAccountPasswordPolicy', GOOD_POLICY);
    await send(account, 'iam:UpdateAccountPasswordPolicy', { RequireSymbols: true });
    expect(await send(account, 'iam:GetAccountPasswordPolicy')).toEqual({
      PasswordPolicy: {
        MinimumPasswordLength: 6,
        RequireSymbols: true,
        RequireNumbers: false,
        RequireUppercaseCharacters: false,
        RequireLowercaseCharacters: false,
        AllowUsersToChangePassword: false,
        ExpirePasswords: false,
        HardExpiry: false,
      },
    });
  });

  it('switches off the flags of the public access block that are left out', async () => {
    const account = createSampleAccount();
    const PublicAccessBlockConfiguration = { BlockPublicPolicy: true };
    await send(account, 's3control:PutPublicAccessBlock', { AccountId: ACCOUNT, PublicAccessBlockConfiguration });
    expect(await send(account, 's3control:GetPublicAccessBlock', { AccountId: ACCOUNT })).toEqual({
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: false,
        IgnorePublicAcls: false,
        BlockPublicPolicy: true,
        RestrictPublicBuckets: false,
      },
    });
  });

  it('drops every grant that a canned ACL does not name', async () => {
    const account = createSampleAccount();
    await send(account, 's3:PutBucketAcl', { Bucket: 'acme-press-kit', ACL: 'private' });
    const { Grants } = await send(account, 's3:GetBucketAcl', { Bucket: 'acme-press-kit' });
    expect(Grants).toHaveLength(1);
  });

  it('takes the description of a rule away when an update leaves it out', async () => {
    const account = createSampleAccount();
    const rules = { Filters: [{ Name: 'group-id', Values: [sampleIds.databaseGroup] }] };
    const SecurityGroupRuleDescriptions = account.world.ec2.rules
      .filter(({ GroupId }) => GroupId === sampleIds.databaseGroup)
      .map(({ SecurityGroupRuleId }) => ({ SecurityGroupRuleId }));
    await send(account, 'ec2:UpdateSecurityGroupRuleDescriptionsIngress', {
      GroupId: sampleIds.databaseGroup,
      SecurityGroupRuleDescriptions,
    });
    const { SecurityGroupRules } = await send(account, 'ec2:DescribeSecurityGroupRules', rules);
    expect(SecurityGroupRules).toEqual([expect.not.objectContaining({ Description: expect.anything() })]);
  });
});

describe('calls that add and remove leave the rest alone', () => {
  it('keeps named shares when the public one goes', async () => {
    const account = createSampleAccount();
    await send(account, 'ec2:ModifySnapshotAttribute', {
      SnapshotId: sampleIds.ordersSnapshot,
      Attribute: 'createVolumePermission',
      OperationType: 'remove',
      GroupNames: ['all'],
    });
    const input = { SnapshotId: sampleIds.ordersSnapshot, Attribute: 'createVolumePermission' };
    const { CreateVolumePermissions } = await send(account, 'ec2:DescribeSnapshotAttribute', input);
    expect(CreateVolumePermissions).toEqual([{ UserId: '999988887777' }]);
  });

  it('says that an image is public exactly while it is shared with all', async () => {
    const account = createSampleAccount();
    const images = { ImageIds: [sampleIds.goldenImage] };
    expect(await send(account, 'ec2:DescribeImages', images)).toMatchObject({ Images: [{ Public: true }] });
    const LaunchPermission = { Remove: [{ Group: 'all' }] };
    await send(account, 'ec2:ModifyImageAttribute', { ImageId: sampleIds.goldenImage, LaunchPermission });
    expect(await send(account, 'ec2:DescribeImages', images)).toMatchObject({ Images: [{ Public: false }] });
  });

  it('keeps the metadata options that are not sent', async () => {
    const account = createSampleAccount();
    const InstanceId = sampleIds.web1;
    await send(account, 'ec2:ModifyInstanceMetadataOptions', { InstanceId, HttpTokens: 'required' });
    const { Reservations } = await send(account, 'ec2:DescribeInstances', { InstanceIds: [InstanceId] });
    expect(Reservations).toMatchObject([
      { Instances: [{ MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 2 } }] },
    ]);
  });
});

describe('errors carry the names that the SDK gives them', () => {
  const cases: readonly [error: string, call: `${string}:${string}`, input: object][] = [
    ['NoSuchBucket', 's3:GetBucketAcl', { Bucket: 'nobody-has-this' }],
    ['MalformedPolicy', 's3:PutBucketPolicy', { Bucket: 'acme-invoices', Policy: '{"Statement":[]}' }],
    ['AccessControlListNotSupported', 's3:PutBucketAcl', { Bucket: 'acme-invoices', ACL: 'public-read' }],
    ['NoSuchPublicAccessBlockConfiguration', 's3:GetPublicAccessBlock', { Bucket: 'acme-invoices' }],
    ['NoSuchTagSet', 's3:GetBucketTagging', { Bucket: 'acme-exports' }],
    [
      'InvalidTargetBucketForLogging',
      's3:PutBucketLogging',
      {
        Bucket: 'acme-press-kit',
        BucketLoggingStatus: { LoggingEnabled: { TargetBucket: 'acme-invoices', TargetPrefix: '' } },
      },
    ],
    ['AccessDenied', 's3control:GetPublicAccessBlock', { AccountId: '210987654321' }],
    ['NoSuchEntityException', 'iam:ListAccessKeys', { UserName: 'nobody' }],
    ['ValidationError', 'iam:UpdateAccountPasswordPolicy', { MaxPasswordAge: 0 }],
    ['DeleteConflictException', 'iam:DeleteGroup', { GroupName: 'engineers' }],
    ['EntityAlreadyExistsException', 'iam:CreateGroup', { GroupName: 'engineers' }],
    ['InvalidVolume.NotFound', 'ec2:DescribeVolumes', { VolumeIds: ['vol-0'] }],
    ['InvalidAMIID.NotFound', 'ec2:DescribeImages', { ImageIds: ['ami-0'] }],
    ['InvalidInstanceID.NotFound', 'ec2:DescribeInstances', { InstanceIds: ['i-0'] }],
    ['InvalidSnapshot.NotFound', 'ec2:DescribeSnapshotAttribute', { SnapshotId: 'snap-0' }],
    ['InvalidGroup.NotFound', 'ec2:DescribeSecurityGroups', { GroupIds: ['sg-0'] }],
    ['InvalidSubnetID.NotFound', 'ec2:DescribeSubnets', { SubnetIds: ['subnet-0'] }],
    ['NotFoundException', 'sns:GetTopicAttributes', { TopicArn: `${TOPIC}-nobody` }],
    ['NotFoundException', 'kms:DescribeKey', { KeyId: 'alias/nobody' }],
    ['ServiceSettingNotFound', 'ssm:GetServiceSetting', { SettingId: '/ssm/nothing' }],
  ];

  it.each(cases)('%s from %s', async (name, call, input) => {
    await expect(send(createSampleAccount(), call, input)).rejects.toMatchObject({ name });
  });

  it('NoSuchBucketPolicy once the policy is deleted, and the deletion may be repeated', async () => {
    const account = createSampleAccount();
    await send(account, 's3:DeleteBucketPolicy', { Bucket: 'acme-press-kit' });
    await send(account, 's3:DeleteBucketPolicy', { Bucket: 'acme-press-kit' });
    const read = send(account, 's3:GetBucketPolicy', { Bucket: 'acme-press-kit' });
    await expect(read).rejects.toMatchObject({ name: 'NoSuchBucketPolicy' });
  });

  it('NoSuchEntityException without a password policy', async () => {
    const account = createSampleAccount();
    await send(account, 'iam:DeleteAccountPasswordPolicy');
    const read = send(account, 'iam:GetAccountPasswordPolicy');
    await expect(read).rejects.toMatchObject({ name: 'NoSuchEntityException' });
  });

  it('ServerSideEncryptionConfigurationNotFoundError only for a bucket that somebody tampered with', async () => {
    const account = createSampleAccount();
    await send(account, 's3:DeleteBucketEncryption', { Bucket: 'acme-invoices' });
    expect(await send(account, 's3:GetBucketEncryption', { Bucket: 'acme-invoices' })).toMatchObject({
      ServerSideEncryptionConfiguration: {
        Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
    });
    Object.assign(account.world.s3.buckets['acme-invoices'] ?? {}, { encryption: undefined });
    await expect(send(account, 's3:GetBucketEncryption', { Bucket: 'acme-invoices' })).rejects.toMatchObject({
      name: 'ServerSideEncryptionConfigurationNotFoundError',
    });
  });

  it('refuses a topic policy in which two statements have one Sid', async () => {
    const Statement = [{ Sid: 'Same' }, { Sid: 'Same' }];
    const input = { TopicArn: TOPIC, AttributeName: 'Policy', AttributeValue: JSON.stringify({ Statement }) };
    await expect(send(createSampleAccount(), 'sns:SetTopicAttributes', input)).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
  });

  it('refuses a public policy while the bucket blocks them', async () => {
    const account = createSampleAccount();
    const { Policy } = await send(account, 's3:GetBucketPolicy', { Bucket: 'acme-press-kit' });
    await send(account, 's3:PutPublicAccessBlock', {
      Bucket: 'acme-press-kit',
      PublicAccessBlockConfiguration: { BlockPublicPolicy: true },
    });
    const write = send(account, 's3:PutBucketPolicy', { Bucket: 'acme-press-kit', Policy });
    await expect(write).rejects.toMatchObject({ name: 'AccessDenied' });
  });
});

describe('what it does not play it names', () => {
  it.each([
    ['an operation', 'ec2:StopInstances', 'us-east-1', 'ec2:StopInstances'],
    ['a region', 'ec2:DescribeVolumes', 'eu-west-1', 'eu-west-1'],
  ] as const)('%s', async (_, call, region, named) => {
    await expect(send(createSampleAccount(), call, {}, region)).rejects.toThrow(named);
  });

  it('answers for the whole account in any region', async () => {
    await expect(send(createSampleAccount(), 'iam:ListUsers', {}, 'eu-west-1')).resolves.toHaveProperty('Users');
  });
});

describe('lists come in pages', () => {
  it.each([
    ['ec2:DescribeVolumes', 'Volumes', { MaxResults: 1 }, 'NextToken', 'NextToken'],
    ['iam:ListUsers', 'Users', { MaxItems: 1 }, 'Marker', 'Marker'],
    ['s3:ListBuckets', 'Buckets', { MaxBuckets: 1 }, 'ContinuationToken', 'ContinuationToken'],
  ] as const)('%s', async (call, list, size, given, asked) => {
    const account = createSampleAccount();
    const whole = await send(account, call);
    const parts: unknown[] = [];
    let token: unknown;
    do {
      const output = await send(account, call, token === undefined ? size : { ...size, [asked]: token });
      parts.push(...[output[list]].flat());
      token = output[given];
    } while (token !== undefined);
    expect(parts).toEqual(whole[list]);
    expect(parts.length).toBeGreaterThan(2);
  });
});

describe('the account', () => {
  it('is the same every time, request ids too', async () => {
    const [one, two] = [createSampleAccount(), createSampleAccount()];
    expect(one.world).toEqual({ ...two.world, now: expect.any(Function) });
    await Promise.all([send(one, 'iam:ListUsers'), send(two, 'iam:ListUsers')]);
    expect(one.calls).toEqual(two.calls);
    expect(sampleEvents(one.world)).toEqual(sampleEvents(two.world));
  });

  it('records every request, failed ones with their error', async () => {
    const account = createSampleAccount();
    await send(account, 's3:GetBucketAcl', { Bucket: 'nobody-has-this' }).catch(() => undefined);
    await send(account, 'iam:ListUsers');
    expect(account.calls).toMatchObject([
      { service: 's3', operation: 'GetBucketAcl', input: { Bucket: 'nobody-has-this' }, error: 'NoSuchBucket' },
      { service: 'iam', operation: 'ListUsers', error: undefined },
    ]);
  });

  it('hands out copies: changing an answer changes nothing', async () => {
    const account = createSampleAccount();
    const answer = await send(account, 's3:GetBucketVersioning', { Bucket: 'acme-invoices' });
    Object.assign(answer, { Status: 'Suspended' });
    const again = await send(account, 's3:GetBucketVersioning', { Bucket: 'acme-invoices' });
    expect(again).toEqual({ Status: 'Enabled' });
  });

  it('shows what somebody else changed meanwhile', async () => {
    const account = createSampleAccount();
    account.world.ec2.ebsEncryptionByDefault = true;
    expect(await send(account, 'ec2:GetEbsEncryptionByDefault')).toEqual({ EbsEncryptionByDefault: true });
  });

  it('tells of its misconfigurations in order, each by a caller with a name', () => {
    const { world } = createSampleAccount();
    const events = sampleEvents(world);
    expect(events.length).toBeGreaterThanOrEqual(12);
    const times = events.map(({ eventTime }) => String(eventTime));
    expect(times).toEqual([...times].sort());
    expect(times.every((time) => time < world.now().toISOString())).toBe(true);
    expect(new Set(events.map(({ eventID }) => eventID)).size).toBe(events.length);
  });
});
