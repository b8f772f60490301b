import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ref } from '../../src/control/call.ts';
import { awsCli, awsCliScript } from '../../src/plan/aws-cli.ts';
import { kebab } from '../../src/plan/aws-cli-names.ts';

describe('names of operations and options', () => {
  it.each([
    ['SSEAlgorithm', 'sse-algorithm'],
    ['KMSKeyId', 'kms-key-id'],
    ['DBInstanceIdentifier', 'db-instance-identifier'],
    ['ListenerARNs', 'listener-arns'],
    ['ListenerArns', 'listener-arns'],
    ['ARNs', '-arns'],
    ['EbsDefaultKmsKeyId', 'ebs-default-kms-key-id'],
    ['MFADelete', 'mfa-delete'],
    ['MFA', 'mfa'],
    ['VPCId', 'vpc-id'],
    ['VpcIds', 'vpc-ids'],
    ['HTTPEndpoint', 'http-endpoint'],
    ['HttpTokens', 'http-tokens'],
    ['ListObjectsV2', 'list-objects-v2'],
    ['CidrIpv6', 'cidr-ipv6'],
    ['EnableDns64', 'enable-dns64'],
    ['Ipv6CidrBlock', 'ipv6-cidr-block'],
    ['PutBucketACL', 'put-bucket-acl'],
    ['DescribeDBSnapshotAttributes', 'describe-db-snapshot-attributes'],
    ['CreateDBClusterSnapshot', 'create-db-cluster-snapshot'],
    ['EnableHostedZoneDNSSEC', 'enable-hosted-zone-dnssec'],
    ['AssociateWebACL', 'associate-web-acl'],
    ['WebACLArn', 'web-acl-arn'],
    ['S3BucketName', 's3-bucket-name'],
    ['s3KeyPrefix', 's3-key-prefix'],
    ['CopyTagsToSnapshot', 'copy-tags-to-snapshot'],
    ['MultiAZ', 'multi-az'],
    ['PreferredAZs', 'preferred-azs'],
    ['restApiId', 'rest-api-id'],
    ['x509Certificate', 'x509-certificate'],
    ['IAMDatabaseAuthenticationEnabled', 'iam-database-authentication-enabled'],
    ['EnableResourceNameDnsAAAARecordOnLaunch', 'enable-resource-name-dns-aaaa-record-on-launch'],
    ['CACertificateIdentifier', 'ca-certificate-identifier'],
    ['UploadSSHPublicKey', 'upload-ssh-public-key'],
    ['CreateOpenIDConnectProvider', 'create-open-id-connect-provider'],
    ['ExecutePartiQLStatement', 'execute-partiql-statement'],
    ['CreateStorediSCSIVolume', 'create-stored-iscsi-volume'],
  ])('%s is %s', (name, expected) => {
    expect(kebab(name)).toBe(expected);
  });
});

