import { messageOf } from '../../src/one-line.ts';
import type { Actor, Origin } from '../interaction.ts';
import type { Message } from '../messages/facts.ts';
import type { DeskParts } from './parts.ts';

/** Where a private answer can go. */
export interface Return {
  readonly actor: Actor;
  readonly responseUrl?: string | null;
  readonly origin?: Origin | null;
}

/**
 * Answers one person, so that nobody else sees it. What was decided is decided:
 * an answer that cannot be delivered is logged and given up.
 */
export async function answer({ slack, log }: DeskParts, to: Return, message: string | Message): Promise<void> {
  const content = typeof message === 'string' ? { text: message, blocks: [] } : message;
  const { actor, responseUrl, origin } = to;
  try {
    if (responseUrl != null) return await slack.respond(responseUrl, content);
    if (origin != null) return await slack.whisper(origin.channel, actor.user, content.text);
    // A message to a user's id arrives in their conversation with the bot.
    await slack.post(actor.user, content, { occasion: 'answer' });
  } catch (error) {
    log.warn({ user: actor.user, error: messageOf(error) }, 'a private answer could not be delivered');
  }
}
