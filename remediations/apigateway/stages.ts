import type { PatchOperation } from '@aws-sdk/client-api-gateway';
import {
  accessLog,
  cache,
  certificateEnds,
  certificateId,
  EVERY_METHOD,
  isJsonFormat,
  loggingRole,
  type MethodCache,
  type MethodLogs,
  methodLogs,
  stage,
  stageDetectors,
  stageOf,
  tracing,
  uncachedGets,
} from '../../detectors/apigateway/stages.ts';
import {
  type At,
  byHand,
  call,
  concrete,
  document,
  edit,
  guide,
  optional,
  remediations,
  required,
} from '../../src/control.ts';

/** Writes one value of API Gateway; they are all text. */
export const replace = (path: string, value: string | number | boolean): PatchOperation => ({
  op: 'replace',
  path,
  value: String(value),
});

/** A change of a stage: only the paths that differ are sent, so that nothing else of it is touched. */
const patch = ({ id }: Pick<At, 'id'>, patchOperations: readonly PatchOperation[]) =>
  patchOperations.length === 0 ? undefined : { ...stageOf(id), patchOperations: [...patchOperations] };

/** The patches of what differs between two settings of a method. The keys come escaped already. */
function methodPatches<T extends object>(
  wanted: Readonly<Record<string, T>>,
  current: Readonly<Record<string, T>>,
  paths: { readonly [K in keyof T & string]: string },
): PatchOperation[] {
  return Object.entries(wanted).flatMap(([key, settings]) =>
    Object.entries<string>(paths).flatMap(([member, path]) => {
      const value: unknown = Reflect.get(settings, member);
      const old: unknown = Reflect.get(current[key] ?? {}, member);
      return value === old ? [] : [replace(`/${key}/${path}`, String(value))];
    }),
  );
}

const logPaths = { level: 'logging/loglevel', metrics: 'metrics/enabled' };
const logsDocument = document(methodLogs, {
  write: call('apigateway', 'UpdateStage', (at, wanted, current) =>
    patch(at, methodPatches<MethodLogs>(wanted, current, logPaths)),
  ),
});

const cachePaths = { on: 'caching/enabled', encrypted: 'caching/dataEncrypted', seconds: 'caching/ttlInSeconds' };
const cacheDocument = document(cache, {
  write: call('apigateway', 'UpdateStage', (at, wanted, current) =>
    patch(at, [
      ...(wanted.cluster === current.cluster ? [] : [replace('/cacheClusterEnabled', wanted.cluster)]),
      ...(wanted.size === undefined || wanted.size === current.size ? [] : [replace('/cacheClusterSize', wanted.size)]),
      ...methodPatches<MethodCache>(wanted.methods, current.methods, cachePaths),
    ]),
  ),
});

const accessLogDocument = document(accessLog, {
  write: call('apigateway', 'UpdateStage', (at, wanted, current) =>
    patch(at, [
      ...(wanted.destinationArn === current?.destinationArn
        ? []
        : [replace('/accessLogSettings/destinationArn', wanted.destinationArn)]),
      ...(wanted.format === current?.format ? [] : [replace('/accessLogSettings/format', wanted.format)]),
    ]),
  ),
  remove: call('apigateway', 'UpdateStage', (at) => patch(at, [{ op: 'remove', path: '/accessLogSettings' }])),
});

const tracingDocument = document(tracing, {
  write: call('apigateway', 'UpdateStage', (at, on) => patch(at, [replace('/tracingEnabled', on)])),
});

const certificateDocument = document(certificateId, {
  write: call('apigateway', 'UpdateStage', (at, id) => patch(at, [replace('/clientCertificateId', id)])),
  remove: call('apigateway', 'UpdateStage', (at) => patch(at, [replace('/clientCertificateId', '')])),
});

const noRole = (region: string) =>
  `API Gateway has no role in this region that may write logs, and refuses the setting without one. Make a role that apigateway.amazonaws.com may assume, with the policy AmazonAPIGatewayPushToCloudWatchLogs, and set it: aws apigateway update-account --patch-operations op=replace,path=/cloudwatchRoleArn,value=<role-arn> --region ${region}. It then serves every API of the region`;

