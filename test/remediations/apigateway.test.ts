import { describe, expect, it } from 'vitest';
import { ACCOUNT, type Answer, callsOf, judge, planFor, plansFor } from '../controls.ts';

const STAGE = 'arn:aws:apigateway:eu-west-1::/restapis/a1b2/stages/prod';
const ROLE = { cloudwatchRoleArn: `arn:aws:iam::${ACCOUNT}:role/logs` };
const stage = (GetStage: object, more: Record<string, Answer> = {}) => ({
  'apigateway:GetStage': GetStage,
  'apigateway:GetAccount': ROLE,
  ...more,
});
const patch = (...patches: readonly [path: string, value: string][]) => [
  'apigateway:UpdateStage',
  {
    restApiId: 'a1b2',
    stageName: 'prod',
    patchOperations: patches.map(([path, value]) => ({ op: 'replace', path, value })),
  },
];

describe('242', () => {
  it('raises what is off to ERROR, the escaped key as it is, and leaves the rest', async () => {
    const methodSettings = {
      '*/*': { loggingLevel: 'INFO', dataTraceEnabled: true },
      '~1pets/GET': { loggingLevel: 'OFF' },
    };
    const plan = await planFor(242, STAGE, stage({ methodSettings }));
    expect(callsOf(plan)).toEqual({
      steps: [patch(['/~1pets/GET/logging/loglevel', 'ERROR'])],
      undo: [patch(['/~1pets/GET/logging/loglevel', 'OFF'])],
    });
    expect(plan).toMatchObject({ mode: 'auto', undo: { class: 'exact' } });
  });

  it('asks a person where no role may write logs', async () => {
    const plan = await planFor(242, STAGE, stage({}, { 'apigateway:GetAccount': {} }));
    expect(plan).toMatchObject({ kind: 'guide', mode: 'guided', steps: [] });
    expect(plan.guide[0]?.text).toContain('update-account');
  });
});

it('242 and 388 share one write', async () => {
  const [plan, ...more] = await plansFor([242, 388], STAGE, stage({}));
  expect(more).toEqual([]);
  expect(plan && callsOf(plan)).toEqual({
    steps: [patch(['/*/*/logging/loglevel', 'ERROR'], ['/*/*/metrics/enabled', 'true'])],
    undo: [patch(['/*/*/logging/loglevel', 'OFF'], ['/*/*/metrics/enabled', 'false'])],
  });
});

it('243 encrypts where methods are cached, and never turns a cache on', async () => {
  const methodSettings = {
    '*/*': { cachingEnabled: true },
    '~1pets/GET': { cachingEnabled: true, cacheDataEncrypted: true },
    '~1dogs/GET': { cachingEnabled: false },
  };
  const plan = await planFor(243, STAGE, stage({ cacheClusterEnabled: true, cacheClusterSize: '1.6', methodSettings }));
  expect(callsOf(plan)).toEqual({
    steps: [patch(['/*/*/caching/dataEncrypted', 'true'])],
    undo: [patch(['/*/*/caching/dataEncrypted', 'false'])],
  });
});