describe('awsCli', () => {
  it.each<[string, string, object, string]>([
    [
      's3',
      'PutBucketVersioning',
      { Bucket: 'b', VersioningConfiguration: { Status: 'Enabled' } },
      'aws s3api put-bucket-versioning --bucket b --versioning-configuration Status=Enabled',
    ],
    [
      's3',
      'PutBucketEncryption',
      {
        Bucket: 'b',
        ServerSideEncryptionConfiguration: {
          Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } }],
        },
      },
      `aws s3api put-bucket-encryption --bucket b --server-side-encryption-configuration '{"Rules":[{"ApplyServerSideEncryptionByDefault":{"SSEAlgorithm":"aws:kms"}}]}'`,
    ],
    [
      's3',
      'PutBucketPolicy',
      { Bucket: 'b', Policy: `{"Sid":"it's"}` },
      `aws s3api put-bucket-policy --bucket b --policy '{"Sid":"it'\\''s"}'`,
    ],
    [
      'ec2',
      'ModifySubnetAttribute',
      { SubnetId: 's', MapPublicIpOnLaunch: { Value: false } },
      'aws ec2 modify-subnet-attribute --subnet-id s --no-map-public-ip-on-launch',
    ],
    [
      'ec2',
      'ModifyVpcAttribute',
      { VpcId: 'v', EnableDnsSupport: { Value: true } },
      'aws ec2 modify-vpc-attribute --vpc-id v --enable-dns-support',
    ],
    [
      'ec2',
      'ModifyInstanceAttribute',
      { InstanceId: 'i', InstanceInitiatedShutdownBehavior: { Value: 'stop' } },
      'aws ec2 modify-instance-attribute --instance-id i --instance-initiated-shutdown-behavior Value=stop',
    ],
    ['ec2', 'CreateImage', { InstanceId: 'i', NoReboot: false }, 'aws ec2 create-image --instance-id i --reboot'],
    [
      'ec2',
      'ReplaceNetworkAclEntry',
      { Egress: false, RuleNumber: 100, Protocol: '-1' },
      'aws ec2 replace-network-acl-entry --ingress --rule-number 100 --protocol=-1',
    ],
    ['ec2', 'RunInstances', { ImageId: 'a', MinCount: 1, MaxCount: 1 }, 'aws ec2 run-instances --image-id a --count 1'],
    [
      'ec2',
      'CreateTags',
      {
        Resources: ['vol-1', 'vol-2'],
        Tags: [
          { Key: 'a', Value: 'b' },
          { Key: 'c', Value: 'd e' },
        ],
      },
      `aws ec2 create-tags --resources vol-1 vol-2 --tags '[{"Key":"a","Value":"b"},{"Key":"c","Value":"d e"}]'`,
    ],
    [
      'elbv2',
      'ModifyLoadBalancerAttributes',
      { LoadBalancerArn: 'a', Attributes: [{ Key: 'deletion_protection.enabled', Value: 'true' }] },
      'aws elbv2 modify-load-balancer-attributes --load-balancer-arn a --attributes Key=deletion_protection.enabled,Value=true',
    ],
    [
      'elb',
      'RegisterInstancesWithLoadBalancer',
      { LoadBalancerName: 'l', Instances: [{ InstanceId: 'i-1' }] },
      `aws elb register-instances-with-load-balancer --load-balancer-name l --instances '[{"InstanceId":"i-1"}]'`,
    ],
    [
      'emr',
      'SetTerminationProtection',
      { JobFlowIds: ['j-1', 'j-2'], TerminationProtected: true },
      'aws emr modify-cluster-attributes --cluster-id j-1 --termination-protected && aws emr modify-cluster-attributes --cluster-id j-2 --termination-protected',
    ],
    [
      'rds',
      'ModifyOptionGroup',
      {
        OptionGroupName: 'g',
        OptionsToInclude: [{ OptionName: 'SSL' }],
        OptionsToRemove: ['TDE'],
        ApplyImmediately: true,
      },
      'aws rds add-option-to-option-group --option-group-name g --apply-immediately --options OptionName=SSL && aws rds remove-option-from-option-group --option-group-name g --apply-immediately --options TDE',
    ],
    [
      'kms',
      'ImportKeyMaterial',
      { KeyId: 'k', ImportToken: new Uint8Array([104, 105]), ValidTo: new Date(0) },
      'aws kms import-key-material --key-id k --import-token aGk= --valid-to 1970-01-01T00:00:00.000Z',
    ],
    ['sqs', 'TagQueue', { QueueUrl: 'https://q', Tags: {} }, `aws sqs tag-queue --queue-url https://q --tags '{}'`],
    [
      'ec2',
      'RevokeSecurityGroupIngress',
      { IpPermissions: [] },
      `aws ec2 revoke-security-group-ingress --ip-permissions '[]'`,
    ],
    ['iam', 'CreateUser', { UserName: undefined, Path: null }, 'aws iam create-user'],
    [
      'sns',
      'SetTopicAttributes',
      { TopicArn: 't', AttributeName: 'DisplayName', AttributeValue: 'file:///etc/passwd' },
      `aws sns set-topic-attributes --topic-arn t --attribute-name DisplayName --cli-input-json '{"AttributeValue":"file:///etc/passwd"}'`,
    ],
    [
      'ec2',
      'X',
      { Ids: ['file://x'], Other: ['[a]'], Third: ['-x'] },
      `aws ec2 x --ids '["file://x"]' --other '["[a]"]' --third '["-x"]'`,
    ],
    [
      'emr',
      'RunJobFlow',
      { Name: 'a\nb' },
      '# The AWS CLI has no command for emr RunJobFlow; its input: {"Name":"a\\nb"}',
    ],
  ])('%s %s', (service, operation, input, line) => {
    expect(awsCli({ service, operation, input })).toBe(line);
  });

  it('names the region, but not for a global service in the commercial partition', () => {
    const line = (service: string, region: string) => awsCli({ service, operation: 'X', region, input: {} });
    expect(line('ec2', 'eu-west-1')).toBe('aws ec2 x --region eu-west-1');
    expect(line('iam', 'us-east-1')).toBe('aws iam x');
    expect(line('iam', 'cn-north-1')).toBe('aws iam x --region cn-north-1');
    expect(line('iam', 'us-gov-west-1')).toBe('aws iam x --region us-gov-west-1');
  });

  it('makes shell variables of refs, wherever they stand', () => {
    const id = ref('copy', 'SnapshotId');
    const input = { SnapshotId: id, Ids: [id], One: { Id: id }, Deep: [{ Ids: [id, `x "${id}"`], Name: 'a b' }] };
    const line = awsCli({ service: 'ec2', operation: 'X', input });
    expect(shellWords([line], 'COPY_SNAPSHOTID=snap-1')[0]).toEqual([
      'aws',
      'ec2',
      'x',
      '--snapshot-id',
      'snap-1',
      '--ids',
      'snap-1',
      '--one',
      'Id=snap-1',
      '--deep',
      `[{"Ids":["snap-1","x \\"${id}\\""],"Name":"a b"}]`,
    ]);
  });

  it('is one visible line, whatever the input holds', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        expect(awsCli({ service: 'ec2', operation: 'X', input })).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      }),
    );
  });

  it('is taken apart by a shell into exactly the input', () => {
    const samples = fc.sample(inputs, { numRuns: 400, seed: 48 });
    const words = shellWords(samples.map((input) => awsCli({ service: 'ec2', operation: 'X', input })));
    for (const [at, input] of samples.entries())
      expect(readBack(words[at] ?? [], input), JSON.stringify(input)).toEqual(input);
  });
});

