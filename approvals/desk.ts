import { answer } from './desk/answers.ts';
import { runCommand, showHome } from './desk/commands.ts';
import { decideOn } from './desk/decisions.ts';
import { whyUnknown } from './desk/identity.ts';
import { auditRefusal, type DeskParts } from './desk/parts.ts';
import { openWindow } from './desk/windows.ts';
import { type Interaction, interactionSchema } from './interaction.ts';

export type { DeskParts } from './desk/parts.ts';

/**
 * Makes the function that takes what people did in Slack, after a listener has
 * handed it over. It makes sure who they are, puts decisions to the workflow,
 * which has the last word, and answers privately. Nobody who may not is
 * ignored: they get an answer, and the attempt goes to the audit trail.
 *
 * It throws when the store cannot be used: then it is tried again later. `at` is
 * when it was said.
 */
export function createDesk(parts: DeskParts): (interaction: unknown, at: string) => Promise<void> {
  return async (received, at) => {
    const { data: interaction, error } = interactionSchema.safeParse(received);
    if (interaction === undefined) {
      parts.log.error({ error: error.message }, 'something was handed over that is no interaction; it is dropped');
      return;
    }
    const refusal = await whyUnknown(parts, interaction.actor);
    if (refusal === undefined) return perform(parts, interaction, at);
    await auditRefusal(parts, interaction.actor, { what: nameOfAttempt(interaction), because: refusal });
    if (interaction.kind !== 'home') await answer(parts, interaction, refusal);
  };
}

function perform(parts: DeskParts, interaction: Interaction, at: string): Promise<void> {
  switch (interaction.kind) {
    case 'decide':
    case 'submit':
      return decideOn(parts, interaction);
    case 'open':
      return openWindow(parts, interaction);
    case 'command':
      return runCommand(parts, interaction, at);
    case 'home':
      return showHome(parts, interaction.actor);
  }
}

function nameOfAttempt(interaction: Interaction): string {
  switch (interaction.kind) {
    case 'decide':
    case 'submit':
      return interaction.decision;
    case 'open':
      return `opening ${interaction.view}`;
    case 'command':
      return `/redress ${interaction.command}`;
    case 'home':
      return 'opening App Home';
  }
}
