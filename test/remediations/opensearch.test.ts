import { describe, expect, it } from 'vitest';
import { type Answers, callsOf, judge, planFor, plansFor } from '../controls.ts';
import { expectInOrder, runbookOf } from '../runbook.ts';

const ID = 'shop';
const KEY = 'arn:aws:kms:eu-west-1:123456789012:key/1111';
const domain = (more: object = {}): Answers => ({
  'opensearch:DescribeDomain': { DomainStatus: { DomainName: ID, EngineVersion: 'OpenSearch_2.19', ...more } },
  'ec2:DescribeSubnets': {
    Subnets: [
      { SubnetId: 'subnet-a', AvailabilityZone: 'eu-west-1a' },
      { SubnetId: 'subnet-a2', AvailabilityZone: 'eu-west-1a' },
      { SubnetId: 'subnet-b', AvailabilityZone: 'eu-west-1b' },
      { SubnetId: 'subnet-c', AvailabilityZone: 'eu-west-1c' },
    ],
  },
});
const update = (input: object) => ['opensearch:UpdateDomainConfig', { DomainName: ID, ...input }];
const set = (parameters: Readonly<Record<string, string>>) => ({ parameters });

const nodes = {
  ...{ InstanceType: 'r6g.large.search', InstanceCount: 3, WarmEnabled: true, WarmType: 'ultrawarm1.medium.search' },
  ...{
    WarmCount: 2,
    ColdStorageOptions: { Enabled: true },
    DedicatedMasterEnabled: false,
    ZoneAwarenessEnabled: false,
  },
};
const endpoint = {
  ...{ EnforceHTTPS: false, TLSSecurityPolicy: 'Policy-Min-TLS-1-2-PFS-2023-10', CustomEndpointEnabled: true },
  ...{ CustomEndpoint: 'search.example.com', CustomEndpointCertificateArn: 'arn:aws:acm:eu-west-1:1:certificate/1' },
};
const volumes = { EBSEnabled: true, VolumeType: 'io1', VolumeSize: 200, Iops: 4000 };
const inVpc = {
  VPCId: 'vpc-1',
  SubnetIds: ['subnet-a'],
  AvailabilityZones: ['eu-west-1a'],
  SecurityGroupIds: ['sg-1'],
};
const pools = {
  cognitoUserPoolId: 'eu-west-1_abc',
  cognitoIdentityPoolId: 'eu-west-1:11-22',
  cognitoRoleArn: 'arn:aws:iam::123456789012:role/dashboards',
};
const masters = { DedicatedMasterEnabled: true, DedicatedMasterType: 'm7g.large.search', DedicatedMasterCount: 3 };