describe('awsCliScript', () => {
  const step = (name: string, input: object) => ({ name, service: 'ec2', operation: 'CopySnapshot', input });

  it('keeps the output that a later step needs', () => {
    expect(awsCliScript([step('copy', {}), step('use', { Id: ref('copy', 'SnapshotId') })])).toEqual([
      'COPY_SNAPSHOTID=$(aws ec2 copy-snapshot --query SnapshotId --output text)',
      'aws ec2 copy-snapshot --id "$COPY_SNAPSHOTID"',
    ]);
  });

  it('keeps several outputs of one step, also for the undo', () => {
    const undo = [step('undo', { Ids: [ref('run', 'Instances.0.InstanceId')] })];
    expect(awsCliScript([step('run', {}), step('use', { Id: ref('run', 'OwnerId') })], undo)[0]).toBe(
      `set -- $(aws ec2 copy-snapshot --query '[Instances[0].InstanceId,OwnerId]' --output text) && RUN_INSTANCES_0_INSTANCEID=$1 RUN_OWNERID=$2`,
    );
  });
});

/** Strings that shells, JSON, the CLI's shorthand or terminals treat specially. */
const nasty = fc.oneof(
  fc.constantFrom(
    'a',
    'x y',
    "it's",
    '$HOME',
    '`id`',
    '$(id)',
    '"q"',
    'a,b',
    'k=v',
    '[x]',
    '{y}',
    '-dash',
    '--flag',
    '~',
  ),
  fc.constantFrom(
    'file://etc',
    'fileb://x',
    'http://a/b',
    'é😀',
    '',
    'a\nb',
    'tab\t',
    '\\',
    '\\n',
    '*',
    '!x',
    '#c',
    '%d',
    '=x',
  ),
  fc.constantFrom(
    '\u202eabc',
    'a\u0007b',
    '\u001b[31m',
    '\u2028',
    '\ud800',
    'arn:aws:s3:::b/*',
    '{"Version":"2012-10-17"}',
    '-5',
  ),
  fc.string({ unit: 'binary', maxLength: 12 }).filter((text) => !text.includes('\0')),
);
const scalar = fc.oneof(nasty, fc.integer());
const name = fc.constantFrom('Name', 'KeyId', 'Attributes', 'Values', 'Filters');
const structure = fc.dictionary(fc.constantFrom('Key', 'Value', 'a.b', 'x y', 'Policy'), scalar, {
  noNullPrototype: true,
});
const inputs = fc.dictionary(
  name,
  fc.oneof(scalar, fc.boolean(), fc.array(scalar, { maxLength: 3 }), structure, fc.array(structure, { maxLength: 2 })),
  { noNullPrototype: true },
);

