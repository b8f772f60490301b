import type { MethodSetting } from '@aws-sdk/client-api-gateway';
import {
  type At,
  derive,
  detectors,
  fail,
  ids,
  pass,
  place,
  read,
  readEach,
  readPages,
  resource,
  skip,
  through,
} from '../../src/control.ts';

export const restApiIds = readPages(
  'apigateway',
  'GetRestApis',
  () => ({ limit: 500 }),
  (out) => (out.items ?? []).flatMap(({ id }) => id ?? []),
  ({ position }) => (position ? { position } : undefined),
);

/** A stage as API Gateway and WAF name it. The ARN holds no account. */
const stageArn = ({ partition, region }: Pick<At, 'partition' | 'region'>, api: string, stage: string): string =>
  `arn:${partition}:apigateway:${region}::/restapis/${api}/stages/${stage}`;

const stageLists = readEach(
  'apigateway',
  'GetStages',
  ({ restApiIds }) => restApiIds.map((restApiId) => ({ restApiId })),
  (out) => (out.item ?? []).flatMap(({ stageName }) => stageName ?? []),
  // An API that was deleted since it was listed has no stages; those of the others still count.
  { needs: { restApiIds }, absent: ['NotFoundException'] },
);

/** Every stage of every REST API of a region. */
export const stageArns = derive({ restApiIds, stageLists }, ({ restApiIds, stageLists, ...at }) =>
  restApiIds.flatMap((api, index) => (stageLists[index] ?? []).map((name) => stageArn(at, api, name))),
);

const stagesOfApi = read(
  'apigateway',
  'GetStages',
  ({ id }) => ({ restApiId: id }),
  (out, { id, ...at }) => (out.item ?? []).flatMap(({ stageName }) => (stageName ? [stageArn(at, id, stageName)] : [])),
);

/** Which API and stage an ARN names. */
export function stageOf(arn: string): { readonly restApiId: string; readonly stageName: string } {
  const [, restApiId = '', stageName = ''] = /\/restapis\/([^/]+)\/stages\/(.+)$/.exec(arn) ?? [];
  return { restApiId, stageName };
}

export const stage = read(
  'apigateway',
  'GetStage',
  ({ id }) => stageOf(id),
  (out) => out,
);

/** Stages of REST APIs. Their id is their ARN, as WAF has it. */
export const stages = resource('AWS::ApiGateway::Stage', {
  service: 'apigateway',
  arn: ({ id }) => id,
  list: stageArns,
  gone: ['NotFound', 'WAFNonexistentItem'],
  tags: read(
    'apigateway',
    'GetStage',
    ({ id }) => stageOf(id),
    (out) => ({ ...out.tags }),
  ),
});

// HTTP and WebSocket APIs have events of the same names, with an apiId instead.
const itsStages = through(stagesOfApi, ids('requestParameters.restApiId'));

/** Events that make or change a stage. A deployment can make one without a CreateStage. */
export const stageChanges = {
  'apigateway:CreateStage': itsStages,
  'apigateway:UpdateStage': itsStages,
  'apigateway:CreateDeployment': itsStages,
};

/** The role with which API Gateway writes logs, or nothing: one for all APIs of a region. */
export const loggingRole = read(
  'apigateway',
  'GetAccount',
  () => ({}),
  (out) => out.cloudwatchRoleArn || undefined,
);

/** The key of the settings that hold for every method without settings of its own. */
export const EVERY_METHOD = '*/*';

/** The settings of methods by key (`~1pets/GET`), in order. Those for every method are always there, if only by default. */
const methodSettings = derive({ stage }, ({ stage }) => {
  const settings: Readonly<Record<string, MethodSetting>> = { [EVERY_METHOD]: {}, ...stage.methodSettings };
  return Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1));
});

export interface MethodLogs {
  readonly level: string;
  readonly metrics: boolean;
}

/** What is logged and counted, by method key. */
export const methodLogs = derive({ methodSettings }, ({ methodSettings }): Readonly<Record<string, MethodLogs>> => {
  const byDefault = methodSettings.find(([key]) => key === EVERY_METHOD)?.[1].loggingLevel;
  return Object.fromEntries(
    methodSettings.map(([key, { loggingLevel = byDefault ?? 'OFF', metricsEnabled = false }]) => [
      key,
      { level: loggingLevel, metrics: metricsEnabled },
    ]),
  );
});