describe('options keep what else they hold, and go back', () => {
  it.each<[number, string, object, Readonly<Record<string, string>>, object, object]>([
    [326, 'HTTPS', { DomainEndpointOptions: endpoint }, {}, { EnforceHTTPS: true }, {}],
    [496, 'io1', { EBSOptions: volumes }, {}, { VolumeType: 'gp3' }, {}],
    [496, 'few operations', { EBSOptions: { ...volumes, Iops: 1000 } }, {}, { VolumeType: 'gp3', Iops: 3000 }, {}],
    [498, 'zones', { ClusterConfig: nodes }, {}, { InstanceCount: 4 }, {}],
    [500, 'masters', { ClusterConfig: nodes }, { masterInstanceType: 'm7g.large.search' }, masters, {}],
  ])('%i: %s', async (control, _, before, parameters, change) => {
    const plan = await planFor(control, ID, domain(before), set(parameters));
    const [[option, value] = ['', {}]] = Object.entries(before);
    const more =
      control === 498 ? { ZoneAwarenessEnabled: true, ZoneAwarenessConfig: { AvailabilityZoneCount: 2 } } : {};
    const after = { [option]: { ...value, ...change, ...more } };
    expect(plan.mode).toBe('approve');
    expect(callsOf(plan)).toEqual({ steps: [update(after)], undo: [update(before)] });
    expect(await judge(control, ID, domain(after))).toBe('pass');
  });

  it('326 goes back to both where AWS shows no options', async () => {
    expect(callsOf(await planFor(326, ID, domain()))).toEqual({
      steps: [update({ DomainEndpointOptions: { EnforceHTTPS: true } })],
      undo: [update({ DomainEndpointOptions: { EnforceHTTPS: false } })],
    });
  });

  it('326 leaves the name out that a custom endpoint had', async () => {
    const off = { ...endpoint, CustomEndpointEnabled: false };
    const plan = await planFor(326, ID, domain({ DomainEndpointOptions: off }));
    expect(callsOf(plan).steps).toEqual([
      update({
        DomainEndpointOptions: {
          ...{ EnforceHTTPS: true, TLSSecurityPolicy: endpoint.TLSSecurityPolicy },
          CustomEndpointEnabled: false,
        },
      }),
    ]);
  });

  it('496 sends no operations where none were provisioned, or gp2 is wanted', async () => {
    const magnetic = { EBSEnabled: true, VolumeType: 'standard', VolumeSize: 100 };
    const plain = await planFor(496, ID, domain({ EBSOptions: magnetic }));
    expect(callsOf(plain).steps).toEqual([update({ EBSOptions: { ...magnetic, VolumeType: 'gp3' } })]);
    const old = await planFor(496, ID, domain({ EBSOptions: volumes }), set({ domainVolumeType: 'gp2' }));
    expect(callsOf(old).steps).toEqual([
      update({ EBSOptions: { EBSEnabled: true, VolumeType: 'gp2', VolumeSize: 200 } }),
    ]);
  });

  it('498 adds a subnet for each zone, and keeps its own', async () => {
    const three = { domainZones: '3', domainSubnetIds: 'subnet-x, subnet-a2,subnet-c, subnet-b' };
    const plan = await planFor(498, ID, domain({ ClusterConfig: nodes, VPCOptions: inVpc }), set(three));
    const vpc = { SubnetIds: ['subnet-a', 'subnet-c', 'subnet-b'], SecurityGroupIds: ['sg-1'] };
    const zones = { ZoneAwarenessEnabled: true, ZoneAwarenessConfig: { AvailabilityZoneCount: 3 } };
    expect(callsOf(plan)).toEqual({
      steps: [update({ ClusterConfig: { ...nodes, ...zones }, VPCOptions: vpc })],
      undo: [update({ ClusterConfig: nodes, VPCOptions: { ...vpc, SubnetIds: ['subnet-a'] } })],
    });
  });

  it('498 and 500 are one rebuild', async () => {
    const [plan, ...more] = await plansFor(
      [498, 500],
      ID,
      domain({ ClusterConfig: nodes }),
      set({ masterInstanceType: 'm7g.large.search' }),
    );
    expect(more).toEqual([]);
    const zones = { InstanceCount: 4, ZoneAwarenessEnabled: true, ZoneAwarenessConfig: { AvailabilityZoneCount: 2 } };
    expect(plan && callsOf(plan).steps).toEqual([update({ ClusterConfig: { ...nodes, ...zones, ...masters } })]);
  });

  it('499 switches Cognito on, and off again', async () => {
    const plan = await planFor(499, ID, domain(), set(pools));
    const CognitoOptions = {
      ...{ Enabled: true, UserPoolId: 'eu-west-1_abc', IdentityPoolId: 'eu-west-1:11-22' },
      RoleArn: 'arn:aws:iam::123456789012:role/dashboards',
    };
    expect(callsOf(plan)).toEqual({
      steps: [update({ CognitoOptions })],
      undo: [update({ CognitoOptions: { Enabled: false } })],
    });
    expect(plan.permissions).toContain('iam:PassRole');
    expect(await judge(499, ID, domain({ CognitoOptions }))).toBe('pass');
  });
});

