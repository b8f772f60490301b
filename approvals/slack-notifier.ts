import { createHash } from 'node:crypto';
import stringify from 'safe-stable-stringify';
import type { SlackConfig } from '../src/config.ts';
import type { Store } from '../src/store/port.ts';
import type { FindingRecord, MessageItem, MessageRecord } from '../src/store/records.ts';
import type { Log } from '../src/workflow/kit.ts';
import type { LifecycleEvent, Notifier } from '../src/workflow/notifier.ts';
import { factsOf } from './facts-of.ts';
import { MOST_TARGETS } from './interaction.ts';
import type { ListFacts, Manner, Message, MessageFacts } from './messages/facts.ts';
import { findingMessage } from './messages/finding.ts';
import { listMessage } from './messages/list.ts';
import { needsFile, planFile } from './messages/plan-file.ts';
import { threadReply } from './messages/thread.ts';
import { channelFor } from './routes.ts';
import { type Slack, slackError } from './slack.ts';
import { type Group, openList, stormOf, waitingToo } from './storms.ts';

export interface SlackNotifierParts {
  readonly slack: Slack;
  readonly store: Store;
  readonly config: SlackConfig;
  readonly manner: Manner;
  readonly now: () => Date;
  readonly log: Log;
}

/** Slack's errors after which a message can never be updated again, because somebody removed it or the channel. */
const GONE = ['message_not_found', 'channel_not_found', 'cant_update_message', 'edit_window_closed', 'is_archived'];
/** A thread remembers so many events that it told of. */
const MOST_TOLD = 100;

/**
 * Tells Slack: one message for a plan, or for a storm of them, updated in place
 * from what is stored, with what was done in its thread. A message is written
 * down before it is posted: when the answer to posting is lost, it is looked
 * for in the channel instead of being posted again.
 */
