import {
  type FilesUploadV2Arguments,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebClient,
  type WebClientOptions,
} from '@slack/web-api';
import type { Message, SlackView } from './messages/facts.ts';
import { type Clock, createPace } from './pace.ts';

/** What Slack says of a user. */
export interface Account {
  readonly team: string;
  /** Why somebody with this account decides nothing, whoever they are. */
  readonly barred: 'deactivated' | 'a bot' | 'a guest' | null;
}

/** All that Redress asks of Slack. Everything may throw Slack's errors; see {@link slackError}. */
export interface Slack {
  /** The workspace that the bot's token belongs to. */
  workspace(): Promise<string>;
  /** @returns the message's timestamp, which is its name in the channel */
  post(
    channel: string,
    message: Message,
    options: { readonly occasion: string; readonly thread?: string },
  ): Promise<string>;
  /** A message that was posted for an occasion, where the answer to posting it was lost. */
  findPosted(channel: string, occasion: string, since: Date): Promise<string | undefined>;
  update(channel: string, ts: string, message: Message): Promise<void>;
  /** Tells one person in a channel what nobody else sees. */
  whisper(channel: string, user: string, text: string): Promise<void>;
  /** Answers a click or a command privately, by the address that came with it. */
  respond(url: string, message: Message): Promise<void>;
  openView(triggerId: string, view: SlackView): Promise<void>;
  publishHome(user: string, view: SlackView): Promise<void>;
  upload(channel: string, thread: string, file: { readonly name: string; readonly content: string }): Promise<void>;
  account(user: string): Promise<Account>;
  members(group: string): Promise<readonly string[]>;
}

/** The code of an error that Slack itself gave, such as `message_not_found`. */
export function slackError(error: unknown): string | undefined {
  return error instanceof WebAPIPlatformError ? error.data.error : undefined;
}

/** Thrown when a private answer could not be delivered. */
export class NotAnsweredError extends Error {
  override readonly name = 'NotAnsweredError';
}

/** Marks our messages, so that one can be found again. */
const EVENT_TYPE = 'redress_asked';
const TIMEOUT = 10_000;
/** Longer than Slack ever asks to wait in practice; beyond it the outbox tries again later. */
const LONGEST_WAIT = 120;
const MOST_TRIES = 4;
const ANSWERS = 'https://hooks.slack.com/';

export interface WebSlackOptions extends Clock, Pick<WebClientOptions, 'slackApiUrl' | 'logger'> {
  readonly token: string;
  /** Private answers go nowhere else. */
  readonly answersTo?: string;
}

/** Makes the one client of Slack's Web API. Waits where Slack asks to wait; repeats nothing else by itself. */
export function webSlack({ token, answersTo = ANSWERS, now, sleep, ...options }: WebSlackOptions): Slack {
  const client = new WebClient(token, {
    ...options,
    ...{ retryConfig: { retries: 0 }, rejectRateLimitedCalls: true, timeout: TIMEOUT },
  });
  const paced = createPace({ now, sleep });

  /** Waits out a 429, as long as Slack says. */
  async function patiently<T>(call: () => Promise<T>, tries = MOST_TRIES): Promise<T> {
    try {
      return await call();
    } catch (error) {
      if (tries <= 1 || !(error instanceof WebAPIRateLimitedError) || error.retryAfter > LONGEST_WAIT) throw error;
      await sleep(error.retryAfter * 1000);
      return patiently(call, tries - 1);
    }
  }

  let workspace: string | undefined;
  return {
    async workspace() {
      if (workspace !== undefined) return workspace;
      const { team_id } = await patiently(() => client.auth.test());
      if (team_id === undefined) throw new Error('Slack does not say which workspace the token belongs to.');
      workspace = team_id;
      return workspace;
    },
    async post(channel, { text, blocks }, { occasion, thread }) {
      const metadata = { event_type: EVENT_TYPE, event_payload: { occasion } };
      const content = { channel, text, blocks: [...blocks], metadata, unfurl_links: false, unfurl_media: false };
      const posted = await paced(channel, () =>
        patiently(() => client.chat.postMessage(thread === undefined ? content : { ...content, thread_ts: thread })),
      );
      if (posted.ts === undefined) throw new Error(`Slack posted a message in ${channel} and did not say where.`);
      return posted.ts;
    },
    async findPosted(channel, occasion, since) {
      // Slack's clock and ours may differ a little.
      const oldest = String(since.getTime() / 1000 - 60);
      for (let cursor: string | undefined; ; ) {
        const from = cursor === undefined ? {} : { cursor };
        const page = await patiently(() =>
          client.conversations.history({ channel, oldest, include_all_metadata: true, limit: 200, ...from }),
        );
        const own = page.messages?.find(({ metadata }) => isOccasion(metadata?.event_payload, occasion));
        if (own?.ts !== undefined) return own.ts;
        cursor = page.response_metadata?.next_cursor;
        if (!page.has_more || !cursor) return undefined;
      }
    },
    async update(channel, ts, { text, blocks }) {
      await patiently(() => client.chat.update({ channel, ts, text, blocks: [...blocks] }));
    },
    async whisper(channel, user, text) {
      await client.chat.postEphemeral({ channel, user, text });
    },
    async respond(url, { text, blocks }) {
      if (!url.startsWith(answersTo)) throw new NotAnsweredError(`${url} is no address of Slack's.`);
      const body = JSON.stringify({
        ...{ response_type: 'ephemeral', replace_original: false, text },
        ...(blocks.length > 0 ? { blocks } : {}),
      });
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(TIMEOUT) });
      if (!answer.ok) throw new NotAnsweredError(`Slack did not take an answer: status ${answer.status}.`);
    },
    async openView(triggerId, view) {
      await client.views.open({ trigger_id: triggerId, view });
    },
    async publishHome(user, view) {
      await client.views.publish({ user_id: user, view });
    },
    async upload(channel, thread, { name, content }) {
      const file: FilesUploadV2Arguments = { channel_id: channel, thread_ts: thread, filename: name, content };
      await patiently(() => client.filesUploadV2(file));
    },
    async account(user) {
      const { user: found } = await patiently(() => client.users.info({ user }));
      if (found?.team_id === undefined) throw new Error(`Slack does not say who ${user} is.`);
      const { deleted, is_bot, is_restricted, is_ultra_restricted, is_stranger } = found;
      if (deleted) return { team: found.team_id, barred: 'deactivated' };
      if (is_bot) return { team: found.team_id, barred: 'a bot' };
      const isGuest = is_restricted || is_ultra_restricted || is_stranger;
      return { team: found.team_id, barred: isGuest ? 'a guest' : null };
    },
    async members(group) {
      const { users } = await patiently(() => client.usergroups.users.list({ usergroup: group }));
      if (users === undefined) throw new Error(`Slack does not say who is in user group ${group}.`);
      return users;
    },
  };
}

function isOccasion(payload: unknown, occasion: string): boolean {
  return typeof payload === 'object' && payload !== null && 'occasion' in payload && payload.occasion === occasion;
}