describe('encryption', () => {
  const atRest = { EncryptionAtRestOptions: { Enabled: true, KmsKeyId: KEY } };
  const nodeToNode = { NodeToNodeEncryptionOptions: { Enabled: true } };
  const key = set({ domainKeyArn: KEY });

  it.each<[number, object]>([
    [156, nodeToNode],
    [285, atRest],
  ])('%i sends its own option alone, and has no way back', async (control, after) => {
    const old = { EngineVersion: 'Elasticsearch_6.7' };
    const plan = await planFor(control, ID, domain(old), key);
    expect(plan).toMatchObject({ mode: 'approve', undo: { class: 'none', steps: [] } });
    expect(callsOf(plan).steps).toEqual([update(after)]);
    expect(await judge(control, ID, domain({ ...old, ...after }))).toBe('pass');
  });

  it('both are one rebuild', async () => {
    const [plan, ...more] = await plansFor([156, 285], ID, domain(), key);
    expect(more).toEqual([]);
    expect(plan && callsOf(plan).steps).toEqual([update({ ...atRest, ...nodeToNode })]);
  });

  it('285 asks for the key, and says what using it takes', async () => {
    expect((await planFor(285, ID, domain())).missing).toEqual(['domainKeyArn']);
    expect((await planFor(285, ID, domain(), key)).permissions).toEqual(
      expect.arrayContaining(['es:UpdateDomainConfig', 'kms:CreateGrant', 'kms:DescribeKey']),
    );
    const ofAws = await planFor(285, ID, domain(), set({ domainKeyArn: 'alias/aws/es' }));
    expect(callsOf(ofAws).steps).toEqual([update({ EncryptionAtRestOptions: { Enabled: true } })]);
  });
});

describe('left to a person', () => {
  const warm = { ClusterConfig: { InstanceType: 'r6g.large.search', WarmEnabled: true } };
  const all = { ...pools, domainKeyArn: KEY, masterInstanceType: 'm7g.large.search' };
  it.each([156, 285, 326, 496, 498, 499, 500])('%i: a domain that is changing', async (control) => {
    const failing = { EBSOptions: volumes };
    for (const [state, said] of [
      [{ Processing: true }, 'being made or changed'],
      [{ Processing: true, UpgradeProcessing: true }, 'being upgraded'],
    ] as const) {
      const plan = await planFor(control, ID, domain({ ...failing, ...state }), set(all));
      expect(plan).toMatchObject({ mode: 'guided', steps: [] });
      expect(plan.guide[0]?.text).toContain(said);
    }
  });

  it.each<[number, string, object, Readonly<Record<string, string>>, string]>([
    [156, 'too old', { EngineVersion: 'Elasticsearch_6.5' }, {}, 'upgrade the domain to 6.8'],
    [
      285,
      'too old',
      { EngineVersion: 'Elasticsearch_5.6' },
      {},
      'Elasticsearch 5.6 cannot be encrypted at rest in place',
    ],
    [285, 'far too old', { EngineVersion: 'Elasticsearch_2.3' }, {}, 'Make a new domain'],
    [285, 'warm storage', warm, {}, 'UltraWarm'],
    [285, 'cold storage', { ClusterConfig: { ColdStorageOptions: { Enabled: true } } }, {}, 'cold storage'],
    [285, 'old instances', { ClusterConfig: { InstanceType: 't2.small.search' } }, {}, 't2.small.search cannot'],
    [285, 'old masters', { ClusterConfig: { DedicatedMasterType: 'm3.large.search' } }, {}, 'm3.large.search cannot'],
    [285, 'a key elsewhere', {}, { domainKeyArn: 'arn:aws:kms:us-east-1:1:key/1' }, 'a key in us-east-1'],
    [496, 'an odd type', { EBSOptions: volumes }, { domainVolumeType: 'st1' }, 'set it to gp3 or gp2'],
    [496, 'very fast volumes', { EBSOptions: { ...volumes, Iops: 20000 } }, {}, 'gp3 gives 16000'],
    [498, 'odd zones', {}, { domainZones: '4' }, 'set it to 2 or 3'],
    [498, 'no subnets named', { VPCOptions: inVpc }, {}, 'subnet-a of vpc-1, and 2 zones need 2 subnets'],
    [498, 'one zone twice', { VPCOptions: inVpc }, { domainSubnetIds: 'subnet-a2' }, 'each in a zone of its own'],
    [499, 'SAML', { AdvancedSecurityOptions: { SAMLOptions: { Enabled: true } } }, {}, 'people log in by SAML'],
    [499, 'pool elsewhere', {}, { cognitoUserPoolId: 'us-east-1_a' }, 'no user pool of eu-west-1'],
    [499, 'identities elsewhere', {}, { cognitoIdentityPoolId: 'us-east-1:1' }, 'no identity pool of eu-west-1'],
    [499, 'no role', {}, { cognitoRoleArn: 'dashboards' }, 'which is no role'],
    [500, 'no type', {}, { masterInstanceType: 'm7g.large' }, 'set it to one such as'],
    [500, 'four masters', {}, { masterCount: '4' }, 'set it to 3 or 5'],
  ])('%i: %s', async (control, _, more, parameters, because) => {
    const plan = await planFor(control, ID, domain(more), set({ ...all, ...parameters }));
    expect(plan).toMatchObject({ mode: 'guided', steps: [] });
    expect(plan.guide[0]?.text).toContain(because);
  });
});

