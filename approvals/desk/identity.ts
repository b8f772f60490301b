import { messageOf } from '../../src/one-line.ts';
import type { Actor } from '../interaction.ts';
import type { DeskParts } from './parts.ts';

/**
 * Why nothing is taken from this person, whatever they may decide otherwise:
 * another workspace, an account that was switched off, a guest, a bot. Where
 * Slack cannot say who they are, nothing is taken either.
 */
export async function whyUnknown({ slack, log }: DeskParts, { user, team: through, home }: Actor) {
  const stranger = 'This Redress belongs to another Slack workspace, so nothing was done.';
  try {
    const team = await slack.workspace();
    if (through !== team || home !== team) return stranger;
    const account = await slack.account(user);
    if (account.team !== team) return stranger;
    if (account.barred === null) return undefined;
    return `This Slack account is ${account.barred === 'deactivated' ? 'deactivated' : `that of ${account.barred}`}, so nothing was done.`;
  } catch (error) {
    log.warn({ user, error: messageOf(error) }, 'Slack did not say who somebody is');
    return 'Slack could not say who you are, so nothing was done. Please try again in a moment.';
  }
}
