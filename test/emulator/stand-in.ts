import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ACCOUNT } from './clients.ts';

/** One request as the stand-in saw it. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  /** The action of a query service, such as `GetCallerIdentity`. */
  readonly action: string | undefined;
}
export interface Reply {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A server that stands in for AWS and answers as badly as it is told to. */
export interface StandIn {
  readonly endpoint: string;
  readonly seen: readonly Seen[];
  /** Requests that would have changed something. */
  writes(): readonly Seen[];
  stop(): Promise<void>;
}

/** Starts a stand-in on a free port of this machine. It always knows who is calling, unless told otherwise. */
export async function standIn(answer: (request: Seen) => Reply | undefined): Promise<StandIn> {
  const seen: Seen[] = [];
  const server = createServer(async (request, response) => {
    const one = { method: request.method ?? '', url: request.url ?? '', action: await actionOf(request) };
    seen.push(one);
    const { status, body, headers } = answer(one) ?? (one.action === 'GetCallerIdentity' ? identity : garbage);
    response.writeHead(status, {
      'content-type': 'text/xml',
      'x-amzn-requestid': `stand-in-${seen.length}`,
      ...headers,
    });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${portOf(server.address())}`,
    seen,
    writes: () => seen.filter((one) => !isRead(one)),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function portOf(address: AddressInfo | string | null): number {
  if (typeof address !== 'object' || address === null) throw new Error('The stand-in does not listen.');
  return address.port;
}

async function actionOf(request: IncomingMessage): Promise<string | undefined> {
  let body = '';
  for await (const chunk of request) body += chunk;
  return new URLSearchParams(body).get('Action') ?? undefined;
}

/** Reads of the query services say so in their action; S3 reads by GET and HEAD. */
function isRead({ method, action }: Seen): boolean {
  return action === undefined ? method === 'GET' || method === 'HEAD' : /^(Get|List|Describe)/.test(action);
}

export const xml = (body: string, status = 200): Reply => ({ status, body: `<?xml version="1.0"?>${body}` });

/** An error as S3 spells it. */
export const s3Error = (code: string, status: number): Reply =>
  xml(`<Error><Code>${code}</Code><Message>${code}, says the stand-in</Message></Error>`, status);

/** An error as the query services spell it. */
export const queryError = (code: string, status: number): Reply =>
  xml(
    `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${code}</Message></Error></ErrorResponse>`,
    status,
  );

export const garbage: Reply = { status: 200, body: 'these are not the bytes you are looking for' };

const identity = xml(
  `<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::${ACCOUNT}:user/tester</Arn><UserId>AIDATESTER</UserId><Account>${ACCOUNT}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`,
);
