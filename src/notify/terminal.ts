import { oneLine } from '../one-line.ts';
import type { Notifier } from '../workflow/notifier.ts';

/** Where lines go: standard error, or a test's list. */
export interface Lines {
  write(line: string): unknown;
}

/** Tells the terminal, one line for everything that happens. */
export function terminalNotifier(stream: Lines): Notifier {
  const say = (line: string): void => {
    stream.write(`${oneLine(line, 500)}\n`);
  };
  return {
    async ask({ id, evaluation }, plan) {
      const what = plan.kind === 'guide' ? 'needs a person' : 'waits for a yes';
      const next = plan.kind === 'guide' ? `redress show ${id}` : `redress approve ${id}`;
      say(`${id} ${what}: control ${evaluation.control}, ${evaluation.title} (${plan.resource.arn}). ${next}`);
    },
    async changed(_finding, events) {
      for (const { at, finding, type, control, arn, because, by } of events) {
        const reason = because === '' ? '' : `: ${because}`;
        say(`${at} ${finding} ${type}, control ${control}, ${arn}, by ${by}${reason}`);
      }
    },
    async obstacle({ account, because, mend, goneAt, seenAt }) {
      if (goneAt === null) say(`${seenAt} account ${account} cannot be entered: ${because}; ${mend}`);
      else say(`${goneAt} account ${account} can be entered again`);
    },
  };
}
