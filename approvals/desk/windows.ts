import { messageOf } from '../../src/one-line.ts';
import { factsOf, newestItem } from '../facts-of.ts';
import type { Actor, Interaction, Target } from '../interaction.ts';
import { detailsView } from '../messages/details.ts';
import type { MessageFacts } from '../messages/facts.ts';
import { denyView, exemptView, snoozeView } from '../messages/windows.ts';
import { nameOf } from '../people.ts';
import { answer } from './answers.ts';
import { auditRefusal, type DeskParts } from './parts.ts';

type Open = Extract<Interaction, { kind: 'open' }>;

/**
 * Opens the window that was asked for. Somebody who may not decide is told
 * before they write a reason.
 */
export async function openWindow(parts: DeskParts, open: Open): Promise<void> {
  const [target] = open.targets;
  const facts = target === undefined ? undefined : await currentFacts(parts, target);
  if (target === undefined || facts === undefined) {
    return answer(parts, open, 'This finding is not known any more. Look for its newest message.');
  }
  const refusal = await whyNot(parts, open.actor, open.view, facts);
  if (refusal !== undefined) {
    await auditRefusal(parts, open.actor, { what: open.view, because: refusal, ...target });
    return answer(parts, open, refusal);
  }
  try {
    await parts.slack.openView(open.triggerId, viewFor(parts, open, facts));
  } catch (error) {
    parts.log.warn({ view: open.view, error: messageOf(error) }, 'a window could not be opened');
    await answer(parts, open, 'Slack did not open the window in time. Please click again.');
  }
}

/** What is stored of a finding now, whatever plan the click was about. */
async function currentFacts({ store }: DeskParts, { finding }: Target): Promise<MessageFacts | undefined> {
  const record = await store.finding(finding);
  const newest = newestItem(await store.messagesOf(finding), finding)?.item;
  const plan = record?.plan ?? newest?.plan;
  if (plan === undefined) return undefined;
  return factsOf(store, { finding, plan, occasion: newest?.occasion ?? '', at: newest?.at ?? '' });
}

async function whyNot({ mayDecide, config }: DeskParts, actor: Actor, view: Open['view'], facts: MessageFacts) {
  if (view === 'details') return undefined;
  const by = nameOf(config, actor.user);
  try {
    return await mayDecide(by, view, facts.findings[0], facts.plan);
  } catch (error) {
    return `Whether ${by} may ${view} this could not be found out (${messageOf(error)}). Please try again.`;
  }
}

function viewFor({ manner, now }: DeskParts, { view, targets, origin }: Open, facts: MessageFacts) {
  switch (view) {
    case 'details':
      return detailsView(facts, manner);
    case 'deny':
      return denyView({ targets, origin, about: facts });
    case 'snooze':
      return snoozeView({ targets, origin, about: facts, now: now() });
    case 'exempt':
      return exemptView({ targets, origin, about: facts, now: now() });
  }
}
