import { createHmac } from 'node:crypto';
import type { Server } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Payload } from './payloads.ts';
import type { State } from './state.ts';

/** What came back for something that a person did. */
export interface Acknowledgement {
  /** 0 when none came in time. */
  readonly status: number;
  /** The JSON or text of the answer; an empty text for none. */
  readonly body: unknown;
  readonly milliseconds: number;
}

export type Kind = 'interactive' | 'slash_commands' | 'events_api';

/** Slack's secret for signing, as both sides know it. */
export const SIGNING_SECRET = '0123456789abcdef0123456789abcdef';

export interface Signing {
  readonly secret?: string;
  /** Seconds of the timestamp; now without it. */
  readonly at?: number;
}

/** The headers by which a request shows that it comes from Slack. */
export function signed(body: string, { secret = SIGNING_SECRET, at = Math.floor(Date.now() / 1000) }: Signing = {}) {
  const hash = createHmac('sha256', secret).update(`v0:${at}:${body}`).digest('hex');
  return { 'x-slack-signature': `v0=${hash}`, 'x-slack-request-timestamp': String(at) };
}

/** How Slack writes each kind down: interactions and commands as forms, events as JSON. */
export function encoded(kind: Kind, payload: Payload): { readonly body: string; readonly contentType: string } {
  if (kind === 'events_api') return { body: JSON.stringify(payload), contentType: 'application/json' };
  const fields: [string, string][] =
    kind === 'interactive'
      ? [['payload', JSON.stringify(payload)]]
      : Object.entries(payload).map(([name, value]) => [name, String(value)]);
  return { body: new URLSearchParams(fields).toString(), contentType: 'application/x-www-form-urlencoded' };
}

/** Sends it as an honest Slack does, signed. */
export function sendHttp(url: string, kind: Kind, payload: Payload, headers: Readonly<Record<string, string>> = {}) {
  const { body, contentType } = encoded(kind, payload);
  return sendRaw(url, body, { 'content-type': contentType, ...signed(body), ...headers });
}

/** Sends anything at all. */
export async function sendRaw(
  url: string,
  body: string,
  headers: Readonly<Record<string, string>>,
): Promise<Acknowledgement> {
  const started = performance.now();
  const response = await fetch(url, { method: 'POST', body, headers });
  const text = await response.text();
  return { status: response.status, body: readBack(text), milliseconds: performance.now() - started };
}

function readBack(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

export interface Sockets {
  /** How many connections are open. */
  count(): number;
  send(
    kind: Kind,
    payload: Payload,
    retry?: { readonly attempt: number; readonly reason: string },
  ): Promise<Acknowledgement>;
  /** Sends a line as it is. */
  raw(text: string): void;
  /** Asks the app to connect again, as Slack does about every hour. */
  refresh(): void;
  /** Cuts every connection. */
  cut(): void;
  close(): Promise<void>;
}

/** Socket Mode on an HTTP server: hello, envelopes, acknowledgements. */
export function serveSockets(server: Server, state: State, changed: () => void): Sockets {
  const sockets = new WebSocketServer({ server, path: '/link' });
  const open = new Set<WebSocket>();
  const waiting = new Map<string, (payload: unknown) => void>();
  sockets.on('connection', (socket) => {
    open.add(socket);
    socket.on('close', () => {
      open.delete(socket);
      changed();
    });
    socket.on('message', (data) => {
      const { envelope_id: id, payload } = JSON.parse(String(data));
      waiting.get(String(id))?.(payload);
    });
    socket.send(
      JSON.stringify({ type: 'hello', num_connections: open.size, connection_info: { app_id: state.app.id } }),
    );
    changed();
  });
  const newest = () => [...open].at(-1);

  return {
    count: () => open.size,
    raw: (text) => newest()?.send(text),
    refresh: () => newest()?.send(JSON.stringify({ type: 'disconnect', reason: 'refresh_requested' })),
    cut: () => {
      for (const socket of open) socket.terminate();
    },
    send: (kind, payload, retry) => {
      const socket = newest();
      if (socket === undefined) throw new Error('No app is connected.');
      const id = state.next('envelope-');
      const started = performance.now();
      return new Promise((resolve) => {
        const finish = (status: number, body: unknown) => {
          clearTimeout(timer);
          waiting.delete(id);
          resolve({ status, body, milliseconds: performance.now() - started });
        };
        const timer = setTimeout(() => finish(0, ''), state.options.patience);
        waiting.set(id, (answer) => finish(200, isEmpty(answer) ? '' : answer));
        const again = retry === undefined ? {} : { retry_attempt: retry.attempt, retry_reason: retry.reason };
        socket.send(
          JSON.stringify({
            envelope_id: id,
            type: kind,
            payload,
            accepts_response_payload: kind !== 'events_api',
            ...again,
          }),
        );
      });
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.terminate();
        sockets.close(() => resolve());
      }),
  };
}

const isEmpty = (value: unknown): boolean => JSON.stringify(value ?? {}) === '{}';
