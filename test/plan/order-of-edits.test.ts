import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Edit } from '../../src/control/remediation.ts';
import { type Answers, catalogue, controlOf, placeOf, plansFor } from '../controls.ts';

const weak = { MinimumPasswordLength: 6, RequireUppercaseCharacters: false, RequireLowercaseCharacters: false };
const weakPasswords: Answers = { 'iam:GetAccountPasswordPolicy': { PasswordPolicy: weak } };

/** The edits of some controls, done in an order on one document. */
function edited(
  order: readonly number[],
  document: unknown,
  id?: string,
  chosen: Readonly<Record<string, string>> = {},
): unknown {
  const edits = order.map((number): Edit => {
    const { remediation } = controlOf(number);
    if (remediation.kind !== 'edit') throw new Error(`Control ${number} does not edit a document.`);
    return remediation;
  });
  const wanted = edits.reduce((current, { change, parameters, reads }, index) => {
    const nothingRead = Object.fromEntries(Object.keys(reads).map((name) => [name, {}]));
    const defaults = Object.fromEntries(Object.entries(parameters).map(([name, one]) => [name, one.default ?? '']));
    const next = change(current, {
      ...nothingRead,
      ...placeOf(order[index] ?? 0, id),
      parameters: { ...defaults, ...chosen },
    });
    // What a person has to do is left out of a plan.
    return typeof next === 'object' && next !== null && 'byHand' in next ? current : next;
  }, document);
  return edits[0]?.document.settle(wanted);
}

function permutations<T>(list: readonly T[]): T[][] {
  if (list.length < 2) return [[...list]];
  return list.flatMap((one) => permutations(list.filter((other) => other !== one)).map((rest) => [one, ...rest]));
}

/** What a policy says, whichever way its statements are cut and called. */
function meaningOf(document: unknown): unknown {
  const policy = Object(document);
  if (policy.Statement === undefined) return JSON.parse(JSON.stringify(document ?? null));
  const said = [policy.Statement]
    .flat()
    .flatMap(({ Effect, Principal, Action, Resource, Condition }) =>
      (typeof Principal === 'string' ? [['AWS', Principal]] : Object.entries(Principal)).flatMap(([kind, names]) =>
        [names]
          .flat()
          .flatMap((name: unknown) =>
            [Action]
              .flat()
              .map((action: unknown) => JSON.stringify({ Effect, kind, name, action, Resource, Condition })),
          ),
      ),
    );
  return { Id: policy.Id, said: [...new Set(said)].sort() };
}

