import type { Plan } from '../plan/plan.ts';
import type { Change } from '../store/port.ts';
import type { Exemption, FindingRecord, PlanRecord } from '../store/records.ts';
import { endOf } from './exemptions.ts';
import type { FindingEvent, StateName } from './finding.ts';
import { at, type Kit, reason } from './kit.ts';
import { moveFinding } from './move.ts';
import { sameState } from './same.ts';
import type { Decision } from './settings.ts';
import { type Prepared, transact } from './transact.ts';

/** What a person wants done about a finding. */
export interface Question {
  readonly finding: string;
  /** The digest that the person has seen. Left out: the one that is shown now. */
  readonly digest?: string;
  readonly decision: Decision;
  readonly by: string;
  readonly reason?: string;
  /** For `snooze` and `exempt`: a moment, or a day whose end is meant. */
  readonly until?: string;
  /** For `exempt`: who answers for it. */
  readonly owner?: string;
}

/** What became of a decision. A refusal changes nothing but the audit trail. */
export type Decided =
  | { readonly outcome: 'accepted'; readonly because: string; readonly findings: readonly FindingRecord[] }
  | { readonly outcome: 'refused'; readonly because: string };

const refused = (because: string): Decided => ({ outcome: 'refused', because });

interface Case {
  readonly question: Question;
  readonly record: FindingRecord;
  readonly stored: PlanRecord | undefined;
  readonly plan: Plan | undefined;
}

/**
 * Takes a decision. It holds for all findings that share the plan.
 *
 * A person who decides twice is told so; nothing happens a second time.
 */
export async function decide(kit: Kit, question: Question): Promise<Decided> {
  // Reading AWS happens outside of the transaction; it is checked again before anything is written.
  const early = question.decision === 'undo' ? await changedSince(kit, question) : undefined;
  const outcome = await transact<Decided>(kit, async () => {
    const record = await kit.store.finding(question.finding);
    if (record === undefined) return { changes: [], result: refused(`There is no finding ${question.finding}.`) };
    const stored = record.plan === null ? undefined : await kit.store.plan(record.plan);
    const one: Case = { question, record, stored, plan: stored?.plan };
    const because = early ?? (await whyNot(kit, one));
    if (because !== undefined) return { changes: [auditRefusal(kit, question, because)], result: refused(because) };
    return question.decision === 'exempt' ? exempt(kit, one) : forPlan(kit, one);
  });
  return outcome.ok ? outcome.result : refused('Somebody else decided at the same moment. Look at the finding again.');
}

function auditRefusal(kit: Kit, { finding, by, decision, digest }: Question, because: string): Change {
  return {
    kind: 'audit',
    subject: { at: at(kit), by, what: `${decision} refused`, finding, detail: { because, digest: digest ?? null } },
  };
}

/** Why a decision cannot be taken, or nothing if it can. */
async function whyNot(kit: Kit, one: Case): Promise<string | undefined> {
  const { question, record } = one;
  const forbidden = await forbids(kit, one);
  if (forbidden !== undefined) return forbidden;
  const shown = record.machine.context.plan?.digest;
  if (question.digest !== undefined && question.digest !== shown && needsDigest.includes(question.decision)) {
    return (
      `${record.id} has changed since it was shown to you: that plan was ${question.digest}, ` +
      `the present one is ${shown ?? 'not made yet'}. Look at the new plan and decide again.`
    );
  }
  if (question.decision === 'undo') return whyNoUndo(one);
  if (question.decision === 'approve' && record.machine.context.approvals.some(({ by }) => by === question.by)) {
    return `${question.by} has approved this plan already (${stateInWords(record)}).`;
  }
  if (!possible[question.decision].includes(record.state)) {
    return `${question.decision} is not possible now: ${record.id} ${stateInWords(record)}.`;
  }
  const end = question.until;
  if (question.decision === 'exempt' && (!end || !question.owner?.trim() || !question.reason?.trim())) {
    return 'An exemption needs an owner, a reason and an end date.';
  }
  if (question.decision === 'snooze' && !end) return 'A snooze needs an end.';
  return end === undefined ? undefined : whyNotUntil(kit, end);
}

async function forbids({ settings }: Kit, { question, record, plan }: Case): Promise<string | undefined> {
  try {
    return await settings.mayDecide?.(question.by, question.decision, record, plan);
  } catch (error) {
    return `Whether ${question.by} may ${question.decision} this could not be found out (${reason(error)}). Nothing was decided; try again.`;
  }
}

const needsDigest: readonly Decision[] = ['approve', 'deny', 'undo'];

const possible: Readonly<Record<Exclude<Decision, 'undo'>, readonly StateName[]>> = {
  approve: ['waiting'],
  deny: ['waiting', 'approved', 'guided'],
  snooze: ['waiting', 'guided', 'needsPerson'],
  exempt: [
    ...['judged', 'proposed', 'waiting', 'superseded', 'approved', 'resolved', 'denied'],
    ...['expired', 'snoozed', 'exempted', 'rolledBack', 'guided', 'needsPerson'],
  ] as const,
  done: ['guided', 'needsPerson'],
};

function stateInWords({ state, machine, updatedAt }: FindingRecord): string {
  return `is ${inWords[state]} since ${updatedAt} (${machine.context.because})`;
}