/** What a POSIX shell makes of each line. */
function shellWords(lines: readonly string[], assignment = ':'): string[][] {
  const script = [assignment, ...lines.map((line) => `printf '%s\\0' ${line}; printf '\\001\\0'`)].join('\n');
  const output = execFileSync('sh', ['-c', script], { encoding: 'utf8', maxBuffer: 1 << 26 });
  return output
    .split('\u0001\0')
    .slice(0, -1)
    .map((words) => words.split('\0').slice(0, -1));
}

/**
 * Reads options back as the CLI would. It has the API's model to tell it the
 * type of a member; here the input that is expected stands for the model.
 */
function readBack(words: readonly string[], model: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const options = new Map<string, string[]>();
  let current: string[] = [];
  for (const word of words.slice(3)) {
    const [, option, value] = /^--([a-z-]+)(?:=(.*))?$/s.exec(word) ?? [];
    if (option === undefined) {
      current.push(word);
      continue;
    }
    current = value === undefined ? [] : [value];
    options.set(option, current);
  }
  const read: Record<string, unknown> = {};
  for (const [option, given] of options) {
    if (option === 'cli-input-json') Object.assign(read, JSON.parse(given.join(' ')));
    else if (option.startsWith('no-')) read[memberOf(option.slice(3))] = false;
    else read[memberOf(option)] = decoded(given, model[memberOf(option)]);
  }
  return read;
}

const memberOf = (option: string): string =>
  option.replace(/(^|-)([a-z])/g, (_all, _dash, letter: string) => letter.toUpperCase());

function decoded(words: readonly string[], like: unknown): unknown {
  const [first = ''] = words;
  if (like === true) return words.length === 0;
  if (Array.isArray(like)) {
    if (words.length === 1 && /^\s*\[/.test(first)) return JSON.parse(first);
    return words.map((word, at) => decoded([word], like[at]));
  }
  if (words.length !== 1) return { notOneWord: words };
  if (typeof like === 'number') return Number(first);
  if (typeof like !== 'object' || like === null) return first;
  if (/^\s*\{/.test(first)) return JSON.parse(first);
  const model = new Map(Object.entries(like));
  const members = first.split(',').map((pair) => pair.split(/=(.*)/s));
  return Object.fromEntries(members.map(([key = '', value = '']) => [key, decoded([value], model.get(key))]));
}
