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

describe('domains', () => {
  it.each(options)('%i: gone, being deleted, denied', async (control) => {
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
