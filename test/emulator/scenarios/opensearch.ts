import {
  CreateLogGroupCommand,
  DescribeLogGroupsCommand,
  DescribeResourcePoliciesCommand,
  PutResourcePolicyCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  CreateDomainCommand,
  type CreateDomainCommandInput,
  DescribeDomainCommand,
  ListTagsCommand,
  ListVersionsCommand,
} from '@aws-sdk/client-opensearch';
import { ACCOUNT, type Aws, REGION } from '../clients.ts';
import { event, terraform } from '../event.ts';
import { scenario } from '../scenario.ts';

const ID = 'shop';
const KEY = `arn:aws:kms:${REGION}:${ACCOUNT}:key/11111111-2222-3333-4444-555555555555`;

/** A domain of which every option holds something that a careless fix would lose. */
const settings: CreateDomainCommandInput = {
  DomainName: ID,
  EngineVersion: 'OpenSearch_2.19',
  ClusterConfig: {
    ...{ InstanceType: 'r6g.large.search', InstanceCount: 3, DedicatedMasterEnabled: false },
    ...{ ZoneAwarenessEnabled: false, WarmEnabled: false, ColdStorageOptions: { Enabled: false } },
    NodeOptions: [{ NodeType: 'coordinator', NodeConfig: { Enabled: true, Type: 'm6g.large.search', Count: 2 } }],
  },
  EBSOptions: { EBSEnabled: true, VolumeType: 'io1', VolumeSize: 200, Iops: 4000 },
  DomainEndpointOptions: {
    ...{ EnforceHTTPS: false, TLSSecurityPolicy: 'Policy-Min-TLS-1-2-2019-07', CustomEndpointEnabled: true },
    CustomEndpoint: 'search.example.com',
    CustomEndpointCertificateArn: `arn:aws:acm:${REGION}:${ACCOUNT}:certificate/1`,
  },
  LogPublishingOptions: {
    ES_APPLICATION_LOGS: {
      CloudWatchLogsLogGroupArn: `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/acme/search-errors`,
      Enabled: true,
    },
  },
  AccessPolicies: JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        ...{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:role/shop` }, Action: 'es:ESHttp*' },
        Resource: `arn:aws:es:${REGION}:${ACCOUNT}:domain/${ID}/*`,
      },
    ],
  }),
  AdvancedOptions: { 'indices.query.bool.max_clause_count': '2048' },
  TagList: [{ Key: 'team', Value: 'search' }],
};

async function makeDomain({ opensearch }: Aws) {
  await opensearch.send(new CreateDomainCommand(settings));
  return { id: ID, event: event('es:CreateDomain', { domainName: ID }, { by: terraform }) };
}

async function state({ opensearch }: Aws, id: string) {
  const { DomainStatus } = await opensearch.send(new DescribeDomainCommand({ DomainName: id }));
  const { TagList } = await opensearch.send(new ListTagsCommand({ ARN: DomainStatus?.ARN }));
  return { domain: { ...DomainStatus }, tags: TagList };
}

const option = (
  control: number,
  change: (domain: Awaited<ReturnType<typeof state>>['domain']) => object,
  more: {
    readonly off?: readonly number[];
    readonly stays?: true;
    readonly parameters?: Readonly<Record<string, string>>;
  } = {},
) =>
  scenario({
    control,
    ...(more.off ? { off: more.off } : {}),
    arrange: async (aws) => ({
      ...(await makeDomain(aws)),
      ...(more.parameters ? { parameters: more.parameters } : {}),
    }),
    state,
    expected: (before) => ({ ...before, domain: { ...before.domain, ...change(before.domain) } }),
    // Encryption cannot be switched off again: an undo does nothing.
    ...(more.stays
      ? {
          undone: (before: Awaited<ReturnType<typeof state>>) => ({
            ...before,
            domain: { ...before.domain, ...change(before.domain) },
          }),
        }
      : {}),
  });

const spread = { InstanceCount: 4, ZoneAwarenessEnabled: true, ZoneAwarenessConfig: { AvailabilityZoneCount: 2 } };

/** What only a person can set right: a runbook, and nothing is touched. */
const byRunbook = (control: number) =>
  scenario({ control, kind: 'guide', arrange: makeDomain, state, expected: (before) => before });

const INDEX_GROUP = `/aws/OpenSearchService/domains/${ID}/index-logs`;
const arnOf = (group: string) => `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${group}`;
/** The slow logs, each with its group, switched on or off. */
const slow = (Enabled: boolean) => ({
  INDEX_SLOW_LOGS: { CloudWatchLogsLogGroupArn: arnOf(INDEX_GROUP), Enabled },
  SEARCH_SLOW_LOGS: { CloudWatchLogsLogGroupArn: arnOf(`/aws/OpenSearchService/domains/${ID}/search-logs`), Enabled },
});

async function stateWithLogs(aws: Aws, id: string) {
  const { logGroups = [] } = await aws.logs.send(new DescribeLogGroupsCommand({}));
  const { resourcePolicies = [] } = await aws.logs.send(new DescribeResourcePoliciesCommand({}));
  return {
    ...(await state(aws, id)),
    groups: logGroups.map(({ logGroupName, retentionInDays }) => `${logGroupName} ${retentionInDays}`),
    policies: resourcePolicies.map(({ policyName }) => policyName),
  };
}
type WithLogs = Awaited<ReturnType<typeof stateWithLogs>>;

const publishing = (before: WithLogs, isOn: boolean): WithLogs => ({
  ...before,
  domain: { ...before.domain, LogPublishingOptions: { ...before.domain.LogPublishingOptions, ...slow(isOn) } },
  groups: [...before.groups, `/aws/OpenSearchService/domains/${ID}/search-logs 30`].sort(),
  policies: [...before.policies, 'redress-opensearch-service'],
});

/** One of the two groups is there, and a policy for something else. */
const slowLogs = scenario({
  control: 157,
  arrange: async (aws) => {
    for (const logGroupName of [INDEX_GROUP, `/aws/OpenSearchService/domains/${ID}/search-logs-of-old`])
      await aws.logs.send(new CreateLogGroupCommand({ logGroupName }));
    const Statement = [{ Effect: 'Allow', Principal: { Service: 'es.amazonaws.com' }, Action: 'logs:PutLogEvents' }];
    const policyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
    await aws.logs.send(new PutResourcePolicyCommand({ policyName: 'errors-of-search', policyDocument }));
    return makeDomain(aws);
  },
  state: stateWithLogs,
  expected: (before) => publishing(before, true),
  undone: (before) => publishing(before, false),
});

export const opensearch = [
  slowLogs,
  byRunbook(158),
  scenario({
    control: 159,
    kind: 'guide',
    lacks: {
      operation: 'opensearch:ListVersions',
      ask: ({ opensearch }) => opensearch.send(new ListVersionsCommand({})),
      // It answers with a web page.
      refusal: 'SyntaxError',
    },
    arrange: makeDomain,
    state,
    expected: (before) => before,
  }),
  byRunbook(359),
  byRunbook(495),
  byRunbook(497),
  option(156, () => ({ NodeToNodeEncryptionOptions: { Enabled: true } }), { off: [285], stays: true }),
  option(285, () => ({ EncryptionAtRestOptions: { Enabled: true, KmsKeyId: KEY } }), {
    off: [156],
    stays: true,
    parameters: { domainKeyArn: KEY },
  }),
  option(326, ({ DomainEndpointOptions }) => ({
    DomainEndpointOptions: { ...DomainEndpointOptions, EnforceHTTPS: true },
  })),
  option(496, ({ EBSOptions }) => ({ EBSOptions: { ...EBSOptions, VolumeType: 'gp3' } })),
  option(498, ({ ClusterConfig }) => ({ ClusterConfig: { ...ClusterConfig, ...spread } }), { off: [500] }),
  option(
    499,
    () => ({
      CognitoOptions: {
        ...{ Enabled: true, UserPoolId: `${REGION}_abc`, IdentityPoolId: `${REGION}:11-22` },
        RoleArn: `arn:aws:iam::${ACCOUNT}:role/dashboards`,
      },
    }),
    {
      parameters: {
        cognitoUserPoolId: `${REGION}_abc`,
        cognitoIdentityPoolId: `${REGION}:11-22`,
        cognitoRoleArn: `arn:aws:iam::${ACCOUNT}:role/dashboards`,
      },
    },
  ),
  option(
    500,
    ({ ClusterConfig }) => ({
      ClusterConfig: {
        ...ClusterConfig,
        ...{ DedicatedMasterEnabled: true, DedicatedMasterType: 'm7g.large.search', DedicatedMasterCount: 3 },
      },
    }),
    { off: [498], parameters: { masterInstanceType: 'm7g.large.search' } },
  ),
];