export function slackNotifier(parts: SlackNotifierParts): Notifier {
  const { store, slack, config, manner, now, log } = parts;

  async function put(record: MessageRecord, change: Partial<MessageRecord>): Promise<MessageRecord> {
    const next = { ...record, ...change, revision: record.revision + 1 };
    const stored = await store.commit([{ kind: 'message', record: next, expected: record.revision }]);
    if (!stored.ok) throw new Error(`Message ${record.id} was changed by somebody else at the same time.`);
    return next;
  }

  /** Puts a question before people: by itself, or in the list of its storm. */
  async function show(finding: FindingRecord, plan: Parameters<Notifier['ask']>[1], occasion: string): Promise<void> {
    const shown = await store.messagesOf(finding.id);
    const known = shown.find(({ items }) => items.some((item) => item.occasion === occasion));
    if (known !== undefined) return deliver(known, 'again');
    const channel = channelFor(config, plan);
    const item = { finding: finding.id, plan: plan.id, occasion, at: now().toISOString() };
    const group = await stormOf(parts, channel, finding);
    if (group === undefined) return deliver(await begin(channel, null, [item]), 'new');
    const items = distinct([item, ...(await waitingToo(parts, channel, group))]);
    const list = await openList(parts, channel, group);
    if (list === undefined) return deliver(await begin(channel, group, items.slice(0, MOST_TARGETS)), 'new');
    return deliver(await put(list, { items: distinct([...list.items, ...items]).slice(0, MOST_TARGETS) }), 'again');
  }

  async function begin(channel: string, list: Group | null, items: readonly MessageItem[]): Promise<MessageRecord> {
    const fresh = { ts: null, list, items, shown: null, told: [], closed: false, createdAt: now().toISOString() };
    return put({ id: items[0]?.occasion ?? channel, revision: 0, channel, ...fresh }, {});
  }

  /** Posts a message that is not there yet, and brings one that is up to date. */
  async function deliver(record: MessageRecord, attempt: 'new' | 'again'): Promise<void> {
    if (record.ts !== null) return refresh(record);
    const content = await contentOf(record);
    if (content === undefined) return;
    const found =
      attempt === 'again' ? await slack.findPosted(record.channel, record.id, new Date(record.createdAt)) : undefined;
    const ts = found ?? (await slack.post(record.channel, content.message, { occasion: record.id }));
    const posted = await put(record, { ts, shown: found === undefined ? fingerprint(content.message) : null });
    for (const facts of content.facts.filter(needsFile)) await slack.upload(record.channel, ts, planFile(facts));
    // What changed while it was being posted.
    await refresh(posted);
  }

  /** Makes a message show what is stored now. */
  async function refresh(record: MessageRecord): Promise<void> {
    if (record.ts === null || record.closed) return;
    const content = await contentOf(record);
    if (content === undefined) return;
    const shown = fingerprint(content.message);
    const closed = content.facts.every(({ current }) => !current);
    if (shown === record.shown && closed === record.closed) return;
    try {
      if (shown !== record.shown) await slack.update(record.channel, record.ts, content.message);
      await put(record, { shown, closed });
    } catch (error) {
      const code = slackError(error);
      if (code === undefined || !GONE.includes(code)) throw error;
      log.warn(
        { message: record.id, channel: record.channel, error: code },
        'a Slack message is gone; it is left alone',
      );
      await put(record, { closed: true });
    }
  }

  async function contentOf({ list, items }: MessageRecord) {
    const found = await Promise.all(items.map((item) => factsOf(store, item)));
    const facts = found.flatMap((one) => one ?? []);
    const [first] = facts;
    if (first === undefined) return undefined;
    const message: Message =
      list === null
        ? findingMessage(first, manner)
        : listMessage({ about: aboutOf(list, first), items: facts }, manner);
    return { message, facts };
  }

  /** What happened, in the thread of the message that shows it. */
  async function tell(event: LifecycleEvent): Promise<void> {
    const messages = (await store.messagesOf(event.finding)).filter(({ ts }) => ts !== null);
    const ofPlan = messages.find(({ items }) =>
      items.some(({ finding, plan }) => finding === event.finding && plan === event.plan),
    );
    const message = ofPlan ?? messages[0];
    const item = message?.items.find(({ finding }) => finding === event.finding);
    if (message?.ts == null || item === undefined) return announce(event);
    if (message.told.includes(event.id)) return;
    if (message.list !== null && !ends.includes(event.type)) return;
    const facts = await factsOf(store, item);
    const reply = facts === undefined ? undefined : threadReply(event, facts, manner);
    if (reply === undefined) return;
    await slack.post(message.channel, reply, { occasion: event.id, thread: message.ts });
    await put(message, { told: [...message.told, event.id].slice(-MOST_TOLD) });
  }

  /** What happened without a question: a fix that was applied by itself, or one that needs a person now. */
  async function announce(event: LifecycleEvent): Promise<void> {
    const finding = await store.finding(event.finding);
    const stored = finding?.plan == null ? undefined : await store.plan(finding.plan);
    if (finding === undefined || stored === undefined || finding.state !== event.type) return;
    const isFix = event.type === 'resolved' && finding.machine.context.fixedByUs && config.tellFixes;
    if (!isFix && event.type !== 'needsPerson' && event.type !== 'rolledBack') return;
    await show(finding, stored.plan, `told:${event.id}`);
  }

  return {
    ask: show,
    async changed({ id }, events) {
      // First what people can click on: a thread that takes no reply must not leave old buttons standing. One whose
      // answer was lost while posting may be there, too; whoever clicked on it first must not be told in a second one.
      for (const message of await store.messagesOf(id)) await deliver(message, 'again');
      for (const event of events) await tell(event);
    },
  };
}

/** What the thread of a list tells of: its lines show the rest. */
const ends: readonly LifecycleEvent['type'][] = ['resolved', 'rolledBack', 'needsPerson'];

function aboutOf(list: Group, first: MessageFacts): ListFacts['about'] {
  if ('by' in list) return { kind: 'actor', by: list.by };
  return { kind: 'control', control: list.control, title: first.findings[0].evaluation.title };
}

function distinct(items: readonly MessageItem[]): readonly MessageItem[] {
  return [...new Map(items.map((item) => [item.occasion, item])).values()];
}

const fingerprint = (message: Message): string =>
  createHash('sha256')
    .update(stringify(message) ?? '')
    .digest('hex');
