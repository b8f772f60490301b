import { describe, expect, it } from 'vitest';
import { createRouter } from '../../src/intake/route.ts';
import { ACCOUNT, type Answer, awsError, catalogue, controlOf, judge, placeOf, sessionOn } from '../controls.ts';

const STAGE = 'arn:aws:apigateway:eu-west-1::/restapis/a1b2/stages/prod';
const ROLE = { cloudwatchRoleArn: `arn:aws:iam::${ACCOUNT}:role/logs` };
const onStage = (control: number, stage: Answer, more: Record<string, Answer> = {}) =>
  judge(control, STAGE, { 'apigateway:GetStage': stage, 'apigateway:GetAccount': ROLE, ...more });
const settings = (methodSettings: object) => ({ stageName: 'prod', methodSettings });

describe.each([242, 243, 244, 318, 388, 428, 465])('%i', (control) => {
  it('skips a stage that is gone', async () => {
    expect(await onStage(control, awsError('NotFoundException'))).toBe(`skip: ${STAGE} does not exist (any more)`);
  });
  it('does not know a stage that it may not read', async () => {
    expect(await onStage(control, awsError('AccessDeniedException'))).toBe(
      'unknown: apigateway:GetStage was denied; allow apigateway:GET',
    );
  });
});

describe('242 and 388: logs and metrics of methods', () => {
  it.each<[string, object, string, string]>([
    ['a fresh stage', {}, 'fail: logging is off for */*', 'fail: neither ERROR nor INFO is the log level of */*'],
    ['errors', { '*/*': { loggingLevel: 'ERROR' } }, 'pass', 'fail: detailed metrics are off for */*'],
    ['everything', { '*/*': { loggingLevel: 'INFO', metricsEnabled: true } }, 'pass', 'pass'],
    [
      'a method that is silent',
      {
        '*/*': { loggingLevel: 'INFO', metricsEnabled: true },
        '~1pets~1{id}/GET': { loggingLevel: 'OFF', metricsEnabled: true },
      },
      'fail: logging is off for /pets/{id}/GET',
      'fail: neither ERROR nor INFO is the log level of /pets/{id}/GET',
    ],
    [
      'a method that is not counted',
      { '*/*': { loggingLevel: 'INFO', metricsEnabled: true }, 'pets/GET': { loggingLevel: 'ERROR' } },
      'pass',
      'fail: detailed metrics are off for pets/GET',
    ],
  ])('%s', async (_, methods, logs, both) => {
    expect(await onStage(242, settings(methods))).toBe(logs);
    expect(await onStage(388, settings(methods))).toBe(both);
  });

  it.each([242, 388])('%i fails where nobody may write logs', async (control) => {
    const stage = settings({ '*/*': { loggingLevel: 'ERROR', metricsEnabled: true } });
    expect(await onStage(control, stage, { 'apigateway:GetAccount': {} })).toBe(
      'fail: API Gateway has no role in this region to write logs with, so nothing is logged',
    );
  });
});

describe('243: encryption of the cache', () => {
  const cached = (methodSettings: object, more: object = {}) => ({
    cacheClusterEnabled: true,
    methodSettings,
    ...more,
  });
  it.each<[string, object, string]>([
    ['no cache', { methodSettings: { '*/*': { cachingEnabled: true } } }, 'skip: the stage has no cache'],
    ['a cache for nothing', cached({}), 'skip: no method uses the cache of the stage'],
    ['encrypted', cached({ '*/*': { cachingEnabled: true, cacheDataEncrypted: true } }), 'pass'],
    [
      'plain',
      cached({ '*/*': { cachingEnabled: true } }, { cacheClusterStatus: 'FLUSH_IN_PROGRESS' }),
      'fail: responses are cached without encryption for */*',
    ],
    [
      'plain for one method',
      cached({
        '*/*': { cachingEnabled: true, cacheDataEncrypted: true },
        '~1pets/GET': { cachingEnabled: true, cacheDataEncrypted: false },
        '~1dogs/GET': { cachingEnabled: false, cacheDataEncrypted: false },
      }),
      'fail: responses are cached without encryption for /pets/GET',
    ],
  ])('%s', async (_, stage, expected) => {
    expect(await onStage(243, stage)).toBe(expected);
  });
});

