import type { KnownBlock, View } from '@slack/types';

/** Somebody of the workspace, or of another one in a shared channel. */
export interface User {
  readonly id: string;
  readonly name: string;
  /** The workspace that they belong to; without it this one. */
  readonly team?: string;
  readonly deleted?: boolean;
  readonly bot?: boolean;
  /** A guest. */
  readonly restricted?: boolean;
}

export interface Channel {
  readonly id: string;
  readonly name: string;
  readonly private?: boolean;
  /** Whether the bot was invited; true without it. */
  readonly member?: boolean;
  readonly archived?: boolean;
}

/** How a method misbehaves. */
export type Fault =
  | { readonly status: number }
  | { readonly error: string }
  /** 429 with so many seconds to wait. */
  | { readonly retryAfter: number }
  /** Never answers. */
  | { readonly hang: true }
  /** Does the work, and the answer is lost on its way. */
  | { readonly closeAfterWork: true };

/** One call of the Web API, in the order of arrival. */
export interface Call {
  readonly method: string;
  readonly args: Args;
  /** Milliseconds of the stand-in's clock. */
  readonly at: number;
  /** `ok`, Slack's error, or what became of the answer. */
  readonly answer: string;
}
export type Args = Readonly<Record<string, unknown>>;

export interface Version {
  readonly at: number;
  readonly text: string;
  readonly blocks: readonly KnownBlock[];
}

/** A message as a reader sees it now. */
export interface Post extends Version {
  readonly channel: string;
  readonly ts: string;
  readonly threadTs: string | undefined;
  readonly metadata: unknown;
  /** What it looked like, the first first. */
  readonly versions: readonly Version[];
  /** The names of attached files. */
  readonly files: readonly string[];
}

/** What only one person sees: an ephemeral message, or an answer to a response URL. */
export interface Whisper {
  readonly at: number;
  readonly by: 'chat.postEphemeral' | 'response_url';
  readonly channel: string;
  readonly user: string;
  readonly text: string;
  readonly blocks: readonly KnownBlock[];
  readonly threadTs: string | undefined;
}

/** A window or a home page, as the person in front of it sees it now. */
export interface ShownView {
  readonly id: string;
  readonly user: string;
  readonly team: string;
  readonly at: number;
  readonly hash: string;
  readonly view: View;
  readonly open: boolean;
  /** Below the fields, after a submission that was not taken. */
  readonly errors: Readonly<Record<string, string>>;
  readonly versions: readonly View[];
}

export interface Upload {
  readonly id: string;
  readonly name: string;
  readonly content: string;
  readonly channel: string | undefined;
  readonly threadTs: string | undefined;
}

export interface SlackOptions {
  /** Scopes that the bot token has; without it all that a call here can need. */
  readonly scopes?: readonly string[];
  readonly users?: readonly User[];
  readonly channels?: readonly Channel[];
  /** User groups: id to members. */
  readonly groups?: Readonly<Record<string, readonly string[]>>;
  /** The least milliseconds between two posts to a channel, as Slack's about 1,000; 0 is no limit. */
  readonly pace?: number;
  /** How long an envelope waits for its acknowledgement. */
  readonly patience?: number;
  readonly now?: () => number;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** All that the stand-in knows. */
export interface State {
  readonly options: Required<SlackOptions>;
  readonly team: string;
  readonly app: { readonly id: string; readonly bot: string; readonly user: string };
  readonly tokens: { readonly bot: string; readonly app: string };
  readonly calls: Call[];
  readonly posts: Mutable<Post>[];
  readonly whispers: Whisper[];
  readonly views: Mutable<ShownView>[];
  readonly homes: Map<string, Mutable<ShownView>>;
  readonly uploads: Mutable<Upload>[];
  /** Trigger ids that may still open a window, and for whom. */
  readonly triggers: Map<
    string,
    { readonly user: string; readonly team: string; used: boolean; readonly until: number }
  >;
  readonly responses: Map<
    string,
    { readonly channel: string; readonly user: string; readonly ts: string | undefined; left: number }
  >;
  readonly faults: Map<string, { readonly fault: Fault; left: number }[]>;
  /** Where the server listens; known once it does. */
  base: string;
  next(prefix: string): string;
  ts(): string;
}

export const ALL_SCOPES = [
  ...['chat:write', 'commands', 'users:read', 'usergroups:read', 'files:write'],
  ...['channels:history', 'groups:history', 'channels:read', 'groups:read'],
] as const;

export function createState(given: SlackOptions): State {
  const options = {
    ...{ scopes: ALL_SCOPES, users: [], groups: {}, pace: 0, patience: 3000, now: () => Date.now() },
    ...{ channels: [{ id: 'C0SECURITY', name: 'security' }] },
    ...given,
  };
  const counts = new Map<string, number>();
  let last = 0;
  const next = (prefix: string) => {
    const count = (counts.get(prefix) ?? 0) + 1;
    counts.set(prefix, count);
    return `${prefix}${String(count).padStart(6, '0')}`;
  };
  return {
    options,
    ...{ team: 'T0HOME', app: { id: 'A0REDRESS', bot: 'B0REDRESS', user: 'U0REDRESS' } },
    tokens: { bot: 'xoxb-stand-in', app: 'xapp-stand-in' },
    ...{ calls: [], posts: [], whispers: [], views: [], uploads: [], homes: new Map() },
    ...{ triggers: new Map(), responses: new Map(), faults: new Map() },
    base: '',
    next,
    // Unique and increasing, however often it is asked within a millisecond.
    ts: () => {
      last = Math.max(last + 1, options.now() * 1000);
      return `${Math.floor(last / 1e6)}.${String(last % 1e6).padStart(6, '0')}`;
    },
  };
}

/** Opens a window once, for three seconds. */
export function newTrigger(state: State, user: string, team: string): string {
  const id = `${state.next('trigger.')}.${state.app.id}`;
  state.triggers.set(id, { user, team, used: false, until: state.options.now() + 3000 });
  return id;
}

/** Where an answer that only one person sees can be sent, five times. */
export function newResponseUrl(state: State, channel: string, user: string, ts: string | undefined): string {
  const id = state.next('response-');
  state.responses.set(id, { channel, user, ts, left: 5 });
  return `${state.base}/response/${id}`;
}
