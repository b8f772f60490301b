import { createServer } from 'node:http';
import type { LambdaReceiver } from '../../../approvals/receivers.ts';

/** API Gateway before a Lambda function: HTTP in, payloads of version 2.0 out. */
export async function startGateway(
  handler: LambdaReceiver['handler'],
): Promise<{ url: string; stop(): Promise<void> }> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const { statusCode, headers, body } = await handler(gatewayEvent(Buffer.concat(chunks), request.headers));
    response.writeHead(
      statusCode,
      Object.entries(headers ?? {}).flatMap(([name, value]) => [name, String(value)]),
    );
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/slack/events`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** What an HTTP API makes of a request: bodies come in base64, header names in lower case. */
export const gatewayEvent = (body: Buffer, headers: Readonly<Record<string, unknown>>) => ({
  ...{ version: '2.0', routeKey: 'POST /slack/events', rawPath: '/slack/events', rawQueryString: '' },
  headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
  requestContext: { http: { method: 'POST', path: '/slack/events' }, stage: '$default' },
  ...{ body: body.toString('base64'), isBase64Encoded: true },
});
