/**
 * CloudTrail records as a busy account writes them, made from a number: the
 * same number gives the same record.
 */

const ACCOUNT = '111122223333';
const REGION = 'eu-west-1';

/** What sets one kind of record apart from another. */
interface Kind {
  readonly source: string;
  readonly name: string;
  readonly request: (number: number) => object;
  readonly response?: (number: number) => object;
  readonly arn?: (number: number) => { readonly type: string; readonly ARN: string };
}

/**
 * Of twenty records thirteen are writes that nobody watches, five only read,
 * one failed, and one is watched: many more than in a trail of everyday work.
 */
const MIX = 'uruuuuruuureuuwuruur';

/** One record of the mix. */
export function recordAt(number: number): Readonly<Record<string, unknown>> {
  switch (MIX[number % MIX.length]) {
    case 'r':
      return recordOf(oneOf(reads, number), number, { readOnly: true });
    case 'e':
      return recordOf(putPolicy, number, { errorCode: 'AccessDenied', errorMessage: 'Access Denied' });
    case 'w':
      return recordOf(oneOf(watched, number), number);
    default:
      return recordOf(oneOf(unwatched, number), number);
  }
}

/** A record that asks for one more bucket to be judged. */
export function bucketRecordAt(number: number): Readonly<Record<string, unknown>> {
  return recordOf(createBucket, number);
}

function oneOf(kinds: readonly Kind[], number: number): Kind {
  // Not the number alone: with that, a kind would always stand at the same places of the mix.
  return kinds[(number + Math.floor(number / MIX.length)) % kinds.length] ?? putPolicy;
}

