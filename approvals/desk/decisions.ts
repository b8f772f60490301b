import type { Decided } from '../../src/workflow/decide.ts';
import type { Decision } from '../../src/workflow/settings.ts';
import { newestItem } from '../facts-of.ts';
import type { Actor, Origin, Target } from '../interaction.ts';
import { prose } from '../messages/text.ts';
import { nameOf } from '../people.ts';
import { answer, type Return } from './answers.ts';
import { auditRefusal, type DeskParts } from './parts.ts';

/** A decision about one or several plans, as it came from Slack. */
export interface Request extends Return {
  readonly actor: Actor;
  readonly decision: Decision;
  readonly targets: readonly Target[];
  readonly origin: Origin | null;
  readonly reason?: string | undefined;
  readonly until?: string | undefined;
  readonly owner?: string | undefined;
}

/** Puts a decision to the workflow, plan by plan, and tells the person what became of it. */
export async function decideOn(parts: DeskParts, request: Request): Promise<void> {
  const lines: string[] = [];
  for (const target of request.targets) {
    const { outcome, because } = await decideOne(parts, request, target);
    const done = outcome === 'accepted' ? DONE[request.decision] : 'Nothing was done.';
    lines.push(
      request.targets.length === 1 ? `${done} ${prose(because)}` : `• ${target.finding}: ${done} ${prose(because)}`,
    );
  }
  await answer(parts, request, lines.join('\n'));
}

const DONE: Readonly<Record<Decision, string>> = {
  approve: 'Your approval counts.',
  deny: 'Denied.',
  snooze: 'Snoozed.',
  exempt: 'Exempted.',
  undo: 'Undoing.',
  done: 'Thank you, judging again.',
};

async function decideOne(
  parts: DeskParts,
  { actor, decision, origin, reason, until, owner }: Request,
  { finding, digest }: Target,
): Promise<Pick<Decided, 'outcome' | 'because'>> {
  const stale = await whyStale(parts, finding, origin);
  if (stale !== undefined) {
    await auditRefusal(parts, actor, { what: decision, because: stale, finding, digest });
    return { outcome: 'refused', because: stale };
  }
  return parts.workflow.decide({
    ...{ finding, digest, decision, by: nameOf(parts.config, actor.user) },
    ...(reason === undefined ? {} : { reason }),
    ...(until === undefined ? {} : { until }),
    ...(owner === undefined ? {} : { owner }),
  });
}

/**
 * Why a click on a message counts no more: only the message that asked last
 * does. So a click that was recorded and sent again later, or one on another
 * plan's message, does nothing.
 */
async function whyStale({ store }: DeskParts, finding: string, origin: Origin | null): Promise<string | undefined> {
  if (origin === null) return undefined;
  const newest = newestItem(await store.messagesOf(finding), finding)?.message;
  if (newest === undefined) return `This message does not ask about ${finding}.`;
  if (newest.ts === null) return `${finding} is being asked about again; use the new message.`;
  if (newest.ts === origin.message && newest.channel === origin.channel) return undefined;
  return `This message is out of date; ${finding} was asked about again. Use its newest message.`;
}