describe('244: access log', () => {
  const destinationArn = `arn:aws:logs:eu-west-1:${ACCOUNT}:log-group:access`;
  it.each<[string, object | undefined, string]>([
    ['none', undefined, 'fail: the stage writes no access log'],
    ['JSON without a destination', { format: '{"id":"$context.requestId"}' }, 'fail: the stage writes no access log'],
    ['JSON', { destinationArn, format: '{"id":"$context.requestId"}' }, 'pass'],
    [
      'JSON with bare variables',
      { destinationArn, format: '{"id":"$context.requestId","status":$context.status,"who":$context.authorizer.x-id}' },
      'pass',
    ],
    [
      'CLF',
      { destinationArn, format: '$context.identity.sourceIp $context.requestId' },
      'fail: the lines of the access log are not JSON',
    ],
    ['one value', { destinationArn, format: '$context.requestId' }, 'fail: the lines of the access log are not JSON'],
    [
      'XML',
      { destinationArn, format: '<request id="$context.requestId"/>' },
      'fail: the lines of the access log are not JSON',
    ],
  ])('%s', async (_, accessLogSettings, expected) => {
    expect(await onStage(244, { accessLogSettings })).toBe(expected);
  });
});

describe('318: tracing', () => {
  it.each([
    [{ tracingEnabled: true }, 'pass'],
    [{ tracingEnabled: false }, 'fail: requests are not traced'],
    [{}, 'fail: requests are not traced'],
  ])('%j', async (stage, expected) => {
    expect(await onStage(318, stage)).toBe(expected);
  });
});

describe('427: a client certificate for the backend', () => {
  const methods = (...types: string[]) => ({
    resourceMethods: Object.fromEntries(types.map((type, index) => [`M${index}`, { methodIntegration: { type } }])),
  });
  const pages: Answer = ({ position }) =>
    position === undefined
      ? { items: [{ path: '/' }, methods('MOCK', 'AWS_PROXY')], position: 'next' }
      : { items: [methods('HTTP_PROXY')] };
  it.each<[string, object, Answer, string]>([
    ['shown', { clientCertificateId: 'c1' }, pages, 'pass'],
    ['not shown', {}, pages, 'fail: the backend cannot tell who calls it: no client certificate is shown'],
    [
      'HTTP with mappings',
      {},
      { items: [methods('HTTP')] },
      'fail: the backend cannot tell who calls it: no client certificate is shown',
    ],
    [
      'Lambda',
      {},
      { items: [methods('AWS_PROXY', 'AWS', 'MOCK')] },
      'skip: no method of the API has a backend that is called over HTTP',
    ],
    ['no methods', {}, {}, 'skip: no method of the API has a backend that is called over HTTP'],
  ])('%s', async (_, stage, resources, expected) => {
    expect(await onStage(427, stage, { 'apigateway:GetResources': resources })).toBe(expected);
  });
});

describe('428: rotation of the client certificate', () => {
  const ends = (day: string) => ({ expirationDate: new Date(`${day}T12:00:00Z`) });
  it.each<[string, object, Answer, string]>([
    ['none', {}, {}, 'skip: the stage shows no client certificate'],
    ['31 days left', { clientCertificateId: 'c1' }, ends('2026-07-31'), 'pass'],
    [
      '30 days left',
      { clientCertificateId: 'c1' },
      ends('2026-07-30'),
      'fail: its client certificate c1 ends in 30 days',
    ],
    ['over', { clientCertificateId: 'c1' }, ends('2026-06-01'), 'fail: its client certificate c1 has ended'],
    [
      'unknown',
      { clientCertificateId: 'c1' },
      awsError('NotFoundException'),
      'fail: its client certificate c1 does not exist (any more)',
    ],
  ])('%s', async (_, stage, certificate, expected) => {
    expect(await onStage(428, stage, { 'apigateway:GetClientCertificate': certificate })).toBe(expected);
  });
});

describe('465: caching', () => {
  const cached = (methodSettings: object) => ({ cacheClusterEnabled: true, methodSettings });
  const on = { cachingEnabled: true, cacheTtlInSeconds: 60 };
  it.each<[string, object, string]>([
    ['no cache', settings({ '*/*': on }), 'fail: the stage has no cache'],
    ['a cache for nothing', cached({}), 'fail: the stage has a cache, but methods do not use it'],
    ['on', cached({ '*/*': on }), 'pass'],
    [
      'kept for no time',
      cached({ '*/*': { ...on, cacheTtlInSeconds: 0 } }),
      'fail: responses stay in the cache for 0 seconds',
    ],
    ['a POST without', cached({ '*/*': on, '~1orders/POST': { cachingEnabled: false } }), 'pass'],
    ['a GET without', cached({ '*/*': on, '~1orders/GET': {} }), 'fail: caching is off for /orders/GET'],
  ])('%s', async (_, stage, expected) => {
    expect(await onStage(465, stage)).toBe(expected);
  });
});

const API = 'a1b2';
const onApi = (control: number, api: Answer) =>
  judge(control, API, { 'apigateway:GetRestApi': api, 'apigateway:GetStages': {} });