describe('runbooks', () => {
  const tagged = { 'opensearch:ListTags': { TagList: [{ Key: 'team', Value: 'search' }] } };
  const policy = (Principal: unknown) =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal, Action: 'es:*', Resource: 'arn:aws:es:eu-west-1:1:domain/shop/*' }],
    });

  it.each([158, 359])(
    '%i: policy first, then a twin in a VPC, then the data, then the old one goes',
    async (control) => {
      const open = { ...domain({ AccessPolicies: policy('*'), ClusterConfig: nodes }), ...tagged };
      const text = await runbookOf(control, ID, open);
      expectInOrder(
        text,
        'lets everyone in',
        'create-domain',
        'shop-2',
        'domain/shop-2/*',
        'snapshot',
        'delete-domain',
      );
      expectInOrder(text, '<subnet-id>', 'team');
      const closed = { ...domain({ AccessPolicies: policy({ AWS: 'arn:aws:iam::1:role/a' }) }), ...tagged };
      expect(await runbookOf(control, ID, closed)).toContain('lets nobody in who is not named');
    },
  );

  it('159 checks, saves, and goes hop by hop', async () => {
    const answers = (EngineVersion: string, TargetVersions: string[]): Answers => ({
      ...domain({ EngineVersion }),
      'opensearch:ListVersions': { Versions: ['Elasticsearch_7.10', 'Elasticsearch_6.8'] },
      'opensearch:GetCompatibleVersions': { CompatibleVersions: [{ SourceVersion: EngineVersion, TargetVersions }] },
    });
    const near = await runbookOf(159, ID, answers('Elasticsearch_6.8', ['Elasticsearch_7.10', 'OpenSearch_1.3']));
    expectInOrder(near, '--perform-check-only', 'manual snapshot', 'upgrade-domain', 'Elasticsearch_7.10');
    expect(await runbookOf(159, ID, answers('Elasticsearch_5.6', ['Elasticsearch_6.8']))).toContain('<next-version>');
    expect(await runbookOf(159, ID, answers('Elasticsearch_2.3', []))).toContain('cannot be upgraded in place');
  });

  it('495 names what is missing, and keeps the migration period', async () => {
    const text = await runbookOf(495, ID, domain({ EncryptionAtRestOptions: { Enabled: true } }));
    expectInOrder(text, 'needs encryption between nodes (156), HTTPS only (326) first', 'manual snapshot');
    expectInOrder(text, 'AnonymousAuthEnabled', 'map every client', 'AnonymousAuthEnabled');
  });

  it('497: one change where there is no encryption yet, a new domain otherwise', async () => {
    expectInOrder(await runbookOf(497, ID, { ...domain(), ...tagged }), '285', 'update-domain-config');
    const encrypted = { EncryptionAtRestOptions: { Enabled: true, KmsKeyId: KEY }, VPCOptions: inVpc };
    const text = await runbookOf(497, ID, { ...domain(encrypted), ...tagged }, set({ newDomainKeyArn: 'arn:own' }));
    expectInOrder(text, 'create-domain', 'subnet-a', 'arn:own', 'delete-domain');
  });
});