const mapped = <T>(methods: Readonly<Record<string, T>>, change: (one: T, key: string) => T) =>
  Object.fromEntries(Object.entries(methods).map(([key, one]) => [key, change(one, key)]));

const atLeastErrors = (level: string): string => (level === 'ERROR' || level === 'INFO' ? level : 'ERROR');

/** One line for each request: who asked for what, and what came of it. */
const JSON_LINE = JSON.stringify({
  requestId: '$context.requestId',
  ip: '$context.identity.sourceIp',
  requestTime: '$context.requestTime',
  httpMethod: '$context.httpMethod',
  resourcePath: '$context.resourcePath',
  status: '$context.status',
  protocol: '$context.protocol',
  responseLength: '$context.responseLength',
});

export const stageRemediations = remediations(stageDetectors, {
  242: edit(
    logsDocument,
    {
      mode: 'auto',
      impact: 'none for traffic: errors are written to CloudWatch Logs, which costs little',
      reads: { loggingRole },
      note: 'The level becomes ERROR, and whole requests are never logged: they hold tokens and personal data. Without a role for logs a person has to decide, because that role serves the whole region.',
    },
    (current, { region, loggingRole }) =>
      loggingRole === undefined
        ? byHand(noRole(region))
        : mapped(current, (one) => (one.level === 'OFF' ? { ...one, level: 'ERROR' } : one)),
  ),

  243: edit(
    cacheDocument,
    { mode: 'auto', impact: 'some responses are asked for again while the cache fills anew' },
    (current) => ({
      ...current,
      methods: mapped(current.methods, (one) => (one.on ? { ...one, encrypted: true } : one)),
    }),
  ),

  244: edit(
    accessLogDocument,
    {
      mode: 'approve',
      impact:
        'a line for each request, with the address of the caller, which is billed as log data; what reads an old format must learn JSON',
      reads: { loggingRole },
      parameters: {
        accessLogArn: optional(
          'Where access logs of stages without one go: the ARN of a log group with a retention, or of a Firehose stream whose name begins with amazon-apigateway-.',
          '',
        ),
        accessLogFormat: optional('JSON that is written for each request; it must hold $context.requestId.', JSON_LINE),
      },
      note: 'A destination that is set stays, and so does a format that is JSON already.',
    },
    (current, { region, partition, loggingRole, parameters }) => {
      const { accessLogFormat } = parameters;
      const destinationArn = current?.destinationArn || parameters.accessLogArn.replace(/:\*$/, '');
      if (!isJsonFormat(accessLogFormat) || !/\$context\.(extendedR|r)equestId/.test(accessLogFormat))
        return byHand('accessLogFormat is no JSON object with $context.requestId; set it to one');
      if (destinationArn === '') return byHand('the stage has no access log yet; set accessLogArn');
      const isGroup = destinationArn.startsWith(`arn:${partition}:logs:${region}:`);
      const isStream =
        destinationArn.startsWith(`arn:${partition}:firehose:${region}:`) &&
        destinationArn.includes(':deliverystream/amazon-apigateway-');
      if (!isGroup && !isStream)
        return byHand(
          `access logs would go to ${destinationArn}, which is neither a log group nor an amazon-apigateway- stream of ${region}`,
        );
      if (isGroup && loggingRole === undefined) return byHand(noRole(region));
      return {
        destinationArn,
        format: isJsonFormat(current?.format ?? '') ? (current?.format ?? '') : accessLogFormat,
      };
    },
  ),

  318: edit(
    tracingDocument,
    { mode: 'auto', impact: 'none: about one request a second and five percent of the rest are traced' },
    () => true,
  ),

  388: edit(
    logsDocument,
    {
      mode: 'approve',
      impact: 'none for traffic: error logs, and metrics for each method, which CloudWatch bills as custom metrics',
      reads: { loggingRole },
      note: 'INFO stays where it is set, everything else becomes ERROR. Whole requests are never logged.',
    },
    (current, { region, loggingRole }) =>
      loggingRole === undefined
        ? byHand(noRole(region))
        : mapped(current, (one) => ({ level: atLeastErrors(one.level), metrics: true })),
  ),

  427: edit(
    certificateDocument,
    {
      mode: 'approve',
      impact: 'a backend that asks for certificates and does not know this one refuses every call',
      parameters: {
        clientCertificateId: required(
          'Client certificate of API Gateway (aws apigateway generate-client-certificate) that the backends of the stage know already. It lasts a year.',
        ),
      },
      note: 'Redress makes no certificate: one that no backend checks proves nothing, and its year begins to run. Install it at the backend first.',
    },
    (_, { parameters }) => parameters.clientCertificateId,
  ),

  428: guide(
    {
      impact: 'backends that do not know the new certificate refuse every call',
      reads: { stage, certificateId, certificateEnds },
      note: 'The commands of the document in a row switch before the backend knows the new certificate.',
    },
    ({ id, region, certificateId = '', certificateEnds }) => {
      const { restApiId, stageName } = stageOf(id);
      const switchTo = (value: string) =>
        concrete('apigateway', 'UpdateStage', {
          restApiId,
          stageName,
          patchOperations: [{ op: 'replace', path: '/clientCertificateId', value }],
        });
      return [
        {
          text: `${certificateId} ${certificateEnds ? `ends on ${certificateEnds.toISOString()}` : 'does not exist any more'}. Find every stage that shows it: aws apigateway get-stages for each API, and look at clientCertificateId. They change together.`,
        },
        {
          text: 'Make the new certificate. It lasts 365 days: put the day into a calendar.',
          call: concrete('apigateway', 'GenerateClientCertificate', {
            description: `After ${certificateId}, for ${restApiId}/${stageName}`,
          }),
        },
        {
          text: `Get its public part (aws apigateway get-client-certificate --client-certificate-id <new-id> --region ${region}, pemEncodedCertificate) to all who run backends of these stages. They add it to what they trust and keep the old one: a stage shows one certificate only, so both must be known for a while.`,
        },
        { text: 'When all of them say so, switch this stage, then the others.', call: switchTo('<new-id>') },
        {
          text: 'Call a method of each backend, and look at 5XXError and the execution log. If a backend refuses, go back while the old certificate is valid:',
          call: switchTo(certificateId),
        },
        {
          text: 'After some days without trouble, let the backends forget the old certificate, and delete it.',
          call: concrete('apigateway', 'DeleteClientCertificate', { clientCertificateId: certificateId }),
        },
      ];
    },
  ),

  465: edit(
    cacheDocument,
    {
      mode: 'approve',
      impact:
        'callers may get answers as old as the chosen time; where the answer depends on who asks and the cache key does not hold that, one caller gets the answer for another. The cache is billed by the hour',
      reads: { stage },
      parameters: {
        cacheTtlSeconds: required(
          'How long responses may be kept, in seconds (1 to 3600). Set it only where answers of GET methods are the same for every caller, or the cache key holds who asks.',
        ),
        cacheClusterSize: optional('Size of the cache in GB, as AWS offers it: 0.5 to 237.', '0.5'),
      },
      note: 'The cache is encrypted (control 243). A GET method that was taken out of the cache by hand stays out, until a person decides.',
    },
    (current, { stage, parameters }) => {
      const seconds = Number(parameters.cacheTtlSeconds);
      if (!Number.isInteger(seconds) || seconds < 1 || seconds > 3600)
        return byHand(`cacheTtlSeconds is ${parameters.cacheTtlSeconds}, which is no number from 1 to 3600`);
      if (stage.cacheClusterStatus?.endsWith('_IN_PROGRESS'))
        return byHand(`the cache of the stage is changing (${stage.cacheClusterStatus}); try again when it is done`);
      const without = uncachedGets(current.methods);
      if (without.length > 0)
        return byHand(
          `caching was turned off for ${without.join(', ')} alone; find out why, turn it on there by hand if the answers are the same for every caller, and exempt the stage otherwise`,
        );
      return {
        cluster: true,
        size: current.size ?? parameters.cacheClusterSize,
        methods: mapped(current.methods, (one, key) =>
          key === EVERY_METHOD ? { on: true, encrypted: true, seconds } : one,
        ),
      };
    },
  ),
});
