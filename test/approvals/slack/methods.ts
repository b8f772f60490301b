import type { KnownBlock, View } from '@slack/types';
import { z } from 'zod';
import { brokenRules } from '../messages/slack-rules.ts';
import type { Args, Channel, State } from './state.ts';

/** Thrown by a method to answer with an error of Slack's. */
export class Refused extends Error {
  readonly extra: Args;

  constructor(error: string, extra: Args = {}) {
    super(error);
    this.extra = extra;
  }
}

interface Method {
  /** Any of these is enough; none means that every token may. */
  readonly scopes: readonly string[];
  readonly token?: 'app';
  readonly run: (args: Args, state: State) => Args;
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;
const blocks = z.array(z.custom<KnownBlock>(isObject));
const text = z.string();
const truthy = z.union([z.boolean(), z.enum(['true', '1']).transform(() => true), z.string().transform(() => false)]);
const message = z.object({
  ...{ channel: text, text: text.default(''), blocks: blocks.optional() },
  ...{ thread_ts: text.optional(), metadata: z.unknown().optional() },
});

function parsed<T>(schema: z.ZodType<T>, args: Args): T {
  const result = schema.safeParse(args);
  if (result.success) return result.data;
  const messages = result.error.issues.map(({ path, message: why }) => `[ERROR] ${path.join('.')}: ${why}`);
  throw new Refused('invalid_arguments', { response_metadata: { messages } });
}

function refuseBrokenBlocks(surface: 'message' | 'view', shown: unknown): void {
  if (Array.isArray(shown) && shown.length === 0) return;
  const broken = brokenRules(shown);
  if (broken.length === 0) return;
  if (broken.some((one) => one.includes('msg_blocks_too_long'))) throw new Refused('msg_blocks_too_long');
  const error = surface === 'message' ? 'invalid_blocks' : 'invalid_arguments';
  throw new Refused(error, { response_metadata: { messages: broken.map((one) => `[ERROR] ${one}`) } });
}

function channelOf(state: State, id: string): Channel {
  // A person's id stands for the conversation with the bot.
  if (/^[UW]/.test(id)) return { id: `D${id.slice(1)}`, name: 'directmessage' };
  if (id.startsWith('D')) return { id, name: 'directmessage' };
  const channel = state.options.channels.find((one) => one.id === id);
  if (channel === undefined || (channel.private === true && channel.member === false)) {
    throw new Refused('channel_not_found');
  }
  return channel;
}

/** A channel that the bot may write to. */
function writable(state: State, id: string): Channel {
  const channel = channelOf(state, id);
  if (channel.archived === true) throw new Refused('is_archived');
  if (channel.member === false) throw new Refused('not_in_channel');
  return channel;
}

function refuseEmpty(shown: { readonly text: string; readonly blocks?: readonly unknown[] | undefined }): void {
  if (shown.text === '' && (shown.blocks ?? []).length === 0) throw new Refused('no_text');
  if (shown.text.length > 40_000) throw new Refused('msg_too_long');
}

function postMessage(args: Args, state: State): Args {
  const asked = parsed(message, args);
  const channel = writable(state, asked.channel);
  refuseEmpty(asked);
  refuseBrokenBlocks('message', asked.blocks ?? []);
  if (asked.thread_ts !== undefined && !state.posts.some(({ ts }) => ts === asked.thread_ts)) {
    throw new Refused('thread_not_found');
  }
  const version = { at: state.options.now(), text: asked.text, blocks: asked.blocks ?? [] };
  const ts = state.ts();
  state.posts.push({
    ...{ ...version, channel: channel.id, ts, threadTs: asked.thread_ts, metadata: asked.metadata },
    ...{ versions: [version], files: [] },
  });
  return { channel: channel.id, ts, message: { type: 'message', text: asked.text, ts, bot_id: state.app.bot } };
}

function updateMessage(args: Args, state: State): Args {
  const asked = parsed(message.extend({ ts: text }), args);
  const post = state.posts.find(({ channel, ts }) => channel === asked.channel && ts === asked.ts);
  if (post === undefined) throw new Refused('message_not_found');
  // Without blocks the old ones stay.
  const version = { at: state.options.now(), text: asked.text, blocks: asked.blocks ?? post.blocks };
  refuseEmpty(version);
  refuseBrokenBlocks('message', version.blocks);
  Object.assign(post, version, { versions: [...post.versions, version] });
  if (asked.metadata !== undefined) post.metadata = asked.metadata;
  return { channel: asked.channel, ts: asked.ts, text: asked.text };
}

function postEphemeral(args: Args, state: State): Args {
  const asked = parsed(message.extend({ user: text }), args);
  const channel = writable(state, asked.channel);
  refuseEmpty(asked);
  refuseBrokenBlocks('message', asked.blocks ?? []);
  state.whispers.push({
    ...{ at: state.options.now(), by: 'chat.postEphemeral', channel: channel.id, user: asked.user },
    ...{ text: asked.text, blocks: asked.blocks ?? [], threadTs: asked.thread_ts },
  });
  return { message_ts: state.ts() };
}

const range = z.object({
  ...{ channel: text, oldest: text.default('0'), latest: text.optional(), cursor: z.coerce.number().default(0) },
  ...{
    limit: z.coerce.number().default(100),
    inclusive: truthy.default(false),
    include_all_metadata: truthy.default(false),
  },
});

function history(args: Args, state: State): Args {
  const asked = parsed(range, args);
  const channel = channelOf(state, asked.channel);
  if (channel.member === false) throw new Refused('not_in_channel');
  const { oldest, latest = '9', inclusive } = asked;
  const found = state.posts
    .filter((post) => post.channel === channel.id && post.threadTs === undefined)
    .filter(({ ts }) => (inclusive ? ts >= oldest && ts <= latest : ts > oldest && ts < latest))
    .toReversed();
  return page(found, asked);
}

function replies(args: Args, state: State): Args {
  const asked = parsed(range.extend({ ts: text }), args);
  const channel = channelOf(state, asked.channel);
  const root = state.posts.find((post) => post.channel === channel.id && post.ts === asked.ts);
  if (root === undefined) throw new Refused('thread_not_found');
  const found = state.posts.filter(
    ({ ts, threadTs }) => ts === asked.ts || (threadTs === asked.ts && ts > asked.oldest),
  );
  return page(found, asked);
}

function page(found: State['posts'], { cursor, limit, include_all_metadata: whole }: z.output<typeof range>): Args {
  const shown = found.slice(cursor, cursor + limit).map((post) => ({
    ...{ type: 'message', ts: post.ts, text: post.text, blocks: post.blocks, thread_ts: post.threadTs },
    ...(whole && post.metadata !== undefined ? { metadata: post.metadata } : {}),
  }));
  const more = cursor + limit < found.length;
  const next = more ? String(cursor + limit) : '';
  return { messages: shown, has_more: more, response_metadata: { next_cursor: next } };
}

function channelInfo(args: Args, state: State): Args {
  const channel = channelOf(state, parsed(z.object({ channel: text }), args).channel);
  return {
    channel: {
      ...{ id: channel.id, name: channel.name, is_channel: true, is_private: channel.private ?? false },
      ...{ is_member: channel.member ?? true, is_archived: channel.archived ?? false },
    },
  };
}

function userInfo(args: Args, state: State): Args {
  const asked = parsed(z.object({ user: text }), args);
  const user = state.options.users.find(({ id }) => id === asked.user);
  if (user === undefined) throw new Refused('user_not_found');
  const team = user.team ?? state.team;
  return {
    user: {
      ...{ id: user.id, team_id: team, name: user.name, real_name: user.name, deleted: user.deleted ?? false },
      ...{ is_bot: user.bot ?? false, is_restricted: user.restricted ?? false, is_ultra_restricted: false },
      ...{ is_stranger: team !== state.team, profile: { real_name: user.name, display_name: user.name } },
    },
  };
}

function groupMembers(args: Args, state: State): Args {
  const members = state.options.groups[parsed(z.object({ usergroup: text }), args).usergroup];
  if (members === undefined) throw new Refused('no_such_subteam');
  return { users: members };
}

const shown = z.custom<View>(isObject);

function openView(args: Args, state: State): Args {
  const asked = parsed(z.object({ trigger_id: text, view: shown }), args);
  const trigger = state.triggers.get(asked.trigger_id);
  if (trigger === undefined || trigger.until < state.options.now()) throw new Refused('expired_trigger_id');
  if (trigger.used) throw new Refused('exchanged_trigger_id');
  refuseBrokenBlocks('view', asked.view);
  trigger.used = true;
  const opened = newView(state, asked.view, trigger.user, trigger.team);
  state.views.push(opened);
  return { view: { ...opened.view, id: opened.id, hash: opened.hash } };
}

function updateView(args: Args, state: State): Args {
  const asked = parsed(z.object({ view_id: text, view: shown, hash: text.optional() }), args);
  const found = state.views.find(({ id, open }) => id === asked.view_id && open);
  if (found === undefined) throw new Refused('not_found');
  if (asked.hash !== undefined && asked.hash !== found.hash) throw new Refused('hash_conflict');
  refuseBrokenBlocks('view', asked.view);
  Object.assign(found, { view: asked.view, versions: [...found.versions, asked.view], hash: state.next('hash') });
  return { view: { ...found.view, id: found.id, hash: found.hash } };
}

function publishView(args: Args, state: State): Args {
  const asked = parsed(z.object({ user_id: text, view: shown }), args);
  refuseBrokenBlocks('view', asked.view);
  const before = state.homes.get(asked.user_id);
  const home = newView(state, asked.view, asked.user_id, state.team);
  const versions = [...(before?.versions ?? []), asked.view];
  state.homes.set(asked.user_id, { ...home, id: before?.id ?? home.id, versions });
  return { view: { ...asked.view, id: home.id, hash: home.hash } };
}

const newView = (state: State, view: View, user: string, team: string) => ({
  ...{ id: state.next('V'), hash: state.next('hash'), user, team, at: state.options.now() },
  ...{ view, open: true, errors: {}, versions: [view] },
});

function uploadUrl(args: Args, state: State): Args {
  const asked = parsed(z.object({ filename: text, length: z.coerce.number().positive() }), args);
  const id = state.next('F');
  state.uploads.push({ id, name: asked.filename, content: '', channel: undefined, threadTs: undefined });
  return { upload_url: `${state.base}/upload/${id}`, file_id: id };
}

function completeUpload(args: Args, state: State): Args {
  const schema = z.object({
    files: z.array(z.object({ id: text, title: text.optional() })),
    ...{ channel_id: text.optional(), thread_ts: text.optional(), initial_comment: text.default('') },
  });
  const asked = parsed(schema, args);
  const files = state.uploads.filter(({ id }) => asked.files.some((file) => file.id === id));
  if (files.length !== asked.files.length) throw new Refused('file_not_found');
  if (asked.channel_id !== undefined) {
    const channel = writable(state, asked.channel_id).id;
    for (const file of files) Object.assign(file, { channel, threadTs: asked.thread_ts });
    const version = { at: state.options.now(), text: asked.initial_comment, blocks: [] };
    state.posts.push({
      ...{ ...version, channel, ts: state.ts(), threadTs: asked.thread_ts, metadata: undefined },
      ...{ versions: [version], files: files.map(({ name }) => name) },
    });
  }
  return { files: files.map(({ id, name }) => ({ id, title: name })) };
}

const inChannels = ['channels:read', 'groups:read'];
const inHistory = ['channels:history', 'groups:history'];

/** The methods that are played, as far as a bot like ours can tell. */
export const methods: Readonly<Record<string, Method>> = {
  'auth.test': {
    scopes: [],
    run: (_, { team, app }) => ({ team_id: team, team: 'Home', user: 'redress', user_id: app.user, bot_id: app.bot }),
  },
  'chat.postMessage': { scopes: ['chat:write'], run: postMessage },
  'chat.update': { scopes: ['chat:write'], run: updateMessage },
  'chat.postEphemeral': { scopes: ['chat:write'], run: postEphemeral },
  'chat.getPermalink': {
    scopes: [],
    run: ({ channel, message_ts: ts }, { base }) => ({ permalink: `${base}/archives/${channel}/p${ts}` }),
  },
  'conversations.history': { scopes: inHistory, run: history },
  'conversations.replies': { scopes: inHistory, run: replies },
  'conversations.info': { scopes: inChannels, run: channelInfo },
  'users.info': { scopes: ['users:read'], run: userInfo },
  'usergroups.users.list': { scopes: ['usergroups:read'], run: groupMembers },
  'views.open': { scopes: [], run: openView },
  'views.update': { scopes: [], run: updateView },
  'views.publish': { scopes: [], run: publishView },
  'files.getUploadURLExternal': { scopes: ['files:write'], run: uploadUrl },
  'files.completeUploadExternal': { scopes: ['files:write'], run: completeUpload },
  'apps.connections.open': {
    ...{ scopes: [], token: 'app' },
    run: (_, { base, next }) => ({ url: `${base.replace('http', 'ws')}/link?ticket=${next('ticket')}` }),
  },
};
