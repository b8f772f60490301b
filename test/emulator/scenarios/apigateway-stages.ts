import {
  GenerateClientCertificateCommand,
  GetRestApisCommand,
  GetStagesCommand,
  type MethodSetting,
  UpdateAccountCommand,
  UpdateStageCommand,
} from '@aws-sdk/client-api-gateway';
import { ACCOUNT, type Aws, REGION } from '../clients.ts';
import { event } from '../event.ts';
import { scenario } from '../scenario.ts';
import { makeApi, makeStage } from './rest-apis.ts';

const OVERRIDE = '~1pets/GET';
const GROUP = `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:access`;

/** A stage with variables, settings of its own for one method and an access log, next to another one; patched to be bad. */
async function makeStages(aws: Aws, patches: readonly (readonly [path: string, value: string])[]) {
  await aws.apigateway.send(
    new UpdateAccountCommand({
      patchOperations: [{ op: 'replace', path: '/cloudwatchRoleArn', value: `arn:aws:iam::${ACCOUNT}:role/logs` }],
    }),
  );
  const api = await makeApi(aws);
  const id = await makeStage(aws, api, 'prod', { variables: { backend: 'blue' }, cacheClusterEnabled: true });
  await makeStage(aws, await makeApi(aws, { name: 'billing' }), 'test', { description: 'stays as it is' });
  const all = [
    ['/*/*/throttling/burstLimit', '77'],
    ['/*/*/caching/enabled', 'true'],
    [`/${OVERRIDE}/throttling/burstLimit`, '7'],
    [`/${OVERRIDE}/logging/loglevel`, 'INFO'],
    [`/${OVERRIDE}/caching/enabled`, 'true'],
    ['/accessLogSettings/destinationArn', GROUP],
    ['/accessLogSettings/format', '$context.requestId'],
    ...patches,
  ] as const;
  const { restApiId } = api;
  await aws.apigateway.send(
    new UpdateStageCommand({
      restApiId,
      stageName: 'prod',
      patchOperations: all.map(([path, value]) => ({ op: 'replace', path, value })),
    }),
  );
  return { id, event: event('apigateway:UpdateStage', { restApiId, stageName: 'prod' }) };
}

/** The stages of both APIs, whole. What says nothing of a method says the default. */
async function state({ apigateway }: Aws) {
  const { items = [] } = await apigateway.send(new GetRestApisCommand({}));
  const lists = await Promise.all(
    items.map(({ id: restApiId }) => apigateway.send(new GetStagesCommand({ restApiId }))),
  );
  const stages = lists.flatMap(({ item = [] }) => item);
  return stages.map(({ createdDate, lastUpdatedDate, methodSettings = {}, ...rest }) => ({
    ...rest,
    methodSettings: Object.fromEntries(
      Object.entries(methodSettings).map(([key, one]) => [key, { loggingLevel: 'OFF', ...one }]),
    ),
  }));
}
type State = Awaited<ReturnType<typeof state>>;

const changed = (before: State, change: (one: State[number]) => State[number]): State =>
  before.map((one) => (one.stageName === 'prod' ? change(one) : one));
const methods = (before: State, change: (one: MethodSetting) => MethodSetting): State =>
  changed(before, (one) => ({
    ...one,
    methodSettings: Object.fromEntries(
      Object.entries(one.methodSettings).map(([key, settings]) => [key, { loggingLevel: 'OFF', ...change(settings) }]),
    ),
  }));

const JSON_LINE = '{"id":"$context.requestId","status":$context.status}';

export const apigatewayStages = [
  scenario({
    control: 242,
    arrange: (aws) =>
      makeStages(aws, [
        ['/*/*/metrics/enabled', 'true'],
        [`/${OVERRIDE}/metrics/enabled`, 'true'],
      ]),
    off: [388],
    state,
    expected: (before) =>
      methods(before, (one) => ({ ...one, loggingLevel: one.loggingLevel === 'OFF' ? 'ERROR' : one.loggingLevel })),
  }),
  scenario({
    control: 243,
    arrange: (aws) => makeStages(aws, [['/*/*/caching/dataEncrypted', 'false']]),
    state,
    expected: (before) => methods(before, (one) => ({ ...one, cacheDataEncrypted: true })),
  }),
  scenario({
    control: 244,
    arrange: async (aws) => ({ ...(await makeStages(aws, [])), parameters: { accessLogFormat: JSON_LINE } }),
    state,
    expected: (before) =>
      changed(before, (one) => ({ ...one, accessLogSettings: { destinationArn: GROUP, format: JSON_LINE } })),
  }),
  scenario({
    control: 318,
    arrange: (aws) => makeStages(aws, [['/tracingEnabled', 'false']]),
    state,
    expected: (before) => changed(before, (one) => ({ ...one, tracingEnabled: true })),
  }),
  scenario({
    control: 388,
    arrange: (aws) => makeStages(aws, [['/*/*/logging/loglevel', 'ERROR']]),
    state,
    expected: (before) => methods(before, (one) => ({ ...one, metricsEnabled: true })),
  }),
  ...[427, 428].map((control) =>
    scenario({
      control,
      arrange: (aws) => makeStages(aws, []),
      state,
      expected: (before) => before,
      lacks: {
        operation: 'GenerateClientCertificate',
        ask: ({ apigateway }) => apigateway.send(new GenerateClientCertificateCommand({})),
        refusal: 'SyntaxError',
      },
    }),
  ),
  scenario({
    control: 465,
    arrange: async (aws) => ({
      ...(await makeStages(aws, [
        ['/cacheClusterEnabled', 'false'],
        ['/*/*/caching/enabled', 'false'],
      ])),
      parameters: { cacheTtlSeconds: '60', cacheClusterSize: '1.6' },
    }),
    state,
    expected: (before) =>
      changed(before, (one) => ({
        ...one,
        cacheClusterEnabled: true,
        cacheClusterStatus: 'AVAILABLE',
        cacheClusterSize: '1.6',
        methodSettings: {
          ...one.methodSettings,
          '*/*': {
            loggingLevel: 'OFF',
            ...one.methodSettings['*/*'],
            cachingEnabled: true,
            cacheDataEncrypted: true,
            cacheTtlInSeconds: 60,
          },
        },
      })),
    noUndoHere: 'it says of a cache that was taken away NOT_AVAILABLE, and of one that never was',
  }),
];
