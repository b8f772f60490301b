import { createServer, type IncomingMessage, type ServerResponse, request as sendRequest } from 'node:http';

/** A request on its way to the emulator, as far as a fault has to know it. */
export interface Passing {
  /** The account whose credentials signed it: one that a role was taken in, or the hub. */
  readonly account: string;
  readonly service: string;
  readonly operation: string;
  readonly body: string;
}

/** A request that the emulator has had. */
export interface Passed extends Passing {
  /** Of its answer, whether or not anybody got that. */
  readonly status: number;
}

/** What is done to a request: nothing, another answer, or something before or after the emulator has it. */
export type Fault =
  | { readonly kind: 'answer'; readonly status: number; readonly type: string; readonly body: string }
  | { readonly kind: 'before'; readonly strike: () => void }
  | { readonly kind: 'after'; readonly strike: () => void };

export interface Checkpoint {
  readonly endpoint: string;
  readonly passed: readonly Passed[];
  stop(): Promise<void>;
}

/**
 * Stands before the emulators: passes everything on, keeps what passed, and
 * does harm where it is told to. So a worker can be killed between a call and
 * its answer, and a role be missing, without a line of it in what is tested.
 */
export async function startProxy(
  { others, tables }: { readonly others: string; readonly tables: string },
  hub: string,
  fault: (request: Passing) => Fault | undefined,
): Promise<Checkpoint> {
  const passed: Passed[] = [];
  const accounts = new Map<string, string>();

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await whole(request);
    const { key, service } = scopeOf(request);
    const account = accounts.get(key) ?? hub;
    const passing = { account, service, operation: operationOf(request, body), body };
    const harm = fault(passing);
    if (harm?.kind === 'answer') {
      response.writeHead(harm.status, { 'content-type': harm.type }).end(harm.body);
      return;
    }
    if (harm?.kind === 'before') {
      harm.strike();
      response.destroy();
      return;
    }
    const answer = await forward(new URL(service === 'dynamodb' ? tables : others), request, body);
    passed.push({ ...passing, status: answer.status });
    if (passing.operation === 'AssumeRole') remember(accounts, body, answer.body.toString());
    if (harm?.kind === 'after') {
      harm.strike();
      response.destroy();
      return;
    }
    response.writeHead(answer.status, answer.headers).end(answer.body);
  };

  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The proxy does not listen.');
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    passed,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function whole(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('latin1');
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

function forward(to: URL, { method, url, headers }: IncomingMessage, body: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { agent: false, hostname: to.hostname, port: to.port, method, path: url, headers };
    const onward = sendRequest(options, async (answer) => {
      const chunks: Buffer[] = [];
      for await (const chunk of answer) chunks.push(Buffer.from(chunk));
      const { 'transfer-encoding': _, ...rest } = answer.headers;
      resolve({ status: answer.statusCode ?? 502, headers: rest, body: Buffer.concat(chunks) });
    });
    onward.on('error', reject);
    onward.end(Buffer.from(body, 'latin1'));
  });
}

/** The access key and the service that a signature names: `Credential=KEY/date/region/service/aws4_request`. */
function scopeOf({ headers }: IncomingMessage): { key: string; service: string } {
  const [, key = '', , , service = ''] =
    /Credential=([^/]+)\/(\d+)\/([^/]+)\/([^/]+)\//.exec(headers.authorization ?? '') ?? [];
  return { key, service };
}

/** The operation: of JSON services in a header, of query services in the body, of REST services the method and what is asked for. */
function operationOf({ headers, method, url }: IncomingMessage, body: string): string {
  const target = headers['x-amz-target'];
  if (typeof target === 'string') return target.split('.').at(-1) ?? '';
  const action = new URLSearchParams(body).get('Action');
  if (action !== null) return action;
  const [what = ''] = (new URL(url ?? '/', 'http://localhost').search.slice(1) || '').split(/[=&]/);
  return `${method} ${what}`;
}

/** Whose credentials an answer of AssumeRole holds. */
function remember(accounts: Map<string, string>, request: string, answer: string): void {
  const [, account] = /:iam::(\d{12}):role/.exec(new URLSearchParams(request).get('RoleArn') ?? '') ?? [];
  const [, key] = /<AccessKeyId>([^<]+)</.exec(answer) ?? [];
  if (account !== undefined && key !== undefined) accounts.set(key, account);
}