/** States as people call them. */
export const inWords: Readonly<Record<StateName, string>> = {
  judged: 'judged, without a plan so far',
  planned: 'planned',
  proposed: 'proposed in dry-run',
  waiting: 'waiting for approval',
  approved: 'approved',
  applying: 'being applied',
  verifying: 'being verified',
  resolved: 'resolved',
  denied: 'denied',
  expired: 'expired',
  snoozed: 'snoozed',
  exempted: 'exempted',
  superseded: 'superseded, to be planned again',
  rollingBack: 'being rolled back',
  rolledBack: 'rolled back',
  guided: 'a runbook for a person',
  needsPerson: 'in need of a person',
};

function whyNotUntil(kit: Kit, until: string): string | undefined {
  try {
    const end = endOf({ until, control: 0, resource: '', owner: '', reason: '', by: '' });
    return end > kit.now() ? undefined : `${until} is over already.`;
  } catch {
    return `'${until}' is no date. Write it as 2027-03-31.`;
  }
}

function whyNoUndo({ record, plan, stored }: Case): string | undefined {
  const { context } = record.machine;
  if (record.state !== 'resolved') return `There is nothing to undo: ${record.id} ${stateInWords(record)}.`;
  if (!context.fixedByUs || plan === undefined || stored?.applied == null) {
    return `There is nothing to undo: ${record.id} was not set right by Redress (${context.because}).`;
  }
  if (plan.undo.class === 'none' || plan.undo.steps.length === 0) {
    return `AWS offers no way to undo this fix of ${plan.resource.id}.`;
  }
  return undefined;
}

/** Whether the resource is still as the fix has left it. */
async function changedSince(kit: Kit, { finding }: Question): Promise<string | undefined> {
  const record = await kit.store.finding(finding);
  const stored = record?.plan ? await kit.store.plan(record.plan) : undefined;
  if (stored?.applied == null || record?.state !== 'resolved') return undefined;
  const state = await kit.remediator.observe(stored.plan);
  return sameState(state, stored.applied.state) ? undefined : changedBySomebody(stored.plan);
}

export const changedBySomebody = ({ resource }: Plan): string =>
  `Somebody changed ${resource.id} since the fix was applied. Undoing it would erase that change, so nothing was done.`;

/** Puts the decision to every finding of the plan. */
async function forPlan(kit: Kit, one: Case): Promise<Prepared<Decided>> {
  const { question, record, plan } = one;
  const ids = question.decision === 'done' || plan === undefined ? [record.id] : plan.findings;
  const changes: Change[] = [];
  const findings: FindingRecord[] = [];
  for (const id of ids) {
    const other = id === record.id ? record : await kit.store.finding(id);
    if (other === undefined || (plan !== undefined && other.plan !== plan.id)) {
      if (question.decision !== 'undo') continue;
      const because = `The plan also set ${id} right, which has changed since. Undoing would break it again.`;
      return { changes: [auditRefusal(kit, question, because)], result: refused(because) };
    }
    const moved = moveFinding(kit, other, [toEvent(kit, question, other)]);
    changes.push(...moved.changes);
    if (moved.moved) findings.push(moved.record);
    if (question.decision === 'undo' && !moved.moved) {
      const because = `The plan also set ${id} right, which ${stateInWords(other)}. Nothing was undone.`;
      return { changes: [auditRefusal(kit, question, because)], result: refused(because) };
    }
  }
  const own = findings.find(({ id }) => id === record.id);
  if (own === undefined)
    return { changes: [], result: refused(`Nothing changed: ${record.id} ${stateInWords(record)}.`) };
  return { changes, result: { outcome: 'accepted', because: own.machine.context.because, findings } };
}

function toEvent(kit: Kit, { decision, by, reason, until }: Question, record: FindingRecord): FindingEvent {
  const common = { at: at(kit), by };
  const digest = record.machine.context.plan?.digest ?? '';
  const because = reason ?? 'no reason given';
  switch (decision) {
    case 'approve':
      return { type: 'approve', ...common, digest };
    case 'deny':
      return { type: 'deny', ...common, digest, because };
    case 'undo':
      return { type: 'undo', ...common, digest };
    case 'done':
      return { type: 'done', ...common };
    case 'snooze':
      return { type: 'snooze', ...common, because, until: momentOf(until) };
    case 'exempt':
      return { type: 'exempt', ...common, because, until: momentOf(until) };
  }
}

const momentOf = (until = ''): string =>
  endOf({ until, control: 0, resource: '', owner: '', reason: '', by: '' }).toISOString();

/** Accepts one finding. Others that share its plan are judged again, for a plan without it. */
async function exempt(kit: Kit, { question, record, plan }: Case): Promise<Prepared<Decided>> {
  const { by, owner = '', reason = '', until = '' } = question;
  const { control, resource } = record.evaluation;
  const exemption: Exemption = { control, resource: resource.arn, owner, reason, until, by };
  const because = `accepted for ${owner} until ${until}: ${reason}`;
  const moved = moveFinding(kit, record, [{ type: 'exempt', at: at(kit), by, because, until: momentOf(until) }]);
  const others = (plan?.findings ?? []).filter((id) => id !== record.id);
  const changes: Change[] = [...moved.changes, { kind: 'exemption', exemption }];
  if (others.length > 0) changes.push(rejudge(kit, others[0] ?? '', `${record.id}:${moved.record.revision}`));
  return { changes, result: { outcome: 'accepted', because, findings: [moved.record] } };
}

/** Has a finding judged again, together with the others of its resource. */
export function rejudge(kit: Kit, finding: string, occasion: string): Change {
  const now = at(kit);
  return {
    kind: 'effect',
    effect: {
      key: `rejudge:${finding}:${occasion}`,
      lane: 'work',
      kind: 'rejudge',
      finding,
      plan: null,
      due: now,
      createdAt: now,
    },
  };
}
