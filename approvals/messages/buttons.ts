import type { Button } from '@slack/types';
import type { Plan } from '../../src/plan/plan.ts';
import { actionIds, writeTarget } from '../ids.ts';
import { button, confirmation } from './blocks.ts';
import type { MessageFacts } from './facts.ts';
import { nameOf } from './parts.ts';

/** The buttons of a message. Each carries the finding and the digest of the plan that is shown. */

const targetOf = ({ plan, findings }: MessageFacts): string =>
  writeTarget({ finding: findings[0].id, digest: plan.digest });

const callNames = ({ steps }: Plan): string =>
  steps.map(({ service, operation }) => `${service} ${operation}`).join(', ');

/** Slack asks again only before something that nobody can take back. */
const approve = (facts: MessageFacts): Button => {
  const { plan } = facts;
  const warning = `AWS offers no way back on ${nameOf(plan.resource)} after: ${callNames(plan)}`;
  const value = targetOf(facts);
  return button('Approve', actionIds.approve, {
    ...{ value, style: 'primary' },
    ...(plan.undo.class === 'none'
      ? { confirm: confirmation('This cannot be undone', warning, 'Approve', 'danger') }
      : {}),
  });
};

export const undoButton = (facts: MessageFacts): Button => {
  const { plan } = facts;
  const what =
    plan.undo.class === 'exact' ? 'exactly what was there before' : 'what can be brought back of what was there before';
  const text = `Puts back ${what} on ${nameOf(plan.resource)}. The finding is open again then.`;
  return button('Undo', actionIds.undo, {
    ...{ value: targetOf(facts), style: 'danger' },
    confirm: confirmation('Undo this fix?', text, 'Undo', 'danger'),
  });
};

const done = (facts: MessageFacts): Button =>
  button('Done', actionIds.done, { value: targetOf(facts), style: 'primary' });

const simple = (label: string, id: string) => (facts: MessageFacts) => button(label, id, { value: targetOf(facts) });
const deny = simple('Deny', actionIds.deny);
const snooze = simple('Snooze', actionIds.snooze);
const exempt = simple('Exempt', actionIds.exempt);
const details = simple('Details', actionIds.details);

/** What can be done about a finding in its state; nothing while work is under way or when it has moved on. */
export function buttonsFor(facts: MessageFacts): Button[] {
  if (!facts.current) return [];
  const makers = makersFor(facts);
  return makers.map((make) => make(facts));
}

type Maker = (facts: MessageFacts) => Button;

function makersFor({ findings: [{ state }], undoable }: MessageFacts): readonly Maker[] {
  switch (state) {
    case 'waiting':
      return [approve, deny, snooze, exempt, details];
    case 'approved':
      return [deny, details];
    case 'guided':
    case 'needsPerson':
      return [done, snooze, exempt, details];
    case 'resolved':
      return undoable ? [undoButton, details] : [details];
    case 'denied':
    case 'expired':
    case 'rolledBack':
      return [exempt, details];
    case 'proposed':
    case 'snoozed':
    case 'exempted':
      return [details];
    case 'judged':
    case 'planned':
    case 'superseded':
    case 'applying':
    case 'verifying':
    case 'rollingBack':
      return [];
  }
}
