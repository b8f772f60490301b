import type { Receiver } from '@slack/bolt';
import { messageOf } from '../src/one-line.ts';
import type { Log } from '../src/workflow/kit.ts';
import { boltLogger } from './app.ts';

export interface SocketOptions {
  readonly appToken: string;
  readonly log: Log;
  readonly slackApiUrl?: string;
  /** Waits between attempts to connect. */
  readonly pause?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** Thrown when Slack will not have this token, today or tomorrow. */
export class AppTokenRefusedError extends Error {
  override readonly name = 'AppTokenRefusedError';
}

/** Errors of Slack's that pass by themselves. All others are about the token or the app. */
const PASSING = new Set(['internal_error', 'fatal_error', 'service_unavailable', 'request_timeout', 'ratelimited']);
const HELLO_WITHIN = 30_000;
/** A connection that held so long was a good one. */
const GOOD_AFTER = 10_000;
const LONGEST_PAUSE = 30_000;
/** Slack gives up on an acknowledgement after three seconds, and so do we when stopping. */
const ACKNOWLEDGED_WITHIN = 3000;

/**
 * Slack's requests over a WebSocket that this side opens, so that nothing needs
 * to be reachable from outside. Connects again by itself, and for ever: Bolt's
 * own way waits five seconds each time, and an error while connecting again
 * would end the process.
 */
export async function socketReceiver({ appToken, log, slackApiUrl, pause = wait }: SocketOptions): Promise<Receiver> {
  const { SocketModeReceiver, LogLevel } = await import('./bolt.ts');
  const url = slackApiUrl === undefined ? {} : { slackApiUrl };
  const inner = new SocketModeReceiver({
    ...{ appToken, autoReconnectEnabled: false, logger: boltLogger(log, LogLevel.WARN) },
    installerOptions: { clientOptions: { ...url, retryConfig: { retries: 0 }, timeout: 10_000 } },
    customPropertiesExtractor: ({ envelope_id: envelope }) => ({ envelope }),
    // The app has written down why. What is not acknowledged, Slack shows as failed.
    processEventErrorHandler: async ({ event }) => {
      answered(String(event.customProperties?.envelope));
      return false;
    },
  });
  const { client } = inner;
  const stopping = new AbortController();
  /** Envelopes that are being taken in. */
  const unanswered = new Set<string>();
  let onAnswered = () => {};
  let onDisconnected = () => {};
  let running = Promise.resolve();

  client.on('disconnected', () => onDisconnected());
  client.on('slack_event', ({ envelope_id: id }: { readonly envelope_id: string }) => {
    unanswered.add(id);
    setTimeout(answered, ACKNOWLEDGED_WITHIN, id).unref();
  });
  client.on('outgoing_message', ({ envelope_id: id }: { readonly envelope_id: string }) => answered(id));

  function answered(id: string): void {
    unanswered.delete(id);
    if (unanswered.size === 0) onAnswered();
  }

  /** Connects once; resolves when it is connected, to a promise of the connection's end. */
  async function connect(): Promise<{ readonly ended: Promise<void> }> {
    const ended = new Promise<void>((resolve) => {
      onDisconnected = resolve;
    });
    const timer = setTimeout(() => void client.disconnect(), HELLO_WITHIN);
    try {
      await client.start();
    } finally {
      clearTimeout(timer);
    }
    if (stopping.signal.aborted) await client.disconnect();
    return { ended };
  }

  async function stayConnected(first: { readonly ended: Promise<void> } | undefined): Promise<void> {
    let failures = 0;
    for (let connection = first; !stopping.signal.aborted; ) {
      const since = Date.now();
      if (connection !== undefined) await connection.ended;
      if (stopping.signal.aborted) return;
      failures = connection !== undefined && Date.now() - since >= GOOD_AFTER ? 1 : failures + 1;
      // The first time at once: Slack asks to connect again every hour or so.
      if (failures > 1) await pause(Math.min(LONGEST_PAUSE, 500 * 2 ** (failures - 1)), stopping.signal);
      connection = await tryToConnect(failures);
    }
  }

  async function tryToConnect(attempt: number): Promise<{ readonly ended: Promise<void> } | undefined> {
    if (stopping.signal.aborted) return undefined;
    try {
      const connection = await connect();
      log.info({}, 'connected to Slack again');
      return connection;
    } catch (error) {
      const details = { attempt, because: reasonOf(error) };
      log[isRefusal(error) ? 'error' : 'warn'](
        details,
        'no connection to Slack; clicks there do nothing until there is',
      );
      return undefined;
    }
  }

  return {
    init: (app) => inner.init(app),
    /** Ends once there is a connection, or none for now. Throws when Slack refuses the token. */
    start: async () => {
      let first: { readonly ended: Promise<void> } | undefined;
      try {
        first = await connect();
        log.info({}, 'connected to Slack');
      } catch (error) {
        if (isRefusal(error)) {
          throw new AppTokenRefusedError(
            `Slack refuses the app-level token: ${reasonOf(error)}. Make one with the scope connections:write in the settings of the app.`,
          );
        }
        log.warn({ because: reasonOf(error) }, 'no connection to Slack yet; it is tried again');
      }
      running = stayConnected(first);
    },
    // What is being taken in is acknowledged before the line is cut.
    stop: async () => {
      if (unanswered.size > 0) {
        await new Promise<void>((resolve) => {
          onAnswered = resolve;
        });
      }
      stopping.abort();
      await client.disconnect();
      await running;
    },
  };
}

/** Slack's own error, where it gave one. */
function slackErrorOf(error: unknown): string | undefined {
  const data: unknown = error instanceof Error && 'data' in error ? error.data : undefined;
  if (typeof data !== 'object' || data === null || !('error' in data)) return undefined;
  return typeof data.error === 'string' ? data.error : undefined;
}

function isRefusal(error: unknown): boolean {
  const code = slackErrorOf(error);
  return code !== undefined && !PASSING.has(code);
}

const reasonOf = (error: unknown): string =>
  slackErrorOf(error) ?? (error instanceof Error ? messageOf(error) : 'the connection ended before it began');

async function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