describe.each([227, 449, 460])('%i', (control) => {
  it('skips an API that is gone', async () => {
    expect(await onApi(control, awsError('NotFoundException'))).toBe('skip: a1b2 does not exist (any more)');
  });
  it('does not know an API that it may not read', async () => {
    expect(await onApi(control, awsError('AccessDeniedException'))).toBe(
      'unknown: apigateway:GetRestApi was denied; allow apigateway:GET',
    );
  });
});

describe('227: private endpoints', () => {
  it.each<[object, string]>([
    [{ endpointConfiguration: { types: ['PRIVATE'] } }, 'pass'],
    [{ endpointConfiguration: { types: ['REGIONAL'] } }, 'fail: the API answers on the internet (REGIONAL)'],
    [{ endpointConfiguration: { types: ['EDGE'] } }, 'fail: the API answers on the internet (EDGE)'],
    [{}, 'fail: the API answers on the internet (EDGE)'],
    [
      { endpointConfiguration: { types: ['REGIONAL'] }, disableExecuteApiEndpoint: true },
      'fail: the API answers on the internet (REGIONAL)',
    ],
  ])('%j', async (api, expected) => {
    expect(await onApi(227, api)).toBe(expected);
  });
});

describe('449 and 460', () => {
  it.each<[number, object, string]>([
    [449, { disableExecuteApiEndpoint: true }, 'pass'],
    [449, {}, 'fail: the API answers under its execute-api name, past any custom domain'],
    [460, { minimumCompressionSize: 0 }, 'pass'],
    [460, { minimumCompressionSize: null }, 'fail: responses are never compressed'],
    [460, {}, 'fail: responses are never compressed'],
  ])('%i: %j', async (control, api, expected) => {
    expect(await onApi(control, api)).toBe(expected);
  });
});

describe('503: TLS of custom domains', () => {
  it.each<[Answer, string]>([
    [{ securityPolicy: 'TLS_1_2' }, 'pass'],
    [{ securityPolicy: 'SecurityPolicy_TLS13_1_3_2025_09' }, 'pass'],
    [{ securityPolicy: 'TLS_1_0' }, 'fail: the domain accepts TLS 1.0'],
    [{}, 'fail: the domain names no TLS version that it asks for'],
    [awsError('NotFoundException'), 'skip: api.example.com does not exist (any more)'],
    [awsError('AccessDeniedException'), 'unknown: apigateway:GetDomainName was denied; allow apigateway:GET'],
  ])('%j', async (answer, expected) => {
    expect(await judge(503, 'api.example.com', { 'apigateway:GetDomainName': answer })).toBe(expected);
  });
});

describe('events', () => {
  const route = (eventName: string, requestParameters: object, responseElements: object | null = null) =>
    createRouter(catalogue)
      .route({
        ...{ eventID: '1', eventSource: 'apigateway.amazonaws.com', eventName, eventTime: '' },
        ...{ awsRegion: 'eu-west-1', account: ACCOUNT, requestID: undefined, userIdentity: {}, userAgent: undefined },
        ...{ requestParameters, responseElements },
      })
      .subjects.map(({ resource, target, controls }) => ({
        type: resource.type,
        from: target.kind === 'id' ? target.id : target.from,
        controls,
      }));

  it('judges the stages of the API that an event names', () => {
    expect(route('CreateDeployment', { restApiId: 'a1b2' })).toMatchObject([
      { type: 'AWS::ApiGateway::Stage', from: 'a1b2', controls: [242, 243, 244, 318, 388, 426, 427, 428, 465] },
    ]);
  });
  it.each([
    ['CreateRestApi', { createRestApiInput: { name: 'x' } }, { id: API }, API],
    ['PutRestApi', { restApiId: API }, null, API],
    ['CreateDomainName', { createDomainNameInput: { domainName: 'api.example.com' } }, null, 'api.example.com'],
    ['UpdateDomainName', { domainName: 'api.example.com' }, null, 'api.example.com'],
  ])('finds what %s names', (name, request, response, id) => {
    expect(route(name, request, response)).toMatchObject([{ from: id }]);
  });
  it('judges every stage when the role for logs changes', () => {
    expect(route('UpdateAccount', {})).toMatchObject([{ from: ACCOUNT, controls: [242, 388] }]);
  });
});

it('lists the stages of every API that is still there', async () => {
  const { resource } = controlOf(242).detector;
  const session = sessionOn({
    'apigateway:GetRestApis': { items: [{ id: 'gone' }, { id: 'a1b2' }] },
    'apigateway:GetStages': ({ restApiId }) =>
      restApiId === 'gone' ? awsError('NotFoundException') : { item: [{ stageName: 'prod' }] },
  });
  expect(resource.list && (await session.value(resource.list, placeOf(242), resource.gone))).toEqual([
    'arn:aws:apigateway:eu-west-1::/restapis/a1b2/stages/prod',
  ]);
});
