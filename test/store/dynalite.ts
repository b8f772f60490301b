import { Agent, createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { DynamoDB } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { createFront } from './dynalite-transactions.ts';

/** What a request of DynamoDB's protocol is answered with. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** A request on its way to dynalite: the operation, and its input as JSON. */
export type Forward = (operation: string, body: string) => Promise<Answer>;

export type Item = Record<string, AttributeValue>;

/** A DynamoDB of the test's own, in this process. */
export interface LocalDynamo {
  readonly endpoint: string;
  /** The operations that were asked for, in order. */
  readonly asked: string[];
  /** Answers instead of the table, where it answers at all. */
  intercept: ((operation: string, body: string) => Answer | 'lost' | undefined) | undefined;
  readonly client: () => DynamoDB;
  readonly stop: () => Promise<void>;
}

/**
 * Starts dynalite, a DynamoDB by a third party, behind a front of ours. Dynalite
 * has its own conditions, updates, indexes, pages and limits, but no
 * transactions: those are the front's, made of dynalite's own writes (see
 * `dynalite-transactions.ts`). What that proves is the adapter's logic; the same
 * tests run against moto, which has transactions of its own.
 */
export async function startDynalite(): Promise<LocalDynamo> {
  const table = dynalite({ createTableMs: 0 });
  const inner = await listen(table);
  const agent = new Agent({ keepAlive: true });
  const forward: Forward = (operation, body) => ask(inner, agent, operation, body);
  const front = createFront(forward);
  const asked: string[] = [];
  const server = createServer((incoming, outgoing) => {
    void answer(incoming, outgoing);
  });
  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const body = await bodyOf(incoming);
    const operation = String(incoming.headers['x-amz-target']).split('.')[1] ?? '';
    asked.push(operation);
    const instead = local.intercept?.(operation, body);
    const { status, body: said } = instead === undefined || instead === 'lost' ? await front(operation, body) : instead;
    if (instead === 'lost') {
      outgoing.destroy();
      return;
    }
    outgoing.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(said);
  };
  const port = await listen(server);
  const endpoint = `http://127.0.0.1:${port}`;
  const local: LocalDynamo = {
    ...{ endpoint, asked, intercept: undefined },
    client: () =>
      new DynamoDB({
        ...{ endpoint, region: 'us-east-1', maxAttempts: 3 },
        credentials: { accessKeyId: 'testing', secretAccessKey: 'testing' },
      }),
    stop: async () => {
      agent.destroy();
      server.closeAllConnections();
      await Promise.all([close(server), close(table)]);
    },
  };
  return local;
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}

const close = (server: Server): Promise<void> => new Promise((resolve) => server.close(() => resolve()));

async function bodyOf(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function ask(port: number, agent: Agent, operation: string, body: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDB_20120810.${operation}`,
      'x-amz-date': '20261123T100000Z',
      // Dynalite wants to see a signature; it does not check it.
      authorization:
        'AWS4-HMAC-SHA256 Credential=a/20261123/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=b',
    };
    const outgoing = request({ port, agent, method: 'POST', host: '127.0.0.1', headers }, (incoming) => {
      bodyOf(incoming).then((said) => resolve({ status: incoming.statusCode ?? 500, body: said }), reject);
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
