import { derive, detectors, fail, ids, nextToken, pass, read, readPages, resource } from '../../src/control.ts';
import { restApiIds } from './stages.ts';

export const restApi = read(
  'apigateway',
  'GetRestApi',
  ({ id }) => ({ restApiId: id }),
  (out) => out,
);

export const endpointTypes = derive({ restApi }, ({ restApi }) => restApi.endpointConfiguration?.types ?? ['EDGE']);

/** The stages of an API, by name, with what describes them. */
export const stagesOfApi = read(
  'apigateway',
  'GetStages',
  ({ id }) => ({ restApiId: id }),
  (out): Readonly<Record<string, string>> =>
    Object.fromEntries(
      (out.item ?? []).map(({ stageName = '', description = '' }) => [stageName, description] as const).sort(),
    ),
);

/** Whether the name that AWS gave the API is switched off, and the stages that must hear of a change. */
export const defaultEndpoint = derive({ restApi, stagesOfApi }, ({ restApi, stagesOfApi }) => ({
  disabled: restApi.disableExecuteApiEndpoint === true,
  stages: stagesOfApi,
}));

/** From how many bytes on responses are compressed, or nothing. 0 is a size. */
export const compression = derive({ restApi }, ({ restApi }) => restApi.minimumCompressionSize ?? undefined);

const nextPosition = ({ position }: { readonly position?: string | undefined }) =>
  position ? { position } : undefined;

const domains = readPages(
  'apigateway',
  'GetDomainNames',
  () => ({ limit: 500 }),
  (out) => out.items ?? [],
  nextPosition,
);
// Mappings with more than one level are the newer API's alone, which the older one then refuses.
const pathMappings = readPages(
  'apigateway',
  'GetBasePathMappings',
  ({ domains }) => domains.map(({ domainName, domainNameId }) => ({ domainName, domainNameId, limit: 500 })),
  (out) => (out.items ?? []).flatMap(({ restApiId }) => restApiId ?? []),
  nextPosition,
  { needs: { domains }, absent: ['BadRequestException', 'NotFoundException'] },
);
const newerDomains = readPages(
  'apigatewayv2',
  'GetDomainNames',
  () => ({}),
  (out) =>
    (out.Items ?? []).flatMap(({ DomainName, RoutingMode }) => (DomainName ? [{ DomainName, RoutingMode }] : [])),
  nextToken,
);
const newerMappings = readPages(
  'apigatewayv2',
  'GetApiMappings',
  ({ newerDomains }) => newerDomains.map(({ DomainName }) => ({ DomainName })),
  (out) => (out.Items ?? []).flatMap(({ ApiId }) => ApiId ?? []),
  nextToken,
  { needs: { newerDomains }, absent: ['BadRequestException', 'NotFoundException'] },
);

// Rules may lead to an API instead of mappings, or before them.
const hasRules = (mode: string | undefined): boolean => mode !== undefined && mode !== 'API_MAPPING_ONLY';
const ruled = derive({ domains, newerDomains }, ({ domains, newerDomains }) => [
  ...domains.flatMap(({ domainName: DomainName, domainNameId: DomainNameId, routingMode }) =>
    DomainName && DomainNameId && hasRules(routingMode) ? [{ DomainName, DomainNameId }] : [],
  ),
  ...newerDomains.flatMap(({ DomainName, RoutingMode }) => (hasRules(RoutingMode) ? [{ DomainName }] : [])),
]);
const ruleTargets = readPages(
  'apigatewayv2',
  'ListRoutingRules',
  ({ ruled }) => ruled,
  (out) =>
    (out.RoutingRules ?? []).flatMap(({ Actions = [] }) => Actions.flatMap(({ InvokeApi }) => InvokeApi?.ApiId ?? [])),
  nextToken,
  { needs: { ruled }, absent: ['NotFoundException'] },
);

/** Whether a custom domain leads to the API. */
export const hasDomain = derive(
  { pathMappings, newerMappings, ruleTargets },
  ({ id, pathMappings, newerMappings, ruleTargets }) =>
    [...pathMappings, ...newerMappings, ...ruleTargets].includes(id),
);

const made = ids('responseElements.id');
const named = ids('requestParameters.restApiId');
const apiChanges = {
  'apigateway:CreateRestApi': made,
  'apigateway:ImportRestApi': made,
  'apigateway:UpdateRestApi': named,
  'apigateway:PutRestApi': named,
};

export const restApiDetectors = detectors(
  resource('AWS::ApiGateway::RestApi', {
    service: 'apigateway',
    arn: ({ partition, region, id }) => `arn:${partition}:apigateway:${region}::/restapis/${id}`,
    list: restApiIds,
    gone: ['NotFound'],
    tags: read(
      'apigateway',
      'GetRestApi',
      ({ id }) => ({ restApiId: id }),
      (out) => ({ ...out.tags }),
    ),
  }),
  {
    227: {
      title: 'REST API is reached through private endpoints only',
      criticality: 'HIGH',
      on: apiChanges,
      reads: { endpointTypes },
      check: ({ endpointTypes }) =>
        endpointTypes.length === 1 && endpointTypes[0] === 'PRIVATE'
          ? pass
          : fail(`the API answers on the internet (${endpointTypes.join(', ')})`),
      note: 'HTTP and WebSocket APIs know no private endpoints and are not judged. The document names the condition aws:SourceVpc twice; the second is aws:SourceVpce. It makes a new API and leaves the public one.',
    },
    449: {
      title: 'Default endpoint of a REST API is disabled',
      criticality: 'HIGH',
      on: apiChanges,
      reads: { restApi },
      check: ({ restApi }) =>
        restApi.disableExecuteApiEndpoint === true
          ? pass
          : fail('the API answers under its execute-api name, past any custom domain'),
      note: 'REST APIs are judged, which the text speaks of; HTTP and WebSocket APIs are another resource. AWS lets the setting work only when a stage is changed next, which the command of the document leaves out.',
    },
    460: {
      title: 'REST API compresses responses',
      criticality: 'MEDIUM',
      on: apiChanges,
      reads: { compression },
      check: ({ compression }) => (compression === undefined ? fail('responses are never compressed') : pass),
      note: 'Any size counts, 0 too. The setting works after the next deployment only, which AWS does not show. Compressing answers that hold secrets next to what a caller sent invites attacks of the BREACH kind.',
    },
  },
);