export interface MethodCache {
  readonly on: boolean;
  readonly encrypted: boolean;
  readonly seconds: number;
}

/** The cache of a stage, and what of it each method uses. */
export const cache = derive({ stage, methodSettings }, ({ stage, methodSettings }) => {
  const methods: Readonly<Record<string, MethodCache>> = Object.fromEntries(
    methodSettings.map(([key, { cachingEnabled = false, cacheDataEncrypted = false, cacheTtlInSeconds = 300 }]) => [
      key,
      { on: cachingEnabled, encrypted: cacheDataEncrypted, seconds: cacheTtlInSeconds },
    ]),
  );
  const cluster = stage.cacheClusterEnabled === true;
  const size: string | undefined = cluster ? stage.cacheClusterSize : undefined;
  return { cluster, size, methods };
});

/** Where a line for each request goes, and how it looks. */
export const accessLog = derive({ stage }, ({ stage: { accessLogSettings: set } }) => {
  const { destinationArn = '', format = '' } = set ?? {};
  return destinationArn === '' && format === '' ? undefined : { destinationArn, format };
});

/** Whether every line written by a format is a JSON object. Variables need no quotes around them. */
export function isJsonFormat(format: string): boolean {
  try {
    const line: unknown = JSON.parse(format.replace(/\$context(\.[\w-]+)+/g, '0'));
    return typeof line === 'object' && line !== null && !Array.isArray(line);
  } catch {
    return false;
  }
}

export const tracing = derive({ stage }, ({ stage }) => stage.tracingEnabled === true);

/** The certificate that the stage shows to its backends, or nothing. */
export const certificateId = derive({ stage }, ({ stage }) => stage.clientCertificateId || undefined);

const integrations = readPages(
  'apigateway',
  'GetResources',
  ({ id }) => ({ restApiId: stageOf(id).restApiId, embed: ['methods'], limit: 500 }),
  (out) =>
    (out.items ?? [])
      .flatMap(({ resourceMethods = {} }) => Object.values(resourceMethods))
      .flatMap(({ methodIntegration }) => methodIntegration?.type ?? []),
  ({ position }) => (position ? { position } : undefined),
);

const certificates = readEach(
  'apigateway',
  'GetClientCertificate',
  ({ certificateId }) => (certificateId === undefined ? [] : [{ clientCertificateId: certificateId }]),
  (out) => out.expirationDate,
  { needs: { certificateId }, absent: ['NotFoundException'] },
);

/** The end of that certificate; nothing where there is no such certificate (any more). */
export const certificateEnds = derive({ certificates }, ({ certificates: [ends] }) => ends);

const DAY = 24 * 60 * 60 * 1000;
/** How long before its end a certificate should have been replaced. */
const ROTATE_DAYS = 30;

const keysOf = <T>(methods: Readonly<Record<string, T>>, which: (one: T) => boolean): string =>
  Object.entries(methods)
    .flatMap(([key, one]) => (which(one) ? [key.replaceAll('~1', '/')] : []))
    .join(', ');

const NO_ROLE = 'API Gateway has no role in this region to write logs with, so nothing is logged';
/** Without the role of the account stages write nothing, whatever they say. */
const logChanges = { ...stageChanges, 'apigateway:UpdateAccount': through(stageArns, place) };

