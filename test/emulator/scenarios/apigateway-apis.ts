import {
  CreateBasePathMappingCommand,
  CreateDomainNameCommand,
  GetRestApiCommand,
  GetStagesCommand,
  UpdateDomainNameCommand,
  UpdateRestApiCommand,
} from '@aws-sdk/client-api-gateway';
import { CreateApiCommand, GetApiCommand } from '@aws-sdk/client-apigatewayv2';
import type { Aws } from '../clients.ts';
import { event } from '../event.ts';
import { IGNORED, refuseIgnored, scenario } from '../scenario.ts';
import { makeApi, makeStage } from './rest-apis.ts';

async function apiState({ apigateway }: Aws, restApiId: string) {
  const { $metadata, createdDate, ...api } = await apigateway.send(new GetRestApiCommand({ restApiId }));
  const { item = [] } = await apigateway.send(new GetStagesCommand({ restApiId }));
  return { api, stages: item.map(({ createdDate, lastUpdatedDate, ...stage }) => stage) };
}

const cors = { AllowMethods: ['GET', 'PUT'], AllowHeaders: ['x-id'], ExposeHeaders: ['etag'], MaxAge: 60 };

export const apigatewayApis = [
  scenario({
    control: 227,
    kind: 'guide',
    arrange: async (aws) => {
      const api = await makeApi(aws, { endpointConfiguration: { types: ['REGIONAL'] } });
      await makeStage(aws, api, 'prod');
      const responseElements = { id: api.restApiId };
      return { id: api.restApiId, event: event('apigateway:CreateRestApi', {}, { responseElements }) };
    },
    state: apiState,
    expected: (before) => before,
  }),
  scenario({
    control: 449,
    arrange: async (aws) => {
      const api = await makeApi(aws, { description: 'the shop', minimumCompressionSize: 10 });
      await makeStage(aws, api, 'prod', { description: 'live', variables: { backend: 'blue' } });
      await makeStage(aws, api, 'test');
      const domainName = 'api.example.com';
      await aws.apigateway.send(new CreateDomainNameCommand({ domainName, certificateName: 'api' }));
      const mapping = { domainName, restApiId: api.restApiId, stage: 'prod' };
      await aws.apigateway.send(new CreateBasePathMappingCommand(mapping));
      const changed = event('apigateway:UpdateRestApi', { restApiId: api.restApiId });
      return { id: api.restApiId, event: changed };
    },
    state: apiState,
    expected: (before) => ({ ...before, api: { ...before.api, disableExecuteApiEndpoint: true } }),
    noUndoHere: 'it takes the text "false" for true',
  }),
  scenario({
    control: 460,
    arrange: async (aws) => {
      const { restApiId } = await makeApi(aws, { description: 'the shop' });
      return { id: restApiId, event: event('apigateway:UpdateRestApi', { restApiId }) };
    },
    state: apiState,
    expected: (before) => ({ ...before, api: { ...before.api, minimumCompressionSize: 1024 } }),
    lacks: {
      operation: 'UpdateRestApi of minimumCompressionSize',
      ask: async (aws) => {
        const { restApiId } = await makeApi(aws);
        const patch = { op: 'replace' as const, path: '/minimumCompressionSize', value: '1024' };
        await aws.apigateway.send(new UpdateRestApiCommand({ restApiId, patchOperations: [patch] }));
        const api = await aws.apigateway.send(new GetRestApiCommand({ restApiId }));
        refuseIgnored(api.minimumCompressionSize);
      },
      refusal: IGNORED,
    },
  }),
  scenario({
    control: 503,
    arrange: async (aws) => {
      await aws.apigateway.send(new CreateDomainNameCommand({ domainName: 'api.example.com' }));
      return { id: 'api.example.com', event: event('apigateway:UpdateDomainName', { domainName: 'api.example.com' }) };
    },
    state: async () => ({}),
    expected: (before) => before,
    lacks: {
      operation: 'UpdateDomainName',
      ask: ({ apigateway }) =>
        apigateway.send(new UpdateDomainNameCommand({ domainName: 'api.example.com', patchOperations: [] })),
      refusal: 'SyntaxError',
    },
  }),
  scenario({
    control: 511,
    arrange: async ({ apigatewayv2 }) => {
      const CorsConfiguration = { ...cors, AllowOrigins: ['*', 'https://old.example.com'] };
      const api = { Name: 'shop', ProtocolType: 'HTTP' as const, Description: 'the shop', CorsConfiguration };
      const { ApiId = '' } = await apigatewayv2.send(new CreateApiCommand(api));
      const created = event('apigateway:CreateApi', {}, { responseElements: { apiId: ApiId } });
      return { id: ApiId, event: created, parameters: { allowedOrigins: 'https://app.example.com' } };
    },
    state: async ({ apigatewayv2 }, ApiId) => {
      const { $metadata, ...api } = await apigatewayv2.send(new GetApiCommand({ ApiId }));
      return api;
    },
    expected: (before) => ({
      ...before,
      CorsConfiguration: { ...cors, AllowOrigins: ['https://old.example.com', 'https://app.example.com'] },
    }),
  }),
];
