import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Receiver } from '@slack/bolt';
import { z } from 'zod';
import { messageOf } from '../src/one-line.ts';
import type { Log } from '../src/workflow/kit.ts';
import { boltLogger } from './app.ts';
import { examine, type Incoming, MOST_BYTES } from './gate.ts';

export { AppTokenRefusedError, type SocketOptions, socketReceiver } from './socket-receiver.ts';

interface Common {
  readonly signingSecret: string;
  readonly now: () => Date;
  readonly log: Log;
}

export interface HttpOptions extends Common {
  /** 0 takes a free one. */
  readonly port: number;
  readonly path: string;
  /** The address to listen on; all of this machine without it. */
  readonly host?: string;
}

/** A receiver of Slack's requests, and where it listens. */
export interface HttpReceiver extends Receiver {
  /** 0 until it was started. */
  readonly port: () => number;
}

/** Slack's requests over HTTP. TLS ends before it: at a load balancer or a proxy. */
export async function httpReceiver(options: HttpOptions): Promise<HttpReceiver> {
  const { signingSecret, path, host, log, now } = options;
  const { HTTPReceiver, LogLevel } = await import('./bolt.ts');
  const inner = new HTTPReceiver({
    ...{ signingSecret, endpoints: path, bodyLimit: MOST_BYTES, logger: boltLogger(log, LogLevel.WARN) },
    processEventErrorHandler: async ({ response }) => {
      // The app has written down why; Slack is only told that it did not work.
      if (!response.headersSent) response.writeHead(500).end();
      return true;
    },
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    if (pathname !== path) return end(response, 404);
    if (request.method !== 'POST') return end(response, 405);
    const rawBody = await bodyOf(request);
    if (rawBody === undefined) {
      refusedWith(log, 413, `more than ${MOST_BYTES} bytes`);
      return end(response.setHeader('connection', 'close'), 413);
    }
    const passage = examine({ body: rawBody.toString(), headers: single(request.headers) }, signingSecret, now());
    if (passage.kind === 'refused') {
      return end(response, refusedWith(log, passage.status, passage.because).statusCode);
    }
    if (passage.kind === 'answered') {
      response.writeHead(200, { 'content-type': 'application/json' }).end(passage.body);
      return;
    }
    // Bolt takes a body that was read already.
    inner.requestListener(Object.assign(request, { rawBody }), response);
  }

  let server: Server | undefined;
  let stopping = false;
  return {
    init: (app) => inner.init(app),
    port: () => {
      const address = server?.address();
      return typeof address === 'object' && address !== null ? address.port : 0;
    },
    start: () =>
      new Promise((resolve, reject) => {
        const limits = { requestTimeout: 10_000, headersTimeout: 5000, maxHeaderSize: 16_384 };
        server = createServer(limits, (request, response) => {
          response.once('close', () => stopping && server?.closeIdleConnections());
          handle(request, response).catch((error: unknown) => {
            log.warn({ because: messageOf(error) }, 'a request was broken off');
            if (!response.headersSent) end(response, 400);
          });
        });
        server.once('error', reject);
        server.listen(options.port, host, () => resolve(undefined));
      }),
    // Requests that came in are answered; no new ones are taken.
    stop: () =>
      new Promise((resolve) => {
        stopping = true;
        if (server === undefined) return resolve(undefined);
        server.close(() => resolve(undefined));
        server.closeIdleConnections();
      }),
  };
}

function end(response: ServerResponse, status: number): void {
  response.writeHead(status).end();
}

/** @returns nothing when there is too much of it */
async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > MOST_BYTES) return undefined;
  const chunks: Buffer[] = [];
  let size = 0;
  // Not ended with the loop: the answer has to go out first.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > MOST_BYTES) return undefined;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

/** A header that comes twice is not one that Slack sends. */
const single = (headers: IncomingMessage['headers']): Record<string, string | undefined> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? value : undefined]),
  );

export interface LambdaAnswer {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, boolean | number | string>>;
  readonly body: string;
}

/** A receiver for a function behind API Gateway or a function URL. */
export interface LambdaReceiver extends Receiver {
  readonly handler: (event: unknown) => Promise<LambdaAnswer>;
}

/** An event of API Gateway (payload 1.0 or 2.0) or of a function URL, as far as it counts here. */
const lambdaEvent = z.object({
  headers: z.record(z.string(), z.string().optional()).nullish(),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().optional(),
});

/** Slack's requests to a Lambda function. It answers when the hand-over is done, so nothing is left running. */
export async function lambdaReceiver({ signingSecret, log, now }: Common): Promise<LambdaReceiver> {
  const { AwsLambdaReceiver, LogLevel } = await import('./bolt.ts');
  const inner = new AwsLambdaReceiver({ signingSecret, logger: boltLogger(log, LogLevel.WARN) });
  const toBolt = inner.toHandler();
  return {
    init: (app) => inner.init(app),
    start: () => inner.start(),
    stop: () => inner.stop(),
    handler: async (event) => {
      const read = lambdaEvent.safeParse(event);
      if (!read.success) return refusedWith(log, 400, 'not an event of API Gateway or a function URL');
      const incoming = incomingOf(read.data);
      const passage = examine(incoming, signingSecret, now());
      if (passage.kind === 'refused') return refusedWith(log, passage.status, passage.because);
      if (passage.kind === 'answered') {
        return { statusCode: 200, headers: { 'content-type': 'application/json' }, body: passage.body };
      }
      return toBolt(
        {
          ...{ version: '2.0', routeKey: '$default', rawPath: '/', rawQueryString: '', requestContext: {} },
          ...{ ...incoming, isBase64Encoded: false },
        },
        {},
      );
    },
  };
}

/** Decoded here: Bolt would take the bytes for ASCII. */
function incomingOf({ headers, body, isBase64Encoded }: z.infer<typeof lambdaEvent>): Incoming {
  const lower = Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value] as const);
  const text = isBase64Encoded ? Buffer.from(body ?? '', 'base64').toString() : (body ?? '');
  return { headers: Object.fromEntries(lower), body: text };
}

function refusedWith(log: Log, status: number, because: string): LambdaAnswer {
  log.warn({ status, because }, 'a request was refused');
  return { statusCode: status, body: '' };
}
