import { describe, expect, it } from 'vitest';
import { ACCOUNT, type Answers, awsError, controlOf, judge, placeOf, sessionOn } from '../controls.ts';

const ID = 'shop';
const domain = (more: object = {}): Answers => ({
  'opensearch:DescribeDomain': { DomainStatus: { DomainName: ID, EngineVersion: 'OpenSearch_2.19', ...more } },
});
const options = [156, 285, 326, 496, 498, 499, 500];

describe('options', () => {
  it.each<[number, string, object, string]>([
    [156, 'on', { NodeToNodeEncryptionOptions: { Enabled: true } }, 'pass'],
    [
      156,
      'off',
      { NodeToNodeEncryptionOptions: { Enabled: false } },
      'fail: traffic between its nodes is not encrypted',
    ],
    [156, 'not named', {}, 'fail: traffic between its nodes is not encrypted'],
    [156, 'old', { EngineVersion: 'Elasticsearch_6.0' }, 'fail: traffic between its nodes is not encrypted'],
    [
      156,
      'too old',
      { EngineVersion: 'Elasticsearch_5.6' },
      'skip: Elasticsearch 5.6 cannot encrypt between nodes; 159 has it upgraded',
    ],
    [285, 'on', { EncryptionAtRestOptions: { Enabled: true, KmsKeyId: 'k' } }, 'pass'],
    [285, 'off', { EncryptionAtRestOptions: { Enabled: false } }, 'fail: its indexes and snapshots are not encrypted'],
    [285, 'not named', { EngineVersion: 'Elasticsearch_2.3' }, 'fail: its indexes and snapshots are not encrypted'],
    [326, 'on', { DomainEndpointOptions: { EnforceHTTPS: true } }, 'pass'],
    [326, 'off', { DomainEndpointOptions: { EnforceHTTPS: false } }, 'fail: it answers unencrypted HTTP as well'],
    [326, 'not named', {}, 'fail: it answers unencrypted HTTP as well'],
    [496, 'gp3', { EBSOptions: { EBSEnabled: true, VolumeType: 'gp3' } }, 'pass'],
    [496, 'gp2', { EBSOptions: { EBSEnabled: true, VolumeType: 'gp2' } }, 'pass'],
    [496, 'io1', { EBSOptions: { EBSEnabled: true, VolumeType: 'io1' } }, 'fail: its volumes are of type io1'],
    [
      496,
      'magnetic',
      { EBSOptions: { EBSEnabled: true, VolumeType: 'standard' } },
      'fail: its volumes are of type standard',
    ],
    [496, 'unnamed', { EBSOptions: { EBSEnabled: true } }, 'fail: its volumes are of type unknown'],
    [
      496,
      'disks of its own',
      { EBSOptions: { EBSEnabled: false } },
      'skip: its data nodes have disks of their own, and no EBS volumes',
    ],
    [498, 'on', { ClusterConfig: { ZoneAwarenessEnabled: true } }, 'pass'],
    [498, 'with standby', { ClusterConfig: { MultiAZWithStandbyEnabled: true } }, 'pass'],
    [498, 'off', { ClusterConfig: { ZoneAwarenessEnabled: false } }, 'fail: all its nodes are in one zone'],
    [498, 'not named', {}, 'fail: all its nodes are in one zone'],
    [499, 'on', { CognitoOptions: { Enabled: true } }, 'pass'],
    [499, 'off', {}, 'fail: Cognito is off'],
    [
      499,
      'SAML',
      { AdvancedSecurityOptions: { SAMLOptions: { Enabled: true } } },
      'fail: Cognito is off; people log in by SAML',
    ],
    [
      499,
      'Identity Center',
      { IdentityCenterOptions: { EnabledAPIAccess: true } },
      'fail: Cognito is off; people log in by IAM Identity Center',
    ],
    [499, 'too old', { EngineVersion: 'Elasticsearch_2.3' }, 'skip: Elasticsearch 2.3 knows no Cognito'],
    [500, 'on', { ClusterConfig: { DedicatedMasterEnabled: true } }, 'pass'],
    [500, 'off', { ClusterConfig: { DedicatedMasterEnabled: false } }, 'fail: it has no dedicated master nodes'],
    [500, 'not named', {}, 'fail: it has no dedicated master nodes'],
  ])('%i: %s', async (control, _, more, expected) => {
    expect(await judge(control, ID, domain(more))).toBe(expected);
    expect(await judge(control, ID, domain({ ...more, Processing: true }))).toBe(expected);
  });
});