export const stageDetectors = detectors(stages, {
  242: {
    title: 'Stage of a REST API logs how requests are handled',
    criticality: 'MEDIUM',
    on: logChanges,
    reads: { methodLogs, loggingRole },
    check: ({ methodLogs, loggingRole }) => {
      const off = keysOf(methodLogs, ({ level }) => level === 'OFF');
      if (off !== '') return fail(`logging is off for ${off}`);
      return loggingRole === undefined ? fail(NO_ROLE) : pass;
    },
    note: 'ERROR is enough. A method with settings of its own counts by itself. Logging that no role can write counts as off; the document does not mention that role.',
  },
  243: {
    title: 'Responses in the cache of a stage are encrypted',
    criticality: 'MEDIUM',
    on: stageChanges,
    reads: { cache },
    check: ({ cache: { cluster, methods } }) => {
      if (!cluster) return skip('the stage has no cache');
      if (keysOf(methods, ({ on }) => on) === '') return skip('no method uses the cache of the stage');
      const plain = keysOf(methods, ({ on, encrypted }) => on && !encrypted);
      return plain === '' ? pass : fail(`responses are cached without encryption for ${plain}`);
    },
    note: 'The steps of the document turn the cache on, which the control does not ask for: it is billed by the hour, and can hand the answer for one caller to another. Redress only encrypts a cache that is in use.',
  },
  244: {
    title: 'Stage of a REST API writes an access log in JSON',
    criticality: 'MEDIUM',
    on: stageChanges,
    reads: { accessLog },
    check: ({ accessLog }) => {
      if (!accessLog?.destinationArn) return fail('the stage writes no access log');
      return isJsonFormat(accessLog.format) ? pass : fail('the lines of the access log are not JSON');
    },
    note: 'A format is JSON if it is an object once its variables have values; they may stand without quotes.',
  },
  318: {
    title: 'Stage of a REST API traces requests with X-Ray',
    criticality: 'MEDIUM',
    on: stageChanges,
    reads: { tracing },
    check: ({ tracing }) => (tracing ? pass : fail('requests are not traced')),
  },
  388: {
    title: 'Stage of a REST API logs at ERROR or INFO and counts by method',
    criticality: 'HIGH',
    on: logChanges,
    reads: { methodLogs, loggingRole },
    check: ({ methodLogs, loggingRole }) => {
      const silent = keysOf(methodLogs, ({ level }) => level !== 'ERROR' && level !== 'INFO');
      if (silent !== '') return fail(`neither ERROR nor INFO is the log level of ${silent}`);
      const uncounted = keysOf(methodLogs, ({ metrics }) => !metrics);
      if (uncounted !== '') return fail(`detailed metrics are off for ${uncounted}`);
      return loggingRole === undefined ? fail(NO_ROLE) : pass;
    },
    note: 'The specification speaks of logs alone, the evaluation of metrics too: both are asked for.',
  },
  427: {
    title: 'Stage shows a client certificate to its HTTP backend',
    criticality: 'MEDIUM',
    on: stageChanges,
    reads: { certificateId, integrations },
    check: ({ certificateId, integrations }) => {
      if (certificateId !== undefined) return pass;
      return integrations.some((type) => type === 'HTTP' || type === 'HTTP_PROXY')
        ? fail('the backend cannot tell who calls it: no client certificate is shown')
        : skip('no method of the API has a backend that is called over HTTP');
    },
    note: 'Backends are those that the API has now; a stage may still run an older deployment.',
  },
  428: {
    title: 'Client certificate of a stage is not about to end',
    criticality: 'MEDIUM',
    on: stageChanges,
    reads: { certificateId, certificateEnds },
    check: ({ certificateId, certificateEnds }, { now }) => {
      if (certificateId === undefined) return skip('the stage shows no client certificate');
      if (certificateEnds === undefined)
        return fail(`its client certificate ${certificateId} does not exist (any more)`);
      const days = Math.floor((certificateEnds.getTime() - now.getTime()) / DAY);
      if (days > ROTATE_DAYS) return pass;
      return fail(`its client certificate ${certificateId} ${days < 0 ? 'has ended' : `ends in ${days} days`}`);
    },
    note: `The document names no period. A certificate lasts 365 days; one that ends within ${ROTATE_DAYS} days should have been replaced. Time alone breaks this: a sweep finds it.`,
  },
  465: {
    title: 'Stage of a REST API caches responses',
    criticality: 'MEDIUM',
    on: stageChanges,
    reads: { cache },
    check: ({ cache: { cluster, methods } }) => {
      if (!cluster) return fail('the stage has no cache');
      const byDefault = methods[EVERY_METHOD];
      if (!byDefault?.on) return fail('the stage has a cache, but methods do not use it');
      if (byDefault.seconds === 0) return fail('responses stay in the cache for 0 seconds');
      const without = uncachedGets(methods);
      return without.length === 0 ? pass : fail(`caching is off for ${without.join(', ')}`);
    },
    note: 'The sentence before the command says "disable", and the command leaves the stage without a cache; title and evaluation want caching. It is judged by the settings of the stage, whether or not there are GET methods. Settings of other methods than GET do not count: only GET is cached by default.',
  },
});

/** GET methods whose own settings turn caching off. */
export function uncachedGets(methods: Readonly<Record<string, MethodCache>>): readonly string[] {
  return Object.entries(methods).flatMap(([key, { on }]) =>
    key !== EVERY_METHOD && !on && /\/(GET|\*)$/.test(key) ? [key.replaceAll('~1', '/')] : [],
  );
}
