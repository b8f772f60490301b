import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { parse } from 'node:querystring';
import { z } from 'zod';
import { type Acknowledgement, type Kind, type Sockets, sendHttp, serveSockets } from './delivery.ts';
import { methods, Refused } from './methods.ts';
import {
  type Acting,
  blockActions,
  type Clicking,
  homeOpened,
  type Payload,
  slashCommand,
  viewSubmission,
} from './payloads.ts';
import {
  type Args,
  type Call,
  createState,
  type Fault,
  type Post,
  type ShownView,
  type SlackOptions,
  type State,
  type Upload,
  type Whisper,
} from './state.ts';

export * from './delivery.ts';
export * from './payloads.ts';
export * from './state.ts';

/** Slack, as far as an app can tell, on this machine. */
export interface Slack {
  /** For `slackApiUrl`. */
  readonly apiUrl: string;
  readonly team: string;
  readonly app: State['app'];
  readonly tokens: State['tokens'];
  /** Everything that the app called, in order. */
  readonly calls: readonly Call[];
  /** Messages and replies, each as a reader sees it now. */
  readonly posts: readonly Post[];
  /** What only one person sees. */
  readonly whispers: readonly Whisper[];
  /** Windows, the newest last. */
  readonly views: readonly ShownView[];
  readonly homes: ReadonlyMap<string, ShownView>;
  readonly uploads: readonly Upload[];
  readonly sockets: Sockets;
  /** For payloads that are made by hand. */
  readonly state: State;

  /** The next so many calls of a method go wrong. */
  fail(method: string, times: number, fault: Fault): void;
  /** Resolves as soon as it holds; looked at whenever something happens here. */
  until(holds: () => boolean): Promise<void>;
  /** Where a person's doings are sent: a request URL, or over the socket. */
  deliverTo(where: string): void;
  send(kind: Kind, payload: Payload): Promise<Acknowledgement>;

  click(on: Post | ShownView, actionId: string, by: Clicking): Promise<Acknowledgement>;
  /** Sends a window off, and does with it what the answer says. */
  submit(view: ShownView, values: Payload, by?: Acting): Promise<Acknowledgement>;
  command(line: string, by: Acting & { readonly channel?: string }): Promise<Acknowledgement>;
  openHome(by: Acting): Promise<Acknowledgement>;
  stop(): Promise<void>;
}

