import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Receiver } from '@slack/bolt';
import { messageOf } from '../src/one-line.ts';
import type { Log } from '../src/workflow/kit.ts';
import { boltLogger } from './app.ts';
import { examine, MOST_BYTES } from './gate.ts';

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
  const { HTTPReceiver, LogLevel } = await import('@slack/bolt');
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
      log.warn({ status: 413, because: `more than ${MOST_BYTES} bytes` }, 'a request was refused');
      return end(response.setHeader('connection', 'close'), 413);
    }
    const passage = examine({ body: rawBody.toString(), headers: single(request.headers) }, signingSecret, now());
    if (passage.kind === 'refused') {
      log.warn({ status: passage.status, because: passage.because }, 'a request was refused');
      return end(response, passage.status);
    }
    if (passage.kind === 'answered') {
      response.writeHead(200, { 'content-type': 'application/json' }).end(passage.body);
      return;
    }
    // Bolt takes a body that was read already.
    inner.requestListener(Object.assign(request, { rawBody }), response);
  }

  let server: Server | undefined;
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
  for await (const chunk of request) {
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
