import { createSlackApp, type ProblemsOf } from '../../../approvals/app.ts';
import { actionIds, callbackIds, fields, writeMetadata, writeTarget } from '../../../approvals/ids.ts';
import type { HandOver, Interaction, Target } from '../../../approvals/interaction.ts';
import { httpReceiver, lambdaReceiver, socketReceiver } from '../../../approvals/receivers.ts';
import { startGateway } from './gateway.ts';
import { type ShownView, SIGNING_SECRET, type Slack, type SlackOptions, startSlack } from './stand-in.ts';

export const transports = ['HTTP', 'Lambda', 'Socket Mode'] as const;
export type Transport = (typeof transports)[number];

/** The app alone, with a hand-over that only remembers. */
export interface AppWorld {
  readonly slack: Slack;
  readonly handed: Interaction[];
  /** What the log says, a line each. */
  readonly lines: string[];
  /** Where requests go; empty for Socket Mode. */
  readonly url: string;
  stop(): Promise<void>;
}

export interface AppWorldOptions {
  readonly handOver?: HandOver;
  readonly problemsOf?: ProblemsOf;
  readonly handOverWithin?: number;
  readonly slack?: SlackOptions;
}

export async function startApp(transport: Transport, options: AppWorldOptions = {}): Promise<AppWorld> {
  const slack = await startSlack(options.slack);
  const handed: Interaction[] = [];
  const lines: string[] = [];
  const note = (details: object, message: string) => void lines.push(`${message} ${JSON.stringify(details)}`);
  const log = { info: () => {}, warn: note, error: note };
  const now = () => new Date();
  const common = { signingSecret: SIGNING_SECRET, now, log };
  const remember: HandOver = async (interaction) => void handed.push(interaction);
  const make = (receiver: Parameters<typeof createSlackApp>[0]['receiver']) =>
    createSlackApp({
      ...{ receiver, now, log, problemsOf: options.problemsOf ?? (() => ({})) },
      handOver: options.handOver ?? remember,
      ...(options.handOverWithin === undefined ? {} : { handOverWithin: options.handOverWithin }),
      answer: async (url, text) => {
        await fetch(url, { method: 'POST', body: JSON.stringify({ text }) });
      },
    });
  const world = (url: string, stop: () => Promise<unknown>): AppWorld => ({
    ...{ slack, handed, lines, url },
    stop: async () => {
      await stop();
      await slack.stop();
    },
  });

  if (transport === 'Socket Mode') {
    const receiver = await socketReceiver({ appToken: slack.tokens.app, slackApiUrl: slack.apiUrl, log });
    const app = await make(receiver);
    await app.start();
    return world('', () => app.stop());
  }
  if (transport === 'Lambda') {
    const receiver = await lambdaReceiver(common);
    await make(receiver);
    const gateway = await startGateway(receiver.handler);
    slack.deliverTo(gateway.url);
    return world(gateway.url, gateway.stop);
  }
  const receiver = await httpReceiver({ ...common, port: 0, host: '127.0.0.1', path: '/slack/events' });
  const app = await make(receiver);
  await app.start();
  const url = `http://127.0.0.1:${receiver.port()}/slack/events`;
  slack.deliverTo(url);
  return world(url, () => app.stop());
}

export const target: Target = { finding: 'f-1', digest: `sha256:${'0'.repeat(64)}` };
export const other: Target = { finding: 'f-2', digest: `sha256:${'1'.repeat(64)}` };

const plain = (text: string) => ({ type: 'plain_text' as const, text });
const button = (id: string, value?: string) => ({
  ...{ type: 'button' as const, action_id: id, text: plain(id) },
  ...(value === undefined ? {} : { value }),
});

/** A message with every button there is, and a list of two to choose from. */
export const everyButton = [
  {
    type: 'actions' as const,
    elements: [
      ...[actionIds.approve, actionIds.undo, actionIds.done, actionIds.details].map((id) =>
        button(id, writeTarget(target)),
      ),
      ...[actionIds.deny, actionIds.snooze, actionIds.exempt].map((id) => button(id, writeTarget(target))),
      ...[button(actionIds.approveChosen), button(actionIds.denyChosen), button('elsewhere')],
    ],
  },
  ...[target, other].map((one) => ({
    type: 'actions' as const,
    block_id: one.finding,
    elements: [
      {
        ...{ type: 'checkboxes' as const, action_id: actionIds.choose },
        options: [{ text: plain(one.finding), value: writeTarget(one) }],
      },
    ],
  })),
];

/** A posted message with every button. */
export async function posted(slack: Slack) {
  const { ts } = await post(slack);
  const found = slack.posts.find((one) => one.ts === ts);
  if (found === undefined) throw new Error('It was posted.');
  return found;
}

async function post(slack: Slack): Promise<{ ts: string }> {
  const response = await fetch(`${slack.apiUrl}chat.postMessage`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${slack.tokens.bot}` },
    body: JSON.stringify({ channel: 'C0SECURITY', text: 'every button', blocks: everyButton }),
  });
  const answer: unknown = await response.json();
  if (typeof answer !== 'object' || answer === null || !('ts' in answer)) throw new Error(JSON.stringify(answer));
  return { ts: String(answer.ts) };
}

/** A window as if it had been opened from the message. */
export function windowOf(
  kind: keyof typeof callbackIds,
  metadata = writeMetadata({ targets: [target], origin: null }),
): ShownView {
  const input = (id: string) => ({
    ...{ type: 'input' as const, block_id: id, label: plain(id) },
    element:
      id === fields.owner
        ? { type: 'users_select' as const, action_id: id }
        : { type: 'plain_text_input' as const, action_id: id },
  });
  const date = {
    ...{ type: 'input' as const, block_id: fields.until, label: plain('until') },
    element: { type: 'datepicker' as const, action_id: fields.until },
  };
  const view = {
    ...{ type: 'modal' as const, callback_id: callbackIds[kind], private_metadata: metadata, title: plain('Redress') },
    ...{ submit: plain('Send'), blocks: [input(fields.reason), date, input(fields.owner)] },
  };
  return { id: 'V1', user: 'U1', team: 'T0HOME', at: 0, hash: 'h', view, open: true, errors: {}, versions: [view] };
}
