import type { App, Logger, LogLevel, Receiver } from '@slack/bolt';
import { messageOf, oneLine } from '../src/one-line.ts';
import type { Log } from '../src/workflow/kit.ts';
import type { HandOver } from './interaction.ts';
import {
  type Reading,
  readClick,
  readCommand,
  readHome,
  readSubmission,
  readSubmitted,
  type Values,
} from './requests.ts';

/** What is wrong with the fields of a window: a text for each, by the field's name; none when all is well. */
export type ProblemsOf = (callbackId: string, values: Values, now: Date) => Readonly<Record<string, string>>;

export interface SlackAppOptions {
  readonly receiver: Receiver;
  readonly handOver: HandOver;
  readonly problemsOf: ProblemsOf;
  /** Tells one person something, by the address that came with their click. */
  readonly answer: (responseUrl: string, text: string) => Promise<void>;
  readonly now: () => Date;
  readonly log: Log;
  /** Handing over may take so long; Slack waits for three seconds. */
  readonly handOverWithin?: number;
}

/** Slack waits for an acknowledgement for three seconds; the way there and back wants its share. */
const HAND_OVER_WITHIN = 2500;
const ANSWER_WITHIN = 1000;

/** Thrown when nothing is known of a hand-over in time. The click is not acknowledged, and Slack says so. */
export class HandOverTooSlowError extends Error {
  override readonly name = 'HandOverTooSlowError';
}

/**
 * The Slack app. Its listeners read what came, hand it over and acknowledge,
 * in this order: a click that was acknowledged is not lost. They call nothing
 * of Slack's Web API; the app has no token to do so.
 */
export async function createSlackApp(options: SlackAppOptions): Promise<App> {
  const { receiver, log, now, problemsOf } = options;
  // Only who speaks with Slack pays for loading it.
  const { App, LogLevel } = await import('./bolt.ts');
  const app = new App({
    receiver,
    // Without it Bolt asks Slack who it is, for each event.
    authorize: async () => ({}),
    ...{ ignoreSelf: false, convoStore: false, attachFunctionToken: false },
    logger: boltLogger(log, LogLevel.WARN),
  });

  async function handOver(reading: Reading & { readonly kind: 'interaction' }): Promise<void> {
    await within(options.handOverWithin ?? HAND_OVER_WITHIN, options.handOver(reading.interaction), 'handing it over');
  }

  async function answer(url: string | undefined, text: string): Promise<void> {
    if (url === undefined || text === '') return;
    try {
      await within(ANSWER_WITHIN, options.answer(url, text), 'the answer');
    } catch (error) {
      log.warn({ because: messageOf(error) }, 'a person could not be told why nothing happened');
    }
  }

  /** Clicks and commands: what could not be read is acknowledged too, and the person is told. */
  async function take(what: string, reading: Reading, ack: () => Promise<void>, responseUrl: string | undefined) {
    if (reading.kind === 'interaction') {
      await handOver(reading);
      await ack();
      return;
    }
    await ack();
    if (reading.kind === 'nothing') return;
    log.warn({ what, because: reading.because }, 'a click that was not taken');
    await answer(responseUrl, reading.answer);
  }

  app.action({ type: 'block_actions' }, async ({ body, ack }) => {
    await take('click', readClick(body), ack, body.response_url);
  });

  app.command(/^\//, async ({ body, ack }) => {
    await take('command', readCommand(body), ack, body.response_url);
  });

  app.view({ type: 'view_submission' }, async ({ body, ack }) => {
    const submitted = readSubmitted(body);
    const problems = submitted === undefined ? {} : problemsOf(submitted.callbackId, submitted.values, now());
    if (Object.keys(problems).length > 0) {
      await ack({ response_action: 'errors', errors: { ...problems } });
      return;
    }
    const reading = readSubmission(body, submitted?.values ?? {});
    if (reading.kind === 'interaction') await handOver(reading);
    if (reading.kind !== 'refused') {
      await ack();
      return;
    }
    log.warn({ what: 'window', because: reading.because }, 'a window that was not taken');
    await ack({ response_action: 'update', view: explanation(reading.answer) });
  });

  app.event('app_home_opened', async ({ body }) => {
    const reading = readHome(body);
    if (reading.kind === 'interaction') await handOver(reading);
  });

  app.error(async (error) => {
    log.error({ because: messageOf(error) }, 'what somebody did in Slack was not taken; Slack tells them so');
    // Unacknowledged: Slack shows that it did not work, and sends events again.
    throw error;
  });
  return app;
}

/** A window that only says something. */
const explanation = (text: string) => ({
  type: 'modal' as const,
  title: { type: 'plain_text' as const, text: 'Redress' },
  close: { type: 'plain_text' as const, text: 'Close' },
  blocks: [{ type: 'section' as const, text: { type: 'plain_text' as const, text } }],
});

async function within<T>(milliseconds: number, work: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new HandOverTooSlowError(`${what} took longer than ${milliseconds} ms`);
    timer = setTimeout(() => reject(error), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Bolt's warnings and errors in our log, a line each; the rest of what it says is of no use to an operator. */
export function boltLogger(log: Log, level: LogLevel): Logger {
  const line = (parts: readonly unknown[]) =>
    oneLine(parts.map((part) => (part instanceof Error ? part.message : String(part))).join(' '), 400);
  return {
    ...{ debug: () => {}, info: () => {}, setLevel: () => {}, setName: () => {}, getLevel: () => level },
    warn: (...parts) => log.warn({ from: 'bolt' }, line(parts)),
    error: (...parts) => log.warn({ from: 'bolt' }, line(parts)),
  };
}
