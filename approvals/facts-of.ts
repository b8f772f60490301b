import type { Store } from '../src/store/port.ts';
import type { FindingRecord, MessageItem, MessageRecord, PlanRecord } from '../src/store/records.ts';
import type { MessageFacts } from './messages/facts.ts';

/**
 * What a message says of one of its plans, from what is stored now. Nothing
 * when the finding or the plan is not there.
 */
export async function factsOf(
  store: Store,
  { finding, plan, occasion }: MessageItem,
): Promise<MessageFacts | undefined> {
  const [record, stored] = await Promise.all([store.finding(finding), store.plan(plan)]);
  if (record === undefined || stored === undefined) return undefined;
  const others = await Promise.all(stored.plan.findings.filter((id) => id !== finding).map((id) => store.finding(id)));
  const following = others
    .filter((other) => other !== undefined && other.plan === plan)
    .flatMap((other) => other ?? []);
  const timer = record.state === 'waiting' ? await store.timer(finding) : undefined;
  const newest = newestItem(await store.messagesOf(finding), finding);
  return {
    plan: stored.plan,
    findings: [record, ...following],
    calls: await store.calls(plan),
    current: record.plan === plan && (newest === undefined || newest.item.occasion === occasion),
    expires: timer?.due ?? null,
    undoable: isUndoable(record, stored),
  };
}

/** The last time that a finding was put before people, and the message that did. */
export function newestItem(
  messages: readonly MessageRecord[],
  finding: string,
): { readonly item: MessageItem; readonly message: MessageRecord } | undefined {
  const shown = messages.flatMap((message) =>
    message.items.filter((item) => item.finding === finding).map((item) => ({ item, message })),
  );
  // Of two at the same moment, the one in the newer message comes first already.
  return shown.sort((a, b) => b.item.at.localeCompare(a.item.at))[0];
}

function isUndoable({ state, machine }: FindingRecord, { plan, applied }: PlanRecord): boolean {
  const { undo } = plan;
  return (
    state === 'resolved' &&
    machine.context.fixedByUs &&
    applied !== null &&
    undo.class !== 'none' &&
    undo.steps.length > 0
  );
}
