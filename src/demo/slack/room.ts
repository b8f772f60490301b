import type { Message } from '../../../approvals/messages/facts.ts';
import { readClick } from '../../../approvals/requests.ts';
import { createSlackService } from '../../../approvals/service.ts';
import type { Slack } from '../../../approvals/slack.ts';
import type { Chat, ChatParts, Stage } from '../stage.ts';

const TEAM = 'T0ACME';
const CHANNEL = 'C0SECURITY';
/** Who is in the workspace, by their Slack ids. */
export const PEOPLE: Readonly<Record<string, string>> = { U0SAM: 'sam', U0CASEY: 'casey' };

/** What the demo's configuration says of Slack. */
export const SLACK_CONFIG = `people: [${Object.entries(PEOPLE)
  .map(([slack, name]) => `{ name: ${name}, slack: ${slack} }`)
  .join(', ')}]
slack: { channel: ${CHANNEL} }
`;

/** A message in the channel: what it shows now, what it showed before, what its thread says. */
export interface Posted {
  readonly ts: string;
  readonly shown: readonly Message[];
  readonly thread: readonly Message[];
}

/** A Slack workspace in memory, with one channel. */
export interface Room {
  readonly openChat: (parts: ChatParts) => Chat;
  /** The messages of the channel, the oldest first. */
  readonly messages: () => readonly Posted[];
  /** What one person was told and nobody else, since the last look. */
  readonly whispered: () => readonly string[];
  /**
   * Somebody clicks a button of a message: Slack's request is read, handed over
   * and taken out as it is in `serve`.
   *
   * @throws Error when the message has no such button
   */
  readonly click: (stage: Stage, user: string, actionId: string, on: Posted) => Promise<void>;
}

export function createRoom(): Room {
  const posts = new Map<string, { shown: Message[]; thread: Message[] }>();
  const whispers: string[] = [];
  let count = 0;

  const nothing = async (): Promise<void> => {};
  const slack: Slack = {
    workspace: async () => TEAM,
    async post(channel, message, { thread }) {
      count += 1;
      const ts = `1794816000.${String(count).padStart(6, '0')}`;
      if (channel !== CHANNEL) whispers.push(message.text);
      else if (thread === undefined) posts.set(ts, { shown: [message], thread: [] });
      else posts.get(thread)?.thread.push(message);
      return ts;
    },
    findPosted: async () => undefined,
    async update(_channel, ts, message) {
      posts.get(ts)?.shown.push(message);
    },
    async whisper(_channel, _user, text) {
      whispers.push(text);
    },
    async respond(_url, { text }) {
      whispers.push(text);
    },
    ...{ openView: nothing, publishHome: nothing, upload: nothing },
    account: async () => ({ team: TEAM, barred: null }),
    members: async () => [],
  };

  return {
    openChat({ config, ...parts }) {
      if (config.slack === undefined) throw new Error('The demo has no channel.');
      return createSlackService({
        ...{ ...parts, slack, config: { ...config, slack: config.slack }, writes: 'on' },
        assess: async () => ({ evaluations: [], plans: [] }),
      });
    },
    messages: () => [...posts].map(([ts, { shown, thread }]) => ({ ts, shown: [...shown], thread: [...thread] })),
    whispered: () => whispers.splice(0),
    async click({ workflow, settle }, user, actionId, { ts, shown }) {
      const reading = readClick({
        ...{ user: { id: user, team_id: TEAM }, team: { id: TEAM }, trigger_id: 'demo' },
        container: { channel_id: CHANNEL, message_ts: ts },
        actions: [{ action_id: actionId, value: valueIn(actionId, shown.at(-1)) }],
      });
      if (reading.kind !== 'interaction') throw new Error(`The click was not taken: ${reading.because}.`);
      await workflow.handOver(reading.interaction);
      await settle();
    },
  };
}

/** What a button of a message carries. */
function valueIn(actionId: string, message: Message | undefined): string {
  for (const block of message?.blocks ?? []) {
    if (block.type !== 'actions') continue;
    const found = block.elements.find((one) => one.type === 'button' && one.action_id === actionId);
    if (found?.type === 'button' && found.value !== undefined) return found.value;
  }
  throw new Error(`The message has no button ${actionId}.`);
}