/** Starts a Slack of one's own on a free port of this machine. */
export async function startSlack(given: SlackOptions = {}): Promise<Slack> {
  const state = createState(given);
  const watchers = new Set<() => void>();
  const changed = () => {
    for (const watcher of watchers) watcher();
  };
  const server = createServer((request, response) => {
    answer(state, request, response).then(changed, (error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  const sockets = serveSockets(server, state, changed);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('A TCP server has a port.');
  state.base = `http://127.0.0.1:${address.port}`;

  let target = 'socket';
  const send: Slack['send'] = (kind, payload) =>
    target === 'socket' ? sockets.send(kind, payload) : sendHttp(target, kind, payload);

  return {
    ...{ apiUrl: `${state.base}/api/`, state, team: state.team, app: state.app, tokens: state.tokens, sockets, send },
    ...{ calls: state.calls, posts: state.posts, whispers: state.whispers, views: state.views },
    ...{ homes: state.homes, uploads: state.uploads },
    fail: (method, times, fault) => {
      state.faults.set(method, [...(state.faults.get(method) ?? []), { fault, left: times }]);
    },
    until: (holds) =>
      new Promise((resolve) => {
        const look = () => {
          if (!holds()) return;
          watchers.delete(look);
          resolve();
        };
        watchers.add(look);
        look();
      }),
    deliverTo: (where) => {
      target = where;
    },
    click: (on, actionId, by) => send('interactive', blockActions(state, on, actionId, by)),
    submit: async (view, values, by = { user: view.user }) => {
      const taken = await send('interactive', viewSubmission(state, view, values, by));
      followUp(state, view.id, taken);
      return taken;
    },
    command: (line, by) => send('slash_commands', slashCommand(state, line, by)),
    openHome: (by) => send('events_api', homeOpened(state, by)),
    stop: async () => {
      await sockets.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const responseAction = z.looseObject({
  response_action: z.enum(['errors', 'update', 'push', 'clear']).optional(),
  errors: z.record(z.string(), z.string()).default({}),
  view: z.custom<ShownView['view']>().optional(),
});

/** A window closes once it was taken, unless the answer says otherwise. */
function followUp(state: State, id: string, { status, body }: Acknowledgement): void {
  const shown = state.views.find((one) => one.id === id);
  if (shown === undefined || status !== 200) return;
  const { response_action: action, errors, view } = responseAction.parse(body === '' ? {} : body);
  shown.errors = errors;
  if (action === 'errors') return;
  if (action === 'update' && view !== undefined) {
    Object.assign(shown, { view, versions: [...shown.versions, view] });
    return;
  }
  shown.open = false;
}

async function answer(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', state.base);
  const body = await bytesOf(request);
  if (pathname.startsWith('/api/')) return answerCall(state, pathname.slice('/api/'.length), request, body, response);
  if (pathname.startsWith('/upload/'))
    return takeUpload(state, pathname.slice('/upload/'.length), request, body, response);
  if (pathname.startsWith('/response/'))
    return takeResponse(state, pathname.slice('/response/'.length), body, response);
  response.writeHead(404).end();
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

function answerCall(
  state: State,
  name: string,
  request: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
): void {
  const args = argsOf(request, body);
  const note = (what: string) => state.calls.push({ method: name, args, at: state.options.now(), answer: what });
  const json = (value: Args) => {
    response.writeHead(200, { 'content-type': 'application/json', 'x-oauth-scopes': state.options.scopes.join(',') });
    response.end(JSON.stringify(value));
  };
  const fault = nextFault(state, name);
  if (fault !== undefined && !('closeAfterWork' in fault)) {
    note(JSON.stringify(fault));
    if ('hang' in fault) return;
    if ('status' in fault) response.writeHead(fault.status).end();
    else if ('retryAfter' in fault) response.writeHead(429, { 'retry-after': String(fault.retryAfter) }).end();
    else json({ ok: false, error: fault.error });
    return;
  }
  if (tooSoon(state, name, args)) {
    note('429');
    response.writeHead(429, { 'retry-after': '1' }).end();
    return;
  }
  const result = run(state, name, args, request.headers.authorization ?? '');
  note(fault === undefined ? result.error : 'the answer was lost');
  if (fault === undefined) json(result.answer);
  else request.socket.destroy();
}

function run(
  state: State,
  name: string,
  args: Args,
  authorization: string,
): { readonly error: string; readonly answer: Args } {
  try {
    const method = methods[name];
    if (method === undefined) throw new Refused('unknown_method');
    const token = authorization.replace('Bearer ', '') || String(args.token ?? '');
    if (token === '') throw new Refused('not_authed');
    if (token !== state.tokens.bot && token !== state.tokens.app) throw new Refused('invalid_auth');
    if ((token === state.tokens.app) !== (method.token === 'app')) throw new Refused('not_allowed_token_type');
    const [needed] = method.scopes;
    if (needed !== undefined && !method.scopes.some((scope) => state.options.scopes.includes(scope))) {
      throw new Refused('missing_scope', { needed, provided: state.options.scopes.join(',') });
    }
    return { error: 'ok', answer: { ok: true, ...method.run(args, state) } };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { error: error.message, answer: { ok: false, error: error.message, ...error.extra } };
  }
}

function nextFault(state: State, name: string): Fault | undefined {
  const found = state.faults.get(name)?.find(({ left }) => left > 0);
  if (found === undefined) return undefined;
  found.left -= 1;
  return found.fault;
}

/** About one message a second and channel, where the options ask for it. */
function tooSoon({ options, calls }: State, name: string, { channel }: Args): boolean {
  if (options.pace === 0 || name !== 'chat.postMessage') return false;
  const before = calls.findLast((one) => one.method === name && one.args.channel === channel && one.answer === 'ok');
  return before !== undefined && options.now() - before.at < options.pace;
}

/** Fields that hold JSON in a form. */
const structured = ['blocks', 'view', 'metadata', 'attachments', 'files'];

function argsOf(request: IncomingMessage, body: Buffer): Args {
  if ((request.headers['content-type'] ?? '').startsWith('application/json'))
    return z.record(z.string(), z.unknown()).parse(JSON.parse(String(body)));
  return Object.fromEntries(
    Object.entries(parse(String(body))).map(([name, value]) => [
      name,
      structured.includes(name) ? JSON.parse(String(value)) : value,
    ]),
  );
}

/** A file comes as it is, or as a form with it in one part. */
async function takeUpload(
  state: State,
  id: string,
  request: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
): Promise<void> {
  const upload = state.uploads.find((one) => one.id === id);
  if (upload === undefined) {
    response.writeHead(404).end();
    return;
  }
  const type = request.headers['content-type'] ?? '';
  if (type.startsWith('multipart/form-data')) {
    const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
    const parts = await Promise.all([...form.values()].map((part) => (typeof part === 'string' ? part : part.text())));
    upload.content = parts.join('');
  } else {
    upload.content = String(body);
  }
  response.writeHead(200).end('OK');
}

const privately = z.looseObject({
  text: z.string().default(''),
  blocks: z.array(z.custom<Post['blocks'][number]>()).default([]),
  thread_ts: z.string().optional(),
});

function takeResponse(state: State, id: string, body: Buffer, response: ServerResponse): void {
  const url = state.responses.get(id);
  if (url === undefined || url.left === 0) {
    response.writeHead(404).end(JSON.stringify({ ok: false, error: url === undefined ? 'expired_url' : 'used_url' }));
    return;
  }
  url.left -= 1;
  const { text, blocks, thread_ts } = privately.parse(JSON.parse(String(body)));
  const { channel, user } = url;
  state.whispers.push({
    at: state.options.now(),
    by: 'response_url',
    channel,
    user,
    text,
    blocks,
    threadTs: thread_ts,
  });
  response.writeHead(200).end('ok');
}