function recordOf(kind: Kind, number: number, over: object = {}): Readonly<Record<string, unknown>> {
  const role = `shop-worker-${number % 80}`;
  const resource = kind.arn?.(number);
  return {
    eventVersion: '1.11',
    userIdentity: {
      type: 'AssumedRole',
      principalId: `AROA${hex(number % 80, 16)}:${role}`,
      arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${role}/${role}`,
      accountId: ACCOUNT,
      accessKeyId: `ASIA${hex(number, 16)}`,
      sessionContext: {
        sessionIssuer: {
          type: 'Role',
          principalId: `AROA${hex(number % 80, 16)}`,
          arn: `arn:aws:iam::${ACCOUNT}:role/${role}`,
          accountId: ACCOUNT,
          userName: role,
        },
        attributes: { creationDate: '2026-11-16T08:12:31Z', mfaAuthenticated: 'false' },
      },
    },
    eventTime: new Date(Date.UTC(2026, 10, 16) + number * 40).toISOString().replace(/\.\d+Z/, 'Z'),
    eventSource: kind.source,
    eventName: kind.name,
    awsRegion: REGION,
    sourceIPAddress: `10.${number % 200}.3.17`,
    userAgent: 'aws-sdk-java/2.31.9 md/io#sync md/http#Apache ua/2.1 os/Linux#6.1 lang/java#21.0.5 m/E,D',
    requestParameters: kind.request(number),
    responseElements: kind.response?.(number) ?? null,
    requestID: uuid(number),
    eventID: uuid(number + 1_000_000),
    readOnly: false,
    ...(resource ? { resources: [{ accountId: ACCOUNT, ...resource }] } : {}),
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: ACCOUNT,
    eventCategory: 'Management',
    tlsDetails: {
      tlsVersion: 'TLSv1.3',
      cipherSuite: 'TLS_AES_128_GCM_SHA256',
      clientProvidedHostHeader: `${kind.source.split('.')[0]}.${REGION}.amazonaws.com`,
    },
    ...over,
  };
}

const bucketArn = (n: number) => ({ type: 'AWS::S3::Bucket', ARN: `arn:aws:s3:::acme-data-${n}` });
const keyArn = (n: number) => ({ type: 'AWS::KMS::Key', ARN: `arn:aws:kms:${REGION}:${ACCOUNT}:key/${uuid(n % 40)}` });
const inBucket = (n: number) => ({ bucketName: `acme-data-${n}`, Host: `acme-data-${n}.s3.${REGION}.amazonaws.com` });

const createBucket: Kind = {
  source: 's3.amazonaws.com',
  name: 'CreateBucket',
  request: (n) => ({ ...inBucket(n), CreateBucketConfiguration: { LocationConstraint: REGION } }),
  arn: bucketArn,
};

const putPolicy: Kind = {
  source: 's3.amazonaws.com',
  name: 'PutBucketPolicy',
  request: (n) => ({
    ...inBucket(n),
    policy: '',
    bucketPolicy: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: `${bucketArn(n).ARN}/*` }],
    },
  }),
  arn: bucketArn,
};

const watched: readonly Kind[] = [
  putPolicy,
  {
    source: 's3.amazonaws.com',
    name: 'PutBucketVersioning',
    request: (n) => ({ ...inBucket(n), versioning: '', VersioningConfiguration: { Status: 'Suspended' } }),
    arn: bucketArn,
  },
  {
    source: 'ec2.amazonaws.com',
    name: 'AuthorizeSecurityGroupIngress',
    request: (n) => ({
      groupId: `sg-${hex(n, 17)}`,
      ipPermissions: {
        items: [{ ipProtocol: 'tcp', fromPort: 22, toPort: 22, ipRanges: { items: [{ cidrIp: '0.0.0.0/0' }] } }],
      },
    }),
    response: (n) => ({
      requestId: uuid(n),
      _return: true,
      securityGroupRuleSet: { items: [{ groupId: `sg-${hex(n, 17)}`, securityGroupRuleId: `sgr-${hex(n, 17)}` }] },
    }),
  },
  {
    source: 'iam.amazonaws.com',
    name: 'UpdateAccountPasswordPolicy',
    request: () => ({ minimumPasswordLength: 8, requireSymbols: false, requireNumbers: true, hardExpiry: false }),
  },
];

const reads: readonly Kind[] = [
  {
    source: 'ec2.amazonaws.com',
    name: 'DescribeInstances',
    request: (n) => ({ instancesSet: { items: [{ instanceId: `i-${hex(n, 17)}` }] }, filterSet: {} }),
  },
  {
    source: 'kms.amazonaws.com',
    name: 'Decrypt',
    request: (n) => ({
      encryptionContext: { PARAMETER_ARN: `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/shop/${n % 90}` },
    }),
    arn: keyArn,
  },
  { source: 's3.amazonaws.com', name: 'GetBucketAcl', request: (n) => ({ ...inBucket(n), acl: '' }), arn: bucketArn },
];

const unwatched: readonly Kind[] = [
  {
    source: 'logs.amazonaws.com',
    name: 'CreateLogStream',
    request: (n) => ({
      logGroupName: `/aws/lambda/orders-${n % 300}`,
      logStreamName: `2026/11/16/[$LATEST]${hex(n, 32)}`,
    }),
  },
  {
    source: 'sts.amazonaws.com',
    name: 'AssumeRoleWithWebIdentity',
    request: (n) => ({ roleArn: `arn:aws:iam::${ACCOUNT}:role/cluster-${n % 80}`, roleSessionName: `${n}` }),
    response: (n) => ({
      credentials: { accessKeyId: `ASIA${hex(n, 16)}`, expiration: 'Nov 16, 2026, 11:02:41 AM' },
      subjectFromWebIdentityToken: `system:serviceaccount:shop:worker-${n % 80}`,
      provider: `arn:aws:iam::${ACCOUNT}:oidc-provider/oidc.eks.${REGION}.amazonaws.com/id/${hex(7, 32)}`,
    }),
  },
  {
    source: 'kms.amazonaws.com',
    name: 'CreateGrant',
    request: (n) => ({
      keyId: keyArn(n).ARN,
      operations: ['Decrypt', 'GenerateDataKeyWithoutPlaintext', 'CreateGrant'],
      constraints: { encryptionContextSubset: { 'aws:ebs:id': `vol-${hex(n, 17)}` } },
    }),
    response: (n) => ({ grantId: hex(n, 64), keyId: keyArn(n).ARN }),
    arn: keyArn,
  },
  {
    source: 'ssm.amazonaws.com',
    name: 'UpdateInstanceInformation',
    request: (n) => ({
      instanceId: `i-${hex(n % 900, 17)}`,
      agentVersion: '3.3.987.0',
      platformName: 'Amazon Linux',
      iPAddress: `10.0.${n % 250}.17`,
      computerName: `ip-10-0-${n % 250}-17.${REGION}.compute.internal`,
    }),
  },
  {
    source: 'autoscaling.amazonaws.com',
    name: 'CompleteLifecycleAction',
    request: (n) => ({
      autoScalingGroupName: `shop-web-${n % 12}`,
      lifecycleActionToken: uuid(n),
      instanceId: `i-${hex(n, 17)}`,
    }),
  },
];

/** Digits that look random and are not. */
function hex(number: number, digits: number): string {
  let text = '';
  for (let state = number + 1; text.length < digits; ) {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9;
    text += (state >>> 0).toString(16).padStart(8, '0');
  }
  return text.slice(0, digits);
}

function uuid(number: number): string {
  return hex(number, 32).replace(/^(.{8})(.{4}).(.{3})(.{4})(.{12})$/, '$1-$2-4$3-$4-$5');
}
