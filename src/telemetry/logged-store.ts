import { LRUCache } from 'lru-cache';
import type { AuditSubject } from '../audit.ts';
import type { Change, Store } from '../store/port.ts';
import type { FindingRecord, PlanRecord } from '../store/records.ts';
import type { Log } from '../workflow/kit.ts';

type PlanFacts = Pick<PlanRecord['plan'], 'findings' | 'controls' | 'resource'>;

/** What the lines of one commit have in common. */
interface Facts {
  readonly findings: ReadonlyMap<string, FindingRecord>;
  readonly planOf: (id: string) => Promise<PlanFacts | undefined>;
}

/**
 * A store that writes to the log whatever goes into the audit trail, after it
 * was stored: every verdict that starts or moves a finding, every plan, every
 * call. Each line names its finding, so that one can be followed by its id from
 * the event that led to it to the proof that it is set right.
 */
export function loggedStore(store: Store, log: Log): Store {
  const plans = new LRUCache<string, PlanFacts>({ max: 500 });
  const planOf = async (id: string): Promise<PlanFacts | undefined> => {
    const known = plans.get(id) ?? (await store.plan(id).catch(() => undefined))?.plan;
    if (known !== undefined) plans.set(id, known);
    return known;
  };
  return {
    ...store,
    async commit(changes) {
      const committed = await store.commit(changes);
      if (!committed.ok) return committed;
      for (const change of changes) if (change.kind === 'plan') plans.set(change.record.id, change.record.plan);
      const findings = new Map(changes.flatMap(recordsIn));
      for (const change of changes) {
        if (change.kind === 'audit') await tell(log, change.subject, { findings, planOf });
      }
      return committed;
    },
  };
}

const recordsIn = (change: Change): readonly (readonly [string, FindingRecord])[] =>
  change.kind === 'finding' ? [[change.record.id, change.record]] : [];

/** One line, or one for each finding of a plan. */
async function tell(log: Log, subject: AuditSubject, { findings, planOf }: Facts): Promise<void> {
  const { what, by, finding, plan, detail } = subject;
  const common = { ...picked(detail), by, ...(plan === undefined ? {} : { plan }) };
  if (finding !== undefined) return log.info({ finding, ...common, ...factsOf(findings.get(finding)) }, what);
  const facts = plan === undefined ? undefined : await planOf(plan);
  if (facts === undefined) return log.info(common, what);
  const { account, region } = facts.resource;
  facts.findings.forEach((id, index) => {
    const control = facts.controls.length === facts.findings.length ? { control: facts.controls[index] } : {};
    log.info({ finding: id, ...common, ...control, account, region }, what);
  });
}

function factsOf(record: FindingRecord | undefined): object {
  if (record === undefined) return {};
  const { evaluation, cause } = record;
  const { account, region, arn } = evaluation.resource;
  const event = cause === null ? {} : { event: cause.eventId };
  return { control: evaluation.control, account, region, arn, ...event };
}

/** Names of the audit trail's details that are worth a field. Inputs and answers are none of them. */
const told = ['from', 'because', 'name', 'service', 'operation', 'purpose', 'error', 'reason', 'until', 'attempt'];

function picked(detail: AuditSubject['detail'] = {}): object {
  const { requestId } = detail;
  return {
    ...Object.fromEntries(told.flatMap((key) => (detail[key] === undefined ? [] : [[key, detail[key]]]))),
    ...(typeof requestId === 'string' ? { requestId } : {}),
  };
}