describe('the order of edits does not matter', () => {
  const flag = fc.option(fc.boolean(), { nil: undefined });
  const onOff = fc.constantFrom('ENABLED', 'DISABLED');
  const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
  const statement = fc.record(
    {
      Sid: fc.stringMatching(/^[A-E]$/),
      Effect: fc.constantFrom('Allow', 'Deny'),
      Principal: fc.constantFrom('*', { AWS: '*' }, { AWS: ['1', '*'] }, { AWS: '1' }, { Service: 's3.amazonaws.com' }),
      Action: fc.constantFrom('*', 's3:*', 's3:GetObject', 'SNS:Publish', ['SNS:Publish', 'SNS:Subscribe']),
      Resource: fc.constantFrom('*', 'arn:aws:s3:::b', ['arn:aws:s3:::b/*']),
      Condition: fc.constantFrom(
        { Bool: { 'aws:SecureTransport': 'false' } },
        { StringEquals: { 'aws:SourceAccount': '1' } },
      ),
    },
    { requiredKeys: ['Effect', 'Principal', 'Action', 'Resource'] },
  );
  const policy = maybe(fc.record({ Id: fc.string(), Statement: fc.array(statement, { maxLength: 5 }) }));

  const key = { AWS: ['arn:aws:iam::123456789012:role/app', 'arn:aws:iam::123456789012:role/admin'] };
  const keyAdministration = [
    ...['kms:Create*', 'kms:Describe*', 'kms:Enable*', 'kms:List*', 'kms:Put*', 'kms:Update*', 'kms:Revoke*'],
    ...['kms:Disable*', 'kms:Get*', 'kms:TagResource', 'kms:UntagResource', 'kms:ScheduleKeyDeletion'],
  ];
  const keyUse = ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'];
  const inKey = { Effect: 'Allow', Principal: key, Resource: '*' };
  const keyStatement = fc.record({
    Effect: fc.constantFrom('Allow', 'Deny'),
    Principal: fc.constantFrom('*', { AWS: ['*', key.AWS[0]] }, key, { Service: 's3.amazonaws.com' }),
    Action: fc.constantFrom('kms:*', ['kms:Decrypt', 'kms:ScheduleKeyDeletion'], ['kms:Put*', '*'], 'kms:Decrypt'),
    Resource: fc.constant('*'),
    Condition: fc.constantFrom(undefined, { StringEquals: { 'kms:CallerAccount': '1' } }),
  });
  const keyPolicy = fc.array(keyStatement, { maxLength: 4 }).map((statements) => ({
    Id: 'key',
    Statement: [
      { ...inKey, Principal: { AWS: 'arn:aws:iam::123456789012:root' }, Action: 'kms:*' },
      { ...inKey, Sid: 'Allow access for Key Administrators', Action: keyAdministration },
      { ...inKey, Sid: 'Allow use of the key', Action: keyUse },
      ...statements,
    ],
  }));
  const ownKey = {
    ...{ secretKeyArn: 'alias/own', topicKeyArn: 'alias/own', queueKeyArn: 'alias/own' },
    ...{ deliveryStreamKeyArn: 'own', deliveryKeyArn: 'arn:aws:kms:eu-west-1:123456789012:key/own' },
  };

  const documents: [string, number[], fc.Arbitrary<unknown>, Record<string, string>?][] = [
    [
      'password policy',
      [6, 7, 8, 9, 10, 13],
      maybe(
        fc.record({
          MinimumPasswordLength: fc.integer({ min: 6, max: 128 }),
          RequireUppercaseCharacters: flag,
          RequireLowercaseCharacters: flag,
          RequireSymbols: flag,
          RequireNumbers: flag,
          HardExpiry: flag,
          MaxPasswordAge: maybe(fc.integer({ min: 1, max: 1095 })),
        }),
      ),
    ],
    [
      'public access block',
      [63, 64, 65, 66],
      maybe(
        fc.record({
          BlockPublicAcls: flag,
          IgnorePublicAcls: flag,
          BlockPublicPolicy: flag,
          RestrictPublicBuckets: flag,
        }),
      ),
    ],
    ['bucket policy', [46, 57], policy],
    [
      'grants of a bucket',
      [45, 379],
      fc.record({
        owner: fc.constant({ ID: 'us' }),
        grants: fc.array(
          fc.record({
            Grantee: fc.constantFrom(
              { Type: 'Group', URI: 'http://acs.amazonaws.com/groups/global/AllUsers' },
              { Type: 'Group', URI: 'http://acs.amazonaws.com/groups/s3/LogDelivery' },
              { Type: 'CanonicalUser', ID: 'partner' },
            ),
            Permission: fc.constantFrom('READ', 'WRITE', 'FULL_CONTROL'),
          }),
        ),
      }),
    ],
    ['topic policy', [182, 183, 383, 436, 438], policy],
    ['queue policy', [382, 452], policy],
    [
      'results of a work group',
      [325, 374],
      fc.record({
        ...{ enforced: flag, managed: flag, location: fc.constant('s3://results/') },
        encryption: maybe(fc.constant({ EncryptionOption: 'SSE_KMS', KmsKey: 'key' })),
      }),
    ],
    [
      'task of DataSync',
      [446, 447],
      fc.record({
        options: fc.record({ LogLevel: maybe(fc.constantFrom('OFF', 'TRANSFER')), VerifyMode: maybe(fc.string()) }),
        logGroup: fc.constantFrom('arn:aws:logs:eu-west-1:123456789012:log-group:tasks'),
      }),
    ],
    [
      'encryption of a delivery stream',
      [165, 167],
      fc.constantFrom({ status: 'DISABLED' }, { status: 'ENABLED', keyType: 'AWS_OWNED_CMK' }),
      ownKey,
    ],
    [
      'destination of a delivery stream',
      [485, 527, 528],
      fc.record({
        ...{ version: fc.constant('1'), id: fc.string(), type: fc.constantFrom('ExtendedS3', 'Redshift') },
        logging: fc.record({ Enabled: flag, LogGroupName: maybe(fc.string()) }),
        s3: fc.constant({ EncryptionConfiguration: { NoEncryptionConfig: 'NoEncryption' } }),
      }),
      ownKey,
    ],
    ['key policy', [121, 122, 123, 294], keyPolicy, { overlapLoses: 'use' }],
    ['key of a secret', [119, 366], maybe(fc.constant('alias/aws/secretsmanager')), ownKey],
    ['key of a topic', [290, 518], maybe(fc.constant('alias/aws/sns')), ownKey],
    [
      'security policy of a listener',
      [185, 202, 246, 338],
      fc.record({ protocol: fc.constant('TLS'), sslPolicy: maybe(fc.string()) }),
    ],
    ['switches of a load balancer', [354, 367, 369], fc.dictionary(fc.string(), fc.constantFrom('true', 'false'))],
    [
      'switches of a classic load balancer',
      [360, 458],
      fc.record({ crossZone: fc.boolean(), drainingTimeout: maybe(fc.nat()) }),
    ],
    [
      'encryption of a search domain',
      [156, 285],
      fc.record({ atRest: fc.record({ Enabled: fc.boolean() }), nodeToNode: fc.record({ Enabled: fc.boolean() }) }),
      { domainKeyArn: 'alias/own' },
    ],
    [
      'nodes of a search domain',
      [498, 500],
      fc.record({ nodes: fc.record({ InstanceCount: maybe(fc.nat({ max: 80 })), WarmEnabled: flag }) }),
      { masterInstanceType: 'm7g.large.search' },
    ],
    [
      'self-service of WorkSpaces',
      [188, 205, 221, 222, 223],
      fc.dictionary(fc.constantFrom('RestartWorkspace', 'ChangeComputeType', 'RebuildWorkspace'), onOff),
    ],
    [
      'creation of WorkSpaces',
      [209, 210, 211],
      fc.record({ EnableInternetAccess: flag, EnableMaintenanceMode: flag, UserEnabledAsLocalAdministrator: flag }),
    ],
    [
      'devices of WorkSpaces',
      [212, 213, 214, 215, 216, 217, 218],
      fc.dictionary(
        fc.constantFrom('DeviceTypeWeb', 'DeviceTypeLinux', 'DeviceTypeIos'),
        fc.constantFrom('ALLOW', 'DENY'),
      ),
    ],
    [
      'defaults of a transit gateway',
      [228, 229],
      fc.record({
        association: fc.constantFrom('enable', 'disable'),
        propagation: fc.constantFrom('enable', 'disable'),
      }),
    ],
    [
      'configuration recorder',
      [230, 231],
      fc.record({
        ...{ name: fc.constant('default'), roleARN: fc.constant('arn:aws:iam::123456789012:role/config') },
        recordingGroup: fc.constantFrom(
          { allSupported: true, includeGlobalResourceTypes: false, resourceTypes: [] },
          {
            ...{ allSupported: false, includeGlobalResourceTypes: false, resourceTypes: ['AWS::EC2::Volume'] },
            recordingStrategy: { useOnly: 'INCLUSION_BY_RESOURCE_TYPES' },
          },
          {
            ...{ allSupported: false, includeGlobalResourceTypes: false, resourceTypes: [] },
            exclusionByResourceTypes: { resourceTypes: ['AWS::IAM::User', 'AWS::EC2::Volume'] },
            recordingStrategy: { useOnly: 'EXCLUSION_BY_RESOURCE_TYPES' },
          },
        ),
      }),
    ],
    [
      'logs of a stage',
      [242, 388],
      fc.dictionary(fc.string(), fc.record({ level: fc.constantFrom('OFF', 'ERROR', 'INFO'), metrics: fc.boolean() })),
    ],
    [
      'nodes of a search domain',
      [252, 439, 453],
      fc.record({
        nodes: fc.record({ InstanceCount: fc.integer({ min: 1, max: 9 }), ZoneAwarenessEnabled: flag }),
        vpc: fc.constant({ SubnetIds: ['a', 'b', 'c'] }),
      }),
      { masterInstanceType: 'm7g.large.search' },
    ],
    [
      'event selectors of a trail',
      [272, 355],
      fc.record({
        advanced: fc.constant([]),
        basic: fc.array(
          fc.record({
            ReadWriteType: fc.constantFrom('All', 'WriteOnly'),
            IncludeManagementEvents: fc.boolean(),
            DataResources: fc.constantFrom([], [{ Type: 'AWS::S3::Object', Values: ['arn:aws:s3:::b/'] }]),
            ExcludeManagementEventSources: fc.constantFrom([], ['kms.amazonaws.com']),
          }),
          { minLength: 1, maxLength: 3 },
        ),
      }),
    ],
    [
      'configuration of a distribution',
      [295, 314, 327, 419, 429],
      fc.record({
        config: fc.record({
          WebACLId: fc.constant(''),
          Logging: fc.constant({ Enabled: false, IncludeCookies: false, Bucket: '', Prefix: '' }),
          DefaultCacheBehavior: fc.record({ ViewerProtocolPolicy: fc.constantFrom('allow-all', 'https-only') }),
          ViewerCertificate: fc.constantFrom(
            { CloudFrontDefaultCertificate: true },
            { ACMCertificateArn: 'arn', SSLSupportMethod: 'sni-only', MinimumProtocolVersion: 'TLSv1' },
          ),
          Origins: fc.constant({
            Quantity: 1,
            Items: [
              {
                Id: 'shop',
                CustomOriginConfig: {
                  ...{ OriginProtocolPolicy: 'https-only', HTTPPort: 80, HTTPSPort: 443 },
                  OriginSslProtocols: { Quantity: 2, Items: ['TLSv1', 'TLSv1.2'] },
                },
              },
            ],
          }),
        }),
      }),
      {
        webAclArn: 'arn:aws:wafv2:us-east-1:123456789012:global/webacl/shop/1',
        distributionLogBucket: 'acme-distribution-logs',
      },
    ],
    ['policy of a file system', [252, 439, 453], policy],
    [
      'defaults of a transit gateway',
      [228, 229],
      fc.record({
        association: fc.constantFrom('enable', 'disable'),
        propagation: fc.constantFrom('enable', 'disable'),
        ...{ associationTable: maybe(fc.constant('tgw-rtb-1')), propagationTable: maybe(fc.constant('tgw-rtb-1')) },
      }),
    ],
    [
      'preferences of Session Manager',
      [461, 462, 463],
      maybe(
        fc.record({
          version: fc.constant('3'),
          content: fc.record({
            schemaVersion: fc.constant('1.0'),
            inputs: fc.record({
              idleSessionTimeout: fc.constantFrom('', '20', '60'),
              s3BucketName: fc.constantFrom('', 'old-logs'),
              s3EncryptionEnabled: fc.boolean(),
              cloudWatchLogGroupName: fc.constantFrom('', '/sessions'),
              kmsKeyId: fc.string(),
            }),
          }),
        }),
      ),
      { sessionLogBucket: 'session-logs' },
    ],
    [
      'metadata options of an instance',
      [322, 513],
      fc.record({ HttpTokens: fc.constantFrom('optional', 'required'), HttpPutResponseHopLimit: maybe(fc.nat()) }),
    ],
    [
      'cache of a stage',
      [243, 465],
      fc.record({
        ...{ enabled: fc.boolean(), size: fc.constant('0.5') },
        methods: fc.dictionary(fc.string(), fc.record({ on: fc.boolean(), encrypted: fc.boolean(), ttl: fc.nat() })),
      }),
      { cacheTtlSeconds: '60' },
    ],
    [
      'encryption of a queue',
      [291, 451],
      fc.constantFrom({ key: undefined, managed: false }, { key: 'alias/aws/sqs', managed: false }),
      ownKey,
    ],
  ];

  it.each(documents)('%s', (_, numbers, all, chosen) => {
    fc.assert(
      fc.property(all, (document) => {
        const [first, ...others] = permutations(numbers).map((order) =>
          meaningOf(edited(order, document, 'b', chosen)),
        );
        for (const other of others) expect(other).toEqual(first);
      }),
      { numRuns: numbers.length > 6 ? 2 : numbers.length > 4 ? 20 : 100 },
    );
  });

  it('no two controls edit one document without being tried here', () => {
    const tried = documents.map(([, numbers]) => numbers);
    const together = new Map<unknown, number[]>();
    for (const [number, { remediation }] of catalogue) {
      if (remediation.kind !== 'edit') continue;
      together.set(remediation.document, [...(together.get(remediation.document) ?? []), number]);
    }
    const several = [...together.values()].filter((numbers) => numbers.length > 1);
    for (const numbers of several) expect(tried).toContainEqual(numbers);
  });

  it('nor does the order in which controls are named', async () => {
    for (const order of permutations([6, 7, 8, 13])) {
      expect(await plansFor(order, undefined, weakPasswords)).toEqual(
        await plansFor([6, 7, 8, 13], undefined, weakPasswords),
      );
    }
  });
});