describe('what takes a rebuild', () => {
  const KEY = 'arn:aws:kms:eu-west-1:123456789012:key/1';
  const at = (EngineVersion: string) => ({ EngineVersion });
  const encrypted = { EncryptionAtRestOptions: { Enabled: true, KmsKeyId: KEY } };
  const around = (KeyManager: string): Answers => ({
    'opensearch:ListVersions': ({ NextToken }) =>
      NextToken === undefined
        ? { Versions: ['OpenSearch_2.9', 'OpenSearch_2.19', 'Elasticsearch_6.8'], NextToken: '2' }
        : { Versions: ['Elasticsearch_7.10', 'Elasticsearch_7.9'] },
    'kms:DescribeKey': { KeyMetadata: { KeyManager } },
  });
  it.each<[number, string, object, string]>([
    [158, 'public', {}, 'fail: its endpoint is on the internet'],
    [359, 'public', { VPCOptions: { SubnetIds: [] } }, 'fail: its endpoint is on the internet'],
    [158, 'in a VPC', { VPCOptions: { VPCId: 'vpc-1' } }, 'pass'],
    [359, 'in a VPC', { VPCOptions: { SubnetIds: ['subnet-1'] } }, 'pass'],
    [159, 'newest', at('OpenSearch_2.19'), 'pass'],
    [159, 'compared as numbers', at('OpenSearch_2.9'), 'fail: it runs OpenSearch 2.9; OpenSearch 2.19 is there'],
    [159, 'the last Elasticsearch', at('Elasticsearch_7.10'), 'pass'],
    [159, 'Elasticsearch', at('Elasticsearch_7.9'), 'fail: it runs Elasticsearch 7.9; Elasticsearch 7.10 is there'],
    [159, 'upgrading', { UpgradeProcessing: true }, 'skip: the domain is being upgraded'],
    [159, 'another engine', at('Other_1.0'), 'skip: AWS offers no versions of its engine to compare with'],
    [495, 'on', { AdvancedSecurityOptions: { Enabled: true } }, 'pass'],
    [495, 'off', { AdvancedSecurityOptions: { Enabled: false } }, 'fail: fine-grained access control is off'],
    [495, 'not named', at('Elasticsearch_6.7'), 'fail: fine-grained access control is off'],
    [495, 'too old', at('Elasticsearch_6.5'), 'skip: Elasticsearch 6.5 does not have it; 159 has it upgraded'],
    [497, 'own key', encrypted, 'pass'],
    [497, 'off', { EncryptionAtRestOptions: { Enabled: false, KmsKeyId: KEY } }, 'fail: it is not encrypted at rest'],
    [497, 'not named', {}, 'fail: it is not encrypted at rest'],
    [497, 'no key', { EncryptionAtRestOptions: { Enabled: true } }, 'fail: its key alias/aws/es is managed by AWS'],
  ])('%i: %s', async (control, _, more, expected) => {
    expect(await judge(control, ID, { ...around('CUSTOMER'), ...domain(more) })).toBe(expected);
  });

  it("497: AWS's own key", async () => {
    expect(await judge(497, ID, { ...around('AWS'), ...domain(encrypted) })).toBe(
      `fail: its key ${KEY} is managed by AWS`,
    );
  });
});

describe('157: slow logs', () => {
  const on = { Enabled: true, CloudWatchLogsLogGroupArn: 'arn:group' };
  it.each<[string, object, string]>([
    ['both', { LogPublishingOptions: { SEARCH_SLOW_LOGS: on, INDEX_SLOW_LOGS: on } }, 'pass'],
    ['one', { LogPublishingOptions: { SEARCH_SLOW_LOGS: on } }, 'fail: it does not publish INDEX_SLOW_LOGS'],
    [
      'none, and others',
      { LogPublishingOptions: { AUDIT_LOGS: on, INDEX_SLOW_LOGS: { ...on, Enabled: false } } },
      'fail: it does not publish SEARCH_SLOW_LOGS and INDEX_SLOW_LOGS',
    ],
    ['too old', { EngineVersion: 'Elasticsearch_2.3' }, 'skip: Elasticsearch 2.3 publishes no logs'],
  ])('%s', async (_, more, expected) => {
    expect(await judge(157, ID, domain(more))).toBe(expected);
  });
});

describe('domains', () => {
  it.each([...options, 157, 158, 159, 359, 495, 497])('%i: gone, being deleted, denied', async (control) => {
    const read = 'opensearch:DescribeDomain';
    const gone = `skip: ${ID} does not exist (any more)`;
    expect(await judge(control, ID, domain({ Deleted: true }))).toBe(gone);
    expect(await judge(control, ID, { [read]: awsError('ResourceNotFoundException') })).toBe(gone);
    expect(await judge(control, ID, { [read]: awsError('AccessDeniedException') })).toBe(
      `unknown: ${read} was denied; allow es:DescribeDomain`,
    );
  });

  it.each(options)('%i hears both APIs', (control) => {
    expect(Object.keys(controlOf(control).detector.on)).toEqual(
      expect.arrayContaining([
        'es:CreateDomain',
        'es:CreateElasticsearchDomain',
        'es:UpdateDomainConfig',
        'es:UpdateElasticsearchDomainConfig',
      ]),
    );
  });

  it('are listed, have tags and ARNs', async () => {
    const { list, arn, tags } = controlOf(285).detector.resource;
    const session = sessionOn({
      'opensearch:ListDomainNames': {
        DomainNames: [{ DomainName: 'a', EngineType: 'Elasticsearch' }, { DomainName: 'b' }],
      },
      'opensearch:ListTags': { TagList: [{ Key: 'team', Value: 'search' }] },
    });
    expect(list && (await session.value(list, placeOf(285), []))).toEqual(['a', 'b']);
    expect(tags && (await session.value(tags, placeOf(285, 'a'), []))).toEqual({ team: 'search' });
    expect(arn({ partition: 'aws-cn', account: ACCOUNT, region: 'cn-north-1', id: 'a' })).toBe(
      `arn:aws-cn:es:cn-north-1:${ACCOUNT}:domain/a`,
    );
  });
});