describe('157', () => {
  const LOGS = 'arn:aws:logs:eu-west-1:123456789012:log-group:';
  const OWN = `${LOGS}/aws/OpenSearchService/domains/`;
  const ES_APPLICATION_LOGS = { Enabled: true, CloudWatchLogsLogGroupArn: `${LOGS}errors` };
  const SEARCH_SLOW_LOGS = { Enabled: true, CloudWatchLogsLogGroupArn: `${OWN}shop/search-logs` };
  const INDEX_SLOW_LOGS = { Enabled: true, CloudWatchLogsLogGroupArn: `${OWN}shop/index-logs` };
  const off = (log: object) => ({ ...log, Enabled: false });
  const letting = (Resource: string, more: object = {}) => ({
    policyName: 'of-somebody',
    policyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: {
        ...{ Effect: 'Allow', Principal: { Service: 'es.amazonaws.com' }, Resource },
        ...{ Action: ['logs:PutLogEvents', 'logs:CreateLogStream'], ...more },
      },
    }),
  });
  const policyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        ...{ Sid: 'OpenSearchServiceWritesLogs', Effect: 'Allow', Principal: { Service: 'es.amazonaws.com' } },
        ...{ Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: `${OWN}*` },
        Condition: { StringEquals: { 'aws:SourceAccount': '123456789012' } },
      },
    ],
  });
  const state = (
    LogPublishingOptions: object,
    { groups = [], policies = [], ...more }: { groups?: string[]; policies?: object[]; Processing?: boolean } = {},
  ): Answers => ({
    ...domain({ LogPublishingOptions, ...more }),
    // Others may begin with the same name.
    'logs:DescribeLogGroups': ({ logGroupNamePrefix: prefix }) => ({
      logGroups: groups.filter((name) => name.startsWith(String(prefix))).map((logGroupName) => ({ logGroupName })),
    }),
    'logs:DescribeResourcePolicies': { resourcePolicies: policies },
  });
  const group = (logGroupName: string) => ['logs:CreateLogGroup', { logGroupName }];
  const keep = (logGroupName: string, retentionInDays = 30) => [
    'logs:PutRetentionPolicy',
    { logGroupName, retentionInDays },
  ];
  const put = ['logs:PutResourcePolicy', { policyName: 'redress-opensearch-service', policyDocument }];

  it('makes groups, lets the service write, and publishes both beside the logs that are on', async () => {
    const plan = await planFor(157, ID, state({ ES_APPLICATION_LOGS }), set({ slowLogDays: '90' }));
    expect(plan).toMatchObject({ mode: 'approve', undo: { class: 'best-effort' } });
    const names = ['search-logs', 'index-logs'].map((name) => `/aws/OpenSearchService/domains/shop/${name}`);
    const both = { SEARCH_SLOW_LOGS, INDEX_SLOW_LOGS };
    expect(callsOf(plan)).toEqual({
      steps: [
        ...names.map(group),
        ...names.map((name) => keep(name, 90)),
        put,
        update({ LogPublishingOptions: { ES_APPLICATION_LOGS, ...both } }),
      ],
      undo: [
        update({
          LogPublishingOptions: {
            ES_APPLICATION_LOGS,
            ...{ SEARCH_SLOW_LOGS: off(SEARCH_SLOW_LOGS), INDEX_SLOW_LOGS: off(INDEX_SLOW_LOGS) },
          },
        }),
      ],
    });
  });

  it('adds the one that is missing, in a group that is there', async () => {
    const there = { groups: ['/aws/OpenSearchService/domains/shop/index-logs'], policies: [letting('*')] };
    expect(callsOf(await planFor(157, ID, state({ SEARCH_SLOW_LOGS }, there)))).toEqual({
      steps: [update({ LogPublishingOptions: { SEARCH_SLOW_LOGS, INDEX_SLOW_LOGS } })],
      undo: [update({ LogPublishingOptions: { SEARCH_SLOW_LOGS, INDEX_SLOW_LOGS: off(INDEX_SLOW_LOGS) } })],
    });
  });

  it('takes a group whose name only begins alike for another', async () => {
    const alike = { groups: ['/aws/OpenSearchService/domains/shop/index-logs-old'], policies: [letting('*')] };
    const { steps } = callsOf(await planFor(157, ID, state({ SEARCH_SLOW_LOGS }, alike)));
    expect(steps[0]).toEqual(group('/aws/OpenSearchService/domains/shop/index-logs'));
  });

  it('switches a log on again where it went before', async () => {
    const before = { SEARCH_SLOW_LOGS, INDEX_SLOW_LOGS: { Enabled: false, CloudWatchLogsLogGroupArn: `${LOGS}slow` } };
    const there = { groups: ['slow'], policies: [letting(`${LOGS}slow:*`)] };
    expect(callsOf(await planFor(157, ID, state(before, there)))).toEqual({
      steps: [
        update({
          LogPublishingOptions: {
            SEARCH_SLOW_LOGS,
            INDEX_SLOW_LOGS: { Enabled: true, CloudWatchLogsLogGroupArn: `${LOGS}slow` },
          },
        }),
      ],
      undo: [update({ LogPublishingOptions: before })],
    });
  });

  it.each<[string, object]>([
    ['another group', letting(`${OWN}other/*`)],
    ['the group without its streams', letting(`${OWN}shop/index-logs`)],
    ['one of the two actions', letting('*', { Action: 'logs:PutLogEvents' })],
    ['another account', letting('*', { Condition: { StringEquals: { 'aws:SourceAccount': '111122223333' } } })],
    ['another service', letting('*', { Principal: { Service: 'ds.amazonaws.com' } })],
  ])('does not rely on a policy for %s', async (_, policy) => {
    const { steps } = callsOf(await planFor(157, ID, state({ SEARCH_SLOW_LOGS }, { policies: [policy] })));
    expect(steps).toContainEqual(put);
  });

  it.each([
    [`${OWN}shop/*`, {}],
    [`${OWN}*`, { Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:es:eu-west-1:123456789012:domain/*' } } }],
    ['*', { Action: 'logs:*' }],
  ])('relies on one for %s', async (resource, more) => {
    const policies = [letting(resource, more)];
    const { steps } = callsOf(await planFor(157, ID, state({ SEARCH_SLOW_LOGS }, { policies })));
    expect(steps).not.toContainEqual(put);
  });

  const elsewhere = { INDEX_SLOW_LOGS: { Enabled: false, CloudWatchLogsLogGroupArn: `${LOGS}slow` } };
  const ten = Array.from({ length: 10 }, (_, index) => ({ ...letting(`${LOGS}x${index}`), policyName: `p${index}` }));
  it.each<[string, Answers, Record<string, string>, string]>([
    ['a domain that is changing', state({}, { Processing: true }), {}, 'is being made or changed'],
    ['a number of days that there is not', state({}), { slowLogDays: '31' }, 'slowLogDays is "31"'],
    ['a region full of policies', state({}, { policies: ten }), {}, 'takes no more'],
    ['a group of another name without a policy', state(elsewhere), {}, `lets es.amazonaws.com write to ${LOGS}slow`],
    [
      'a policy of our name that says something else',
      state({}, { policies: [{ ...letting(`${LOGS}x`), policyName: 'redress-opensearch-service' }] }),
      {},
      'says something else',
    ],
  ])('leaves %s to a person', async (_, answers, parameters, because) => {
    const plan = await planFor(157, ID, answers, set(parameters));
    expect(plan).toMatchObject({ mode: 'guided', steps: [] });
    expect(plan.guide[0]?.text).toContain(because);
  });
});
