import { derive, detectors, fail, ids, nextToken, pass, read, readPages, resource, skip } from '../src/control.ts';

const api = read(
  'apigatewayv2',
  'GetApi',
  ({ id }) => ({ ApiId: id }),
  (out) => out,
);

/** What browsers are told of other origins, or nothing. */
export const cors = derive({ api }, ({ api }) => api.CorsConfiguration);

const WILDCARDS: readonly string[] = ['*', 'http://*', 'https://*'];
export const isWildcard = (origin: string): boolean => WILDCARDS.includes(origin);

const made = ids('responseElements.apiId');
const named = ids('requestParameters.apiId');

export const apis = detectors(
  resource('AWS::ApiGatewayV2::Api', {
    service: 'apigatewayv2',
    arn: ({ partition, region, id }) => `arn:${partition}:apigateway:${region}::/apis/${id}`,
    list: readPages(
      'apigatewayv2',
      'GetApis',
      () => ({}),
      (out) => (out.Items ?? []).flatMap(({ ApiId }) => ApiId ?? []),
      nextToken,
    ),
    gone: ['NotFound'],
    tags: read(
      'apigatewayv2',
      'GetApi',
      ({ id }) => ({ ApiId: id }),
      (out) => ({ ...out.Tags }),
    ),
  }),
  {
    511: {
      title: 'HTTP API lets no page of any origin read its answers',
      criticality: 'MEDIUM',
      on: {
        'apigateway:CreateApi': made,
        'apigateway:ImportApi': made,
        'apigateway:UpdateApi': named,
        'apigateway:ReimportApi': named,
        'apigateway:DeleteCorsConfiguration': named,
      },
      reads: { api, cors },
      check: ({ api, cors }) => {
        if (api.ProtocolType === 'WEBSOCKET') return skip('WebSocket APIs have no CORS settings');
        const open = (cors?.AllowOrigins ?? []).filter(isWildcard);
        return open.length === 0 ? pass : fail(`pages of every origin may read its answers (${open.join(', ')})`);
      },
      note: 'The steps of the document offer "*", which title and evaluation forbid: it fails. Without CORS settings browsers refuse other origins: that passes. What a backend answers by itself is not seen.',
    },
  },
);
