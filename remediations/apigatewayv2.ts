import { apis, cors, isWildcard } from '../detectors/apigatewayv2.ts';
import { byHand, call, document, edit, remediations, required } from '../src/control.ts';

// The call replaces the whole settings: headers and methods that are left out are gone.
const corsDocument = document(cors, {
  write: call('apigatewayv2', 'UpdateApi', ({ id }, wanted) => ({ ApiId: id, CorsConfiguration: wanted })),
  remove: call('apigatewayv2', 'DeleteCorsConfiguration', ({ id }) => ({ ApiId: id })),
});

export const apiRemediations = remediations(apis, {
  511: edit(
    corsDocument,
    {
      mode: 'approve',
      impact: 'pages of origins that are missing from the list can no longer call the API from a browser, at once',
      parameters: {
        allowedOrigins: required(
          'Origins whose pages may call the API, with scheme and without a path, separated by commas, such as https://app.example.com,https://admin.example.com.',
        ),
      },
    },
    (current, { parameters }) => {
      const chosen = parameters.allowedOrigins
        .split(',')
        .map((origin) => origin.trim())
        .filter(Boolean);
      const strange = chosen.filter((origin) => !/^[a-z][a-z0-9+.-]*:\/\/[^/*]+$/i.test(origin));
      if (strange.length > 0 || chosen.length === 0)
        return byHand(
          `allowedOrigins holds ${strange.join(', ') || 'nothing'}; set it to origins such as https://app.example.com`,
        );
      const named = (current?.AllowOrigins ?? []).filter((origin) => !isWildcard(origin));
      const AllowOrigins: string[] = [...new Set([...named, ...chosen])];
      return { ...current, AllowOrigins };
    },
  ),
});
