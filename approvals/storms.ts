import type { SlackConfig } from '../src/config.ts';
import type { Store } from '../src/store/port.ts';
import type { FindingRecord, MessageItem, MessageRecord } from '../src/store/records.ts';
import { occasionOf } from '../src/workflow/notices.ts';
import { MOST_TARGETS } from './interaction.ts';
import { channelFor } from './routes.ts';

/** What the findings of a storm have in common. */
export type Group = NonNullable<MessageRecord['list']>;

interface Parts {
  readonly store: Store;
  readonly config: SlackConfig;
  readonly now: () => Date;
}

/** How many questions that already wait are looked through for more of the same storm. */
const LOOK_AHEAD = 200;

/**
 * Whether a finding comes in a storm: after as many of the same control, or
 * from the same actor, as the configuration lets through one by one.
 */
export async function stormOf(parts: Parts, channel: string, finding: FindingRecord): Promise<Group | undefined> {
  const recent = await recentFindings(parts, channel);
  const { findings: most } = parts.config.storm;
  const { control } = finding.evaluation;
  if (recent.filter(({ evaluation }) => evaluation.control === control).length >= most) return { control };
  const by = finding.cause?.by;
  if (by === undefined) return undefined;
  return recent.filter(({ cause }) => cause?.by === by).length >= most ? { by } : undefined;
}

async function recentFindings(parts: Parts, channel: string): Promise<readonly FindingRecord[]> {
  const messages = await messagesOfStorm(parts, channel);
  const ids = new Set(messages.flatMap(({ items }) => items.map(({ finding }) => finding)));
  const records = await Promise.all([...ids].map((id) => parts.store.finding(id)));
  return records.flatMap((record) => record ?? []);
}

const messagesOfStorm = ({ store, config, now }: Parts, channel: string): Promise<readonly MessageRecord[]> =>
  store.messagesIn(channel, new Date(now().getTime() - config.storm.seconds * 1000).toISOString());

/** The list of the same storm that still has room, if there is one. */
export async function openList(parts: Parts, channel: string, group: Group): Promise<MessageRecord | undefined> {
  const messages = await messagesOfStorm(parts, channel);
  return messages.find(
    ({ list, items, closed }) => list !== null && isSame(list, group) && !closed && items.length < MOST_TARGETS,
  );
}

/** More questions of the same storm that wait to be asked: a list takes them in at once instead of growing one by one. */
export async function waitingToo(parts: Parts, channel: string, group: Group): Promise<readonly MessageItem[]> {
  const { store, config, now } = parts;
  const items: MessageItem[] = [];
  for (const effect of await store.dueEffects('notice', now().toISOString(), LOOK_AHEAD)) {
    if (effect.kind !== 'ask' || effect.plan === null || items.length >= MOST_TARGETS) continue;
    const [record, stored] = await Promise.all([store.finding(effect.finding), store.plan(effect.plan)]);
    if (record === undefined || stored === undefined || !belongs(record, group)) continue;
    if (record.plan !== effect.plan || channelFor(config, stored.plan) !== channel) continue;
    if (record.state !== 'waiting' && record.state !== 'guided') continue;
    items.push({ finding: record.id, plan: effect.plan, occasion: occasionOf(effect), at: now().toISOString() });
  }
  return items;
}

function belongs({ evaluation, cause }: FindingRecord, group: Group): boolean {
  return 'control' in group ? evaluation.control === group.control : cause?.by === group.by;
}

function isSame(one: Group, other: Group): boolean {
  return 'control' in one ? 'control' in other && one.control === other.control : 'by' in other && one.by === other.by;
}