describe('244', () => {
  const accessLogArn = `arn:aws:logs:eu-west-1:${ACCOUNT}:log-group:access`;
  const accessLogFormat = '{"id":"$context.requestId"}';
  const parameters = { accessLogArn: `${accessLogArn}:*`, accessLogFormat };

  it('sets both where there is nothing, and takes both away again', async () => {
    const plan = await planFor(244, STAGE, stage({}), { parameters });
    expect(callsOf(plan)).toEqual({
      steps: [
        patch(['/accessLogSettings/destinationArn', accessLogArn], ['/accessLogSettings/format', accessLogFormat]),
      ],
      undo: [
        [
          'apigateway:UpdateStage',
          { restApiId: 'a1b2', stageName: 'prod', patchOperations: [{ op: 'remove', path: '/accessLogSettings' }] },
        ],
      ],
    });
  });

  it('keeps the destination and changes another format', async () => {
    const old = { destinationArn: `${accessLogArn}-old`, format: '$context.requestId' };
    const plan = await planFor(244, STAGE, stage({ accessLogSettings: old }), { parameters: { accessLogFormat } });
    expect(callsOf(plan)).toEqual({
      steps: [patch(['/accessLogSettings/format', accessLogFormat])],
      undo: [patch(['/accessLogSettings/format', old.format])],
    });
  });

  it('writes a format of its own that passes', async () => {
    const plan = await planFor(244, STAGE, stage({}), { parameters: { accessLogArn } });
    const [step] = plan.steps;
    const format = JSON.stringify(step?.input).match(/format","value":(".*?[^\\]")}/)?.[1] ?? '""';
    const accessLogSettings = { destinationArn: accessLogArn, format: JSON.parse(format) };
    expect(await judge(244, STAGE, stage({ accessLogSettings }))).toBe('pass');
  });

  it.each<[string, object, object, string]>([
    ['without a destination', {}, ROLE, 'set accessLogArn'],
    [
      'to another region',
      { accessLogArn: accessLogArn.replace('eu-west-1', 'us-east-1') },
      ROLE,
      'neither a log group',
    ],
    [
      'to a stream of another name',
      { accessLogArn: `arn:aws:firehose:eu-west-1:${ACCOUNT}:deliverystream/x` },
      ROLE,
      'neither a log group',
    ],
    ['without a role', { accessLogArn }, {}, 'update-account'],
    ['without a request id', { accessLogArn, accessLogFormat: '{"a":1}' }, ROLE, '$context.requestId'],
  ])('asks a person %s', async (_, chosen, role, because) => {
    const plan = await planFor(244, STAGE, stage({}, { 'apigateway:GetAccount': role }), { parameters: { ...chosen } });
    expect(plan).toMatchObject({ kind: 'guide', steps: [] });
    expect(plan.guide[0]?.text).toContain(because);
  });
});

it('318 turns tracing on', async () => {
  expect(callsOf(await planFor(318, STAGE, stage({})))).toEqual({
    steps: [patch(['/tracingEnabled', 'true'])],
    undo: [patch(['/tracingEnabled', 'false'])],
  });
});

it('427 shows the chosen certificate, and none again', async () => {
  const plan = await planFor(427, STAGE, stage({}), { parameters: { clientCertificateId: 'c1' } });
  expect(callsOf(plan)).toEqual({
    steps: [patch(['/clientCertificateId', 'c1'])],
    undo: [patch(['/clientCertificateId', ''])],
  });
  expect(await planFor(427, STAGE, stage({}))).toMatchObject({ missing: ['clientCertificateId'], steps: [] });
});

it('428 explains the order of a rotation', async () => {
  const answers = { 'apigateway:GetClientCertificate': { expirationDate: new Date('2026-07-01T00:00:00Z') } };
  const plan = await planFor(428, STAGE, stage({ clientCertificateId: 'c1' }, answers));
  expect(plan).toMatchObject({ kind: 'guide', mode: 'guided', steps: [] });
  expect(plan.guide[0]?.text).toContain('c1 ends on 2026-07-01');
  expect(plan.guide.flatMap(({ cli }) => cli?.split(' ')[2] ?? [])).toEqual([
    'generate-client-certificate',
    'update-stage',
    'update-stage',
    'delete-client-certificate',
  ]);
});

describe('465', () => {
  const parameters = { cacheTtlSeconds: '60' };
  it('turns the cache on, encrypted', async () => {
    const plan = await planFor(465, STAGE, stage({ methodSettings: { '~1a/POST': {} } }), { parameters });
    expect(callsOf(plan)).toEqual({
      steps: [
        patch(
          ['/cacheClusterEnabled', 'true'],
          ['/cacheClusterSize', '0.5'],
          ['/*/*/caching/enabled', 'true'],
          ['/*/*/caching/dataEncrypted', 'true'],
          ['/*/*/caching/ttlInSeconds', '60'],
        ),
      ],
      undo: [
        patch(
          ['/cacheClusterEnabled', 'false'],
          ['/*/*/caching/enabled', 'false'],
          ['/*/*/caching/dataEncrypted', 'false'],
          ['/*/*/caching/ttlInSeconds', '300'],
        ),
      ],
    });
    expect(plan.mode).toBe('approve');
  });

  it.each<[string, object, string, string]>([
    ['for a GET that was taken out', { methodSettings: { '~1me/GET': {} } }, '60', '/me/GET'],
    ['while the cache changes', { cacheClusterStatus: 'DELETE_IN_PROGRESS' }, '60', 'DELETE_IN_PROGRESS'],
    ['without a sensible time', {}, '0', 'no number from 1 to 3600'],
  ])('asks a person %s', async (_, current, cacheTtlSeconds, because) => {
    const plan = await planFor(465, STAGE, stage(current), { parameters: { cacheTtlSeconds } });
    expect(plan).toMatchObject({ kind: 'guide', steps: [] });
    expect(plan.guide[0]?.text).toContain(because);
  });

  it('needs a time', async () => {
    expect(await planFor(465, STAGE, stage({}))).toMatchObject({ missing: ['cacheTtlSeconds'], steps: [] });
  });
});

const API = 'a1b2';
const patchApi = (...patchOperations: object[]) => ['apigateway:UpdateRestApi', { restApiId: API, patchOperations }];

it('227 writes a runbook with the stages and the policy of the API', async () => {
  const plan = await planFor(227, API, {
    'apigateway:GetRestApi': { id: API, name: 'shop', endpointConfiguration: { types: ['REGIONAL'] } },
    'apigateway:GetStages': { item: [{ stageName: 'prod' }, { stageName: 'test' }] },
  });
  expect(plan).toMatchObject({ kind: 'guide', mode: 'guided', steps: [] });
  const commands = plan.guide.flatMap(({ cli }) => cli ?? []).join('\n');
  expect(commands).toContain('/endpointConfiguration/types/REGIONAL');
  const texts = plan.guide.map(({ text }) => text).join('\n');
  expect(texts).toContain('https://a1b2-<vpc-endpoint-id>.execute-api.eu-west-1.amazonaws.com/');
  expect(texts).toContain('mappings to a1b2');
  expect(commands).toContain(`arn:aws:execute-api:eu-west-1:${ACCOUNT}:a1b2/*`);
  expect(commands.match(/create-deployment/g)).toHaveLength(2);
});

it('227 says when the type is changing already', async () => {
  const plan = await planFor(227, API, {
    'apigateway:GetRestApi': { id: API, apiStatus: 'UPDATING' },
    'apigateway:GetStages': {},
  });
  expect(plan.guide.map(({ text }) => text).join('\n')).toContain('is UPDATING');
});

describe('449', () => {
  const answers = (more: Record<string, Answer>) => ({
    'apigateway:GetRestApi': { id: API },
    'apigateway:GetStages': { item: [{ stageName: 'prod', description: 'live' }, { stageName: 'b' }] },
    'apigateway:GetDomainNames': {},
    'apigatewayv2:GetDomainNames': {},
    ...more,
  });
  const older = {
    'apigateway:GetDomainNames': { items: [{ domainName: 'api.example.com' }] },
    'apigateway:GetBasePathMappings': { items: [{ restApiId: API }] },
  };
  const newer = {
    'apigateway:GetDomainNames': { items: [{ domainName: 'api.example.com' }] },
    'apigateway:GetBasePathMappings': new Error('BadRequestException'),
    'apigatewayv2:GetDomainNames': { Items: [{ DomainName: 'api.example.com' }] },
    'apigatewayv2:GetApiMappings': { Items: [{ ApiId: API }] },
  };
  newer['apigateway:GetBasePathMappings'].name = 'BadRequestException';
  const ruled = {
    'apigatewayv2:GetDomainNames': {
      Items: [{ DomainName: 'api.example.com', RoutingMode: 'ROUTING_RULE_ONLY' }, { DomainName: 'other.example.com' }],
    },
    'apigatewayv2:GetApiMappings': {},
    'apigatewayv2:ListRoutingRules': ({ DomainName }: Readonly<Record<string, unknown>>) =>
      DomainName === 'api.example.com' ? { RoutingRules: [{ Actions: [{ InvokeApi: { ApiId: API } }] }] } : {},
  };
  const ruledInPrivate = {
    'apigateway:GetDomainNames': {
      items: [{ domainName: 'in.example.com', domainNameId: 'd1', routingMode: 'ROUTING_RULE_THEN_API_MAPPING' }],
    },
    'apigateway:GetBasePathMappings': {},
    'apigatewayv2:ListRoutingRules': ({ DomainNameId }: Readonly<Record<string, unknown>>) =>
      DomainNameId === 'd1' ? { RoutingRules: [{ Actions: [{ InvokeApi: { ApiId: API } }] }] } : {},
  };

  it.each<[string, Record<string, Answer>]>([
    ['a base path mapping', older],
    ['an API mapping', newer],
    ['a routing rule', ruled],
    ['a routing rule of a private domain', ruledInPrivate],
  ])('disables it behind %s, and writes each stage as it was', async (_, domains) => {
    const plan = await planFor(449, API, answers(domains));
    const touch = (stageName: string, value: string) => [
      'apigateway:UpdateStage',
      { restApiId: API, stageName, patchOperations: [{ op: 'replace', path: '/description', value }] },
    ];
    const flag = (value: string) => patchApi({ op: 'replace', path: '/disableExecuteApiEndpoint', value });
    expect(callsOf(plan)).toEqual({
      steps: [flag('true'), touch('b', ''), touch('prod', 'live')],
      undo: [flag('false'), touch('b', ''), touch('prod', 'live')],
    });
    expect(plan.mode).toBe('approve');
  });

  it('leaves an API alone that has no other name', async () => {
    const plan = await planFor(449, API, answers({}));
    expect(plan).toMatchObject({ kind: 'guide', steps: [] });
    expect(plan.guide[0]?.text).toContain('no custom domain');
  });
});

it('460 sets a size and publishes nothing', async () => {
  const plan = await planFor(460, API, { 'apigateway:GetRestApi': { id: API } });
  expect(callsOf(plan)).toEqual({
    steps: [patchApi({ op: 'replace', path: '/minimumCompressionSize', value: '1024' })],
    undo: [patchApi({ op: 'replace', path: '/minimumCompressionSize' })],
  });
  expect(plan.impact).toContain('deploys');
});

describe('503', () => {
  const domain = (more: object) => ({ 'apigateway:GetDomainName': { securityPolicy: 'TLS_1_0', ...more } });
  it('asks for TLS 1.2', async () => {
    const write = (value: string) => [
      'apigateway:UpdateDomainName',
      { domainName: 'api.example.com', patchOperations: [{ op: 'replace', path: '/securityPolicy', value }] },
    ];
    expect(callsOf(await planFor(503, 'api.example.com', domain({ domainNameStatus: 'AVAILABLE' })))).toEqual({
      steps: [write('TLS_1_2')],
      undo: [write('TLS_1_0')],
    });
  });
  it.each([
    [{ domainNameStatus: 'UPDATING' }, 'UPDATING'],
    [{ endpointConfiguration: { types: ['EDGE', 'REGIONAL'] } }, 'two kinds of endpoints'],
  ])('asks a person with %j', async (more, because) => {
    const plan = await planFor(503, 'api.example.com', domain(more));
    expect(plan).toMatchObject({ kind: 'guide', steps: [] });
    expect(plan.guide[0]?.text).toContain(because);
  });
});
